"""Where targets hold together: intake across, yearly retention upwards, one panel for each programme length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from zhibiao.errors import ParameterError
from zhibiao.showing.chart import Chart
from zhibiao.showing.numbers import four
from zhibiao.showing.sheet import WIDTH, Box, Key, Sheet, free_spot, mark, open_sheet
from zhibiao.showing.theme import LINE, LOOKS, MUTED, NOTE_SIZE, TEXT_SIZE, balanced, in_language, theme

Array = NDArray[np.float64]

PANELS = 4
CURVES = ("curve", "second curve", "third curve")
REGIONS = ("region", "second region")
SURE = "fourth curve"
HEIGHT = 2.1
LEFT, RIGHT, GAP, UNDER = 0.42, 0.12, 0.22, 0.48
REACH = (0.05, 0.12)


@dataclass(frozen=True, eq=False)
class MapPanel:
    """One programme length.

    Attributes
    ----------
    boundaries : sequence of (name, label, array (b,))
        For every retention the intake at which a target turns from failing to holding; NaN where it does not within the map. The
        legend shows the name, the line itself its label.
    regions : sequence of bool array (b, a)
        Where each set of targets holds.
    sure : array (b,) or None
        For every retention the intake with which the last set holds with the chance named in the picture.
    """

    name: str
    finding: str
    boundaries: Sequence[tuple[str, str, Array]]
    regions: Sequence[NDArray[np.bool_]]
    sure: Array | None = None


@dataclass(frozen=True, eq=False)
class FeasibilityPicture:
    """What is drawn.

    Parameters
    ----------
    title : str
        The finding.
    across : str
        What the horizontal axis measures, with its unit.
    intake, retention : arrays (a,), (b,)
        Grid in the unit of the axes.
    panels : sequence of MapPanel
        At most four.
    regions : sequence of str
        Names of the regions, at most two.
    points : sequence of (label, intake, retention, role)
        The same in every panel: where the region stands, where the plan leads.
    sure : str
        Name of the line of a chance; empty without one.

    Raises
    ------
    ParameterError
        More panels, regions or boundaries than can be told apart.
    """

    title: str
    across: str
    intake: Array
    retention: Array
    panels: Sequence[MapPanel]
    regions: Sequence[str]
    points: Sequence[tuple[str, float, float, str]] = ()
    sure: str = ""
    basis: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        most = max((len(panel.boundaries) for panel in self.panels), default=0)
        if not 1 <= len(self.panels) <= PANELS or len(self.regions) > len(REGIONS) or most > len(CURVES):
            raise ParameterError(f"at most {PANELS} panels, {len(REGIONS)} regions and {len(CURVES)} boundaries can be told apart", where=self.title)


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "y": "年保留率（%，一个年级升入下一年级的比例）", "panel": "学制", "what": "内容", "retention": "保留率", "intake": "招生",
            "alt": "可行域图，横轴{}，纵轴年保留率。{}。", "join": "；", "stop": "。",
        },
        "en": {
            "y": "Yearly retention (%, share of a class that stays to the next year)", "panel": "length", "what": "what", "retention": "retention",
            "intake": "intake", "alt": "Maps of what holds together, {} across, yearly retention upwards. {}.", "join": "; ", "stop": ". ",
        },
    }
)  # fmt: skip


def feasibility_maps(picture: FeasibilityPicture, lang: str = "zh") -> Chart:
    """Draw the maps side by side on the same axes.

    Raises
    ------
    ParameterError
        There are no words in `lang`.
    """
    words = in_language(WORDS, lang)
    count = len(picture.panels)
    width = (WIDTH - LEFT - RIGHT - (count - 1) * GAP) / count
    findings = [balanced(panel.finding, width, NOTE_SIZE) for panel in picture.panels]
    heading = (TEXT_SIZE + max(map(len, findings)) * NOTE_SIZE) * LINE + 0.06
    keys = [Key(role, name, "band") for role, name in zip(REGIONS, picture.regions, strict=False)]
    names = list(dict.fromkeys(label for panel in picture.panels for label, _, _ in panel.boundaries))
    keys += [Key(role, name, "curve") for role, name in zip(CURVES, names, strict=False)]
    if picture.sure:
        keys.append(Key(SURE, picture.sure, "curve"))
    keys += [Key(role, label, "marker") for label, _, _, role in picture.points]
    with theme():
        sheet = open_sheet(
            title=picture.title, keys=keys, plot_height=heading + HEIGHT, notes=[picture.basis, picture.source], left=LEFT, right=RIGHT, under=UNDER,
            unit=words["y"],
        )  # fmt: skip
        for number, (panel, lines) in enumerate(zip(picture.panels, findings, strict=True)):
            left = sheet.plot.left + number * (width + GAP)
            sheet.write(left, sheet.plot.top, [panel.name], TEXT_SIZE)
            sheet.write(left, sheet.plot.top - TEXT_SIZE * LINE, lines, NOTE_SIZE, MUTED)
            here = replace(sheet, plot=Box(left, sheet.plot.bottom, left + width, sheet.plot.bottom + HEIGHT))
            _draw(here, panel, picture, names, number == 0)
        middle = (sheet.plot.left + WIDTH - RIGHT) / 2
        sheet.write(middle, sheet.plot.bottom - 0.22, [picture.across], NOTE_SIZE, side="center")
    told = words["join"].join(f"{panel.name} {panel.finding}" for panel in picture.panels)
    alt = f"{picture.title}{words['stop']}" + words["alt"].format(picture.across, told)
    return Chart(sheet.figure, picture.title, alt, _data(picture, words), picture.source)


def _draw(sheet: Sheet, panel: MapPanel, picture: FeasibilityPicture, names: Sequence[str], first: bool) -> None:
    axes = sheet.axes()
    xs, ys = picture.intake, picture.retention
    axes.set(xlim=(xs[0], xs[-1]), ylim=(ys[0], ys[-1]))
    across, upwards = _ticks(xs, 5), _ticks(ys, 6)
    axes.set_xticks(across, [four(tick) for tick in across])
    axes.set_yticks(upwards, [four(tick) if first else "" for tick in upwards])
    axes.tick_params(length=3)
    for role, inside in zip(REGIONS, panel.regions, strict=False):
        _area(axes, xs, ys, inside, role)
    trails: list[tuple[float, float]] = []
    placed: list[tuple[str, str, list[float], list[float]]] = []
    for name, label, turning in panel.boundaries:
        shown = np.isfinite(turning) & (turning >= xs[0]) & (turning <= xs[-1])
        if shown.sum() < 2:
            continue
        line = turning[shown].tolist(), ys[shown].tolist()
        look = LOOKS[CURVES[names.index(name)]]
        axes.plot(*line, color=look.colour, linestyle=look.line, linewidth=look.width, zorder=4)
        trails += sheet.trail(axes, *line)
        placed.append((label, look.colour, *line))
    if panel.sure is not None:
        shown = np.isfinite(panel.sure) & (panel.sure <= xs[-1])
        look = LOOKS[SURE]
        axes.plot(panel.sure[shown], ys[shown], color=look.colour, linestyle=look.line, linewidth=look.width, zorder=4)
        trails += sheet.trail(axes, panel.sure[shown].tolist(), ys[shown].tolist())
    taken: list[Box] = []
    for _, x, y, role in picture.points:
        axes.plot([x], [y], **mark(role))
        at = sheet.at(axes, x, y)
        taken.append(Box(at[0] - 0.07, at[1] - 0.07, at[0] + 0.07, at[1] + 0.07))
    for label, colour, line_x, line_y in placed:
        _name(sheet, axes, label, colour, line_x, line_y, taken, trails)


def _ticks(along: Array, most: int) -> list[float]:
    low, high = float(along[0]), float(along[-1])
    return [float(tick) for tick in MaxNLocator(nbins=most, steps=[1, 2, 5, 10]).tick_values(low, high) if low <= tick <= high]


def _area(axes: Axes, xs: Array, ys: Array, inside: NDArray[np.bool_], role: str) -> None:
    """The region row by row: from the first to the last intake that is inside."""
    look = LOOKS[role]
    any_in = inside.any(axis=1)
    if not any_in.any():
        return
    step = (xs[1] - xs[0]) / 2
    low = np.where(any_in, xs[inside.argmax(axis=1)] - step, np.nan)
    high = np.where(any_in, xs[inside.shape[1] - 1 - inside[:, ::-1].argmax(axis=1)], np.nan)
    area = axes.fill_betweenx(ys, np.maximum(low, xs[0]), high, facecolor=look.colour, edgecolor=look.edge)
    area.set(hatch=look.hatch, linewidth=0)


def _name(
    sheet: Sheet, axes: Axes, label: str, colour: str, xs: Sequence[float], ys: Sequence[float], taken: list[Box], trails: Sequence[tuple[float, float]]
) -> None:  # fmt: skip
    """Write a boundary's name beside it where there is room; the legend names it in any case."""
    spots = [*range(len(xs) // 4, len(xs), 3), *range(0, len(xs) // 4, 3)]
    for reach in REACH:
        for spot in spots:
            x, y = sheet.at(axes, xs[spot], ys[spot])
            found = free_spot(x, y, label, NOTE_SIZE, taken, trails, sheet.plot, (reach,))
            if found is not None:
                taken.append(found)
                back = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.6}
                middle = (found.top + found.bottom) / 2
                sheet.paper.text(found.left + 0.01, middle, label, size=NOTE_SIZE, color=colour, va="center_baseline", bbox=back)
                return


def _data(picture: FeasibilityPicture, words: Mapping[str, str]) -> pd.DataFrame:
    """Where each boundary lies at the lowest, the middle and the highest retention: enough to see that it has moved."""
    rows = []
    for panel in picture.panels:
        lines = [*((name, turning) for name, _, turning in panel.boundaries), *([(picture.sure, panel.sure)] if panel.sure is not None else [])]
        for label, turning in lines:
            for i in (0, len(picture.retention) // 2, len(picture.retention) - 1):
                value = float(turning[i])
                rows.append((panel.name, label, float(picture.retention[i]), value if np.isfinite(value) else None))
    return pd.DataFrame(rows, columns=[words[key] for key in ("panel", "what", "retention", "intake")])
