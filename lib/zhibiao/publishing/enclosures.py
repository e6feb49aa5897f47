"""What goes with a document: the workbook to fill, and the files that travel inside a PDF that is kept."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import zhibiao
from zhibiao.publishing.extract import slug
from zhibiao.publishing.frontmatter import front_matter
from zhibiao.publishing.pdf import Attachment
from zhibiao.publishing.resource import tables
from zhibiao.publishing.statements import NAME as STATEMENTS
from zhibiao.wholefile import write_whole

if TYPE_CHECKING:
    from nbformat import NotebookNode

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RUN = "run.json"
"""Name of the file inside a kept PDF that says what it was made of."""

_TITLES = {
    "zh": {"statements": "各目标的判断，机器可读", "fill": "待填的表", "run": "参数与各文件的 SHA-256"},
    "en": {"statements": "verdicts of the targets, for machines", "fill": "the workbook to fill", "run": "parameters, and the SHA-256 of each file"},
}


def write_workbook(nb: NotebookNode, folder: Path, stem: str) -> str | None:
    """Move the workbook to fill out of a published notebook into a file.

    Parameters
    ----------
    nb : NotebookNode
        The executed notebook; its outputs lose the workbook.
    folder : Path
        Made where it does not exist.
    stem : str
        Of the notebook.

    Returns
    -------
    str or None
        The file written, relative to `folder`; None where the notebook has no such workbook.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    found = [output.data.pop(WORKBOOK) for cell in nb.cells for output in cell.get("outputs", ()) if WORKBOOK in output.get("data", {})]
    if not found:
        return None
    return write_whole(folder / f"{slug(stem)}-fill-in.xlsx", base64.b64decode("".join(found[-1]))).name


def enclosed(nb: NotebookNode, folder: Path, stem: str, parameters: Mapping[str, Any]) -> list[Attachment]:
    """Gather what a kept PDF carries: tables as csv, verdicts, the workbook to fill, and what it was made of.

    Parameters
    ----------
    nb : NotebookNode
        The executed notebook.
    folder : Path
        Of the run; its tables and ``statements.json`` are written already.
    parameters : mapping
        Of the run.
    """
    lang = front_matter(nb).lang
    words, base = _TITLES[lang], slug(stem)
    named = [(folder / "tables" / f"{base}-table-{n:02d}.csv", table.title or base, "text/csv") for n, table in enumerate(tables(nb), 1)]
    named += [
        (folder / STATEMENTS, words["statements"], "application/json"),
        (folder / "tables" / f"{base}-fill-in.xlsx", words["fill"], WORKBOOK),
    ]
    files = [Attachment(path.name, path.read_bytes(), kind, title) for path, title, kind in named if path.is_file()]
    digests = {file.name: hashlib.sha256(file.content).hexdigest() for file in files}
    made = {"notebook": stem, "zhibiao": zhibiao.__version__, "parameters": dict(parameters), "sha256": digests}
    text = json.dumps(made, ensure_ascii=False, indent=1, default=str) + "\n"
    return [*files, Attachment(RUN, text.encode("utf-8"), "application/json", words["run"])]
