"""From a fork of the template to a kernel that nothing tells from one that was started cold."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import importlib.util
import io
import os
import random
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zhibiao.kernels.exchange import Request

_PR_SET_PDEATHSIG = 1


def death_signal() -> Any:
    """Return the function that ties a process to its parent's life; found before the fork, for a child should not load libraries."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def tie() -> None:
        if prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "PR_SET_PDEATHSIG")

    return tie


def become(request: Request, streams: Sequence[int], search: Sequence[str], added: Mapping[str, str]) -> None:
    """Take on streams, folder, environment and arguments of the kernel that was asked for.

    Parameters
    ----------
    request : Request
        The kernel.
    streams : sequence of int
        Open files for standard output and standard error.
    search : sequence of str
        ``sys.path`` of a cold kernel.
    added : mapping
        What the modules put into the environment when they were imported: in a cold kernel they do so again.
    """
    os.chdir(request.cwd)
    _streams(streams)
    os.environ.clear()
    os.environ.update({**added, **request.env})
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [(launcher.origin if launcher else None) or "ipykernel_launcher", *request.arguments]
    sys.orig_argv = list(request.command)
    sys.path[:] = search
    _close_others()
    _forget()


def _streams(streams: Sequence[int]) -> None:
    # a cold kernel's input is a pipe that nobody writes to
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in zip([nothing, *streams], range(3), strict=True):
        os.dup2(source, target)
    # Python looked at the template's streams when it started, not at these
    for name, number in (("stdout", 1), ("stderr", 2)):
        old = getattr(sys, name)
        new = io.TextIOWrapper(
            os.fdopen(number, "wb", closefd=False),
            encoding=old.encoding,
            errors=old.errors,
            line_buffering=name == "stderr" or os.isatty(number),
        )
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)


def _close_others() -> None:
    for number in [int(file.name) for file in Path("/proc/self/fd").iterdir()]:
        if number > 2:
            with contextlib.suppress(OSError):  # the one that lists is closed by now
                os.close(number)


def _forget() -> None:
    """Draw chance anew, and forget what was found out in the template's folder and environment."""
    random.seed()
    numpy_random: Any = sys.modules.get("numpy.random")
    if numpy_random is not None:
        # the one stream that numpy keeps; default_rng() asks the system each time
        numpy_random.seed()
    process: Any = sys.modules.get("multiprocessing.process")
    if process is not None:
        process.current_process().authkey = os.urandom(32)
    unique: Any = sys.modules.get("uuid")
    if unique is not None:
        unique._last_timestamp = None
    tempfile.tempdir = None
    importlib.invalidate_caches()


def run() -> None:
    """Run the kernel until it ends; the interpreter then ends as it always does."""
    # its name only: the application has no types
    application: Any = importlib.import_module("ipykernel.kernelapp").IPKernelApp
    # read from the environment while the class was made, long before this process was born
    kernel = application.instance(parent_handle=os.getppid())
    kernel.initialize()
    widgets: Any = sys.modules.get("ipywidgets")
    if widgets is not None:
        # seaborn imports it, and it speaks to the kernel as it is imported
        widgets.load_ipython_extension(kernel.shell)
    kernel.start()
