"""Which pairs of programme length and retention bring a given enrolment for each entrant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from types import MappingProxyType
from typing import Literal

import pandas as pd
from matplotlib.ticker import MaxNLocator

from zhibiao.errors import ParameterError
from zhibiao.showing.chart import Chart
from zhibiao.showing.margin import MARGIN, MarginNote, margin_note, write_margin
from zhibiao.showing.numbers import four, percent
from zhibiao.showing.sheet import Box, Key, free_spot, mark, open_sheet
from zhibiao.showing.theme import LOOKS, MUTED, NOTE_SIZE, in_language, theme

CURVES = ("curve", "second curve", "third curve", "fourth curve")
REGIONS = ("region", "second region")
REACH = (0.075, 0.2, 0.35, 0.5, 0.7, 1.0, 1.4)
"""How far from its point a name may stand, inches."""


@dataclass(frozen=True)
class PairCurve:
    """All pairs that bring one ratio: programme lengths in years, retention as a share of one. `label` names the ratio."""

    label: str
    xs: Sequence[float]
    ys: Sequence[float]


@dataclass(frozen=True)
class PairRegion:
    """All pairs between two limits of retention, at each of the programme lengths."""

    label: str
    xs: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True)
class PairPoint:
    """One pair with a name: a region, or an anchor taken from the region's own figures."""

    label: str
    length: float
    retention: float
    role: Literal["place", "anchor"] = "place"


@dataclass(frozen=True)
class PairsPicture:
    """What the map of intake and enrolment shows.

    Parameters
    ----------
    title : str
        The finding.
    curves : sequence of PairCurve
        At most four.
    regions : sequence of PairRegion
        At most two.
    points : sequence of PairPoint
    lengths, retentions : (low, high)
        Ranges of the axes: years, and shares of one.
    basis, source : str

    Raises
    ------
    ParameterError
        More curves or regions than can be told apart.
    """

    title: str
    curves: Sequence[PairCurve] = ()
    regions: Sequence[PairRegion] = ()
    points: Sequence[PairPoint] = ()
    lengths: tuple[float, float] = (2.0, 5.0)
    retentions: tuple[float, float] = (0.8, 1.0)
    basis: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if len(self.curves) > len(CURVES) or len(self.regions) > len(REGIONS):
            raise ParameterError(
                f"at most {len(CURVES)} curves and {len(REGIONS)} regions can be told apart", where=self.title
            )


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "x": "平均学制（年）",
            "y": "逐年保留率（一个年级升入下一年级的比例）",
            "place": "地区",
            "anchor": "锚点",
            "kind": "内容",
            "length": "学制",
            "retention": "保留率",
            "alt": "学制与保留率对照图。等值线：{curves}。点：{points}。",
            "point": "{label}（{length}年，{retention}）",
            "none": "无",
            "join": "；",
            "stop": "。",
        },
        "en": {
            "x": "average programme length (years)",
            "y": "Yearly retention (share of a class that stays to the next year)",
            "place": "region",
            "anchor": "anchor",
            "kind": "what",
            "length": "length",
            "retention": "retention",
            "alt": "Map of programme length and retention. Curves: {curves}. Points: {points}.",
            "point": "{label} ({length} years, {retention})",
            "none": "none",
            "join": "; ",
            "stop": ". ",
        },
    }
)


