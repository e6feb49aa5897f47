"""Files that are whole: the old one stays until the new one is on disk."""

from __future__ import annotations

import os
from pathlib import Path

from zhibiao.errors import OutputError


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file so that nobody ever sees half of it and return its path; its folder is made where it does not exist.

    Raises
    ------
    OutputError
        The disk is full, the folder cannot be made, there is no permission.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            # opened plainly, so that it may be read by whom the folder's owner lets
            with draft.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(draft, path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"无法写入 cannot be written: {error.strerror}", where=str(path)) from None
    return path
