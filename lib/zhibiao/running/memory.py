"""How much memory a kernel holds with all it started; looked at from outside, for a kernel that fills the machine cannot look itself.

A limit of the address space would hit numpy and mapped files, which reserve far more than they use.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

PAUSE = 0.1
"""Seconds between two looks."""
_SHARE = 20
"""Of its time the watch looks this part at most: where there are thousands of processes a look takes longer."""
MB = 1 << 20


class Watch:
    """Watches one kernel; where it holds more than it may, says so and has it ended.

    Parameters
    ----------
    kernel : psutil.Process
        The kernel.
    limit : int
        Megabytes; 0: none, then only the peak is noted.
    end : callable
        Ends the kernel.
    """

    def __init__(self, kernel: psutil.Process, limit: int, end: Callable[[], None]) -> None:
        self.kernel, self.limit, self.end = kernel, limit * MB, end
        self.peak = self._held()
        """Bytes, of what was seen; a kernel may be gone before the second look."""
        self.exceeded = 0
        """Bytes held when it was ended; 0 where it was not."""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on, name="zhibiao-memory", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join(5.0)

    def _look_on(self) -> None:
        pause = PAUSE
        while not self._over.wait(pause):
            begun = time.perf_counter()
            held = self._held()
            self.peak = max(self.peak, held)
            # what several processes share is counted for each of them at first: only who seems to be over is looked at closely
            if self.limit and held > self.limit and (own := self._held(fairly=True)) > self.limit:
                self.exceeded = self.peak = own
                self.end()
                return
            pause = max(PAUSE, (time.perf_counter() - begun) * _SHARE)

    def _held(self, fairly: bool = False) -> int:
        with contextlib.suppress(psutil.Error):
            family = [self.kernel, *(self.kernel.children(recursive=True) if self.limit else ())]
            return sum(_of(process, fairly) for process in family)
        return 0


def _of(process: psutil.Process, fairly: bool) -> int:
    """Return the bytes that a process holds; fairly: of what it shares with others its part, or nothing."""
    with contextlib.suppress(psutil.Error):
        if not fairly:
            return int(process.memory_info().rss)
        whole = process.memory_full_info()
        return int(getattr(whole, "pss", whole.uss))
    return 0


def killed_for_memory() -> int:
    """Return how many processes this machine's system has ended so far because memory ran out; 0 where it does not tell."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0
