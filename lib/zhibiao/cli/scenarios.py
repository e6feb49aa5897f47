"""Commands on scenarios: simulate."""

from __future__ import annotations

from typing import Annotated

import typer

from zhibiao.cli.options import Data, Format, Output

commands = typer.Typer()

ALL = "all"


@commands.command()
def simulate(
    scenario: Annotated[list[str] | None, typer.Option(help="情景 scenario by id or name, repeatable; all: every one that is meant for the region")] = None,
    region: Annotated[str, typer.Option(help="地区 region: code or name")] = "重庆",
    plan: Annotated[str, typer.Option(help="all, or documents separated by commas")] = "all",
    as_of: Annotated[str | None, typer.Option("--as-of", help="数据截至年 year of knowledge (default: newest observed)")] = None,
    horizon: Annotated[str | None, typer.Option(help="目标年 last year of projections (default: the documents' last)")] = None,
    seed: Annotated[str, typer.Option(help="随机种子 seed of the draws")] = "2020",
    form: Format = "csv",
    output: Output = None,
    data: Data = None,
) -> None:
    """情景推算：逐年的中位与区间 each scenario by year: fans, flows and what follows from them; base units."""
    from zhibiao.catalogue.scoped import load_for
    from zhibiao.catalogue.study import study
    from zhibiao.printing import write
    from zhibiao.showing.scenario_records import COLUMNS, records
    from zhibiao.simulating.comparing import compare

    question = study(load_for(region, data), region, plan, as_of, horizon, "baseline", 80, seed)
    names = scenario or ["baseline"]
    found = compare(question, None if ALL in names else names)
    write(COLUMNS, records(found), form, output, "scenarios")
    for name, why in found.left_out.items():
        typer.echo(f"{name}: {why}", err=True)  # beside the data, so that scripts read the table alone
