"""A notebook without what changes from run to run: the same run gives the same bytes."""

from __future__ import annotations

import copy

import nbformat
from nbformat import NotebookNode

_RUN_ONLY = ("papermill", "execution", "ExecuteTime", "collapsed", "scrolled")
_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def normalise(nb: NotebookNode) -> NotebookNode:
    """Return a copy without times, absolute paths, random ids and the interpreter's version.

    What was printed without a break is one output. Outputs, execution counts, tags and papermill's record of the parameters stay. Doing it twice changes nothing more.

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
        if "outputs" in cell:
            cell.outputs = _flowing(cell.outputs)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(_WIDGET_VIEW, None)
    return clean


def _flowing(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """What was printed, in one piece: into how many messages a kernel cuts it is a matter of milliseconds."""
    whole: list[NotebookNode] = []
    for output in outputs:
        if whole and output.output_type == "stream" and whole[-1].output_type == "stream" and whole[-1].name == output.name:
            whole[-1].text += output.text
        else:
            whole.append(output)
    return whole


def notebook_text(nb: NotebookNode) -> str:
    """Return the normalised notebook as it is stored, with a newline at its end."""
    text: str = nbformat.writes(normalise(nb))
    return text.rstrip("\n") + "\n"
