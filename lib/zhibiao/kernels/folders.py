"""Folders for sockets: private, short of name, removed with their owner, and swept up later where everything was killed at once."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
import weakref
from pathlib import Path

_NAME = "zhibiao-kernels-"
_LOCK = "lock"

_LONGEST_PATH = 100
"""Bytes in the path of a Unix socket, which has room for 107."""

_YOUNG = 60.0
"""Seconds in which a folder may not have its lock yet."""


class PrivateFolder:
    """A folder that only this user may enter, locked as long as this process lives.

    Parameters
    ----------
    room : int
        Bytes that names of sockets in it need.

    Raises
    ------
    OSError
        There is no place for it.
    """

    def __init__(self, room: int = 12) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=_NAME, dir=_place(room)))
        self._lock = os.open(self.path / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        _locked(self._lock)
        # also when its owner is dropped, or ends
        self._removal = weakref.finalize(self, _remove, self.path, self._lock, os.getpid())

    def remove(self) -> None:
        """Remove it with all that is in it."""
        self._removal()


def _place(room: int) -> str:
    places = [tempfile.gettempdir(), os.environ.get("XDG_RUNTIME_DIR", ""), "/tmp"]
    for place in places:
        if place and os.access(place, os.W_OK) and len(os.fsencode(place)) + len(_NAME) + 10 + room <= _LONGEST_PATH:
            return place
    raise OSError(f"没有放套接字的目录 no folder for sockets: {', '.join(places)}")


def _locked(file: int) -> bool:
    # unlike a process's number, a lock cannot come to belong to somebody else
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _remove(path: Path, lock: int, owner: int) -> None:
    if os.getpid() == owner:  # not in a fork of it
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def sweep() -> None:
    """Remove this user's folders whose owners are gone: whoever would have done it was killed with them."""
    for place in {tempfile.gettempdir(), os.environ.get("XDG_RUNTIME_DIR") or "/tmp", "/tmp"}:
        for path in Path(place).glob(f"{_NAME}*"):
            with contextlib.suppress(OSError):
                found = path.lstat()
                if found.st_uid == os.geteuid() and time.time() - found.st_mtime > _YOUNG:
                    _sweep_one(path)


def _sweep_one(path: Path) -> None:
    lock = os.open(path / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    try:
        if _locked(lock):
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(lock)
