"""An executed notebook as a document for Word and WPS, for those who go on writing: real headings and tables, pictures at 300 dots an inch."""

from __future__ import annotations

import base64
import copy
import datetime
import functools
import io
import os
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from nbformat import NotebookNode
from PIL import Image
from pypdfium2 import PdfDocument

from zhibiao.errors import OutputError
from zhibiao.publishing.frontmatter import FrontMatter, front_matter
from zhibiao.publishing.pandoc import SECONDS, converted, program
from zhibiao.publishing.pdf import joined, readable, typeset
from zhibiao.showing.table import literal

PPI = 300
"""Dots an inch of the pictures."""
SHADES = 128
"""Colours of a picture: a house chart has a dozen and the shades between them."""

WHITE = 253
"""Of 255: a shade that light is paper."""

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
BODY, HEADINGS, LATIN = "仿宋", "黑体", "Times New Roman"
"""Fonts by the names that Word and WPS know; where one is missing they take its other name, then their own."""
OTHER_NAMES = {"仿宋": "FangSong", "黑体": "SimHei"}
SIZES = {"Title": 36, "Heading1": 30, "Heading2": 28, "Heading3": 24, "TableText": 16, "Notes": 18, "TableCaption": 21, "ImageCaption": 21}
"""In half points."""
EARLIEST = 315532800
"""1980-01-01: a part of a document cannot be older."""
A4 = {"w": "11906", "h": "16838"}
MARGIN, CELL = "1134", "57"
"""Twentieths of a point: 2 cm around the page, 1 mm beside the text of a cell, so that a column of a wide table holds a figure and its year."""


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
        reference, made = Path(folder) / "reference.docx", Path(folder) / "made.docx"
        reference.write_bytes(_reference())
        converted(
            shown, Path(folder), "docx", "--reference-doc=reference.docx", f"--metadata=title={front.title}",
            f"--metadata=lang={'zh-CN' if front.lang == 'zh' else 'en-GB'}", "--output=made.docx", epoch=max(int(day.timestamp()), EARLIEST),
        )  # fmt: skip
        return _finished(made.read_bytes())


def _printed(shown: NotebookNode, front: FrontMatter) -> NotebookNode:
    """The same with every picture as PNG, and the facts of the title block as a table in front."""
    found = copy.deepcopy(shown)
    drawn = [output for cell in found.cells for output in cell.get("outputs", []) if "image/svg+xml" in output.data]
    pictures = _drawn([joined(output.data["image/svg+xml"]).encode("utf-8") for output in drawn], front)
    for output, picture in zip(drawn, pictures, strict=True):
        output.data = {"image/png": base64.b64encode(_picture(picture)).decode("ascii")}
        output.metadata = {"image/png": output.metadata["image/svg+xml"]}
    lines = [f"| {literal(name)} | {'；'.join(literal(value) for value in values)} |" for name, values in front.facts]
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


@functools.cache
def _reference() -> bytes:
    """pandoc's own reference document with the fonts, sizes and page of a Chinese office."""
    try:
        # parts that are taken over keep their date: without one given it is the moment at which pandoc wrote them
        plain = subprocess.run(
            [str(program()), "--print-default-data-file=reference.docx"],
            capture_output=True, timeout=SECONDS, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": str(EARLIEST)},
        ).stdout  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise OutputError(f"pandoc: {error}") from error
    changes = {"word/styles.xml": _styles, "word/fontTable.xml": _fonts, "word/document.xml": _page}
    return _rewritten(plain, changes)


def _styles(xml: bytes) -> bytes:
    root = _parsed(xml)
    default = root.find(_w("docDefaults/rPrDefault/rPr"))
    assert default is not None  # pandoc's reference has it
    _font(default, BODY, 24)
    styles = {style.get(f"{{{W}}}styleId"): style for style in root.iter(f"{{{W}}}style")}
    for name, based in (("TableText", "Compact"), ("Notes", "BodyText")):
        made = ElementTree.SubElement(root, f"{{{W}}}style", {f"{{{W}}}type": "paragraph", f"{{{W}}}customStyle": "1", f"{{{W}}}styleId": name})
        ElementTree.SubElement(made, f"{{{W}}}name", {f"{{{W}}}val": name})
        ElementTree.SubElement(made, f"{{{W}}}basedOn", {f"{{{W}}}val": based})
        styles[name] = made
    for name, size in SIZES.items():
        style = styles[name]
        run = style.find(_w("rPr"))
        if run is None:
            run = ElementTree.SubElement(style, f"{{{W}}}rPr")
        for gone in ("color", "i", "iCs", "b", "bCs"):
            for child in run.findall(_w(gone)):
                run.remove(child)
        _font(run, BODY if name in ("TableText", "Notes") else HEADINGS, size)
        run.insert(1, ElementTree.Element(f"{{{W}}}i", {f"{{{W}}}val": "0"}))  # captions inherit a slant that Chinese has no letters for
    _ruled(styles["Table"])
    return _text(root)


