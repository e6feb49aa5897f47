"""The tables of a published notebook as they come out of its data resources: values as values, and how they are shown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from nbformat import NotebookNode

from zhibiao.publishing.frontmatter import FrontMatter, front_matter, shown_outputs
from zhibiao.showing.table import Align, Column, Kind

RESOURCE = "application/vnd.dataresource+json"
_NOTED = "note_of_the_run"


@dataclass(frozen=True)
class Table:
    """A table as data.

    Attributes
    ----------
    title : str
    columns : tuple of Column
        Those that are printed, then those that stand `beside` in files only; labels carry their unit.
    rows : tuple of tuple
        Numbers are numbers, what is absent is None.
    notes : tuple of str
        Below the table, the source line last.
    empty : str
        Instead of rows.
    beside : int
        How many of the last columns are not printed.
    formulas, remarks : tuple of mapping
        For each row, from names of columns to the formula by which a cell is reckoned and to what is said at it; empty where there is none.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]
    notes: tuple[str, ...] = ()
    empty: str = ""
    beside: int = 0
    formulas: tuple[Mapping[str, str], ...] = ()
    remarks: tuple[Mapping[str, str], ...] = ()

    @property
    def printed(self) -> int:
        """How many columns are printed."""
        return len(self.columns) - self.beside


def tables(nb: NotebookNode) -> list[Table]:
    """Return the tables of a published notebook, in reading order, from their data resources.

    What is neither filled nor named is only a sentence, which has its place in the document and none in a workbook.
    """
    front = front_matter(nb)
    found = []
    for _, output in shown_outputs(nb, front.lang):
        resource = output.data.get(RESOURCE)
        if isinstance(resource, Mapping):
            table = table_of(resource)
            if table.rows or table.title:
                found.append(noted(table, front))
    return found


def table_of(resource: Mapping[str, Any]) -> Table:
    """Read a data resource; one without a schema takes its fields from its first record."""
    records: Sequence[Mapping[str, object]] = resource.get("data", [])
    fields = resource.get("schema", {}).get("fields") or [{"name": name} for name in (records[0] if records else {})]
    fields = sorted(fields, key=lambda field: bool(field.get("beside")))
    below = [str(note) for note in (*resource.get("notes", []), resource.get("source", "")) if note]
    return Table(
        title=" ".join(str(resource.get("title") or "").split()),
        columns=tuple(map(_column, fields)),
        rows=tuple(tuple(record.get(str(field["name"])) for field in fields) for record in records),
        notes=tuple(below),
        empty=str(resource.get("empty") or ""),
        beside=sum(bool(field.get("beside")) for field in fields),
        formulas=tuple(resource.get("formulas", [])),
        remarks=tuple(resource.get("remarks", [])),
    )


def _column(field: Mapping[str, Any]) -> Column:
    kind: Kind = field["kind"] if field.get("kind") in get_args(Kind) else "text"
    align: Align = field["align"] if field.get("align") in get_args(Align) else "left"
    digits = field.get("digits")
    return Column(str(field["name"]), str(field.get("title") or field["name"]), align, kind, digits=digits if isinstance(digits, int) else None)


def noted(table: Table, front: FrontMatter) -> Table:
    """A table that says in every row, and where there is none in its header, what must be known of it: rows are copied out of their file."""
    if not front.note:
        return table
    label = ("注意" if front.lang == "zh" else "note") if table.rows else front.note
    at = table.printed
    rows = tuple((*row[:at], front.note, *row[at:]) for row in table.rows)
    return replace(table, columns=(*table.columns[:at], Column(_NOTED, label), *table.columns[at:]), rows=rows)


def shown_text(value: object) -> str:
    """Return a value as a file shows it; what is absent is empty."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return str(value)
