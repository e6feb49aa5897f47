"""Why no chance is given of a target, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from zhibiao.assessing.gaps import GapRow
from zhibiao.catalogue.study import Study
from zhibiao.showing.words import STATES, word

UNPROJECTED = ("definition_unclear", "definition_changed", "conflicting")


def reason(study: Study, row: GapRow) -> str:
    """Why `row` has no chance: the first cause that holds, nearest to the target first."""
    stands, period = row.standing, row.statement.period
    if period is None:
        return study.words("没有期间", "no period")
    if stands.state in UNPROJECTED:
        return word(STATES, stands.state, study.lang)
    if study.as_of >= period.end:
        return study.words("期限已过", "its horizon has passed")
    if stands.verdict == "missed" or (row.statement.scope == "cumulative" and stands.met is not None):
        return study.words("结果已定", "the outcome is known")
    known = study.series(row.statement.indicator)
    if not known.points:
        return study.words("缺数", "no figures")
    if not any(point.qualifier == "eq" for point in known.points):
        return study.words("没有确切的数", "no exact figure")
    if stands.indicator.reference is None:
        return study.words("没有参照类，不作推断", "no reference class to project from")
    if period.end > study.horizon:
        return study.words(f"晚于{study.horizon}年", f"later than {study.horizon}")
    return study.words("缺数", "no figures")


def reasons(study: Study, rows: Sequence[GapRow], name: Callable[[GapRow], str]) -> str:
    """Names of targets without a chance, those of one cause together: 甲、乙（缺数）；丙（没有参照类，不作推断）."""
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        found.setdefault(reason(study, row), {})[name(row)] = None
    parts = [study.words(f"{'、'.join(names)}（{why}）", f"{', '.join(names)} ({why})") for why, names in found.items()]
    return study.words("；", "; ").join(parts)
