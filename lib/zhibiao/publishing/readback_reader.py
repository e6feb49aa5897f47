"""One object after the other, found in the text of a rendered document: cells and sentences in their order, labels of a picture together."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from zhibiao.errors import OutputError
from zhibiao.publishing.readback_stream import Stream, normal
from zhibiao.publishing.shown_texts import Piece
from zhibiao.showing.ledger import NUMBER

_LONG = 200
"""Signs of a cell that the end of a page may cut, with its neighbours: what is read then is in another order."""
_FAR = 6000
"""Signs behind which the beginning of an object is no longer looked for where a page holds more prose than this."""
_AROUND = 20
"""Signs that a message tells before and behind a difference."""
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
    picture: bool = False
    """Whether the pieces are labels of a picture."""


class Reader:
    """Follows one object through the text."""

    def __init__(self, shown: Shown, stream: Stream, what: str) -> None:
        self.shown, self.stream, self.what = shown, stream, what
        self.cut: list[str] = []
        """Rests of cells that the end of a page has cut."""

    def read(self, at: int) -> int:
        """Account for the object behind `at` and return where it ends."""
        if self.shown.picture:
            return self._picture(at)
        for run in self._runs():
            begun = self._begin(run, at)
            try:
                at = self._run(run, begun)
            except OutputError:
                end = self._jumbled(run, begun) if any(len(entry.text) >= _LONG for entry in run) else None
                if end is None:
                    raise
                at, self.cut = end, []
        return at

    def _run(self, run: Sequence[_Entry], at: int) -> int:
        for entry in run:
            at = self._follow(at, entry)
        return self._resumed(at) if self.cut else at

    def _jumbled(self, run: Sequence[_Entry], at: int) -> int | None:
        """Where a table ends whose cells are so long that pages cut them: the same signs in any order, with its head again on each page."""
        wanted, head = "".join(entry.text for entry in run), run[-1].head
        end = at + len(wanted)
        crossed = -1
        while crossed != (crossed := sum(at < start < end for start in self.stream.breaks)):
            end = at + len(wanted) + crossed * len(head)
        if Counter(self.stream.text[at:end]) != Counter(wanted + head * crossed):
            return None
        self.stream.use(at, end)
        return end

    def _runs(self) -> list[list[_Entry]]:
        """What stands without a gap: a list, a table; captions and headings stand between them."""
        runs: list[list[_Entry]] = [[]]
        head: list[str] = []
        before = ""
        for piece in self.shown.pieces:
            if piece.kind == "head" and before != "head":
                head = []
                runs.append([])
            elif piece.kind == "line" and before != "line":
                runs.append([])
            text = normal(piece.text)
            if piece.kind == "head":
                head.append(text)
            if piece.kind in ("head", "cell", "line") and text:
                runs[-1].append(_Entry(text, piece.text, piece.marked, "".join(head) if piece.kind == "cell" else ""))
            before = piece.kind
        return [run for run in runs if run]

    def _picture(self, at: int) -> int:
        """Labels of a picture stand together, but those of one height from left to right whatever their order was."""
        texts = sorted((normal(piece.text) for piece in self.shown.pieces if piece.kind == "line"), key=len, reverse=True)
        whole = "".join(texts)
        if not whole:
            return at
        start = self.stream.shuffled(whole, at)
        if start is None:
            lost = next((piece.text for piece in self.shown.pieces if piece.kind == "line" and normal(piece.text) not in self.stream.text[at:]), "")
            raise self._lost(lost or self.shown.pieces[0].text, at)
        end = start + len(whole)
        numbers = Counter(number for piece in self.shown.pieces if piece.kind == "line" for number in NUMBER.findall(unicodedata.normalize("NFKC", piece.text)))
        if not _laid(self.stream.text[start:end], texts) and Counter(NUMBER.findall("".join(self.stream.spaced[start:end]))) != numbers:
            raise self._lost(self.shown.pieces[0].text, start)
        self.stream.use(start, end)
        return end

    def _begin(self, run: Sequence[_Entry], at: int) -> int:
        """Where a run begins: the first place at which its first pieces follow each other."""
        text = self.stream.text
        first, more = run[0].text, list(run[1:])
        while more and len(first) < _FIRST:
            first += more.pop(0).text
        found = text.find(first, at)
        if found >= 0:
            return found
        first, second = run[0].text, run[1].text if len(run) > 1 else ""
        place = text.find(first, at)
        while place >= 0:
            end = place + len(first)
            there = self.stream.next_page(end)
            if text.startswith(second, end) or (there is not None and there - end < _FAR and second in text[there : there + len(second) + _FAR]):
                return place
            place = text.find(first, place + 1)
        for size in range(len(first) - 1, 0, -1):  # it may be cut by the end of a page
            for start in self.stream.breaks[1:]:
                if text.endswith(first[:size], at, start) and start - size >= at and first[size:] in text[start : start + len(first) + _FAR]:
                    return start - size
        raise self._lost(run[0].told, at)

    def _follow(self, at: int, entry: _Entry) -> int:
        stream = self.stream
        at = self._bullet(at)
        if stream.text.startswith(entry.text, at):
            return self._marked(self._used(at, entry.text), entry)
        there = stream.next_page(at)
        if there is None or there - at > _FAR:
            raise self._lost(entry.told, at)
        # it stands on the next page, behind footnotes at the foot of this one and the head of the table again; or the page cuts it
        start = self._headed(self._bullet(there), entry.head)
        if start == there and not stream.text.startswith(entry.text, start):
            below = stream.text.find(entry.head or entry.text, there, there + stream.top + len(entry.head or entry.text))
            start = self._headed(below, entry.head) if below >= 0 else start
        if self.cut:
            start = self._resumed(start)
        if stream.text.startswith(entry.text, start):
            return self._marked(self._used(start, entry.text), entry)
        common = _common(entry.text, stream.text[:there], at)
        if common and entry.text[common : common + 12] in stream.text[there : there + _FAR]:
            self.cut.append(entry.text[common:])
            return self._used(at, entry.text[:common])
        raise self._lost(entry.told, at)

    def _used(self, at: int, text: str) -> int:
        self.stream.use(at, at + len(text))
        return at + len(text)

    def _marked(self, at: int, entry: _Entry) -> int:
        """Behind the mark of a footnote."""
        found = re.compile(r"\d{1,3}").match(self.stream.text, at) if entry.marked else None
        return self._used(at, found[0]) if found else at

    def _bullet(self, at: int) -> int:
        return at + 1 if self.stream.text[at : at + 1] == "•" else at

    def _headed(self, at: int, head: str) -> int:
        return self._used(at, head) if head and self.stream.text.startswith(head, at) else at

    def _resumed(self, at: int) -> int:
        """Read the rests of cells that the end of a page has cut, in their order."""
        while self.cut:
            rest = self.cut.pop(0)
            place = self.stream.text.find(rest, at, at + _FAR)
            if place < 0:
                raise self._lost(rest, at)
            at = self._used(place, rest)
        return at

    def _lost(self, told: str, at: int) -> OutputError:
        expected, place = normal(told), at
        size = _common(expected, self.stream.text, at)
        if not size:  # it may stand elsewhere, changed
            size, place = next(((n, there) for n in range(len(expected) - 1, 3, -1) if (there := self.stream.text.find(expected[:n], at)) >= 0), (0, at))
        found = self.stream.text[max(place + size - _AROUND, place) : place + size + _AROUND]
        return OutputError(
            f"{self.what} 与所示不符 differs from what is shown: 应为 expected “{brief(expected[max(size - _AROUND, 0) :])}”，读到 found “{found}…”", where=self.shown.where
        )


@dataclass(frozen=True)
class _Entry:
    """A piece to be found: as it is compared, as it is told, whether a footnote's mark follows, and the head of its table."""

    text: str
    told: str
    marked: bool
    head: str


def _laid(text: str, parts: Sequence[str]) -> bool:
    """Whether a text is made of these parts, in any order; the longest are looked for first."""
    free = [text]
    for part in parts:
        place = next((number for number, piece in enumerate(free) if part in piece), None)
        if place is None:
            return False
        before, _, after = free[place].partition(part)
        free[place : place + 1] = [piece for piece in (before, after) if piece]
    return not free


def _common(text: str, stream: str, at: int) -> int:
    size = 0
    while size < len(text) and at + size < len(stream) and text[size] == stream[at + size]:
        size += 1
    return size


def brief(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "…"
