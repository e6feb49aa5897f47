"""Milestones shared out over districts or schools, in proportion to their own figures, within floors and caps, to the person.

- A level (在校生): the shares of each year add up to its milestone, and floors and caps hold in every year. The last year is shared out first; where
  milestones rise, nobody's share of an earlier year is above its later one, so that no rounding takes from a school what it was given.
- A total (累计培训): each unit's own total is shared out first, with its floor and cap; its years then follow the milestones' by controlled
  rounding, so that the years of each unit and the units of each year both add up exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from zhibiao.assessing.breakdown.rounding import controlled, most, share_out
from zhibiao.assessing.breakdown.rules import quantum
from zhibiao.assessing.breakdown.years import Milestones
from zhibiao.catalogue.study import Study
from zhibiao.errors import ParameterError
from zhibiao.model import Observation
from zhibiao.reading.unit_list import Child


@dataclass(frozen=True)
class Division:
    """Milestones and who contributes what to them: `values` has a row for each child and a column for each year, base units."""

    milestones: Milestones
    children: tuple[Child, ...]
    values: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Found:
    """The regions below one, with their figures; and those of which nothing is known."""

    children: tuple[Child, ...]
    without: tuple[str, ...]


def children_in(study: Study, indicator: str, year: int | None) -> Found:
    """The regions directly below the study's that have a figure of the indicator.

    Parameters
    ----------
    year : int or None
        The year whose figure is preferred; whoever has none of it is taken with its newest whole-year figure.

    Raises
    ------
    ParameterError
        None of them has a figure, or sources disagree on one.
    """
    below = [region for region in study.registry.regions.values() if region.parent == study.region.code]
    found: list[Child] = []
    for region in below:
        series = study.registry.series(region.code, indicator, study.as_of)
        point = (series.at(year) if year is not None else None) or (series.annual[-1] if series.annual else None)
        if point is None:
            continue
        if point.period in series.conflicting:
            raise ParameterError(f"{region.zh}{point.period}年的数来源相抵 sources disagree on the figure of {region.en}", where="--over")
        found.append(_child(region.name(study.lang), region.code, point))
    if not found:
        raise ParameterError(
            f"{study.region.zh}的下级地区都没有这个指标的数，无从按基数分解；请用名单文件给出基数 "
            "no region below has a figure of the indicator: give a list with 单位,基数",
            where="--over",
            allowed=["units.csv", "units.xlsx"],
        )
    named = {child.code for child in found}
    return Found(tuple(found), tuple(region.name(study.lang) for region in below if region.code not in named))


def bounded(children: Sequence[Child], floor: int | None, cap: int | None) -> tuple[Child, ...]:
    """The children with one floor and one cap for all that have none of their own.

    Raises
    ------
    ParameterError
        Of a child the floor would be above the cap.
    """
    made = [replace(c, floor=floor if c.floor is None else c.floor, cap=cap if c.cap is None else c.cap) for c in children]
    for child in made:
        if child.floor is not None and child.cap is not None and child.floor > child.cap:
            raise ParameterError(f"{child.name}：下限 {child.floor} 大于上限 {child.cap} the floor is above the cap", where=child.where or "--floor")
    return tuple(made)


def countable(made: Milestones) -> None:
    """Only what is counted is shared out.

    Raises
    ------
    ParameterError
        The indicator is a rate.
    """
    if quantum(made.indicator) != 1:
        raise ParameterError(
            f"{made.indicator.zh}是比率，不按份额分解：各单位守住同一目标，全体即达到 a rate is not shared out: where every unit keeps it, the whole does",
            where="--over",
        )


def divide(made: Milestones, children: Sequence[Child]) -> Division:
    """Share milestones out over children.

    Raises
    ------
    ParameterError
        The indicator is a rate; nobody has a base; floors or caps do not leave room for the task, with how much is missing.
    """
    countable(made)
    indicator = made.indicator
    if any(value < 0 for value in made.values):
        raise ParameterError("负数不能按份额分解 a negative task is not shared out", where="--over")
    if not any(child.base for child in children):
        raise ParameterError("没有单位，或各单位基数全为 0，无从按基数分解 no unit has a base", where="--over")
    weights = [Fraction(child.base) for child in children]
    _room_beyond(made, children)
    if made.summed:
        totals = _shared("期内合计 in all", int(made.total), weights, children, indicator.unit)
        rows = controlled(totals, [int(value) for value in made.values])
        return Division(made, tuple(children), rows)
    tasks = [int(value) for value in made.values]
    columns: list[tuple[int, ...]] = []
    for year, task in reversed(list(zip(made.years, tasks, strict=True))):
        bounds = _between(children, columns[-1], task) if columns else list(children)
        # the bounds proper are told of, not those that the later year sets
        _check(f"{year}年", task, weights, children, indicator.unit)
        columns.append(_shared(f"{year}年", task, weights, bounds, indicator.unit))
    return Division(made, tuple(children), tuple(zip(*reversed(columns), strict=True)))


def _room_beyond(made: Milestones, children: Sequence[Child]) -> None:
    """A target that must be exceeded needs somebody who can exceed: caps that add up to the very task leave nobody."""
    caps = [child.cap for child in children if child.cap is not None]
    task = int(made.total if made.summed else max(made.values))
    if made.statement.comparator == "gt" and len(caps) == len(children) and sum(caps) == task:
        raise ParameterError(
            f"上限合计恰为任务 {task}{made.indicator.unit}，目标须超过：至少放宽 1{made.indicator.unit} "
            "the caps add up to the very task, which must be exceeded: raise them by 1 at least",
            where="--cap",
        )


def _between(children: Sequence[Child], later: Sequence[int], task: int) -> list[Child]:
    """The children bounded by their share of the year after: what rises in all falls for nobody, and the other way round."""
    if task <= sum(later):
        return [replace(child, cap=share) for child, share in zip(children, later, strict=True)]
    return [replace(child, floor=share) for child, share in zip(children, later, strict=True)]


def _shared(when: str, task: int, weights: Sequence[Fraction], children: Sequence[Child], unit: str) -> tuple[int, ...]:
    _check(when, task, weights, children, unit)
    return share_out(task, weights, [child.floor or 0 for child in children], [child.cap for child in children])


def _check(when: str, task: int, weights: Sequence[Fraction], children: Sequence[Child], unit: str) -> None:
    """Floors leave something to share out, caps leave nothing over; else say by how much."""
    least = sum(child.floor or 0 for child in children)
    if least > task:
        raise ParameterError(
            f"{when}：下限合计 {least}{unit}，比任务 {task}{unit} 多 {least - task}{unit} the floors add up to {least - task} more than the task",
            where="--floor",
        )
    reachable = most(weights, [child.floor or 0 for child in children], [child.cap for child in children])
    if reachable is not None and reachable < task:
        raise ParameterError(
            f"{when}：上限合计 {reachable}{unit}，比任务 {task}{unit} 少 {task - reachable}{unit}（基数为 0 的单位只得下限） "
            f"the caps add up to {task - reachable} less than the task (a unit without a base gets its floor only)",
            where="--cap",
        )


def _child(name: str, code: str, point: Observation) -> Child:
    return Child(name, code, point.base_value, year=point.period.year, where=point.origin)

