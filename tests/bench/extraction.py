"""How well quantities are read from plans and bulletins: precision, recall and F1 against reviewed figures.

    python tests/bench/extraction.py            # documents used while writing the rules, and those kept aside, one after the other
    python tests/bench/extraction.py --misses   # the misses as well
    python tests/bench/extraction.py --texts DIR [--labels DIR] [--names FILE]   # any documents: DIR/NAME.txt (md, html, docx, pdf) and NAME.csv

Labels of whole documents are in ``tests/bench/unseen`` with what they are labels of; their texts are no part of the project. The first form
needs a folder ``data/bulletins`` (YYYY.md with YYYY.json: labelled figures) and ``plans`` (texts named like the registry's plans), named by
ZHIBIAO_BENCH or found beside the checkout; neither is part of the project.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

HELD_OUT_PLANS = ("cangzhou-2019",)
HELD_OUT_BULLETINS = (2002, 2010, 2018, 2022)
"""Kept aside before the first rule was written; what they scored at first is in ``docs/methods.md`` and ``tests/bench/unseen/README.md``."""

ARGUABLE = re.compile(r"(?<!kind )(?<!scope )(?<!year )arguable")
LABELS = Path(__file__).parent / "unseen"


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

    def __str__(self) -> str:
        precision = self.hits / self.found if self.found else 1.0
        recall = self.hits / self.wanted if self.wanted else 1.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return f"{self.name:<28} n={self.wanted:<5} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}"


Key = tuple[object, ...]


def pair(found: list[tuple[Key, str]], wanted: list[tuple[Key, str]], name: str) -> tuple[Score, list[tuple[int, int]]]:
    """Pair equal keys one to one; of several, those that share most of their words."""
    score = Score(name, found=len(found), wanted=len(wanted))
    free = set(range(len(found)))
    pairs = []
    order = [(_likeness(f[1], w[1]), -abs(i / max(len(found), 1) - j / max(len(wanted), 1)), i, j)
             for j, w in enumerate(wanted) for i, f in enumerate(found) if f[0] == w[0]]  # fmt: skip
    taken: set[int] = set()
    for _, _, i, j in sorted(order, reverse=True):
        if i in free and j not in taken:
            free.discard(i)
            taken.add(j)
            pairs.append((i, j))
    score.hits = len(pairs)
    score.misses = [f"  - missed {wanted[j][0]} {wanted[j][1]}" for j in range(len(wanted)) if j not in taken]
    score.misses += [f"  + extra  {found[i][0]} {found[i][1]}" for i in sorted(free)]
    return score, pairs


def _likeness(a: str, b: str) -> float:
    left, right = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (a, b))
    return len(left & right) / max(1, min(len(left), len(right)))


def _unit(written: str) -> str:
    for alias, base in (("个百分点", "百分点"), ("名", "人"), ("％", "%")):
        if written.endswith(alias):
            return written[: -len(alias)] + base
    return written


def _plain(value: object) -> object:
    return None if value is None else Decimal(str(value)).normalize()


def plan_scores(path: Path) -> list[Score] | None:
    """Scores of one plan against the registry; None where the registry has no such plan (yet)."""
    from zhibiao.catalogue.load import load
    from zhibiao.reading.extract import extract

    registry = load()
    plan = registry.plans.get(path.stem)
    if plan is None:
        return None
    candidates = [c for c in extract(path, registry).candidates if c.repeats is None]
    reviewed = [s for s in plan.statements if s.repeats is None]
    found = [((_plain(c.low), _plain(c.high), _unit(c.unit), c.comparator), c.evidence) for c in candidates]
    wanted = [((_plain(s.low), _plain(s.high), _unit(s.unit), s.comparator), s.evidence) for s in reviewed]
    value, pairs = pair(found, wanted, f"{path.stem} value")
    scores = [value]
    for name in ("kind", "scope", "period"):
        score = Score(f"{path.stem} {name}", found=len(pairs), wanted=len(pairs))
        for i, j in pairs:
            have, want = getattr(candidates[i], name), getattr(reviewed[j], name)
            if str(have) == str(want):
                score.hits += 1
            else:
                score.misses.append(f"  ~ {name}: {have}, reviewed {want}: {reviewed[j].evidence}")
        scores.append(score)
    return scores


def bulletin_scores(path: Path) -> list[Score]:
    """Scores of one bulletin against its labels; a label without a value (ratios, intervals) is compared by its text."""
    from zhibiao.catalogue.load import load
    from zhibiao.reading.extract import extract

    year = int(path.stem)
    labels = [v for s in json.loads(path.with_suffix(".json").read_text("utf-8"))["statements"] for v in s["values"]]
    read = extract(path, load())
    # figures read off pictures of tables are no part of the text
    digits = _text(read.text)[1]
    labels = [v for v in labels if _text(str(v["raw"]))[1] in digits]
    found = [(_figure(c.low if c.low is not None else c.high, c.unit, c.written), c.evidence) for c in read.candidates]
    wanted = [((_plain(v["value"]), _unit(v["unit"])) if v["value"] is not None else _text(v["raw"]), str(v["label"])) for v in labels]
    texts = {key for key, _ in wanted if key[0] == "text"}
    found = [(_text(c.written) if _text(c.written) in texts else key, words) for (key, words), c in zip(found, read.candidates, strict=True)]
    value, pairs = pair(found, wanted, f"bulletin {year} value")
    kind = Score(f"bulletin {year} kind", found=len(pairs), wanted=len(pairs))
    when = Score(f"bulletin {year} year", found=len(pairs), wanted=len(pairs))
    for i, j in pairs:
        kind.hits += read.candidates[i].kind == "achieved"
        period = read.candidates[i].period
        expected = year - 1 if wanted[j][1].startswith("上年") else year
        right = period is not None and period.end == expected
        when.hits += right
        if not right:
            when.misses.append(f"  ~ year {period}, {expected}: {wanted[j][1]} {read.candidates[i].evidence}")
    return [value, kind, when]


def _figure(value: Decimal | None, unit: str, written: str) -> Key:
    return (_plain(value), _unit(unit))


def _text(raw: str) -> tuple[str, str]:
    import unicodedata

    return ("text", re.sub(r"[\s%人岁]", "", unicodedata.normalize("NFKC", raw)).replace("∶", ":"))


def folder() -> Path | None:
    """Where the texts and labels are, if they are anywhere."""
    named = os.environ.get("ZHIBIAO_BENCH")
    places = [Path(named)] if named else [Path(__file__).resolve().parents[3] / "shared"]
    return next((place for place in places if (place / "data" / "bulletins").is_dir()), None)


def labelled_scores(path: Path, labels: Path) -> list[Score]:
    """Scores of one document against a table of labels (columns as in ``tests/bench/unseen/README.md``).

    A row whose note says ``arguable`` counts neither as missed nor as found in excess; ``scope arguable`` (kind, year) leaves out that column.
    """
    from zhibiao.catalogue.load import load
    from zhibiao.reading.extract import extract

    with labels.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    read = [c for c in extract(path, load()).candidates if c.repeats is None or not _repeated(c, rows)]
    found = [((_plain(c.low), _plain(c.high), _unit(c.unit), c.comparator), c.evidence) for c in read]
    wanted = [((_plain(r["value_low"] or None), _plain(r["value_high"] or None), _unit(r["unit"]), r["comparator"]), r["evidence"]) for r in rows]
    _, pairs = pair(found, wanted, "")
    open_rows = {j for j, row in enumerate(rows) if ARGUABLE.search(row["note"] or "")}
    matched = {j: i for i, j in pairs}
    spare = {i for i in range(len(found)) if i not in matched.values() and any(j not in matched and _touches(found[i], wanted[j]) for j in open_rows)}
    spare |= {i for j, i in matched.items() if j in open_rows}
    kept, asked = [i for i in range(len(found)) if i not in spare], [j for j in range(len(rows)) if j not in open_rows]
    value, again = pair([found[i] for i in kept], [wanted[j] for j in asked], f"{path.stem} value")
    scores = [value]
    for name in ("kind", "scope", "year"):
        score = Score(f"{path.stem} {name}")
        for i, j in ((kept[a], asked[b]) for a, b in again):
            if f"{name} arguable" in (rows[j]["note"] or ""):
                continue
            have, want = _column(read[i], name), _label(rows[j], name)
            score.found, score.wanted, score.hits = score.found + 1, score.wanted + 1, score.hits + (have == want)
            if have != want:
                score.misses.append(f"  ~ {name}: {have}, label {want}: {rows[j]['evidence']}")
        scores.append(score)
    return scores


def _column(candidate: Any, name: str) -> str:
    if name == "year":
        return f"{candidate.period.start}-{candidate.period.end}" if candidate.period else ""
    return str(getattr(candidate, name))


def _label(row: dict[str, str], name: str) -> str:
    if name == "year":
        start, end = row["year_start"] or row["year_end"], row["year_end"] or row["year_start"]
        return f"{start}-{end}" if end else ""
    return row[name]


def _repeated(candidate: Any, rows: list[dict[str, str]]) -> bool:
    """Is a figure that says an earlier one again without a label of its own?"""
    value = str(_plain(candidate.low if candidate.low is not None else candidate.high))
    same = [r for r in rows if value in {str(_plain(r[end])) for end in ("value_low", "value_high") if r[end]}]
    return not any(_likeness(r["evidence"], candidate.evidence) > 0.8 for r in same)


def _touches(found: tuple[Key, str], wanted: tuple[Key, str]) -> bool:
    """Is a figure that fits no label a reading of the same words?"""
    return _likeness(found[1], wanted[1]) > 0.5 and bool({found[0][0], found[0][1]} & ({wanted[0][0], wanted[0][1]} - {None}))


def labelled_report(texts: Path, labels: Path, names: Path | None, misses: bool) -> Iterable[str]:
    """Lines of scores of labelled documents, each and together."""
    chosen = names.read_text("utf-8").split() if names else sorted(path.stem for path in labels.glob("*.csv"))
    totals: dict[str, Score] = {}
    for name in chosen:
        path = next((path for path in sorted(texts.glob(f"{name}.*"))), None)
        if path is None or not (labels / f"{name}.csv").is_file():
            yield f"{name}: {'没有文本 the text is not here' if path is None else '没有标注 no labels'}"
            continue
        yield from _lines(labelled_scores(path, labels / f"{name}.csv"), totals, "documents", misses)
    for total in totals.values():
        yield f"== {total}"


def report(held_out: bool, misses: bool) -> Iterable[str]:
    """Lines of scores, of the documents kept aside or of the others."""
    place = folder()
    if place is None:
        yield "没有评测材料 no material to measure with: set ZHIBIAO_BENCH"
        return
    totals: dict[str, Score] = {}
    for path in sorted((place / "plans").glob("*.txt")):
        if (path.stem in HELD_OUT_PLANS) != held_out:
            continue
        scores = plan_scores(path)
        if scores is None:
            yield f"{path.stem}: 登记库中没有 is not in the registry"
            continue
        yield from _lines(scores, totals, "plans", misses)
    for path in sorted((place / "data" / "bulletins").glob("*.md")):
        if (int(path.stem) in HELD_OUT_BULLETINS) == held_out:
            yield from _lines(bulletin_scores(path), totals, "bulletins", misses)
    for total in totals.values():
        yield f"== {total}"


def _lines(scores: list[Score], totals: dict[str, Score], group: str, misses: bool) -> Iterable[str]:
    for score in scores:
        name = f"{group} {score.name.split()[-1]}"
        totals.setdefault(name, Score(name)).add(score)
        yield str(score)
        if misses:
            yield from score.misses


def main(arguments: list[str]) -> None:
    """Print the figures of the documents seen while writing the rules, then of those kept aside."""
    parser = argparse.ArgumentParser(description="extraction against reviewed figures")
    parser.add_argument("--misses", action="store_true", help="name what was missed or found in excess")
    parser.add_argument("--only", choices=("seen", "held-out"), help="one of the two groups")
    parser.add_argument("--texts", type=Path, help="score the labelled documents of this folder instead")
    parser.add_argument("--labels", type=Path, default=LABELS, help="NAME.csv for each document")
    parser.add_argument("--names", type=Path, help="a file that names the documents to score, one a line")
    chosen = parser.parse_args(arguments)
    if chosen.texts:
        print("\n".join(labelled_report(chosen.texts, chosen.labels, chosen.names, chosen.misses)))
        return
    for name, held_out in (("seen", False), ("held-out", True)):
        if chosen.only in (None, name):
            print(f"## {name}")
            for line in report(held_out, chosen.misses):
                print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
