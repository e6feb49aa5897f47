"""A run's folder appears whole or not at all, and only one batch at a time writes into outputs."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from zhibiao.errors import OutputError

_MADE = ".tmp-"
_ASIDE = ".old-"
_LOCK = ".lock"
_FAR = 1 << 30
"""Windows locks bytes, not files: a byte far behind the text leaves the text readable."""


def fresh_beside(final: Path) -> Path:
    """Make an empty folder on the same file system as `final`; its name says that it is not finished.

    Raises
    ------
    OSError
        It cannot be made.
    """
    folder = final.parent / f"{_MADE}{final.name}-{uuid.uuid4().hex[:8]}"
    folder.mkdir(parents=True)  # not mkdtemp: the outputs are for others to read too
    return folder


def put_in_place(made: Path, final: Path) -> None:
    """Rename a finished folder to its name; what stood there is moved aside first and removed last.

    Raises
    ------
    OSError
        Nothing has changed then.
    """
    sync_tree(made)
    aside = final.with_name(_ASIDE + final.name)
    if aside.exists():
        shutil.rmtree(aside)
    replaced = final.exists()
    if replaced:
        final.rename(aside)
    try:
        made.rename(final)
    except OSError:
        if replaced:
            aside.rename(final)
        raise
    _sync(final.parent)
    remove(aside)


def put_file(source: Path, final: Path) -> None:
    """Copy one file so that `final` is the old one or the new one, never half of it."""
    part = final.with_name(f"{_MADE}{final.name}")
    try:
        shutil.copyfile(source, part)
        _sync(part)
        part.replace(final)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def write_file(final: Path, text: str) -> None:
    """Write a text file so that it is the old one or the new one."""
    part = final.with_name(f"{_MADE}{final.name}")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        _sync(part)
        part.replace(final)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def remove(folder: Path) -> None:
    """Remove a folder that may or may not be there; what cannot be removed now goes at the next start."""
    shutil.rmtree(folder, ignore_errors=True)


def recover(out: Path) -> None:
    """Clear away what a killed run left below outputs; must be called with the lock held.

    A kill between the two renames of `put_in_place` leaves only the older folder, moved aside: it is put back.

    Raises
    ------
    OutputError
        A folder cannot be put back.
    """
    for pattern in ("*", "*/*/*"):
        for aside in sorted(out.glob(f"{pattern}/{_ASIDE}*")):
            final = aside.with_name(aside.name.removeprefix(_ASIDE))
            if final.exists():
                remove(aside)
                continue
            try:
                aside.rename(final)
            except OSError as error:
                raise OutputError(f"无法恢复 cannot be put back: {error.strerror}", where=str(aside)) from error
        for made in sorted(out.glob(f"{pattern}/{_MADE}*")):
            if made.is_dir():
                remove(made)
            else:
                made.unlink(missing_ok=True)


def sync_tree(folder: Path) -> None:
    """Have the disk keep every file of a folder before the folder gets its name."""
    for place, _, names in os.walk(folder):
        for name in names:
            _sync(Path(place) / name)
        _sync(Path(place))


def _sync(path: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there, and files only for writing
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
