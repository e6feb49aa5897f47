"""What every chart of the house must hold, whatever it shows, and that each looks as it did when somebody last looked.

Pictures are compared by pytest-mpl (`pytest --mpl`). After an intended change of a chart, look at it, then renew the kept pictures:

    pytest tests/showing/test_house_charts.py --mpl-generate-path=tests/showing/baseline
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.testing.compare import compare_images
from matplotlib.text import Text

from zhibiao.showing.theme import HOUSE, LOOKS, missing_glyphs, theme

Test = TypeVar("Test", bound=Callable[..., object])

BASELINE = Path(__file__).parent / "baseline"
PINNED = ["chongqing", "nation", "training", "twenty_gaps", "timetable", "intake", "headlines", "methods", "levers", "scenarios"]
TOLERANCE = 0.5
"""Root mean square of the differences, of 255 shades. The locked versions give the same picture to the bit; one dash drawn through is 0.7."""


def test_no_text_is_cut_or_lies_on_another(house_chart, boxes_of, faults_of):
    assert len(boxes_of(house_chart)) > 5
    assert faults_of(house_chart) == []


def test_every_character_has_a_glyph(house_chart, boxes_of):
    assert missing_glyphs("".join(text for text, _ in boxes_of(house_chart))) == ""


def test_says_in_words_what_it_shows(house_chart):
    assert house_chart.alt.startswith(house_chart.title)
    assert len(house_chart.alt) > len(house_chart.title) + 10
    assert not house_chart.data.empty


def test_speaks_one_language(house_chart, request):
    lang = request.node.callspec.id.rsplit("-", 1)[1]
    words = [str(name) for name in house_chart.data.columns]
    assert all(word.isascii() == (lang == "en") for word in words)


@pytest.mark.parametrize("name", ["chongqing", "training", "twenty_gaps", "timetable", "intake"])
@pytest.mark.parametrize("form", ["png", "svg"])
def test_same_numbers_give_the_same_bytes(draw, name, form):
    assert draw(name).image(form) == draw(name).image(form)


def looks(*, dpi: int = 60) -> Callable[[Test], Test]:
    """Compare the figure that a test returns with the kept one, drawn in the house style."""
    style = {key: value for key, value in HOUSE.items() if key != "savefig.bbox"}
    return pytest.mark.mpl_image_compare(baseline_dir="baseline", style=style, tolerance=TOLERANCE, savefig_kwargs={"dpi": dpi, "metadata": {"Software": None}})


@looks()
@pytest.mark.parametrize("name", PINNED)
def test_looks(draw, name):
    return draw(name).figure


@looks()
def test_looks_in_english(draw):
    return draw("headlines", "en").figure


def moved_label(figure: Figure) -> None:
    label = next(text for text in figure.findobj(Text) if text.get_text() == "9.8")
    label.set_x(label.get_position()[0] + 0.1)


def lost_label(figure: Figure) -> None:
    next(text for text in figure.findobj(Text) if text.get_text() == "9.8").set_text("")


def other_colour(figure: Figure) -> None:
    orange = LOOKS["target"].colour
    next(line for line in figure.findobj(Line2D) if line.get_color() == orange and line.get_linestyle() == "-").set_color("#CC79A7")


def other_dash(figure: Figure) -> None:
    look = LOOKS["projected"]
    next(line for line in figure.findobj(Line2D) if line.get_linewidth() == look.width).set_linestyle("-")


def other_value(figure: Figure) -> None:
    line = next(line for line in figure.findobj(Line2D) if len(line.get_ydata()) == 2 and line.get_color() == LOOKS["target"].colour)
    line.set_ydata([value + 0.3 for value in line.get_ydata()])


@pytest.mark.parametrize("change", [None, moved_label, lost_label, other_colour, other_dash, other_value])
def test_a_changed_chart_is_seen(draw, change, tmp_path):
    """The same comparison, with one thing changed."""
    chart = draw("chongqing")
    if change is not None:
        change(chart.figure)
    with theme():
        chart.figure.savefig(tmp_path / "now.png", dpi=60)
    shutil.copy(BASELINE / "test_looks_chongqing.png", tmp_path / "kept.png")
    difference = compare_images(str(tmp_path / "kept.png"), str(tmp_path / "now.png"), tol=TOLERANCE)
    assert (difference is None) == (change is None)
