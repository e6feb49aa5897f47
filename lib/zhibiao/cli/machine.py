"""Commands about this machine: doctor, lab."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from zhibiao.cli.options import Data
from zhibiao.errors import ParameterError

commands = typer.Typer()


@commands.command()
def doctor(data: Data = None) -> None:
    """检查字体、内核、工具、登记库 check fonts, kernels, tools and registry."""
    from zhibiao.doctor import examine

    broken = 0
    for finding in examine(data):
        broken += not finding.good
        typer.echo(f"{'✓' if finding.good else '✗'} {finding.name}: {finding.words}")
    raise typer.Exit(1 if broken else 0)


@commands.command()
def lab(
    notebook: Annotated[Path, typer.Argument(help="先打开 notebook to open first")] = Path("notebooks/00_start.ipynb"),
    port: Annotated[int, typer.Option(help="端口 port on 127.0.0.1")] = 8888,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="打开浏览器 open a browser")] = True,
) -> None:
    """打开 JupyterLab open JupyterLab on this machine only, with a token."""
    import subprocess

    if not notebook.is_file():
        raise ParameterError("找不到笔记本 no such notebook", where=str(notebook))
    command = [sys.executable, "-m", "jupyterlab", str(notebook), "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    if getattr(os, "geteuid", lambda: 1)() == 0:
        # Jupyter refuses root for fear of open servers; this one listens on this machine alone and asks for its token
        command.append("--allow-root")
    raise typer.Exit(subprocess.call(command if browser else [*command, "--no-browser"]))
