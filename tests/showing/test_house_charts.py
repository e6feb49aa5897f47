"""What every chart of the house must hold, whatever it shows."""

from __future__ import annotations

import io
import itertools
import os
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from zhibiao.showing.chart import Chart
from zhibiao.showing.theme import missing_glyphs, theme

BASELINE = Path(__file__).parent / "baseline"
BLOCK, TOLERANCE = 12, 20


def text_boxes(chart: Chart):
    """Every visible text with its box in points."""
    with theme():
        chart.figure.draw_without_rendering()
        texts = [t for t in chart.figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
        return [
            (t.get_text(), t.get_window_extent()) for t in texts if t.axes is None or t.axes.axison or t in t.axes.texts
        ]


def test_no_text_is_cut(house_chart):
    width, height = house_chart.figure.get_size_inches() * 72
    outside = [
        text for text, box in text_boxes(house_chart) if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ]
    assert outside == []


def test_no_text_lies_on_another(house_chart):
    boxes = text_boxes(house_chart)
    assert len(boxes) > 5
    clashes = [
        (a, b)
        for (a, one), (b, two) in itertools.combinations(boxes, 2)
        if min(one.x1, two.x1) - max(one.x0, two.x0) > 1 and min(one.y1, two.y1) - max(one.y0, two.y0) > 1
    ]
    assert clashes == []


def test_every_character_has_a_glyph(house_chart):
    assert missing_glyphs("".join(text for text, _ in text_boxes(house_chart))) == ""


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


def small_grey(png: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(png)).convert("L")
    return picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.BOX)


def largest_difference(one: Image.Image, two: Image.Image) -> float:
    """Largest difference of mean grey between blocks of the two pictures: sees a label that moved, not a softer edge."""
    assert one.size == two.size
    grid = one.width // BLOCK, one.height // BLOCK
    blocks = [np.asarray(image.resize(grid, Image.Resampling.BOX), dtype=float) for image in (one, two)]
    return float(np.abs(blocks[0] - blocks[1]).max())


@pytest.mark.parametrize("name", ["chongqing", "nation", "training", "twenty_gaps", "timetable", "intake"])
def test_looks_as_it_did_when_somebody_last_looked(draw, name):
    kept = BASELINE / f"{name}.png"
    now = small_grey(draw(name).image("png"))
    if os.environ.get("ZHIBIAO_REGENERATE") == "1":
        now.quantize(64).save(kept, optimize=True)
    with Image.open(kept) as picture:
        difference = largest_difference(picture.convert("L"), now)
    assert difference < TOLERANCE, (
        f"{name} has changed; look at it, then: ZHIBIAO_REGENERATE=1 pytest tests/showing/test_house_charts.py"
    )


def test_the_comparison_sees_a_changed_figure(draw):
    one = small_grey(draw("chongqing", "zh").image("png"))
    other = one.copy()
    other.paste(255, (155, 165, 175, 180))  # the label of one point is gone
    assert largest_difference(one, other) > TOLERANCE
