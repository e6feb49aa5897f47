"""Keeping the screen while it is used: at once, but never more often than once a second, and the last one always."""

from __future__ import annotations

import threading
import time

from zhibiao.exploring.remembering import Keeper
from zhibiao.exploring.state import Session

REST = 1.0
"""Seconds between two writes."""


class Writer:
    """Writes sessions with a rest between them; of those that come meanwhile the newest."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper
        self._lock, self._writing, self._written = threading.Lock(), threading.Lock(), 0.0
        self._timer: threading.Timer | None = None
        self._waiting: Session | None = None

    def keep(self, session: Session) -> None:
        """Write the session now or when the rest is over."""
        with self._lock:
            self._waiting = session
            if self._timer is not None:
                return
            self._timer = threading.Timer(max(0.0, self._written + REST - time.monotonic()), self._write)
            self._timer.daemon = True
            self._timer.start()

    def finish(self) -> None:
        """Write what waits, now."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
        self._write()

    def _write(self) -> None:
        with self._writing:  # one after the other, so that the newest is written last
            with self._lock:
                session, self._waiting, self._timer, self._written = self._waiting, None, None, time.monotonic()
            if session is not None:
                self.keeper.keep(session)
