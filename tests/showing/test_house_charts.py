"""What every chart of the house must hold, whatever it shows."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zhibiao.showing.theme import missing_glyphs

BASELINE = Path(__file__).parent / "baseline"
BLOCK, TOLERANCE = 12, 20


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
