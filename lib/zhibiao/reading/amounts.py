"""A figure of a text as written, and what the words around its number say of it: comparator, change, rule."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from zhibiao.model.document import Comparator
from zhibiao.reading import wording
from zhibiao.reading.lookalikes import AFTER, BEFORE, NORM
from zhibiao.reading.numerals import ARABIC, CHINESE

NUMERAL = rf"(?:{ARABIC}|{CHINESE})"
SCALES = {"万亿": 10**12, "亿": 10**8, "千万": 10**7, "百万": 10**6, "十万": 10**5, "万": 10**4, "千": 10**3, "百": 100, "": 1}
SCALE = wording.any_of(word for word in SCALES if word)
UNIT = "|".join(
    re.escape(unit) + (f"(?!{wording.NOT_A_UNIT[unit]})" if unit in wording.NOT_A_UNIT else "")
    for unit in sorted(wording.UNITS, key=len, reverse=True)
)
UNIT = rf"(?:{UNIT})(?:/(?:{wording.any_of(wording.PER)}))?"
MEASURE = rf"(?P<more>余|多|来)?\s*(?P<scale>{SCALE})?(?P<more2>余|多)?(?P<unit>{UNIT})?"
NEARLY = re.compile(r"约占[^,;。\d]{0,14}的?$")
CHANGE = re.compile(
    rf"(?:{wording.any_of(wording.CHANGES)})(?:了|约|近|超过|幅度为|幅度达|率为|不低于|不少于|不超过)?(?:{wording.any_of(wording.BEFORE)})?$"
)
WINDOW = 60
"""Characters before a number that may bear on it; a file may be one single line."""


@dataclass(frozen=True)
class Figure:
    """A figure in a line, as written.

    ``start`` and ``end`` mark the number with its comparator words in the folded line; ``low``, ``high`` and ``comparator`` are those of a
    statement. ``role`` is ``from`` for the first of 由800所调整到700所 and ``to`` for the second. ``doubt`` names what lowers the confidence.
    """

    start: int
    end: int
    low: Decimal | None
    high: Decimal | None
    unit: str
    comparator: Comparator
    change: bool = False
    bracketed: bool = False
    normative: bool = False
    chinese: bool = False
    role: str = ""
    doubt: tuple[str, ...] = ()


def compared(line: str, read: Figure, *, more: bool = False, follow: bool = True) -> Figure:
    """Add the comparator that the words around the number give."""
    before = words_before(line, read.start)
    near, norm = BEFORE.search(before), NORM.search(before)
    word, end = word_after(line, read.end) if follow else ("", read.end)
    start, normative = read.start, False
    comparator: Comparator | None = None
    if near is not None and not _names(before, near):
        comparator, normative = wording.BEFORE[near["word"]], near["word"] in wording.NORMS
        start = read.start - len(before) + near.start()
    elif norm is None and NEARLY.search(before):
        comparator = "about"
    elif norm is not None:
        comparator, normative = wording.BEFORE[norm["word"]], True
    if more or word in ("余", "多"):
        comparator = comparator or "gt"
    elif word:
        comparator = comparator if comparator not in (None, "about") else wording.AFTER[word]
    change = bool(CHANGE.search(before[: near.start()] if near else before)) and read.unit != "倍"
    return replace(placed(read, comparator or read.comparator), start=start, end=end, normative=normative, change=change)


def _names(before: str, near: re.Match[str]) -> bool:
    """Is the comparator the end of another word (经过, 通过, 附近)?"""
    return near["word"] in ("过", "近", "超", "约", "上") and (near["word"] == "上" or bool(re.search(r"(?:经|通|渡|附|最|新|靠|预|节|条|公|合)$", before[: near.start()])))


def placed(read: Figure, comparator: Comparator) -> Figure:
    value = read.low if read.low is not None else read.high
    low = None if comparator in ("lt", "le") else value
    high = None if comparator in ("gt", "ge") else value
    return replace(read, low=low, high=high, comparator=comparator)


def words_before(line: str, start: int) -> str:
    return line[max(start - WINDOW, 0) : start]


def word_after(line: str, end: int) -> tuple[str, int]:
    match = AFTER.match(line, end)
    return (match["word"], match.end()) if match else ("", end)
