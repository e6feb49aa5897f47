"""Commands that project: project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhibiao.cli.options import Data, Output

if TYPE_CHECKING:
    from zhibiao.projecting.forecast import Forecast

commands = typer.Typer()

DEFAULT_LEVELS = (80, 95)


@commands.command()
def project(
    file: Annotated[Path, typer.Argument(help="CSV：series_id, year, value（其他列不看 other columns are passed over）")],
    horizon: Annotated[int, typer.Option(help="最后一个值之后的年数 years after each last value, 1…50")] = 5,
    method: Annotated[str, typer.Option(help="combined, last_value, drift, half_slope, theta")] = "combined",
    level: Annotated[list[int] | None, typer.Option(help="区间水平 central bands in per cent, repeatable (default 80 and 95)")] = None,
    lower: Annotated[float | None, typer.Option(help="下限 lower bound")] = None,
    upper: Annotated[float | None, typer.Option(help="上限；与下限同给即为比率 upper bound; with both bounds values are rates")] = None,
    reference: Annotated[str | None, typer.Option(help="参照类 reference class: general, enrolment, share, … (default: general and enrolment averaged; share between two bounds)")] = None,
    form: Annotated[str, typer.Option("--format", help="csv, table, json, xlsx")] = "csv",
    output: Output = None,
    data: Data = None,
) -> None:
    """推断任意年度序列 project any annual series: median and bands for each year ahead."""
    from zhibiao.catalogue.load import overlays, shipped
    from zhibiao.printing import write
    from zhibiao.projecting.forecast import forecast
    from zhibiao.projecting.reference import load
    from zhibiao.projecting.seriesfile import read_series

    levels = tuple(dict.fromkeys(level)) if level else DEFAULT_LEVELS
    series = read_series(file, lower, upper)
    classes = load([folder / "reference" for folder in (shipped(), *overlays(data))])
    found = forecast(series, horizon, classes, method=method, reference=reference, levels=levels, lower=lower, upper=upper)
    columns = ("series_id", "year", "method", "median", *(f"{side}{width}" for width in levels for side in ("lo", "hi")))
    write(columns, [record for one in found for record in _records(one, levels)], form, output, "projection")


def _records(found: Forecast, levels: tuple[int, ...]) -> list[dict[str, object]]:
    from zhibiao.projecting.forecast import ends

    rows = []
    for step, year in enumerate(found.years):
        row: dict[str, object] = {"series_id": found.id, "year": year, "method": found.method, "median": _number(found.quantiles[0.5][step])}
        for width in levels:
            low, high = ends(width)
            row[f"lo{width}"], row[f"hi{width}"] = _number(found.quantiles[low][step]), _number(found.quantiles[high][step])
        rows.append(row)
    return rows


def _number(value: float) -> float:
    """Nine significant digits: what every machine agrees on."""
    return float(f"{value:.9g}")
