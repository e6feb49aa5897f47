"""An executed notebook as a PDF for every reader (PDF/UA-1): pandoc reads the notebook, Typst sets the page."""

from __future__ import annotations

import base64
import copy
import functools
import importlib.resources
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode

from zhibiao.errors import OutputError, ToolMissing
from zhibiao.publishing.fonts import check_svg, font_folder
from zhibiao.publishing.frontmatter import FrontMatter, cell_name, front_matter, shown_cells
from zhibiao.publishing.pandoc import converted
from zhibiao.publishing.sections import LAYOUT, by_evidence, for_slides, said_nothing
from zhibiao.showing.nothing import NOTHING

if TYPE_CHECKING:
    import typst

PICTURES = ("image/svg+xml", "image/png")
"""A picture is published as SVG where there is one."""

_SHORT_TITLE = {"zh": 30, "en": 64}


@dataclass(frozen=True)
class Attachment:
    """A file that travels inside a PDF."""

    name: str
    """A plain file name."""
    content: bytes
    kind: str
    """MIME type."""
    title: str
    """What it is, for the reader's list of attachments."""


def to_pdf(nb: NotebookNode, *, lang: str | None = None, attached: Sequence[Attachment] = ()) -> bytes:
    """Publish an executed notebook.

    Code, streams, errors, the parameters, the setup line and the Markdown of the other language are left out. The same
    notebook always gives the same bytes.

    Parameters
    ----------
    nb : NotebookNode
        The notebook, executed; it is not changed.
    lang : {"zh", "en"}, optional
        By default the run's own language.
    attached : sequence of Attachment
        Files that are put into the document; it is then made to PDF/A-3a as well, for keeping.

    Returns
    -------
    bytes
        A PDF/UA-1 document on A4.

    Raises
    ------
    OutputError
        A figure has no alternative text or uses a font that is not allowed, a glyph is missing, or the page cannot be
        set.
    ToolMissing
        pandoc, Typst or a font is not installed.
    """
    front = front_matter(nb, lang)
    return _set(readable(nb, front.lang), front, "briefing.typ", attached)


def to_slides(nb: NotebookNode, *, lang: str | None = None) -> bytes:
    """Publish an executed notebook as slides of 16:9: the same content, a slide for each figure and table.

    Parameters
    ----------
    nb, lang
        As in `to_pdf`; sections that are read on paper only are left out.

    Returns
    -------
    bytes
        A PDF/UA-1 document of 13.33 by 7.5 inches.

    Raises
    ------
    OutputError, ToolMissing
        As in `to_pdf`.
    """
    front = front_matter(nb, lang)
    shown = readable(nb, front.lang)
    shown.cells = for_slides(shown.cells)
    return _set(shown, front, "slides.typ")


def _set(shown: NotebookNode, front: FrontMatter, look: str, attached: Sequence[Attachment] = ()) -> bytes:
    with tempfile.TemporaryDirectory(prefix="zhibiao-pdf-") as folder:
        body = converted(shown, Path(folder), "typst", "--extract-media=.").decode("utf-8")
        templates = [importlib.resources.files(__package__).joinpath(name).read_text(encoding="utf-8") for name in ("house.typ", look)]
        (Path(folder) / "main.typ").write_text("".join([*templates, body]), encoding="utf-8")
        for number, file in enumerate(attached):
            (Path(folder) / f"attached-{number}").write_bytes(file.content)
        return typeset(Path(folder), "pdf", front, attached=attached)


def readable(nb: NotebookNode, lang: str) -> NotebookNode:
    """Return the notebook with what a reader of `lang` is shown, one representation per output.

    Raises
    ------
    OutputError
        A figure has no alternative text or uses a font that is not allowed; the message names the cell.
    """
    shown = _node(nbformat=4, nbformat_minor=5, metadata={}, cells=[])
    for position, cell in shown_cells(nb, lang):
        kept = copy.deepcopy(cell)
        if kept.cell_type == "code":
            where = cell_name(position, cell)
            found = [_represented(output, where) for output in kept.outputs]
            kept.outputs = [output for output in found if output is not None]
            if not kept.outputs:
                continue
            kept.source = ""
        kept.metadata = {"tags": sorted(LAYOUT & set(cell.metadata.get("tags", ())))}
        # pandoc names attachments after the cell: an id that changes from run to run must not come in
        kept.id = f"cell-{position}"
        shown.cells.append(kept)
    shown.cells = by_evidence(shown.cells, lang)
    return shown


