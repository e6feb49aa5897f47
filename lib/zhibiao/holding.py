"""Only one process at a time writes into a folder: outputs of a batch, a user's overlay."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from zhibiao.errors import OutputError

PATIENCE = 10.0
"""Seconds to wait while somebody else is importing; an import takes less than one."""

_LOCK = ".lock"
_FAR = 1 << 30
"""Windows locks bytes, not files: a byte far behind the text leaves the text readable."""


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold an overlay against other imports, after waiting for one that is at work. A folder that was made for it and stayed empty goes again.

    Raises
    ------
    OutputError
        Somebody else goes on importing, or the folder cannot be written.
    """
    new = not folder.exists()
    with contextlib.ExitStack() as held:
        if new:
            held.callback(_forget, folder)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                held.enter_context(locked(folder))
                break
            except OutputError as error:
                if isinstance(error.__cause__, OSError):
                    raise OutputError(f"数据目录无法写入 the data folder cannot be written: {error.__cause__.strerror}", where=str(folder)) from None
                if time.monotonic() > deadline:
                    raise OutputError("另一人正在导入，请稍后再试 somebody else is importing, please try again") from None
                time.sleep(0.05)
        yield


def _forget(folder: Path) -> None:
    with contextlib.suppress(OSError):
        if [path.name for path in folder.iterdir()] == [_LOCK]:
            (folder / _LOCK).unlink()
            folder.rmdir()


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold outputs for this process.

    The lock is the operating system's: it goes with the process that held it, however that ended, so a stale one cannot exist. The
    file ``.lock`` stays, empty, or with the number of the process that writes now.

    Raises
    ------
    OutputError
        Another process holds it, or the folder cannot be written.
    """
    path = out / _LOCK
    try:
        out.mkdir(parents=True, exist_ok=True)
        # neither truncated nor replaced: the file may be another's
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b")
    except OSError as error:
        raise OutputError(f"无法写入输出目录 outputs cannot be written: {error.strerror}", where=str(out)) from error
    with file:
        try:
            _take(file)
        except OSError:
            holder = file.read(32).decode("ascii", "replace").strip() or "?"
            raise OutputError(
                f"另一批次正在写入（进程 {holder}）another batch is writing here (process {holder}); wait, or give another --out",
                where=str(out),
            ) from None
        _say(file, f"{os.getpid()}\n")
        try:
            yield
        finally:
            _say(file, "")
            _release(file)


def _say(file: BinaryIO, text: str) -> None:
    with contextlib.suppress(OSError):  # the number is a courtesy: a full disk must not end the batch here
        file.seek(0)
        file.write(text.encode("ascii"))
        file.truncate()
        file.flush()


if sys.platform == "win32":
    import msvcrt

    def _take(file: BinaryIO) -> None:
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)

    def _release(file: BinaryIO) -> None:
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:

    def _take(file: BinaryIO) -> None:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _release(file: BinaryIO) -> None:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_UN)
