"""A notebook without what changes from run to run: the same run gives the same bytes."""

from __future__ import annotations

import copy

import nbformat
from nbformat import NotebookNode

_RUN_ONLY = ("papermill", "execution", "ExecuteTime", "collapsed", "scrolled")
_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def normalise(nb: NotebookNode) -> NotebookNode:
    """Return a copy without times, absolute paths, random ids and the interpreter's version.

    Outputs, execution counts, tags and papermill's record of the parameters stay. Doing it twice changes nothing more.

    Parameters
    ----------
    nb : NotebookNode
        Of nbformat 4; it is not changed.
    """
    clean = copy.deepcopy(nb)
    clean.nbformat_minor = max(clean.nbformat_minor, 5)  # older notebooks have no cell ids
    clean.metadata.pop("widgets", None)
    clean.metadata.get("language_info", {}).pop("version", None)
    recorded = clean.metadata.pop("papermill", {})
    if recorded.get("parameters"):
        clean.metadata["papermill"] = {"parameters": recorded["parameters"]}
    for position, cell in enumerate(clean.cells, start=1):
        cell["id"] = f"cell-{position:02d}"
        for key in _RUN_ONLY:
            cell.metadata.pop(key, None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(_WIDGET_VIEW, None)
    return clean


def notebook_text(nb: NotebookNode) -> str:
    """Return the normalised notebook as it is stored, with a newline at its end."""
    text: str = nbformat.writes(normalise(nb))
    return text.rstrip("\n") + "\n"
