"""Executing the committed notebooks anew, and showing which cells came out differently.

Committed notebooks read the shipped registry only: a user's overlay never changes them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhibiao.errors import CellError
from zhibiao.wholefile import write_whole

CELL_SECONDS = 120

QUIET = ["--log-level=40"]
"""ipykernel says at each start that its sockets on this machine are not encrypted."""


@dataclass(frozen=True)
class Change:
    """A cell whose text changed: notebook, cell number from 1, the text before and after."""

    notebook: str
    cell: int
    before: str
    after: str


def refresh(notebooks: Sequence[Path]) -> Iterator[tuple[Path, list[Change]]]:
    """Execute each notebook in place with its defaults, normalise and save it; yield it with the cells that changed.

    Raises
    ------
    CellError
        A cell failed; the file is left as it was.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # jsonschema's optional import costs two seconds
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    from zhibiao.publishing.normalise import notebook_text

    kept = {name: os.environ.pop(name, None) for name in ("ZHIBIAO_DATA", "ZHIBIAO_FIGURES")}
    try:
        for path in notebooks:
            before = nbformat.read(path, as_version=4)
            after = nbformat.reads(nbformat.writes(before), as_version=4)
            client = NotebookClient(after, timeout=CELL_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}, extra_arguments=QUIET)
            try:
                client.execute()
            except CellExecutionError as error:
                raise CellError(str(error).strip().splitlines()[-1], where=path.name) from None
            write_whole(path, notebook_text(after).encode("utf-8"))
            yield path, _changes(path.name, before, after)
    finally:
        os.environ.update({name: value for name, value in kept.items() if value is not None})


def _changes(name: str, before: Any, after: Any) -> list[Change]:
    texts = [[_text(cell) for cell in nb.cells] for nb in (before, after)]
    return [
        Change(name, number, old, new) for number, (old, new) in enumerate(zip(*texts, strict=True), start=1) if old != new
    ]


def _text(cell: Any) -> str:
    """The text of a cell's outputs, as nbval compares it."""
    found = []
    for output in cell.get("outputs", []):
        found.append(output.get("text", "") or output.get("data", {}).get("text/plain", "") or output.get("evalue", ""))
    return "\n".join(found)
