"""The command line: thin commands, one module per group, each importing what it needs only when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from zhibiao.cli import (
    exploring,
    exporting,
    judging,
    machine,
    milestones,
    observing,
    outputs,
    projecting,
    registry,
    running,
    scale,
    scenarios,
    scheduling,
    simulating,
    solving,
)
from zhibiao.errors import ZhibiaoError

app = typer.Typer(
    name="zhibiao",
    help="指标 zhibiao：目标走到哪里、将落在哪里、差多少、哪一条说的。Where targets stand, where they will land, and which clause says so.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for group in (registry, projecting, judging, simulating, scenarios, solving, running, scale, exporting, exploring, machine):
    app.add_typer(group.commands)  # without a name: its commands stand at the top level
app.add_typer(observing.commands, name="observe")
app.add_typer(milestones.commands, name="breakdown")
app.add_typer(outputs.commands, name="outputs")
app.add_typer(scheduling.commands, name="schedule")


@app.callback()
def _main(debug: Annotated[bool, typer.Option("--debug", help="出错时显示追溯 show a traceback on errors")] = False) -> None:
    if debug:
        os.environ["ZHIBIAO_DEBUG"] = "1"


def guarded(command: Callable[[], None]) -> int:
    """Run a command; an expected error becomes one line and its exit code, with a traceback only on demand."""
    try:
        command()
    except ZhibiaoError as error:
        if os.environ.get("ZHIBIAO_DEBUG"):
            raise
        print(f"错误 error: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # the reader closed the pipe (`| head`): that is no fault of ours
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115
        return 0
    except KeyboardInterrupt:
        print("已中断 interrupted", file=sys.stderr)
        return 130
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    return 0


def main() -> None:
    """Entry point of ``zhibiao``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    sys.exit(guarded(app))
