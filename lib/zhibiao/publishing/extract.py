"""The figures and tables of an executed notebook as files: SVG, PNG, one workbook, one csv a table."""

from __future__ import annotations

import csv
import io
import math
import re
import tempfile
from pathlib import Path

from nbformat import NotebookNode

from zhibiao.printing import harmless
from zhibiao.publishing.fonts import check_svg
from zhibiao.publishing.frontmatter import FrontMatter, front_matter, shown_outputs
from zhibiao.publishing.pdf import joined, picture_bytes, typeset
from zhibiao.publishing.resource import Table, shown_text, tables
from zhibiao.publishing.workbook import workbook
from zhibiao.wholefile import write_whole

Figure = tuple[str, bytes | None, bytes | None]

PNG_PPI = 200.0


def slug(stem: str) -> str:
    """Return a file name made of ASCII letters, digits, ``-`` and ``_`` only.

    >>> slug("09_briefing"), slug("重庆/../x y")
    ('09_briefing', 'x-y')
    """
    return re.sub(r"[^A-Za-z0-9_]+", "-", stem).strip("-") or "notebook"


def figures(nb: NotebookNode) -> list[Figure]:
    """Return (name, SVG or None, PNG or None) of each figure in reading order; the first name is ``figure-01``.

    Raises
    ------
    OutputError
        The text of an SVG uses a font that is not allowed.
    """
    found: list[Figure] = []
    for where, output in shown_outputs(nb, front_matter(nb).lang):
        svg, png = (output.data.get(kind) for kind in ("image/svg+xml", "image/png"))
        if svg is None and png is None:
            continue
        if svg is not None:
            check_svg(joined(svg), where)
        found.append(
            (
                f"figure-{len(found) + 1:02d}",
                None if svg is None else picture_bytes(svg, "image/svg+xml"),
                None if png is None else picture_bytes(png, "image/png"),
            )
        )
    return found


def write_figures(nb: NotebookNode, folder: Path, stem: str, *, png: bool = True) -> list[str]:
    """Write each figure as SVG, where it has one, and as PNG.

    The PNG of an SVG figure is made by Typst from that SVG, at 200 pixels an inch and with the same fonts.

    Parameters
    ----------
    nb : NotebookNode
        The executed notebook.
    folder : Path
        Made where it does not exist.
    stem : str
        Name of the notebook without ``.ipynb``.
    png : bool
        Draw SVG figures as PNG too.

    Returns
    -------
    list of str
        The files written, relative to `folder`.

    Raises
    ------
    OutputError
        A file cannot be written, or a figure cannot be drawn.
    """
    front = front_matter(nb)
    written = []
    for name, svg, bitmap in figures(nb):
        base = f"{slug(stem)}-{name}"
        if svg is not None:
            written.append(write_whole(folder / f"{base}.svg", svg).name)
            bitmap = bitmap or (png_of(svg, front) if png else None)
        if bitmap is not None:
            written.append(write_whole(folder / f"{base}.png", bitmap).name)
    return written


def png_of(svg: bytes, front: FrontMatter, ppi: float = PNG_PPI) -> bytes:
    """Draw an SVG as PNG with the fonts of the documents."""
    with tempfile.TemporaryDirectory(prefix="zhibiao-png-") as folder:
        (Path(folder) / "figure.svg").write_bytes(svg)
        (Path(folder) / "main.typ").write_text(
            '#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image("figure.svg")\n', encoding="utf-8"
        )
        return typeset(Path(folder), "png", front, ppi=ppi)


def write_tables(nb: NotebookNode, folder: Path, stem: str) -> list[str]:
    """Write all tables into one workbook and each into a csv.

    Text that a spreadsheet would take for a formula stays text: the workbook stores it as a string, the csv puts
    a ``'`` before it.

    Parameters
    ----------
    nb, folder, stem
        As in `write_figures`.

    Returns
    -------
    list of str
        The workbook first; nothing where the notebook has no table.

    Raises
    ------
    OutputError
        A file cannot be written, or a text is longer than a cell of a workbook may be.
    """
    found = tables(nb)
    if not found:
        return []
    base = slug(stem)
    written = [write_whole(folder / f"{base}-tables.xlsx", workbook(found, front_matter(nb))).name]
    for number, table in enumerate(found, start=1):
        written.append(write_whole(folder / f"{base}-table-{number:02d}.csv", _csv(table)).name)
    return written


def _csv(table: Table) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([harmless(column.label) for column in table.columns])
    for row in table.rows:
        writer.writerow(
            [
                value if isinstance(value, int | float) and math.isfinite(value) else harmless(shown_text(value))
                for value in row
            ]
        )
    return stream.getvalue().encode("utf-8-sig")
