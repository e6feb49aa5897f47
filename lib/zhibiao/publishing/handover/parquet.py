"""Parquet: one file a table, with a schema that follows from the table's fields alone."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from zhibiao.errors import OutputError
from zhibiao.publishing.handover.fields import DataTable, Value, decimals, plain

WHOLE, BEHIND = 23, 15
"""Digits before and behind the point: what an implausible figure would need in 亿, and more than any source writes."""

_SQL = {
    "text": "VARCHAR", "number": f"DECIMAL({WHOLE + BEHIND}, {BEHIND})", "float": "DOUBLE", "integer": "INTEGER", "date": "DATE", "bool": "BOOLEAN",
    "list": "VARCHAR[]",
}  # fmt: skip


def parquet(tables: Sequence[DataTable]) -> dict[str, bytes]:
    """A file for each table; the same tables give the same bytes.

    Raises
    ------
    OutputError
        A value has more digits than the columns hold: nothing is rounded.
    """
    import duckdb

    files = {}
    settings: dict[str, str | bool | int | float | list[str]] = {"threads": 1, "autoinstall_known_extensions": False, "temp_directory": ""}
    with tempfile.TemporaryDirectory(prefix="zhibiao-export-") as made, duckdb.connect(":memory:", config=settings) as database:
        for table in tables:
            # names of files and columns are the project's own; values go through a file of lines
            lines, draft = Path(made) / f"{table.name}.jsonl", Path(made) / f"{table.name}.parquet"
            with lines.open("w", encoding="utf-8", newline="\n") as stream:
                for row in table.rows:
                    stream.write(json.dumps({name: _told(table.name, name, row[name]) for name in table.header}, ensure_ascii=False) + "\n")
            columns = "{" + ", ".join(f'"{field.name}": \'{_SQL[field.kind]}\'' for field in table.fields) + "}"
            try:
                database.execute(f"CREATE TABLE {table.name} ({', '.join(f'{_quoted(f.name)} {_SQL[f.kind]}' for f in table.fields)})")
                if table.rows:
                    database.execute(
                        f"INSERT INTO {table.name} SELECT * FROM read_json(?, format = 'newline_delimited', columns = {columns}, maximum_object_size = 100000000)",
                        [str(lines)],
                    )
                database.execute(f"COPY {table.name} TO {_text(str(draft))} (FORMAT parquet, COMPRESSION zstd)")
            except duckdb.Error as error:
                raise OutputError(f"无法写成 parquet cannot be written as parquet: {str(error).splitlines()[0][:160]}", where=table.name) from None
            files[draft.name] = draft.read_bytes()
    return files


def _told(table: str, name: str, value: Value) -> object:
    if isinstance(value, Decimal):
        if decimals(value.normalize()) > BEHIND or abs(value) >= Decimal(10) ** WHOLE:
            raise OutputError(
                f"{value:f} 的位数超过 parquet 的列，不作舍入 has more digits than the column holds and is not rounded；可用 another format: datapackage",
                where=f"{table}.{name}",
            )
        return plain(value)
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
