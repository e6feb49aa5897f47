"""Figures with forms of their own: fractions, ratios, brackets, ranks, medals, zero, rounds of years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from zhibiao.reading import wording
from zhibiao.reading.amounts import MEASURE, NUMERAL, SCALE, UNIT, Figure, compared, placed
from zhibiao.reading.lookalikes import AFTER
from zhibiao.reading.numerals import ARABIC, number_of

FRACTION = re.compile(
    rf"(?P<whole>{NUMERAL})分之(?P<part>{NUMERAL})"
    r"|(?<=[到占为过近约的于国省市区全])(?P<top>[1-9])/(?P<bottom>[2-9]|10)(?![\d/.])(?!年|月)"
    r"|(?P<half>(?:超过|超|过)?一半|(?:超|过)半数?|半数(?=以上)|(?<=近)半数?(?=[的,。;]))"
    r"|(?P<digits>[1-9](?:\.5)?)成(?=以上|以下|左右|多|的|[,。;、]|$)"
    r"|(?:(?P<tenths>[一两二三四五六七八九])|(?<=[近超过约])(?P<about>[一两二三四五六七八九]))成(?(about)|(?=以上|左右|的|[,。;、]|$))"
)
PER_TEACHER = re.compile(r"(?:师生|教(?:职工|师)与(?:学生|幼儿|在校生|在园幼儿)|医患|护患|师幼)(?:数)?(?:之)?比例?[^,。;\d]{0,10}$")
UNITLESS = re.compile(
    rf"(?:比值|(?:收入|差距|供需|师生|生师|投入产出|求人)比|倍率|系数|指数)[^,。;\d]{{0,6}}?(?:(?:由|从)(?P<first>{ARABIC})[^,。;\d]{{1,6}})?"
    rf"(?:[为至到达在超过]|约|以内|控制在|低于|高于)(?P<value>\d+\.\d+)(?=[,。;、)以左的]|$)"
)
DOUBLED = re.compile(r"翻(?:(?P<times>[一两二三])番|番)")
RATIO = re.compile(rf"(?<![\d:.∶])(?P<a>{ARABIC})[:∶](?P<b>{ARABIC})(?![\d:.∶])")
BRACKETED = re.compile(rf"(?P<sign>[><≥≤]|约)?\[\s*(?P<number>{ARABIC})\s*\]{MEASURE}")
NONE_AT_ALL = re.compile(r"[“\"]?零[”\"]?(?P<what>感染|事故|病例|确诊|死亡)|不让一(?P<one>名|个|人)")
MEDALS = re.compile(rf"(?P<number>{NUMERAL})[金银铜](?:牌|奖)?(?=[\d一二三四五六七八九][金银铜])|(?<=[金银铜])(?P<last>{NUMERAL})[金银铜](?:牌|奖)?")
"""3金2银5铜, without a measure word."""

NESTED = re.compile(rf"(?P<number>{ARABIC})(?P<scale>{SCALE})?\((?P<inner>[^()]{{1,40}})\)(?P<unit>{UNIT})")
"""63757(其中民办20000)所: the unit comes after the bracket and is that of both."""

FULL = re.compile(r"(?:率|比例|占比|比重)[^,。;:、]{0,6}(?P<full>全覆盖|全部覆盖)")
CYCLE = re.compile(rf"(?P<number>{NUMERAL})年(?:一(?:个)?(?:[^,。;\d]{{0,4}}周期|轮)|(?P<within>内)(?=建成|完成|达到|投入使用)(?![^,;。]{{0,30}}\d))")
"""5年一周期, 三年内建成: lengths that a rule or a deadline sets."""

EDITIONS = re.compile(rf"(?:参加|举办|承办|主办)(?:了|过)?(?P<number>{NUMERAL})届")
"""参加三届世界技能大赛: how often, where 第45届 is a name."""

RANK = re.compile(
    rf"(?:全国|全市|全省|全区|国内|世界|全球|西部|位居|居|列|位列|排名|排)[^,。;、第]{{0,6}}第(?P<number>{NUMERAL})(?:位|名)?(?=[、,。;)]|$)"
)
FIRST_FEW = re.compile(rf"前(?P<number>{NUMERAL})(?:位|名|强)?(?=[、,。;)行之]|$)")
MYRIAD = re.compile(rf"(?<![\d零一二两三四五六七八九十百千几数个])(?:(?<=[近超逾上])|(?<=[^经通]过)|(?=[万亿][余多]))(?P<scale>[万亿])(?P<more>余|多)?(?P<unit>{UNIT})(?!以上的?(?:项目|企业|产业))")
"""近万名, 万余人次: the scale is the number."""

NEIGHBOURS = re.compile(rf"(?<![〇○零一二三四五六七八九])(?P<pair>两三|三四|三五|四五|五六|六七|七八|八九)(?P<scale>万|千|百|十)?(?P<unit>{UNIT})")


def special_figures(line: str) -> Iterator[Figure]:
    """Forms with rules of their own: fractions, ratios, brackets, ranks, zero."""
    for match in FRACTION.finditer(line):
        yield from _fraction(line, match)
    for match in DOUBLED.finditer(line):
        times = Decimal(2) ** int(number_of(match["times"] or "一"))
        yield compared(line, Figure(*match.span(), times, times, "倍", "eq", chinese=True))
    for match in RATIO.finditer(line):
        a, b = number_of(match["a"]), number_of(match["b"])
        if _time_of_day(line, match):
            continue
        unit = "%" if a + b == 100 else ("人/人" if b == 1 else f":{match['b']}")
        read = compared(line, Figure(*match.span(), a, a, unit, "eq", doubt=("ratio",)))
        yield _per_teacher(read, b) if a == 1 < b and (PER_TEACHER.search(line[: match.start()]) or line.startswith("的师生比", match.end())) else read
    for match in BRACKETED.finditer(line):
        if match["unit"] or match["scale"] or match["sign"]:
            value = number_of(match["number"])
            read = Figure(*match.span(), value, value, (match["scale"] or "") + (match["unit"] or ""), "eq", bracketed=True)
            yield placed(read, wording.BEFORE[match["sign"]]) if match["sign"] else compared(line, read)
    for match in NONE_AT_ALL.finditer(line):
        unit = match["one"] or ("起" if match["what"] == "事故" else "例")
        yield Figure(*match.span(), Decimal(0), Decimal(0), unit, "eq", chinese=True)
    for match in NESTED.finditer(line):
        unit = (match["scale"] or "") + match["unit"]
        value = number_of(match["number"])
        if not re.search(r"[\d.A-Za-z第]$", line[: match.start()]):
            yield replace(compared(line, Figure(*match.span("number"), value, value, unit, "eq"), follow=False), end=match.end("number"))
            if inner := re.search(rf"[^\d.-](?P<number>{ARABIC})$", match["inner"]):
                start = match.start("inner") + inner.start("number")
                yield Figure(start, start + len(inner["number"]), number_of(inner["number"]), number_of(inner["number"]), unit, "eq", doubt=("shared unit",))
    yield from _unitless(line, UNITLESS.finditer(line))
    for match in MEDALS.finditer(line):
        count = number_of(match["number"] or match["last"])
        yield Figure(*match.span(), count, count, "枚", "eq", chinese=not match[0][0].isdigit())
    for match in FULL.finditer(line):
        yield Figure(*match.span("full"), Decimal(100), Decimal(100), "%", "eq", chinese=True)
    for match in CYCLE.finditer(line):
        years = number_of(match["number"])
        yield Figure(*match.span(), None if match["within"] else years, years, "年", "le" if match["within"] else "eq", doubt=("length of time",))
    for match in EDITIONS.finditer(line):
        count = number_of(match["number"])
        if count > 1:
            yield Figure(match.start("number"), match.end(), count, count, "届", "eq", chinese=not match["number"].isdigit())
    for match in RANK.finditer(line):
        place = number_of(match["number"])
        yield Figure(match.start("number") - 1, match.end(), place, place, "位", "eq", doubt=("rank",))
    for match in FIRST_FEW.finditer(line):
        if match["number"][0].isdigit() or match[0][-1] in "位名强" or match["number"] in ("十", "五", "三"):
            yield Figure(*match.span(), None, number_of(match["number"]), "位", "le", doubt=("rank",))
    for match in MYRIAD.finditer(line):
        yield compared(line, Figure(*match.span(), Decimal(1), Decimal(1), match["scale"] + match["unit"], "eq", chinese=True), more=bool(match["more"]))
    for match in NEIGHBOURS.finditer(line):
        low, high = (number_of(sign + ("十" if match["scale"] == "十" else "")) for sign in match["pair"])
        scale = match["scale"] if match["scale"] in ("万", "千", "百") else ""
        if not line[: match.start()].endswith("第"):
            yield Figure(*match.span(), low, high, scale + match["unit"], "between", chinese=True)


def _per_teacher(read: Figure, students: Decimal) -> Figure:
    """师生比不低于1:18 asks for at most 18 students per teacher."""
    turned = wording.TURNED.get(read.comparator, read.comparator)
    return placed(replace(read, low=students, high=students, unit="人/人"), turned)


def _unitless(line: str, read: Iterator[re.Match[str]]) -> Iterator[Figure]:
    """城乡居民收入比由2.6缩小到2.4, 基尼系数降至0.46: numbers that have no unit."""
    for match in read:
        for group in ("first", "value"):
            if match[group]:
                value = number_of(match[group])
                yield compared(line, Figure(*match.span(group), value, value, "", "eq", doubt=("no unit",)))


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
        value = Decimal(50) if match["half"] else number_of(match["digits"] or match["tenths"] or match["about"]) * 10
    exact = value == round(value, 4)
    value = value if exact else round(value, 4)
    read = Figure(*match.span(), value, value, "%", "eq", chinese=True, doubt=() if exact else ("rounded",))
    if (match["half"] or "")[:1] in ("超", "过"):
        yield placed(read, "gt")
    elif not match["half"] or AFTER.match(line, match.end()) or re.search(r"(?:近|约|占[^,。;]{1,14}的|达到?)$", line[: match.start()]):
        yield compared(line, read)
