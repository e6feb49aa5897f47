"""What a table that is handed over is made of: fields with kinds, keys and words, and rows of exact values."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal["text", "number", "float", "integer", "date", "bool", "list"]
"""``number`` is an exact decimal as it was written, ``float`` was reckoned; ``list`` holds texts."""

Value = str | Decimal | float | int | dt.date | bool | tuple[str, ...] | None


@dataclass(frozen=True)
class Field:
    """One column.

    Attributes
    ----------
    name : str
        ASCII; never changes once it was handed over.
    kind : str
        What its values are; None is what is not known.
    zh, en : str
        What it says.
    required : bool
        Whether it has a value in every row.
    allowed : tuple of str
        The values it may have; empty where any may stand.
    refers : tuple of str or None
        Table and field whose values it names.
    """

    name: str
    kind: Kind
    zh: str
    en: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    refers: tuple[str, str] | None = None


@dataclass(frozen=True)
class DataTable:
    """A table of records.

    Attributes
    ----------
    name : str
        ASCII, the stem of its file.
    fields : tuple of Field
        In the order of the columns.
    key : tuple of str
        The fields that tell rows apart.
    rows : tuple of mapping
        A value for each field, in a fixed order.
    """

    name: str
    zh: str
    en: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    rows: tuple[Mapping[str, Value], ...]

    @property
    def header(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    def cells(self) -> Sequence[tuple[Value, ...]]:
        """The rows as tuples in the order of the fields."""
        return [tuple(row[name] for name in self.header) for row in self.rows]


def plain(value: Value) -> str:
    """A value as text that machines read back without loss: no exponent, no guard before a sign, nothing for what is absent.

    >>> plain(Decimal("-0.20")), plain(0.1), plain(True), plain(None), plain(("甲", "乙"))
    ('-0.20', '0.1', 'true', '', '["甲", "乙"]')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    return repr(value) if isinstance(value, float) else str(value)


def decimals(value: Decimal) -> int:
    """How many digits a written value has behind its point.

    >>> decimals(Decimal("10.50")), decimals(Decimal("1E+3"))
    (2, 0)
    """
    exponent = value.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0
