"""Figures in a folded line of text: numerals with unit, comparator, range; what only looks like one is left out.

The folded line has half-width punctuation and no spaces but between two signs of Latin script (`zhibiao.reading.passages`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from zhibiao.reading.amounts import (
    CHANGE,
    MEASURE,
    NUMERAL,
    SCALE,
    SCALES,
    UNIT,
    WINDOW,
    Figure,
    compared,
    placed,
    word_after,
    words_before,
)
from zhibiao.reading.lookalikes import left_out
from zhibiao.reading.numerals import number_of
from zhibiao.reading.specials import special_figures

FIRST = re.compile(rf"(?P<number>{NUMERAL}){MEASURE}")
RANGE = re.compile(rf"(?:-{{1,2}}|至|到)(?P<number>{NUMERAL}){MEASURE}")
MOVES = re.compile(rf"[^,。;\d]{{0,6}}(?:到|至|为)(?=\d[\d.,]*(?:{SCALE})?(?:{UNIT}))")
QUOTED = re.compile(r"“[^”]{1,12}”|《[^》]*》")
_FROM = re.compile(r"(?:由|从)[^,;。]{0,14}$")
_APART = re.compile(r"分别[^,;。]{0,12}$")
_TO = re.compile(r"[^,;。]{0,12}?(?:到|至|为)")


def figures(line: str, *, dashes_lost: bool = False) -> list[Figure]:
    """The figures of one folded line, in order, none overlapping another.

    Parameters
    ----------
    line : str
        Folded text without line breaks.
    dashes_lost : bool
        The document lost its dashes on the way (2022422日): 810个 before its noun may be 8—10个.

    >>> [(f.low, f.high, f.unit, f.comparator) for f in figures("创新大赛2-3次,在校生12万人以上")]
    [(Decimal('2'), Decimal('3'), '次', 'between'), (Decimal('12'), None, '万人', 'ge')]
    """
    hidden = [match.span() for match in QUOTED.finditer(line)]
    found: list[Figure] = []
    for figure in sorted([*special_figures(line), *_plain(line, dashes_lost)], key=lambda f: (f.start, -f.end)):
        if found and figure.start < found[-1].end:
            continue
        if any(a <= figure.start and figure.end <= b for a, b in hidden):
            continue
        found.append(figure)
    return _roled(line, _respectively(line, found))


def _plain(line: str, dashes_lost: bool) -> Iterator[Figure]:
    """Numerals with a unit, ranges, and lists that share the last unit."""
    waiting: list[Figure] = []
    position = 0
    while match := FIRST.search(line, position):
        position = match.end()
        second = RANGE.match(line, match.end())
        if second is not None and second["unit"] is None and match["unit"]:
            second = None  # 2所到3 …: the second number belongs to something else
        last = second or match
        position = last.end()
        try:
            low, high = number_of(match["number"]), number_of(last["number"])
        except ValueError:
            waiting = []
            continue
        scale, unit = last["scale"] or "", last["unit"] or ""
        chinese = not match["number"][0].isdigit()
        if second and (match["scale"] or match["unit"]) and (match["scale"] or "") != scale:
            low = low * SCALES[match["scale"] or ""] / SCALES[scale]  # 5000元至1万元
        shares = not unit and not chinese and second is None and _shares(line, match, last.end(), scale)
        if not (shares and scale) and left_out(match, last, words_before(line, match.start()), line[last.end() : last.end() + WINDOW], unit, scale, chinese):
            waiting = []
            continue
        read = Figure(match.start(), last.end(), low, high, scale + unit, "eq", chinese=chinese)
        if shares or (not unit and not scale):
            # 5.6、9.9和7个百分点, 从3.2万增加到5万人: the unit comes with the last one
            waiting = [*waiting, read] if shares else []
            continue
        for earlier in waiting:
            yield compared(line, replace(earlier, unit=(earlier.unit or scale) + unit, doubt=("shared unit",)), follow=False)
        waiting = []
        split = _split(match["number"], line[last.end() : last.end() + 1]) if dashes_lost and not second and not chinese and unit != "%" else None
        if split:
            yield replace(read, low=split[0], high=split[1], comparator="between", doubt=("dash lost",))
        elif not second:
            more = any(word in ("余", "多") for word in (match["more"], match["more2"]))
            yield compared(line, read, more=more)
        elif low < high:
            end = word_after(line, read.end)[1]
            yield replace(read, comparator="between", end=end, change=bool(CHANGE.search(words_before(line, match.start()))))


def _shares(line: str, match: re.Match[str], end: int, scale: str) -> bool:
    """Does a number without a unit take that of the next: 3万、4万人, 从3.2万增加到5万人?"""
    if re.match(r"[、和与及](?=\d)" if scale else "[、和与及]", line[end : end + 2]):
        return True
    return bool(_FROM.search(words_before(line, match.start())) and MOVES.match(line, end))


def _split(number: str, rest: str) -> tuple[Decimal, Decimal] | None:
    """810 as 8—10, 23 as 2—3: neighbouring counts that stand before the noun they count."""
    if not number.isdigit() or not re.match(r"[^\d,。;:、)]", rest):
        return None
    for cut in range(1, len(number)):
        low, high = number[:cut], number[cut:]
        if not high.startswith("0") and low != "0" and len(high) - len(low) in (0, 1) and 0 < int(high) - int(low) <= 2:
            return Decimal(low), Decimal(high)
    return None


def _respectively(line: str, found: list[Figure]) -> list[Figure]:
    """In 分别超过2%、5% and 分别增长5%、6.5%左右 the comparator, and that it is a change, hold for the whole list."""
    at = 0
    while at < len(found):
        end = _listed(line, found, at)
        listed = found[at:end]
        norm = listed[0].normative and len({figure.unit for figure in listed}) == 1  # 不低于800元、1000元
        if len(listed) > 1 and (norm or _APART.search(words_before(line, listed[0].start))):
            first, last = listed[0].comparator, listed[-1].comparator
            plain = [figure.comparator for figure in listed[1:-1]] + [last if first != "eq" else first]
            shared = first if first != "eq" else last
            if shared not in ("eq", "between") and set(plain) == {"eq"}:
                listed = [figure if figure.comparator != "eq" else placed(figure, shared) for figure in listed]
            found[at:end] = [replace(figure, change=listed[0].change, normative=figure.normative or norm) for figure in listed]
        at = end
    return found


def _roled(line: str, found: list[Figure]) -> list[Figure]:
    """Mark the two sides of 由近800所调整到700所左右; of 分别从209元、280元提高到217元、290元 all four."""
    roles = [""] * len(found)
    at = 0
    while at < len(found):
        if not _FROM.search(words_before(line, found[at].start)):
            at += 1
            continue
        middle = _listed(line, found, at)
        if middle < len(found) and len(between := line[found[middle - 1].end : found[middle].start]) <= 16 and _TO.match(between):
            end = min(_listed(line, found, middle), 2 * middle - at)
            roles[at:middle] = ["from"] * (middle - at)
            roles[middle:end] = ["to"] * (end - middle)
            at = end
        else:
            at += 1
    return [replace(figure, role=role) if role else figure for figure, role in zip(found, roles, strict=True)]


def _listed(line: str, found: list[Figure], at: int) -> int:
    """The figure after the list that begins here: 209元、280元."""
    at += 1
    while at < len(found) and line[found[at - 1].end : found[at].start] in ("、", "和", "与", "及"):
        at += 1
    return at
