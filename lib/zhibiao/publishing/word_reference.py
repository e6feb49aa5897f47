"""The document that pandoc takes its look from: fonts, sizes, page and footer of a Chinese office."""

from __future__ import annotations

import functools
import io
import os
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from xml.etree import ElementTree

from zhibiao.errors import OutputError
from zhibiao.publishing.pandoc import SECONDS, program

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BODY, HEADINGS, LATIN = "仿宋", "黑体", "Times New Roman"
"""Fonts by the names that Word and WPS know; where one is missing they take its other name, then their own."""
OTHER_NAMES = {"仿宋": "FangSong", "黑体": "SimHei"}
SIZES = {"Title": 44, "Subtitle": 26, "Heading1": 32, "Heading2": 28, "Heading3": 24, "TableText": 16, "Notes": 18, "TableCaption": 21, "ImageCaption": 21, "FootnoteText": 18}
"""In half points: 二号 for the title, 三号 and 四号 for headings, 小四 for the text."""
IN_BODY_FONT = ("Subtitle", "TableText", "Notes", "FootnoteText")
EARLIEST = 315532800
"""1980-01-01: a part of a document cannot be older."""
A4 = {"w": "11906", "h": "16838"}
MARGINS = {"top": "1304", "right": "1134", "bottom": "1191", "left": "1134", "header": "567", "footer": "624", "gutter": "0"}
CELL = "70"
"""Twentieths of a point: 2 cm beside the page's text, 1.2 mm beside that of a cell, so that a column of a wide table holds a figure and its year."""
RULE, HEAD = "C00000", "E3EAF0"
"""The red rule below the title of an official document, and the ground of a table's header."""
FOOTER = {"zh": ("第 ", " 页 共 ", " 页"), "en": ("Page ", " of ", "")}
LATIN_TAG, CHINESE_TAG = "en-GB", "zh-CN"

ORDER = (
    "pStyle", "keepNext", "keepLines", "pageBreakBefore", "widowControl", "numPr", "pBdr", "shd", "autoSpaceDE", "autoSpaceDN", "spacing", "ind", "contextualSpacing", "jc", "outlineLvl",
)  # fmt: skip
"""Order of the properties of a paragraph that Word asks for."""

Paragraph = Mapping[str, Mapping[str, str]]
# lines of a set height, as official documents have them: pages break alike whichever font takes the place of one that is missing
LOOK: Mapping[str, Paragraph] = {
    "Title": {"spacing": {"before": "0", "after": "100"}, "jc": {"val": "center"}},
    "Subtitle": {"spacing": {"before": "0", "after": "160"}, "jc": {"val": "center"}},
    "BodyText": {"spacing": {"before": "60", "after": "60", "line": "400", "lineRule": "exact"}, "widowControl": {}},
    "Compact": {"spacing": {"before": "36", "after": "36", "line": "380", "lineRule": "exact"}},
    "TableText": {"autoSpaceDE": {"val": "0"}, "autoSpaceDN": {"val": "0"}, "spacing": {"before": "30", "after": "30", "line": "220", "lineRule": "exact"}},
    "Notes": {"spacing": {"before": "40", "after": "120", "line": "260", "lineRule": "exact"}},
    "FootnoteText": {"spacing": {"before": "0", "after": "20", "line": "240", "lineRule": "exact"}},
    "TableCaption": {"spacing": {"before": "120", "after": "60"}, "keepNext": {}},
    "Figure": {"spacing": {"before": "60", "after": "60"}, "jc": {"val": "center"}},
}
UNINDENTED = ("Compact", "TableText", "Notes")
"""What is based on the text of the body and does not begin two characters further in, as that does in Chinese."""


