"""What stands in a document where a phrase was expected: the nearest passage, and which characters differ."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from zhibiao.reading.normal import Normal
from zhibiao.reading.numerals import DIGITS, MYRIADS, TENS
from zhibiao.reading.pages import Span

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
SIGNS = {*DIGITS, *TENS, *MYRIADS, *"0123456789.,"}
"""What numbers are written with."""

ENOUGH = 0.5
"""Share of a phrase's characters that a passage has at least to be called near."""

SLACK = 4
"""Characters by which a near passage may be longer or shorter."""


@dataclass(frozen=True)
class Near:
    """A passage near a phrase.

    Attributes
    ----------
    start, end : int
        Where it stands in the folded text.
    differing : tuple of (str, str)
        What the phrase has and what the document has in its place.
    numbers_only : bool
        Whether nothing of the phrase but its numbers is other or gone.
    """

    start: int
    end: int
    differing: tuple[tuple[str, str], ...]
    numbers_only: bool


def masked(folded: str) -> str:
    """A folded text with every Arabic number made alike, to recognise a document whose figures were changed.

    >>> masked("在校生9.9万人,41所")
    '在校生#万人,#所'
    """
    return NUMBER.sub("#", folded)


def nearest(phrase: str, text: Normal, within: list[Span] | None = None, apart: Span | None = None) -> Near | None:
    """The passage nearest to a phrase: the same words with other numbers, else the most alike.

    Parameters
    ----------
    phrase : str
        Folded.
    text : Normal
    within : list of Span, optional
        Raw spans to look in; None looks everywhere.
    apart : Span, optional
        A raw span that is passed over: another statement stands there.
    """

    ranges = [(0, len(text.text))]
    if within is not None:
        ranges = [(bisect_left(text.places, low), bisect_left(text.places, high)) for low, high in within]
    found = [
        near
        for start, end in ranges
        for near in _other_numbers(phrase, text.text, start, end)
        if text.span(near.start, near.end) != apart
    ]
    if found:
        return min(found, key=lambda near: len(near.differing))
    alike = [near for start, end in ranges if (near := _alike(phrase, text.text, start, end)) is not None]
    alike = [near for near in alike if text.span(near.start, near.end) != apart]
    return min(alike, key=lambda near: sum(len(ours) + len(theirs) for ours, theirs in near.differing), default=None)


def _other_numbers(phrase: str, text: str, start: int, end: int) -> Iterator[Near]:
    words = NUMBER.split(phrase)
    numbers = NUMBER.findall(phrase)
    if not numbers or sum(map(len, words)) < 3:
        return
    pattern = f"({NUMBER.pattern})".join(re.escape(word) for word in words)
    for match in re.compile(pattern).finditer(text, start, end):
        differing = tuple(
            (ours, theirs) for ours, theirs in zip(numbers, match.groups(), strict=True) if ours != theirs
        )
        yield Near(match.start(), match.end(), differing, True)


def _alike(phrase: str, text: str, first: int, last: int) -> Near | None:
    """The window of the text that shares the most pairs of characters with the phrase, in the same order."""
    votes: Counter[int] = Counter()
    for offset in range(len(phrase) - 1):
        pair = phrase[offset : offset + 2]
        at = text.find(pair, first, last)
        while at >= 0:
            votes[at - offset] += 1
            at = text.find(pair, at + 1, last)
    if not votes:
        return None
    best = max(
        votes, key=lambda shift: (sum(votes[shift + slip] for slip in range(-SLACK, SLACK + 1)), votes[shift], -shift)
    )
    low = max(best - SLACK, first)
    window = text[low : min(best + len(phrase) + SLACK, last)]
    same = [
        block for block in SequenceMatcher(None, phrase, window, autojunk=False).get_matching_blocks() if block.size
    ]
    if sum(block.size for block in same) < ENOUGH * len(phrase):
        return None
    # what the phrase has before or after the alike part is set against as many characters of the text
    start = max(same[0].b - same[0].a, 0)
    end = min(same[-1].b + same[-1].size + len(phrase) - same[-1].a - same[-1].size, len(window))
    codes = SequenceMatcher(None, phrase, window[start:end], autojunk=False).get_opcodes()
    # and where that is too many, the rest is not part of the passage
    if codes[-1][0] == "insert":
        end = start + codes.pop()[3]
    if codes[0][0] == "insert":
        start += codes.pop(0)[4]
        codes = SequenceMatcher(None, phrase, window[start:end], autojunk=False).get_opcodes()
    differing = tuple((phrase[a:b], window[start + c : start + d]) for kind, a, b, c, d in codes if kind != "equal")
    return Near(low + start, low + end, differing, all(SIGNS.issuperset(ours or theirs) for ours, theirs in differing))
