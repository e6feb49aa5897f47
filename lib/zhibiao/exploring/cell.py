"""The explorer as the cell of a notebook: alive where somebody looks on, a chart and a table everywhere else.

A committed notebook, papermill, nbval and the publisher execute a cell without anybody to move a lever; then it shows where the study's
scenario leads, always in the same words. Nothing of the widgets is made there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhibiao.showing.table import published_run

if TYPE_CHECKING:
    from zhibiao.answers import Report
    from zhibiao.showing.chart import Chart
    from zhibiao.showing.sentences import Sentences
    from zhibiao.showing.table import Table


def explorer(report: Report) -> Cell:
    """The explorer of a report's study, as the last line of a notebook's cell.

    Parameters
    ----------
    report : Report
        What `zhibiao.notebook.setup` gave; region, documents, scenario, level, seed and language are taken from it.
    """
    return Cell(report)


class Cell:
    """What the cell shows."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def parts(self) -> tuple[Chart, Table] | tuple[Sentences, Table]:
        """The chart and the table of the study's scenario; of a region without a pipe the reason and the figures that are asked for."""
        from zhibiao.exploring import still

        return still.parts(self.report.study, self.report.simulation)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        if live():
            display(self._alive(), raw=True)  # type: ignore[no-untyped-call]
            return
        for part in self.parts():
            display(part)  # type: ignore[no-untyped-call]

    def _alive(self) -> dict[str, Any]:
        """The widgets, and beside them the chart for whoever opens the stored notebook without them."""
        from zhibiao.exploring.explorer import Explorer
        from zhibiao.exploring.state import question_of

        study = self.report.study
        root = Explorer(study.registry, study.lang, question_of(study), study.scenario.id).root
        still = self.parts()[0]._repr_mimebundle_()
        return {**root._repr_mimebundle_(), **(still[0] if isinstance(still, tuple) else still)}

    def __repr__(self) -> str:
        return "\n\n".join(repr(part) for part in self.parts())


def live() -> bool:
    """Whether somebody looks on.

    JupyterLab, Notebook and VS Code name the cell in the request to execute it; nbclient, and with it papermill, nbval and nbconvert,
    do not. A published run never has anybody.
    """
    if published_run():
        return False
    from IPython.core.getipython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return False
    return "cellId" in kernel.get_parent("shell").get("metadata", {})