@functools.cache
def reference(lang: str) -> bytes:
    """pandoc's own reference document with our look.

    Raises
    ------
    OutputError
        pandoc does not hand it out.
    """
    try:
        # parts that are taken over keep their date: without one given it is the moment at which pandoc wrote them
        plain = subprocess.run(
            [str(program()), "--print-default-data-file=reference.docx"],
            capture_output=True, timeout=SECONDS, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": str(EARLIEST)},
        ).stdout  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise OutputError(f"pandoc: {error}") from error
    changes: dict[str, Callable[[bytes], bytes]] = {
        "word/styles.xml": functools.partial(_styles, lang=lang), "word/fontTable.xml": _fonts, "word/document.xml": _page,
        "word/_rels/document.xml.rels": _related, "[Content_Types].xml": _typed,
    }  # fmt: skip
    return rewritten(plain, changes, {"word/footer1.xml": _footer(lang)})


def rewritten(document: bytes, changes: Mapping[str, Callable[[bytes], bytes]], added: Mapping[str, bytes] | None = None) -> bytes:
    """The document with some of its parts changed and some added; parts keep their order and their dates."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content, change = old.read(entry), changes.get(entry.filename)
            new.writestr(entry, content if change is None else change(content), zipfile.ZIP_DEFLATED)
        for name, content in (added or {}).items():
            new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _styles(xml: bytes, lang: str) -> bytes:
    root = _parsed(xml)
    default = root.find(_w("docDefaults/rPrDefault/rPr"))
    assert default is not None  # pandoc's reference has it
    _font(default, BODY, 24)
    for tag in default.findall(_w("lang")):
        tag.attrib.update({f"{{{W}}}val": LATIN_TAG, f"{{{W}}}eastAsia": CHINESE_TAG})
    styles = {style.get(f"{{{W}}}styleId") or "": style for style in root.iter(f"{{{W}}}style")}
    for name, based in (("TableText", "Compact"), ("Notes", "BodyText")):
        made = ElementTree.SubElement(root, f"{{{W}}}style", {f"{{{W}}}type": "paragraph", f"{{{W}}}customStyle": "1", f"{{{W}}}styleId": name})
        ElementTree.SubElement(made, f"{{{W}}}name", {f"{{{W}}}val": name})
        ElementTree.SubElement(made, f"{{{W}}}basedOn", {f"{{{W}}}val": based})
        styles[name] = made
    for name, properties in LOOK.items():
        indent = {"firstLineChars": "0", "firstLine": "0"} if name in UNINDENTED else {"firstLineChars": "200", "firstLine": "480"}
        inside = {"ind": indent} if lang == "zh" and name in (*UNINDENTED, "BodyText") else {}
        _paragraph(styles[name], {**properties, **inside})
    _red_rule(styles["Subtitle"])
    for name, size in SIZES.items():
        _lettering(styles[name], BODY if name in IN_BODY_FONT else HEADINGS, size)
    _ruled(styles["Table"])
    return _text(root)


def _lettering(style: ElementTree.Element, east: str, size: int) -> None:
    run = style.find(_w("rPr"))
    if run is None:
        run = ElementTree.SubElement(style, f"{{{W}}}rPr")
    for gone in ("color", "i", "iCs", "b", "bCs", "spacing"):
        for child in run.findall(_w(gone)):
            run.remove(child)
    _font(run, east, size)
    run.insert(1, ElementTree.Element(f"{{{W}}}i", {f"{{{W}}}val": "0"}))  # captions inherit a slant that Chinese has no letters for


def _paragraph(style: ElementTree.Element, properties: Paragraph) -> None:
    """Set properties of a style's paragraphs, in the order that Word asks for."""
    held = style.find(_w("pPr"))
    if held is None:
        run = style.find(_w("rPr"))
        held = ElementTree.Element(f"{{{W}}}pPr")
        style.insert(list(style).index(run) if run is not None else len(style), held)
    for gone in (*properties, "numPr", "contextualSpacing"):
        for child in held.findall(_w(gone)):
            held.remove(child)
    for name, values in properties.items():
        ElementTree.SubElement(held, f"{{{W}}}{name}", {f"{{{W}}}{key}": value for key, value in values.items()})
    held[:] = sorted(held, key=lambda child: ORDER.index(child.tag.removeprefix(f"{{{W}}}")))


