"""The fonts a document may use: two free ones, from a Python package, never the machine's own."""

from __future__ import annotations

import functools
import importlib.util
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from zhibiao.errors import OutputError, ToolMissing

FONT_FILES = {"Noto Sans CJK SC": "NotoSansCJKsc-Regular.otf", "Noto Serif CJK SC": "NotoSerifCJKsc-Regular.otf"}
"""Family to file. The package also carries SimHei, which is not free: it must never get into a document."""

# Typst itself brings DejaVu Sans Mono (code and a few signs, ✔ ✘ ➚) and New Computer Modern Math (formulas).

_GENERIC = {"sans-serif", "serif", "monospace"}


def font_file(family: str) -> Path:
    """Return the file of a family.

    Raises
    ------
    ToolMissing
        mplfonts is not installed or lacks the file.
    """
    # find_spec does not import: importing mplfonts changes matplotlib's settings
    spec = importlib.util.find_spec("mplfonts")
    if spec is None or spec.origin is None:
        raise ToolMissing("缺少字体包 the font package mplfonts is not installed: pip install mplfonts")
    path = Path(spec.origin).parent / "fonts" / FONT_FILES[family]
    if not path.is_file():
        raise ToolMissing(
            f"字体包 mplfonts 不全 the font package mplfonts lacks {path.name}: pip install --force-reinstall mplfonts"
        )
    return path


def font_folder() -> Path:
    """Return a private folder that holds the two allowed fonts and nothing else; it goes with the process."""
    return Path(_private_folder().name)


@functools.cache
def _private_folder() -> tempfile.TemporaryDirectory[str]:
    sources = [font_file(family) for family in FONT_FILES]
    folder = tempfile.TemporaryDirectory(prefix="zhibiao-fonts-")
    for source in sources:
        link = Path(folder.name) / source.name
        try:
            link.symlink_to(source)
        except OSError:  # Windows without the right to link
            shutil.copyfile(source, link)
    return folder


def check_svg(svg: str | bytes, where: str) -> None:
    """Refuse a figure whose text would be drawn in another font than the allowed ones, or that points outside itself.

    Typst replaces an unknown family inside an SVG without a word.

    Parameters
    ----------
    svg : str or bytes
        The figure.
    where : str
        Name of the cell, for the message.

    Raises
    ------
    OutputError
        The SVG cannot be read, names a family that is not allowed, names none for a text, or refers to another file.
    """
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise OutputError(f"图的 SVG 无法读取 the figure's SVG cannot be read: {error}", where=where) from error
    foreign = sorted(set(_families_of_texts(root, inherited="")) - set(FONT_FILES))
    if foreign:
        named = ", ".join(family or "（未指定 none named）" for family in foreign)
        raise OutputError(
            f"图中文字使用了不允许的字体 the figure's text uses a font that is not allowed: {named}",
            where=where,
            allowed=FONT_FILES,
        )
    for element in root.iter():
        for name, value in element.attrib.items():
            if name.rpartition("}")[2] in ("href", "src") and not value.startswith(("#", "data:")):
                raise OutputError(f"图引用了外部文件 the figure refers to another file: {value[:80]}", where=where)


def _families_of_texts(element: ElementTree.Element, inherited: str) -> Iterator[str]:
    own = _own_family(element) or inherited
    name = str(element.tag).rpartition("}")[2]
    if name == "style":
        for families in re.findall(r"font-family\s*:\s*([^;}]+)", element.text or ""):
            yield _first_family(families)
    elif name in ("text", "tspan", "textPath") and (element.text or "").strip():
        yield own
    for child in element:
        yield from _families_of_texts(child, own)
        if name in ("text", "tspan", "textPath") and (child.tail or "").strip():
            yield own


def _own_family(element: ElementTree.Element) -> str:
    style = element.get("style", "")
    # matplotlib writes the shorthand: font: 10px 'Noto Sans CJK SC', sans-serif
    shorthand = re.search(r"(?:^|;)\s*font\s*:[^;]*?[\d.]+(?:px|pt|em|%)(?:/\S+)?\s+([^;]+)", style)
    longhand = re.search(r"(?:^|;)\s*font-family\s*:\s*([^;]+)", style)
    families = longhand or shorthand
    return _first_family(families.group(1) if families else element.get("font-family", ""))


def _first_family(families: str) -> str:
    # only the first one counts: with an allowed one first, Typst never looks at the others
    named = [family.strip().strip("'\"") for family in families.split(",")]
    return next((family for family in named if family and family not in _GENERIC), "")
