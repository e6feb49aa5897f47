"""The house charts on typical inputs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import pytest
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from zhibiao.answers import Report
from zhibiao.catalogue.load import load
from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.study import study
from zhibiao.showing.cards_chart import Card, Line, cards
from zhibiao.showing.chart import Chart
from zhibiao.showing.fan_chart import Band, FanPicture, Point, TargetLine, fan
from zhibiao.showing.gap_chart import GapRow, gaps
from zhibiao.showing.lines_chart import LinesPicture, NamedLine, lines
from zhibiao.showing.pairs_chart import PairCurve, PairPoint, PairRegion, PairsPicture, pairs
from zhibiao.showing.scenario_chart import Course, Panel, PanelsPicture, panels
from zhibiao.showing.schedule_chart import ScheduleRow, schedule
from zhibiao.showing.sensitivity_chart import Bar, Level, TornadoPicture, tornado
from zhibiao.showing.stairs_chart import StairsPicture, stairs
from zhibiao.showing.table import FIGURES
from zhibiao.showing.theme import theme

NATION = [173, 156.05, 140.1, 134.7, 152.99, 193.14, 234.5, 275.3, 320.82, 367.15, 398.85, 415.32, 422.05, 430.42]
NATION += [423.81, 386.59, 338.97, 321.46, 323.15, 338.21, 341.64, 360.31, 395.53, 426.7, 445]
LONG = "重点建设市级公共实训基地、区县级公共实训基地与校企共建的综合性产教融合实训中心 16个"


def chongqing(lang: str) -> Chart:
    years = range(2021, 2026)

    def band(level: int, width: float) -> Band:
        low, high = ([9.9 * (1 + side * width * (year - 2020) / 5) for year in years] for side in (-1, 1))
        return Band(level, low, high)

    words = {
        "zh": (
            "2025年在校生预计9.9万人，达到“超过10.5万人”的可能性约三成；2020年以后没有公布数据",
            "万人",
            ">10.5（2025年）",
            "≥12（2022—2025年每年）",
            "区间依据：全国技工院校在校生历年变动的离散程度（1998—2024年）；两个观测值不足以估计本市自身的波动。",
            "来源：渝人社〔2021〕452号；渝府办发〔2022〕32号 · 数据截至2020年",
        ),
        "en": (
            "Enrolment is projected at 99,000 in 2025; the chance of exceeding 105,000 is about three in ten",
            "10,000 students",
            ">10.5 (2025)",
            "≥12 (each year 2022–2025)",
            "The interval rests on how enrolment changed from year to year in the nation (1998–2024).",
            "Source: 渝人社〔2021〕452号; 渝府办发〔2022〕32号 · as of 2020",
        ),
    }
    title, unit, governing, other, basis, source = words[lang]
    targets = [
        TargetLine(2025, 2025, 10.5, None, "gt", "渝人社〔2021〕452号 专栏1·2", governing),
        TargetLine(2022, 2025, 12.0, None, "ge", "渝府办发〔2022〕32号 专栏3·1", other, governing=False),
    ]
    points = [Point(2017, 9.8, confidence="medium"), Point(2020, 9.9)]
    bands = [band(50, 0.075), band(80, 0.15), band(95, 0.23)]
    picture = FanPicture(title, unit, points, targets, list(years), [9.9] * 5, bands, basis=basis, source=source)
    return fan(picture, lang)


def nation(lang: str) -> Chart:
    points = [Point(1998 + i, value) for i, value in enumerate(NATION)] + [Point(2024, 428.7)]
    target = TargetLine(2025, 2025, 360, None, "ge", "人社部发〔2021〕86号 专栏1", "≥360")
    bands = [Band(50, [422], [438]), Band(80, [410], [449]), Band(95, [395], [462])]
    title = {"zh": "全国技工院校在校生2024年为428.7万人", "en": "Technical schools enrolled 4.287 million in 2024"}[
        lang
    ]
    return fan(FanPicture(title, "万人", points, [target], [2025], [430], bands, digits=0, source="教育部"), lang)


def rate(lang: str) -> Chart:
    points = [Point(2020, 98, "ge"), Point(2021, 99)]
    target = TargetLine(2021, 2025, 98, None, "gt", "渝人社〔2021〕452号 专栏1·5", ">98")
    band = Band(80, [98.2, 98, 97.8, 97.6], [99.4, 99.7, 99.9, 100])
    title = {"zh": "就业率2021年为99%", "en": "Employment rate 99% in 2021"}[lang]
    years, median = [2022, 2023, 2024, 2025], [98.9, 98.8, 98.8, 98.7]
    return fan(FanPicture(title, "%", points, [target], years, median, [band], lower=0, upper=100), lang)


def lone_point(lang: str) -> Chart:
    target = TargetLine(2025, 2025, 3, 5, "between", "江津府办发〔2022〕62号", "3—5")
    return fan(FanPicture("一个观测值", "个", [Point(2020, 2)], [target], source="江津府办发〔2022〕62号"), lang)


def many_targets(lang: str) -> Chart:
    clauses = [f"渝府办发〔2022〕{i}号 第{i}部分第（三）项 关于加快发展现代职业教育的若干意见" for i in range(6)]
    targets = [
        TargetLine(2025, 2025, 10.5 + i / 20, None, "ge", c, f"≥{10.5 + i / 20}", i == 0) for i, c in enumerate(clauses)
    ]
    return fan(FanPicture("多个目标互相靠近", "万人", [Point(2019, 9.8), Point(2020, 9.9)], targets), lang)


def training(lang: str) -> Chart:
    totals = [Point(2021, 2.6), Point(2022, 5.9), Point(2023, 8.1, "ge")]
    target = TargetLine(2025, 2025, 15, None, "ge", "渝人社〔2021〕452号 专栏1·4", "[15]")
    title = {
        "zh": "高技能人才累计培养8.1万人，落后于匀速进度0.9万人",
        "en": "8.1 trained so far, 0.9 behind an even pace",
    }[lang]
    return stairs(StairsPicture(title, "万人", 2021, 2025, target, totals, source="渝人社〔2021〕452号"), lang)


def no_training(lang: str) -> Chart:
    target = TargetLine(2025, 2025, 15, None, "ge", "渝人社〔2021〕452号 专栏1·4", "[15]")
    return stairs(StairsPicture("尚无数据", "万人", 2021, 2025, target), lang)


def twenty_gaps(lang: str) -> Chart:
    rows = [
        GapRow("技工院校在校生规模 >10.5万人（2025年）", "gap", "缺 0.6万人（9.9→10.5）", 1.0),
        GapRow("Employment rate of graduates >98% (every year)", "gap", "持平，须超过：98.0", 0.0),
        GapRow("高技能人才占技能人才比例 30%", "met", "已达到：31.2%"),
        GapRow("职业技能培训 [100]万人次", "gap", "缺 12万人次（无基期）"),
        GapRow("高技能人才培训基地 [75]个", "gap", "较基期反而减少，缺 30个", 1.8),
        GapRow(LONG, "unknown", "基期后无数据；规划期已满，结果没有公布，须向主管部门索取"),
    ]
    rows += [GapRow(f"第{i}项目标", "unknown", "基期后无数据") for i in range(7, 21)]
    title = {"zh": "20项目标中4项有缺口、1项已达到，15项没有公布数据", "en": "15 of 20 targets have not been reported"}[
        lang
    ]
    return gaps(rows, lang, title=title, basis="“情况不明”不等于未完成。", source="渝人社〔2021〕452号 · 2023")


def timetable(lang: str) -> Chart:
    rows = [
        ScheduleRow("技工院校在校生规模 >10.5万人", 0.33, 0.6),
        ScheduleRow("毕业生就业率 >98%", reason="保持类目标没有变化量可比，另看是否每年高于98%"),
        ScheduleRow(LONG, 1.9, 0.6),
        ScheduleRow("技工教育联盟 3—5个", -0.8, 0.6),
        ScheduleRow("年招生规模 >3.5万人", 0.75, 0.6),
        ScheduleRow("实训基地", reason="基期后无数据"),
    ]
    title = {"zh": "4项可判断：2项不落后于时序，2项落后", "en": "Two of four are on schedule"}[lang]
    return schedule(rows, lang, title=title, source="渝人社〔2021〕452号 · 2023")


def intake(lang: str) -> Chart:
    xs = [2 + i / 20 for i in range(61)]
    curves = []
    for ratio, label in ((3.0, "10.5÷3.5"), (3.3, "9.9÷3.0"), (3.4286, "12÷3.5")):
        held = [(x, 1 - 0.18 * (x - ratio)) for x in xs if x >= ratio and 1 - 0.18 * (x - ratio) >= 0.8]
        curves.append(PairCurve(f"{label} = {ratio:.2f}", [x for x, _ in held], [y for _, y in held]))
    low, high = [max(0.8, 1 - 0.5 * (x - 2)) for x in xs], [min(1.0, max(0.8, 1 - 0.2 * (x - 2.9))) for x in xs]
    region = PairRegion({"zh": "全国2000—2024年", "en": "nation 2000–2024"}[lang], xs, low, high)
    points = [PairPoint("重庆2020年", 3.5, 0.97, "anchor"), PairPoint("三年制", 3, 0.97), PairPoint("四年制", 4, 0.95)]
    title = {"zh": "12万人配3.5万招生，平均学制须超过3.4年", "en": "12 for 3.5 needs more than 3.4 years"}[lang]
    return pairs(PairsPicture(title, curves, [region], points, basis="稳态近似。", source="渝府办发〔2022〕32号"), lang)


def headlines(lang: str) -> Chart:
    """Four cards: held, behind, without figures, missed."""
    zh = lang == "zh"
    target = TargetLine(2025, 2025, 60, None, "ge", "452号 专栏1·2", "≥60")
    bands = [Band(50, [51, 52], [55, 58]), Band(80, [48, 46], [58, 63])]
    known = FanPicture("双师型", "%", [Point(2021, 48, confidence="medium"), Point(2023, 53)], [target], [2024, 2025], [54, 56], bands, upper=100)
    rise = Line("走向" if zh else "trend", "上升*（2021—2023）" if zh else "rising* (2021—2023)", "rising")
    told = [Line("差距" if zh else "gap", "7个百分点" if zh else "7 pp"), Line("可能性" if zh else "chance", "≈35%（约各半）" if zh else "≈35% (about even)"), rise]
    none = [Line("差距" if zh else "gap", "—"), Line("条款" if zh else "clause", "452号 专栏1·2", minor=True)]
    name = "“双师型”教师占专业教师比例" if zh else "quality secondary programmes, national"
    verdicts = [("已报年份守住", "held so far", "met"), ("进度滞后", "behind schedule", "behind"), ("无法判断", "cannot be judged", "unknown"), ("未达到", "missed", "missed")]
    shown = [
        Card(name, words[0] if zh else words[1], words[2], "53%*", "2023", "≥60%", "2025", told, {"指标" if zh else "indicator": name}, known)
        if words[2] != "unknown"
        else Card(name, words[0] if zh else words[1], words[2], "缺数" if zh else "no figure", "", "≥60%", "2025", none, {"指标" if zh else "indicator": name}, None, "期满未报数" if zh else "not reported")
        for words in verdicts
    ]
    return cards(shown, lang, title="4项指标中1项守住" if zh else "One of four indicators has held", basis="*", source="渝人社〔2021〕452号 · 2023")


def methods(lang: str) -> Chart:
    zh = lang == "zh"
    roles = ("curve", "second curve", "third curve", "fourth curve")
    names = ("本套", "最后一个值", "半斜率", "漂移") if zh else ("this suite", "last value", "half slope", "drift")
    found = [NamedLine(name, role, [0.04 + n * 0.004, 0.08 + n * 0.01, 0.12 + n * 0.02]) for n, (name, role) in enumerate(zip(names, roles, strict=True))]
    words = ("三年后本套只差12%", "几年后", "平均误差（占实际值的比例）") if zh else ("Three years on this suite is 12% off", "years ahead", "mean error")
    return lines(LinesPicture(words[0], ["1", "2", "3"], words[1], words[2], found, 0.1, "10%", source="452号 · 2023"))


def levers(lang: str) -> Chart:
    zh = lang == "zh"
    bars = [Bar("年招生" if zh else "yearly intake", "-46%—+86%", 6.4, 16.3), Bar("平均学制" if zh else "length", "-0.5—+0.5", 8.6, 11.2), Bar("学位数" if zh else "places", "0%", 9.9, 9.9)]
    levels = [Level(12, "≥12"), Level(10.5, ">10.5", governing=False)]
    title = "在校生最受年招生左右" if zh else "The yearly intake moves enrolment most"
    return tornado(TornadoPicture(title, "万人", "2025", 9.9, bars, levels, source="452号 · 2023"), lang)


def scenarios(lang: str) -> Chart:
    zh = lang == "zh"
    years = [2020, 2021, 2022, 2023, 2024, 2025]
    unmoved = Course(years, [9.9] * 6, [9.9, 9, 8.2, 7.5, 7, 6.5], [9.9, 11, 12, 13.5, 15, 16])
    moved = [Course(years, [9.9 + step * n for n in range(6)], [9.9 + (step - 0.4) * n for n in range(6)], [9.9 + (step + 0.5) * n for n in range(6)]) for step in (0, 0.3, -0.4, 0.2)]
    names = ("基准", "按452号招生", "生源减少", "学制延长") if zh else ("baseline", "intake as in No. 452", "smaller cohorts", "longer programmes")
    targets = [TargetLine(2022, 2025, 12, None, "ge", "32号", "≥12"), TargetLine(2025, 2025, 10.5, None, "gt", "452号", ">10.5", governing=False)]
    shown = [Panel(name, f"{course.median[-1]:.1f}", course) for name, course in zip(names, moved, strict=True)]
    title = "学制延长多1万人" if zh else "Longer programmes add 10,000"
    return panels(PanelsPicture(title, "万人", shown, unmoved, [Point(2017, 9.8, confidence="medium"), Point(2020, 9.9)], targets, source="452号 · 2023"), lang)


DRAWN: dict[str, Callable[[str], Chart]] = {
    draw.__name__: draw
    for draw in (
        chongqing,
        nation,
        rate,
        lone_point,
        many_targets,
        training,
        no_training,
        twenty_gaps,
        timetable,
        intake,
        headlines,
        methods,
        levers,
        scenarios,
    )
}


@cache
def drawn(name: str, lang: str) -> Chart:
    return DRAWN[name](lang)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "house_chart" in metafunc.fixturenames:
        cases = [(name, lang) for name in DRAWN for lang in ("zh", "en")]
        metafunc.parametrize("house_chart", cases, indirect=True, ids=["-".join(case) for case in cases])


def text_boxes(chart: Chart) -> list[tuple[str, Bbox]]:
    """Every visible text with its box in points."""
    with theme():
        chart.figure.draw_without_rendering()
        texts = [t for t in chart.figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
        return [
            (t.get_text(), t.get_window_extent()) for t in texts if t.axes is None or t.axes.axison or t in t.axes.texts
        ]


def faults(chart: Chart) -> list[object]:
    """Texts that are cut by the edge of the sheet, and pairs of texts that lie on each other."""
    width, height = chart.figure.get_size_inches() * 72
    boxes = text_boxes(chart)
    cut = [text for text, box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height]
    clashes = [
        (a, b)
        for (a, one), (b, two) in itertools.combinations(boxes, 2)
        if min(one.x1, two.x1) - max(one.x0, two.x0) > 1 and min(one.y1, two.y1) - max(one.y0, two.y0) > 1
    ]
    return [*cut, *clashes]


@pytest.fixture(scope="session")
def boxes_of() -> Callable[[Chart], list[tuple[str, Bbox]]]:
    """Every visible text of a chart with its box in points."""
    return text_boxes


@pytest.fixture(scope="session")
def faults_of() -> Callable[[Chart], list[object]]:
    """Texts of a chart that are cut or lie on another."""
    return faults


@pytest.fixture
def house_chart(request: pytest.FixtureRequest) -> Chart:
    """Each house chart in each language."""
    return drawn(*request.param)


@pytest.fixture
def draw() -> Callable[[str, str], Chart]:
    """A new drawing of the house chart of that name."""
    return lambda name, lang="zh": DRAWN[name](lang)


@pytest.fixture(autouse=True)
def not_published(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tests are no published run unless they say so."""
    monkeypatch.delenv(FIGURES, raising=False)
    return


