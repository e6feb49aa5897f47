"""The documents of a run, read back: which texts of the prepared notebook they owe, and what else may stand in them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

from nbformat import NotebookNode

from zhibiao.publishing.frontmatter import FrontMatter, front_matter
from zhibiao.publishing.pdf import readable
from zhibiao.publishing.readback_pages import check
from zhibiao.publishing.readback_reader import Shown
from zhibiao.publishing.readback_stream import Stream, normal
from zhibiao.publishing.sections import for_slides
from zhibiao.publishing.shown_texts import Piece, pieces
from zhibiao.publishing.values import Store

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TOLD = 18
"""Signs at least that a running title keeps of a long one."""
_PARTS = ("word/document.xml", "word/footnotes.xml")
def furniture(front: FrontMatter) -> list[str]:
    """Return patterns of what stands on top or at the foot of a page: its number, and the running title.

    A template that prints anything else there adds it here.
    """
    title = normal(front.title)
    running = rf"(?:{re.escape(title)}|{re.escape(title[:_TOLD])}.{{0,60}}?\.\.\.)(?:{re.escape(normal(front.region))})?"
    return ["第PAGE页共PAGES页", "PagePAGEofPAGES", running]


def owed(shown: NotebookNode, store: Store, *, pictures: bool) -> list[Shown]:
    """Return what a document owes, in reading order.

    Parameters
    ----------
    shown : NotebookNode
        As `zhibiao.publishing.pdf.readable` prepares it.
    store : Store
        Tells which objects are ours.
    pictures : bool
        Whether the labels of pictures, and the marks of footnotes, can be read in the document; in a Word file they cannot.
    """
    return list(_owed(shown, store, pictures))


def _owed(shown: NotebookNode, store: Store, pictures: bool) -> Iterator[Shown]:
    known = {source for one in store.objects for source in _sources(one.output.data)}
    titled = False
    for number, cell in enumerate(shown.cells, start=1):
        position = int(found[1]) if (found := re.fullmatch(r"cell-(\d+)", str(cell.get("id", "")))) else number
        where = f"单元格 cell {position}"
        if cell.cell_type != "code":
            headings = []
            for line in re.findall(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$", cell.source, flags=re.MULTILINE):
                if not titled:
                    titled = True  # it stands in the title block
                elif re.fullmatch(r"[^\\`*_\[\]<$]+", line):
                    headings.append(Piece("heading", line))
            yield Shown(where, tuple(headings), cell.source)
            continue
        for output in cell.get("outputs", []):
            data = output.data
            if not any(source in known for source in _sources(data)):
                yield Shown(where, (), "\n".join(str(value) for value in data.values()))
            elif "image/svg+xml" in data:
                titles = [Piece("caption", str(told["title"])) for told in output.get("metadata", {}).values() if isinstance(told, dict) and told.get("title")]
                yield Shown(where, (*(pieces(data) if pictures else ()), *titles), picture=pictures)
            else:
                # a Word document keeps the marks of footnotes outside of its text
                found_pieces = [replace(piece, marked=piece.marked and pictures) for piece in pieces(data)]
                title = str(data.get("application/vnd.dataresource+json", {}).get("title") or "")
                if title and any(piece.kind == "cell" for piece in found_pieces) and not any(piece.kind == "caption" for piece in found_pieces):
                    found_pieces.append(Piece("caption", title))
                yield Shown(where, tuple(found_pieces))


def _sources(data: dict[str, object]) -> Iterator[str]:
    for kind in ("image/svg+xml", "text/markdown"):
        if kind in data:
            value = data[kind]
            yield value if isinstance(value, str) else "".join(value)  # type: ignore[arg-type]
            return


def check_document(document: str, content: bytes, executed: NotebookNode, store: Store) -> None:
    """Hold one of the other documents of a briefing against what its notebook shows.

    Parameters
    ----------
    document : {"docx", "slides", "archive"}
    content : bytes
    executed : NotebookNode
    store : Store

    Raises
    ------
    OutputError
        See `zhibiao.publishing.readback_pages.check`.
    """
    front = front_matter(executed)
    shown = readable(executed, front.lang)
    if document == "docx":
        check_docx_text(content, shown, store, front)
    else:
        slides = document == "slides"
        if slides:
            shown.cells = for_slides(shown.cells)
        check_pdf_text(content, shown, store, front, what=document, running=slides)


def check_pdf_text(pdf: bytes, shown: NotebookNode, store: Store, front: FrontMatter, *, what: str = "PDF", running: bool = False) -> None:
    """Hold the text of a PDF against what the notebook shows.

    Parameters
    ----------
    running : bool
        Whether each page repeats the heading that it stands under, as slides do.

    Raises
    ------
    OutputError
        See `zhibiao.publishing.readback_pages.check`.
    """
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    told, around = owed(shown, store, pictures=True), furniture(front)
    if running:
        headings = sorted({normal(piece.text) for one in told for piece in one.pieces if piece.kind == "heading" and one.prose}, key=len, reverse=True)
        around += ["|".join(map(re.escape, headings))] if headings else []
        told = [replace(one, pieces=()) if one.prose else one for one in told]
    stream = Stream.of(pages, around)
    stream.top = len(normal(front.title)) + len(normal(front.region)) + _TOLD
    check(told, stream, _title_block(front), what)


def check_docx_text(docx: bytes, shown: NotebookNode, store: Store, front: FrontMatter) -> None:
    """Hold the text of a Word document against what the notebook shows; pictures are points there, their labels are not read.

    Raises
    ------
    OutputError
        As for a PDF.
    """
    with zipfile.ZipFile(io.BytesIO(docx)) as parts:
        pages = [_text(parts.read(name)) for name in _PARTS if name in parts.namelist()]
    check(owed(shown, store, pictures=False), Stream.of(pages, furniture(front)), _title_block(front), "docx")


def _text(xml: bytes) -> str:
    lines = []
    for paragraph in ElementTree.fromstring(xml).iter(f"{_WORD}p"):
        lines.append("".join(node.text or "" for node in paragraph.iter(f"{_WORD}t")))
    return "\n".join(lines)


def _title_block(front: FrontMatter) -> list[str]:
    return [front.title, front.number, *(text for _, values in front.facts for text in values)]