def _red_rule(style: ElementTree.Element) -> None:
    held = style.find(_w("pPr"))
    assert held is not None  # its spacing has just been set
    border = ElementTree.Element(f"{{{W}}}pBdr")
    ElementTree.SubElement(border, f"{{{W}}}bottom", {f"{{{W}}}{key}": value for key, value in {"val": "single", "sz": "12", "space": "6", "color": RULE}.items()})
    held.insert(0, border)


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
    """Rules above, below and between the rows; a header in 黑体 on a light ground."""
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
    for head in table.findall(_w("tblStylePr/tcPr")):
        shade = ElementTree.Element(f"{{{W}}}shd", {f"{{{W}}}val": "clear", f"{{{W}}}color": "auto", f"{{{W}}}fill": HEAD})
        head.insert(1, shade)


def _fonts(xml: bytes) -> bytes:
    root = _parsed(xml)
    for name, other in OTHER_NAMES.items():
        font = ElementTree.SubElement(root, f"{{{W}}}font", {f"{{{W}}}name": name})
        ElementTree.SubElement(font, f"{{{W}}}altName", {f"{{{W}}}val": other})
    return _text(root)


def _page(xml: bytes) -> bytes:
    """A4, whatever the reference had, and the footer."""
    root = _parsed(xml)
    ElementTree.register_namespace("r", R)
    section = root.find(f".//{{{W}}}sectPr")
    if section is None:
        body = root.find(_w("body"))
        assert body is not None
        section = ElementTree.SubElement(body, f"{{{W}}}sectPr")
    for name in ("pgSz", "pgMar", "footerReference"):
        for child in section.findall(_w(name)):
            section.remove(child)
    section.insert(0, ElementTree.Element(f"{{{W}}}footerReference", {f"{{{W}}}type": "default", f"{{{R}}}id": "rIdFooter1"}))
    at = next((i for i, child in enumerate(section) if child.tag in (f"{{{W}}}cols", f"{{{W}}}docGrid")), len(section))
    for offset, (name, sizes) in enumerate((("pgSz", A4), ("pgMar", MARGINS))):
        section.insert(at + offset, ElementTree.Element(f"{{{W}}}{name}", {f"{{{W}}}{side}": value for side, value in sizes.items()}))
    return _text(root)


def _footer(lang: str) -> bytes:
    before, between, behind = FOOTER[lang]
    face = f'<w:rPr><w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{BODY}"/><w:sz w:val="21"/></w:rPr>'

    def said(text: str) -> str:
        return f'<w:r>{face}<w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""

    def counted(name: str) -> str:
        return f'<w:fldSimple w:instr=" {name} "><w:r>{face}<w:t>1</w:t></w:r></w:fldSimple>'

    line = said(before) + counted("PAGE") + said(between) + counted("NUMPAGES") + said(behind)
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:ftr xmlns:w="{W}"><w:p><w:pPr><w:jc w:val="center"/></w:pPr>{line}</w:p></w:ftr>'
    ).encode()


def _related(xml: bytes) -> bytes:
    kind = f"{R}/footer"
    return xml.replace(b"</Relationships>", f'<Relationship Id="rIdFooter1" Type="{kind}" Target="footer1.xml"/></Relationships>'.encode())


def _typed(xml: bytes) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
    return xml.replace(b"</Types>", f'<Override PartName="/word/footer1.xml" ContentType="{kind}"/></Types>'.encode())


def _parsed(xml: bytes) -> ElementTree.Element:
    """A part of pandoc's own reference; its prefixes stay as they were."""
    for _, (prefix, address) in ElementTree.iterparse(io.BytesIO(xml), events=["start-ns"]):
        ElementTree.register_namespace(prefix, address)
    return ElementTree.fromstring(xml)


def _text(root: ElementTree.Element) -> bytes:
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _w(path: str) -> str:
    return "/".join(f"{{{W}}}{part}" for part in path.split("/"))
