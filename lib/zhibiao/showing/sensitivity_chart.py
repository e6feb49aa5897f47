"""A tornado: what each lever alone does over its range, the strongest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from zhibiao.errors import ParameterError
from zhibiao.showing.chart import Chart
from zhibiao.showing.numbers import fixed, four, in_unit
from zhibiao.showing.sheet import Key, Sheet, open_sheet
from zhibiao.showing.theme import INK, LINE, LOOKS, MUTED, NOTE_SIZE, TEXT_SIZE, in_language, theme, width_of

ROW = 0.5
THICK = 0.46
"""Share of a row that its bar fills."""
LOWERED, RAISED, STILL = "second region", "band", "unmoved"


@dataclass(frozen=True)
class Bar:
    """One lever: its name, the range it is moved over in words, and the quantity at both ends of that range."""

    name: str
    reach: str
    low: float
    high: float


@dataclass(frozen=True)
class Level:
    """A target the quantity is held against."""

    value: float
    label: str
    governing: bool = True


@dataclass(frozen=True)
class TornadoPicture:
    """What is drawn; values in `unit`.

    Parameters
    ----------
    title : str
        The finding.
    still : float
        The quantity with no lever moved.
    bars : sequence of Bar
        From the top down.
    levels : sequence of Level
    digits : int
        Decimals of the values named at the ends of the bars.
    counted : bool
        Whether the unit is counted one by one, so that thousands stand apart.

    Raises
    ------
    ParameterError
        There is no bar.
    """

    title: str
    unit: str
    along: str
    still: float
    bars: Sequence[Bar]
    levels: Sequence[Level] = ()
    digits: int = 1
    counted: bool = False
    basis: str = ""
    source: str = ""

    def number(self, value: float) -> str:
        """A simulated value as it is printed; of what is counted one by one the thousands stand apart."""
        return in_unit(value, 1, self.digits) if self.counted else fixed(value, self.digits)

    def __post_init__(self) -> None:
        if not self.bars:
            raise ParameterError("a tornado needs a lever", where=self.title)


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "low": "杠杆取下端", "high": "杠杆取上端", "still": "不动杠杆 {}", "target": "目标 {}", "lever": "杠杆", "range": "变动范围",
            "same": "不变", "alt": "龙卷风图，单位{}。{}。", "bar": "{name}（{reach}）{low}至{high}", "join": "；", "stop": "。",
        },
        "en": {
            "low": "lever at its low end", "high": "lever at its high end", "still": "no lever moved {}", "target": "target {}", "lever": "lever", "range": "range",
            "same": "no change", "alt": "Tornado chart, unit {}. {}.", "bar": "{name} ({reach}) {low} to {high}", "join": "; ", "stop": ". ",
        },
    }
)  # fmt: skip


def tornado(picture: TornadoPicture, lang: str = "zh") -> Chart:
    """Draw the bars about the value with no lever moved.

    Raises
    ------
    ParameterError
        There are no words in `lang`.
    """
    words = in_language(WORDS, lang)
    left = 0.3 + max(width_of(text, size) for bar in picture.bars for text, size in ((bar.name, TEXT_SIZE), (bar.reach, NOTE_SIZE)))
    with theme():
        sheet = open_sheet(
            title=picture.title,
            keys=_keys(picture, words),
            plot_height=ROW * len(picture.bars) + 0.1,
            notes=[picture.basis, picture.source],
            left=left,
            right=0.3,
            under=0.5,
        )
        axes = sheet.axes()
        _axes(axes, picture)
        for number, bar in enumerate(picture.bars):
            _bar(sheet, axes, picture, bar, -number, words)
    told = words["join"].join(words["bar"].format(name=b.name, reach=b.reach, low=picture.number(b.low), high=picture.number(b.high)) for b in picture.bars)
    alt = f"{picture.title}{words['stop']}" + words["alt"].format(picture.unit, told)
    data = pd.DataFrame([(b.name, b.reach, b.low, b.high) for b in picture.bars], columns=[words[key] for key in ("lever", "range", "low", "high")])
    return Chart(sheet.figure, picture.title, alt, data, picture.source)


def _keys(picture: TornadoPicture, words: Mapping[str, str]) -> list[Key]:
    keys = [Key(LOWERED, words["low"], "band"), Key(RAISED, words["high"], "band"), Key(STILL, words["still"].format(picture.number(picture.still)), "curve")]
    return keys + [Key(_role(level), words["target"].format(level.label), "curve") for level in picture.levels]


def _role(level: Level) -> str:
    return "target" if level.governing else "other target"


def _axes(axes: Axes, picture: TornadoPicture) -> None:
    """Limits with room for the values named beside the bars; vertical lines for where nothing is moved and for the targets."""
    values = [picture.still, *(level.value for level in picture.levels), *(end for bar in picture.bars for end in (bar.low, bar.high))]
    air = 0.14 * (max(values) - min(values)) or 0.1 * max(abs(picture.still), 1.0)
    low, high = max(min(values) - air, 0.0) if min(values) >= 0 else min(values) - air, max(values) + air
    axes.set(xlim=(low, high), ylim=(-len(picture.bars) + 0.45, 0.55))
    ticks = [float(tick) for tick in MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high) if low <= tick <= high]
    axes.set_xticks(ticks, [in_unit(tick, 1) if picture.counted else four(tick) for tick in ticks])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"{picture.along}  [{picture.unit}]" if picture.unit else picture.along, labelpad=3)
    axes.grid(axis="x")
    axes.tick_params(length=3)
    for role, value in [(STILL, picture.still), *((_role(level), level.value) for level in picture.levels)]:
        axes.axvline(value, color=LOOKS[role].colour, linestyle=LOOKS[role].line, linewidth=LOOKS[role].width, zorder=4)


def _bar(sheet: Sheet, axes: Axes, picture: TornadoPicture, bar: Bar, place: float, words: Mapping[str, str]) -> None:
    for role, end in ((LOWERED, bar.low), (RAISED, bar.high)):
        look = LOOKS[role]
        axes.barh(place, end - picture.still, THICK, left=picture.still, color=look.colour, edgecolor=look.edge, hatch=look.hatch, linewidth=0.8, zorder=3)
    _, middle = sheet.at(axes, picture.still, place)
    sheet.write(sheet.plot.left - 0.12, middle + (TEXT_SIZE + NOTE_SIZE) * LINE / 2, [bar.name], TEXT_SIZE, INK, "right")
    sheet.write(sheet.plot.left - 0.12, middle + (NOTE_SIZE - TEXT_SIZE) * LINE / 2, [bar.reach], NOTE_SIZE, MUTED, "right")
    ends = sorted((bar.low, bar.high))
    top = middle + NOTE_SIZE * LINE / 2
    texts = [picture.number(end) for end in ends]
    if texts[0] == texts[1]:
        _beside(sheet, sheet.at(axes, ends[1], place)[0], top, words["same"], "left")
        return
    for end, text, side in zip(ends, texts, ("right", "left"), strict=True):
        _beside(sheet, sheet.at(axes, end, place)[0], top, text, side)


def _beside(sheet: Sheet, x: float, top: float, text: str, side: str) -> None:
    """A value beside the end of its bar, on white, so that no line runs through it."""
    width, height = width_of(text, NOTE_SIZE), NOTE_SIZE * LINE
    begin = x + 0.06 if side == "left" else x - 0.06 - width
    sheet.paper.add_patch(Rectangle((begin - 0.02, top - height), width + 0.04, height, facecolor="white", edgecolor="none"))
    sheet.write(begin, top, [text], NOTE_SIZE)
