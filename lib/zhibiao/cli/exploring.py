"""Commands for exploring: dashboard."""

from __future__ import annotations

from typing import Annotated

import typer

from zhibiao.cli.options import Data

commands = typer.Typer()


@commands.command()
def dashboard(
    data: Data = None,
    port: Annotated[int, typer.Option(min=1024, max=65535, help="端口，被占则用其后的 port; one of the next where it is taken")] = 8866,
    ip: Annotated[str, typer.Option(help="监听地址，默认只限本机 address to listen on; by default this machine alone")] = "127.0.0.1",
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="打开浏览器 open a browser")] = True,
) -> None:
    """打开不用写代码的看板 open the dashboard for people without code, always behind a token."""
    from zhibiao.exploring.serve import dashboard as serve

    serve(data, port=port, ip=ip, browser=browser)
