"""One look for every chart: the font, the colours and marks by role, and how text is measured and broken into lines."""

from __future__ import annotations

import importlib.util
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any, TypeVar

import matplotlib
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.path import Path

from zhibiao.errors import ParameterError, ToolMissing

T = TypeVar("T")

FONT = "NotoSansCJKsc-Regular.otf"
FAMILY = "Noto Sans CJK SC"

INK, MUTED, GRID = "#1A1A1A", "#555555", "#DDDDDD"
TITLE_SIZE, TEXT_SIZE, NOTE_SIZE = 12.0, 9.0, 8.0
LINE = 1.4 / 72
"""Inches of line height for each point of font size."""

TICK = Path([(-0.5, 0.0), (-0.12, -0.42), (0.55, 0.5)])
"""A tick sign as a marker: the font lacks one of the two usual glyphs."""


@dataclass(frozen=True)
class Look:
    """How one role is drawn. Besides its colour it always has a mark, a hatch or a line that survives a grey printer."""

    colour: str
    line: Any = "none"
    marker: Any = ""
    filled: bool = True
    hatch: str = ""
    width: float = 1.6
    edge: str = ""


BLUE, ORANGE, GREEN, SKY = ("#0072B2", "#D55E00", "#009E73", "#56B4E9")  # Okabe and Ito's palette

LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "observed": Look("#000000", line="-", marker="o"),
        "uncertain": Look("#000000", marker="o", filled=False),
        "about": Look("#000000", marker="s"),
        "floor": Look("#000000", marker="^"),
        "ceiling": Look("#000000", marker="v"),
        "no figures": Look("#8A8A8A", line=":", width=1.2),
        "projected": Look(BLUE, line=(0, (5, 1.5)), width=2.0),
        "band inner": Look("#86B9DC", edge=BLUE, line="-", width=0.5),
        "band": Look("#BCD8EC", edge=BLUE, line="--", width=0.7),
        "band outer": Look("#E4EFF7", edge=BLUE, line=":", width=0.9),
        "unmoved": Look("#5F5F5F", line=":", width=1.6),
        "unmoved band": Look("#DCDCDC", edge="#8A8A8A", line=":", width=0.5),
        "target": Look(ORANGE, line="-", marker="D", width=2.2),
        "other target": Look(ORANGE, line=(0, (3, 1.2)), marker="D", filled=False, width=1.4),
        "pace": Look("#5F5F5F", line="-.", width=1.2),
        "needed": Look(ORANGE, line=(0, (1.5, 1.2)), width=1.6),
        "yearly": Look("#D3E9F7", edge=SKY, width=0.8),
        "baseline": Look("#5F5F5F", marker="|"),
        "met": Look(GREEN, marker=TICK, width=2.4),
        "on schedule": Look(GREEN, line="-", marker="o", width=2.4),
        "behind": Look(ORANGE, line="-", marker="s", width=2.4),
        "missed": Look(ORANGE, marker="X"),
        "missing": Look(ORANGE, edge="#8F3F00", width=0.6),
        "beyond": Look("#1A1A1A", marker=">"),
        "before": Look("#1A1A1A", marker="<"),
        "rising": Look("#000000", marker="^"),
        "falling": Look("#000000", marker="v"),
        "steady": Look("#000000", marker="_"),
        "unscaled": Look(ORANGE, marker="D", filled=False),
        "unknown": Look("#F4F4F4", edge="#A6A6A6", hatch="////", width=0.6),
        "time": Look("#3A3A3A", marker="|", width=2.2),
        "curve": Look(BLUE, line="-", width=1.8),
        "second curve": Look(ORANGE, line=(0, (5, 1.5)), width=1.8),
        "third curve": Look(GREEN, line="-.", width=1.8),
        "fourth curve": Look("#5F5F5F", line=":", width=1.8),
        "region": Look("#C4E6DA", edge=GREEN, hatch="//", width=0.6),
        "second region": Look("#F9D3B4", edge=ORANGE, hatch="\\\\", width=0.6),
        "place": Look("#000000", marker="o"),
        "anchor": Look("#000000", marker="*"),
    }
)
"""How each role is drawn, in every chart and in the explorer. A path under the scenario asked for is blue whatever scenario it is, for a panel or
a title names it; what it is held against (no lever moved, a pinned setting) is grey; what a document asks for is orange."""

