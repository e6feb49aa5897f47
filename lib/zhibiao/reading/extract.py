"""Plans and bulletins as candidate statements: every quantified sentence with what it seems to say, and how sure that is.

Nothing found here is registered: candidates are for review (`zhibiao.reading.drafts`).
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from zhibiao.catalogue.registry import Registry
from zhibiao.model.document import EVIDENCE_LIMIT, Comparator, Scope, StatementKind
from zhibiao.model.period import Span
from zhibiao.reading.amounts import Figure
from zhibiao.reading.boxed import boxed_timing
from zhibiao.reading.boxes import BoxValue, read_box
from zhibiao.reading.documents import read_document
from zhibiao.reading.facts import Facts, facts_of
from zhibiao.reading.figures import figures
from zhibiao.reading.naming import Catalogue, Named, phrase_of
from zhibiao.reading.passages import BODIES, Line, dashes_lost, lines
from zhibiao.reading.reports import tensed
from zhibiao.reading.sections import Passage, passages
from zhibiao.reading.times import CELL_DUE
from zhibiao.reading.timing import Timing, timing_of

NOTES = re.compile(r"\[\d+\]\.?[^\d]|!\[|注(?:释)?:|https?:|[a-zA-Z]+:|图\d|〔\d+〕")
"""Lines that tell no figures of their own: footnotes, pictures, addresses, heads of files."""

TRUST = {
    "rounded": 0.1, "ratio": 0.15, "rank": 0.2, "shared unit": 0.05, "dash lost": 0.5, "no unit": 0.3, "length of time": 0.2, "existing": 0.1, "kind by section": 0.05,
    "no year": 0.2, "year of the document": 0.1,
}  # fmt: skip
"""What each doubt takes from the confidence."""

CONTEXT = 600
SUREST = 0.98

RESPONSIBLE = re.compile(r"\((?:牵头|责任|配合|负责)(?:单位|部门)[::](?P<names>[^)]*)\)")


@dataclass(frozen=True)
class Candidate:
    """One figure of a document that may become a statement.

    ``phrase`` are the document's words for what is counted, ``named`` the nearest indicator. ``char_start`` and ``char_end`` mark the
    number with its comparator words in the raw text. ``repeats`` is the number of an earlier candidate that says the same.
    """

    number: int
    phrase: str
    named: Named | None
    kind: StatementKind
    low: Decimal | None
    high: Decimal | None
    unit: str
    comparator: Comparator
    scope: Scope
    period: Span | None
    mean: bool
    maintain: bool
    strive: bool
    change: bool
    locator: str
    evidence: str
    responsible: tuple[str, ...]
    written: str
    char_start: int
    char_end: int
    confidence: float
    doubt: tuple[str, ...]
    context: str
    """The words of the paragraph up to the number, with what opens it; for telling which school is meant."""
    repeats: int | None = None


@dataclass(frozen=True)
class Extraction:
    """A document and its candidates, in the order of the text."""

    name: str
    text: str
    facts: Facts
    candidates: tuple[Candidate, ...]


def extract(path: Path, registry: Registry) -> Extraction:
    """Read a file's candidate statements.

    Parameters
    ----------
    path : Path
        txt, md, html, docx, or pdf that holds text.
    registry : Registry
        For the catalogue's names and the regions.

    Raises
    ------
    RegistryError
        The file cannot be read.
    """
    return extract_text(read_document(path).text, path.stem, registry)


def extract_text(raw: str, name: str, registry: Registry) -> Extraction:
    """Read the candidate statements of a text; `name` is its file's stem, which may hold a bulletin's year."""
    found = lines(raw)
    facts = facts_of(found, registry, name)
    places = list(tensed(passages(found), facts) if facts.is_speech else passages(found))
    catalogue = Catalogue(registry.indicators.values())
    lost = dashes_lost(raw)
    candidates: list[Candidate] = []
    at = 0
    while at < len(places):
        box = read_box(places, at)
        if box is not None:
            candidates += [_from_box(value, facts, catalogue, raw) for value in box[0]]
            at = box[1]
            continue
        if not NOTES.match(places[at].line.text):
            candidates += _from_passage(_dated(places, at), _responsible(places, at), facts, catalogue, raw, lost)
        at += 1
    return Extraction(name, raw, facts, tuple(_repeats_marked(candidates)))


def _from_passage(place: Passage, responsible: tuple[str, ...], facts: Facts, catalogue: Catalogue, raw: str, lost: bool) -> list[Candidate]:
    text = place.line.text
    read = figures(text, dashes_lost=lost)
    made: list[Candidate] = []
    subject = ""
    for index, figure in enumerate(read):
        before = read[index - 1] if index else None
        after = read[index + 1] if index + 1 < len(read) else None
        phrase = phrase_of(text, figure, before, after, subject)
        if not figure.change:
            subject = phrase
        timing = timing_of(place, figure, facts)
        named = RESPONSIBLE.search(text, figure.end, figure.end + CONTEXT)
        who = _names(named["names"]) if named else responsible
        candidate = _candidate(place.line, figure, timing, phrase, catalogue, raw)
        made.append(replace(candidate, locator=place.locator_at(figure.start), responsible=who, context=text[max(figure.start - CONTEXT, 0) : figure.start], evidence=_evidence(text, figure)))
    return made


def _from_box(value: BoxValue, facts: Facts, catalogue: Catalogue, raw: str) -> Candidate:
    made = _candidate(value.line, value.figure, boxed_timing(value, facts), value.label, catalogue, raw)
    return replace(made, locator=value.locator, evidence=value.evidence[-EVIDENCE_LIMIT:])


def _candidate(line: Line, figure: Figure, timing: Timing, phrase: str, catalogue: Catalogue, raw: str) -> Candidate:
    start, end = line.raw_span(figure.start, figure.end)
    named = None if figure.change else catalogue.nearest(phrase, figure.unit, timing.scope)
    doubt = tuple(dict.fromkeys((*figure.doubt, *timing.doubt)))
    confidence = SUREST - sum(TRUST[word] for word in doubt) - (0.1 if figure.chinese else 0.0) - (0.0 if phrase else 0.2)
    return Candidate(
        0, phrase, named, timing.kind, figure.low, figure.high, figure.unit, figure.comparator, timing.scope, timing.period, timing.mean,
        timing.maintain, timing.strive, figure.change, "", "", (), raw[start:end], start, end, round(max(confidence, 0.05), 2), doubt, "",
    )  # fmt: skip


def _evidence(text: str, figure: Figure) -> str:
    """Words around the number, at most as many as a registry file may carry over."""
    begin = max((text.rfind(sign, 0, figure.start) for sign in ",;。、:\t"), default=-1) + 1
    stop = min((place for sign in ",;。、\t" if (place := text.find(sign, figure.end)) >= 0), default=len(text))
    room = max(EVIDENCE_LIMIT - (figure.end - figure.start), 0)
    left = min(figure.start - begin, room)
    right = min(stop - figure.end, room - left)
    if left < figure.start - begin and left > room - 6 and stop > figure.end:
        left, right = max(room - 6, 0), min(6, stop - figure.end, room)
    return "".join(text[figure.start - left : figure.end + right][:EVIDENCE_LIMIT].split())


def _responsible(places: list[Passage], at: int) -> tuple[str, ...]:
    """Who is named in the cell after a row of an annex."""
    if not places[at].row or at + 1 >= len(places):
        return ()
    cell = places[at + 1].line.text
    return _names(cell) if places[at + 1].row == places[at].row and BODIES.fullmatch(cell) else ()


def _dated(places: list[Passage], at: int) -> Passage:
    """A row of an annex with the date that a later cell of it holds (完成时限)."""
    place = places[at]
    if not place.row:
        return place
    cells = itertools.takewhile(lambda cell: cell.row == place.row, places[at + 1 : at + 6])
    date = next((cell.line.text for cell in cells if CELL_DUE.fullmatch(f"\t{cell.line.text}")), None)
    return replace(place, lead=f"到{date}") if date else place


def _names(written: str) -> tuple[str, ...]:
    return tuple(name for part in re.split(r"[、,;]", written) if (name := re.sub(r"等(?:单位|部门)?$|^(?:牵头|责任|配合)(?:单位|部门)[::]", "", part).strip()))


def _repeats_marked(candidates: list[Candidate]) -> list[Candidate]:
    """Number the candidates; one that says what an earlier one said names it."""
    known: dict[tuple[object, ...], int] = {}
    marked: list[Candidate] = []
    for number, candidate in enumerate(candidates, start=1):
        key = (candidate.low, candidate.high, candidate.unit, candidate.comparator, candidate.kind, candidate.phrase)
        first = known.setdefault(key, number)
        if first != number and marked[first - 1].locator == candidate.locator and marked[first - 1].period != candidate.period:
            first = number  # the same value in two years of one row
        if first == number and candidate.kind in ("achieved", "baseline") and candidate.named and candidate.named.sure:
            # the box's baseline says again what the review of the last years said
            again = (candidate.low, candidate.high, candidate.unit, candidate.comparator, candidate.named.indicator, str(candidate.period))
            first = known.setdefault(again, number)
        marked.append(replace(candidate, number=number, repeats=first if first != number and not candidate.change else None))
    return marked
