"""Trend arrows of the Sustainable Development Report (SDSN)."""

from __future__ import annotations

from zhibiao.assessing.methods.case import Case, Graded, Silent, aimed, at_least, graded, same, started


def arrow(case: Case) -> Graded:
    """Change a year against the change a year that reaches green by the target year.

    With a scale, values become scores 0–100 between its lower and optimum value, and green is the score of `green`, else of the target.
    Without one the same arrow is drawn on the values themselves, straight from the baseline to the target.
    """
    target, horizon = aimed(case)
    start, latest = started(case)
    if horizon <= start.year:
        raise Silent("目标年不晚于基期年", "the target year is not after the baseline year")
    first, last, green = start.value * case.sign, latest.value * case.sign, target * case.sign
    if case.scale is not None:
        wanted = target if case.green is None else case.green
        first, last, green = (score(value, *case.scale) for value in (start.value, latest.value, wanted))
    actual = (last - first) / (latest.year - start.year)
    required = (green - first) / (horizon - start.year)
    shown = None if case.scale is None else last
    reached = bool(case.met) if case.scale is None else at_least(last, green)
    defined = required > 0 and not same(green, first)
    ratio = actual / required if defined else None
    if reached:
        return graded("↑", ratio, shown, actual=actual, required=required)
    if ratio is None:
        raise Silent("基期时已达到目标，比值没有意义", "the target was already reached at the baseline: the ratio means nothing")
    return graded(pointing(ratio), ratio, shown, actual=actual, required=required)


def score(value: float, lower: float, optimum: float) -> float:
    """Score from 0 at `lower` to 100 at `optimum`, held at both ends.

    Raises
    ------
    Silent
        Lower and optimum are the same.
    """
    if same(lower, optimum):
        raise Silent("下限与最优值相同，得分无定义", "lower and optimum are the same: no score is defined")
    return min(max((value - lower) / (optimum - lower), 0.0), 1.0) * 100


def pointing(ratio: float) -> str:
    """≥ 1 ↑, ≥ 0.5 ➚, ≥ 0 →, below ↓."""
    for sign, threshold in (("↑", 1.0), ("➚", 0.5), ("→", 0.0)):
        if at_least(ratio, threshold):
            return sign
    return "↓"
