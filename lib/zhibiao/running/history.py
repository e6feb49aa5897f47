"""What a batch published is kept beside the outputs: the last runs and the month ends. What is older goes again.

A state is a folder ``history/<batch>/<time>`` of hard links to what the batch published: it takes room only for what has changed since.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pydantic import Field, ValidationError

from zhibiao.errors import OutputError
from zhibiao.model.record import Record
from zhibiao.running.folder import remove
from zhibiao.running.job import RunResult

HISTORY = "history"
"""Where states are kept: ``outputs/history``. No batch may have this name."""

MARK = "kept.json"
"""Lies in every state and lists what was put there: what it does not list was put there by somebody else."""

_NAMED = "%Y-%m-%dT%H%M%S%z"
_MADE = ".tmp-"
"""`zhibiao.running.folder.recover` clears away what begins so, one folder below outputs."""


class Keep(Record):
    """Which states of a batch are kept."""

    runs: int = Field(ge=1, le=100_000)
    """The last so many."""
    month_ends: bool = True
    """And the last one of every month."""


class _Mark(Record):
    batch: str
    keep: Keep
    files: tuple[str, ...]


@dataclass(frozen=True)
class State:
    """One kept state: where it lies, when it was kept, by which rule, and its files relative to `folder`."""

    folder: Path
    at: dt.datetime
    keep: Keep
    files: tuple[str, ...]


@dataclass(frozen=True)
class Pruned:
    """What pruning one batch's history removes.

    Attributes
    ----------
    batch : str
        Its name.
    gone, left : tuple of State
        Oldest first.
    foreign : tuple of Path
        What is not, or not only, of our making: it stays.
    freed : int
        Bytes that the disk gets back: files that have no other name.
    """

    batch: str
    gone: tuple[State, ...]
    left: tuple[State, ...]
    foreign: tuple[Path, ...]
    freed: int


def after(runs: Sequence[RunResult], keep: Keep | None, out: Path) -> OutputError | None:
    """Keep what a batch has published and prune what is beyond the rule; nothing where nothing new was published.

    Called with the outputs held. Returns why it was not possible: a batch does not fail for it before its end.
    """
    fresh = sorted({run.task.batch for run in runs if run.status == "ok"})
    if keep is None:
        return None
    try:
        for batch in fresh:
            preserve(out, batch, keep)
            prune(out, batch)
    except OutputError as fault:
        return fault
    return None


def preserve(out: Path, batch: str, keep: Keep, now: dt.datetime | None = None) -> Path:
    """Keep the published state of a batch and return its folder, which appears whole or not at all.

    Parameters
    ----------
    out : Path
        The outputs, held.
    batch : str
        Its name.
    keep : Keep
        Written down with the state: pruning goes by it where nothing else is asked.
    now : datetime, optional
        With a zone; default: the clock, in the machine's zone.

    Raises
    ------
    OutputError
        The disk is full, the folder cannot be written, or ``history`` is a link.
    """
    moment = now or dt.datetime.now().astimezone()
    place = _place(out, batch)
    made = out / HISTORY / f"{_MADE}{batch}-{uuid.uuid4().hex[:8]}"
    try:
        files = list(_published(out / batch))
        for name in files:
            _link(out / batch / name, made / name)
        made.mkdir(parents=True, exist_ok=True)
        mark = _Mark(batch=batch, keep=keep, files=tuple(str(name) for name in files))
        (made / MARK).write_text(mark.model_dump_json(indent=1) + "\n", encoding="utf-8", newline="\n")
        if hasattr(os, "sync"):  # once for all: to wait for each of thousands of new names takes a minute
            os.sync()
        place.mkdir(parents=True, exist_ok=True)
        while (final := place / moment.strftime(_NAMED)).exists():
            moment += dt.timedelta(seconds=1)
        made.rename(final)
    except OSError as error:
        remove(made)
        raise _unkept(error, place) from None
    except BaseException:
        remove(made)
        raise
    return final


def _published(folder: Path) -> Iterator[PurePosixPath]:
    """Yield the files of a batch, relative to its folder: neither half-made ones nor what failed runs left, and no links."""
    for place, inside, names in os.walk(folder):
        inside[:] = sorted(name for name in inside if not name.startswith(".") and not name.endswith(".failed"))
        for name in sorted(names):
            path = Path(place) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield PurePosixPath(path.relative_to(folder).as_posix())


def _link(source: Path, copy: Path) -> None:
    """Give a file a second name; where the file system cannot, make a copy."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, copy)
    except OSError:
        shutil.copy2(source, copy)


def batches(out: Path) -> list[str]:
    """Return the batches of which states are kept."""
    place = out / HISTORY
    if place.is_symlink() or not place.is_dir():
        return []
    return sorted(path.name for path in place.iterdir() if _plain_folder(path) and not path.name.startswith("."))


