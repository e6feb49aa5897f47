"""The text of HTML pages and Word files: a line a paragraph; scripts, deleted passages and readings above characters left out."""

from __future__ import annotations

import io
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

from zhibiao.errors import RegistryError

SILENT = {"script", "style", "template", "head", "del", "s"}
"""HTML elements whose text nobody reads on the page."""

READING = {"rt", "rp"}
"""The pinyin of ``<ruby>``; its closing tag may be left out."""

BLOCKS = {
    "address", "article", "blockquote", "br", "caption", "center", "dd", "div", "dl", "dt", "figcaption", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "th", "thead", "title", "tr", "ul",
}  # fmt: skip

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DELETED = {f"{WORD}{name}" for name in ("del", "moveFrom", "rt")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
"""Word elements left out: what was deleted or moved away, pinyin over a character, the second copy of a text box."""

LARGEST = 200_000_000
"""Bytes of the unpacked text of a Word file; beyond that it is no document."""


def html_text(markup: str) -> str:
    """The text of an HTML page, a line for each block.

    >>> html_text("<p>技<ruby>工<rt>gōng</rt></ruby>教育<br>&gt;10.5<script>1</script></p>").split()
    ['技工教育', '>10.5']
    """
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return "".join(reader.parts)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: list[str] = []
        self._reading = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in SILENT:
            self._silent.append(tag)
        elif tag == "body":
            self._silent.clear()  # a head that was never closed ends here
        self._reading = tag in READING or (self._reading and tag not in BLOCKS and tag not in ("ruby", "rb"))
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            del self._silent[self._silent.index(tag) :]
        if tag in READING or tag == "ruby" or tag in BLOCKS:
            self._reading = False
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent and not self._reading:
            self.parts.append(data)


def docx_text(content: bytes, name: str) -> str:
    """The text of a Word file, tables and text boxes included, a line for each paragraph.

    Raises
    ------
    RegistryError
        The file is no docx, is protected or broken.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.getinfo("word/document.xml").file_size > LARGEST:
                raise RegistryError("docx 过大 the docx is too large", where=name)
            markup = archive.read("word/document.xml")
        if b"<!DOCTYPE" in markup or b"<!ENTITY" in markup:
            raise ElementTree.ParseError("a Word file declares no entities")
        root = ElementTree.fromstring(markup)
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, EOFError, ElementTree.ParseError):
        raise RegistryError(
            "docx 已损坏、加密，或不是 docx the docx is broken, protected or none", where=name
        ) from None
    parts: list[str] = []
    _word(root, parts)
    return "".join(parts)


def _word(element: ElementTree.Element, parts: list[str]) -> None:
    for child in element:
        if child.tag in DELETED:
            continue
        match child.tag.removeprefix(WORD):
            case "t":
                parts.append(child.text or "")
            case "tab":
                parts.append("\t")
            case "noBreakHyphen":
                parts.append("-")
            case "br" | "cr":
                parts.append("\n")
            case "p":
                _word(child, parts)
                parts.append("\n")
            case _:
                _word(child, parts)
