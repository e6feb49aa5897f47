"""What a run owes: checked before anything of it is published.

A notebook owes something to see in every cell tagged ``deliverable``. The briefing owes more, by the evidence there is: where any of
its targets has a figure, at least one picture; where none has, the list of figures that are asked for (数据需求清单). A region without
figures that yields this list has succeeded: what is missing is then known. A PDF owes its title, to be read as text.
"""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

from zhibiao.errors import MissingDeliverable
from zhibiao.publishing.frontmatter import shown_outputs
from zhibiao.publishing.pdf import PICTURES
from zhibiao.publishing.sections import said_nothing
from zhibiao.publishing.statements import NAME as STATEMENTS
from zhibiao.running.cells import code_lines, numbered
from zhibiao.running.job import BRIEFING

_TABLE = "application/vnd.dataresource+json"
_REQUEST = frozenset({"indicator", "unit", "years", "basis", "clauses"})
"""Columns of the list of figures that are asked for; no other table has them all."""


def check_shown(executed: Any, folder: Path, stem: str, lang: str) -> None:
    """Refuse a notebook that does not show what it owes.

    Parameters
    ----------
    executed : NotebookNode
        With its outputs.
    folder : Path
        Of the run; ``statements.json`` lies there where the notebook tells of targets.
    stem : str
        Of the notebook.
    lang : {"zh", "en"}
        Of the document.

    Raises
    ------
    MissingDeliverable
        What is missing, and in which cell.
    """
    shown = [output for _, output in shown_outputs(executed, lang)]
    if not shown:
        raise MissingDeliverable("没有任何输出 the notebook shows nothing")
    for number, cell, tags in numbered(executed):
        shows = [output for output in cell.outputs if output.output_type in ("display_data", "execute_result")]
        if "deliverable" in tags and not shows:
            raise MissingDeliverable(
                f"单元格 cell {number} 应有输出 should show something (deliverable)\n{code_lines(cell.source)}"
            )
    if stem == BRIEFING and (folder / STATEMENTS).is_file():
        _check_evidence(json.loads((folder / STATEMENTS).read_text(encoding="utf-8")), shown)


def _check_evidence(records: list[dict[str, Any]], shown: list[Any]) -> None:
    known = sum(record["latest"] is not None for record in records)
    pictured = any(kind in output.data for output in shown for kind in PICTURES if not said_nothing(output))
    if known and not pictured:
        raise MissingDeliverable(f"{known} 项目标有数据，却没有图 {known} targets have figures, yet there is no picture")
    if not known and not any(_asks(output.data.get(_TABLE), empty=pictured) for output in shown):
        raise MissingDeliverable(
            "没有数据，也没有数据需求清单 there are no figures, and no list of the figures that are asked for"
        )


def _asks(table: Any, *, empty: bool) -> bool:
    """Whether this is the list of what is asked for; it may be empty where the targets' years have not come and something else is shown."""
    if not isinstance(table, dict):
        return False
    columns = {field.get("name") for field in table.get("schema", {}).get("fields", [])}
    return columns >= _REQUEST and (empty or bool(table.get("data")))


def check_pdf(pdf: bytes, title: str) -> None:
    """Refuse a PDF whose first page does not hold its title as text.

    Raises
    ------
    MissingDeliverable
        It is no PDF, or has another text.
    """
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(pdf) as document:
            text = document[0].get_textpage().get_text_range()
    except pypdfium2.PdfiumError as error:
        raise MissingDeliverable(f"没有可读的 PDF there is no PDF that can be read: {error}") from None
    if _letters(title) not in _letters(text):
        raise MissingDeliverable(f"PDF 首页没有标题 the first page of the PDF lacks its title: {title}")


def _letters(text: str) -> str:
    """Return what counts when texts are compared: a line may be broken anywhere, a ligature be one sign."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isalnum()).casefold()
