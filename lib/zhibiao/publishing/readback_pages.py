"""What was rendered, read back: the text of a PDF or of a Word document, held against what the notebook shows.

Every cell of a table and every sentence of ours stands in it in its order, without a gap but where a page ends; the labels of a picture
stand together; captions, headings, notes and footnotes stand somewhere; and no number is left over that neither the prose nor the page's
furniture explains.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from zhibiao.errors import OutputError
from zhibiao.publishing.readback_reader import Reader, Shown, brief
from zhibiao.publishing.readback_stream import Stream, normal
from zhibiao.showing.ledger import NUMBER


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
            at = Reader(one, stream, what).read(at)
    prose = Counter(number for one in shown for number in NUMBER.findall(unicodedata.normalize("NFKC", one.prose)))
    loose = [(normal(piece.text), piece, one.where) for one in shown for piece in one.pieces if piece.kind in _BEFORE]
    given: set[str] = set()
    for text, piece, where in sorted(loose, key=lambda entry: -len(entry[0])):  # a heading may be the beginning of a caption
        # a footnote that was given before is referred to, not printed again
        if text and not stream.take(text, _BEFORE[piece.kind]) and not _broken(stream, text) and text not in given:
            raise OutputError(f"{what} 缺少 lacks: “{brief(piece.text)}”", where=where)
        given.add(text)
    known = {number for text in allowed for number in NUMBER.findall(unicodedata.normalize("NFKC", text))}
    for number, times in stream.numbers().items():
        if number not in known and times > prose[number]:
            raise OutputError(f"{what} 多出数字 holds a number that nothing explains: {number}", where=_context(stream, number))


_BEFORE = {
    "caption": re.compile(r"(?:表|图|Table|Figure)\d{1,3}$"),
    "below": re.compile(r"(?<!\d)\d{1,3}$"),
    "heading": re.compile(r"$^"),
}
"""Numbers in front of a caption, of a footnote."""


def _broken(stream: Stream, text: str) -> bool:
    """Account for a text over the end of a page or between other things: its two halves stand at the edges of what is left."""
    rest = stream.rest()
    for (start, end), (following, stop) in pairwise(rest):
        for cut in range(len(text) - 1, 0, -1):
            if stream.text.endswith(text[:cut], start, end) and stream.text.startswith(text[cut:], following, stop):
                stream.use(end - cut, end)
                stream.use(following, following + len(text) - cut)
                return True
    return False


def _context(stream: Stream, number: str) -> str:
    for start, end in stream.rest():
        part = "".join(stream.spaced[start:end])
        at = part.find(number)
        if at >= 0:
            return f"“{part[max(0, at - 20) : at + 20].strip()}”"
    return "?"
