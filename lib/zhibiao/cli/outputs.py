"""Commands on outputs: prune."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhibiao.cli.options import Out
from zhibiao.errors import ParameterError, closest

if TYPE_CHECKING:
    from zhibiao.running.history import Pruned

commands = typer.Typer(help="已发布的输出：prune 清理历史  published outputs: prune", no_args_is_help=True, rich_markup_mode=None)


@commands.callback()
def _group() -> None:
    """A group, also while it has one command."""


@commands.command()
def prune(
    out: Out = Path("outputs"),
    batch: Annotated[str | None, typer.Option(help="只清理此批次 this batch only")] = None,
    keep: Annotated[int | None, typer.Option(min=1, max=100_000, help="留最近几次 states to keep (default: the batch file's keep)")] = None,
    month_ends: Annotated[bool | None, typer.Option("--month-ends/--no-month-ends", help="另留各月最后一次 keep the last one of every month too")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出，不删 only say what would go")] = False,
) -> None:
    """清理留存的历史 remove kept states beyond the last runs and the month ends."""
    from zhibiao.holding import locked
    from zhibiao.running import history

    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", str(out)):
        raise ParameterError("网址处不留存历史 no states are kept at a URL", where="--out", allowed=["文件夹 a folder"])
    out = out.resolve()
    known = history.batches(out)
    if batch is not None and batch not in known:
        raise ParameterError(f"没有此批次的历史 no states are kept of {batch!r}", where="--batch", allowed=known, nearest=closest(batch, known))
    if not known:
        typer.echo("没有留存的历史 no states are kept")
        return
    with locked(out):
        for name in [batch] if batch is not None else known:
            _tell(history.prune(out, name, runs=keep, month_ends=month_ends, dry_run=dry_run), out, dry_run)


def _tell(pruned: Pruned, out: Path, dry_run: bool) -> None:
    verb = "将删除 would go" if dry_run else "已删除 gone"
    for state in pruned.gone:
        typer.echo(f"- {state.folder.relative_to(out).as_posix()}")
    for path in pruned.foreign:
        typer.echo(f"  {path.relative_to(out).as_posix()}: 不是本程序留存的，不动 not, or not only, of our making: left alone")
    typer.echo(
        f"{pruned.batch}: {verb} {len(pruned.gone)}，留 left {len(pruned.left)}，"
        f"{'可释放 would free' if dry_run else '已释放 freed'} {pruned.freed:,} B"
    )
