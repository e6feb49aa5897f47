"""A batch's targets in one columnar file, ``outputs/<batch>/summary.parquet``: a row for each region, scenario and target.

It says what lies in the batch's folder. After a batch only the runs made anew are read; lost or broken, it is put together again.
"""

from __future__ import annotations

import contextlib
import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from zhibiao.errors import OutputError
from zhibiao.publishing.statements import NAME as STATEMENTS
from zhibiao.running import manifest
from zhibiao.running.folder import put_file
from zhibiao.running.job import BRIEFING, RunResult
from zhibiao.showing.statement_records import COLUMNS

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

NAME = "summary.parquet"

_SQL = {"text": "VARCHAR", "number": "DOUBLE", "year": "INTEGER", "bool": "BOOLEAN"}
_DTYPES = {"text": "str", "number": "float64", "year": "Int64", "bool": "boolean"}

OWN = ("notebook", "run_key")
"""Which run a row was read from: the notebook's stem and the run's key."""

ALL: Mapping[str, str] = {**COLUMNS, **dict.fromkeys(OWN, "text")}
"""Names and kinds of all columns."""

ORDER = ("region_code", "scenario", "statement")
"""What identifies a row, and the order of rows."""


def read(folder: Path) -> pd.DataFrame:
    """Return the summary of a batch.

    Parameters
    ----------
    folder : Path
        ``outputs/<batch>``.

    Returns
    -------
    pandas.DataFrame
        The columns of `ALL`, sorted by region, scenario and statement; values in the document's unit. Empty where the batch has no
        summary yet. Years are ``Int64`` and truth values ``boolean``, so that what is not known stays missing.

    Raises
    ------
    OutputError
        The file is there but is no summary.
    """
    import duckdb
    import pandas as pd

    path = folder / NAME
    if not path.is_file():
        return pd.DataFrame({name: pd.Series(dtype=_DTYPES[kind]) for name, kind in ALL.items()})
    try:
        with connected() as database:
            frame = database.execute(f"SELECT {_listed()} FROM read_parquet(?)", [exactly(path)]).df()
    except duckdb.Error as error:
        raise broken(path, error) from None
    return frame.astype({name: _DTYPES[kind] for name, kind in ALL.items()})


@contextlib.contextmanager
def connected() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory: one thread, so that rows keep their order, and nothing fetched from anywhere."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1, "autoinstall_known_extensions": False, "temp_directory": "",
    }  # fmt: skip
    with duckdb.connect(":memory:", config=settings) as database:
        yield database


def broken(path: Path, error: Exception) -> OutputError:
    """Say that a summary cannot be read and what mends it."""
    said = str(error).split("\n", 1)[0][:160]
    return OutputError(
        f"汇总文件损坏，删去后重跑批次即可重建 the summary is broken; remove it and run the batch again: {said}",
        where=f"{path.parent.name}/{path.name}",
    )


def update(folder: Path, runs: Sequence[RunResult] = ()) -> Path | None:
    """Bring a batch's summary up to what lies in its folder.

    Rows of runs that have not changed are kept; what was made anew is read; what is gone goes. Where several notebooks of one region
    and scenario give the same targets, the briefing's rows stand, else those of the first notebook.

    Parameters
    ----------
    folder : Path
        ``outputs/<batch>``.
    runs : sequence of RunResult
        How the runs of this batch ended: their keys need not be looked up.

    Returns
    -------
    Path or None
        The summary; None where no run tells of a target, and then there is none.

    Raises
    ------
    OutputError
        The summary cannot be written, or what a run left cannot be read.
    """
    import duckdb

    path = folder / NAME
    keys = {run.task.folder.relative_to(folder.name).as_posix(): run.key for run in runs if run.status != "failed"}
    chosen = _chosen(folder)
    if not chosen:
        path.unlink(missing_ok=True)
        return None
    with connected() as database:
        try:
            database.execute(f"CREATE TABLE kept AS SELECT {_listed()} FROM read_parquet(?)", [exactly(path)])
        except duckdb.Error:  # none yet, of another version, or broken: everything is read again
            database.execute(f"CREATE TABLE kept ({', '.join(f'{name} {_SQL[kind]}' for name, kind in ALL.items())})")
        database.execute(
            "CREATE TABLE wanted AS SELECT unnest(?) AS whose, unnest(?) AS notebook, unnest(?) AS run_key",
            [
                list(chosen),
                list(chosen.values()),
                [keys.get(f"{place}/{stem}") or _key(folder / place / stem) for place, stem in chosen.items()],
            ],
        )
        known = {place for (place,) in database.execute(f"SELECT DISTINCT whose FROM kept JOIN wanted ON {_SAME}").fetchall()}
        stale = database.execute(f"SELECT count(*) FROM kept ANTI JOIN wanted ON {_SAME}").fetchall() != [(0,)]
        new = [folder / place / stem / STATEMENTS for place, stem in chosen.items() if place not in known]
        if not new and not stale and path.is_file():
            return path
        database.execute(f"CREATE TABLE rows AS SELECT kept.* FROM kept SEMI JOIN wanted ON {_SAME}")
        if new:
            _take_up(database, new, folder)
        return _written(database, path)


