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
import json
import os
import re
import sys
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from labelled import Score, labelled_report, lines

HELD_OUT_PLANS = ("cangzhou-2019",)
HELD_OUT_BULLETINS = (2002, 2010, 2018, 2022)
"""Kept aside before the first rule was written; what they scored at first is in ``docs/methods.md`` and ``tests/bench/unseen/README.md``."""

LABELS = Path(__file__).parent / "unseen"


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
        yield from lines(scores, totals, "plans", misses)
    for path in sorted((place / "data" / "bulletins").glob("*.md")):
        if (int(path.stem) in HELD_OUT_BULLETINS) == held_out:
            yield from lines(bulletin_scores(path), totals, "bulletins", misses)
    for total in totals.values():
        yield f"== {total}"


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
