"""Commands on batches that start by themselves: install, list, remove, run-now, try-notices."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from zhibiao.cli.options import Data

commands = typer.Typer(help="定时批次：install、list、remove、run-now、try-notices  batches that start by themselves", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help="计划名 name of the schedule")]
Folder = Annotated[Path | None, typer.Option("--folder", help="计划与通知设置的目录 where schedules and notices.yaml are kept (default: ~/.config/zhibiao)")]


@commands.command()
def install(
    batch: Annotated[Path, typer.Argument(help="批次文件 batch file")],
    at: Annotated[str, typer.Option("--at", help='cron 五项 cron expression: "0 6 5 * *", "30 7 * * mon-fri", @monthly')],
    via: Annotated[str, typer.Option(help="auto, systemd, cron, by-hand 由管理员装 an administrator installs what is printed")] = "auto",
    tz: Annotated[str, typer.Option("--tz", help="时区 time zone in which --at is meant")] = "Asia/Shanghai",
    name: Annotated[str | None, typer.Option(help="计划名 name (default: the batch's)")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="替换同名计划 replace the schedule of this name")] = False,
    printing: Annotated[bool, typer.Option("--print", help="只打印要写入的内容 only print what would be written")] = False,
    out: Annotated[str, typer.Option("--out", help="输出目录 folder of outputs")] = "outputs",
    data: Data = None,
    scheduler: Annotated[str | None, typer.Option("--scheduler", help="Dask 集群 Dask cluster, as for batch")] = None,
    folder: Folder = None,
) -> None:
    """定时运行一个批次 have a batch start by itself: a systemd user timer, or a line of the crontab."""
    from zhibiao.scheduling import installing, notices
    from zhibiao.scheduling.store import home

    now, base = dt.datetime.now(dt.UTC), home(folder)
    schedule, doubts = installing.plan(
        batch, at, tz=tz, name=name, via=via, out=out, data=data, now=now, scheduler=scheduler, printing=printing
    )
    if printing:
        typer.echo("\n".join(installing.text(schedule, base, now)))
        return
    told = notices.read(base)  # refused now rather than on the day
    done = installing.install(schedule, base, doubts, replace=replace, now=now)
    by_hand = schedule.via == "by-hand"
    typer.echo(f"{'请管理员写入 for the administrator to write' if by_hand else f'已写入 {schedule.via} written'}:")
    for line in done.text:
        typer.echo(f"  {line}")
    typer.echo(f"{schedule.name}: 下次 next {_shown(done.next)} {schedule.tz}")
    for doubt in done.doubts:
        typer.echo(f"注意 note: {doubt}")
    if told is None:
        typer.echo(f"注意 note: 没有通知设置，失败不会告诉任何人 nobody is told of a failure: {base / notices.NAME}")


@commands.command("list")
def list_(folder: Folder = None) -> None:
    """列出计划、下次时间与上次结果 list schedules, when they start next and how they last ended."""
    from zhibiao.scheduling.installing import listed
    from zhibiao.scheduling.store import home

    found, broken = listed(home(folder), dt.datetime.now(dt.UTC))
    if not found and not broken:
        typer.echo("没有计划 there are no schedules")
    for item in found:
        schedule, last = item.schedule, item.last
        gone = "" if item.there is not False else f"；{schedule.via} 中已不在，不会运行 is gone from {schedule.via} and will not run"
        ended = "未运行过 never run" if last is None else f"上次 last {_shown(last.ended.astimezone(schedule.zone))} 退出码 exit code {last.exit_code}"
        typer.echo(f"{schedule.name}: {schedule.at} {schedule.tz} ({schedule.via})；下次 next {_shown(item.next)}；{ended}{gone}")
        typer.echo(f"  {schedule.batch} → {schedule.out}")
    for name in broken:
        typer.echo(f"{name}: 计划文件损坏，请用 install --replace 重装或 remove 撤下 its file is broken: install it again with --replace, or remove it")


@commands.command()
def remove(name: Name, folder: Folder = None) -> None:
    """撤下一个计划 remove a schedule, its timer or line and its log; outputs stay."""
    from zhibiao.scheduling import installing
    from zhibiao.scheduling.store import home

    left = installing.remove(name, home(folder))
    typer.echo(f"{name}: 已撤下 removed")
    for line in left:
        typer.echo(f"请管理员撤下 for the administrator to remove: {line}")


@commands.command("run-now")
def run_now(
    name: Name,
    folder: Folder = None,
    if_due: Annotated[bool, typer.Option("--if-due", help="到时才运行，写入日志 only if a time has passed; into the log", hidden=True)] = False,
    scheduled: Annotated[bool, typer.Option("--scheduled", help="写入日志 into the log", hidden=True)] = False,
) -> None:
    """马上运行一次 run a schedule's batch now, with today's date, and tell who is to be told."""
    from zhibiao.scheduling.occasion import run_now as carry_out
    from zhibiao.scheduling.store import home

    raise typer.Exit(carry_out(name, home(folder), if_due=if_due, logged=if_due or scheduled))


@commands.command("try-notices")
def try_notices(folder: Folder = None) -> None:
    """按通知设置试发一次 send a trial notice in every way that notices.yaml names."""
    from zhibiao.errors import ParameterError
    from zhibiao.scheduling import notices
    from zhibiao.scheduling.store import home

    base = home(folder)
    settings = notices.read(base)
    if settings is None:
        raise ParameterError("没有通知设置 there are no settings of notices", where=str(base / notices.NAME))
    faults = notices.tell(notices.trial(dt.datetime.now().astimezone()), settings)
    for fault in faults[:-1]:
        typer.echo(f"错误 error: {fault}", err=True)
    if faults:
        raise faults[-1]
    typer.echo("已试发 sent")


def _shown(moment: dt.datetime | None) -> str:
    return "—" if moment is None else f"{moment:%Y-%m-%d %H:%M}"
