"""The panel: what every method says of one target, the headline first, and how many of them agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from zhibiao.assessing.methods import chance as chances
from zhibiao.assessing.methods.case import Case, Graded, Point
from zhibiao.assessing.methods.published import PUBLISHED
from zhibiao.assessing.progress import due
from zhibiao.assessing.semantics import Condition, condition, possible
from zhibiao.assessing.standing import UNJUDGED, Standing
from zhibiao.assessing.versions import version
from zhibiao.catalogue.registry import Series
from zhibiao.model import Observation

SCHEDULE, CHANCE = "schedule", "chance"
HEADLINE = (SCHEDULE, CHANCE)
"""What is said first; everything else stands in the appendix."""
SCHEDULE_VERSION, CHANCE_VERSION = version(SCHEDULE), version(CHANCE)

NAMES: dict[str, tuple[str, str]] = {
    SCHEDULE: ("时序进度", "schedule"),
    CHANCE: ("达标机会", "chance of attainment"),
    **{method.id: (method.zh, method.en) for method in PUBLISHED},
}
SOURCES: dict[str, str] = {
    SCHEDULE: "usual in Chinese plan reviews; this project's reading of plan language (docs/methods.md 1, 2)",
    CHANCE: "this project (docs/methods.md 2, 3)",
    **{method.id: method.source for method in PUBLISHED},
}
METHODS = tuple(NAMES)
STANCES = ("on_track", "off_track", "silent")

GOOD_VERDICTS = ("met", "holding", "on_schedule")
SILENT_VERDICTS = ("unknown", "not_reported")

REASONS: dict[str, tuple[str, str]] = {
    "no_baseline": ("没有基期数", "there is no baseline"),
    "not_yet_reported": ("基期后没有报数", "nothing is reported since the baseline"),
    "passed_not_reported": ("期满而没有报数", "the horizon has passed without a result"),
    "too_few_points": ("只有一个时点的数", "there is only one observation"),
    "conflicting": ("同一年的来源相抵", "sources of one year contradict each other"),
    "definition_unclear": ("口径不明：目标要求保持的水平，发文前的数相去甚远", "the definition is unclear: the level to keep is far from the figure before the document"),
    "definition_changed": ("口径变了，前后不可比", "the definition changed; the figures cannot be compared"),
    "floor": ("最近数只是下限，不能断定", "the latest figure is only a floor and decides nothing"),
    "sum": ("累计目标没有基期水平，此法不适用", "a cumulative target has no baseline level; this method does not apply"),
    "mean": ("年均目标看整期均值，此法不适用", "a mean over the period is asked for; this method does not apply"),
    "no_chance": ("没有可用的轨迹，或结果已定", "there is no projection that covers its years, or the result is known"),
    "undecided": ("已报的数还不能断定", "what is reported decides nothing yet"),
}  # fmt: skip
"""Why nothing is said, by evidence state or by the kind of target."""


@dataclass(frozen=True)
class Extras:
    """What only some methods need: a natural limit, a scale (lower, optimum) and its green value, in the document's unit."""

    limit: float | None = None
    scale: tuple[float, float] | None = None
    green: float | None = None


@dataclass(frozen=True)
class Panel:
    """What every method says of one target."""

    standing: Standing
    graded: tuple[Graded, ...]

    @property
    def agreement(self) -> dict[str, int]:
        """How many methods say on track, not on track, nothing."""
        found = Counter(stance(entry) for entry in self.graded)
        return {name: found[name] for name in STANCES}

    def of(self, method: str) -> Graded:
        return next(entry for entry in self.graded if entry.method == method)


def panel(stands: Standing, series: Series, chance: float | None, extras: Extras | None = None, methods: Sequence[str] = METHODS) -> Panel:
    """Ask these methods about one target."""
    case = case_of(stands, series, extras or Extras())
    said = {SCHEDULE: lambda: schedule(stands), CHANCE: lambda: attainment(stands, chance)}
    return Panel(stands, tuple(said[name]() if name in said else by_method(name, stands, case) for name in METHODS if name in methods))


def by_method(name: str, stands: Standing, case: Case) -> Graded:
    """One published method; evidence comes first, whatever the formula would give."""
    method = next(method for method in PUBLISHED if method.id == name)
    asked = condition(stands.statement, stands.indicator)
    silence = stands.state if stands.state in UNJUDGED else asked.combine if asked.combine in ("sum", "mean") else None
    if silence is not None:
        return Graded(method.id, method.version, reason=REASONS[silence])
    return method.judge(case)