HOUSE: Mapping[str, Any] = MappingProxyType(
    {
        "font.family": [FAMILY],
        "font.size": TEXT_SIZE,
        "axes.unicode_minus": False,
        "text.parse_math": False,  # a dollar sign in a name is a dollar sign; mathematics has no Chinese glyphs
        "text.hinting": "none",  # the same widths at every resolution, so that what is measured is what is drawn
        "text.color": INK,
        "axes.edgecolor": "#7A7A7A",
        "axes.labelcolor": INK,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.grid": False,
        "grid.color": GRID,
        "grid.linewidth": 0.7,
        "xtick.color": "#7A7A7A",
        "ytick.color": "#7A7A7A",
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.labelsize": NOTE_SIZE + 0.5,
        "ytick.labelsize": NOTE_SIZE + 0.5,
        "hatch.linewidth": 0.6,
        "lines.markersize": 6.0,
        "figure.dpi": 72.0,
        "savefig.dpi": 144.0,
        "savefig.bbox": None,
        "svg.fonttype": "none",
        "svg.hashsalt": "zhibiao",
    }
)


DRAWN = frozenset(
    [
        "axes",
        "figure",
        "font",
        "grid",
        "hatch",
        "lines",
        "markers",
        "patch",
        "path",
        "savefig",
        "svg",
        "text",
        "xtick",
        "ytick",
    ]
)
"""Families of settings that show in a picture; the others (backend, keys, animation) are the session's own business."""


@cache
def font_file() -> FilePath:
    """Return the file of the Chinese font.

    Raises
    ------
    ToolMissing
        The package that brings the font, or the file in it, is not there.
    """
    # found by its folder: importing mplfonts would rebuild matplotlib's font list and take seconds
    spec = importlib.util.find_spec("mplfonts")
    folders = list(spec.submodule_search_locations or []) if spec else []
    for folder in folders:
        candidate = FilePath(folder) / "fonts" / FONT
        if candidate.is_file():
            return candidate
    raise ToolMissing(
        f"缺少中文字体 {FONT}。The Chinese font is missing: install the package mplfonts", where="mplfonts"
    )


@cache
def _registered() -> str:
    """Put the font first in matplotlib's list, so that a system font of the same name never takes its place."""
    fonts = font_manager.fontManager
    before = len(fonts.ttflist)
    fonts.addfont(font_file())
    added = fonts.ttflist[before:]
    del fonts.ttflist[before:]
    fonts.ttflist[:0] = added
    return font_manager.findfont(FAMILY, fallback_to_default=False)


@cache
def _defaults() -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", matplotlib.MatplotlibDeprecationWarning)
        return dict(matplotlib.rcParamsDefault.items())


@contextmanager
def theme() -> Iterator[None]:
    """Draw in the house style, whatever the session set before, and leave its settings as they were.

    Raises
    ------
    ToolMissing
        A character has no glyph in the font.
    """
    _registered()
    style: dict[Any, Any] = {key: value for key, value in _defaults().items() if key.split(".")[0] in DRAWN}
    with matplotlib.rc_context(style | dict(HOUSE)), warnings.catch_warnings():
        warnings.filterwarnings("error", message=r"Glyph .* missing from", category=UserWarning)
        try:
            yield
        except UserWarning as warning:
            raise ToolMissing(f"字体缺字。{warning}", where=FONT) from warning


@cache
def _face(size: float) -> FT2Font:
    face = FT2Font(font_file())
    face.set_size(size, 72)
    return face


@cache
def _has_glyph(character: str) -> bool:
    # asked character by character: a list of all 44,000 takes each new kernel longer than the texts of a report
    return bool(_face(TEXT_SIZE).get_char_index(ord(character)))


def missing_glyphs(text: str) -> str:
    """Return the characters of `text` for which the font has no glyph."""
    return "".join(sorted({c for c in text if c != "\n" and not _has_glyph(c)}))


@lru_cache(4096)
def width_of(text: str, size: float) -> float:
    """Return the width in inches of one line of `text` at `size` points."""
    if lost := missing_glyphs(text):
        raise ToolMissing(f"字体中没有这些字符 the font has no glyph for: {lost!r}", where=FONT)
    face = _face(size)
    face.set_text(text, 0, flags=LoadFlags.NO_HINTING)
    return float(face.get_width_height()[0]) / 64 / 72


