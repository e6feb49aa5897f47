"""Weather symbols of the German sustainability strategy (Destatis)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zhibiao.assessing.methods.case import TOLERANCE, Case, Graded, Point, Silent, graded

SYMBOLS = ("sun", "sun_cloud", "cloud", "storm")
"""From the best to the worst."""
WINDOW = 5
"""Years whose mean change is carried on."""
LEAST = 4
"""Points the window must hold."""


def weather(case: Case) -> Graded:
    """Symbol of a value target, of a level to keep, or of a range: then the weaker bound speaks."""
    if case.target is None:
        raise Silent("没有目标值", "there is no target value")
    if case.latest is None:
        raise Silent("没有可用的最近数（缺数或只是下限）", "no exact latest value: none, or only a floor")
    change, latest = trend(case.points, case.latest), case.latest
    if case.other_end is None:
        return _bound(case, latest, change, case.target, case.sign, case.met)
    low, high = sorted((case.target, case.other_end))
    bounds = [_bound(case, latest, change, end, sign, None) for end, sign in ((low, 1), (high, -1))]
    return max(bounds, key=lambda found: SYMBOLS.index(str(found.grade)))


def trend(points: Sequence[Point], latest: Point) -> float:
    """Mean yearly change of the last five years.

    Raises
    ------
    Silent
        Fewer than four points lie in them.
    """
    window = [point for point in points if latest.year - WINDOW - TOLERANCE <= point.year <= latest.year]
    if len(window) < LEAST:
        raise Silent(f"近{WINDOW}年只有{len(window)}个数，至少要{LEAST}个", f"only {len(window)} points in the last {WINDOW} years; {LEAST} are needed")
    return (window[-1].value - window[0].value) / (window[-1].year - window[0].year)


def worst(symbols: Iterable[str]) -> str:
    """Of several targets the worst symbol speaks.

    >>> worst(["sun", "cloud"])
    'cloud'
    """
    return max(symbols, key=SYMBOLS.index)


def _bound(case: Case, latest: Point, change: float, end: float, sign: int, met: bool | None) -> Graded:
    """One bound: a level to keep where the target is one or is reached already, else a value to reach."""
    missing = sign * (end - latest.value)
    held = missing <= TOLERANCE * abs(end) if met is None else met
    if case.keeps or case.horizon is None or held or missing <= 0:
        return _kept(latest, change, end, sign, held, None if case.keeps else case.horizon)
    return _reached(latest, change, end, sign, case.horizon)


def _kept(latest: Point, change: float, end: float, sign: int, held: bool, horizon: int | None) -> Graded:
    """Level first, trend second. A value to reach that is reached early stays the sun while the trend holds it until its year."""
    right = sign * change > 0 if not held else sign * change >= -TOLERANCE * abs(latest.value)
    if held and not right and horizon is not None:
        ahead = latest.value + change * max(horizon - latest.year, 0.0)
        right = sign * (ahead - end) > TOLERANCE * abs(end)
    grade = ("sun" if right else "sun_cloud") if held else ("cloud" if right else "storm")
    return graded(grade, None, None, change=change)


def _reached(latest: Point, change: float, end: float, sign: int, horizon: int) -> Graded:
    """How much of what is missing would still be missing: < 5 % sun, to 20 % sun and cloud, more cloud; no step towards it storm."""
    expected = latest.value + change * max(horizon - latest.year, 0.0)
    miss = (end - expected) / (end - latest.value)
    if sign * change <= 0:
        grade = "storm"
    elif miss < 0.05 - TOLERANCE:
        grade = "sun"
    else:
        grade = "sun_cloud" if miss <= 0.20 + TOLERANCE else "cloud"
    return graded(grade, miss, None, change=change, expected=expected)
