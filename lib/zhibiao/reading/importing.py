"""Importing figures into an overlay: checked cell by cell, older vintages kept, nothing overwritten, all of a file or none of it."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from zhibiao.catalogue.load import OBSERVATION_COLUMNS, read, shipped
from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.textfile import read_text
from zhibiao.errors import ParameterError, RegistryError
from zhibiao.holding import alone
from zhibiao.model import Observation
from zhibiao.reading.filled import Refused
from zhibiao.reading.freetable import NOTHING_GIVEN, Given
from zhibiao.reading.judging import Judged
from zhibiao.reading.structure import reading_order
from zhibiao.reading.tablefile import WORKBOOKS, read_table
from zhibiao.reading.vintages import judged_in_order
from zhibiao.wholefile import write_whole

IMPORTED = "imported.csv"
"""The overlay's file of imported figures; rows are only ever added to it."""


def import_observations(
    file: Path | Sequence[Path], data: Path | None, *, dry_run: bool = False, today: dt.date | None = None, given: Given = NOTHING_GIVEN
) -> Iterator[str]:
    """Import filled workbooks and tables and yield a line for each change; of several files all are taken or none.

    Rows without a value are passed over and counted. A row whose figure is already known in the same words changes nothing. A row
    that gives another value for a known figure is a correction: it needs a ``reason`` and replaces nothing, the older vintage stays.
    A figure that looks like a slip of unit or decimal point needs a reason as well.

    Parameters
    ----------
    file : Path or sequence of Path
        A workbook made by ``zhibiao observe template``; a CSV with the columns of an observations file, where ``recorded`` may be empty
        and is then `today`; an SDMX-CSV; or a table of any other form (`zhibiao.reading.freetable`).
    data : Path or None
        The overlay; None means ``ZHIBIAO_DATA``. The folder is made where it does not exist.
    given : Given
        What the user says of a table that it does not say itself.

    Raises
    ------
    RegistryError
        Rows that cannot be taken, all of them with file and line or sheet and cell; nothing has been written then.
    ParameterError
        No overlay is named.
    """
    folder, files = overlay(data), [file] if isinstance(file, Path) else list(file)
    # what somebody else imports meanwhile is neither lost nor judged by what was known before
    with contextlib.nullcontext() if dry_run else alone(folder):
        registry, found, refused = registry_with(folder), [], []
        for path in files:
            try:
                judged = judge_file(registry, path, today or dt.date.today(), given)[1]
            except Refused as error:
                refused.append(error)
                continue
            found.append(judged)
            registry = known_after(registry, judged.taken)
        if refused:
            raise refused[0] if len(refused) == 1 else RegistryError("\n".join(str(error) for error in refused))
        if not dry_run:
            add(folder, [observation for judged in found for observation in judged.taken])
    for path, judged in zip(files, found, strict=True):
        if len(files) > 1:
            yield f"== {path.name}"
        yield from (*judged.notes, *judged.lines)
        yield summary(judged, dry_run)


def judge_file(registry: Registry, file: Path, day: dt.date, given: Given = NOTHING_GIVEN) -> tuple[str | None, Judged]:
    """Read and judge a file; with it the code of the region that a workbook was made for, or that a table speaks of alone.

    Raises
    ------
    Refused
        With every fault of the file.
    """
    region, entries, faults, notes = read_table(registry, file, given)
    judged = replace(judged_in_order(registry, entries, day, given.reason), notes=tuple(notes))
    faults = [*faults, *judged.faults]
    if file.suffix.lower() in WORKBOOKS:
        faults.sort(key=reading_order)
    if faults:
        raise Refused(file, faults, region)
    return region, judged


def summary(judged: Judged, dry_run: bool) -> str:
    """How many figures were taken, were known, were left empty."""
    verb = "将导入 would import" if dry_run else "已导入 imported"
    return f"{verb} {len(judged.taken)}；已有 already known {judged.known}；未填 left empty {len(judged.empty)}"


def overlay(data: Path | None) -> Path:
    """The overlay that takes the figures; ParameterError where none is named."""
    named = data if data is not None else os.environ.get("ZHIBIAO_DATA")
    if not named:
        raise ParameterError("须用 --data 或 ZHIBIAO_DATA 指定叠加目录 name the overlay folder that takes the figures", where="--data")
    return Path(named).expanduser()


def registry_with(folder: Path) -> Registry:
    """The shipped registry with the overlay, which need not be there yet."""
    return read((shipped(), folder.resolve()) if folder.is_dir() else (shipped(),))


def known_after(registry: Registry, taken: Sequence[Observation]) -> Registry:
    """The registry as it is once these figures are added."""
    return replace(registry, observations=(*registry.observations, *taken))


def add(folder: Path, taken: Sequence[Observation]) -> None:
    """Add figures to the overlay's file of imported figures: the old file stays until the whole new one is on disk.

    Raises
    ------
    RegistryError
        The file's header was changed, so that rows cannot be added to it.
    OutputError
        The file cannot be written.
    """
    if not taken:
        return
    path, header = folder / "observations" / IMPORTED, ",".join(OBSERVATION_COLUMNS)
    before = read_text(path)[0] if path.is_file() else header + "\n"
    if before.split("\n", 1)[0] != header:
        raise RegistryError("表头被改，无法续写；请把该文件改名 the header was changed, rows cannot be added: rename this file", where=f"{path}:1", allowed=[header])
    write_whole(path, (before + ("" if before.endswith("\n") else "\n") + _lines(taken)).encode())


def export_observations(registry: Registry, region: str) -> list[dict[str, str]]:
    """The current vintage of every figure of a region as rows of an observations file: the way back of an import.

    Parameters
    ----------
    region : str
        Code or name.

    Returns
    -------
    list of dict
        Keys as in an observations file, values as text; in order of indicator, period and basis.
    """
    code = registry.region(region).code
    points = [point for indicator in sorted({o.indicator for o in registry.observed(code)}) for point in registry.series(code, indicator).points]
    return [_row(point) for point in points]


def _lines(rows: Sequence[Observation]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, OBSERVATION_COLUMNS, lineterminator="\n")
    writer.writerows(_row(row) for row in rows)
    return stream.getvalue()


def _row(observation: Observation) -> dict[str, str]:
    values = observation.model_dump()
    return {name: "" if values[name] is None else str(values[name]) for name in OBSERVATION_COLUMNS}
