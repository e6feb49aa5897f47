"""Tiny executed notebooks, as papermill and Lab leave them."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import pypdfium2
import pytest
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from zhibiao.publishing.fonts import font_file

HOSTILE = '重庆#eval("1+1")$x$[*'


def _tags(tags: Sequence[str]) -> dict[str, Any]:
    return {"tags": list(tags)} if tags else {}


def markdown(text: str, *tags: str) -> NotebookNode:
    return new_markdown_cell(text, metadata=_tags(tags))


def code(*outputs: NotebookNode, tags: Sequence[str] = (), source: str = "show()") -> NotebookNode:
    return new_code_cell(source, outputs=list(outputs), execution_count=1, metadata=_tags(tags))


def sentence(text: str) -> NotebookNode:
    return new_output("display_data", {"text/plain": text, "text/markdown": text})


def drawing(form: str) -> bytes:
    """A chart of Chinese text, drawn by matplotlib."""
    font_manager.fontManager.addfont(str(font_file("Noto Sans CJK SC")))
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "t", "font.family": ["Noto Sans CJK SC"]}):
        figure = Figure(figsize=(6.8, 2.4))
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        axes.plot([2020, 2021, 2022], [9.9, 10.1, 10.5])
        axes.set_title("在校生轨迹")
        stream = io.BytesIO()
        figure.savefig(stream, format=form, metadata={"Date": None} if form == "svg" else None)
    return stream.getvalue()


def chart(
    form: str = "svg", alt: str = "在校生从9.9万人升至10.5万人", title: str = "在校生轨迹", svg: str = ""
) -> NotebookNode:
    kind = {"svg": "image/svg+xml", "png": "image/png"}[form]
    drawn = svg.encode() if svg else drawing(form)
    value = drawn.decode() if form == "svg" else base64.b64encode(drawn).decode()
    words = {key: text for key, text in {"alt": alt, "title": title}.items() if text}
    return new_output("display_data", {"text/plain": "9.9 10.1 10.5", kind: value}, metadata={kind: words})


def table(
    header: Sequence[str], rows: Sequence[Sequence[object]], title: str = "", escape: Callable[[object], str] = str
) -> NotebookNode:
    lines = [header, ["---"] * len(header), *rows]
    text = "\n".join(
        "| " + " | ".join(escape(value) if n != 1 else str(value) for value in line) + " |"
        for n, line in enumerate(lines)
    )
    fields = [{"name": f"c{i}", "title": name, "type": "string"} for i, name in enumerate(header)]
    resource = {
        "schema": {"fields": fields},
        "data": [{f"c{i}": v for i, v in enumerate(row)} for row in rows],
        "title": title,
    }
    return new_output(
        "display_data", {"text/plain": text, "text/markdown": text, "application/vnd.dataresource+json": resource}
    )


def notebook(*cells: NotebookNode, **said: object) -> NotebookNode:
    nb = new_notebook(cells=list(cells))
    if said:
        nb.metadata["zhibiao"] = said
    return nb


def pages(pdf: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


@pytest.fixture
def build() -> SimpleNamespace:
    """What the tests build notebooks with."""
    return SimpleNamespace(
        markdown=markdown,
        code=code,
        sentence=sentence,
        chart=chart,
        table=table,
        notebook=notebook,
        pages=pages,
        drawing=drawing,
    )


@pytest.fixture
def briefing() -> NotebookNode:
    """A small briefing in two languages with a chart, a table and a sentence."""
    return notebook(
        markdown("# 技工教育指标进展\n\n能否**如期**完成？[^1]\n\n[^1]: 专栏1。", "lang-zh"),
        markdown("# Progress of technical education\n\nWill it be met in time?", "lang-en"),
        code(tags=["parameters"], source='region = "重庆"\nlang = "zh"  # zh | en\nlevel = 80'),
        code(sentence("setup is shown"), tags=["setup"]),
        markdown("## 差距", "lang-zh"),
        markdown("## Gaps", "lang-en"),
        code(sentence("在校生 2023 年为 10.1 万人。"), new_output("stream", name="stderr", text="a warning")),
        code(chart()),
        code(table(["指标", "现值"], [["在校生", 10.1], ["=1+1", 3]], "各项差距")),
        region="500000",
        region_name="重庆市",
        documents=["技工教育“十四五”规划"],
        as_of="2023",
        report_date="2024-03-31",
        scenario="基准",
    )
