"""What a scheduled run says goes into a log of its own, which stays small."""

from __future__ import annotations

import contextlib
import io
import logging
import logging.handlers
from pathlib import Path
from typing import Self

LARGEST = 1_000_000
"""Bytes of one file; then it is put aside as ``log.txt.1``."""
OLDER = 3
"""Files put aside that are kept."""


class _Lines(logging.handlers.RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """A full disk must not end the batch, and what is said of it would come here again."""


class Log(io.TextIOBase):
    """A text stream whose lines go into a file that is changed for a new one when it is full.

    Parameters
    ----------
    path : Path
        The newest file; its folder exists.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._handler = _Lines(path, maxBytes=LARGEST, backupCount=OLDER, encoding="utf-8", delay=True)
        self._rest = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._emit(line)
        return len(text)

    def _emit(self, line: str) -> None:
        self._handler.handle(logging.LogRecord("zhibiao", logging.INFO, "", 0, "%s", (line,), None))

    def close(self) -> None:
        if self._rest:
            self._emit(self._rest)
            self._rest = ""
        with contextlib.suppress(OSError):
            self._handler.close()
        super().close()

    def __enter__(self) -> Self:
        return self
