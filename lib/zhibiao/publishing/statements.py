"""The records of targets that a published table carries, as one machine-readable file of the run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from zhibiao.showing.statement_records import RESOURCE
from zhibiao.wholefile import write_whole

if TYPE_CHECKING:
    from nbformat import NotebookNode

NAME = "statements.json"


def write_statements(nb: NotebookNode, folder: Path) -> bool:
    """Move the records of targets out of a published notebook's tables into ``statements.json``.

    Several tables of one notebook carry the same records: the file holds them once, and the notebook no longer.

    Parameters
    ----------
    nb : NotebookNode
        The executed notebook; its tables lose the records.
    folder : Path
        Of the run.

    Returns
    -------
    bool
        Whether there were any; without them no file is written.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    found: dict[tuple[object, ...], dict[str, object]] = {}
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            resource = output.get("data", {}).get("application/vnd.dataresource+json")
            records = resource.pop(RESOURCE, []) if isinstance(resource, dict) else []
            for record in records:
                found.setdefault((record["region_code"], record["scenario"], record["statement"]), dict(record))
    if not found:
        return False
    lines = [json.dumps(record, ensure_ascii=False, allow_nan=False) for record in found.values()]
    write_whole(folder / NAME, ("[\n" + ",\n".join(lines) + "\n]\n").encode("utf-8"))
    return True
