"""The briefing for Word in LibreOffice: all of it is there, in order, with an outline, pages that are numbered and tables that go on."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pypdfium2
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from zhibiao.publishing.docx import to_docx
from zhibiao.publishing.pdf import readable
from zhibiao.showing.table import Column, Table

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def paragraphs(document: bytes) -> list[tuple[str, str]]:
    """Style and text of each paragraph in order, those of tables included."""
    body = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(document)).read("word/document.xml"))
    found = []
    for paragraph in body.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        text = "".join(part.text or "" for part in paragraph.iter(f"{W}t"))
        if text.strip():
            found.append((style.get(f"{W}val", "") if style is not None else "", text))
    return found


def flat(text: str) -> str:
    return re.sub(r"\s", "", text)


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [flat(page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()


def outline(pdf: bytes) -> list[tuple[int, str]]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [(mark.level + 1, mark.get_title()) for mark in document.get_toc()]
    finally:
        document.close()


def converted(office, document: Path, to: str) -> bytes:
    (made,) = office(document, to).iterdir()
    return made.read_bytes()


@pytest.mark.parametrize("region", ["500000", "500116"])
def test_the_briefing_is_read_back_whole_and_in_order(office, published, region):
    file = published / region / "baseline" / "09_briefing" / "09_briefing.docx"
    told = flat(converted(office, file, "txt:Text (encoded):UTF8").decode("utf-8-sig"))
    at = 0
    for _, text in paragraphs(file.read_bytes()):
        found = told.find(flat(text), at)
        assert found >= 0, text
        at = found + len(flat(text))


@pytest.mark.parametrize("region", ["500000", "500116"])
def test_headings_of_the_notebook_are_the_outline_of_the_document(office, published, region):
    folder = published / region / "baseline" / "09_briefing"
    nb = readable(nbformat.read(folder / "09_briefing.ipynb", 4), "zh")
    asked = [found for cell in nb.cells if cell.cell_type == "markdown" for found in re.findall(r"^(#+) (.+)$", cell.source, re.MULTILINE)]
    (_, title), *headings = asked
    file = folder / "09_briefing.docx"
    assert [text for style, text in paragraphs(file.read_bytes()) if style == "Title"] == [title]
    pdf = converted(office, file, "pdf")
    assert outline(pdf) == [(len(level) - 1, text) for level, text in headings] and len(headings) >= 4


@pytest.mark.parametrize("region", ["500000", "500116"])
def test_pages_are_few_and_numbered(office, published, region):
    shown = pages(converted(office, published / region / "baseline" / "09_briefing" / "09_briefing.docx", "pdf"))
    assert 2 <= len(shown) <= 14
    for number, text in enumerate(shown, start=1):
        assert f"第{number}页共{len(shown)}页" in text
        assert len(text) > len(f"第{number}页共{len(shown)}页"), "an empty page"


def test_a_long_table_goes_on_under_its_header(office, tmp_path):
    table = Table([Column("a", "指标名称"), Column("b", "现状数", "right")], [(f"第{n}项", n) for n in range(120)], title="很长的表")
    output = new_output("display_data", {"text/plain": table.plain(), "text/markdown": table.markdown()})
    nb = new_notebook(cells=[new_markdown_cell("# 题", metadata={"tags": ["lang-zh"]}), new_code_cell("x", outputs=[output], execution_count=1)])
    file = tmp_path / "long.docx"
    file.write_bytes(to_docx(nb))
    shown = pages(converted(office, file, "pdf"))
    assert len(shown) > 2 and all("指标名称现状数" in text for text in shown)
    assert sum(text.count(f"第{n}项{n}") >= 1 for text in shown for n in (0, 60, 119)) == 3


def test_the_english_briefing_is_numbered_in_english(office, tmp_path):
    nb = new_notebook(cells=[new_markdown_cell("# Title", metadata={"tags": ["lang-en"]}), new_markdown_cell("## Part\n\nText.", metadata={"tags": ["lang-en"]})])
    file = tmp_path / "en.docx"
    file.write_bytes(to_docx(nb, lang="en"))
    pdf = converted(office, file, "pdf")
    assert "Page1of1" in pages(pdf)[0] and outline(pdf) == [(1, "Part")]
