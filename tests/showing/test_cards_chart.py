"""The headline cards: what they say, and that it fits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from zhibiao.answers import Report
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import ParameterError
from zhibiao.showing import card_pictures
from zhibiao.showing.cards_chart import Card, Line, cards
from zhibiao.showing.fan_chart import Band, FanPicture, Point, TargetLine
from zhibiao.showing.gap_tables import briefly
from zhibiao.showing.sentences import Sentences
from zhibiao.showing.theme import LOOKS
from zhibiao.showing.words import STATES, VERDICTS, word

REGIONS = ["重庆", "江津", "沧州", "全国"]
PAGE, A4 = 9.0, 9.7
"""Inches: of a page with a heading, and of the text of a whole one."""
LONGEST = {"zh": "“双师型”教师占专业教师比例", "en": "quality secondary programmes, national"}


@pytest.fixture(scope="module")
def reports():
    registry = load()
    return {(region, lang): Report(study(registry, region, lang=lang)) for region in REGIONS for lang in ("zh", "en")}


def texts(chart) -> str:
    return "\n".join(text.get_text() for text in chart.figure.findobj(Text))


def picture(lang: str) -> FanPicture:
    target = TargetLine(2025, 2025, 60, None, "ge", "专栏1", "≥60")
    bands = [Band(50, [51, 52], [55, 58]), Band(80, [48, 46], [58, 63])]
    points = [Point(2021, 48, confidence="medium"), Point(2023, 53)]
    return FanPicture(LONGEST[lang], "%", points, [target], [2024, 2025], [54, 56], bands, lower=0, upper=100)


def made_up(number: int, lang: str, *, known: bool = True) -> Card:
    words = {
        "zh": ("无法判断", ["差距", "可能性", "走向", "证据", "条款", "另有"], "上升*（2021—2023）", ">[100]万人次（2021—2025 累计，452号 专栏1·5）", "期满未报数"),
        "en": ("behind schedule", ["gap", "chance", "trend", "evidence", "clause", "also"], "rising* (2021—2023)", ">[100] ×10,000 person-times (2021—2025, in all, 452号 专栏1·5)", "horizon passed, not reported"),
    }  # fmt: skip
    verdict, (gap, chance, trend, evidence, clause, also), rises, other, absent = words[lang]
    told = [Line(gap, "7个百分点" if lang == "zh" else "7 pp"), Line(chance, "≈35%"), Line(trend, rises, "rising"), *(Line(*line, minor=True) for line in ((evidence, absent), (clause, "452号 专栏1·5"), (also, other)))]
    name = f"{LONGEST[lang]} {number}"
    return Card(
        name, verdict, "behind" if known else "unknown", "53%", "2023", ">[100] ×10,000 person-times" if lang == "en" else ">[100]万人次", "2021—2025",
        told, {"name": name}, picture(lang) if known else None, absent,
    )  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("count", range(1, 13))
def test_one_to_twelve_cards_of_the_longest_names_fit_on_a_page(count, lang, faults_of):
    chart = cards([made_up(i, lang, known=i % 3 != 1) for i in range(count)], lang, title="标题" * 20, basis="注" * 60, source="来源" * 20)
    assert faults_of(chart) == []
    assert chart.figure.get_size_inches()[1] <= (PAGE if count <= 8 else A4)
    assert all(str(i) in name for i, name in enumerate(chart.data["name"]))


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_region_has_cards_that_fit(reports, region, lang, faults_of):
    report = reports[region, lang]
    chart = report.cards()
    assert faults_of(chart) == []
    assert chart.figure.get_size_inches()[1] <= PAGE
    named = list(chart.data.iloc[:, 0])
    assert named == list(dict.fromkeys(row.standing.indicator.name(lang) for row in report.main_rows))
    assert all(name in chart.alt for name in named)
    assert chart.title == report.gap_chart().title


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_cards_print_the_figures_of_the_table(reports, region, lang):
    """Every target of the glance table stands in the card of its indicator, with the same latest figure, gap, chance and verdict."""
    report = reports[region, lang]
    chart = report.cards()
    record = {row[0]: list(row) for row in chart.data.itertuples(index=False)}
    for known, row in zip(report.main_rows, briefly(report.study, report.main_rows).rows, strict=True):
        name, latest, target, period, gap, chance, _, state, verdict, others = record[row["indicator"]]
        if (target, period) == (row["target"], row["period"]):
            assert latest == row["latest"]
            assert verdict == row["verdict"]
            assert state == word(STATES, known.standing.state, lang)
            assert gap.startswith(row["gap"])
            assert chance.startswith(row["chance"])
        else:
            assert row["target"] in others
            assert row["period"] in others
        assert all(part in texts(chart) for part in ([name] if lang == "zh" else name.split()))


def test_the_governing_target_is_printed_large(reports):
    chart = reports["重庆", "zh"].cards()
    large = {text.get_text() for text in chart.figure.findobj(Text) if text.get_fontsize() > 10.5}
    assert {"9.9万人", "≥12万人", "99%*", "≥98%", ">3.5万人"} <= large
    assert not {text for text in large if "10.5" in text}
    assert "另有" in texts(chart)


def test_a_card_without_figures_is_hatched_and_says_why(reports):
    chart = reports["江津", "zh"].cards()
    hatched = [patch for patch in chart.figure.findobj(Rectangle) if patch.get_hatch() and patch.get_width() > 1]
    assert len(hatched) == len(chart.data) == 8
    assert texts(chart).count("基期后未报数") == 8 + 1  # the title says why as well
    assert set(chart.data["差距"]) == {"—"}
    assert chart.title == "江津区8项主要目标都不能判断：基期后未报数"
    assert not any(word in texts(chart) for word in ("预测中位数", "观测值"))


def test_a_rise_is_said_only_between_exact_figures(reports):
    report = reports["重庆", "zh"]
    trends = dict(zip(report.cards().data["指标"], report.cards().data["走向"], strict=True))
    assert trends["年招生规模"] == "—（只有一个年度数）"
    assert trends["在校生规模"] == "上升*（2017—2020）"
    assert trends["培养培训高技能人才"] == "—（没有年度数）"


@pytest.mark.parametrize(
    ("values", "said"),
    [(("9", "8", "eq"), "下降"), (("8", "8", "eq"), "持平"), (("8", "8.00001", "eq"), "上升"), (("8", "8.00", "eq"), "持平"), (("8", "9", "ge"), "—（有下限值，不能比）")],
)
def test_direction_in_words(reports, monkeypatch, values, said):
    report = reports["重庆", "zh"]
    row = next(row for row in report.main_rows if row.statement.indicator == "enrolment")
    first, second, qualifier = values
    known = report.study.series("enrolment")
    points = tuple(
        point.model_copy(update={"value": type(point.value)(value), "qualifier": kind, "confidence": "high"})
        for point, value, kind in zip(known.annual, (first, second), ("eq", qualifier), strict=True)
    )
    monkeypatch.setattr(type(report.study), "series", lambda *_: replace(known, points=points))
    _, words = card_pictures._trend(report.study, row)
    assert words.startswith(said)


def test_each_verdict_has_its_sign():
    assert set(card_pictures.ROLES) == set(VERDICTS)
    signs = [(str(LOOKS[role].marker), LOOKS[role].filled, LOOKS[role].hatch) for role in dict.fromkeys(card_pictures.ROLES.values())]
    assert len(set(signs)) == len(signs)
    assert all(marker or hatch for marker, _, hatch in signs)


def test_the_stripe_of_a_card_has_the_colour_of_its_verdict():
    chart = cards([made_up(0, "zh"), made_up(1, "zh", known=False)], title="标题")
    stripes = [patch for patch in chart.figure.findobj(Rectangle) if patch.get_width() == pytest.approx(0.05)]
    assert [to_hex(stripe.get_facecolor()).upper() for stripe in stripes] == [LOOKS["behind"].colour, LOOKS["unknown"].colour]
    assert [bool(stripe.get_hatch()) for stripe in stripes] == [False, True]


def test_more_indicators_than_cards_are_counted(reports):
    report = reports["江津", "zh"]
    chart = card_pictures.cards(report.study, report.rows, report.simulation)
    assert len(chart.data) == card_pictures.MOST
    left = len({row.statement.indicator for row in report.rows}) - card_pictures.MOST
    assert f"另有{left}项指标见差距表" in texts(chart)
    assert chart.figure.get_size_inches()[1] <= PAGE


def test_a_path_set_by_a_scenario_has_no_chance():
    report = Report(study(load(), "重庆", scenario="plan_2022"))
    assumed = report.simulation.assumed
    assert assumed
    chart = report.cards()
    for row in report.main_rows:
        if row.statement.indicator in assumed:
            told = chart.data.set_index("指标").loc[row.standing.indicator.zh, "可能性"]
            assert "情景已设定" in told


def test_a_region_without_targets_gets_a_sentence():
    assert isinstance(Report(study(load(), "福建")).cards(), Sentences)


@pytest.mark.parametrize("name", ["很长的名称" * 60, "averyveryverylongword" * 15, "=HYPERLINK(\"x\")<script>#eval(1)$x^2$ ../../x"])
def test_a_name_of_any_kind_stays_within_its_card(name, faults_of):
    chart = cards([replace(made_up(0, "zh"), name=name), made_up(1, "zh", known=False)], title="标题")
    assert faults_of(chart) == []
    assert name in chart.alt
    drawn = "".join(text.get_text() for text in chart.figure.findobj(Text)).replace(" ", "")
    assert name.replace(" ", "") in drawn


def test_no_cards_are_refused():
    with pytest.raises(ParameterError, match="at least one indicator"):
        cards([], title="标题")
