"""What a reader is shown of one output, as plain text in pieces: cells, sentences, captions, notes, labels of a picture."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["head", "cell", "line", "caption", "heading", "below"]

_RULE = re.compile(r"\|[:\-|]+\|")
_MARK = re.compile(r"(?<!\\)\[\^(\w+)\]$")
_NOTE = re.compile(r"\[\^\w+\]:\s*(.*)")


@dataclass(frozen=True)
class Piece:
    """A text that stands on the page in one piece.

    Attributes
    ----------
    kind : str
        ``head`` and ``cell`` of a table, ``line`` (a sentence, a label of a picture), ``caption``, ``heading``, ``below`` (notes,
        source, footnotes).
    text : str
    marked : bool
        Whether the mark of a footnote follows.
    """

    kind: Kind
    text: str
    marked: bool = False


def pieces(data: Any) -> list[Piece]:
    """Return the pieces of an output of ours, in reading order.

    Parameters
    ----------
    data : mapping
        Its MIME bundle; of pictures the labels of the SVG count, of everything else the Markdown.
    """
    if "image/svg+xml" in data:
        return [Piece("line", text) for text in labels(_joined(data["image/svg+xml"]))]
    return list(markdown_pieces(_joined(data.get("text/markdown", ""))))


def labels(svg: str) -> list[str]:
    """Return the texts of an SVG picture, in its order."""
    found = []
    for inner in re.findall(r"<text\b[^>]*>(.*?)</text>", svg, flags=re.DOTALL):
        text = html.unescape(re.sub(r"<[^>]+>", "", inner)).strip()
        if text:
            found.append(text)
    return found


def markdown_pieces(source: str) -> Iterator[Piece]:
    """Yield the pieces of what `zhibiao.showing` writes as Markdown: tables, lists, headings, paragraphs, footnotes."""
    tabled = headed = False
    for line in source.split("\n"):
        if not line.strip():
            headed = False
        elif line.startswith("|"):
            if _RULE.fullmatch(line):
                continue
            for cell in re.split(r"(?<!\\)\|", line)[1:-1]:
                yield Piece("cell" if headed else "head", plain(cell))
            headed = tabled = True
        elif line.startswith(": "):
            yield Piece("caption", plain(line[2:]))
        elif found := re.match(r"#+ (.*)", line):
            tabled = False
            yield Piece("heading", plain(found[1]))
        elif found := _NOTE.match(line):
            yield Piece("below", plain(found[1]))
        elif line.strip() != "* * *":
            text = re.sub(r"^(?:- |> )", "", line)
            marked = _MARK.search(text) is not None
            yield Piece("below" if tabled else "line", plain(_MARK.sub("", text)), marked)


def plain(markdown: str) -> str:
    r"""Return literal Markdown as the text that it shows.

    >>> plain(" \\[15\\] a\\_b ")
    '[15] a_b'
    """
    return re.sub(r"\\(.)", r"\1", markdown).strip()


def shown_texts(output: Any) -> list[str]:
    """Return every text of an output of ours that reaches a reader, with the words of a picture for those who do not see it."""
    found = [piece.text for piece in pieces(output.data)]
    for told in output.get("metadata", {}).values():
        if isinstance(told, dict):
            found += [str(told[key]) for key in ("alt", "title") if told.get(key)]
    return found


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
