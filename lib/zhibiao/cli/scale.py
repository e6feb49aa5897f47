"""Commands for thousands of regions: made-up ones to measure with, and rankings from a batch's summary."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhibiao.cli.options import Format, Output

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


@commands.command()
def ranking(
    folder: Annotated[Path, typer.Argument(help="批次的输出目录 a batch's folder below outputs, for example outputs/regions")],
    indicator: Annotated[str, typer.Option(help="指标 indicator: its id")],
    scenario: Annotated[str, typer.Option(help="情景 scenario: its id")] = "baseline",
    level: Annotated[str, typer.Option(help="region 逐地 each region; prefecture, province, nation 合计 those below counted together")] = "region",
    by: Annotated[str, typer.Option(help="排序 ranked by share (of the gap), gap, chance, reached")] = "share",
    form: Format = "table",
    output: Output = None,
) -> None:
    """各地排名与分级合计，只读批次汇总 rank regions and count them by level, from a batch's summary alone."""
    from zhibiao.model.region import SYNTHETIC_EN, SYNTHETIC_ZH
    from zhibiao.printing import write
    from zhibiao.running.ranking import GROUP_COLUMNS, GROUP_TABLE, REGION_COLUMNS, REGION_TABLE, Question, worded
    from zhibiao.running.ranking import ranking as ranked

    found = ranked(folder, Question(indicator, scenario, level, by))
    whole, narrow = (REGION_COLUMNS, REGION_TABLE) if level == "region" else (GROUP_COLUMNS, GROUP_TABLE)
    if form == "table":
        write(narrow, [worded(row) for row in found], form, output, "ranking")
    else:
        write(whole, found, form, output, "ranking")
    if any(row["synthetic"] for row in found):
        typer.echo(f"{SYNTHETIC_ZH} {SYNTHETIC_EN}", err=True)
