"""Font, colours, measuring and breaking of text."""

from __future__ import annotations

import importlib.util
import io

import matplotlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from zhibiao.errors import ParameterError, ToolMissing
from zhibiao.showing.theme import (
    FAMILY,
    FONT,
    LOOKS,
    NEVER_FIRST,
    balanced,
    font_file,
    in_language,
    missing_glyphs,
    theme,
    width_of,
    wrap,
)

SENTENCE = "到2025年，全市技工院校在校生规模超过10.5万人，毕业生就业率保持在98%以上（渝人社〔2021〕452号）。"


def test_font_is_a_file_and_its_own_family_comes_first():
    assert font_file().name == FONT
    with theme():
        assert font_manager.findfont(FAMILY) == str(font_file())


def test_a_missing_font_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ToolMissing, match="mplfonts") as caught:
        font_file.__wrapped__()
    assert caught.value.exit_code == 9


def test_the_session_keeps_its_settings():
    before = dict(matplotlib.rcParams.items())
    with theme():
        assert matplotlib.rcParams["font.family"] == [FAMILY]
        assert matplotlib.rcParams["svg.fonttype"] == "none"
    assert dict(matplotlib.rcParams.items()) == before


def test_a_missing_glyph_is_an_error_not_a_box():
    assert missing_glyphs("指标✔") == "✔"
    figure = Figure()
    FigureCanvasAgg(figure)

    def drawn_in_house_style() -> None:
        with theme():
            figure.text(0.5, 0.5, "✔")
            figure.savefig(io.BytesIO())

    with pytest.raises(ToolMissing, match="缺字"):
        drawn_in_house_style()


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("在校生规模，。；（）〔〕“”10.5%abc 万人年—"), max_size=60), st.floats(0.8, 4))
def test_wrapped_lines_lose_nothing_and_fit(text, width):
    lines = wrap(text, width, 9)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width_of(line, 9) <= width for line in lines)


def test_no_line_begins_with_closing_punctuation():
    for width in (1.0, 1.3, 1.7, 2.2, 3.1):
        lines = wrap(SENTENCE, width, 9)
        assert len(lines) > 1
        assert not any(line[0] in NEVER_FIRST for line in lines)
        assert not any(line.endswith(("（", "〔")) for line in lines)


def test_a_balanced_title_has_no_orphan():
    lines = balanced(SENTENCE, 6.6, 12)
    assert len(lines) == len(wrap(SENTENCE, 6.6, 12)) == 2
    assert width_of(lines[1], 12) > 0.8 * width_of(lines[0], 12)


def grey(colour: str) -> float:
    red, green, blue = to_rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue


@pytest.mark.parametrize(
    "together",
    [
        ["observed", "uncertain", "about", "floor", "ceiling", "no figures", "projected", "target", "other target"],
        ["band inner", "band", "band outer"],
        ["missing", "unscaled", "met", "unknown"],
        ["on schedule", "behind", "time"],
        ["curve", "second curve", "third curve", "fourth curve"],
        ["region", "second region"],
        ["pace", "needed", "target"],
    ],
)
def test_roles_shown_together_are_told_apart_without_colour(together):
    marks = [(str(look.marker), look.filled, str(look.line), look.hatch) for look in (LOOKS[role] for role in together)]
    assert len(set(marks)) == len(marks)


def test_bands_darken_inwards():
    shades = [grey(LOOKS[role].colour) for role in ("band inner", "band", "band outer")]
    assert shades[1] - shades[0] > 0.08
    assert shades[2] - shades[1] > 0.08


def test_an_unknown_language_is_refused():
    with pytest.raises(ParameterError, match="zh, en"):
        in_language({"zh": 1, "en": 2}, "fr")
