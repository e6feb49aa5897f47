"""A chart as one object: a picture drawn once, its words for those who do not see it, and the numbers it shows."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import matplotlib
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from zhibiao.errors import ToolMissing
from zhibiao.showing.ledger import handed_over
from zhibiao.showing.numbers import ABSENT, four, is_absent
from zhibiao.showing.table import aligned, published_run
from zhibiao.showing.theme import FONT, missing_glyphs, theme

SHADES = 128
"""Colours of a PNG: a house chart has a dozen and the shades between them. It takes a quarter of the bytes of full colour."""


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return " ".join(value.split())
    return ABSENT if is_absent(value) else four(value)


def _svg(figure: Figure) -> bytes:
    stream = io.BytesIO()
    with theme():
        # no date, no program name: they would differ where nothing has changed
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()


def _png(figure: Figure) -> bytes:
    stream = io.BytesIO()
    with theme():
        figure.savefig(stream, format="rgba")
        resolution = matplotlib.rcParams["savefig.dpi"]
    width, height = (int(inches * resolution) for inches in figure.get_size_inches())
    picture = Image.frombytes("RGBA", (width, height), stream.getvalue()).convert("RGB")
    small = io.BytesIO()
    few = picture.quantize(SHADES, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(small, "png", optimize=True, dpi=(resolution, resolution))
    return small.getvalue()


@dataclass(frozen=True, eq=False, repr=False)
class Chart:
    """A finished chart.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Drawn, and unknown to pyplot: nothing shows it a second time.
    title : str
        The finding.
    alt : str
        What the picture shows, in words.
    data : pandas.DataFrame
        The plotted numbers in the unit of the chart, one row a point or bar.
    source : str
        Source and as-of line.

    Raises
    ------
    ToolMissing
        The font lacks a character of the chart.
    """

    figure: Figure
    title: str
    alt: str
    data: pd.DataFrame
    source: str = ""
    _drawn: dict[str, bytes] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        # SVG leaves the glyphs to the reader's font, so a missing one is found here or by nobody
        texts = "".join(text.get_text() for text in self.figure.findobj(Text) if isinstance(text, Text))
        if lost := missing_glyphs(texts):
            raise ToolMissing(f"字体中没有这些字符 the font has no glyph for: {lost!r}", where=FONT)

    def image(self, form: Literal["png", "svg"]) -> bytes:
        """Return the picture; it is drawn at the first call and kept. The same numbers give the same bytes."""
        if form not in self._drawn:
            self._drawn[form] = _svg(self.figure) if form == "svg" else _png(self.figure)
        return self._drawn[form]

    def plain(self) -> str:
        """Return title, numbers of at most four significant digits, and source."""
        rows = [[_cell(value) for value in row] for row in self.data.itertuples(index=False, name=None)]
        numeric: Sequence[bool] = [pd.api.types.is_numeric_dtype(kind) for kind in self.data.dtypes]
        table = aligned([str(name) for name in self.data.columns], rows, ["right" if n else "left" for n in numeric])
        return "\n".join([self.title, *([table] if rows else []), *([self.source] if self.source else [])])

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
        handed: dict[str, Any] = {}
        if published_run():
            kind, picture = "image/svg+xml", self.image("svg").decode("utf-8")
            handed = handed_over(*(text.get_text() for text in self.figure.findobj(Text) if isinstance(text, Text)), self.alt, self.title)
        else:
            kind, picture = ("image/png", base64.b64encode(self.image("png")).decode("ascii"))
        return {"text/plain": self.plain(), kind: picture, **handed}, {kind: {"alt": self.alt}}

    def __repr__(self) -> str:
        return self.plain()
