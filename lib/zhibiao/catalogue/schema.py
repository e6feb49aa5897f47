"""JSON schemas of the registry's files, made from the models, so that editors complete and check them while they are written.

``python -m zhibiao.catalogue.schema`` writes them to ``indicators/schema/``. The first line of a registry file names its schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from zhibiao.catalogue.explaining import records, written_fields
from zhibiao.catalogue.load import shipped
from zhibiao.model import Indicator, Observation, Plan, Region, Scenario, Source, Statement
from zhibiao.model.breakdown import Breakdown
from zhibiao.model.document import EVIDENCE_LIMIT

DIALECT = "https://json-schema.org/draft/2020-12/schema"

FILES: Mapping[str, tuple[type[BaseModel], bool]] = {
    "catalogue": (Indicator, True),
    "plan": (Plan, False),
    "sources": (Source, True),
    "scenario": (Scenario, False),
    "breakdown": (Breakdown, False),
    "region": (Region, False),
    "observation": (Observation, False),
}
"""Name of each schema, the record it describes, and whether a file holds a list of them."""


def schema(name: str) -> dict[str, Any]:
    """The JSON schema of one kind of file.

    >>> schema("sources")["type"]
    'array'
    """
    model, listed = FILES[name]
    made = model.model_json_schema()
    parts = made.pop("$defs", {})
    _as_written(model, made)
    for inner in (inner for field in model.model_fields.values() for inner in records(field.annotation)):
        _as_written(inner, parts[inner.__name__])
    head = {"$schema": DIALECT, "title": f"zhibiao {name}"}
    body = {"type": "array", "items": made} if listed else made
    return {**head, **{key: value for key, value in body.items() if key != "title"}, **({"$defs": parts} if parts else {})}


def text(name: str) -> str:
    """The schema as its file holds it."""
    return json.dumps(schema(name), ensure_ascii=False, indent=2) + "\n"


def write(folder: Path) -> list[Path]:
    """Write every schema into a folder and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.json" for name in FILES]
    for path in paths:
        path.write_text(text(path.stem), encoding="utf-8", newline="\n")
    return paths


def _as_written(record: type[BaseModel], part: dict[str, Any]) -> None:
    """Change the schema of a record: leave out what only reading fills in, and let a statement write ``value`` for low and high."""
    written = written_fields(record)
    part["properties"] = {name: field for name, field in part["properties"].items() if name in written}
    for field in part["properties"].values():
        if {"type": "number"} in field.get("anyOf", ()) and isinstance(field.get("default"), str):
            field["default"] = json.loads(field["default"])  # pydantic prints a decimal as text
    part["description"] = " ".join(str(part.get("description", "")).replace("``", "`").split("\n\n")[0].split())
    if record is not Statement:
        return
    fields: dict[str, Any] = {}
    for name, field in part["properties"].items():
        if name == "low":
            pair: dict[str, Any] = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
            number: dict[str, Any] = {"type": "number"}
            fields["value"] = {"title": "Value", "description": "3.5, or [3, 5] with comparator between", "anyOf": [number, pair]}
        fields[name] = field
    fields["evidence"] = {**fields["evidence"], "maxLength": EVIDENCE_LIMIT}
    part["properties"] = fields
    either = {"anyOf": [{"required": ["low"]}, {"required": ["high"]}]}
    part["oneOf"] = [{"required": ["value"], "not": either}, {"not": {"required": ["value"]}, **either}]


if __name__ == "__main__":
    for path in write(shipped() / "schema"):
        print(path.name)
