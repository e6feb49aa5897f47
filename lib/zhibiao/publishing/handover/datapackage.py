"""A Frictionless Data Package: datapackage.json with table schemas, keys, sources and terms, and one CSV a table (specs.frictionlessdata.io)."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence

from zhibiao import __version__
from zhibiao.publishing.handover.fields import DataTable, Field, Value, plain

NAME = "datapackage.json"

_TYPES = {"text": "string", "number": "number", "float": "number", "integer": "integer", "date": "date", "bool": "boolean", "list": "array"}


def datapackage(tables: Sequence[DataTable]) -> dict[str, bytes]:
    """The package's files by name; the same tables give the same bytes."""
    files = {f"data/{table.name}.csv": csv_bytes(table.header, table.cells()) for table in tables}
    named = {table.name: table for table in tables}
    described = {
        "profile": "tabular-data-package",
        "name": "zhibiao",
        "title": "指标 zhibiao：登记库与推算 registry and what follows from it",
        "version": __version__,
        "resources": [_resource(table, files[f"data/{table.name}.csv"], named) for table in tables],
        **_terms(named["sources"]),
    }
    return {NAME: (json.dumps(described, ensure_ascii=False, indent=1) + "\n").encode(), **files}


def csv_bytes(header: Sequence[str], rows: Sequence[Sequence[Value]]) -> bytes:
    """UTF-8 without a mark, lines ended as RFC 4180 has it; texts as they are, −0.2 as -0.2: this is read by machines."""
    stream = io.StringIO()
    # with this line end both kinds of break within a text are quoted
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([plain(value) for value in row] for row in rows)
    return stream.getvalue().encode()


def _resource(table: DataTable, content: bytes, named: Mapping[str, DataTable]) -> dict[str, object]:
    # a reference to a table that was not handed over would be broken
    references = [field for field in table.fields if field.refers is not None and field.refers[0] in named]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": f"{table.zh} {table.en}",
        "path": f"data/{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False, "header": True},
        "schema": {
            "fields": [_field(field) for field in table.fields],
            "missingValues": [""],
            "primaryKey": list(table.key),
            "foreignKeys": [_reference(field, table) for field in references],
        },
    }


def _reference(field: Field, table: DataTable) -> dict[str, object]:
    assert field.refers is not None
    resource, name = field.refers
    # the table itself goes by an empty name
    return {"fields": [field.name], "reference": {"resource": "" if resource == table.name else resource, "fields": [name]}}


def _field(field: Field) -> dict[str, object]:
    constraints: dict[str, object] = {"required": True} if field.required else {}
    if field.allowed:
        constraints["enum"] = list(field.allowed)
    return {
        "name": field.name,
        "type": _TYPES[field.kind],
        "title": field.zh,
        "description": field.en,
        **({"constraints": constraints} if constraints else {}),
    }


def _terms(sources: DataTable) -> dict[str, object]:
    """Who the data is from, and the terms each publisher's figures stand under, in the words of the registry."""
    terms = dict.fromkeys(str(row["terms"]) for row in sources.rows)
    return {
        "sources": [
            {
                "title": f"{row['publisher']}：{row['title']}（{row['year']}）",
                **({"path": row["url"]} if str(row["url"]).startswith(("https://", "http://")) else {}),
                "terms": row["terms"],
                "id": row["id"],
            }
            for row in sources.rows
        ],
        # the terms are no licences of a list: an entry names a text as its title, and the table of sources says whose it is
        "licenses": [{"name": "other", "title": text} for text in terms],
    }