def _represented(output: NotebookNode, where: str) -> NotebookNode | None:
    if output.output_type not in ("display_data", "execute_result"):
        return None
    data: Mapping[str, Any] = output.data
    if "application/vnd.jupyter.widget-view+json" in data:
        return None
    picture = next((kind for kind in PICTURES if kind in data), None)
    if picture is not None:
        words = picture_words(output, picture, where)
        if picture == "image/svg+xml":
            check_svg(joined(data[picture]), where)
        return _display({picture: data[picture]}, {picture: words} | _nothing(output))
    kind = next((kind for kind in ("text/markdown", "text/html", "text/plain") if kind in data), None)
    if kind is None:
        return None
    kept = {kind: data[kind]}
    resource = data.get("application/vnd.dataresource+json")
    if isinstance(resource, Mapping) and resource.get("title"):
        kept["application/vnd.dataresource+json"] = {"title": str(resource["title"])}
    return _display(kept, _nothing(output))


def _nothing(output: NotebookNode) -> dict[str, Any]:
    return {NOTHING: True} if said_nothing(output) else {}


def _display(data: Mapping[str, Any], metadata: Mapping[str, Any]) -> NotebookNode:
    return _node(output_type="display_data", data=data, metadata=metadata)


def _node(**entries: Any) -> NotebookNode:
    return NotebookNode(**entries)


def picture_words(output: NotebookNode, kind: str, where: str) -> dict[str, str]:
    """Return the alternative text and, where there is one, the title of a picture.

    Raises
    ------
    OutputError
        There is no alternative text.
    """
    told = output.get("metadata", {}).get(kind, {})
    alt = " ".join(str(told.get("alt") or "").split())
    if not alt:
        raise OutputError(
            f"图没有替代文本 the figure has no alternative text (output metadata {kind} → alt)",
            where=where,
        )
    title = " ".join(str(told.get("title") or "").split())
    return {"alt": alt, "title": title} if title else {"alt": alt}


def joined(text: str | list[str]) -> str:
    """Return a MIME value that may be stored as lines."""
    return text if isinstance(text, str) else "".join(text)


def picture_bytes(value: str | list[str], kind: str) -> bytes:
    """Return the file behind a picture's MIME value."""
    return base64.b64decode(joined(value)) if kind == "image/png" else joined(value).encode("utf-8")


@functools.cache
def _fonts(folder: Path) -> typst.Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder])


def typeset(folder: Path, kind: str, front: FrontMatter, ppi: float = 144.0, attached: Sequence[Attachment] = ()) -> bytes:
    """Set ``main.typ`` in `folder`; Typst sees no file outside of it and no font but ours.

    Parameters
    ----------
    folder : Path
        Holds ``main.typ`` and its pictures.
    kind : {"pdf", "png"}
        PDF is made to PDF/UA-1.
    front : FrontMatter
        Handed to the template as JSON.
    ppi : float
        Pixels per inch of a PNG.
    attached : sequence of Attachment
        Lie in `folder` as ``attached-0`` and so on; the template puts them into the PDF, which then is made to PDF/A-3a too.

    Raises
    ------
    OutputError
        Typst refuses or warns: a font is unknown, a glyph missing, an alternative text absent.
    ToolMissing
        Typst or a font is not installed.
    """
    try:
        import typst
    except ImportError as error:
        raise ToolMissing("缺少 Typst Typst is not installed: pip install typst") from error
    try:
        made, warnings = typst.compile_with_warnings(
            folder / "main.typ",
            root=folder,
            font_paths=_fonts(font_folder()),
            ignore_system_fonts=True,
            format="pdf" if kind == "pdf" else "png",
            ppi=ppi,
            sys_inputs={"front": json.dumps(_front_words(front, attached), ensure_ascii=False)},
            pdf_standards=[] if kind != "pdf" else ["ua-1", "a-3a"] if attached else ["ua-1"],
            timestamp=0,
        )
    except typst.TypstError as error:
        raise OutputError(f"Typst: {'; '.join([error.message, *error.hints])}") from error
    if warnings:
        raise OutputError("Typst: " + "; ".join(sorted({warning.message for warning in warnings})))
    if not isinstance(made, bytes):
        raise OutputError("Typst 未产生单个文件 Typst did not make one file")
    return made


def _front_words(front: FrontMatter, attached: Sequence[Attachment] = ()) -> dict[str, object]:
    room = _SHORT_TITLE[front.lang]
    return {
        "lang": front.lang,
        "title": front.title,
        "short": front.title if len(front.title) <= room else front.title[: room - 1] + "…",
        "region": front.region,
        "date": [front.date.year, front.date.month, front.date.day],
        "facts": front.facts,
        "number": front.number,
        "attached": [{"name": file.name, "kind": file.kind, "title": file.title} for file in attached],
    }