NEVER_FIRST = "，。；：、！？）〕】》」』”’％%…—·)]},.;:!?"
NEVER_LAST = "（〔【《「『“‘([{"
# a number keeps its unit
UNITS = "(?:[万亿]?(?:人次|[年月日号个所人家名项种条倍元])|[万亿])"
WORDS = re.compile(rf"\s+|[^\s\u2e80-\uffef]+{UNITS}?|.")


def _pieces(text: str) -> list[str]:
    """Break `text` where a line may end: between Chinese characters and at spaces, but not beside the wrong punctuation."""
    pieces: list[str] = []
    for word in WORDS.findall(text):
        glued = pieces and not word.isspace() and not pieces[-1].isspace()
        if glued and (word[0] in NEVER_FIRST or pieces[-1][-1] in NEVER_LAST):
            pieces[-1] += word
        else:
            pieces.append(word)
    return pieces


def wrap(text: str, width: float, size: float) -> list[str]:
    """Return `text` in lines no wider than `width` inches at `size` points.

    >>> wrap("到2025年在校生超过10.5万人", 1.0, 9)
    ['到2025年在校生', '超过10.5万人']
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        pieces, line = _pieces(paragraph.strip()), ""
        while pieces:
            fitting = _fitting(line, pieces, width, size)
            line, pieces = line + "".join(pieces[:fitting]), pieces[fitting:]
            if not pieces:
                break
            if line.strip():
                lines.append(line.strip())
            line = pieces.pop(0).lstrip()
            while width_of(line, size) > width and len(line) > 1:  # one word wider than the line is cut
                fits = max((n for n in range(1, len(line)) if width_of(line[:n], size) <= width), default=1)
                lines.append(line[:fits])
                line = line[fits:]
        if line.strip():
            lines.append(line.strip())
    return lines


def _fitting(line: str, pieces: Sequence[str], width: float, size: float) -> int:
    """How many pieces still fit behind `line`. Measuring a text loads each of its glyphs: the sum of their advances says where to measure."""

    def fits(count: int) -> bool:
        return width_of((line + "".join(pieces[:count])).rstrip(), size) <= width

    reached = list(accumulate((_advance(piece) * size for piece in pieces), initial=_advance(line) * size))
    count = max(bisect_right(reached, width) - 1, 0)
    if count and not fits(count):
        while count and not fits(count):
            count -= 1
        return count
    while count < len(pieces) and fits(count + 1):
        count += 1
    return count


@lru_cache(4096)
def _advance(text: str) -> float:
    """About how wide a text is, inches for a point of font size."""
    return sum(map(_advance_of, text))


@cache
def _advance_of(character: str) -> float:
    return float(_face(TEXT_SIZE).load_char(ord(character), flags=LoadFlags.NO_HINTING).linearHoriAdvance) / 65536 / TEXT_SIZE / 72


CLAUSE_ENDS = re.compile(r"(?<=[，；：。])|(?<=[,;:]) ")
"""Where a sentence may be halved without tearing a clause."""
LOPSIDED = 0.45
"""Of two lines the shorter one is at least so long, as a share of the longer, where a title is broken at a clause."""


def balanced(text: str, width: float, size: float) -> list[str]:
    """Return `text` in as few lines as :func:`wrap`, but of like length: no title ends in a line of two characters.

    Of two lines the first ends with a clause where the halves are not too unlike.
    """
    lines = narrower = wrap(text, width, size)
    if len(lines) == 2 and (halves := _halved(text.strip(), width, size)):
        return halves
    while len(narrower) == len(lines) > 1 and width > 1:
        lines, width = narrower, width - 0.1
        narrower = wrap(text, width, size)
    return lines


def _halved(text: str, width: float, size: float) -> list[str]:
    """The text in two lines broken between clauses, as alike as may be; empty where no such break gives two lines that fit."""
    breaks = [(text[: found.start()].strip(), text[found.end() :].strip()) for found in CLAUSE_ENDS.finditer(text)]
    measured = [(width_of(first, size), width_of(rest, size), [first, rest]) for first, rest in breaks if first and rest and "\n" not in text]
    fitting = [(min(a, b) / max(a, b), lines) for a, b, lines in measured if max(a, b) <= width]
    share, lines = max(fitting, default=(0.0, []))
    return lines if share >= LOPSIDED else []


def in_language(words: Mapping[str, T], lang: str) -> T:
    """Return the words of `lang`.

    Raises
    ------
    ParameterError
        There are no words in that language.
    """
    if lang not in words:
        raise ParameterError(f"unknown language {lang!r}", where="lang", allowed=words)
    return words[lang]
