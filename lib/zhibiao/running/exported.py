"""The folder of a hand-over appears whole or not at all, and nobody else's folder is touched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from zhibiao.errors import OutputError
from zhibiao.running.folder import fresh_beside, put_in_place, remove


def put_export(out: Path, files: Mapping[str, bytes], mark: str) -> Path:
    """Write a hand-over into its folder and return it; an older one of ours there is replaced.

    Parameters
    ----------
    files : mapping of str to bytes
        By path below the folder; `mark` among them lists the others.

    Raises
    ------
    OutputError
        There is a folder or file that is not such an export, or it cannot be written. Nothing has changed then.
    """
    final = Path(out).expanduser().resolve()
    _ours(final, mark)
    made: Path | None = None
    try:
        made = fresh_beside(final)
        for name, content in files.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        put_in_place(made, final)
    except OSError as error:
        raise OutputError(f"无法写入 cannot be written: {error.strerror or error}", where=str(out)) from None
    finally:
        if made is not None:
            remove(made)  # in its place it has another name
    return final


def _ours(final: Path, mark: str) -> None:
    """Refuse a place where something else stands, or where somebody changed what we made: it would be gone with the old folder."""
    if final.is_dir():
        here = sorted(path.name for path in final.iterdir())
        if not here:
            return
        # a folder that bears no mark of ours may be anything, somebody's home too: it is not gone through
        foreign = sorted(_foreign(final, mark)) if mark in here else here
        if foreign:
            raise OutputError(
                f"目录里有别的文件或改过的文件，如 the folder holds what is not an unchanged export of ours, such as {foreign[0]!r}，未写入 nothing is written；请另给 give another --out",
                where=str(final),
            )
    elif final.exists() or final.is_symlink():
        raise OutputError("是文件，不是目录 is a file, not a folder；请另给 give another --out", where=str(final))


def _foreign(final: Path, mark: str) -> Iterator[str]:
    """The files of a folder that its mark does not list, or lists with another content."""
    listed = _listed(final / mark)
    for path in final.rglob("*"):
        name = path.relative_to(final).as_posix()
        if name == mark and listed:
            continue
        if path.is_symlink() or (path.is_file() and listed.get(name) != hashlib.sha256(path.read_bytes()).hexdigest()):
            yield name


def _listed(path: Path) -> dict[str, str]:
    """The files that a mark names, with their digests; none where it is not ours."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return dict(told["files"]) if told["made_by"] == "zhibiao export" else {}
    except (OSError, ValueError, TypeError, KeyError):
        return {}
