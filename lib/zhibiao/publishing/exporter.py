"""The briefing as a format of nbconvert: ``jupyter nbconvert --to briefing`` and Lab's export menu."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode

from zhibiao.publishing.pdf import to_pdf


class BriefingExporter(Exporter):
    """Export an executed notebook as the PDF that a published run makes of it."""

    file_extension = ".pdf"
    output_mimetype = "application/pdf"
    export_from_notebook = "指标简报 PDF (briefing)"

    def from_notebook_node(  # type: ignore[override]  # nbconvert declares the notebook alone; its writers take bytes
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Return the PDF and nbconvert's resources."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        return to_pdf(nb), resources