def schedule(stands: Standing) -> Graded:
    """The headline: the verdict of the plan's own language, with change done over time gone where both are known."""
    made = stands.progress
    judged = stands.state not in UNJUDGED
    ratio = made.change / made.time if judged and made is not None and made.change is not None and made.time > 0 else None
    detail = () if ratio is None or made is None or made.change is None else (("change", made.change), ("time", made.time), *_due(stands, made.time))
    if stands.verdict not in SILENT_VERDICTS:
        return Graded(SCHEDULE, SCHEDULE_VERSION, ratio, None, stands.verdict, None, detail)
    return Graded(SCHEDULE, SCHEDULE_VERSION, None, None, None, REASONS[_silence(stands)])


def _due(stands: Standing, time: float) -> tuple[tuple[str, float], ...]:
    """What an even path would have reached by now, in the document's unit."""
    asked, start, scale = condition(stands.statement, stands.indicator), stands.baseline, float(stands.statement.written_unit.scale)
    base = 0.0 if asked.combine == "sum" else None if start is None else start.value
    if base is None:
        return ()
    bound = asked.bound if asked.combine == "sum" else asked.aim(base)
    return (("due", due(base, bound, time) / scale),)


def _silence(stands: Standing) -> str:
    if stands.state in REASONS:
        return stands.state
    return "floor" if stands.latest is not None and stands.latest.qualifier in ("ge", "gt") else "undecided"


def attainment(stands: Standing, chance: float | None) -> Graded:
    """The chance of attainment as an entry of the panel."""
    if chance is None:
        return Graded(CHANCE, CHANCE_VERSION, reason=REASONS[stands.state if stands.state in UNJUDGED else "no_chance"])
    if stands.state in UNJUDGED:  # the projection speaks, from the last value; as a verdict no data is never a pass
        return Graded(CHANCE, CHANCE_VERSION, chance, reason=REASONS[stands.state])
    return Graded(CHANCE, CHANCE_VERSION, chance, None, chances.grade(chance))


def stance(entry: Graded) -> str:
    """``on_track``, ``off_track`` or ``silent``: each method's grades mapped into three."""
    if entry.grade is None:
        return "silent"
    if entry.method == SCHEDULE:
        return "on_track" if entry.grade in GOOD_VERDICTS else "off_track"
    if entry.method == CHANCE:
        return "on_track" if entry.ratio is not None and entry.ratio > chances.EVEN else "off_track"
    return next(method for method in PUBLISHED if method.id == entry.method).stance(entry.grade)


def case_of(stands: Standing, series: Series, extras: Extras) -> Case:
    """Reduce a standing to what published methods know, in the document's unit; floors and contested years are no exact values."""
    asked = condition(stands.statement, stands.indicator)
    scale = float(stands.statement.written_unit.scale)
    known = series if asked.end is None else series.known_by(asked.end)
    base, latest = stands.baseline, stands.latest
    start = None if base is None else Point(float(base.year), base.value / scale)
    exact = [point for point in known.annual if point.qualifier in ("eq", "about") and point.period not in known.conflicting]
    points = {point.year: point for point in (_point(observation, scale) for observation in exact)}
    if start is not None:
        points[start.year] = start
    newest = _point(latest, scale) if latest is not None and latest.qualifier in ("eq", "about") else None
    if newest is not None:
        points.setdefault(newest.year, newest)
    target, other = _ends(asked, base.value if base is not None else None)
    inside = other is not None and base is not None and asked.aim(base.value) == base.value
    return Case(
        points=tuple(points[year] for year in sorted(points)),
        start=start,
        latest=newest,
        target=target / scale,
        horizon=asked.end,
        sign=1 if target == asked.floor else -1,
        met=None if latest is None else asked.verdict(*possible(latest, stands.indicator)),
        strict=asked.strict,
        keeps=asked.combine == "each" or inside,
        other_end=None if other is None else other / scale,
        limit=extras.limit,
        scale=extras.scale,
        green=extras.green,
    )


def _ends(asked: Condition, start: float | None) -> tuple[float, float | None]:
    """The end to reach, and the other one where both bind: of a range the end on the side of the baseline is to be reached."""
    if asked.floor is None or asked.ceiling is None:
        return asked.bound, None
    return (asked.ceiling, asked.floor) if start is not None and start > asked.floor else (asked.floor, asked.ceiling)


def _point(observation: Observation, scale: float) -> Point:
    period = observation.period
    return Point(period.year - 1 + period.last_month / 12, float(observation.base_value) / scale)
