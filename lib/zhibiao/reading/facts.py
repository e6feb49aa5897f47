"""What a document says of itself: title, number, day, region, the years it plans for or reports on."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from zhibiao.catalogue.registry import Registry
from zhibiao.model.period import Span
from zhibiao.reading.numerals import DIGITS, number_of
from zhibiao.reading.passages import Line
from zhibiao.reading.telling import last_year_told, tells_what_is
from zhibiao.reading.wording import ACHIEVED_HEADINGS

FIVE_YEARS = {"十五": 2001, "十一五": 2006, "十二五": 2011, "十三五": 2016, "十四五": 2021, "十五五": 2026, "十六五": 2031}
"""First years of the five-year plans."""

NAME = re.compile(r"“?(?P<name>十[一二三四五六]五|(?<!第)“十五”)”?(?=期间|时期|以来|末|规划|发展|,|”|期|$)")
TITLE = re.compile(r"规划|方案|意见|公报|计划|纲要|办法|通知|报告|决定|条例|实事|要点|目标任务|总结")
SPEECH = re.compile(r"政府工作报告|计划草案|预算草案|工作报告|总结(?:和|及|暨|与|、).{0,12}(?:计划|安排|打算|要点|思路)")
"""A report that looks back on one year and ahead on the next."""

REPORT = re.compile(r"公报|统计快报|年度报告|统计报告|质量报告|完成情况|事业发展概况|发展统计|总结(?![和及暨])")
RULES = re.compile(r"(?:细则|办法|条例|规定|标准|规范|守则)(?:\(.{1,6}\))?(?:的通知)?$")
NUMBER = re.compile(r"[\u4e00-\u9fff]{2,12}[\[(](?P<year>(?:19|20)\d\d)[\])]\d{1,4}号")
CITED = re.compile(r"》\(?$|(?:根据|按照|贯彻|落实|依据)[^。]*$")
"""Before the number of another document."""

DAY = re.compile(r"(?P<year>(?:19|20)\d\d)[年\-./](?P<month>\d{1,2})[月\-./](?P<day>\d{1,2})日?")
MONTH = re.compile(r"(?:-{1,2}|\()?(?P<year>(?:19|20)\d\d)年(?P<month>\d{1,2})月(?:在.{4,60}[上议])?\)?")
WRITTEN = re.compile(r"(?P<year>[一二][一二三四五六七八九〇○零O]{3})年(?P<month>[一二三四五六七八九十]{1,2})月(?:(?P<day>[一二三四五六七八九十]{1,3})日)?")
"""二〇二二年三月十八日"""

YEARS = re.compile(r"(?P<start>(?:19|20)\d\d)年?[-至到](?P<end>(?:19|20)\d\d)年?")
HORIZON = re.compile(r"(?:到|(?<!截)至|力争)(20\d\d)年")
ORDINAL_PLAN = re.compile(r"第十([一二三四五六])个五年(?:规划|计划)?")
AS_OF = re.compile(r"截[至止]到?((?:19|20)\d\d)年")
UNDER_TITLE = re.compile(r"\((?:19|20)\d\d年?[-至到](?:19|20)\d\d年?\)")
QUOTED_PLAN = re.compile(r"“(十[一二三四五六]?五)”(?!期间|以来|末)")
HEADING = 40
COUNT = r"(?:\d{1,2}|[一二两三四五六七八九十])"
PASSING = re.compile(rf"(?:经过|通过|用)(?:[\d一二三四五六七八九十]{{1,2}}[-至到])?({COUNT})年(?=左右|的?努力|的?时间|,|建设)")
LEVEL = {"nation": 0, "province": 1, "prefecture": 2, "county": 3}


@dataclass(frozen=True)
class Facts:
    """A document's own words about itself; what it does not say is None."""

    title: str
    number: str | None
    issued: dt.date | None
    region: str
    plan: Span | None
    report_year: int | None
    own_years: bool
    """Do the plan's years stand in its title?"""
    told: int | None = None
    """The year in the file's name, for a text that bears no date."""
    open_ended: bool = False
    """Is its horizon only a length of time (经过5—10年), or another year for each thing? Its yearly rules then have no end."""
    tells: bool = False
    """Is it no plan but tells what was reached, as a newspaper does?"""

    @property
    def written(self) -> int | None:
        """The year in which the document speaks: of its issue, else the first of its plan."""
        return self.issued.year if self.issued else self.told or (self.plan.start if self.plan else None)

    @property
    def is_account(self) -> bool:
        """Does it tell of the present state (a report of an inspection, a talk), rather than plan from the year before?"""
        return bool(re.search(r"(?:情况|调研|检查)[^,。]{0,4}报告|讲话|汇报", self.title)) and not self.own_years

    @property
    def sets_rules(self) -> bool:
        """Is it a text of rules (办法, 细则), whose figures hold until it is repealed?"""
        return bool(RULES.search(self.title)) and self.plan is not None and not self.own_years

    @property
    def dated(self) -> bool:
        """Is it known when the document speaks?"""
        return self.issued is not None or self.told is not None or self.own_years or self.report_year is not None

    @property
    def is_speech(self) -> bool:
        """Is it a report given at the beginning of a year, on the year that is over and the one to come?"""
        return self.report_year is None and self.written is not None and bool(SPEECH.search(self.title))

    @property
    def looked_back(self) -> Span:
        """The years before the plan that its review speaks of."""
        start = self.plan.start if self.plan else self.written or 2021
        return Span(start - 5, start - 1)

    @property
    def binding(self) -> Span | None:
        """The years in which an aim without a date is worked for: of the plan, but not before it was issued."""
        if self.plan is None or self.own_years or self.issued is None:
            return self.plan
        return Span(min(max(self.plan.start, self.issued.year), self.plan.end), self.plan.end)


