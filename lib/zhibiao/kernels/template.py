"""The template: imports the third-party libraries once, and forks a kernel for each request. Run as ``python -m zhibiao.kernels.template``.

Its standard input is a socket to the process that owns it: what to import comes in, word that it is ready goes out, and its end is the end
of the template. It only imports: no thread, no event loop, and no socket before the imports are done. Each launcher keeps its connection
while its kernel lives: the exit code goes out on it, and a connection that closes without a word ends the kernel and all of its group.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import shutil
import signal
import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from zhibiao.kernels.exchange import Request, Unanswered, receive, send
from zhibiao.kernels.forking import become, death_signal, run
from zhibiao.kernels.preloading import Doubt, Preloaded, preload


@dataclass
class Running:
    """One kernel, seen from the template."""

    pid: int
    handle: int
    channel: socket.socket
    launcher: int
    leftovers: list[str]
    ended: bool = False


class Child(BaseException):
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
        try:
            channel, _ = self.door.accept()
        except OSError:  # gone again, or no files left: kernels that run must not suffer
            time.sleep(0.05)
            return
        channel.settimeout(5.0)
        streams: list[int] = []
        kernel: Running | None = None
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
        except Exception:
            # whatever was wrong with one request, the others go on; its launcher sees a closed connection
            if kernel is None:
                channel.close()
            else:
                self._abandon(kernel)
        finally:
            if os.getpid() == self.pid:
                for stream in streams:
                    os.close(stream)

    def _fork(self, request: Request, streams: list[int], channel: socket.socket, launcher: int) -> Running:
        heard, told = os.pipe()
        try:
            pid = os.fork()
        except OSError:
            for file in (heard, told, launcher):
                os.close(file)
            raise
        if pid == 0:
            self._in_child(channel, launcher, heard, told)
            raise Child(request, streams)
        os.close(told)
        # whoever hears of the kernel may signal its group: it leads one by then
        with os.fdopen(heard, "rb") as line:
            well = line.read(1) == b"."
        try:
            if not well:
                raise ChildProcessError("the fork ended at once")
            kernel = Running(pid, os.pidfd_open(pid), channel, launcher, request.leftovers)
        except OSError:
            os.close(launcher)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise
        self.kernels.append(kernel)
        return kernel

    def _in_child(self, channel: socket.socket, launcher: int, heard: int, told: int) -> None:
        """Leave the template's session, be tied to its life, and let go of everything that belongs to it."""
        try:
            os.setsid()
            self.tie()
            if os.getppid() != self.pid:
                raise ChildProcessError("the template ended before the tie was made")
            os.write(told, b".")
            self.owner.detach()  # standard input, about to be replaced
            for other in [channel, *([self.door] if self.door else []), *(kernel.channel for kernel in self.kernels)]:
                other.close()
            handles = [number for kernel in self.kernels for number in (kernel.handle, kernel.launcher)]
            for file in (heard, told, launcher, self.parent, *handles):
                os.close(file)
            self.kernels.clear()
        except BaseException:
            os._exit(1)  # never a second template

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
            shutil.rmtree(path, ignore_errors=True)
            with contextlib.suppress(OSError):
                Path(path).unlink()
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
    become(request, streams, made.search, made.added)
    run()


if __name__ == "__main__":
    main()
