"""Where the time of one of our reports goes: ``python tests/bench/profile_report.py [--reports 6] [--region 重庆] [--notebook 09_briefing]``.

Runs a batch of one region and several scenarios, one report at a time, with the functions of spans.py timed in the runner and in its
worker. The first report, which pays for imports, stands in a column of its own; the others are shown by their median.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import unicodedata
from pathlib import Path

import spans


def walked(span: spans.Span, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], tuple[float, int]]:
    """Seconds and calls by place in the tree, and what no named part accounts for."""
    place = (*path, span.name)
    found = {place: (span.seconds, 1)}
    for part in span.within:
        for key, (seconds, calls) in walked(part, place).items():
            known = found.get(key, (0.0, 0))
            found[key] = (known[0] + seconds, known[1] + calls)
    if span.within:
        found[(*place, "· rest 其余")] = (span.seconds - sum(part.seconds for part in span.within), 1)
    return found


def _padded(text: str, width: int) -> str:
    own = sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)
    return text + " " * max(width - own, 1)


def printed(reports: list[spans.Span]) -> None:
    """The first report and the median of the others, by place in the tree."""
    each = [walked(span) for span in reports]
    places: list[tuple[str, ...]] = []
    for found in each:
        for place in found:
            if place not in places:
                # after its last known sibling's family, so that the order is that of time
                family = [i for i, other in enumerate(places) if other[: len(place) - 1] == place[:-1]]
                places.insert(family[-1] + 1 if family else len(places), place)
    print(_padded("ms", 72) + f"{'first':>8}{'median':>8}{'calls':>7}{'share':>8}")
    whole = statistics.median(span.seconds for span in reports[1:] or reports)
    for place in places:
        later = [found.get(place, (0.0, 0)) for found in each[1:] or each]
        middle = statistics.median(seconds for seconds, _ in later)
        first = each[0].get(place, (0.0, 0))[0]
        if max(middle, first) < 0.001:
            continue
        name = "  " * (len(place) - 1) + place[-1]
        calls = round(statistics.median(calls for _, calls in later))
        print(_padded(name, 72) + f"{first * 1e3:8.0f}{middle * 1e3:8.0f}{calls:7d}{middle / whole:8.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=6)
    parser.add_argument("--region", default="重庆")
    parser.add_argument("--notebook", default="09_briefing")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhibiao-profile-") as folder:
        place = Path(folder).resolve()
        (place / "spans").mkdir()
        begun = time.monotonic()
        with spans.rooted(place / "spans"):
            from zhibiao.catalogue.load import load
            from zhibiao.running.batch import batch

            scenarios = list(load().scenarios)[: asked.reports]
            file = place / "profile.yaml"
            file.write_text(f"name: profile\nnotebooks: [{asked.notebook}]\nregions: [{asked.region}]\nscenarios: [{', '.join(scenarios)}]\n", encoding="utf-8")
            imported = time.monotonic()
            done = batch(file, out=place / "out", jobs=1, force=True, quiet=True)
            ended = time.monotonic()
        failed = [run.error for run in done.runs if run.error]
        if failed:
            sys.exit(str(failed[0]))
        outermost, missing = spans.tree(place / "spans")
    reports = [span for span in outermost if span.name.startswith("one report")]
    print(f"{asked.notebook} · {asked.region}, {len(reports)} scenarios, one report at a time")
    apart = ended - imported - sum(span.seconds for span in reports)
    print(f"runner's imports {imported - begun:.2f} s; batch {ended - imported:.2f} s, of which outside of reports (checks, keys, template and worker ended, index) {apart:.2f} s\n")
    printed(reports)
    others = [span for span in outermost if span not in reports]
    if others:
        print("\noutside of reports 报告之外: " + ", ".join(f"{span.name} {span.seconds * 1e3:.0f} ms" for span in others))
    if missing:
        print("\nnot found, so not timed 未找到: " + ", ".join(missing))


if __name__ == "__main__":
    main()