PLAN = """id: own
title: 规划
title_en: {title_en}
short: 规划
issuer: [局]
region: "450200"
period: {period}
issued: {issued}
headline: [{headline}]
statements:
{statements}"""
HEAD = "region,indicator,period,basis,value,qualifier,unit,status,confidence,source,published,recorded,reason"
REGIONS = "code,zh,en,parent,level\n450200,柳州,Liuzhou,450000,prefecture\n451225,罗城,Luocheng,450000,county\n"


@pytest.fixture(scope="session")
def liuzhou(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Registry]:
    """The shipped registry with a prefecture and a county of one's own, a plan of the prefecture and reported figures.

    Statements are the lines of a plan file; figures are (indicator, period, basis, value, unit), of the county with its code in front.
    """

    def made(statements: str, headline: Sequence[str], figures: Sequence[tuple[object, ...]], *, period="2026-2030", issued="2026-03-01", title_en="plan", recorded="2026-04-01") -> Registry:
        mine = tmp_path_factory.mktemp("mine")
        for folder in ("plans", "observations"):
            (mine / folder).mkdir()
        (mine / "regions.csv").write_text(REGIONS, encoding="utf-8")
        whole = [row if len(row) == 6 else ("450200", *row) for row in figures]
        lines = [f"{region},{name},{year},{basis},{value},eq,{unit},final,high,own-report,,{recorded}," for region, name, year, basis, value, unit in whole]
        (mine / "observations" / "own.csv").write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
        told = PLAN.format(title_en=title_en, period=period, issued=issued, headline=", ".join(headline), statements=statements)
        (mine / "plans" / "own.yaml").write_text(told, encoding="utf-8")
        return load(mine)

    return made


TARGET = """  - id: {name}-{period}
    indicator: {name}
    kind: target
    value: {value}
    unit: {unit}
    comparator: {comparator}
    scope: {scope}
    period: {period}
    locator: 一
    evidence: {name}
"""


@pytest.fixture
def own(liuzhou) -> Callable[..., Report]:
    """A report on a region of one's own: targets as (indicator, value, unit, scope, period), figures as rows."""

    def made(targets, figures=(), lang="zh", **parameters) -> Report:
        told = "".join(TARGET.format(name=n, value=v, unit=u, scope=s, period=p, comparator=(more or ['ge'])[0]) for n, v, u, s, p, *more in targets)
        registry = liuzhou(told, [f"{n}-{p}" for n, _, _, _, p, *_ in targets], figures, period="2021-2025", issued="2021-01-01", title_en="Plan of Liuzhou", recorded="2026-02-01")
        return Report(study(registry, "450200", lang=lang, **parameters))

    return made
