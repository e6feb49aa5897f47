"""The map of programme length and retention on which pairs of intake and enrolment lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zhibiao.catalogue.study import Study
from zhibiao.showing import pairs_chart
from zhibiao.showing.asked_pairs import clauses, national_ratios, target_pairs
from zhibiao.showing.chart import Chart
from zhibiao.showing.numbers import fixed, four, percent
from zhibiao.showing.pictures import source_line
from zhibiao.showing.words import between
from zhibiao.simulating import pairs
from zhibiao.simulating.anchoring import start_pair
from zhibiao.simulating.pairs import Pair

LENGTHS = np.round(np.arange(2.0, 5.0001, 0.05), 2)


def pair_map(study: Study) -> Chart | None:
    """The map of programme length and retention on which the pairs of intake and enrolment lie.

    None without a starting pair, or where no length and retention on the map lead to any of the pairs.
    """
    start = start_pair(study)
    if start is None:
        return None
    targets = target_pairs(study)
    asked = [s.written_unit.written for s in study.statements("target") if s.indicator == "enrolment" and s.base_low is not None]
    settled = pairs.implied(start, None, LENGTHS).settled
    curves = [_curve(study.words(f"{start.year}年现状 {_ratio(start)}", f"{start.year} as it is, {_ratio(start)}"), LENGTHS, settled)]
    regions = []
    for pair in targets[:3]:
        way = pairs.implied(pair, start, LENGTHS).on_the_way
        curves.append(_curve(study.words(f"{pair.name} {asked[0]}（途中到{pair.year}年）", f"{pair.name}, on the way to {pair.year}"), LENGTHS, way))
    if not any(_drawn(curve) for curve in curves):
        return None
    feasible = [(pair, curve) for pair, curve in zip(targets, curves[1:], strict=False) if _drawn(curve)]
    if feasible:
        pair, first = feasible[0]
        regions.append(pairs_chart.PairRegion(study.words(f"够{pair.name}的学制与保留率", f"enough for {pair.name}"), first.xs, first.ys, [1.0] * len(first.xs)))
    lengths, low = (float(LENGTHS[0]), float(LENGTHS[-1])), _floor([c.ys for c in curves])
    return pairs_chart.pairs(
        pairs_chart.PairsPicture(
            title=_pair_title(study, start, targets),
            curves=[curve for curve in curves if _drawn(curve)],
            regions=regions,
            lengths=lengths,
            retentions=(low, 1.0),
            basis=f"{_pair_basis(study)}\n{clauses(study, targets)}".strip(),
            source=source_line(study, [*study.series("enrolment").annual, *study.series("intake").annual][-2:]),
        ),
        study.lang,
    )


def no_pair_map(study: Study) -> tuple[str, str]:
    """Why there is no map, in both languages."""
    start = start_pair(study)
    if start is None:
        return "没有同一年的招生与在校生，无从作图。", "No year has both intake and enrolment."
    ratio, floor = _ratio(start), percent(pairs.LOWEST_RETENTION, 0)
    shortest, longest = fixed(float(LENGTHS[0]), 0), fixed(float(LENGTHS[-1]), 0)
    return (
        f"{start.year}年每名招生对应在校生{ratio}人：学制{between(shortest, longest, 'zh')}年、年保留率不低于{floor}，得不出这个比，也得不出目标的比，无从作图；先核对这两个数的口径。",
        f"{ratio} students per entrant in {start.year}: no programme of {between(shortest, longest, 'en')} years with a yearly retention of {floor} or more leads there, "
        "nor to what the targets ask; check what the two figures count.",
    )


def _drawn(curve: pairs_chart.PairCurve) -> bool:
    return len(curve.xs) > 1


def _curve(label: str, lengths: np.ndarray, retention: np.ndarray) -> pairs_chart.PairCurve:
    shown = np.isfinite(retention) & (retention >= pairs.LOWEST_RETENTION)
    return pairs_chart.PairCurve(label, lengths[shown].tolist(), retention[shown].tolist())


def _floor(curves: Sequence[Sequence[float]]) -> float:
    lowest = min((min(ys) for ys in curves if len(ys)), default=0.8)
    return max(0.5, min(0.8, float(np.floor(lowest * 20) / 20)))


def _pair_title(study: Study, start: Pair, targets: Sequence[Pair]) -> str:
    ratio = _ratio(start)
    if study.lang == "zh":
        text = f"{study.region.zh}{start.year}年每名招生对应在校生{ratio}人"
        return text + ("，目标要" + "、".join(f"{_ratio(pair)}（{pair.name}）" for pair in targets) if targets else "")
    text = f"{study.region.en}: {ratio} students per entrant in {start.year}"
    return text + (", targets ask for " + " and ".join(f"{_ratio(pair)} ({pair.name})" for pair in targets) if targets else "")


def _ratio(pair: Pair) -> str:
    """Students per entrant, wherever it is printed."""
    return four(round(pair.ratio, 2))


def _pair_basis(study: Study) -> str:
    nation = national_ratios(study)
    text = study.words(
        "曲线上每一点都得出同一对招生与在校生；一年之比只能定向，不能证明可行。",
        "Every point of a curve gives the same pair of intake and enrolment; the ratio of one year orients, it proves nothing.",
    )
    if nation is None:
        return text
    first, last, low, high = nation
    return text + study.words(f"全国{first}—{last}年为{fixed(low, 1)}—{fixed(high, 1)}。", f" In the nation it was {fixed(low, 1)}–{fixed(high, 1)} in {first}–{last}.")


