"""Numerals as Chinese documents write them: 9.9, 1,946.47, 三百二十, 三十五点五, 两千."""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = {"零": 0, "〇": 0, "○": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
TENS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8}

ARABIC = r"(?:\d{1,3}(?:,\d{3}){1,6}(?!\d)|\d{1,18})(?:\.\d{1,18})?"
CHINESE = r"[零〇一二两三四五六七八九十百千]{1,18}(?:点[零〇一二三四五六七八九]{1,18})?"
"""Bounded: no figure is longer, and a file of nothing but digits must not take for ever. Without 万 and 亿: after a number these are scales of the unit."""


def number_of(written: str) -> Decimal:
    """Read a numeral, exact.

    Parameters
    ----------
    written : str
        Arabic digits with or without separators of thousands, or a Chinese numeral up to 亿亿, with or without 点.

    Raises
    ------
    ValueError
        The text is no numeral.

    >>> number_of("1,946.47"), number_of("三百二十"), number_of("两千"), number_of("三点五")
    (Decimal('1946.47'), Decimal('320'), Decimal('2000'), Decimal('3.5'))
    """
    if re.fullmatch(ARABIC, written):
        return Decimal(written.replace(",", ""))
    whole, point, fraction = written.partition("点")
    if not whole or (point and not fraction) or any(sign not in DIGITS for sign in fraction):
        raise ValueError(f"{written!r} 不是数 is no numeral")
    value = Decimal(_whole(whole))
    return value + Decimal("0." + "".join(str(DIGITS[sign]) for sign in fraction)) if fraction else value


def _whole(written: str) -> int:
    """A Chinese whole number; digits alone (二〇二五) are read one by one."""
    if all(sign in DIGITS for sign in written):
        return int("".join(str(DIGITS[sign]) for sign in written))
    total = section = digit = 0
    last = 10**9
    for sign in written:
        if sign in DIGITS:
            if digit:
                raise ValueError(f"{written!r} 不是数 is no numeral")
            digit = DIGITS[sign]
        elif sign in TENS:
            if TENS[sign] >= last:
                raise ValueError(f"{written!r} 不是数 is no numeral")
            last = TENS[sign]
            section += (digit or 1) * last
            digit = 0
        elif sign in MYRIADS:
            section += digit
            total = (total + section) * MYRIADS[sign] if sign == "亿" else total + section * MYRIADS[sign]
            section, digit, last = 0, 0, 10**9
        else:
            raise ValueError(f"{written!r} 不是数 is no numeral")
    # 三百二 says 320, as 三百二十 does
    tail = digit * last // 10 if digit and last in (100, 1000) and written[-2] != "零" else digit
    return total + section + tail
