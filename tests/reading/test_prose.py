"""Plans, reports, rules and lists of many fields, set down from memory, some after published documents: every figure that each holds.

A file of ``prose`` is a head, then paragraphs that each follow that head, or whole documents (no head). Each is followed by its figures: value
(an upper bound or a range as ``low..high``), unit (``-`` where none is written), comparator, kind, scope, years.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

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
