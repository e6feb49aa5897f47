"""What was rendered, read back: the text of a PDF or of a Word document, held against what the notebook shows.

Every cell of a table, sentence and label of a picture of ours stands in it in its order, without a gap but where a page ends; captions,
headings, notes and footnotes stand somewhere; and no number is left over that neither the prose nor the page's furniture explains.
Texts are compared without white space, soft hyphens and marks of direction.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from zhibiao.errors import OutputError
from zhibiao.publishing.shown_texts import Piece
from zhibiao.showing.ledger import NUMBER

_FAR = 6000
"""Signs behind which the beginning of an object is no longer looked for where a page holds more prose than this."""
_FIRST = 24
"""Signs by which the beginning of an object is told from prose."""


@dataclass(frozen=True)
class Shown:
    """One thing in reading order.

    Attributes
    ----------
    where : str
        Name of its cell.
    pieces : tuple of Piece
        Of an object of ours.
    prose : str
        Source of a Markdown cell, or of an object that is not ours: its numbers are explained, its place is not looked at.
    """

    where: str
    pieces: tuple[Piece, ...] = ()
    prose: str = ""


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

    @classmethod
    def of(cls, pages: Iterable[str], furniture: Iterable[str]) -> Stream:
        """Read pages; `furniture` are patterns of what stands on top or at the foot of each."""
        patterns = [re.compile(pattern) for pattern in furniture]
        text, breaks, spaced = "", [], []
        for page in pages:
            signs, gaps = _signs(page)
            signs, gaps = _bare(signs, gaps, patterns)
            breaks.append(len(text))
            text += signs
            spaced += [("\n" + gaps[0][1:]) if gaps and gaps[0] else "", *gaps[1:]] if gaps else []
        return cls(text, breaks, spaced)

    def next_page(self, at: int) -> int | None:
        """Where the page behind `at` begins; `at` itself where one begins there."""
        place = bisect.bisect_left(self.breaks, at)
        return self.breaks[place] if place < len(self.breaks) else None

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

    def take(self, text: str) -> bool:
        """Account for a text that stands somewhere in the rest."""
        for start, end in self.rest():
            at = self.text.find(text, start, end)
            if at >= 0:
                self.use(at, at + len(text))
                return True
        return False

    def numbers(self) -> Counter[str]:
        """Numbers that have not been accounted for."""
        return Counter(number for start, end in self.rest() for number in NUMBER.findall("".join(self.spaced[start:end])))


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
    changed = True
    while changed:
        changed = False
        for pattern in patterns:
            found = pattern.match(text)
            if found and found.end():
                text, gaps, changed = text[found.end() :], gaps[found.end() :], True
            last = None
            for last in pattern.finditer(text, max(len(text) - 200, 0)):
                pass
            if last is not None and last.end() == len(text) and last.start() < last.end():
                text, gaps, changed = text[: last.start()], gaps[: last.start()], True
    return text, gaps


def check(shown: Sequence[Shown], stream: Stream, allowed: Iterable[str], what: str) -> None:
    """Hold the text of a document against what it should show.

    Parameters
    ----------
    shown : sequence of Shown
        In reading order.
    stream : Stream
        The document's text.
    allowed : iterable of str
        Texts of the title block; their numbers may stand once on each page.
    what : str
        Name of the document, for the message.

    Raises
    ------
    OutputError
        Something is lost, changed, in another order, or a number is left over; names the cell and both texts.
    """
    at = 0
    for one in shown:
        if one.pieces:
            at = _Reader(one, stream, what).read(at)
    prose: Counter[str] = Counter()
    for one in shown:
        for piece in one.pieces:
            if piece.kind in ("caption", "below", "heading") and (text := normal(piece.text)) and not stream.take(text) and not _broken(stream, text):
                raise OutputError(f"{what} 缺少 lacks: “{_brief(piece.text)}”", where=one.where)
        prose.update(NUMBER.findall(unicodedata.normalize("NFKC", one.prose)))
    known = {number for text in allowed for number in NUMBER.findall(unicodedata.normalize("NFKC", text))}
    objects = sum(1 for one in shown if one.pieces or one.prose)
    for number, times in stream.numbers().items():
        if number in known or times <= prose[number]:
            continue
        if number.isdigit() and int(number) <= objects and times <= prose[number] + _COUNTED:
            continue  # the number of a caption or footnote
        raise OutputError(f"{what} 多出数字 holds a number that nothing explains: {number}", where=_context(stream, number))


_COUNTED = 3
"""Captions of tables, of figures and footnotes are counted from 1, each by itself."""


def _broken(stream: Stream, text: str) -> bool:
    """Account for a text over the end of a page or between other things: its two halves stand at the edges of what is left."""
    rest = stream.rest()
    for (start, end), (following, stop) in zip(rest, rest[1:], strict=False):
        for cut in range(len(text) - 1, 0, -1):
            if stream.text.endswith(text[:cut], start, end) and stream.text.startswith(text[cut:], following, stop):
                stream.use(end - cut, end)
                stream.use(following, following + len(text) - cut)
                return True
    return False


class _Reader:
    """Follows one object through the text."""

    def __init__(self, shown: Shown, stream: Stream, what: str) -> None:
        self.shown, self.stream, self.what = shown, stream, what
        self.tables: list[tuple[str, list[tuple[str, bool]]]] = []
        head: list[str] = []
        self.ordered: list[tuple[str, str, bool, str]] = []
        before = ""
        for piece in shown.pieces:
            if piece.kind == "head":
                if before != "head":
                    head = []
                head.append(normal(piece.text))
            before = piece.kind
            if piece.kind in ("head", "cell", "line") and (text := normal(piece.text)):
                self.ordered.append((text, piece.text, piece.marked, "".join(head) if piece.kind == "cell" else ""))
        self.cut: list[str] = []

    def read(self, at: int) -> int:
        if not self.ordered:
            return at
        at = self._begin(at)
        for text, told, marked, head in self.ordered:
            at = self._follow(at, text, told, head)
            if marked and (found := re.compile(r"\d{1,3}").match(self.stream.text, at)):
                self.stream.use(at, found.end())
                at = found.end()
        while self.cut:
            at = self._resumed(at, "")
        return at

    def _begin(self, at: int) -> int:
        """Where the object begins: the first place at which its first pieces follow each other."""
        first, *others = [text for text, *_ in self.ordered]
        while others and len(first) < _FIRST:
            first += others.pop(0)
        found = self.stream.text.find(first, at)
        if found >= 0:
            return found
        first, second = self.ordered[0][0], self.ordered[1][0] if len(self.ordered) > 1 else ""
        place = self.stream.text.find(first, at)
        while place >= 0:
            end = place + len(first)
            there = self.stream.next_page(end)
            if self.stream.text.startswith(second, end) or (there is not None and there - end < _FAR and second in self.stream.text[there : there + len(second) + 400]):
                return place
            place = self.stream.text.find(first, place + 1)
        for size in range(len(first) - 1, 0, -1):  # it may be cut by the end of a page
            for start in self.stream.breaks[1:]:
                if self.stream.text.endswith(first[:size], at, start) and start - size >= at:
                    return start - size
        raise self._lost(self.ordered[0][1], at)

    def _follow(self, at: int, text: str, told: str, head: str) -> int:
        stream = self.stream
        at = self._bullet(at)
        if stream.text.startswith(text, at):
            stream.use(at, at + len(text))
            return at + len(text)
        there = stream.next_page(at)
        if there is None:
            raise self._lost(told, at)
        # the piece begins on the next page; before it, what stands at the foot of this one, and the head of the table again
        while there is not None:
            start = self._headed(self._bullet(there), head)
            if self.cut:
                start = self._resumed(start, head)
            if stream.text.startswith(text, start) and self._calm(at, there):
                stream.use(start, start + len(text))
                return start + len(text)
            common = _common(text, stream.text, at)
            if common and self._continues(text[common:], there, head):
                stream.use(at, at + common)
                self.cut.append(text[common:])
                return at + common
            break
        raise self._lost(told, at)

    def _bullet(self, at: int) -> int:
        return at + 1 if self.stream.text[at : at + 1] in ("•", "‣", "▪") else at

    def _headed(self, at: int, head: str) -> int:
        if head and self.stream.text.startswith(head, at):
            self.stream.use(at, at + len(head))
            return at + len(head)
        return at

    def _calm(self, at: int, there: int) -> bool:
        """Whether what is skipped at the foot of a page is short enough to be footnotes."""
        return there - at < _FAR

    def _continues(self, rest: str, there: int, head: str) -> bool:
        return rest[:12] in self.stream.text[there : there + _FAR]

    def _resumed(self, at: int, head: str) -> int:
        """Read the rests of cells that the end of a page has cut, in their order."""
        while self.cut:
            rest = self.cut.pop(0)
            if not self.stream.text.startswith(rest, at):
                place = self.stream.text.find(rest, at, at + _FAR)
                if place < 0:
                    raise self._lost(rest, at)
                at = place
            self.stream.use(at, at + len(rest))
            at += len(rest)
        return at

    def _lost(self, told: str, at: int) -> OutputError:
        found = self.stream.text[at : at + 30]
        return OutputError(f"{self.what} 与所示不符 differs from what is shown: 应为 expected “{_brief(told)}”，读到 found “{found}…”", where=self.shown.where)


def _common(text: str, stream: str, at: int) -> int:
    size = 0
    while size < len(text) and at + size < len(stream) and text[size] == stream[at + size]:
        size += 1
    return size


def _brief(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "…"


def _context(stream: Stream, number: str) -> str:
    for start, end in stream.rest():
        part = "".join(stream.spaced[start:end])
        at = part.find(number)
        if at >= 0:
            return f"“{part[max(0, at - 20) : at + 20].strip()}”"
    return "?"