_SAME = (
    "kept.region_code || '/' || kept.scenario = wanted.whose AND kept.notebook = wanted.notebook AND kept.run_key = wanted.run_key"
)


def _listed() -> str:
    return ", ".join(f"{name}::{_SQL[kind]} AS {name}" for name, kind in ALL.items())


def _chosen(folder: Path) -> dict[str, str]:
    """Return which notebook speaks for each ``region/scenario``: of those that tell of targets the briefing, else the first."""
    best: dict[str, str] = {}
    for path in folder.glob(f"*/*/*/{STATEMENTS}"):
        region, scenario, stem = path.parent.relative_to(folder).parts
        if stem.startswith(".") or stem.endswith(".failed"):
            continue
        before = best.setdefault(f"{region}/{scenario}", stem)
        if (stem != BRIEFING, stem) < (before != BRIEFING, before):
            best[f"{region}/{scenario}"] = stem
    return dict(sorted(best.items()))


def _key(place: Path) -> str:
    """Return a run's key from its manifest; a run without one counts as changed every time."""
    return str((manifest.read(place) or {}).get("key") or "")


def exactly(path: Path) -> str:
    """Return a path as duckdb takes it for this file alone: brackets and stars in its folders are no patterns."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def _take_up(database: duckdb.DuckDBPyConnection, files: Sequence[Path], folder: Path) -> None:
    """Add what these runs tell: through one file of lines, for opening thousands of files one by one is what takes long."""
    import duckdb

    columns = "{" + ", ".join(f"{name}: '{_SQL[kind]}'" for name, kind in COLUMNS.items()) + "}"
    with tempfile.TemporaryDirectory(prefix="zhibiao-summary-") as made:
        lines = Path(made) / "statements.jsonl"
        with lines.open("w", encoding="utf-8", newline="\n") as stream:
            for file in files:
                try:
                    told = json.loads(file.read_text(encoding="utf-8"))
                    stream.writelines(json.dumps({name: record.get(name) for name in COLUMNS}, ensure_ascii=False) + "\n" for record in told)
                except (OSError, ValueError, TypeError, AttributeError) as error:
                    raise _unreadable(file.relative_to(folder).as_posix(), folder, error) from None
        try:
            database.execute(
                "INSERT INTO rows SELECT told.*, wanted.notebook, wanted.run_key FROM "
                f"read_json(?, format = 'newline_delimited', columns = {columns}) AS told "
                "JOIN wanted ON told.region_code || '/' || told.scenario = wanted.whose",
                [exactly(lines)],
            )
        except duckdb.Error as error:
            raise _unreadable(NAME, folder, error) from None


def _unreadable(name: str, folder: Path, error: Exception) -> OutputError:
    said = "" if isinstance(error, OSError) else str(error).split("\n", 1)[0][:200]
    return OutputError(f"运行的目标记录无法读取 what a run tells of its targets cannot be read: {said}", where=f"{folder.name}/{name}")


def _written(database: duckdb.DuckDBPyConnection, path: Path) -> Path:
    """Write all rows: the same rows give the same bytes, and nobody sees half of them."""
    with tempfile.TemporaryDirectory(prefix="zhibiao-summary-") as made:
        draft = Path(made) / NAME
        database.execute(
            f"COPY (SELECT * FROM rows ORDER BY {', '.join(ORDER)}) TO '{str(draft).replace(chr(39), chr(39) * 2)}' (FORMAT parquet, COMPRESSION zstd)"
        )
        try:
            put_file(draft, path)
        except OSError as error:
            raise OutputError(f"无法写出 cannot be written: {error.strerror or error}", where=str(error.filename or path)) from None
    return path
