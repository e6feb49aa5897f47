"""The report verifies itself: every number that it shows comes from the value store.

Here what is shown is held against the store, before anything is rendered; `readback_pages` and `readback_files` then read what was
rendered and hold it against what is shown. Only objects of ours are held to it: what else a notebook shows (plain frames, text) has
no store, and the prose of Markdown cells is fixed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode

from zhibiao.errors import OutputError
from zhibiao.publishing.frontmatter import cell_name
from zhibiao.publishing.shown_texts import shown_texts
from zhibiao.publishing.values import Store
from zhibiao.showing.ledger import NUMBER

YEARS = range(1949, 2100)
"""A whole number of four digits without a comma between these is taken for a year; what is counted in thousands has a comma."""

_DATE = re.compile(r"(?<!\d)(\d{4})-(?:(\d{2})(?:-(\d{2}))?|Q[1-4])(?!\d)")


def check_numbers(nb: NotebookNode, store: Store) -> None:
    """Refuse a notebook that shows a number which its store does not hold.

    Parameters
    ----------
    nb : NotebookNode
        The executed notebook.
    store : Store
        What its objects handed over.

    Raises
    ------
    OutputError
        Names the cell, the text and the number.
    """
    known = store.printed
    for one in store.objects:
        for text, number in unexplained(shown_texts(one.output), known, one.quoted):
            raise OutputError(
                f"“{number}”不在数值库中 is not in the value store: “{_short(text, number)}”；"
                "数字须经 zhibiao.showing.numbers 写出 numbers are written by zhibiao.showing.numbers",
                where=cell_name(one.position, nb.cells[one.position - 1]),
            )


def unexplained(texts: Iterable[str], known: frozenset[str], quoted: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (text, number) of numbers that are neither known, nor quoted, nor a year or date.

    Parameters
    ----------
    texts : iterable of str
        In reading order: a quotation may be broken over several.
    known : set of str
        Numbers as they are printed.
    quoted : iterable of str
        Texts that stand as they are.
    """
    lines, phrases = list(texts), list(quoted)
    joined = "\n".join(lines)
    found = _left(_without(joined, phrases, ends=True), known)
    if not found:
        return
    # a name may end in a digit, and a number follow it at once
    loose = _left(_without(joined, phrases, ends=False), known)
    for start, end in found:
        if any(first < end and start < last for first, last in loose):
            yield next(line for line, begin in zip(lines, _begins(lines), strict=True) if begin <= start <= begin + len(line)), joined[start:end]


def _begins(lines: Iterable[str]) -> Iterator[int]:
    at = 0
    for line in lines:
        yield at
        at += len(line) + 1


def _left(text: str, known: frozenset[str]) -> list[tuple[int, int]]:
    """Where numbers stand that nothing explains."""
    return [found.span() for found in NUMBER.finditer(text) if not _fine(found[0], known)]


def _fine(number: str, known: frozenset[str]) -> bool:
    return number in known or (len(number) == 4 and number.isdigit() and int(number) in YEARS)


def _without(text: str, quoted: Iterable[str], *, ends: bool) -> str:
    """The text with spaces for what it quotes and for dates; its length is kept. `ends`: a quotation's last digit ends a number."""
    for phrase in sorted(quoted, key=len, reverse=True):
        letters = [re.escape(sign) for sign in phrase if not sign.isspace()]
        before = r"(?<![\d.,])" if phrase.strip()[0].isdigit() else ""
        after = r"(?!\d|[.,]\d)" if ends and phrase.strip()[-1].isdigit() else ""
        text = re.sub(before + r"\s*".join(letters) + after, lambda found: " " * len(found[0]), text)
    return _DATE.sub(lambda found: " " * len(found[0]) if _date(found) else found[0], text)


def _date(found: re.Match[str]) -> bool:
    year, month, day = found.groups()
    try:
        return dt.date(int(year), int(month or 1), int(day or 1)).year in YEARS
    except ValueError:
        return False


def _short(text: str, number: str) -> str:
    at = text.find(number)
    return ("…" if at > 40 else "") + text[max(0, at - 40) : at + 40] + ("…" if at + 40 < len(text) else "")
