"""Commands on where targets stand: gaps, grade."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from zhibiao.cli.options import Data, Format, Output
from zhibiao.errors import ParameterError

commands = typer.Typer()


@commands.command()
def gaps(
    region: Annotated[str, typer.Option(help="地区 region: code or name")] = "重庆",
    plan: Annotated[str, typer.Option(help="all, or documents separated by commas")] = "all",
    as_of: Annotated[str | None, typer.Option("--as-of", help="数据截至年 year of knowledge (default: newest observed)")] = None,
    horizon: Annotated[str | None, typer.Option(help="目标年 last year of projections (default: the documents' last)")] = None,
    scenario: Annotated[str, typer.Option(help="情景 scenario")] = "baseline",
    seed: Annotated[str, typer.Option(help="随机种子 seed of the draws")] = "2020",
    since: Annotated[str | None, typer.Option(help="与这一天所知相比，判断为何变化 why verdicts changed since a day: 2024-01-01")] = None,
    form: Format = "table",
    output: Output = None,
    data: Data = None,
) -> None:
    """每个目标一行的差距表；--since 则为变化表 the gap table, one row a target; with --since what changed and why."""
    from zhibiao.assessing.changes import compare
    from zhibiao.catalogue.scoped import load_for
    from zhibiao.catalogue.study import day_of, study
    from zhibiao.printing import write
    from zhibiao.showing import assessable, change_tables
    from zhibiao.showing.gap_records import GAP_COLUMNS, gap_records, gap_rows

    question = study(load_for(region, data), region, plan, as_of, horizon, scenario, 80, seed)
    if since is not None:
        found = compare(question, day_of("--since", since))
        write(change_tables.CHANGE_COLUMNS, change_tables.records(found), form, output, "changes")
        return
    rows = gap_rows(question)
    write(GAP_COLUMNS, gap_records(rows), form, output, "gaps")
    typer.echo(assessable.share(question, rows), err=True)  # beside the data, so that scripts read the table alone


@commands.command()
def grade(
    series: Annotated[str, typer.Argument(help='数列 series: "2020=9.9 2022=10.1"; 2023>=98 is a floor, 2022~10 about, 2023-09=5 the year to date')],
    target: Annotated[str, typer.Option(help='目标 target in plan language: ">10.5@2025", ">[15]@2021-2025", ">=98 each 2021-2025", 保持98%@2021-2025, none')],
    method: Annotated[str, typer.Option(help="方法 headline, all, or ids separated by commas")] = "headline",
    direction: Annotated[str | None, typer.Option(help="up, down, none (default: from the target and the baseline)")] = None,
    baseline: Annotated[str | None, typer.Option(help='基期 baseline "2020=9.9" (default: the first figure)')] = None,
    unit: Annotated[str | None, typer.Option(help="单位 unit of bare numbers: 万人, %, 个")] = None,
    kind: Annotated[str | None, typer.Option(help="stock, flow, rate, count (default: from unit and target)")] = None,
    lower: Annotated[str | None, typer.Option(help="下限 lower bound of the indicator")] = None,
    upper: Annotated[str | None, typer.Option(help="上限 upper bound of the indicator")] = None,
    limit: Annotated[str | None, typer.Option(help="自然极限 natural limit, for open_sdg without a target")] = None,
    sdsn: Annotated[str | None, typer.Option(help="SDSN 打分 scale lower,optimum[,green] (default of green: the target)")] = None,
    ratio_to: Annotated[str | None, typer.Option("--ratio-to", help='倍数目标的另一数列 other series of a ratio: "students: 2020=9.9 2022=10.1"')] = None,
    as_of: Annotated[int | None, typer.Option("--as-of", min=1949, max=2100, help="数据截至年 year of knowledge (default: last figure)")] = None,
    issued: Annotated[str | None, typer.Option(help="发文日期 date of issue, from which 保持 binds: 2022-07-22")] = None,
    breaks: Annotated[list[int] | None, typer.Option("--break", min=1949, max=2100, help="口径改变的首年 first year of another definition, repeatable")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="随机种子 seed of the draws")] = 2020,
    form: Format = "table",
    output: Output = None,
) -> None:
    """一条数列对一个目标，各种方法怎么说 what each method says of one series and one target, or why it cannot speak."""
    from zhibiao.assessing.asking import series as figures
    from zhibiao.assessing.asking.question import Options, ask
    from zhibiao.assessing.asking.target import target as read
    from zhibiao.assessing.panel import Extras
    from zhibiao.catalogue.study import day_of
    from zhibiao.printing import write
    from zhibiao.showing.grade_records import GRADE_COLUMNS, TABLE_COLUMNS, chosen, flat, grade_records

    methods = chosen(method)
    scale = _numbers("--sdsn", sdsn)
    if scale and len(scale) not in (2, 3):
        raise ParameterError(f"{sdsn!r} 须为两个或三个数 needs two or three numbers", where="--sdsn", allowed=["2.2,100", "2.2,100,80"])
    natural = _numbers("--limit", limit)
    extras = Extras(natural[0] if natural else None, (scale[0], scale[1]) if scale else None, scale[2] if len(scale) == 3 else None)
    options = Options(
        direction, figures.parse(baseline, "--baseline") if baseline else (), unit, kind, _decimal("--lower", lower), _decimal("--upper", upper), as_of,
        day_of("--issued", issued) if issued else None, tuple(breaks or ()), figures.parse_named(ratio_to, "--ratio-to") if ratio_to else None, extras, seed,
    )  # fmt: skip
    records = grade_records(ask(figures.parse(series), read(target), options), methods)
    write(TABLE_COLUMNS if form == "table" else GRADE_COLUMNS, records if form == "json" else flat(records), form, output, "grade")


def _numbers(where: str, written: str | None) -> list[float]:
    """Numbers separated by commas."""
    return [float(number) for number in map(_plain(where), written.split(","))] if written else []


def _decimal(where: str, written: str | None) -> Decimal | None:
    return _plain(where)(written) if written else None


def _plain(where: str) -> Callable[[str], Decimal]:
    """A reader of one finite number."""

    def read(written: str) -> Decimal:
        try:
            value = Decimal(written.strip())
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or abs(value) >= 10**15:
            raise ParameterError(f"{written!r} 不是数字 is not a number", where=where, allowed=["100", "2.2"])
        return value

    return read
