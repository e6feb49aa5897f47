"""Ending processes and everything they started."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterable
from pathlib import Path

import psutil


def end_children() -> None:
    """End everything this process started, and what that started."""
    _end(psutil.Process().children(recursive=True))


def end_tree(pid: int) -> None:
    """End a process that this one started and has not waited for (its number cannot have gone to another), and its descendants."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        process.suspend()  # it must not start another child while the children are counted
        children = process.children(recursive=True)
        process.kill()
        _end(children)


def end_family(leader: psutil.Process) -> None:
    """End a process that leads a group, its group, and what it started that has a group or session of its own."""
    children: list[psutil.Process] = []
    with contextlib.suppress(psutil.NoSuchProcess):
        leader.suspend()  # it must not start another child while the children are counted
        children = leader.children(recursive=True)
        leader.kill()
    end_group(leader.pid)
    _end(children)


def end_strays(folder: Path) -> None:
    """End what has left the tree and every group it began in, but still has its temporary files below `folder`.

    This process and those it has itself started are spared.
    """
    mine = os.getpid()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if mine not in (process.pid, process.ppid()) and process.environ().get("TMPDIR", "").startswith(str(folder) + os.sep):
                process.kill()


def end_group(leader: int) -> None:
    """End the process group that `leader` began, where there are groups."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)


def _end(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        # a kernel leads a group: its own children go with it even if they come into being just now
        end_group(process.pid)
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def exit_words(code: int | None) -> str:
    """Say how a process ended.

    >>> exit_words(1), exit_words(None)
    ('exit code 1', 'exit code unknown')
    """
    if code is None:
        return "exit code unknown"
    if code >= 0:
        return f"exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"{name}，可能内存不足 perhaps out of memory" if name == "SIGKILL" else name
