"""Whether a phrase holds a statement's value: 3.5, 1,000, 三, 两, 十五, 百分之九十, 3万余, 3—5, compared as values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from zhibiao.model import Statement
from zhibiao.model.units import ALIASES, SCALES, unit_of
from zhibiao.reading.normal import normalised
from zhibiao.reading.numerals import ARABIC, number_of

CHINESE = r"[零〇一二两三四五六七八九十百千][零〇一二两三四五六七八九十百千万亿]*(?:点[零〇一二三四五六七八九]+)?"
NUMBER = re.compile(
    rf"(?P<sign>[<>≤≥]\[?)?(?:(?P<percent>百分之)|(?P<none>不让))?(?:(?P<arabic>{ARABIC})|(?P<chinese>{CHINESE}))"
    r"(?:余|多|来)?(?P<scale>[十百千]?[万亿]|[百千])?(?:余|多|来)?"
)
JOINED = re.compile(r"[-至到]|或")
"""What stands between the two ends of a range."""

READ_AS = "(?:即|读作|应为|应作|视作|计作)"
TOLD = re.compile(
    rf'"(?P<quoted>[^"]+)"[^";。]{{0,8}}?{READ_AS}(?P<value>[^,;。]+)|(?:^|[,;。])(?P<words>[^",;。]+),?{READ_AS}(?P<read>[^,;。]+)'
)
"""How a note says that words of the text are to be read as a value: “810个”读作8—10个; 不让一名，即0名."""


@dataclass(frozen=True)
class Quantity:
    """A number in a folded text.

    Attributes
    ----------
    value : Decimal
        As written, before its scale: 3 of 3万.
    scale : Decimal or None
        10000 of 3万; None where no scale stands beside the number.
    after : str
        The text behind number and scale: the unit begins here.
    sign : bool
        Whether > ≥ < ≤ stands before it.
    arabic : bool
        Whether it is written in Arabic digits.
    start, end : int
        Where number and scale stand.
    """

    value: Decimal
    scale: Decimal | None
    after: str
    sign: bool
    arabic: bool
    start: int
    end: int

    def is_value(self, written: Decimal, base: Decimal) -> bool:
        """Whether this is the value, given as the registry writes it and in base units."""
        if self.scale is not None:
            return self.value * self.scale == base
        return self.value in (written, base)


def quantities(text: str) -> list[Quantity]:
    """Every number of a folded text, in its order; the first end of a range takes scale and unit of the second.

    >>> [(str(q.value), q.after[:1]) for q in quantities("7所院校十五个专业,3-5万人")]
    [('7', '所'), ('15', '个'), ('3', '人'), ('5', '人')]
    """
    found: list[Quantity] = []
    for match in NUMBER.finditer(text):
        value = _number(match["arabic"] or match["chinese"])
        if value is None:
            continue
        value = Decimal(0) if match["none"] and value == 1 else value  # 不让一名: none at all
        scale = SCALES[match["scale"]] if match["scale"] else None
        after = "%" if match["percent"] else text[match.end() :]
        found.append(
            Quantity(value, scale, after, bool(match["sign"]), bool(match["arabic"]), match.start(), match.end())
        )
    for at in range(len(found) - 2, -1, -1):
        here, there = found[at], found[at + 1]
        if JOINED.fullmatch(text[here.end : there.start]) and here.scale is None:
            found[at] = replace(here, scale=there.scale, after=there.after)
    return found


def _number(written: str) -> Decimal | None:
    try:
        return number_of(written)
    except ValueError:
        return None


def states(statement: Statement, phrase: str) -> bool:
    """Whether a folded phrase holds the statement's value: the number itself, or words that the statement's note reads as it.

    Numbers are compared as values. A number that stands before the statement's unit, or behind > ≥ < ≤ where the statement has
    such a comparator, speaks for the phrase; others then do not. Both ends of a range must stand side by side. A range whose dash
    the copy has lost (810 for 8—10), and words such as 全部, count where the note says how they are read.
    """
    if _holds(statement, phrase):
        return True
    for note in (statement.note, statement.note_en):
        folded = normalised(note or "").text
        for told in TOLD.finditer(folded):
            words, read = told["quoted"] or told["words"], told["value"] or told["read"]
            if words in phrase and _holds(statement, read):
                return True
        ends = "".join(_plain(end) for end in (statement.low, statement.high) if end is not None)
        if (
            statement.comparator == "between"
            and any(q.arabic and str(q.value) == ends for q in quantities(phrase))
            and _holds(statement, folded)
        ):
            return True
    return False


def _holds(statement: Statement, phrase: str) -> bool:
    found = _speaking(statement, quantities(phrase))
    ends = [
        (low, base)
        for low, base in ((statement.low, statement.base_low), (statement.high, statement.base_high))
        if low is not None and base is not None
    ]
    if statement.comparator == "between":
        return any(
            a.is_value(*ends[0]) and b.is_value(*ends[1]) and JOINED.fullmatch(phrase[a.end : b.start]) is not None
            for a, b in pairwise(found)
        )
    return any(quantity.is_value(*ends[0]) for quantity in found)


def _speaking(statement: Statement, found: Sequence[Quantity]) -> Sequence[Quantity]:
    """The numbers that can be the statement's: by its comparator's sign, else by its unit, else those in Arabic digits, else all."""
    base = unit_of(statement.unit).base
    units = tuple({base, *(word for word, same in ALIASES.items() if same == base)})
    signed = (
        [q for q in found if q.sign]
        if statement.comparator in ("gt", "ge", "lt", "le")
        else [q for q in found if not q.sign]
    )
    for chosen in (signed, found):
        for narrower in (
            [q for q in chosen if q.after.startswith(units)],
            [q for q in chosen if q.arabic],
            list(chosen),
        ):
            if narrower:
                return narrower
    return found


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
