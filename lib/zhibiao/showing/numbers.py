"""Numbers as text: in the unit of the document, rounded the way a planner rounds by hand.

Rounding is half up on the decimal digits a number prints with, so 2.675 becomes 2.68 on every machine. What is absent is an em
dash, never ``nan``; a negative zero never appears. Whatever is printed here is noted with its exact value (`zhibiao.showing.ledger`):
a number that reaches a reader by another way fails the run.
"""

from __future__ import annotations

import operator
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import SupportsFloat, SupportsIndex

from zhibiao.showing.ledger import noted

ABSENT = "—"
"""What stands where no source gives a value."""

NOISE = Decimal("5e-10")
"""Anything nearer to zero is what floating point leaves of a difference; no indicator is measured that finely."""

EXACT = Context(prec=800)
"""Room for every digit of the largest and smallest float; the default of 28 digits refuses to round 1e25 to one decimal."""

HUNDREDTH = Decimal("0.01")
"""What one percent is of a share."""

CLOSE = Context(prec=8)
"""Floating point is trusted this far."""

PUBLISHED_DECIMALS = 4
"""Nobody publishes finer than this in base units; what has more decimals was reckoned."""

COARSE_FROM = 10_000
"""From here on a modelled number of things counted one by one is said to three significant digits."""

Number = int | float | Decimal | SupportsFloat | None


class Published(float):
    """A figure that somebody published or set, for pictures, which reckon in floats: it is printed in full.

    >>> four(Published(12345)), four(12345.0), in_unit(Published(12345), 1)
    ('12345', '12350', '12,345')
    """

    __slots__ = ()


def is_absent(value: object) -> bool:
    """Return whether `value` is one of the several spellings of "no value": None, NaN, pandas' NA and NaT."""
    return value is None or str(value) in {"nan", "NaN", "<NA>", "NaT"}


def decimal_of(value: Number) -> Decimal | None:
    """Return `value` as the decimal number it prints as, or None where there is none (None, NaN, pandas' NA).

    >>> decimal_of(0.1)
    Decimal('0.1')
    """
    if value is None or is_absent(value):
        return None
    if isinstance(value, Decimal):
        return value
    if isinstance(value, SupportsIndex):
        return Decimal(operator.index(value))
    # repr of the plain float: the shortest digits that give the number back; numpy's own repr carries its type
    return Decimal(repr(float(value)))


def _rounded(number: Decimal, places: int) -> Decimal:
    result = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, EXACT)
    return abs(result) if result == 0 else result


def _infinite(number: Decimal) -> str:
    return "∞" if number > 0 else "-∞"


def fixed(value: Number, digits: int) -> str:
    """Return `value` with exactly `digits` decimals.

    >>> fixed(2.675, 2), fixed(-0.04, 1), fixed(None, 1)
    ('2.68', '0.0', '—')
    """
    number = decimal_of(value)
    return ABSENT if number is None else noted(number, 1, _fixed(number, digits))


def _fixed(number: Decimal, digits: int) -> str:
    return f"{_rounded(number, digits):f}" if number.is_finite() else _infinite(number)


def four(value: Number) -> str:
    """Return `value` with at most four significant digits and no trailing zeros.

    >>> four(9.90000001), four(428.7123), four(105049), four(-1e-17)
    ('9.9', '428.7', '105000', '0')
    """
    number = decimal_of(value)
    if number is None:
        return ABSENT
    return noted(number, 1, _whole(number) if isinstance(value, Published) else _four(number))


def _four(number: Decimal) -> str:
    if not number.is_finite():
        return _infinite(number)
    if abs(number) < NOISE:
        return "0"
    return _plain(f"{_rounded(number, 3 - number.adjusted()):f}")


def _whole(number: Decimal) -> str:
    """Every digit, and none more."""
    return _plain(f"{number:f}") if number.is_finite() else _infinite(number)


