"""An executed notebook as a document for Word and WPS, for those who go on writing: real headings and tables, pictures at 300 dots an inch."""

from __future__ import annotations

import base64
import copy
import datetime
import io
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from nbformat import NotebookNode
from PIL import Image
from pypdfium2 import PdfDocument

from zhibiao.publishing.frontmatter import FrontMatter, front_matter
from zhibiao.publishing.pandoc import converted
from zhibiao.publishing.pdf import joined, readable, typeset
from zhibiao.publishing.word_reference import CHINESE_TAG, EARLIEST, LATIN_TAG, reference, rewritten
from zhibiao.publishing.word_table import TABLE, word_table
from zhibiao.showing.table import literal

PPI = 300
"""Dots an inch of the pictures."""
SHADES = 128
"""Colours of a picture: a house chart has a dozen and the shades between them."""

WHITE = 253
"""Of 255: a shade that light is paper."""
WIDEST = 15.8
"""Centimetres of a picture: two of the house charts and a heading then fit on a page."""

_BREAK = re.compile(r'<w:p><w:r><w:br w:type="page" ?/></w:r></w:p>\s*(<w:p>\s*<w:pPr>\s*<w:pStyle w:val="Heading\d" />)')


def to_docx(nb: NotebookNode, *, lang: str | None = None) -> bytes:
    """Publish an executed notebook; what is left out is what the PDF leaves out. The same notebook gives the same bytes.

    Parameters
    ----------
    nb : NotebookNode
        The notebook, executed; it is not changed.
    lang : {"zh", "en"}, optional
        By default the run's own language.

    Raises
    ------
    OutputError
        A figure has no alternative text or cannot be drawn, or pandoc refuses.
    ToolMissing
        pandoc, Typst or a font is not installed.
    """
    front = front_matter(nb, lang)
    shown = _printed(readable(nb, front.lang), front)
    day = datetime.datetime.combine(front.date, datetime.time(), tzinfo=datetime.UTC)
    with tempfile.TemporaryDirectory(prefix="zhibiao-docx-") as folder:
        (Path(folder) / "reference.docx").write_bytes(reference(front.lang))
        converted(
            shown, Path(folder), "docx", "--reference-doc=reference.docx", f"--metadata=title={front.title}", *_subtitle(front),
            f"--metadata=lang={CHINESE_TAG if front.lang == 'zh' else LATIN_TAG}", "--output=made.docx", epoch=max(int(day.timestamp()), EARLIEST),
        )  # fmt: skip
        return _finished((Path(folder) / "made.docx").read_bytes())


def _printed(shown: NotebookNode, front: FrontMatter) -> NotebookNode:
    """The same with every picture as PNG, and the facts of the title block as a table in front."""
    found = copy.deepcopy(shown)
    drawn = [output for cell in found.cells for output in cell.get("outputs", []) if "image/svg+xml" in output.data]
    pictures = _drawn([joined(output.data["image/svg+xml"]).encode("utf-8") for output in drawn], front)
    for output, picture in zip(drawn, pictures, strict=True):
        output.data = {"image/png": base64.b64encode(_picture(picture)).decode("ascii")}
        wide = {"width": f"{WIDEST}cm"} if picture.width / PPI * 2.54 > WIDEST else {}
        output.metadata = {"image/png": {**output.metadata["image/svg+xml"], **wide}}
    dated = _dated(front)
    lines = [f"| {literal(name)} | {'；'.join(literal(value) for value in values)} |" for name, values in front.facts if (name, values[0]) not in dated and values != [front.region]]
    if lines:
        facts = "\n".join(["|  |  |", "|:" + "-" * 12 + "|:" + "-" * 60 + "|", *lines])
        block = NotebookNode(
            cell_type="code", id="facts", metadata={}, source="", execution_count=1,
            outputs=[NotebookNode(output_type="display_data", data={"text/markdown": facts}, metadata={})],
        )  # fmt: skip
        found.cells.insert(0, block)
    return found


def _drawn(figures: Sequence[bytes], front: FrontMatter) -> list[Image.Image]:
    """Draw SVG figures: Typst makes a page of each, with the fonts of the documents, which is drawn without the detour over a file."""
    if not figures:
        return []
    pages = "#pagebreak()\n".join(f'#image("{number}.svg", alt: "{number}")\n' for number in range(len(figures)))
    with tempfile.TemporaryDirectory(prefix="zhibiao-docx-") as folder:
        for number, figure in enumerate(figures):
            (Path(folder) / f"{number}.svg").write_bytes(figure)
        setting = '#set document(title: "figures")\n#set page(width: auto, height: auto, margin: 0pt, fill: white)\n'
        (Path(folder) / "main.typ").write_text(setting + pages, encoding="utf-8")
        document = PdfDocument(typeset(Path(folder), "pdf", front))
    try:
        return [page.render(scale=PPI / 72, rev_byteorder=True).to_pil().convert("RGB") for page in document]
    finally:
        document.close()


def _picture(drawn: Image.Image) -> bytes:
    """The picture with few colours, and its size in inches."""
    small = io.BytesIO()
    few = drawn.quantize(SHADES, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    shades = few.getpalette() or []
    # this way of choosing is three times as quick and rounds down: the paper would be a shade darker than the page around it
    few.putpalette([255 if min(shades[at - at % 3 : at - at % 3 + 3]) >= WHITE else shade for at, shade in enumerate(shades)])
    few.save(small, "png", dpi=(PPI, PPI))
    return small.getvalue()


def _subtitle(front: FrontMatter) -> list[str]:
    """The line below the title: whose figures, as of when, and of which day the report is."""
    line = " · ".join(dict.fromkeys(" ".join(words) for words in _dated(front)))
    return [f"--metadata=subtitle={line}"] if line else []


def _dated(front: FrontMatter) -> list[tuple[str, ...]]:
    """The facts of that line; the table below it holds the others."""
    named = [(name, value) for name, (value, *_) in front.facts if value and value in (front.as_of, front.report_date)]
    return [*([(front.region,)] if front.region else []), *named]


def _finished(made: bytes) -> bytes:
    """The document with its tables dressed, its languages named, and asking no Word to open it in a mode for old documents."""

    def body(xml: bytes) -> bytes:
        # a paragraph that holds nothing but a break, after a full page, would leave an empty one
        headed = _BREAK.sub(r"\1<w:pageBreakBefore />", xml.decode("utf-8"))
        return TABLE.sub(word_table, headed).encode("utf-8")

    def settings(xml: bytes) -> bytes:
        named = re.sub(r"<w:themeFontLang[^>]*/>", f'<w:themeFontLang w:val="{LATIN_TAG}" w:eastAsia="{CHINESE_TAG}" />', xml.decode("utf-8"))
        new = '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15" /></w:compat>'
        return named.replace("<w:rsids>", f"{new}<w:rsids>", 1).encode("utf-8")

    return rewritten(made, {"word/document.xml": body, "word/settings.xml": settings})
