"""The text of a rendered document as one line of signs: what is compared, where pages begin, what has been accounted for.

Texts are compared without white space, soft hyphens and marks of direction.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zhibiao.showing.ledger import NUMBER


def normal(text: str) -> str:
    """Return what counts when texts are compared.

    >>> normal("re-\\nported  ５０ ％"), normal("-0.2 pp")
    ('reported50%', '-0.2pp')
    """
    kept = "".join(sign for sign in unicodedata.normalize("NFKC", text) if not _drops(sign))
    return re.sub(r"-(?=[^\W\d_])", "", kept)


def _drops(sign: str) -> bool:
    return sign.isspace() or sign in "\x02\ufffe" or unicodedata.category(sign) in ("Cf", "Cc", "Cs", "Co", "Cn")


@dataclass
class Stream:
    """The text of a document as one line of signs, with the places where pages begin and what has been accounted for."""

    text: str
    breaks: list[int]
    spaced: list[str]
    """The same signs, each behind the white space that stood before it: numbers are not to run together."""
    used: list[tuple[int, int]] = field(default_factory=list)
    top: int = 0
    """Signs that a running head may leave on top of a page where it is too long for one line, so that its pattern does not fit."""

    @classmethod
    def of(cls, pages: Iterable[str], furniture: Iterable[str]) -> Stream:
        """Read pages; `furniture` are patterns of what stands on top or at the foot of each, PAGE and PAGES for their numbers."""
        text, breaks, spaced, every = "", [], [], list(pages)
        for number, page in enumerate(every, start=1):
            patterns = [re.compile(pattern.replace("PAGES", str(len(every))).replace("PAGE", str(number))) for pattern in furniture]
            signs, gaps = _bare(*_signs(page), patterns)
            breaks.append(len(text))
            text += signs
            spaced += [("\n" + gaps[0][1:]) if gaps and gaps[0] else "", *gaps[1:]] if gaps else []
        return cls(text, breaks, spaced)

    def next_page(self, at: int) -> int | None:
        """Where the page behind `at` begins; `at` itself where one begins there."""
        place = bisect.bisect_left(self.breaks, at)
        return self.breaks[place] if place < len(self.breaks) else None

    @cached_property
    def _sums(self) -> NDArray[np.uint64]:
        """Sums of a number for each sign: two stretches with the same signs in any order have the same."""
        return np.concatenate([np.zeros(1, np.uint64), np.cumsum(_weights(self.text), dtype=np.uint64)])

    def shuffled(self, text: str, at: int) -> int | None:
        """Where a stretch behind `at` begins that holds the signs of `text` in any order."""
        if at + len(text) > len(self.text):
            return None
        sums = self._sums[at:]
        same = np.flatnonzero(sums[len(text) :] - sums[: -len(text)] == _weights(text).sum(dtype=np.uint64))
        return at + int(same[0]) if same.size else None

    def use(self, start: int, end: int) -> None:
        if end > start:
            self.used.append((start, end))

    def rest(self) -> list[tuple[int, int]]:
        """What has not been accounted for."""
        found, at = [], 0
        for start, end in sorted(self.used):
            if start > at:
                found.append((at, start))
            at = max(at, end)
        if at < len(self.text):
            found.append((at, len(self.text)))
        return found

    def take(self, text: str, before: re.Pattern[str]) -> bool:
        """Account for a text that stands somewhere in the rest, with the number that it bears in front."""
        for start, end in self.rest():
            at = self.text.find(text, start, end)
            if at >= 0:
                numbered = before.search(self.text[max(start, at - 12) : at])
                self.use(at - (len(numbered[0]) if numbered else 0), at + len(text))
                return True
        return False

    def numbers(self) -> Counter[str]:
        """Numbers that have not been accounted for."""
        return Counter(number for start, end in self.rest() for number in NUMBER.findall("".join(self.spaced[start:end])))


def _weights(text: str) -> NDArray[np.uint64]:
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64) + np.uint64(1)
    mixed = codes * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    return mixed * np.uint64(0xBF58476D1CE4E5B9)


def _signs(page: str) -> tuple[str, list[str]]:
    kept, gaps, gap = [], [], ""
    for sign in unicodedata.normalize("NFKC", page):
        if _drops(sign):
            gap += " " if sign.isspace() else ""
        else:
            kept.append(sign)
            gaps.append(gap + sign)
            gap = ""
    text = "".join(kept)
    dropped = {found.start() for found in re.finditer(r"-(?=[^\W\d_])", text)}
    if dropped:
        gaps = [one for place, one in enumerate(gaps) if place not in dropped]
        text = "".join(sign for place, sign in enumerate(text) if place not in dropped)
    return text, gaps


def _bare(text: str, gaps: list[str], patterns: Sequence[re.Pattern[str]]) -> tuple[str, list[str]]:
    """The page without what stands on top or at its foot."""
    for pattern in patterns:
        found = pattern.match(text)
        if found and found.end():
            text, gaps = text[found.end() :], gaps[found.end() :]
        foot = next((one for one in pattern.finditer(text, max(len(text) - 200, 0)) if one.end() == len(text)), None)
        if foot is not None and foot.start() < foot.end():
            text, gaps = text[: foot.start()], gaps[: foot.start()]
    return text, gaps
