"""The template: imports the third-party libraries once, and forks a kernel for each request. Run as ``python -m zhibiao.kernels.template``.

Its standard input is a socket to the process that owns it: what to import comes in, word that it is ready goes out, and its end is the end
of the template. It only imports: no thread, no event loop, and no socket before the imports are done. Each launcher keeps its connection
while its kernel lives: the exit code goes out on it, and a connection that closes without a word ends the kernel and all of its group.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import shutil
import signal
import socket
import struct
import sys
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhibiao.kernels.doubts import INLINE, Reads, Watched, differing, files, frozen, shadows, threads
from zhibiao.kernels.exchange import ANEW, COLD, OTHER, Request, Unanswered, receive, send
from zhibiao.kernels.forking import become, death_signal, run
from zhibiao.kernels.surroundings import surroundings

_ALLOCATORS = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
"""pandas imports pyarrow where it is there, and pyarrow's allocator starts a thread."""


@dataclass(frozen=True)
class Preloaded:
    """What the process has become by importing."""

    modules: list[str]
    options: list[str]
    env: dict[str, str]
    reads: Reads
    watched: Watched
    surroundings: dict[str, str]
    search: list[str]

    def doubt(self, request: Request) -> tuple[str, str]:
        """Return why this template should not become that kernel, and the remedy: `COLD`, `OTHER` or `ANEW`."""
        if said := threads():
            return said, COLD
        if said := self.watched.doubt():
            return said, ANEW
        if self.modules != request.preload or self.options != request.options:
            return "模板另有用途 the template was made for other kernels", OTHER
        if names := self._other_names(request.env):
            return f"环境变量与模板不同 the environment differs from the template's: {', '.join(names[:5])}", OTHER
        if names := differing(self.surroundings, request.surroundings):
            return f"限额或权限与模板不同 limits or rights differ from the template's: {', '.join(names[:5])}", OTHER
        return shadows(request.cwd), COLD

    def _other_names(self, env: dict[str, str]) -> list[str]:
        if self.reads.all:
            kept = ({k: v for k, v in one.items() if not k.startswith("JPY_")} for one in (self.env, env))
            return differing(*kept)
        return differing(frozen(self.env, self.reads.names), frozen(env, self.reads.names))


def preload(modules: Sequence[str], options: list[str]) -> Preloaded:
    """Import everything, and see that nothing but imports happened.

    Raises
    ------
    Doubt
        A module raised, warned or printed, or left a thread or an open file behind.
    """
    env = {name: value for name, value in os.environ.items() if name not in _ALLOCATORS}
    os.environ.update(_ALLOCATORS)
    os.environ["MPLBACKEND"] = os.environ.get("MPLBACKEND") or INLINE
    if not sys.flags.safe_path:
        del sys.path[0]  # the folder it was started in
    search = list(sys.path)
    said: list[str] = []
    show = warnings.showwarning
    warnings.showwarning = lambda message, *_, **__: said.append(str(message))
    environ: Any = os.environ
    plain, reads = environ._data, Reads(environ._data)
    environ._data = reads
    for module in modules:
        try:
            importlib.import_module(module)
        except BaseException as error:
            raise Doubt(f"预加载失败 the preload failed: {module}: {type(error).__name__}", str(error)) from error
    plain.clear()
    plain.update(dict.items(reads))
    environ._data = plain
    warnings.showwarning = show
    _only_imported(said)
    # loaded anew in each kernel: the project's own code must never be stale
    for name in [name for name in sys.modules if name == "zhibiao" or name.startswith("zhibiao.")]:
        del sys.modules[name]
    matplotlib: Any = sys.modules.get("matplotlib")
    settings = [matplotlib.matplotlib_fname()] if matplotlib is not None else []
    return Preloaded(list(modules), options, env, reads, Watched.now(settings), surroundings(), search)


class Doubt(Exception):
    """The template cannot be used; the detail may name paths and is for the log alone."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def _only_imported(said: list[str]) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    if os.fstat(1).st_size:
        printed = Path("/proc/self/fd/1").read_text(errors="replace").strip()
        raise Doubt("预加载有输出 the preload printed", printed)
    if said:
        raise Doubt("预加载有警告 the preload warned", said[0])
    # matplotlib has a timer while it makes its list of fonts
    if doubt := threads(patience=1.0) or files():
        raise Doubt(doubt)


@dataclass
class Running:
    """One kernel, seen from the template."""

    pid: int
    handle: int
    channel: socket.socket
    launcher: int
    leftovers: list[str]
    ended: bool = False


class Child(Exception):
    """Raised in the fork: it unwinds the template's loop, so that the kernel runs on a clean stack and ends as an interpreter does."""

    def __init__(self, request: Request, streams: list[int]) -> None:
        super().__init__()
        self.request, self.streams = request, streams