def facts_of(found: Sequence[Line], registry: Registry, name: str) -> Facts:
    """Read the head and the foot of a document."""
    head = [line.text.lstrip("#") for line in found[:40]]
    titles = [text for text in head if TITLE.search(text) and 6 <= len(text) <= 90 and not re.search(r"[。;]|^各|^[一二三四五六七八九十]{1,3}、|^\([一二三四五六七八九十]{1,3}\)|^(?:首页|当前位置|您的?位置|所在位置)|>", text) and not text.startswith(("title:", "---"))]
    title = _title(titles) or name
    title += next((following for text, following in itertools.pairwise(head) if text == title and UNDER_TITLE.fullmatch(following)), "")
    numbered = next((match for text in head for match in NUMBER.finditer(text) if not CITED.search(text[: match.start()])), None)
    issued = _issued([line.text for line in found], numbered)
    report_year = None
    stated = re.search(r"((?:19|20)\d\d|[一二〇○零][〇○零九一二三四五六七八]{3})年", title) or re.search(r"((?:19|20)\d\d)", name)
    if REPORT.search(title) and stated and not SPEECH.search(title):
        report_year = int("".join(str(DIGITS.get(sign, sign)) for sign in stated[1]))
        opened = {year for line in found for year in (report_year, report_year - 1) if line.text.startswith(f"{year}年") and len(line.text) > 30}
        report_year = min(opened) if len(opened) == 1 else report_year  # the report of 2023 on 2022
    named = re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", name)
    told = int(named[1]) if named and issued is None and title != name else None
    plan, own = (None, False) if report_year else _planned(title, [line.text for line in found], issued.year if issued else told)
    passing = not own and (any(PASSING.search(line.text) for line in found) or _scattered("".join(line.text for line in found)))
    tells = numbered is None and report_year is None and not own and not TITLE.search(title) and tells_what_is([line.text for line in found])
    if tells:
        plan, over = None, last_year_told([line.text for line in found])
        told = told or (over + 1 if over and issued is None else None)
    return Facts(title, numbered[0] if numbered else None, issued, _region(title, head, registry), plan, report_year, own, told, passing, tells)


def five_years(name: str) -> Span | None:
    """The years of 十四五 and its like."""
    start = FIVE_YEARS.get(ORDINAL_PLAN.sub(r"十\1五", name).strip("“”"))
    return Span(start, start + 4) if start else None


def _title(titles: list[str]) -> str:
    """The title itself, rather than the notice that sends it out."""
    bare = [text for text in titles if "通知" not in text and "办公室" not in text]
    return (bare or titles or [""])[0].strip()


def _issued(written: list[str], numbered: re.Match[str] | None) -> dt.date | None:
    texts = [WRITTEN.sub(_in_figures, text) if len(text) <= 60 else text for text in written]
    stated = next((match for text in texts[:40] for match in re.finditer(rf"(?:成文|印发|发文|发布)(?:日期|时间)[\])]?[::]?{DAY.pattern}", text)), None)
    alone = [match for text in texts if len(text) <= 60 and "号" not in text[-3:] for match in [DAY.search(text)] if match]
    feet = [match for match in alone if "年" in match[0]] or alone
    for found in [stated, *feet] if stated else feet:
        try:
            day = dt.date(int(found["year"]), int(found["month"]), int(found["day"]))
        except ValueError:
            continue
        if numbered is None or abs(day.year - int(numbered["year"])) <= 1:
            return day
    months = [match for text in texts if (match := MONTH.fullmatch(text))]
    if numbered is None and months:
        return dt.date(int(months[0]["year"]), min(int(months[0]["month"]), 12) or 1, 1)
    return dt.date(int(numbered["year"]), 1, 1) if numbered else None


def _in_figures(match: re.Match[str]) -> str:
    year = "".join(str(DIGITS.get(sign, 0)) for sign in match["year"])
    return f"{year}年{number_of(match['month'])}月" + (f"{number_of(match['day'])}日" if match["day"] else "")


