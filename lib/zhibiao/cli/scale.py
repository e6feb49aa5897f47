"""Commands for thousands of regions: made-up ones to measure with, and rankings from a batch's summary."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer()


@commands.command("simulate-regions")
def simulate_regions(
    out: Annotated[Path, typer.Option("--out", help="写到这个空目录 write into this empty folder")],
    counties: Annotated[int, typer.Option(help="县数 number of counties, 1…3780")] = 2800,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="随机种子 seed; the same one gives the same bytes")] = 1,
) -> None:
    """生成模拟地区（仅供测量）make up labelled synthetic regions to measure with: an overlay and its batch files."""
    from zhibiao.rehearsing.overlay import write_overlay

    made = write_overlay(out, counties, seed)
    typer.echo(f"模拟数据，仅供测量 synthetic data, for measuring only: {len(made.counties)} 县 counties, {len(made.regions)} 地区 regions → {out}")
    typer.echo(f"zhibiao batch {out}/notebooks/batches/rehearsal.yaml --data {out}")
