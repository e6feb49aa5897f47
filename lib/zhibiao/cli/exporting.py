"""The command that hands the data over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhibiao.cli.options import Data

commands = typer.Typer()


@commands.command()
def export(
    out: Annotated[Path, typer.Option("--out", help="写成这个目录 make this folder; one that holds anything else is refused")],
    form: Annotated[str, typer.Option("--format", help="sdmx-csv, datapackage, parquet, iamc, xlsx")] = "datapackage",
    region: Annotated[list[str] | None, typer.Option(help="地区，可重复 region: code or name, repeatable (default: all)")] = None,
    scenario: Annotated[list[str] | None, typer.Option(help="附此情景的推演，可重复 add projections under this scenario, repeatable")] = None,
    gaps: Annotated[bool, typer.Option("--gaps", help="附差距表 add the gap table (datapackage, parquet, xlsx)")] = False,
    data: Data = None,
) -> None:
    """把登记库交出去：观测数（全部版本）、表述，可附推演和差距 hand over what the registry holds, on request with projections and gaps."""
    from zhibiao.catalogue.load import load
    from zhibiao.publishing.handover import Asked, handover
    from zhibiao.publishing.handover.files import MARK
    from zhibiao.running.exported import put_export

    made = handover(load(data), Asked(form, tuple(region or ()), tuple(scenario or ()), gaps))
    folder = put_export(out, made.files, MARK)
    typer.echo(f"{folder}: {'；'.join(f'{name} {count}' for name, count in made.rows.items())}")
    for name, content in made.files.items():
        typer.echo(f"  {name} {len(content):,} bytes")
    if made.passed_over:
        shown = "、".join(made.passed_over[:6]) + (" …" if len(made.passed_over) > 6 else "")
        typer.echo(f"无推演所需的数，未附 without the figures for a projection, left out ({len(made.passed_over)}): {shown}", err=True)
