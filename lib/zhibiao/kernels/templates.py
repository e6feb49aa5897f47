"""The templates of this process: started when first needed, asked for kernels, replaced when they are out of date, ended with it."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from zhibiao.kernels import SWITCH, TEMPLATE
from zhibiao.kernels.doubts import frozen
from zhibiao.kernels.exchange import ANEW, COLD, Request, Unanswered, receive, send
from zhibiao.kernels.forked import Forked

PRELOAD = (
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipykernel_launcher",
    "numpy",
    "pandas",
    "matplotlib.figure",
    "matplotlib.font_manager",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "scipy.stats",
    "scipy.optimize",
    "seaborn",
    "pydantic.functional_validators",
    "pydantic.json_schema",
    "pydantic.main",
    "pydantic.types",
    "yaml",
)
"""What a kernel has imported when it starts: third parties only, and only what does nothing but define things when it is imported."""

_KINDS = 2
"""Templates kept at once; they differ in environment, limits or options of the interpreter."""

_PREPARING, _ANSWERING = 120.0, 20.0
"""Seconds after which a template is given up: while it imports, and for one answer."""

_LONGEST_PATH = 100
"""Bytes in the path of a Unix socket, which has room for 107."""

log = logging.getLogger(__name__)


class Refused(Exception):
    """There is no fork, for the reason given; a fault is worth a warning, the rest is as it should be."""

    def __init__(self, reason: str, *, remedy: str = COLD, fault: bool = False, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.remedy, self.fault, self.detail = reason, remedy, fault, detail


def private_folder(prefix: str, room: int = 12) -> Path:
    """Make a folder that only this user may enter, short enough for sockets in it with names of `room` bytes.

    Raises
    ------
    OSError
        There is no such place.
    """
    places = [os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp"]
    for place in places:
        if place and os.access(place, os.W_OK) and len(os.fsencode(place)) + len(prefix) + 10 + room <= _LONGEST_PATH:
            return Path(tempfile.mkdtemp(prefix=prefix, dir=place))
    raise OSError(f"没有放套接字的目录 no folder for sockets: {', '.join(places)}")


class Template:
    """One template process, owned by this one."""

    def __init__(self, options: Sequence[str], preload: Sequence[str], env: Mapping[str, str]) -> None:
        self.options, self.preload = list(options), list(preload)
        self.folder = private_folder("zhibiao-t-")
        self.path = str(self.folder / "door")
        ours, theirs = socket.socketpair()
        with theirs, (self.folder / "log").open("wb") as said:
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
            said = (self.folder / "log").read_text("utf-8", "replace").strip()
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
        shutil.rmtree(self.folder, ignore_errors=True)


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


class Templates:
    """Those that this process owns."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.own: list[Template] = []
        self.retired: list[Template] = []
        self.broken: dict[tuple[str, ...], str] = {}
        self.lock = threading.Lock()

    def kernel(self, request: Request, streams: Sequence[int]) -> Forked:
        """Have a kernel forked: by the template that was lent, by one of our own, or by a new one.

        Raises
        ------
        Refused
            Start it cold.
        """
        if lent := os.environ.get(TEMPLATE):
            try:
                return ask(_arrived(lent), request, streams)
            except Refused as refused:
                if refused.remedy == COLD:
                    raise
        with self.lock:
            for template in list(self.own):
                try:
                    return ask(template.path, request, streams)
                except Refused as refused:
                    if refused.remedy == COLD:
                        raise
                    if refused.remedy == ANEW:
                        self._retire(template)
            return ask(self._start(request).path, request, streams)

    def _start(self, request: Request) -> Template:
        # a library that starts threads does so under one environment and not under another
        kind = (*request.options, *request.preload, *map(str, sorted(frozen(request.env, ()).items())))
        if kind in self.broken:
            raise Refused(self.broken[kind])
        self._bury()
        try:
            template = Template(request.options, request.preload, request.env)
        except OSError as error:
            raise Refused(f"模板进程未能启动 the template did not start: {error.strerror}", fault=True) from error
        try:
            template.wait_ready()
        except Refused as refused:
            template.end()
            # said once as a warning; every later kernel is cold without ado
            self.broken[kind] = refused.reason
            raise
        self.own.insert(0, template)
        for old in self.own[_KINDS:]:
            self._retire(old)
        return template

    def _retire(self, template: Template) -> None:
        template.retire()
        self.own.remove(template)
        self.retired.append(template)

    def _bury(self) -> None:
        for template in [one for one in self.retired if one.process.poll() is not None]:
            template.end()
            self.retired.remove(template)

    def end(self) -> None:
        """End all templates, and with them the kernels that still run."""
        for template in [*self.own, *self.retired]:
            template.end()
        self.own.clear()
        self.retired.clear()


_templates = Templates()
_inherited: list[Templates] = []


def templates() -> Templates:
    """Return this process's templates; a fork of their owner begins with none."""
    global _templates
    if _templates.pid != os.getpid():
        for template in [*_templates.own, *_templates.retired]:
            template.owner.close()
        _inherited.append(_templates)  # kept: its processes are not ours to wait for
        _templates = Templates()
    return _templates


@atexit.register
def _end() -> None:
    if _templates.pid == os.getpid():
        _templates.end()


@contextlib.contextmanager
def lend(env: Mapping[str, str], preload: Sequence[str] = PRELOAD) -> Iterator[dict[str, str]]:
    """Hold a template for other processes, which would otherwise each import everything once more.

    Parameters
    ----------
    env : mapping of str to str
        The environment that kernels will have, as far as it matters while modules are imported.
    preload : sequence of str
        What is imported.

    Yields
    ------
    dict of str to str
        What the environment of the other processes needs; empty where nothing is forked. Imports go on meanwhile.
    """
    if unsupported(env):
        yield {}
        return
    template = Template([], preload, env)
    waiting = threading.Thread(target=_announce, args=(template,), daemon=True)
    waiting.start()
    try:
        yield {TEMPLATE: template.path}
    finally:
        with contextlib.suppress(OSError):
            template.owner.shutdown(socket.SHUT_RDWR)
        waiting.join()
        template.end()


def _announce(template: Template) -> None:
    try:
        template.wait_ready()
    except Refused as refused:
        log.warning("不分叉 no forks: %s %s", refused.reason, refused.detail)
        shutil.rmtree(template.folder, ignore_errors=True)  # whoever waits at its door need not


def _arrived(path: str) -> str:
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
