"""Files that are whole: written under another name, then renamed."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from zhibiao.errors import OutputError


def write_whole(folder: Path, name: str, content: bytes) -> Path:
    """Write a file so that nobody ever sees half of it.

    Parameters
    ----------
    folder : Path
        Made where it does not exist.
    name : str
        Name of the file in it.
    content : bytes

    Returns
    -------
    Path
        Where it is.

    Raises
    ------
    OutputError
        The disk is full, the folder cannot be made, there is no permission.
    """
    part = folder / f".{name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        os.replace(part, folder / name)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise OutputError(
            f"文件无法写出 the file cannot be written: {error.strerror}", where=str(folder / name)
        ) from error
    return folder / name
