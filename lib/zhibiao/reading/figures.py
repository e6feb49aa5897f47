"""Figures in a folded line of text: numerals with unit, comparator, range; what only looks like one is left out.

The folded line has half-width punctuation and no spaces but between two signs of Latin script (`zhibiao.reading.passages`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from zhibiao.model.document import Comparator
from zhibiao.reading import wording
from zhibiao.reading.lookalikes import AFTER, BEFORE, NORM, left_out
from zhibiao.reading.numerals import ARABIC, CHINESE, number_of

NUMERAL = rf"(?:{ARABIC}|{CHINESE})"
SCALES = {"万亿": 10**12, "亿": 10**8, "千万": 10**7, "百万": 10**6, "十万": 10**5, "万": 10**4, "千": 10**3, "百": 100, "": 1}
SCALE = wording.any_of(word for word in SCALES if word)
_UNIT = "|".join(
    re.escape(unit) + (f"(?!{wording.NOT_A_UNIT[unit]})" if unit in wording.NOT_A_UNIT else "")
    for unit in sorted(wording.UNITS, key=len, reverse=True)
)
_UNIT = rf"(?:{_UNIT})(?:/(?:{wording.any_of(wording.PER)}))?"
_MEASURE = rf"(?P<more>余|多|来)?\s*(?P<scale>{SCALE})?(?P<more2>余|多)?(?P<unit>{_UNIT})?"
FIRST = re.compile(rf"(?P<number>{NUMERAL}){_MEASURE}")
RANGE = re.compile(rf"(?:-{{1,2}}|至|到)(?P<number>{NUMERAL}){_MEASURE}")
FRACTION = re.compile(
    rf"(?P<whole>{NUMERAL})分之(?P<part>{NUMERAL})|(?<=[到占为过近约的于])(?P<top>[1-9])/(?P<bottom>[2-9]|10)(?![\d/.])(?!年|月)|(?P<half>(?:超过|超|过)?一半|(?:超|过)半数?|半数(?=以上))|(?:(?P<tenths>[一两二三四五六七八九])|(?<=[近超过约])(?P<about>[一两二三四五六七八九]))成(?(about)|(?=以上|左右|的|[,。;、]|$))"
)
DOUBLED = re.compile(r"翻(?:(?P<times>[一两二三])番|番)")
RATIO = re.compile(rf"(?P<a>{ARABIC})[:∶](?P<b>{ARABIC})(?![\d:])")
BRACKETED = re.compile(rf"(?P<sign>[><≥≤]|约)?\[\s*(?P<number>{ARABIC})\s*\]{_MEASURE}")
NONE_AT_ALL = re.compile(r"[“\"]?零[”\"]?(?P<what>感染|事故|病例|确诊|死亡)|不让一(?P<one>名|个|人)")
MEDALS = re.compile(rf"(?P<number>{NUMERAL})[金银铜](?:牌|奖)?(?=[\d一二三四五六七八九][金银铜])|(?<=[金银铜])(?P<last>{NUMERAL})[金银铜](?:牌|奖)?")
"""3金2银5铜, without a measure word."""

NESTED = re.compile(rf"(?P<number>{ARABIC})(?P<scale>{SCALE})?\((?P<inner>[^()]{{1,40}})\)(?P<unit>{_UNIT})")
"""63757(其中民办20000)所: the unit comes after the bracket and is that of both."""

FULL = re.compile(r"(?:率|比例|占比|比重)[^,。;:、]{0,6}(?P<full>全覆盖|全部覆盖)")
CYCLE = re.compile(rf"(?P<number>{NUMERAL})年(?:一(?:个)?(?:周期|轮)|(?P<within>内)(?=建成|完成|实现|达到|投入使用|全面)(?![^,;。]{{0,30}}\d))")
"""5年一周期, 三年内建成: lengths that a rule or a deadline sets."""

RANK = re.compile(
    rf"(?:全国|全市|全省|全区|国内|世界|全球|西部|位居|居|列|位列|排名|排)[^,。;、第]{{0,6}}第(?P<number>{NUMERAL})(?:位|名)?(?=[、,。;)]|$)"
)
FIRST_FEW = re.compile(rf"前(?P<number>{NUMERAL})(?:位|名|强)?(?=[、,。;)行之]|$)")
NEIGHBOURS = re.compile(rf"(?P<pair>两三|三四|三五|四五|五六|六七|七八|八九)(?P<scale>万|千|百|十)?(?P<unit>{_UNIT})")
NEARLY = re.compile(r"约占[^,;。\d]{0,14}的?$")
MOVES = re.compile(rf"[^,。;\d]{{0,6}}(?:到|至|为)(?=\d[\d.,]*(?:{SCALE})?(?:{_UNIT}))")
QUOTED = re.compile(r"“[^”]{1,12}”|《[^》]*》")
_FROM = re.compile(r"(?:由|从)[^,;。]{0,14}$")
_TO = re.compile(r"[^,;。]{0,12}?(?:到|至|为)")
_CHANGE = re.compile(
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
    for figure in sorted([*_special(line), *_plain(line, dashes_lost)], key=lambda f: (f.start, -f.end)):
        if found and figure.start < found[-1].end:
            continue
        if any(a <= figure.start and figure.end <= b for a, b in hidden):
            continue
        found.append(figure)
    return _roled(line, found)


def _special(line: str) -> Iterator[Figure]:
    """Forms with rules of their own: fractions, ratios, brackets, ranks, zero."""
    for match in FRACTION.finditer(line):
        yield from _fraction(line, match)
    for match in DOUBLED.finditer(line):
        times = Decimal(2) ** int(number_of(match["times"] or "一"))
        yield _compared(line, Figure(*match.span(), times, times, "倍", "eq", chinese=True))
    for match in RATIO.finditer(line):
        a, b = number_of(match["a"]), number_of(match["b"])
        if _time_of_day(line, match):
            continue
        unit = "%" if a + b == 100 else ("人/人" if b == 1 else f":{match['b']}")
        yield _compared(line, Figure(*match.span(), a, a, unit, "eq", doubt=("ratio",)))
    for match in BRACKETED.finditer(line):
        if match["unit"] or match["scale"] or match["sign"]:
            value = number_of(match["number"])
            read = Figure(*match.span(), value, value, (match["scale"] or "") + (match["unit"] or ""), "eq", bracketed=True)
            yield _placed(read, wording.BEFORE[match["sign"]]) if match["sign"] else _compared(line, read)
    for match in NONE_AT_ALL.finditer(line):
        unit = match["one"] or ("起" if match["what"] == "事故" else "例")
        yield Figure(*match.span(), Decimal(0), Decimal(0), unit, "eq", chinese=True)
    for match in NESTED.finditer(line):
        unit = (match["scale"] or "") + match["unit"]
        value = number_of(match["number"])
        if not re.search(r"[\d.A-Za-z第]$", line[: match.start()]):
            yield replace(_compared(line, Figure(*match.span("number"), value, value, unit, "eq"), follow=False), end=match.end("number"))
            if inner := re.search(rf"[^\d.-](?P<number>{ARABIC})$", match["inner"]):
                start = match.start("inner") + inner.start("number")
                yield Figure(start, start + len(inner["number"]), number_of(inner["number"]), number_of(inner["number"]), unit, "eq", doubt=("shared unit",))
    for match in MEDALS.finditer(line):
        count = number_of(match["number"] or match["last"])
        yield Figure(*match.span(), count, count, "枚", "eq", chinese=not match[0][0].isdigit())
    for match in FULL.finditer(line):
        yield Figure(*match.span("full"), Decimal(100), Decimal(100), "%", "eq", chinese=True)
    for match in CYCLE.finditer(line):
        years = number_of(match["number"])
        yield Figure(*match.span(), None if match["within"] else years, years, "年", "le" if match["within"] else "eq", doubt=("length of time",))
    for match in RANK.finditer(line):
        place = number_of(match["number"])
        yield Figure(match.start("number") - 1, match.end(), place, place, "位", "eq", doubt=("rank",))
    for match in FIRST_FEW.finditer(line):
        if match["number"][0].isdigit() or match[0][-1] in "位名强" or match["number"] in ("十", "五", "三"):
            yield Figure(*match.span(), None, number_of(match["number"]), "位", "le", doubt=("rank",))
    for match in NEIGHBOURS.finditer(line):
        low, high = (number_of(sign + ("十" if match["scale"] == "十" else "")) for sign in match["pair"])
        scale = match["scale"] if match["scale"] in ("万", "千", "百") else ""
        if not line[: match.start()].endswith("第"):
            yield Figure(*match.span(), low, high, scale + match["unit"], "between", chinese=True)


def _time_of_day(line: str, match: re.Match[str]) -> bool:
    """10:48 in the head of a page, where no word speaks of a ratio."""
    if match["b"].startswith("0") and not match["b"].startswith("0."):
        return True
    clock = re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", match[0])
    return bool(clock) and not re.search(r"[比例为由从到的达按以]", line[max(match.start() - 8, 0) : match.start()] + line[match.end() : match.end() + 4])


def _fraction(line: str, match: re.Match[str]) -> Iterator[Figure]:
    """三分之一, 百分之九十, 过半, 八成: shares in per cent."""
    if match["top"] and int(match["top"]) >= int(match["bottom"]):
        return
    if match["top"]:
        value = Decimal(match["top"]) * 100 / Decimal(match["bottom"])
    elif match["whole"]:
        value = number_of(match["part"]) * 100 / number_of(match["whole"])
    else:
        value = Decimal(50) if match["half"] else number_of(match["tenths"] or match["about"]) * 10
    exact = value == round(value, 4)
    value = value if exact else round(value, 4)
    read = Figure(*match.span(), value, value, "%", "eq", chinese=True, doubt=() if exact else ("rounded",))
    if (match["half"] or "")[:1] in ("超", "过"):
        yield _placed(read, "gt")
    elif not match["half"] or AFTER.match(line, match.end()):
        yield _compared(line, read)


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
        if second and match["scale"] and match["scale"] != scale:
            low = low * SCALES[match["scale"]] / SCALES[scale]
        shares = not unit and not chinese and second is None and _shares(line, match, last.end(), scale)
        if not (shares and scale) and left_out(match, last, _before(line, match.start()), line[last.end() : last.end() + WINDOW], unit, scale, chinese):
            waiting = []
            continue
        read = Figure(match.start(), last.end(), low, high, scale + unit, "eq", chinese=chinese)
        if shares or (not unit and not scale):
            # 5.6、9.9和7个百分点, 从3.2万增加到5万人: the unit comes with the last one
            waiting = [*waiting, read] if shares else []
            continue
        for earlier in waiting:
            yield _compared(line, replace(earlier, unit=(earlier.unit or scale) + unit, doubt=("shared unit",)), follow=False)
        waiting = []
        split = _split(match["number"], line[last.end() : last.end() + 1]) if dashes_lost and not second and not chinese and unit != "%" else None
        if split:
            yield replace(read, low=split[0], high=split[1], comparator="between", doubt=("dash lost",))
        elif not second:
            more = any(word in ("余", "多") for word in (match["more"], match["more2"]))
            yield _compared(line, read, more=more)
        elif low < high:
            end = _after(line, read.end)[1]
            yield replace(read, comparator="between", end=end, change=bool(_CHANGE.search(_before(line, match.start()))))


def _shares(line: str, match: re.Match[str], end: int, scale: str) -> bool:
    """Does a number without a unit take that of the next: 3万、4万人, 从3.2万增加到5万人?"""
    if re.match(r"[、和与及](?=\d)" if scale else "[、和与及]", line[end : end + 2]):
        return True
    return bool(_FROM.search(_before(line, match.start())) and MOVES.match(line, end))


def _split(number: str, rest: str) -> tuple[Decimal, Decimal] | None:
    """810 as 8—10, 23 as 2—3: neighbouring counts that stand before the noun they count."""
    if not number.isdigit() or not re.match(r"[^\d,。;:、)]", rest):
        return None
    for cut in range(1, len(number)):
        low, high = number[:cut], number[cut:]
        if not high.startswith("0") and low != "0" and len(high) - len(low) in (0, 1) and 0 < int(high) - int(low) <= 2:
            return Decimal(low), Decimal(high)
    return None


def _compared(line: str, read: Figure, *, more: bool = False, follow: bool = True) -> Figure:
    """Add the comparator that the words around the number give."""
    before = _before(line, read.start)
    near, norm = BEFORE.search(before), NORM.search(before)
    word, end = _after(line, read.end) if follow else ("", read.end)
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
    change = bool(_CHANGE.search(before[: near.start()] if near else before)) and read.unit != "倍"
    return replace(_placed(read, comparator or read.comparator), start=start, end=end, normative=normative, change=change)


def _names(before: str, near: re.Match[str]) -> bool:
    """Is the comparator the end of another word (经过, 通过, 附近)?"""
    return near["word"] in ("过", "近", "超", "约", "上") and (near["word"] == "上" or bool(re.search(r"(?:经|通|渡|附|最|新|靠|预|节|条|公|合)$", before[: near.start()])))


def _placed(read: Figure, comparator: Comparator) -> Figure:
    value = read.low if read.low is not None else read.high
    low = None if comparator in ("lt", "le") else value
    high = None if comparator in ("gt", "ge") else value
    return replace(read, low=low, high=high, comparator=comparator)


def _before(line: str, start: int) -> str:
    return line[max(start - WINDOW, 0) : start]


def _after(line: str, end: int) -> tuple[str, int]:
    match = AFTER.match(line, end)
    return (match["word"], match.end()) if match else ("", end)


def _roled(line: str, found: list[Figure]) -> list[Figure]:
    """Mark the two sides of 由近800所调整到700所左右; of 分别从209元、280元提高到217元、290元 all four."""
    roles = [""] * len(found)
    at = 0
    while at < len(found):
        if not _FROM.search(_before(line, found[at].start)):
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
