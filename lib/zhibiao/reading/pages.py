"""What a page puts between two halves of a sentence: page numbers and running heads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Span = tuple[int, int]

NUMBERED = re.compile(
    r"[-‐–—―－─·•~～]+\s*\d{1,4}\s*[-‐–—―－─·•~～]+|第\s*\d{1,4}\s*[页頁](?:\s*[,，/／]?\s*共\s*\d{1,4}\s*[页頁])?|[Pp]age\s+\d{1,4}(?:\s+of\s+\d{1,4})?"
)
"""A line that can be nothing but a page number."""

BARE = re.compile(r"(\d{1,4})(?:\s*[/／]\s*\d{1,4})?")
"""A line that is a page number only if its neighbours count on from it; otherwise it is the cell of a table."""

LONGEST_HEAD = 60
EDGES = 2
"""Lines at the top and at the bottom of a page that may be noise."""


def page_noise(text: str) -> list[Span]:
    """Where page numbers and running heads stand, in order; a text of one line has none.

    Decorated numbers (— 3 —, 第3页) count anywhere on a line of their own. Bare numbers count at the edge of a page (form feed)
    where the next page counts on; heads where three pages have the same line without a digit.
    """
    if not re.search(r"[\n\f]", text):
        return []
    found: set[Span] = set()
    pages = [[line for line in _lines(text, *page) if text[slice(*line)].strip()] for page in _pages(text)]
    for lines in pages:
        found.update(line for line in lines if NUMBERED.fullmatch(text[slice(*line)].strip()))
    if len(pages) > 1:
        for bottom in (False, True):
            for _ in range(EDGES):
                edge = [_edge(lines, found, bottom) for lines in pages]
                words = ["" if line is None else text[slice(*line)].strip() for line in edge]
                found.update(
                    line for line, noise in zip(edge, _noisy(words), strict=True) if line is not None and noise
                )
    return sorted(found)


def _noisy(words: list[str]) -> list[bool]:
    numbers = [int(match[1]) if (match := BARE.fullmatch(word)) else None for word in words]

    def counts_on(at: int, step: int) -> bool:
        here, there = numbers[at], numbers[at + step] if 0 <= at + step < len(numbers) else None
        return here is not None and there is not None and there - here == step

    def repeated(word: str) -> bool:
        return 0 < len(word) <= LONGEST_HEAD and not re.search(r"\d", word) and words.count(word) >= 3

    return [counts_on(at, 1) or counts_on(at, -1) or repeated(word) for at, word in enumerate(words)]


def _edge(lines: list[Span], noise: set[Span], bottom: bool) -> Span | None:
    order: Callable[[list[Span]], Iterator[Span]] = reversed if bottom else iter
    return next((line for line in order(lines) if line not in noise), None)


def _pages(text: str) -> Iterator[Span]:
    start = 0
    for match in re.finditer("\f", text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    for match in re.finditer(r"[^\n]+", text[start:end]):
        yield start + match.start(), start + match.end()
