"""A chart as one object."""

from __future__ import annotations

import base64
import subprocess
import sys

import matplotlib
import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from zhibiao.errors import ToolMissing
from zhibiao.showing.chart import Chart
from zhibiao.showing.ledger import VALUES
from zhibiao.showing.table import FIGURES


def test_png_with_its_words_in_lab(draw):
    chart = draw("chongqing")
    data, metadata = chart._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png"}
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert metadata == {"image/png": {"alt": chart.alt}}


def test_svg_with_real_text_in_published_runs(draw, monkeypatch):
    monkeypatch.setenv(FIGURES, "svg")
    chart = draw("chongqing")
    data, metadata = chart._repr_mimebundle_()
    assert set(data) - {VALUES} == {"text/plain", "image/svg+xml"}  # beside the numbers that were printed since the last object
    picture = data["image/svg+xml"]
    assert "<text" in picture
    assert "渝人社〔2021〕452号" in picture
    assert "Noto Sans CJK SC" in picture
    assert "<dc:date>" not in picture
    assert metadata["image/svg+xml"]["alt"] == chart.alt


def test_drawn_once_however_often_it_is_shown(draw, monkeypatch):
    calls = []
    save = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda self, *a, **k: (calls.append(1), save(self, *a, **k))[1])
    chart = draw("lone_point")
    assert chart._repr_mimebundle_() == chart._repr_mimebundle_()
    assert len(calls) == 1


def test_ipython_shows_exactly_this(draw):
    chart = draw("lone_point")
    data, metadata = DisplayFormatter().format(chart)
    assert set(data) == {"text/plain", "image/png"}
    assert data["text/plain"] == chart.plain()
    assert metadata["image/png"]["alt"] == chart.alt


def test_the_session_style_does_not_reach_the_chart(draw):
    plain = draw("lone_point").image("png")
    with matplotlib.rc_context({"axes.facecolor": "black", "font.size": 30, "lines.linewidth": 9, "axes.grid": True}):
        assert draw("lone_point").image("png") == plain


def test_plain_text_has_at_most_four_digits_and_no_noise():
    data = pd.DataFrame({"年": [2020, 2025], "值": [0.1 + 0.2, -1e-17], "空": [float("nan"), 98.76543]})
    text = Chart(Figure(), "标题", "替代文本", data, "来源").plain()
    assert text.splitlines()[0] == "标题"
    assert text.splitlines()[-1] == "来源"
    assert text.splitlines()[3:5] == ["2020  0.3      —", "2025    0  98.77"]
    assert repr(Chart(Figure(), "标题", "替代文本", data)) == "\n".join(text.splitlines()[:-1])


def test_a_character_without_glyph_is_found_before_anything_is_shown():
    figure = Figure()
    FigureCanvasAgg(figure)
    figure.text(0.1, 0.1, "重庆✔")
    with pytest.raises(ToolMissing, match="✔"):
        Chart(figure, "标题", "替代文本", pd.DataFrame())


def test_charts_do_without_pyplot():
    names = "fan_chart stairs_chart gap_chart schedule_chart pairs_chart"
    code = f"import sys; [__import__('zhibiao.showing.' + n) for n in {names.split()!r}]; print('matplotlib.pyplot' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        == "False"
    )
