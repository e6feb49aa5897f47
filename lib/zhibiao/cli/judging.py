"""Commands on where targets stand: gaps."""

from __future__ import annotations

from typing import Annotated

import typer

from zhibiao.cli.options import Data, Format, Output

commands = typer.Typer()


@commands.command()
def gaps(
    region: Annotated[str, typer.Option(help="地区 region: code or name")] = "重庆",
    plan: Annotated[str, typer.Option(help="all, or documents separated by commas")] = "all",
    as_of: Annotated[str | None, typer.Option("--as-of", help="数据截至年 year of knowledge (default: newest observed)")] = None,
    horizon: Annotated[str | None, typer.Option(help="目标年 last year of projections (default: the documents' last)")] = None,
    scenario: Annotated[str, typer.Option(help="情景 scenario")] = "baseline",
    seed: Annotated[str, typer.Option(help="随机种子 seed of the draws")] = "2020",
    form: Format = "table",
    output: Output = None,
    data: Data = None,
) -> None:
    """每个目标一行的差距表 the gap table, one row a target."""
    from zhibiao.catalogue.load import load
    from zhibiao.catalogue.study import study
    from zhibiao.printing import write
    from zhibiao.showing.gap_records import GAP_COLUMNS, gap_records

    question = study(load(data), region, plan, as_of, horizon, scenario, 80, seed)
    write(GAP_COLUMNS, gap_records(question), form, output, "gaps")
