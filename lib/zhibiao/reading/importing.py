"""Importing figures into an overlay: checked row by row, older vintages kept, nothing overwritten, all rows or none."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from zhibiao.catalogue import checks, csvfile
from zhibiao.catalogue.load import OBSERVATION_COLUMNS, load, observation_from
from zhibiao.catalogue.registry import Registry
from zhibiao.errors import OutputError, ParameterError, RegistryError
from zhibiao.model import Observation

IMPORTED = "imported.csv"
"""The overlay's file of imported figures; rows are only ever added to it."""

REQUIRED = OBSERVATION_COLUMNS[:10]


def import_observations(file: Path, data: Path | None, *, dry_run: bool = False, today: dt.date | None = None) -> Iterator[str]:
    """Import a filled CSV and yield a line for each change.

    Rows without a value are passed over and counted. A row whose figure is already known in the same words is passed over. A row
    that gives another value for a known figure is a correction: it needs a ``reason`` and replaces nothing, the older vintage stays.

    Parameters
    ----------
    file : Path
        Columns of an observations file; ``recorded`` may be empty and is then `today`.
    data : Path or None
        The overlay; None means ``ZHIBIAO_DATA``. The folder is made where it does not exist.

    Raises
    ------
    RegistryError
        The first row that cannot be taken; nothing has been written then.
    ParameterError
        No overlay is named.
    """
    folder = _overlay(data)
    registry = load(folder if folder.is_dir() else None)
    day = (today or dt.date.today()).isoformat()
    taken: list[Observation] = []
    lines: list[str] = []
    empty = known = 0
    for line, row in csvfile.rows(file, REQUIRED, OBSERVATION_COLUMNS[10:]):
        where = f"{file}:{line}"
        if row["value"] == "":
            empty += 1
            continue
        found = observation_from({**row, "recorded": row["recorded"] or day}, where)
        checks.check_observation(registry, found)
        words = _change(registry, taken, found, where)
        if words is None:
            known += 1
            continue
        taken.append(found)
        lines.append(words)
    if taken and not dry_run:
        _append(folder / "observations" / IMPORTED, taken)
    yield from lines
    verb = "将导入 would import" if dry_run else "已导入 imported"
    yield f"{verb} {len(taken)}；已有 already known {known}；未填 left empty {empty}"


def _overlay(data: Path | None) -> Path:
    named = data if data is not None else os.environ.get("ZHIBIAO_DATA")
    if not named:
        raise ParameterError("须用 --data 或 ZHIBIAO_DATA 指定叠加目录 name the overlay folder that takes the figures", where="--data")
    return Path(named).expanduser()


def _change(registry: Registry, taken: list[Observation], found: Observation, where: str) -> str | None:
    """What a row changes, in words; None where the figure is already known."""
    if any(other.key == found.key for other in taken):
        raise RegistryError("同一文件中出现两次 the same figure stands twice in this file", where=where)
    name = f"{registry.regions[found.region].zh} {registry.indicators[found.indicator].zh} {found.period}"
    older = [o for o in registry.observed(found.region) if o.key == found.key]
    if not older:
        return f"+ {name}: {found.value}{found.unit}"
    newest = max(older, key=lambda o: o.recorded)
    if (newest.base_value, newest.qualifier) == (found.base_value, found.qualifier):
        return None
    if not found.reason:
        raise RegistryError(
            f"{name} 已有 {newest.value}{newest.unit}（{newest.recorded}）；更正须写 reason a correction of a known figure needs a reason", where=where
        )
    if found.recorded < newest.recorded:
        raise RegistryError(f"recorded {found.recorded} 早于已有的 is before the known vintage of {newest.recorded}", where=where)
    return f"~ {name}: {newest.value}{newest.unit} → {found.value}{found.unit}（{found.reason}）"


def _append(path: Path, rows: list[Observation]) -> None:
    """Add rows to the overlay's file: the old file stays as it is until the whole new one is on disk."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.is_file() else ",".join(OBSERVATION_COLUMNS) + "\n"
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".import-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.write(before + ("" if before.endswith("\n") else "\n") + _lines(rows))
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(draft, path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"无法写入 cannot be written: {error.strerror}", where=str(path)) from None


def _lines(rows: list[Observation]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for row in rows:
        values = row.model_dump()
        writer.writerow(["" if values[name] is None else str(values[name]) for name in OBSERVATION_COLUMNS])
    return stream.getvalue()
