"""A county of 12,345 students and a place of 98,765,432 entrants: what was published reads as published, and its gap is the difference."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from zhibiao.assessing.gaps import gap_table
from zhibiao.catalogue.study import study
from zhibiao.projecting.trajectories import classes
from zhibiao.showing import flow_tables, gap_tables, pictures
from zhibiao.showing.card_pictures import cards
from zhibiao.showing.fan_chart import FanPicture, Point, fan
from zhibiao.showing.statement_tables import statements
from zhibiao.simulating.scenario import simulate

STATEMENTS = """  - {id: enrolment-2030, kind: target, indicator: enrolment, value: 12350, comparator: ge, unit: 人, scope: point, period: 2030, locator: 一, evidence: 在校生12350人以上}
  - {id: intake-2030, kind: target, indicator: intake, value: 98765500, comparator: ge, unit: 人, scope: point, period: 2030, locator: 二, evidence: 招生98765500人以上}
  - {id: training-2030, kind: target, indicator: social_training, value: 10.5, comparator: ge, unit: 万人次, scope: point, period: 2030, locator: 三, evidence: 培训10.5万人次以上}
  - {id: employment-2030, kind: target, indicator: employment_rate, value: 98.5, comparator: ge, unit: "%", scope: point, period: 2030, locator: 四, evidence: 就业率98.5%以上}
"""
ROWS = [
    ("enrolment", 2024, "at_end", "12123", "人"), ("enrolment", 2025, "at_end", "12345", "人"),
    ("intake", 2024, "in_period", "99999999", "人"), ("intake", 2025, "in_period", "98765432", "人"),
    ("social_training", 2024, "in_period", "9.8765", "万人次"), ("social_training", 2025, "in_period", "9.9", "万人次"),
    ("employment_rate", 2025, "at_end", "98.3833", "%"),
]  # fmt: skip


@pytest.fixture(scope="module")
def registry(liuzhou):
    return liuzhou(STATEMENTS, ["enrolment-2030", "intake-2030", "training-2030", "employment-2030"], ROWS)


def rows_of(city):
    return {row.statement.indicator: row for row in gap_table(city, {})}


@pytest.mark.parametrize(
    ("indicator", "latest", "target", "gap"),
    [
        ("enrolment", "12,345人（2025）", "≥12,350人", "5人"),
        ("intake", "98,765,432人（2025）", "≥98,765,500人", "68人"),
        ("social_training", "9.9万人次（2025）", "≥10.5万人次", "0.6万人次"),
        ("employment_rate", "98.3833%（2025）", "≥98.5%", "0.12个百分点"),
    ],
)
def test_figure_target_and_gap_agree(registry, indicator, latest, target, gap):
    city = study(registry, "450200")
    row = rows_of(city)[indicator]
    assert gap_tables.latest_text(row.standing, "zh", named=True) == latest
    told = next(cells for cells in gap_tables.size(city, [row]).rows)
    assert (told["target"], told["gap"]) == (target, gap)
    assert target in [cells["value"] for cells in statements(city).rows]


def test_chart_alt_text_and_plain_text_say_the_same(registry):
    city = study(registry, "450200")
    simulation, row = simulate(city), rows_of(city)["enrolment"]
    chart = pictures.trajectory(city, city.indicator("enrolment"), simulation, classes(city), [row])
    seen = "\n".join(text.get_text() for text in chart.figure.findobj(Text))
    for place in (seen, chart.alt, chart.plain()):
        assert "12,345" in place
        assert "≥12,350" in place
    told = next(cells for cells in flow_tables.projections(city, simulation).rows if cells["indicator"] == city.indicator("enrolment").zh)
    assert told["latest"].startswith("12,345人")
    for place in (seen, chart.alt, chart.plain()):
        assert all(end in place for end in (told["median"], *told["band"].split("—")))
    assert all(end.endswith("00") for end in told["band"].split("—") if len(end) > 5)
    card = cards(city, [row], simulation)
    assert "12,345" in card.alt
    assert "12,345" in card.plain()


@pytest.mark.parametrize("counted", [True, False])
def test_labels_of_ticks_with_nine_digits_are_not_cut(counted):
    chart = fan(FanPicture("题", "人", [Point(2024, 199_999_999.0), Point(2025, 900_000_000.0)], counted=counted), "zh")
    renderer = FigureCanvasAgg(chart.figure).get_renderer()
    axes = next(axes for axes in chart.figure.axes if axes.axison)
    assert min(label.get_window_extent(renderer).x0 for label in axes.get_yticklabels()) >= 0
