"""A table as one object that serves the notebook, the regression test, the PDF and the spreadsheet at once."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any, Literal

from zhibiao.errors import ParameterError
from zhibiao.showing import table_html
from zhibiao.showing.ledger import handed_over
from zhibiao.showing.nothing import NOTHING
from zhibiao.showing.numbers import ABSENT, decimal_of, fixed, four, is_absent, percent, thousands

Align = Literal["left", "right", "center"]
Kind = Literal["text", "number", "count", "share", "year"]

FIGURES = "ZHIBIAO_FIGURES"
"""Environment variable; ``svg`` in published runs."""

PANDOC_LINE = 72
"""pandoc reads relative column widths off a pipe table only where a source line is longer than this."""


def published_run() -> bool:
    """Return whether the notebook runs for publication, where figures are SVG and tables carry their raw values."""
    return os.environ.get(FIGURES) == "svg"


def display_width(text: str) -> int:
    """Return how many columns of a fixed-width font `text` takes; a Chinese character takes two.

    >>> display_width("万人 a")
    6
    """
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]], align: Sequence[Align]) -> str:
    """Return a plain text table whose columns line up in a fixed-width font, Chinese characters counting two."""
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(display_width(line[i]) for line in lines) for i in range(len(header))]

    def padded(text: str, width: int, side: Align) -> str:
        room = width - display_width(text)
        before = {"left": 0, "right": room, "center": room // 2}[side]
        return " " * before + text + " " * (room - before)

    texts = ["  ".join(map(padded, line, widths, align)).rstrip() for line in lines]
    return "\n".join([texts[0], "-" * (sum(widths) + 2 * (len(widths) - 1)), *texts[1:]])


def literal(text: str) -> str:
    r"""Return `text` escaped so that every Markdown reader shows it as it stands.

    >>> literal("[15] | a_b*")
    '\\[15\\] \\| a\\_b\\*'
    """
    escaped = re.sub(r"""([\\`*_{}\[\]<>$#@~^|&"'!])""", r"\\\1", " ".join(text.split()))
    # what would begin a list or a caption at the head of a paragraph
    escaped = re.sub(r"^(\(?\w{1,4})([.)])(?=\s)", r"\1\\\2", re.sub(r"^([-+:])", r"\\\1", escaped))
    # pandoc's smart punctuation would turn these into dashes and an ellipsis
    return escaped.replace("--", r"\-\-").replace("...", r"\.\.\.")


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Key in the rows and name of the field in exported data.
    label : str
        Heading.
    align : {"left", "right", "center"}
    kind : {"text", "number", "count", "share", "year"}
        How a raw value prints: a number with `digits` decimals, a count with thousands separators, a share of one as a
        percentage, a year bare. Text is never reformatted.
    width : int, optional
        Relative width in documents. Without it the longest cell decides.
    digits : int, optional
        Decimals of a number or percentage; without it at most four significant digits (percentages: one decimal).
    unit : str
        Unit as printed; stands in brackets in the heading and in the title of the exported field.
    """

    name: str
    label: str
    align: Align = "left"
    kind: Kind = "text"
    width: int | None = None
    digits: int | None = None
    unit: str = ""

    @property
    def heading(self) -> str:
        """Label with the unit in brackets, full-width where the label is Chinese."""
        if not self.unit:
            return self.label
        chinese = display_width(self.label) > len(self.label)
        return f"{self.label}（{self.unit}）" if chinese else f"{self.label} ({self.unit})"

    def text(self, value: object) -> str:
        """Return `value` as a cell shows it."""
        if isinstance(value, Reckoned):
            return self.text(value.value)
        if isinstance(value, str):
            return " ".join(value.split())
        if is_absent(value):
            return ABSENT
        if self.kind == "text":
            return str(value)
        number = decimal_of(value)  # type: ignore[arg-type]  # whatever prints as a number is one
        if self.kind == "share":
            return percent(number, 1 if self.digits is None else self.digits)
        if self.kind == "count":
            return thousands(number, self.digits or 0)
        if self.kind == "year":
            return fixed(number, 0)
        return four(number) if self.digits is None else fixed(number, self.digits)


@dataclass(frozen=True)
class Reckoned:
    """A number that a spreadsheet reckons from other cells of its row, so that a reader can check it by hand.

    Parameters
    ----------
    value : number or None
        What the formula gives; None where one of the cells is empty.
    formula : str
        As a spreadsheet writes it, without ``=``, the names of columns in braces: ``MAX(0,{target}-{latest})``. It must give no error
        where the cells that it names hold numbers.
    """

    value: Any
    formula: str

    @property
    def names(self) -> list[str]:
        """The columns that the formula names."""
        return [name for _, name, _, _ in Formatter().parse(self.formula) if name is not None]


@dataclass(frozen=True)
class Beside:
    """What files hold beside the printed table: columns of numbers to reckon with, and remarks at cells.

    Parameters
    ----------
    columns : sequence of Column
    rows : sequence of mapping
        From column names to values, a row for each of the table's.
    remarks : sequence of mapping
        From names of columns of the table to what is said at that cell, for example the clause; a mapping for each row, or none at all.
    """

    columns: Sequence[Column] = ()
    rows: Sequence[Mapping[str, Any]] = ()
    remarks: Sequence[Mapping[str, str]] = ()


def _raw(value: object) -> object:
    """Value as JSON carries it: numbers at full precision, what is absent null."""
    if isinstance(value, Reckoned):
        return _raw(value.value)
    if is_absent(value):
        return None
    if isinstance(value, (str, bool)):
        return value
    try:
        number = decimal_of(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return str(value)
    if number is None or not number.is_finite():
        return None
    return int(number) if number == number.to_integral_value() and not isinstance(value, float) else float(number)


@dataclass(frozen=True)
class Table:
    """A table with its finding, its notes and its source.

    Parameters
    ----------
    columns : sequence of Column
    rows : sequence of mapping or sequence
        A mapping from column names (a missing name is an absent value), or the values in the order of the columns. Strings
        are shown as they are, numbers formatted by the column, None and NaN as an em dash.
    title : str
        What the table says.
    source : str
        Source and as-of line below the table.
    notes : sequence of str
        What to read with care.
    empty : str
        The sentence shown instead of a table without rows.
    beside : Beside, optional
        What files hold beside it.

    Raises
    ------
    ParameterError
        A row names an unknown column or has the wrong number of values, what stands beside does not fit the rows, or a formula names
        no column.
    """

    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any] | Sequence[Any]]
    title: str = ""
    source: str = ""
    notes: Sequence[str] = ()
    empty: str = "没有可列的内容。Nothing to list."
    beside: Beside | None = None

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        for number, row in enumerate(self.rows, 1):
            if isinstance(row, Mapping):
                if unknown := set(row) - set(names):
                    raise ParameterError(
                        f"table row {number} names columns that the table does not have: {sorted(unknown)}",
                        allowed=names,
                    )
            elif len(row) != len(names):
                raise ParameterError(
                    f"table row {number} has {len(row)} values for {len(names)} columns", allowed=names
                )
        self._check_beside(names)

    def _check_beside(self, names: Sequence[str]) -> None:
        beside = self.beside or Beside()
        known = [*names, *(column.name for column in beside.columns)]
        if len(set(known)) != len(known):
            raise ParameterError(f"table has two columns of the same name: {known}")
        for what, rows, allowed in (("values", beside.rows, known[len(names) :]), ("remarks", beside.remarks, known)):
            if rows and len(rows) != len(self.rows):
                raise ParameterError(f"table has {len(self.rows)} rows and {what} beside {len(rows)}")
            if unknown := {name for row in rows for name in row} - set(allowed):
                raise ParameterError(f"{what} beside name columns that are not there: {sorted(unknown)}", allowed=allowed)
        for row in self._in_files():
            for value in row.values():
                if isinstance(value, Reckoned) and (unknown := set(value.names) - set(known)):
                    raise ParameterError(f"formula {value.formula!r} names columns that are not there: {sorted(unknown)}", allowed=known)

    def _in_files(self) -> list[dict[str, Any]]:
        """The values with those that stand beside them, by name."""
        beside = self.beside or Beside()
        names, more = [column.name for column in self.columns], beside.rows or [{}] * len(self.rows)
        return [
            {**dict(zip(names, row, strict=True)), **{column.name: extra.get(column.name) for column in beside.columns}}
            for row, extra in zip(self.values(), more, strict=True)
        ]

    def values(self) -> list[list[Any]]:
        """Return the raw values, one list a row in the order of the columns."""
        return [
            [row.get(column.name) for column in self.columns] if isinstance(row, Mapping) else list(row)
            for row in self.rows
        ]

    def texts(self) -> list[list[str]]:
        """Return the cells as they are shown."""
        return [[c.text(value) for c, value in zip(self.columns, row, strict=True)] for row in self.values()]

    def plain(self) -> str:
        """Return the text that a terminal shows and that a regression test compares."""
        head = [self.title] if self.title else []
        if not self.rows:
            return "\n".join([*head, self.empty])
        body = aligned([c.heading for c in self.columns], self.texts(), [c.align for c in self.columns])
        return "\n".join([*head, body, *self.notes, *([self.source] if self.source else [])])

    def markdown(self) -> str:
        """Return a pipe table whose dashes carry the relative column widths and whose text is literal."""
        if not self.rows:
            return literal(self.empty)
        header, cells = [c.heading for c in self.columns], self.texts()
        rows = [header, *cells]
        # a very long cell does not starve the other columns: beyond 40 columns it wraps
        natural = [min(40, max(4, *(display_width(row[i]) for row in rows))) for i in range(len(header))]
        chosen = [c.width for c in self.columns]
        widths = [w * 4 if w else n for w, n in zip(chosen, natural, strict=True)] if any(chosen) else natural
        if any(chosen) and sum(widths) <= PANDOC_LINE:
            widths = [w * (PANDOC_LINE // sum(widths) + 1) for w in widths]

        def rule(width: int, side: Align) -> str:
            dashes = max(3, width)
            return {
                "left": ":" + "-" * (dashes - 1),
                "right": "-" * (dashes - 1) + ":",
                "center": ":" + "-" * (dashes - 2) + ":",
            }[side]

        lines = [
            "| " + " | ".join(map(literal, header)) + " |",
            "|" + "|".join(rule(w, c.align) for w, c in zip(widths, self.columns, strict=True)) + "|",
            *("| " + " | ".join(map(literal, row)) + " |" for row in cells),
        ]
        below = [literal(note) for note in (*self.notes, self.source) if note]
        caption = [": " + literal(self.title)] if self.title else []
        return "\n\n".join(["\n".join(lines), *caption, *below])

    def html(self) -> str:
        """Return the table as HTML by Great Tables, for notebooks."""
        return table_html.great(self) if self.rows else table_html.instead(self)

    def quick_html(self) -> str:
        """Return the table as HTML for a page that is redrawn while somebody moves a lever and that brings its own style."""
        return table_html.quick(self) if self.rows else table_html.instead(self)

    def resource(self) -> dict[str, Any]:
        """Return fields and raw values for spreadsheets: numbers as numbers, units in the titles of the fields, and how they are shown.

        Beside ``schema`` and ``data`` it holds what there is of ``notes`` and ``source`` (below the table), ``empty`` (instead of rows),
        ``formulas`` (a mapping for each row from fields to formulas with the names of fields in braces) and ``remarks`` (likewise). A field
        that stands beside the printed table says so.
        """
        types = {"text": "string", "number": "number", "share": "number", "count": "integer", "year": "year"}
        beside, rows = self.beside or Beside(), self._in_files()
        data = [{name: _raw(value) for name, value in row.items()} for row in rows]
        # a column of numbers in which somebody wrote words is a column of text to whoever reads the file
        worded = {name for row in data for name, value in row.items() if isinstance(value, str)}
        fields: list[dict[str, Any]] = []
        for column in (*self.columns, *beside.columns):
            shown = {"kind": column.kind, "align": column.align} | ({} if column.digits is None else {"digits": column.digits})
            told = {"name": column.name, "title": column.heading, "type": "string" if column.name in worded else types[column.kind]}
            fields.append({**told, **shown, **({"beside": True} if column in beside.columns else {})})
        formulas = [{name: value.formula for name, value in row.items() if isinstance(value, Reckoned)} for row in rows]
        more = {
            "notes": list(self.notes), "source": self.source, "empty": self.empty if not rows else "",
            "formulas": formulas if any(formulas) else [], "remarks": [dict(row) for row in beside.remarks],
        }  # fmt: skip
        return {"schema": {"fields": fields}, "data": data, "title": self.title, **{name: value for name, value in more.items() if value}}

    def _repr_mimebundle_(self, **_: object) -> Any:
        bundle: dict[str, Any] = {"text/plain": self.plain(), "text/markdown": self.markdown()}
        if published_run():  # documents are made of the Markdown, files of the values: nobody reads HTML there
            bundle["application/vnd.dataresource+json"] = self.resource()
            bundle |= handed_over(bundle["text/markdown"])
        else:
            bundle["text/html"] = self.html()
        return bundle if self.rows else (bundle, {NOTHING: True})

    def __repr__(self) -> str:
        return self.plain()
