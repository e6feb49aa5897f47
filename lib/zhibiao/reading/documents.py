"""Documents as plain text: txt, md, html, docx and pdf, with the hash of the file they came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from zhibiao.catalogue.textfile import read_text
from zhibiao.errors import RegistryError
from zhibiao.reading.markup import docx_text, html_text

SCANNED = 8
"""Characters a page that a PDF has at least if it holds text; a scan has none, or a stamped page number."""


@dataclass(frozen=True)
class Document:
    """A document that was read.

    Attributes
    ----------
    name : str
        The file's path, as it was given.
    kind : str
        ``txt``, ``md``, ``html``, ``docx`` or ``pdf``.
    text : str
        The raw text: lines end in ``\\n``, pages of a PDF are parted by ``\\n\\f``. Spans count characters of it.
    sha256 : str
        Of the file's bytes.
    """

    name: str
    kind: str
    text: str = field(repr=False)
    sha256: str


def read_document(path: Path) -> Document:
    """Read one document.

    Raises
    ------
    RegistryError
        The file is missing, of another kind, broken, protected, or holds pictures of text only.
    """
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        hint = "；请另存为 docx save it as docx" if path.suffix.lower() in (".doc", ".wps", ".rtf") else ""
        raise RegistryError(
            f"不认识的文件类型 unknown kind of file {path.suffix!r}{hint}", where=str(path), allowed=KINDS
        )
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise RegistryError("文件不存在 no such file", where=str(path)) from None
    except OSError as error:
        raise RegistryError(f"无法读取 cannot be read: {error.strerror}", where=str(path)) from None
    match kind:
        case "pdf":
            text = _pdf(path, content)
        case "docx":
            text = docx_text(content, str(path))
        case _:
            text = read_text(path)[0]
            text = html_text(text) if kind == "html" else text
    if not text.strip():
        raise RegistryError("文件里没有文字 the file holds no text", where=str(path))
    return Document(str(path), kind, text, hashlib.sha256(content).hexdigest())


def _pdf(path: Path, content: bytes) -> str:
    import pypdfium2

    try:
        book = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        what = "PDF 有密码 the PDF is protected by a password" if locked else "PDF 已损坏 the PDF is broken"
        raise RegistryError(what, where=str(path)) from None
    try:
        pages = []
        for page in book:
            words = page.get_textpage()
            pages.append(words.get_text_bounded().replace("\r\n", "\n").replace("\r", "\n"))
            words.close()
            page.close()
    finally:
        book.close()
    if sum(len("".join(page.split())) for page in pages) < SCANNED * len(pages):
        raise RegistryError(
            "PDF 是扫描件，没有文字 the PDF is a scan without text；请先作文字识别 run text recognition first",
            where=str(path),
            allowed=KINDS,
        )
    return "\n\f".join(pages)


KINDS = {".txt": "txt", ".md": "md", ".html": "html", ".htm": "html", ".docx": "docx", ".pdf": "pdf"}
"""Endings that can be read, and what they are."""
