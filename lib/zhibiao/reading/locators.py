"""Where in a document the section lies that a locator names: 一(二), 三(三)·10, 专栏1·2, 附件·3."""

from __future__ import annotations

import re

from zhibiao.model.document import folded
from zhibiao.reading.numerals import number_of
from zhibiao.reading.pages import Span

NUMERAL = "一二三四五六七八九十百零〇"
LEAD = r"(?m)^(?:[^\S\n]|[*#>_])*"
CHAPTER = re.compile(rf"{LEAD}(?:([{NUMERAL}]+)\s*、|第([{NUMERAL}\d]+)章)")
ARTICLE = re.compile(rf"{LEAD}(?:[（(]\s*([{NUMERAL}]+)\s*[）)]|第([{NUMERAL}\d]+)[条條])")
BOX = re.compile(rf"{LEAD}(?:专栏|專欄)\s*([{NUMERAL}\d]+)")
ANNEX = re.compile(rf"{LEAD}附件\s*([{NUMERAL}\d]*)\s*(?:[:：]|$)")
ITEM = re.compile(rf"{LEAD}(\d{{1,3}})\s*[.．、](?!\d)")

LOCATOR = re.compile(
    rf"(?:专栏(?P<box>[{NUMERAL}\d]+)|附件(?P<annex>[{NUMERAL}\d]*)|(?P<chapter>[{NUMERAL}]+)?(?:\((?P<article>[{NUMERAL}]+)\))?)(?:·(?P<item>\d+)(?!\d))?"
)


def section_spans(text: str, locator: str) -> list[list[Span]]:
    """The raw spans a locator points at, the narrowest first; empty where the document's headings do not tell.

    Each level is a list, for a heading may stand twice (in a table of contents and over its section).

    >>> section_spans("一、总则\\n（一）甲\\n（二）乙\\n二、任务", "一(二)")
    [[(10, 15)], [(0, 15)]]
    """
    match = LOCATOR.match(folded(locator))
    if match is None or match.end() == 0:
        return []
    levels: list[list[Span]] = [[(0, len(text))]]

    def narrow(heading: re.Pattern[str], number: str | None, *ends: re.Pattern[str]) -> bool:
        found = [] if number is None else _under(text, levels[-1], heading, number, (heading, *ends))
        if found:
            levels.append(found)
        return bool(found) or number is None

    if match["box"] is not None:
        told = narrow(BOX, match["box"], CHAPTER, ARTICLE, ANNEX)
    elif match["annex"] is not None:
        told = narrow(ANNEX, match["annex"])
    else:
        told = narrow(CHAPTER, match["chapter"], ANNEX) and narrow(ARTICLE, match["article"], CHAPTER, ANNEX)
    if told:
        narrow(ITEM, match["item"])  # items are counted anew under each heading and tell nothing where it was not found
    return levels[:0:-1]


def _under(
    text: str, within: list[Span], heading: re.Pattern[str], number: str, ends: tuple[re.Pattern[str], ...]
) -> list[Span]:
    """From each heading of this number to the next one of the same or a higher rank; without a number every heading counts."""
    found = []
    for start, end in within:
        for match in heading.finditer(text, start, end):
            if not number or _value(number) == _value(next((group for group in match.groups() if group), "")):
                stops = [stop.start() for pattern in ends if (stop := pattern.search(text, match.end(), end))]
                found.append((match.start(), min(stops, default=end)))
    return found


def _value(number: str) -> int | None:
    try:
        return int(number) if number.isdecimal() else int(number_of(number))
    except ValueError:
        return None
