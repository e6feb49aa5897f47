"""The headline indicators as small cards: where each stands, what it is held against, what is missing, the chance, a small fan."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd
from matplotlib.patches import Rectangle

from zhibiao.errors import ParameterError
from zhibiao.showing.chart import Chart
from zhibiao.showing.fan_chart import FanPicture, draw_fan, fan_keys, opened
from zhibiao.showing.inset import Inset
from zhibiao.showing.margin import value_limits
from zhibiao.showing.numbers import count
from zhibiao.showing.series import draw_points, draw_target, in_order, point_keys, series_words, target_keys
from zhibiao.showing.sheet import EDGE, WIDTH, Box, Key, Sheet, mark, open_sheet
from zhibiao.showing.theme import INK, LINE, LOOKS, MUTED, NOTE_SIZE, in_language, theme, width_of, wrap

PICTURED = 8
"""So many cards have room for their small fans on one page; more stand in three columns without them."""
PAGE = 7.2
"""Inches that the cards may take, so that title, legend and notes stand on the same page."""
NAME_SIZE, SMALL_SIZE = 10.0, 7.5
FIGURE_SIZES = (13.0, 11.0, 9.5)
"""The figure of a card is printed in the largest of these that fits, and broken into lines in the last."""
BETWEEN, PAD, STRIPE, SIGN = 0.12, 0.09, 0.05, 0.14
FAN_WIDTH, LOWEST_FAN, YEARS = 1.2, 0.5, 0.14


@dataclass(frozen=True)
class Line:
    """One line of a card: what it tells and the words.

    `role` is how a sign before the words is drawn, empty without one; a `minor` line is left out where there are too many cards for it.
    """

    label: str
    words: str
    role: str = ""
    minor: bool = False


@dataclass(frozen=True)
class Card:
    """One indicator.

    Parameters
    ----------
    name : str
    verdict, role : str
        The verdict in words, and the role of the theme that gives its sign and colour.
    latest, latest_at : str
        The latest figure with its unit, and of when it is.
    target, target_at : str
        What is asked, and by when.
    lines : sequence of Line
        Gap, chance, direction and what else is told, in small print.
    picture : FanPicture, optional
        What the small fan shows; None where there is no figure.
    absent : str
        What stands in place of the fan.
    record : mapping of str to str
        The card's line of the table of numbers.
    """

    name: str
    verdict: str
    role: str
    latest: str
    latest_at: str
    target: str
    target_at: str
    lines: Sequence[Line]
    record: Mapping[str, str]
    picture: FanPicture | None = None
    absent: str = ""


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {"latest": "最近", "target": "目标", "stop": "。", "join": "；", "says": "：", "alt": "指标卡片{count}张。", "not from zero": "小图的纵轴不从0起。"},
        "en": {
            "latest": "latest", "target": "target", "stop": ". ", "join": "; ", "says": ": ", "alt": "{count} indicator cards. ",
            "not from zero": "The small charts do not start at zero.",
        },
    }
)  # fmt: skip


@dataclass(frozen=True)
class _Way:
    """How cards are arranged: in so many columns, with fans `fan` inches wide (0 for none), and whether minor lines are told."""

    columns: int
    fan: float
    whole: bool

    @property
    def width(self) -> float:
        """Of one card, inches."""
        return (WIDTH - 2 * EDGE - (self.columns - 1) * BETWEEN) / self.columns


@dataclass(frozen=True)
class _Laid:
    """A card with its texts broken into lines; the verdict stands beside its name, or below where that takes fewer lines."""

    card: Card
    names: Sequence[str]
    below: bool
    labels: tuple[Sequence[str], Sequence[str]]
    figures: tuple[tuple[Sequence[str], float], tuple[Sequence[str], float]]
    told: Sequence[Line]
    lines: Sequence[Sequence[str]]
    indent: float

    @property
    def label_height(self) -> float:
        return max(map(len, self.labels)) * SMALL_SIZE * LINE

    @property
    def name_height(self) -> float:
        return len(self.names) * NAME_SIZE * LINE + (NOTE_SIZE * LINE if self.below else 0) + 0.04

    @property
    def top_height(self) -> float:
        """Name, labels and figures."""
        return self.name_height + self.label_height + max(len(lines) * size * LINE for lines, size in self.figures)

    @property
    def foot_height(self) -> float:
        return sum(map(len, self.lines)) * NOTE_SIZE * LINE


def _figure(text: str, width: float) -> tuple[Sequence[str], float]:
    for size in FIGURE_SIZES:
        if width_of(text, size) <= width:
            return [text], size
    return wrap(text, width, FIGURE_SIZES[-1]), FIGURE_SIZES[-1]


def _lay_out(card: Card, way: _Way, words: Mapping[str, str]) -> _Laid:
    inner = way.width - STRIPE - 2 * PAD
    half = (inner - 0.1) / 2
    beside = inner - (way.fan + 0.1 if way.fan else 0)
    told = [line for line in card.lines if way.whole or not line.minor]
    indent = max((width_of(line.label, NOTE_SIZE) for line in told), default=0.0) + 0.08
    rooms = [beside - indent - (SIGN if line.role else 0) for line in told]
    names, full = wrap(card.name, inner - _badge_width(card) - 0.1, NAME_SIZE), wrap(card.name, inner, NAME_SIZE)
    below = len(names) > len(full) + 1
    return _Laid(
        card,
        full if below else names,
        below,
        (_label(words["latest"], card.latest_at, half), _label(words["target"], card.target_at, half)),
        (_figure(card.latest, half), _figure(card.target, half)),
        told,
        [wrap(line.words, room, NOTE_SIZE) for line, room in zip(told, rooms, strict=True)],
        indent,
    )


def _label(what: str, at: str, width: float) -> list[str]:
    return wrap(f"{what} {at}".strip(), width, SMALL_SIZE)


def _badge_width(card: Card) -> float:
    return 0.18 + width_of(card.verdict, NOTE_SIZE)


def _write_card(sheet: Sheet, laid: _Laid, box: Box, fan_width: float) -> None:
    card, look = laid.card, LOOKS[laid.card.role]
    size = box.right - box.left, box.top - box.bottom
    sheet.paper.add_patch(Rectangle((box.left, box.bottom), *size, facecolor="none", edgecolor="#A6A6A6", linewidth=0.7))
    sheet.paper.add_patch(Rectangle((box.left, box.bottom), STRIPE, size[1], facecolor=look.colour, edgecolor=look.edge or look.colour, hatch=look.hatch, linewidth=0))
    left, right, top = box.left + STRIPE + PAD, box.right - PAD, box.top - PAD
    sheet.write(left, top, laid.names, NAME_SIZE)
    middle_of_name, line_below = top - NAME_SIZE * LINE / 2, top - len(laid.names) * NAME_SIZE * LINE - NOTE_SIZE * LINE / 2
    _badge(sheet, card, left if laid.below else right - _badge_width(card), line_below if laid.below else middle_of_name)
    below = top - laid.name_height
    middle = left + (right - left + 0.1) / 2
    for x, label, (figure, points) in zip((left, middle), laid.labels, laid.figures, strict=True):
        sheet.write(x, below, label, SMALL_SIZE, MUTED)
        sheet.write(x, below - laid.label_height, figure, points, INK)
    foot = top - laid.top_height - 0.03
    y = foot
    for line, said in zip(laid.told, laid.lines, strict=True):
        sheet.write(left, y, [line.label], NOTE_SIZE, MUTED)
        if line.role:
            sheet.paper.plot([left + laid.indent + 0.05], [y - NOTE_SIZE * LINE / 2], **mark(line.role, 5))
        sheet.write(left + laid.indent + (SIGN if line.role else 0), y, said, NOTE_SIZE)
        y -= len(said) * NOTE_SIZE * LINE
    if fan_width:
        _draw_picture(sheet, card, Box(right - fan_width, box.bottom + PAD, right, foot - 0.02))


def _badge(sheet: Sheet, card: Card, x: float, y: float) -> None:
    """The verdict: its sign, and the word beside it."""
    look = LOOKS[card.role]
    if look.hatch:
        sign = Rectangle((x, y - 0.05), 0.12, 0.1, facecolor=look.colour, edgecolor=look.edge, hatch=look.hatch * 2, linewidth=look.width)
        sheet.paper.add_patch(sign)
    else:
        sheet.paper.plot([x + 0.06], [y], **mark(card.role, 6))
    sheet.write(x + 0.18, y + NOTE_SIZE * LINE / 2, [card.verdict], NOTE_SIZE)


def _draw_picture(sheet: Sheet, card: Card, box: Box) -> None:
    picture = card.picture
    if picture is None:
        look = LOOKS["unknown"]
        size = box.right - box.left, box.top - box.bottom
        sheet.paper.add_patch(Rectangle((box.left, box.bottom), *size, facecolor=look.colour, edgecolor=look.edge, hatch=look.hatch, linewidth=look.width))
        lines = wrap(card.absent, size[0] - 0.16, NOTE_SIZE)
        wide, high = max(width_of(line, NOTE_SIZE) for line in lines) + 0.1, len(lines) * NOTE_SIZE * LINE
        x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        sheet.paper.add_patch(Rectangle((x - wide / 2, y - high / 2), wide, high, facecolor="white", edgecolor="none"))
        sheet.write(x, y + high / 2, lines, NOTE_SIZE, side="center")
        return
    shown, points = opened(picture), in_order(picture.points)
    years = [*(p.year for p in points), *shown.years, *(y for t in picture.targets for y in (t.year_from, t.year_to))]
    plot = Inset(sheet.paper, Box(box.left, box.bottom + YEARS, box.right, box.top), (min(years) - 0.6, max(years) + 0.6), _limits(picture))
    floor = plot.box.bottom
    sheet.paper.plot([box.left, box.right], [floor, floor], color="#7A7A7A", linewidth=0.7)
    for year in dict.fromkeys((min(years), max(years))):
        x = min(max(plot.at(year, 0)[0], box.left + 0.14), box.right - 0.14)
        sheet.write(x, floor - 0.005, [str(year)], SMALL_SIZE - 0.5, MUTED, side="center")
    if shown.years:
        draw_fan(plot, shown)
    for target in picture.targets:
        draw_target(plot, target)
    draw_points(plot, points)


def _limits(picture: FanPicture) -> tuple[float, float]:
    edges = [value for band in picture.bands for edge in (band.low, band.high) for value in edge]
    values = [*(p.value for p in picture.points), *picture.median, *edges, *(t.value_low for t in picture.targets)]
    return value_limits([*values, *(t.value_high for t in picture.targets if t.value_high is not None)], picture.lower, picture.upper)


def _keys(pictures: Sequence[FanPicture], lang: str) -> list[Key]:
    """The legend of all small fans: what occurs in any of them."""
    words = series_words(lang)
    found: dict[Key, None] = {}
    for picture in pictures:
        found |= dict.fromkeys([*point_keys(in_order(picture.points), words), *fan_keys(picture, lang), *target_keys(picture.targets, words)])
    order = ("observed", "uncertain", "about", "floor", "ceiling", "no figures", "projected", "target", "other target")
    return sorted(found, key=lambda key: order.index(key.role))


def _ways(count: int) -> list[_Way]:
    """How so many cards may be arranged, the fullest first."""
    few = [_Way(min(count, 2), FAN_WIDTH * (2 if count == 1 else 1), whole) for whole in (True, False)] if count <= PICTURED else []
    return [*few, _Way(3, 0.0, True), _Way(3, 0.0, False)]


def _arranged(shown: Sequence[Card], words: Mapping[str, str]) -> tuple[_Way, list[list[_Laid]], list[float]]:
    """The fullest arrangement that stands on one page, with the rows of cards and their heights; the tightest where none does."""
    for way in _ways(len(shown)):
        laid = [_lay_out(card, way, words) for card in shown]
        rows = [laid[i : i + way.columns] for i in range(0, len(laid), way.columns)]
        heights = [max(_height(one, bool(way.fan)) for one in row) for row in rows]
        if sum(heights) + BETWEEN * (len(rows) - 1) <= PAGE:
            break
    return way, rows, heights


def cards(shown: Sequence[Card], lang: str = "zh", *, title: str, basis: str = "", source: str = "") -> Chart:
    """Draw the cards in the order given, from left to right and downwards.

    Parameters
    ----------
    shown : sequence of Card
    title : str
        The finding.
    basis, source : str
        Lines below the cards.

    Raises
    ------
    ParameterError
        There are no cards, or no words in `lang`.
    """
    words = in_language(WORDS, lang)
    if not shown:
        raise ParameterError("a chart of cards needs at least one indicator", where=title)
    with theme():
        way, rows, heights = _arranged(shown, words)
        pictures = [card.picture for card in shown if card.picture is not None and way.fan]
        notes = [basis, words["not from zero"] if any(_limits(picture)[0] != 0 for picture in pictures) else "", source]
        total = sum(heights) + BETWEEN * (len(rows) - 1)
        sheet = open_sheet(title=title, keys=_keys(pictures, lang), plot_height=total, notes=notes, left=EDGE, right=EDGE, under=0.04)
        tops = itertools.accumulate((height + BETWEEN for height in heights), initial=0.0)
        for row, height, down in zip(rows, heights, tops, strict=False):
            top = sheet.plot.top - down
            for place, one in enumerate(row):
                left = EDGE + place * (way.width + BETWEEN)
                _write_card(sheet, one, Box(left, top - height, left + way.width, top), way.fan)
    alt = f"{title}{words['stop']}{words['alt'].format(count=count(len(shown)))}" + "".join(_told(card, words) for card in shown)
    return Chart(sheet.figure, title, alt.strip(), pd.DataFrame([dict(card.record) for card in shown]), source)


def _height(laid: _Laid, pictured: bool) -> float:
    least = (LOWEST_FAN + YEARS if laid.card.picture is not None else 0.4) if pictured else 0.0
    return 2 * PAD + laid.top_height + 0.03 + max(laid.foot_height, least)


def _told(card: Card, words: Mapping[str, str]) -> str:
    parts = [f"{words[what]} {figure} {at}".strip() for what, figure, at in (("latest", card.latest, card.latest_at), ("target", card.target, card.target_at))]
    parts += [f"{line.label} {line.words}" for line in card.lines]
    return f"{card.name}{words['says']}{words['join'].join([card.verdict, *parts])}{words['stop']}"