def _planned(title: str, texts: list[str], start: int | None) -> tuple[Span | None, bool]:
    """The years a document plans for, and whether its title names them; `start` is the year of its issue."""
    if match := YEARS.search(title):
        return Span(int(match["start"]), int(match["end"])), True
    if (match := NAME.search(title)) and (span := five_years(match["name"])):
        return span, True
    if (match := ORDINAL_PLAN.search(title)) and (span := five_years(match[0])):
        return span, True
    if SPEECH.search(title):
        years = [int(year) for year in re.findall(r"(?:19|20)\d\d", title)]
        year = max(years) if re.search("草案|计划|安排|打算|思路|要点", title) and years else start or (years[0] if years else None)
        return (Span(year, year), True) if year else (None, False)
    if match := re.search(r"^[^\d,。《]{0,12}(20\d\d)年(?:度)?(?!远景)[^,。]*(?:方案|计划|要点|安排|任务|意见|通知|实事|政府工作报告|目标)", title):
        return Span(int(match[1]), int(match[1])), True
    if start is None and (headed := _headed(texts)):
        return headed, False
    body = "".join(texts)
    names = [span for match in re.finditer(r"“?(十[一二三四五六]五|(?<=“)十五(?=”))”?(?:期间|时期|末)", body) if (span := five_years(match[1])) and (start is None or span.end >= start)]
    over = max((int(year) for year in AS_OF.findall(body)), default=0) if start is None else 0
    names = [span for span in names if span.end > over]
    horizons = [int(match[1]) for match in HORIZON.finditer(body) if start is None or start <= int(match[1]) <= start + 16]
    first = start or min(horizons, default=None)
    if first:
        bare = [int(year) for year in re.findall(r"[。;](20\d\d)年[底末]?前?,", body)]
        horizons += [year for year in bare if first < year <= first + 16]
    passing = PASSING.search(body)
    if passing and start:
        end = start + int(number_of(passing[1]))
        # three years from 2022 on end in 2024 where the document names that year
        earlier = end not in horizons and (end - 1 in horizons or (f"{end - 1}年" in body and f"{end}年" not in body))
        return Span(start, end - 1 if earlier else end), False
    if names and not any(year <= names[0].end for year in horizons):
        horizons = []  # 到2035年 beside 十四五 is an outlook
    if horizons:
        # the year named most often; of several the last within five years, 到2035年 being an outlook
        end = max(horizons, key=lambda year: (horizons.count(year), first is None or year <= first + 5, year if first and year <= first + 5 else -year))
        if names and names[0].end == end:
            return names[0], False
        return Span(min(start or max(_first_year(body, end), over + 1), end), end), False
    if names:
        return max(names, key=lambda span: (names.count(span), span.end)), False
    if start is None:
        return None, False
    return Span(start, next(first + 4 for first in FIVE_YEARS.values() if first + 4 >= start)), False


def _headed(texts: list[str]) -> Span | None:
    """The five-year plan that a heading of an excerpt is about: (三)“十二五”职业教育改革发展的目标任务."""
    heads = (text for text in texts if len(text) <= HEADING and not re.search("[。;]", text) and not ACHIEVED_HEADINGS.search(text))
    return next((span for text in heads for match in QUOTED_PLAN.finditer(text) if (span := five_years(match[1]))), None)


def _scattered(body: str) -> bool:
    """Does a document set goals for several years, each only once, and name no five-year plan?"""
    goals = HORIZON.findall(body)
    return len(set(goals)) > 2 and len(set(goals)) == len(goals) and not re.search(r"十[一二三四五六]五”?(?:期间|时期|末|规划)", body)


def _first_year(body: str, end: int) -> int:
    """The first year an undated document plans for: of a span with the same end, else the first that it sets as a goal."""
    spans = [int(match["start"]) for match in YEARS.finditer(body) if int(match["end"]) == end or end - 6 < int(match["start"]) < int(match["end"]) < end]
    goals = [int(match[1]) for match in re.finditer(r"(?:(?<!截)[到至]|力争|^|[。,;])(20\d\d)年[^,。;]{0,4}[,前]", body) if end - 6 < int(match[1]) <= end]
    cited = [int(match["year"]) for match in NUMBER.finditer(body) if int(match["year"]) <= end]
    return max([min([*spans, *goals, end]), *cited])


def _region(title: str, head: list[str], registry: Registry) -> str:
    """The lowest region named in the title, else by those who issued it; the nation where none is."""
    issuers = [text for text in head if re.fullmatch(r"[^,。;:、]{2,24}(?:局|厅|委员会|政府|办公室|委|部)", text)]
    sent = [text for text in head if TITLE.search(text) and "关于" in text and len(text) <= 90 and not text.startswith("各")]
    for text in (title, *sent, *issuers):
        found = [r for r in registry.regions.values() if r.level != "nation" and (r.zh in text or (r.level == "province" and len(r.zh) > 2 and r.zh[:-1] in text))]
        if found:
            return max(found, key=lambda region: (LEVEL.get(region.level, 3), len(region.zh))).code
        if re.search(r"全国|国家|人力资源(?:和)?社会保障部|教育部|国务院", text):
            break
    return "100000"