def _plain(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def thousands(value: Number, digits: int = 0) -> str:
    """Return `value` with a comma between groups of three digits.

    >>> thousands(105000), thousands(1234.5, 1)
    ('105,000', '1,234.5')
    """
    number = decimal_of(value)
    return ABSENT if number is None else noted(number, 1, _thousands(number, digits))


def _thousands(number: Decimal, digits: int) -> str:
    return f"{_rounded(number, digits):,f}" if number.is_finite() else _infinite(number)


def count(value: int) -> str:
    """Return how many there are of something, as a sentence or a title says it.

    >>> count(3), count(2844)
    ('3', '2,844')
    """
    return thousands(value)


def as_written(value: Decimal, scale: Decimal | int) -> str:
    """Return a value in the unit of its document with the digits that somebody wrote; thousands stand apart where things are counted one by one.

    >>> as_written(Decimal("10.50"), 10000), as_written(Decimal(100), 1), as_written(Decimal(12345), 1)
    ('10.5', '100', '12,345')
    """
    return noted(value * Decimal(scale), scale, _plain(f"{value:,f}" if scale == 1 else f"{value:f}"))


def percent(share: Number, digits: int = 1) -> str:
    """Return a share of one as a percentage.

    >>> percent(0.985), percent(1, 0)
    ('98.5%', '100%')
    """
    number = decimal_of(share)
    return ABSENT if number is None else noted(number, HUNDREDTH, _fixed(number.scaleb(2), digits) + "%")


def percent_as(share: Number, text: str) -> str:
    """Return `text`, a share of one as some rule of its own prints it (chances: in steps of five points).

    >>> percent_as(0.40125, "40%")
    '40%'
    """
    number = decimal_of(share)
    return text if number is None else noted(number, HUNDREDTH, text)


def signed(value: Number, digits: int) -> str:
    """Return `value` with its sign, zero without.

    >>> signed(0.6, 1), signed(-0.6, 1), signed(-0.04, 1), signed(-134660.5, 0)
    ('+0.6', '-0.6', '0.0', '-135,000')
    """
    number = decimal_of(value)
    if number is None:
        return ABSENT
    text = _thousands(number, digits if digits else _coarser(number))
    grows = number > 0 and any(digit in "123456789∞" for digit in text)
    return noted(number, 1, "+" + text if grows else text)


def bare(text: str) -> str:
    """Return a printed number without zeros at its end, for what somebody set or published.

    >>> bare("4.0"), bare("3.51"), bare("1,200")
    ('4', '3.51', '1,200')
    """
    return _plain(text)


def decimals(size: float) -> int:
    """Decimals with which a modelled number of persons of this size, in the unit it is printed in, is said: nobody knows it closer.

    >>> [decimals(size) for size in (428.7, 11.1, 2.86, 0.23, 0.052, 0.0)]
    [0, 1, 1, 2, 3, 1]
    """
    size = abs(size)
    if size == 0:
        return 1
    return 0 if size >= 100 else 1 if size >= 1 else 2 if size >= 0.1 else 3


def written(value_base: Number, scale: Decimal | int, digits: int) -> str:
    """A value that somebody set, in so many decimals at most: 3.5 stays 3.5 among values with two.

    >>> written(35000, 10000, 2), written(23216, 10000, 2), written(120000, 10000, 1)
    ('3.5', '2.32', '12.0')
    """
    number = decimal_of(value_base)
    if number is None:
        return ABSENT
    coarse = _in_unit(number, scale, min(digits, 1))
    fine = _in_unit(number, scale, digits)
    return noted(number, scale, coarse if fine.rstrip("0") == coarse.rstrip("0") else fine)


def in_unit(value_base: Number, scale: Decimal | int, digits: int | None = None) -> str:
    """Return a value held in base units in the scale of the document.

    Parameters
    ----------
    value_base : number or None
        In base units, for example persons.
    scale : Decimal or int
        How many base units one printed unit has: 10000 for 万人, 1 for 人, 0.01 for % of a share.
    digits : int, optional
        Decimals. Without it at most four significant digits, but of things counted one by one a figure that somebody published or set (Decimal,
        int, `Published`) is printed in full; `full` does so in every unit.

    With no decimals, a reckoned number of things counted one by one is said to three significant digits from 10,000 on. What is counted one by one stands with a comma between groups of three digits. What is exact with one decimal more (two at most) keeps
    it: it is a figure that somebody published, and a median that stays at a figure reads like the figure.

    >>> in_unit(8690, 1, 0), in_unit(8690, 1)
    ('8,690', '8,690')
    >>> in_unit(4287000, 10000, 0), in_unit(4287123.4, 10000, 0)
    ('428.7', '429')
    >>> in_unit(105000, 10000, 1), in_unit(105000.0, 10000), in_unit(0.985, Decimal("0.01"))
    ('10.5', '10.5', '98.5')
    >>> in_unit(Decimal(12345), 1), in_unit(12345.0, 1), in_unit(82227766.3, 1, 0), in_unit(12345.0, 1, 0)
    ('12,345', '12,350', '82,200,000', '12,345')
    """
    number = decimal_of(value_base)
    if number is None:
        return ABSENT
    if digits is None and scale == 1 and isinstance(value_base, Published | Decimal | SupportsIndex):
        return noted(number, scale, _in_full(number, scale))
    return noted(number, scale, _in_unit(number, scale, digits))


def full(value_base: Number, scale: Decimal | int) -> str:
    """Return a published value, or a sum or difference of such, with all its digits: nothing of it is modelled.

    A Decimal stands as it is. Floating point's own digits are left off; what is exact in no few decimals, such as a mean of three years, has four significant digits.

    >>> full(12350.0 - 12345, 1), full(105000.0 - 99000, 10000), full(98.5 - 98.3, 1), full(12350 / 3, 1)
    ('5', '0.6', '0.2', '4,117')
    """
    number = decimal_of(value_base)
    if number is None:
        return ABSENT
    exact = number if isinstance(value_base, Decimal) else _published(number)
    return noted(number, scale, _in_unit(number, scale, None) if exact is None else _in_full(exact, scale))


def _published(number: Decimal) -> Decimal | None:
    """The short decimal number that a float stands for; None where it stands for none."""
    if not number.is_finite():
        return None
    near = _rounded(number, PUBLISHED_DECIMALS)
    return near if abs(number - near) < NOISE else None


def _in_full(number: Decimal, scale: Decimal | int) -> str:
    if not number.is_finite():
        return _infinite(number)
    scaled = EXACT.divide(number, Decimal(scale))
    return _plain(f"{scaled:,f}" if scale == 1 else f"{scaled:f}")


def own_decimals(number: Decimal, digits: int) -> int:
    """Return `digits`, or one more where the number is exact with so many, two at most.

    >>> own_decimals(Decimal("29.62"), 1), own_decimals(Decimal("29.6218"), 1), own_decimals(Decimal("2.319"), 1)
    (2, 1, 1)
    """
    own = -int(number.normalize(CLOSE).as_tuple().exponent)
    return own if digits < own <= min(digits + 1, 2) else digits


def _in_unit(number: Decimal, scale: Decimal | int, digits: int | None) -> str:
    scaled = number / Decimal(scale)
    if digits is not None and scaled.is_finite() and (digits or scale != 1):
        digits = own_decimals(scaled, digits)
    text = _four(scaled) if digits is None else _fixed(scaled, _coarser(scaled) if digits == 0 and scale == 1 else digits)
    return _thousands(Decimal(text), -min(int(Decimal(text).as_tuple().exponent), 0)) if scale == 1 and scaled.is_finite() else text


def _coarser(number: Decimal) -> int:
    """Decimals of a number counted one by one: negative, for three significant digits, where it is large and no whole number: nobody counted it."""
    if not number.is_finite() or abs(number) < COARSE_FROM or number == number.to_integral_value():
        return 0
    return 2 - number.adjusted()
