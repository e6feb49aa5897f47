"""Maps of what holds together: what is drawn is what the model says, nothing is cut, and both languages are there."""

from functools import cache

import numpy as np
import pytest
from matplotlib.text import Text

from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import ParameterError
from zhibiao.showing.chart import Chart
from zhibiao.showing.feasibility_chart import FeasibilityPicture, MapPanel, feasibility_maps
from zhibiao.showing.feasibility_pictures import maps
from zhibiao.simulating.centre import centre
from zhibiao.simulating.demands import target_sets
from zhibiao.simulating.feasibility import Feasibility, feasibility, holds, margins
from zhibiao.simulating.scenario import ground

REGISTRY = load()
BASE = ground(study(REGISTRY))


@cache
def _drawn(lang: str) -> tuple[Chart, list[Feasibility]]:
    question = study(REGISTRY, lang=lang)
    sets = [feasibility(question, asked, BASE) for asked in target_sets(question)]
    chart = maps(question, sets, BASE)
    assert chart is not None
    return chart, sets


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_title_states_what_holds_and_nothing_is_cut(lang: str) -> None:
    chart, _ = _drawn(lang)
    assert ("够>10.5" in chart.title and "不够≥12" in chart.title) if lang == "zh" else ("enough for >10.5" in chart.title and "not enough for ≥12" in chart.title)
    chart.figure.canvas.draw()
    whole = chart.figure.bbox
    for text in (text for axes in chart.figure.axes for text in axes.texts):
        box = text.get_window_extent()
        assert box.x0 >= -1 and box.x1 <= whole.x1 + 1 and box.y0 >= -1 and box.y1 <= whole.y1 + 1, text.get_text()
    words = " ".join(text.get_text() for text in chart.figure.findobj(Text))
    assert ">3.5" in words and "≥12" in words


def test_labels_in_a_panel_do_not_lie_on_each_other() -> None:
    chart, _ = _drawn("zh")
    chart.figure.canvas.draw()
    boxes = [t.get_window_extent() for t in chart.figure.findobj(Text) if t.get_text() in (">3.5", ">10.5", "≥12")]
    assert len(boxes) >= 8  # nearly every boundary is named where it runs
    for i, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[:i])


def test_the_boundaries_are_where_the_targets_turn() -> None:
    """Each number of the chart, held against the model."""
    chart, sets = _drawn("zh")
    middle = centre(BASE)
    asked = {"在校生规模>10.5": sets[0].demands[1], "在校生规模≥12（2022—2025年每年）": sets[1].demands[1]}
    checked = 0
    for panel, what, retention, intake in chart.data.itertuples(index=False, name=None):
        if what in asked and intake is not None and not np.isnan(intake):
            length = float(panel.removeprefix("学制").split("年")[0])
            for side, held in ((200.0, True), (-200.0, False)):
                margin = margins(middle, [asked[what]], 2025, length, np.array([intake * 10000 + side]), np.array([retention]))
                assert holds(asked[what], margin[asked[what].key])[0] == held
            checked += 1
    assert checked >= 12


def test_regions_differ_in_more_than_colour() -> None:
    chart, _ = _drawn("zh")
    areas = [c for axes in chart.figure.axes for c in axes.collections if c.get_hatch()]
    assert {area.get_hatch() for area in areas} == {"//", "\\\\"}
    curves = {str(line.get_linestyle()) for axes in chart.figure.axes for line in axes.lines if len(line.get_xdata()) > 10}
    assert len(curves) >= 3


def test_a_region_without_targets_of_both_kinds_has_no_map() -> None:
    place = study(REGISTRY, region="江津")
    base = ground(place)
    assert maps(place, [feasibility(place, asked, base) for asked in target_sets(place)], base) is None


def test_more_than_can_be_told_apart_is_refused() -> None:
    grid = np.linspace(1, 2, 5)
    panel = MapPanel("三年", "", [(str(i), str(i), grid) for i in range(4)], [np.ones((5, 5), dtype=bool)])
    with pytest.raises(ParameterError, match="at most 4 panels"):
        FeasibilityPicture("标题", "招生", grid, grid, [panel], ["区域"])
    with pytest.raises(ParameterError, match="lang"):
        feasibility_maps(FeasibilityPicture("标题", "招生", grid, grid, [MapPanel("三年", "", [], [])], []), "fr")


def test_the_same_numbers_make_the_same_picture() -> None:
    chart, sets = _drawn("zh")
    again = maps(study(REGISTRY), sets, BASE)
    assert again is not None and again.image("svg") == chart.image("svg")
