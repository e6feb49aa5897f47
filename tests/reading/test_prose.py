"""Plans, reports, rules and lists of many fields, set down from memory, some after published documents: every figure that each holds.

A file of ``prose`` is a head, then paragraphs that each follow that head, or whole documents (no head). Each is followed by its figures: value
(an upper bound or a range as ``low..high``), unit (``-`` where none is written), comparator, kind, scope, years.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from opencc import OpenCC

from zhibiao.catalogue.load import read, shipped
from zhibiao.catalogue.registry import Registry
from zhibiao.reading.extract import Candidate, extract_text

PROSE = Path(__file__).parent / "prose"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return read((shipped(),))


def blocks() -> Iterator[tuple[str, str, list[str]]]:
    """Name, text and figures of each."""
    for path in sorted(PROSE.glob("*.txt")):
        head, *parts = path.read_text("utf-8").split("=====\n")
        for number, part in enumerate(parts, start=1):
            body, expected = part.split("-----\n")
            yield f"{path.stem}-{number}", f"{head}\n{body}" if head else body, expected.splitlines()


def told(candidate: Candidate) -> str:
    low, high = ("" if end is None else _plain(end) for end in (candidate.low, candidate.high))
    value = f"{low}..{high}" if candidate.comparator in ("between", "le", "lt") else low
    return f"{value} {candidate.unit or '-'} {candidate.comparator} {candidate.kind} {candidate.scope} {candidate.period}"


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


@pytest.mark.parametrize(("text", "expected"), [block[1:] for block in blocks()], ids=[block[0] for block in blocks()])
def test_every_figure(text: str, expected: list[str], registry: Registry) -> None:
    assert [told(candidate) for candidate in extract_text(text, "x", registry).candidates] == expected


def test_spans_hold_the_figures(registry: Registry) -> None:
    for _, text, expected in blocks():
        found = extract_text(text, "x", registry).candidates
        assert len(found) == len(expected)
        assert all(text[c.char_start : c.char_end] == c.written for c in found)


def _wrapped(text: str) -> str:
    """Lines broken after 38 characters, but for rows of tables."""
    lines = text.split("\n")
    return "\n".join(line if re.search(r"[|\t]|\S  ", line) else "\n".join(line[at : at + 38] for at in range(0, max(len(line), 1), 38)) for line in lines)


COPIES: dict[str, Callable[[str], str]] = {
    "indented": lambda text: "\n".join(f"　　{line}" if line.strip() else line for line in text.split("\n")),
    "without empty lines": lambda text: re.sub(r"\n\n+", "\n", text),
    "broken lines": _wrapped,
    "full width": lambda text: text.translate(str.maketrans("0123456789%", "０１２３４５６７８９％")),
    "headings of Markdown": lambda text: "# " + re.sub(r"(?m)^([一二三四五六七八九]、.{2,30})$", r"## \1", text),
    "line ends of Windows": lambda text: text.replace("\n", "\r\n"),
    "page of the web": lambda text: f"首页 > 政务公开 > 规划计划\n\n{text}\n\n扫一扫在手机打开当前页\n",
    "traditional characters": lambda text: str(OpenCC("s2t").convert(text)),
}
"""How a document may come."""


@pytest.mark.parametrize("copy", COPIES)
def test_however_it_was_copied(copy: str, registry: Registry) -> None:
    for name, text, expected in blocks():
        if name.startswith("plan"):
            found = extract_text(COPIES[copy](text), "x", registry).candidates
            assert [told(candidate) for candidate in found] == expected, name
