"""Commands that execute notebooks: run, batch, notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from zhibiao.cli.options import Data
from zhibiao.errors import ParameterError

commands = typer.Typer()

Place = Annotated[str, typer.Option("--out", help="输出目录或网址 folder or URL of outputs (s3://bucket/path)")]


@commands.command()
def run(
    notebook: Annotated[Path, typer.Argument(help="笔记本 notebook: path or stem")],
    parameter: Annotated[list[str] | None, typer.Option("--parameter", "-p", help="参数 name=value, repeatable")] = None,
    out: Place = "outputs",
    documents: Annotated[
        str, typer.Option("--documents", help="出哪些文件 what to make, separated by commas: pdf, docx, png, slides (16:9), archive (PDF/A-3 带数据 with data)")
    ] = "pdf,docx,png",
    force: Annotated[bool, typer.Option("--force", help="未变的也重做 run it even if nothing changed")] = False,
    data: Data = None,
) -> None:
    """执行一个笔记本并出 PDF execute one notebook and publish it."""
    from zhibiao.running.run import run as execute

    result = execute(notebook, _pairs(parameter or []), out=out, data=data, force=force, documents=[name.strip() for name in documents.split(",") if name.strip()])
    raise typer.Exit(result.exit_code)


@commands.command()
def batch(
    file: Annotated[Path, typer.Argument(help="批次文件 batch file, for example notebooks/batches/monthly.yaml")],
    jobs: Annotated[int | None, typer.Option(min=1, max=64, help="同时执行数 runs at a time")] = None,
    force: Annotated[bool, typer.Option("--force", help="未变的也重做 run what did not change as well")] = False,
    out: Place = "outputs",
    data: Data = None,
    report_date: Annotated[
        str | None, typer.Option("--report-date", help="页面上的日期，批次文件没写时用 the date pages print where the file gives none: 2026-12-05")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Dask 集群 Dask cluster: tcp://host:8786, tls://…, local, local:4")
    ] = None,
    only_failed: Annotated[
        bool, typer.Option("--only-failed", help="只重做上次失败或没轮到的 only what failed last time or was not come to")
    ] = False,
) -> None:
    """按批次文件执行 run every notebook × region × scenario of a batch file."""
    from zhibiao.running.batch import batch as execute

    result = execute(
        file, out=out, data=data, jobs=jobs, force=force, report_date=report_date, scheduler=scheduler, only_failed=only_failed
    )
    if only_failed and all(run.status == "kept" for run in result.runs) and not result.interrupted:
        typer.echo("上次没有失败的，什么都没有做 nothing had failed last time: nothing was run", err=True)
    raise typer.Exit(result.exit_code)


@commands.command()
def notebooks(
    folder: Annotated[Path, typer.Option(help="笔记本目录 folder of notebooks")] = Path("notebooks"),
    review: Annotated[bool, typer.Option("--review", help="列出变了的单元格 print the cells that changed")] = False,
) -> None:
    """重新执行入库的笔记本 execute the committed notebooks anew and normalise them."""
    from zhibiao.running.refresh import refresh

    for path, changes in refresh(sorted(folder.glob("*.ipynb"))):
        typer.echo(f"{path.name}: {len(changes)} 格有变 cells changed")
        for change in changes if review else ():
            typer.echo(f"--- {change.notebook} [{change.cell}]\n- {change.before}\n+ {change.after}")


def _pairs(given: list[str]) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise ParameterError(f"{pair!r} 应写成 名=值 should be name=value", where="-p", allowed=["region=重庆", "horizon=2025"])
        pairs[name.strip()] = value
    return pairs
