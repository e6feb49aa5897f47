"""A template process, seen from its launcher: started, asked for a kernel, retired, ended."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from zhibiao.kernels import SWITCH
from zhibiao.kernels.exchange import ANEW, COLD, Request, Unanswered, receive, send
from zhibiao.kernels.folders import PrivateFolder
from zhibiao.kernels.forked import Forked

_PREPARING, _ANSWERING = 120.0, 20.0
"""Seconds after which a template is given up: while it imports, and for one answer."""


class Refused(Exception):
    """There is no fork, for the reason given; a fault is worth a warning, the rest is as it should be."""

    def __init__(self, reason: str, *, remedy: str = COLD, fault: bool = False, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.remedy, self.fault, self.detail = reason, remedy, fault, detail


class Template:
    """One template process, owned by this one."""

    def __init__(self, options: Sequence[str], preload: Sequence[str], env: Mapping[str, str]) -> None:
        self.options, self.preload = list(options), list(preload)
        self.folder = PrivateFolder()
        self.path = str(self.folder.path / "door")
        self._log = self.folder.path / "log"
        ours, theirs = socket.socketpair()
        with theirs, self._log.open("wb") as said:
            # not tied by a death signal: that would follow the thread that starts it, and threads come and go. The socket's end is its end
            self.process = subprocess.Popen(
                [sys.executable, *self.options, "-m", "zhibiao.kernels.template"],
                stdin=theirs.fileno(),
                stdout=said,
                stderr=said,
                cwd="/",
                env={name: value for name, value in env.items() if not name.startswith("JPY_")},
                start_new_session=True,
            )
        self.owner = ours
        self.owner.settimeout(_PREPARING)

    def wait_ready(self) -> None:
        """Wait until everything is imported.

        Raises
        ------
        Refused
            It has doubts about itself, or ended.
        """
        try:
            send(self.owner, {"path": self.path, "preload": self.preload, "options": self.options})
            answer, _ = receive(self.owner)
        except OSError as error:
            said = self._log.read_text("utf-8", "replace").strip()
            raise Refused(
                "模板进程未能启动 the template did not start", fault=True, detail=said or str(error)
            ) from error
        if "refused" in answer:
            raise Refused(answer["refused"], fault=True, detail=answer.get("detail", ""))

    def retire(self) -> None:
        """Take no more requests; end with the last kernel."""
        with contextlib.suppress(OSError):
            send(self.owner, {"retire": True})

    def end(self) -> None:
        """End at once, with all kernels."""
        self.owner.close()
        try:
            self.process.wait(2.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.remove()


def ask(path: str, request: Request, streams: Sequence[int]) -> Forked:
    """Ask the template behind a socket for a kernel.

    Raises
    ------
    Refused
        It will not, or is not there.
    """
    channel = socket.socket(socket.AF_UNIX)
    channel.settimeout(_ANSWERING)
    try:
        channel.connect(path)
        send(channel, request.message(), streams)
        answer, _ = receive(channel)
        if "refused" in answer:
            raise Refused(answer["refused"], remedy=answer["remedy"])
        return Forked(answer["pid"], channel)
    except OSError as error:
        channel.close()
        said = "没有回答 no answer" if isinstance(error, Unanswered | TimeoutError) else f"{error.strerror}"
        raise Refused(f"模板进程不应答 the template does not answer: {said}", remedy=ANEW, fault=True) from error
    except Refused:
        channel.close()
        raise


def arrived(path: str) -> str:
    """Wait for a template that is still importing."""
    until = time.monotonic() + _PREPARING
    while not Path(path).exists() and Path(path).parent.exists() and time.monotonic() < until:
        time.sleep(0.02)
    return path


def unsupported(env: Mapping[str, str]) -> str:
    """Say why nothing is forked here at all; empty where it is."""
    wish = env.get(SWITCH) or "fork"
    if wish != "fork":
        return f"{SWITCH}={wish}"
    if not sys.platform.startswith("linux") or not hasattr(os, "fork") or not hasattr(os, "pidfd_open"):
        return f"此平台不分叉 no forks on this platform: {sys.platform}"
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError as error:
        return f"系统不允许 the system refuses pidfd_open: {error.strerror}"
    relative = [part for part in env.get("PYTHONPATH", "").split(os.pathsep) if part and not Path(part).is_absolute()]
    return "PYTHONPATH 有相对路径 has relative paths" if relative else ""