def states(out: Path, batch: str) -> tuple[list[State], list[Path]]:
    """Return the states of a batch, oldest first, and what else lies among them.

    Raises
    ------
    OutputError
        ``history``, or the batch's folder in it, is a link, or cannot be read.
    """
    place = _place(out, batch)
    found, foreign = [], []
    try:
        for path in sorted(place.iterdir()) if place.is_dir() else ():
            state = _state(path, batch)
            if state is None:
                foreign.append(path)
            else:
                found.append(state)
    except OSError as error:
        raise _unkept(error, place) from None
    return sorted(found, key=lambda state: state.at), foreign


def _state(path: Path, batch: str) -> State | None:
    """Return the state that lies in a folder; None where there is no mark of this batch."""
    if not _plain_folder(path) or (path / MARK).is_symlink():
        return None
    try:
        at = dt.datetime.strptime(path.name, _NAMED)
        mark = _Mark.model_validate(json.loads((path / MARK).read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError):
        return None
    if at.tzinfo is None or mark.batch != batch:
        return None
    return State(path, at, mark.keep, mark.files)


def _untouched(state: State) -> bool:
    """Whether nothing lies in a state but what was put there: no other file or folder, and no link."""
    known = {PurePosixPath(name) for name in (*state.files, MARK)}
    folders = {parent for name in known for parent in name.parents}
    for place, inside, names in os.walk(state.folder):
        here = PurePosixPath(Path(place).relative_to(state.folder).as_posix())
        for found, allowed in ((inside, folders), (names, known)):
            if any(here / name not in allowed or (Path(place) / name).is_symlink() for name in found):
                return False
    return True


def surplus(found: Sequence[State], keep: Keep) -> list[State]:
    """Return the states beyond the last runs and the month ends; a month is that of the zone in which the state was kept."""
    ordered = sorted(found, key=lambda state: state.at)
    wanted = {state.folder for state in ordered[-keep.runs :]}
    if keep.month_ends:
        wanted.update({(state.at.year, state.at.month): state.folder for state in ordered}.values())  # the last one stays
    return [state for state in ordered if state.folder not in wanted]


def prune(
    out: Path, batch: str, *, runs: int | None = None, month_ends: bool | None = None, dry_run: bool = False
) -> Pruned:
    """Remove the states of a batch beyond a rule, and nothing else.

    Parameters
    ----------
    out : Path
        The outputs, held.
    batch : str
        Its name.
    runs, month_ends : optional
        As in `Keep`; default: those that were kept with the newest state.
    dry_run : bool
        Only say what would go.

    Raises
    ------
    OutputError
        ``history`` is a link, or a state cannot be removed.
    """
    found, foreign = states(out, batch)
    asked = {name: value for name, value in (("runs", runs), ("month_ends", month_ends)) if value is not None}
    beyond = surplus(found, Keep.model_validate({**found[-1].keep.model_dump(), **asked})) if found else []
    gone = [state for state in beyond if _untouched(state)]
    freed = _freed(gone)
    if not dry_run:
        for state in gone:
            aside = out / HISTORY / f"{_MADE}{batch}-{uuid.uuid4().hex[:8]}"
            try:
                # moved first: nobody sees half a state, and what a kill leaves is cleared away by the next batch
                state.folder.rename(aside)
                shutil.rmtree(aside)
            except OSError as error:
                raise OutputError(f"无法清理 cannot be pruned: {error.strerror}", where=str(state.folder)) from None
    wanted = {state.folder for state in beyond}
    touched = [state.folder for state in beyond if state not in gone]
    return Pruned(batch, tuple(gone), tuple(s for s in found if s.folder not in wanted), (*foreign, *touched), freed)


def _freed(gone: Sequence[State]) -> int:
    """Bytes of the files whose every name goes."""
    names: Counter[tuple[int, int]] = Counter()
    sizes: dict[tuple[int, int], tuple[int, int]] = {}
    for state in gone:
        for name in (*state.files, MARK):
            try:
                known = (state.folder / name).stat()
            except OSError:  # taken away by somebody: it frees nothing any more
                continue
            key = (known.st_dev, known.st_ino)
            names[key] += 1
            sizes[key] = (known.st_nlink, known.st_size)
    return sum(size for key, (links, size) in sizes.items() if names[key] >= links)


def _place(out: Path, batch: str) -> Path:
    for path in (out / HISTORY, out / HISTORY / batch):
        if path.is_symlink():
            raise OutputError("历史目录是链接，不动它 the folder of kept states is a link and is left alone", where=str(path))
    return out / HISTORY / batch


def _plain_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _unkept(error: OSError, place: Path) -> OutputError:
    return OutputError(f"无法留存 cannot be kept: {error.strerror or error}", where=str(error.filename or place))
