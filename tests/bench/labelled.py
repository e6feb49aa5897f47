"""Labels of whole documents, and how well a reading agrees with them; what a note of a label leaves open is told in ``unseen/README.md``."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

SCALES = {"万亿": 12, "亿": 8, "千万": 7, "百万": 6, "十万": 5, "万": 4, "千": 3, "百": 2}
SCALED = re.compile(r"(?P<scale>万亿|亿|千万|百万|十万|万|千(?![瓦克米])|百(?!分))?(?P<unit>.*)")
SAME_UNITS = {"名": "人", "％": "%", "个百分点": "百分点", "个点": "百分点"}
ALL = re.compile(r"(?:^|;\s*)arguable")
CLOSE = Decimal("0.0005")
"""Relative: 33.33 % and 33.3333 % both say a third."""

FAR = 24
"""Characters between a figure and a phrase that does not hold the number itself."""


@dataclass
class Score:
    """Hits, and what was found or wanted without a counterpart."""

    name: str
    hits: int = 0
    found: int = 0
    wanted: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        self.hits += other.hits
        self.found += other.found
        self.wanted += other.wanted

    def count(self, right: bool, miss: str) -> None:
        """Count one pair whose field was compared."""
        self.found, self.wanted, self.hits = self.found + 1, self.wanted + 1, self.hits + right
        if not right:
            self.misses.append(miss)

    def __str__(self) -> str:
        precision = self.hits / self.found if self.found else 1.0
        recall = self.hits / self.wanted if self.wanted else 1.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return f"{self.name:<28} n={self.wanted:<5} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}"


@dataclass(frozen=True)
class Label:
    """A labelled figure and where its evidence stands in the raw text; no places where it could not be found."""

    low: Decimal | None
    high: Decimal | None
    unit: str
    comparator: str
    fields: dict[str, str]
    note: str
    evidence: str
    places: tuple[tuple[int, int], ...]

    def leaves_open(self, name: str) -> bool:
        return f"{name} arguable" in self.note

    @property
    def arguable(self) -> bool:
        """Is the whole row left open?"""
        return bool(ALL.search(self.note))

    def shows(self, candidate: Any) -> bool:
        """Does a candidate stand where the evidence stands?"""
        digits = re.sub(r"[^\d.]", "", candidate.written)
        reach = 0 if digits and digits in self.evidence else FAR
        return not self.places or any(candidate.char_start < end + reach and start < candidate.char_end + reach for start, end in self.places)

    def accepts(self, candidate: Any) -> bool:
        """Do value, unit and comparator agree, in one of the forms that the note allows?"""
        if not self.leaves_open("comparator") and candidate.comparator != self.comparator:
            return False
        return any(self._agrees(candidate, low, high, unit) for low, high, unit in self._forms())

    def _agrees(self, candidate: Any, low: Decimal | None, high: Decimal | None, unit: str | None) -> bool:
        have, scale = scaled(candidate.unit)
        want, wanted = (have, scale) if unit is None else scaled(unit)
        if have != want:
            return False
        ends = [(candidate.low, low), (candidate.high, high)]
        if self.leaves_open("comparator"):
            ends = [(candidate.low if candidate.low is not None else candidate.high, low if low is not None else high)]
        return all(_equal(a, scale, b, wanted) for a, b in ends)

    def _forms(self) -> Iterator[tuple[Decimal | None, Decimal | None, str | None]]:
        """The value as labelled, with another unit that the note names, or as it is written; a unit of None fits any."""
        yield self.low, self.high, self.unit
        for part in self.note.split(";"):
            kind, _, told = part.strip().partition(":")
            if kind == "unit":
                yield from ((self.low, self.high, unit) for unit in re.findall(r"[\u4e00-\u9fff%‰/]+", told))
                if re.search(r"\bnone\b|\bno unit\b|without", told):
                    yield self.low, self.high, ""
            elif kind == "form":
                for value in _written(told):
                    yield (None if self.low is None else value), (None if self.high is None else value), None


def scaled(unit: str) -> tuple[str, Decimal]:
    """A unit and what its scale multiplies by: 万名 is 10000 人."""
    match = SCALED.fullmatch(SAME_UNITS.get(unit, unit))
    assert match is not None
    return SAME_UNITS.get(match["unit"], match["unit"]), Decimal(10) ** SCALES.get(match["scale"] or "", 0)


def _equal(a: Decimal | None, scale: Decimal, b: Decimal | None, other: Decimal) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a * scale - b * other) <= CLOSE * abs(b * other)


def _written(told: str) -> Iterator[Decimal]:
    """The numbers of a note on the form: 1/3 as 0.3333, 1:18 as either part or the quotient, 7成 as 7."""
    for a, b in re.findall(r"(\d+(?:\.\d+)?)\s*[/:∶](\d+(?:\.\d+)?)", told):
        if Decimal(b):
            yield from (Decimal(a), Decimal(b), Decimal(a) / Decimal(b), 100 * Decimal(a) / Decimal(b), 100 * Decimal(a) / (Decimal(a) + Decimal(b)))
    yield from (Decimal(number) for number in re.findall(r"(?<![\d.:/∶])\d+(?:\.\d+)?(?![\d:/∶])", told))


def labels_of(path: Path, text: str) -> list[Label]:
    """The rows of a table of labels, found in the raw text."""
    from zhibiao.reading.normal import normalised

    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    whole = normalised(text)
    made = []
    for row in rows:
        phrase = normalised(row["evidence"]).text
        places = tuple(whole.span(m.start(), m.start() + len(phrase)) for m in re.finditer(f"(?={re.escape(phrase)})", whole.text)) if phrase else ()
        start, end = row["year_start"] or row["year_end"], row["year_end"] or row["year_start"]
        fields = {"kind": row["kind"], "scope": row["scope"], "year": f"{start}-{end}" if end else ""}
        made.append(Label(_number(row["value_low"]), _number(row["value_high"]), row["unit"], row["comparator"], fields, row["note"] or "", row["evidence"], places))
    return made


def _number(written: str) -> Decimal | None:
    return Decimal(written) if written else None


def fields_of(candidate: Any) -> dict[str, str]:
    """Kind, scope and years of a candidate, in the words of the labels."""
    period = candidate.period
    return {"kind": str(candidate.kind), "scope": str(candidate.scope), "year": f"{period.start}-{period.end}" if period else ""}


def labelled_scores(path: Path, table: Path) -> list[Score]:
    """Scores of one document: value (with unit and comparator), then kind, scope and year where the value is right."""
    from zhibiao.catalogue.load import load
    from zhibiao.reading.extract import extract

    read = extract(path, load())
    labels = labels_of(table, read.text)
    candidates = list(read.candidates)
    pairs = _paired(candidates, labels)
    matched = {j: i for i, j in pairs}
    hits = [(i, j) for i, j in pairs if not labels[j].arguable]
    spare = {i for i, _ in pairs}
    extra = [c for i, c in enumerate(candidates) if i not in spare and c.repeats is None and not _left_open(c, labels, matched)]
    asked = [j for j, label in enumerate(labels) if not label.arguable]
    value = Score(f"{path.stem} value", hits=len(hits), found=len(hits) + len(extra), wanted=len(asked))
    value.misses = [f"  - missed {labels[j].low} {labels[j].high} {labels[j].unit} {labels[j].comparator} {labels[j].evidence}" for j in asked if j not in matched]
    value.misses += [f"  + extra  {c.low} {c.high} {c.unit} {c.comparator} {c.evidence}" for c in extra]
    scores = [value]
    for name in ("kind", "scope", "year"):
        score = Score(f"{path.stem} {name}")
        for i, j in hits:
            have, want = fields_of(candidates[i])[name], labels[j].fields[name]
            if not labels[j].leaves_open(name):
                score.count(have == want, f"  ~ {name}: {have}, label {want}: {labels[j].evidence}")
        scores.append(score)
    return scores


def _paired(candidates: list[Any], labels: list[Label]) -> list[tuple[int, int]]:
    """Pair labels and candidates one to one, of several the one in the middle of the evidence; rows that count come first."""
    fits = []
    for j, label in enumerate(labels):
        for i, candidate in enumerate(candidates):
            if label.accepts(candidate) and label.shows(candidate):
                fits.append((label.arguable, not label.places, _off(candidate, label), abs(i / len(candidates) - j / len(labels)), i, j))
    pairs: list[tuple[int, int]] = []
    for *_, i, j in sorted(fits):
        if all(i != a and j != b for a, b in pairs):
            pairs.append((i, j))
    return pairs


def _off(candidate: Any, label: Label) -> int:
    """How many characters of the figure stand outside of the evidence."""
    return min((max(start - candidate.char_start, 0) + max(candidate.char_end - end, 0) for start, end in label.places), default=0)


def _left_open(candidate: Any, labels: list[Label], matched: dict[int, int]) -> bool:
    """Is a figure without a label another reading of a row that is wholly arguable?"""
    values = {value for value in (candidate.low, candidate.high) if value is not None}
    for j, label in enumerate(labels):
        if label.arguable and j not in matched and label.places and label.shows(candidate):
            known = {value for low, high, _ in label._forms() for value in (low, high) if value is not None}
            if values & known or len(re.findall(r"\d[\d.,]*", label.evidence)) <= 1:
                return True
    return False


def labelled_report(texts: Path, tables: Path, names: Path | None, misses: bool) -> Iterable[str]:
    """Lines of scores of labelled documents, each and together."""
    chosen = names.read_text("utf-8").split() if names else sorted(path.stem for path in tables.glob("*.csv"))
    totals: dict[str, Score] = {}
    for name in chosen:
        path = next((path for path in sorted(texts.glob(f"{name}.*"))), None)
        if path is None or not (tables / f"{name}.csv").is_file():
            yield f"{name}: {'没有文本 the text is not here' if path is None else '没有标注 no labels'}"
            continue
        yield from lines(labelled_scores(path, tables / f"{name}.csv"), totals, "documents", misses)
    for total in totals.values():
        yield f"== {total}"


def lines(scores: list[Score], totals: dict[str, Score], group: str, misses: bool) -> Iterable[str]:
    """Add scores to the totals of their group, and print them."""
    for score in scores:
        name = f"{group} {score.name.split()[-1]}"
        totals.setdefault(name, Score(name)).add(score)
        yield str(score)
        if misses:
            yield from score.misses