def _data(picture: PairsPicture, words: Mapping[str, str]) -> pd.DataFrame:
    """Ends and middle of each line, and the points: enough to see that a curve has moved."""
    rows: list[tuple[str, float, float]] = []
    lines = [(curve.label, curve.xs, curve.ys) for curve in picture.curves]
    lines += [(region.label, region.xs, edge) for region in picture.regions for edge in (region.low, region.high)]
    for label, xs, ys in lines:
        rows += [(label, xs[i], ys[i]) for i in sorted({0, len(xs) // 2, len(xs) - 1}) if xs]
    rows += [(point.label, point.length, point.retention) for point in picture.points]
    return pd.DataFrame(rows, columns=[words["kind"], words["length"], words["retention"]])


def _ticks(low: float, high: float) -> list[float]:
    ticks = MaxNLocator(nbins=6, steps=[1, 2, 5, 10]).tick_values(low, high)
    return [float(tick) for tick in ticks if low - 1e-9 <= tick <= high + 1e-9]


def _ends(picture: PairsPicture) -> list[MarginNote]:
    """The names of the curves beside their right ends; none where a curve ends within the map."""
    if not all(curve.xs and abs(curve.xs[-1] - picture.lengths[1]) < 1e-9 for curve in picture.curves):
        return []
    return [margin_note(c.xs[-1], c.ys[-1], c.label, "", LOOKS[role].colour) for role, c in zip(CURVES, picture.curves, strict=False)]


def pairs(picture: PairsPicture, lang: str = "zh") -> Chart:
    """Draw the map of programme length (across) and yearly retention (upwards).

    Raises
    ------
    ParameterError
        There are no words in `lang`, or a point's name finds no room.
    """
    words = in_language(WORDS, lang)
    # curves that all leave the map on its right are named there, at their ends
    ends = _ends(picture)
    keys = [] if ends else [Key(role, curve.label, "curve") for role, curve in zip(CURVES, picture.curves, strict=False)]
    keys += [Key(role, region.label, "band") for role, region in zip(REGIONS, picture.regions, strict=False)]
    roles = {point.role for point in picture.points}
    keys += [Key(role, words[role], "marker") for role in ("place", "anchor") if role in roles]
    with theme():
        sheet = open_sheet(
            title=picture.title,
            keys=keys,
            plot_height=3.5,
            notes=[picture.basis, picture.source],
            left=0.55,
            right=MARGIN if ends else 0.2,
            under=0.5,
            unit=words["y"],
        )
        axes = sheet.axes()
        lengths, retentions = _ticks(*picture.lengths), _ticks(*picture.retentions)
        axes.set(xlim=picture.lengths, ylim=picture.retentions)
        axes.set_xticks(lengths, [four(tick) for tick in lengths])
        axes.set_yticks(retentions, [percent(tick, 0) for tick in retentions])
        axes.set_xlabel(words["x"], labelpad=3)
        axes.grid()
        axes.tick_params(length=3)
        trails: list[tuple[float, float]] = []
        for role, region in zip(REGIONS, picture.regions, strict=False):
            look = LOOKS[role]
            area = axes.fill_between(region.xs, region.low, region.high, facecolor=look.colour, edgecolor=look.edge)
            area.set(hatch=look.hatch, linewidth=look.width)
            trails += [*sheet.trail(axes, region.xs, region.low), *sheet.trail(axes, region.xs, region.high)]
        for role, curve in zip(CURVES, picture.curves, strict=False):
            look = LOOKS[role]
            axes.plot(curve.xs, curve.ys, color=look.colour, linestyle=look.line, linewidth=look.width, zorder=4)
            trails += sheet.trail(axes, curve.xs, curve.ys)
        spots = [sheet.at(axes, point.length, point.retention) for point in picture.points]
        taken = [Box(x - 0.06, y - 0.06, x + 0.06, y + 0.06) for x, y in spots]
        for point, (x, y) in zip(picture.points, spots, strict=True):
            axes.plot([point.length], [point.retention], **mark(point.role))
            spot = free_spot(x, y, point.label, NOTE_SIZE, taken, trails, sheet.plot, REACH)
            if spot is None:
                raise ParameterError(f"no room for the name of the point {point.label!r}", where=picture.title)
            taken.append(spot)
            sheet.write(spot.left + 0.01, spot.top + 0.02, [point.label], NOTE_SIZE)
            # a name that had to stand apart is tied to its point
            near = min(max(x, spot.left), spot.right), min(max(y, spot.bottom), spot.top)
            if hypot(near[0] - x, near[1] - y) > 1.6 * REACH[0]:
                sheet.paper.plot([x, near[0]], [y, near[1]], color=MUTED, linewidth=0.7)
        write_margin(sheet, axes, ends)
    named = [
        words["point"].format(label=p.label, length=four(p.length), retention=percent(p.retention))
        for p in picture.points
    ]
    alt = f"{picture.title}{words['stop']}" + words["alt"].format(
        curves=words["join"].join(curve.label for curve in picture.curves) or words["none"],
        points=words["join"].join(named) or words["none"],
    )
    return Chart(sheet.figure, picture.title, alt, _data(picture, words), picture.source)
