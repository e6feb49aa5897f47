"""A forked kernel, seen from its launcher: what of ``subprocess.Popen`` a provisioner uses."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import threading

from zhibiao.kernels.exchange import receive, send

_KEPT: set[Forked] = set()
"""Kernels run until they are ended, also where nobody keeps their manager: a connection that closed would end them."""


class Forked:
    """A kernel that is a child of the template; exit code and end of life come over the connection on which it was asked for."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, channel: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._channel = channel
        self._lock = threading.Lock()
        _KEPT.add(self)

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or None while it runs."""
        return self._look(0.0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit code.

        Raises
        ------
        subprocess.TimeoutExpired
            It still runs after `timeout` seconds.
        """
        code = self._look(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"kernel {self.pid}", timeout or 0.0)
        return code

    def _look(self, timeout: float | None) -> int | None:
        with self._lock:
            if self.returncode is not None:
                return self.returncode
            if not self._heard(timeout):
                return None
            try:
                message, _ = receive(self._channel)
                self.returncode = int(message["exit"])
                # it is reaped now: its number may go to another process
                send(self._channel, {"done": True})
            except OSError:
                # the template is gone, and the kernel with it; what the kernel had started is not
                if self.returncode is None:
                    self.returncode = -int(signal.SIGKILL)
                    with contextlib.suppress(OSError):
                        os.killpg(self.pid, signal.SIGKILL)
            self._channel.close()
            _KEPT.discard(self)
            return self.returncode

    def _heard(self, timeout: float | None) -> bool:
        poll = select.poll()  # select() knows the first thousand files of a process only
        poll.register(self._channel, select.POLLIN)
        return bool(poll.poll(None if timeout is None else timeout * 1000))

    def send_signal(self, number: int) -> None:
        """Signal the kernel alone, if it is still there."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def send_group(self, number: int) -> None:
        """Signal the kernel and what it started, if it is still there."""
        if self.poll() is None:
            os.killpg(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)
