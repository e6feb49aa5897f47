"""A run's folder appears whole or not at all, and only one batch at a time writes into outputs."""

from __future__ import annotations

import os
import re
import shutil
import uuid
from pathlib import Path

from zhibiao.errors import OutputError
from zhibiao.running.job import BRIEFING_FILES

_MADE = ".tmp-"
_DRAFT = re.compile(r"\..+\.(html|json|parquet)\.\d+\.part")
"""How `zhibiao.wholefile` calls what it has not finished."""
_FOLDER = re.compile(re.escape(_MADE) + r".+-[0-9a-f]{8}")
_FILES = frozenset(
    f"{_MADE}{name}"
    for name in ("manifest.json", *(f"briefing{ending}" for ending in BRIEFING_FILES.values()), "summary.parquet", "regions.html", "index.html")
)
"""What we make below outputs, unfinished: nothing else is touched, whatever folder was given for the outputs."""
"""As `zhibiao.wholefile` names what it is writing."""
_ASIDE = ".old-"


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
    except BaseException:
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
    for pattern in (".*.part", "*/.*.part"):
        for draft in sorted(out.glob(pattern)):
            if _DRAFT.fullmatch(draft.name):
                draft.unlink(missing_ok=True)
    for aside in sorted(out.glob(f"*/*/*/{_ASIDE}*")):
        if not (aside / "manifest.json").is_file():
            continue  # not of our making
        final = aside.with_name(aside.name.removeprefix(_ASIDE))
        if final.exists():
            remove(aside)
            continue
        try:
            aside.rename(final)
        except OSError as error:
            raise OutputError(f"无法恢复 cannot be put back: {error.strerror}", where=str(aside)) from error
    for pattern in ("*", "*/*/*"):
        for made in sorted(out.glob(f"{pattern}/{_MADE}*")):
            if made.is_dir() and _FOLDER.fullmatch(made.name):
                remove(made)
            elif made.is_file() and (made.name in _FILES or (made.parent.name == ".index" and made.suffix == ".json")):
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
