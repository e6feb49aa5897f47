"""Whether all contestants made the same reports: the same cells with the same outputs, without an error, and the pages of their PDFs."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2

from zhibiao.publishing.enclosures import WORKBOOK
from zhibiao.showing.ledger import VALUES

APART = {"parameters", "injected-parameters"}
"""Tags of cells that papermill writes in another way for each runner; what they lead to is compared."""
RESOURCE = "application/vnd.dataresource+json"
ELSEWHERE = (VALUES, WORKBOOK)
"""What a published run takes out of its notebook and writes beside it."""


@dataclass(frozen=True)
class Made:
    """One report of one contestant: an executed notebook and a PDF."""

    cells: tuple[tuple[str, str], ...]
    """Source and outputs of each code cell, the pictures' bytes included."""
    words: tuple[tuple[str, str], ...]
    """The same with the words of a picture instead of its bytes."""
    errors: int
    pages: int
    pdf: str
    """SHA-256."""


def made(notebook: Path, pdf: Path) -> Made:
    """Read one report.

    Raises
    ------
    OSError
        It was not made.
    """
    book = json.loads(notebook.read_text(encoding="utf-8"))
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    outputs = [output for cell in code for output in cell["outputs"]]
    asked = [cell for cell in code if not APART & set(cell["metadata"].get("tags", []))]
    content = pdf.read_bytes()
    document = pypdfium2.PdfDocument(content)
    pages = len(document)
    document.close()
    return Made(
        tuple(("".join(cell["source"]), _shown(cell, words=False)) for cell in asked),
        tuple(("".join(cell["source"]), _shown(cell, words=True)) for cell in asked),
        sum(output["output_type"] in ("error", "stream") for output in outputs) + sum(cell["execution_count"] is None for cell in code),
        pages,
        hashlib.sha256(content).hexdigest(),
    )


def _shown(cell: Mapping[str, Any], *, words: bool) -> str:
    kept = []
    for output in cell["outputs"]:
        data = {kind: "".join(value) if isinstance(value, list) else value for kind, value in output.get("data", {}).items()}
        if words and "image/svg+xml" in data:
            data["image/svg+xml"] = re.findall(r"<text[^>]*>([^<]*)</text>", data["image/svg+xml"])
        for kind in ELSEWHERE:
            data.pop(kind, None)
        if RESOURCE in data:  # a run may carry more with a table, for summaries; what it shows is compared
            data[RESOURCE] = {name: data[RESOURCE].get(name) for name in ("title", "schema", "data")}
        kept.append([output["output_type"], data, output.get("metadata", {})])
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


def compared(found: Sequence[Made], wanted: Sequence[Made]) -> str:
    """How a contestant's reports stand to those of the floor, in a few words."""
    errors = sum(one.errors for one in found)
    if errors:
        return f"{errors} errors 错误"
    pairs = list(zip(found, wanted, strict=True))
    if all(one.cells == other.cells for one, other in pairs):
        same = "same bytes 逐字节相同" if all(one.pdf == other.pdf for one, other in pairs) else "same cells 单元格相同"
    elif all(one.words == other.words for one, other in pairs):
        same = "same words and figures 文字数字相同"
    else:
        same = f"{sum(one.words != other.words for one, other in pairs)} differ 份不同"
    return same