class Serving:
    """The loop: one request after another, and the ends of kernels, launchers and owner."""

    def __init__(self, made: Preloaded, owner: socket.socket, path: str) -> None:
        self.made, self.owner = made, owner
        self.parent = os.pidfd_open(os.getppid())
        self.tie = death_signal()
        self.pid = os.getpid()
        self.kernels: list[Running] = []
        # nobody but this user may open it, from its first moment on
        old = os.umask(0o177)
        self.door: socket.socket | None = socket.socket(socket.AF_UNIX)
        self.door.bind(path)
        os.umask(old)
        self.door.listen(128)

    def loop(self) -> None:
        """Serve until the owner ends, or has retired this template and no kernel is left."""
        while self.door is not None or self.kernels:
            watched = [self.owner.fileno(), self.parent]
            if self.door is not None:
                watched.append(self.door.fileno())
            for kernel in self.kernels:
                watched += [kernel.channel.fileno(), kernel.launcher]
                if not kernel.ended:
                    watched.append(kernel.handle)
            ready = _ready(watched)
            if self.parent in ready or (self.owner.fileno() in ready and not self._told()):
                break
            for kernel in list(self.kernels):
                self._look_after(kernel, ready)
            if self.door is not None and self.door.fileno() in ready:
                self._answer()
        for kernel in list(self.kernels):
            self._abandon(kernel)

    def _told(self) -> bool:
        """Listen to the owner: whether it is still there."""
        try:
            receive(self.owner)
        except OSError:
            return False
        if self.door is not None:  # retired: there is only one thing to be told
            self.door.close()
            self.door = None
        return True

    def _answer(self) -> None:
        assert self.door is not None
        channel, _ = self.door.accept()
        channel.settimeout(5.0)
        streams: list[int] = []
        try:
            pid, user, _ = struct.unpack("3i", channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            if user != os.geteuid():
                raise PermissionError
            message, streams = receive(channel, 2)
            request = Request.of(message)
            doubt, remedy = self.made.doubt(request)
            if doubt:
                send(channel, {"refused": doubt, "remedy": remedy})
                raise Unanswered(doubt)
            kernel = self._fork(request, streams, channel, os.pidfd_open(pid))
            send(channel, {"pid": kernel.pid})
        except (OSError, TypeError):
            channel.close()
        finally:
            if os.getpid() == self.pid:
                for stream in streams:
                    os.close(stream)

    def _fork(self, request: Request, streams: list[int], channel: socket.socket, launcher: int) -> Running:
        try:
            pid = os.fork()
        except OSError:
            os.close(launcher)
            raise
        if pid == 0:
            self._in_child()
            channel.close()
            os.close(launcher)
            raise Child(request, streams)
        kernel = Running(pid, os.pidfd_open(pid), channel, launcher, request.leftovers)
        self.kernels.append(kernel)
        return kernel

    def _in_child(self) -> None:
        """Tie the child to the template's life and let go of everything that belongs to the template."""
        self.tie()
        if os.getppid() != self.pid:  # it ended before the tie was made
            os._exit(1)
        if self.door is not None:
            self.door.close()
        self.owner.detach()  # standard input, about to be replaced
        os.close(self.parent)
        for kernel in self.kernels:
            kernel.channel.close()
            os.close(kernel.handle)
            os.close(kernel.launcher)
        self.kernels.clear()

    def _look_after(self, kernel: Running, ready: set[int]) -> None:
        if kernel.handle in ready and not kernel.ended:
            kernel.ended = True
            # seen, not reaped: while its launcher may still signal it, no other process may get its number
            seen = os.waitid(os.P_PID, kernel.pid, os.WEXITED | os.WNOWAIT)
            status = seen.si_status if seen else 0
            code = status if seen and seen.si_code == os.CLD_EXITED else -status
            with contextlib.suppress(OSError):
                send(kernel.channel, {"exit": code})
        if kernel.channel.fileno() in ready:
            if self._dismissed(kernel) and kernel.ended:
                self._let_go(kernel)
            else:
                self._abandon(kernel)
        elif kernel.launcher in ready:
            self._abandon(kernel)

    @staticmethod
    def _dismissed(kernel: Running) -> bool:
        try:
            receive(kernel.channel)
        except OSError:
            return False
        return True

    def _abandon(self, kernel: Running) -> None:
        """End a kernel whose launcher went without a word, with all of its group, and remove what it left."""
        with contextlib.suppress(OSError):
            os.killpg(kernel.pid, signal.SIGKILL)
        for path in kernel.leftovers:
            if Path(path).is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                Path(path).unlink(missing_ok=True)
        self._let_go(kernel)

    def _let_go(self, kernel: Running) -> None:
        kernel.channel.close()
        os.close(kernel.launcher)
        os.waitpid(kernel.pid, 0)
        os.close(kernel.handle)
        self.kernels.remove(kernel)


def _ready(watched: Iterable[int]) -> set[int]:
    poll = select.poll()  # it has no file of its own, unlike epoll
    for number in watched:
        poll.register(number, select.POLLIN)
    return {number for number, _ in poll.poll()}


def main() -> None:
    """Import, say so, serve; in a fork, be the kernel."""
    owner = socket.socket(fileno=0)
    order, _ = receive(owner)
    try:
        made = preload(order["preload"], order["options"])
        serving = Serving(made, owner, order["path"])
    except Doubt as doubt:
        send(owner, {"refused": doubt.reason, "detail": doubt.detail})
        return
    gc.collect()
    gc.freeze()
    send(owner, {"ready": True})
    try:
        serving.loop()
    except Child as child:
        request, streams = child.request, child.streams
    else:
        shutil.rmtree(Path(order["path"]).parent, ignore_errors=True)
        return
    become(request, streams, made.search)
    run()


if __name__ == "__main__":
    main()
