"""What every method says of one typed target, as flat records for files and scripts; values in the document's unit."""

from __future__ import annotations

from collections.abc import Sequence

from zhibiao.assessing.asking.question import Question
from zhibiao.assessing.fragility import Flip, Fragility, fragility
from zhibiao.assessing.methods import chance
from zhibiao.assessing.methods.case import Graded
from zhibiao.assessing.methods.published import PUBLISHED
from zhibiao.assessing.panel import METHODS, NAMES, SOURCES, Panel, panel, stance
from zhibiao.assessing.standing import Standing, standing
from zhibiao.errors import ParameterError, closest

GRADE_COLUMNS = (
    "method", "version", "ratio", "score", "grade", "stance", "reason", "reason_en", "detail", "flip_latest", "flip_latest_grade", "flip_baseline",
    "flip_baseline_grade", "flip_base_year", "flip_base_year_grade", "state", "verdict", "met", "gap", "pace", "needed", "chance", "on_track",
    "off_track", "silent", "target", "unit", "kind", "direction", "baseline", "baseline_year", "latest", "latest_period", "total", "as_of", "method_zh",
    "method_en", "source",
)  # fmt: skip
TABLE_COLUMNS = ("method", "version", "ratio", "score", "grade", "stance", "state", "flip_latest", "flip_baseline", "flip_base_year", "reason")
"""What a terminal has room for."""

HEADLINE = "headline"
ALL = "all"


def chosen(names: str) -> tuple[str, ...]:
    """The methods of ``--method``: headline, all, or ids separated by commas.

    Raises
    ------
    ParameterError
        A method is unknown; the nearest is named.
    """
    if names == HEADLINE:
        return METHODS[:2]
    if names == ALL:
        return METHODS
    wanted = tuple(name.strip() for name in names.split(","))
    for name in wanted:
        if name not in METHODS:
            raise ParameterError(f"未知方法 unknown method {name!r}", where="--method", allowed=[HEADLINE, ALL, *METHODS], nearest=closest(name, [HEADLINE, ALL, *METHODS]))
    return wanted


def grade_records(question: Question, methods: Sequence[str]) -> list[dict[str, object]]:
    """One record a method: its grade or why it cannot speak, what would turn it, and where the target stands."""
    if question.statement is None:
        return _trend_records(question, methods)
    stands = standing(question.study, question.statement)
    odds = chance.attainment(question.study, stands)
    whole = panel(stands, question.series, odds, question.extras)
    turned = fragility(question.study, stands, question.series, methods, question.extras)
    shared = _shared(question, stands, whole, odds)
    return [{**_entry(graded, whole), **_flips(turned[graded.method], stands), **shared, **_lacking(question)} for graded in whole.graded if graded.method in methods]


def _entry(graded: Graded, whole: Panel | None) -> dict[str, object]:
    return {
        "method": graded.method,
        "version": graded.version,
        "ratio": graded.ratio,
        "score": graded.score,
        "grade": graded.grade,
        "stance": "silent" if whole is None else stance(graded),
        "reason": graded.reason[0] if graded.reason else None,
        "reason_en": graded.reason[1] if graded.reason else None,
        "detail": dict(graded.detail),
        "method_zh": NAMES[graded.method][0],
        "method_en": NAMES[graded.method][1],
        "source": SOURCES[graded.method],
    }


def _flips(turned: Fragility, stands: Standing) -> dict[str, object]:
    scale = float(stands.statement.written_unit.scale)

    def pair(name: str, flip: Flip | None, unit: float) -> dict[str, object]:
        return {f"flip_{name}": None if flip is None else flip.change / unit, f"flip_{name}_grade": None if flip is None else flip.grade}

    return {
        **pair("latest", turned.latest, scale),
        **pair("baseline", turned.baseline, scale),
        "flip_base_year": None if turned.base_year is None else int(turned.base_year.change),
        "flip_base_year_grade": None if turned.base_year is None else turned.base_year.grade,
    }


def _shared(question: Question, stands: Standing, whole: Panel, odds: float | None) -> dict[str, object]:
    """What is the same for every method: the target, the figures, and where it stands by the reading of plan language."""
    scale = float(stands.statement.written_unit.scale)

    def scaled(value: float | None) -> float | None:
        return None if value is None else value / scale

    latest, start, made = stands.latest, stands.baseline, stands.progress
    return {
        "state": stands.state,
        "verdict": stands.verdict,
        "met": stands.met,
        "gap": scaled(stands.gap),
        "pace": scaled(made.pace) if made else None,
        "needed": scaled(stands.needed),
        "chance": odds,
        **whole.agreement,
        "target": stands.statement.value_text("zh") + (f"@{stands.statement.period}" if stands.statement.period else ""),
        "unit": question.unit,
        "kind": question.indicator.kind,
        "direction": question.indicator.direction,
        "baseline": scaled(start.value) if start else None,
        "baseline_year": start.year if start else None,
        "latest": scaled(float(latest.base_value)) if latest else None,
        "latest_period": str(latest.period) if latest else None,
        "total": scaled(stands.total),
        "as_of": question.study.as_of,
    }


def _lacking(question: Question) -> dict[str, object]:
    """A ratio without its other series says what is missing."""
    if question.lacking is None:
        return {}
    name = question.lacking
    return {
        "reason": f"缺“{name}”的数列：用 --ratio-to \"{name}: 2020=… 2021=…\" 给出",
        "reason_en": f"the series of {name!r} is missing: give it with --ratio-to \"{name}: 2020=… 2021=…\"",
    }  # fmt: skip


def _trend_records(question: Question, methods: Sequence[str]) -> list[dict[str, object]]:
    """Without a target: what methods say of the trend alone."""
    case, records = question.trend, []
    published = {method.id: method for method in PUBLISHED}
    silent = ("没有目标值", "there is no target value")
    for name in (name for name in METHODS if name in methods):
        graded = published[name].judge(case) if name in published else Graded(name, "", reason=silent)
        entry = _entry(graded, None)
        latest = case.latest
        shared = {"unit": question.unit, "kind": question.indicator.kind, "direction": question.indicator.direction, "as_of": question.study.as_of}
        shared |= {"latest": latest.value if latest else None, "baseline": case.start.value if case.start else None}
        records.append({**entry, **shared, "state": "assessed" if graded.grade else "too_few_points" if len(case.points) < 2 else "assessed"})
    return records


def flat(records: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """The same records for formats without nesting: details as text."""
    return [{**record, "detail": "; ".join(f"{name}={value:.10g}" for name, value in dict(record["detail"]).items())} for record in records]  # type: ignore[call-overload]