def _font(run: ElementTree.Element, east: str, size: int) -> None:
    for name in ("rFonts", "sz", "szCs"):
        for child in run.findall(_w(name)):
            run.remove(child)
    fonts = {f"{{{W}}}{kind}": LATIN for kind in ("ascii", "hAnsi", "cs")} | {f"{{{W}}}eastAsia": east}
    run.insert(0, ElementTree.Element(f"{{{W}}}rFonts", fonts))
    # their place in the order that Word asks for: before the language
    at = next((i for i, child in enumerate(run) if child.tag == f"{{{W}}}lang"), len(run))
    for offset, name in enumerate(("sz", "szCs")):
        run.insert(at + offset, ElementTree.Element(f"{{{W}}}{name}", {f"{{{W}}}val": str(size)}))


def _ruled(table: ElementTree.Element) -> None:
    """Rules above, below and between the rows."""
    properties = table.find(_w("tblPr"))
    if properties is None:
        properties = ElementTree.SubElement(table, f"{{{W}}}tblPr")
    borders = ElementTree.Element(f"{{{W}}}tblBorders")
    for side, width in (("top", "8"), ("bottom", "8"), ("insideH", "2")):
        ElementTree.SubElement(borders, f"{{{W}}}{side}", {f"{{{W}}}val": "single", f"{{{W}}}sz": width, f"{{{W}}}space": "0", f"{{{W}}}color": "808080"})
    at = next((i for i, child in enumerate(properties) if child.tag in (f"{{{W}}}tblCellMar", f"{{{W}}}tblLook", f"{{{W}}}shd", f"{{{W}}}tblLayout")), len(properties))
    properties.insert(at, borders)
    for side in ("left", "right"):
        for room in properties.findall(_w(f"tblCellMar/{side}")):
            room.set(f"{{{W}}}w", CELL)


def _fonts(xml: bytes) -> bytes:
    root = _parsed(xml)
    for name, other in OTHER_NAMES.items():
        font = ElementTree.SubElement(root, f"{{{W}}}font", {f"{{{W}}}name": name})
        ElementTree.SubElement(font, f"{{{W}}}altName", {f"{{{W}}}val": other})
    return _text(root)


def _page(xml: bytes) -> bytes:
    """A4, whatever the reference had."""
    root = _parsed(xml)
    section = root.find(f".//{{{W}}}sectPr")
    if section is None:
        body = root.find(_w("body"))
        assert body is not None
        section = ElementTree.SubElement(body, f"{{{W}}}sectPr")
    for name in ("pgSz", "pgMar"):
        for child in section.findall(_w(name)):
            section.remove(child)
    at = next((i for i, child in enumerate(section) if child.tag in (f"{{{W}}}cols", f"{{{W}}}docGrid")), len(section))
    margins = dict.fromkeys(("top", "right", "bottom", "left"), MARGIN) | {"header": "567", "footer": "567", "gutter": "0"}
    for offset, (name, sizes) in enumerate((("pgSz", A4), ("pgMar", margins))):
        section.insert(at + offset, ElementTree.Element(f"{{{W}}}{name}", {f"{{{W}}}{side}": value for side, value in sizes.items()}))
    return _text(root)


def _finished(made: bytes) -> bytes:
    """Text of tables in the style of tables, where pandoc gives it the style of short lists; rows whole on one page."""

    def dressed(found: re.Match[str]) -> str:
        text = found[0].replace('w:pStyle w:val="Compact"', 'w:pStyle w:val="TableText"').replace("<w:trPr>", "<w:trPr><w:cantSplit />")
        return re.sub(r"<w:tr>(?!\s*<w:trPr>)", "<w:tr><w:trPr><w:cantSplit /></w:trPr>", text)

    def tables(xml: bytes) -> bytes:
        return re.sub(r"<w:tbl>.*?</w:tbl>", dressed, xml.decode("utf-8"), flags=re.DOTALL).encode("utf-8")

    return _rewritten(made, {"word/document.xml": tables})


def _rewritten(document: bytes, changes: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """The document with some of its parts changed; parts keep their order and their dates."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content, change = old.read(entry), changes.get(entry.filename)
            new.writestr(entry, content if change is None else change(content), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _parsed(xml: bytes) -> ElementTree.Element:
    """A part of pandoc's own reference; its prefixes stay as they were."""
    for _, (prefix, address) in ElementTree.iterparse(io.BytesIO(xml), events=["start-ns"]):
        ElementTree.register_namespace(prefix, address)
    return ElementTree.fromstring(xml)


def _text(root: ElementTree.Element) -> bytes:
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _w(path: str) -> str:
    return "/".join(f"{{{W}}}{part}" for part in path.split("/"))
