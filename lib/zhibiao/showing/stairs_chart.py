"""The running total of a cumulative target against an even pace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from zhibiao.showing.chart import Chart
from zhibiao.showing.margin import MARGIN, margin_note, room_for, value_axis, value_limits, write_margin, year_axis
from zhibiao.showing.numbers import four, in_unit
from zhibiao.showing.series import (
    Line,
    Point,
    TargetLine,
    describe_points,
    describe_targets,
    draw_points,
    draw_target,
    in_order,
    label_points,
    point_keys,
    printed,
    series_words,
    target_notes,
)
from zhibiao.showing.sheet import Key, open_sheet
from zhibiao.showing.theme import LOOKS, MUTED, TEXT_SIZE, in_language, theme

__all__ = ["Point", "StairsPicture", "TargetLine", "stairs"]


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "total": "累计完成",
            "even": "匀速进度",
            "needed": "今后每年需要的进度",
            "even now": "按时序应达{value}（{year}年）",
            "none yet": "期内尚无数据",
            "alt unit": "累计图，单位：{}。",
        },
        "en": {
            "total": "running total",
            "even": "even pace",
            "needed": "pace needed from now on",
            "even now": "even pace: {value} by {year}",
            "none yet": "no figures within the period yet",
            "alt unit": "Running total, unit: {}. ",
        },
    }
)


@dataclass(frozen=True)
class StairsPicture:
    """What a chart of a cumulative target shows; all values in `unit`.

    Parameters
    ----------
    title : str
        The finding.
    unit : str
    year_from, year_to : int
        First and last year over which the target accumulates.
    totals : sequence of Point
        Running totals at the end of years within the period.
    target : TargetLine
        The total to reach, with its words.
    basis, source : str
    counted : bool
        Whether the unit is counted one by one, so that thousands stand apart.
    """

    title: str
    unit: str
    year_from: int
    year_to: int
    target: TargetLine
    totals: Sequence[Point] = ()
    basis: str = ""
    source: str = ""
    counted: bool = False

    def even_pace(self, year: int) -> float:
        """Return the total an even pace has reached by the end of `year`."""
        return self.target.value_low * (year - self.year_from + 1) / (self.year_to - self.year_from + 1)


def _stairs_data(picture: StairsPicture, words: Mapping[str, str]) -> pd.DataFrame:
    years = list(range(picture.year_from, picture.year_to + 1))
    totals = {point.year: printed(point, picture.counted) for point in picture.totals}
    return pd.DataFrame(
        {
            words["year"]: years,
            words["total"]: [totals.get(year, "") for year in years],
            words["even"]: [picture.even_pace(year) for year in years],
        }
    )


def stairs(picture: StairsPicture, lang: str = "zh") -> Chart:
    """Draw the running total to date of a cumulative target against an even pace.

    Raises
    ------
    ParameterError
        There are no words in `lang`.
    """
    words = {**series_words(lang), **in_language(WORDS, lang)}
    totals, target = in_order(picture.totals), picture.target
    start, end = picture.year_from - 1, picture.year_to
    even: Line = ((start, end), (0.0, target.value_low))
    notes = target_notes([target], words)
    keys = [Key("pace", words["even"], "curve")]
    drawn: list[Line] = [even, ((end - 0.3, end + 0.3), (target.value_low, target.value_low))]
    needed: Line | None = None
    heading = ""
    if totals:
        last = totals[-1]
        # the bars carry the exact totals; only floors and the like need a mark of their own
        keys = [
            Key("yearly", words["total"], "band"),
            *(k for k in point_keys(totals, words) if k.kind == "marker"),
            *keys,
        ]
        if last.year < end:
            value = picture.even_pace(last.year)
            heading = words["even now"].format(value=in_unit(value, 1) if picture.counted else four(value), year=last.year)
            notes.append(margin_note(last.year, value, heading, "", LOOKS["pace"].colour))
            drawn.append(((last.year, end + 1), (value, value)))
        if last.year < end and last.value < target.value_low:
            keys.append(Key("needed", words["needed"], "curve"))
            needed = ((last.year, end), (last.value, target.value_low))
            drawn.append(needed)

    with theme():
        sheet = open_sheet(
            title=picture.title,
            keys=keys,
            plot_height=room_for(notes, 2.5),
            notes=[picture.basis, picture.source],
            left=0.55,
            right=MARGIN,
            under=0.34,
            unit=words["unit"].format(picture.unit),
        )
        axes = sheet.axes()
        year_axis(axes, start, end)
        value_axis(axes, value_limits([0.0, target.value_low, *(point.value for point in totals)], 0.0, None))
        look = LOOKS["yearly"]
        for point in totals:
            axes.bar(point.year, point.value, 0.6, color=look.colour, edgecolor=look.edge, linewidth=look.width)
        for role, line in (("pace", even), ("needed", needed)):
            if line is not None:
                look = LOOKS[role]
                axes.plot(*line, color=look.colour, linestyle=look.line, linewidth=look.width, zorder=4)
        draw_target(axes, target)
        draw_points(axes, totals, joined=False)
        label_points(sheet, axes, totals, drawn, picture.counted)
        if not totals:
            x, y = sheet.at(axes, (start + end) / 2, 0.9 * target.value_low)
            sheet.write(x, y, [words["none yet"]], TEXT_SIZE, MUTED, "center")
        write_margin(sheet, axes, notes)
    alt = f"{picture.title}{words['stop']}" + words["alt unit"].format(picture.unit) + describe_points(totals, words, picture.counted)
    alt += (heading + words["stop"] if heading else "") + describe_targets([target], words)
    return Chart(sheet.figure, picture.title, alt.strip(), _stairs_data(picture, words), picture.source)
