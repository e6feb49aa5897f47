"""Breakdowns as registry files: made from milestones and shares, written to an overlay, and held against their target."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from zhibiao.assessing.breakdown.rules import aimed, amounts, decimal, levels, quantum, written
from zhibiao.assessing.breakdown.shares import Division
from zhibiao.assessing.breakdown.years import Milestones, differences, in_another_unit, start_if_any
from zhibiao.assessing.known import Baseline
from zhibiao.catalogue.study import Study
from zhibiao.errors import ParameterError
from zhibiao.model import unit_of
from zhibiao.model.breakdown import Breakdown, Share, Start
from zhibiao.wholefile import write_whole

FOLDER = "breakdowns"

HEAD = """\
# 目标分解，可以直接修改；修改后请核对：zhibiao breakdown check {id} --data 目录
# A target broken down. Edit it freely, then run: zhibiao breakdown check {id} --data DIR
"""


@dataclass(frozen=True)
class Difference:
    """Where a breakdown does not add up, and how: of which child (None: the milestones, or with `units` the sum of all children) and which
    year (None: over all years)."""

    child: int | None
    year: int | None
    what: str
    units: bool = False


def breakdown_of(name: str, made: Milestones | Division) -> Breakdown:
    """A breakdown as the registry keeps it: in the document's unit; in base units, whole persons, where it is shared out.

    Raises
    ------
    ParameterError
        The name cannot be that of a file.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_\-]{0,63}", name):
        raise ParameterError(f"编号 {name[:40]!r} 只用小写字母、数字、- 和 _ lower case letters, digits, - and _", where="--save", allowed=["intake-2025"])
    division = made if isinstance(made, Division) else None
    path = made.milestones if isinstance(made, Division) else made
    unit = path.indicator.base if division else path.statement.written_unit

    def kept(value: Decimal | int | None) -> Decimal | None:
        return None if value is None else Decimal(written(Decimal(value) / unit.scale))

    children = [
        Share(name=c.name, code=c.code, base=kept(c.base), floor=kept(c.floor), cap=kept(c.cap), values=tuple(Decimal(v) for v in values))
        for c, values in (zip(division.children, division.values, strict=True) if division else ())
    ]
    start = None if path.start is None else Start(year=path.start.year, value=Decimal(written(decimal(path.start.value) / unit.scale)))
    milestones = tuple(Decimal(written(value / unit.scale)) for value in path.values)
    return Breakdown(
        id=name, statement=path.statement.key, by=path.rule, unit=unit.written, start=start, years=path.years, milestones=milestones, children=tuple(children)
    )


def save(found: Breakdown, data: Path, before: Breakdown | None = None, *, replace: bool = True) -> Path:
    """Write a breakdown into an overlay.

    Parameters
    ----------
    before : Breakdown, optional
        The one of the same id that the registry knows; where it stands in this overlay its file is written, whatever it is called.
    replace : bool
        One of the same id is replaced whole; without it another one that is there stays.

    Raises
    ------
    ParameterError
        There is another one of this id, which somebody may have edited.
    OutputError
        The file cannot be written.
    """
    folder, content = data / FOLDER, text(found).encode()
    known = Path(before.origin.rpartition(":")[0]) if before is not None else None
    path = known if known is not None and known.parent == folder.resolve() else folder / f"{found.id}.yaml"
    if not replace and path.is_file() and path.read_bytes() != content:
        raise ParameterError(f"已有不同的分解 {found.id}，不覆盖；请换编号，或加 --replace another breakdown has this id", where=str(path))
    return write_whole(path, content)


def text(found: Breakdown) -> str:
    """A breakdown as its file holds it."""
    lines = [f"id: {_quoted(found.id)}", f"statement: {_quoted(found.statement)}", f"by: {found.by}", f"unit: {_quoted(found.unit)}"]
    if found.start is not None:
        lines.append(f"start: {{year: {found.start.year}, value: {written(found.start.value)}}}")
    lines += [f"years: [{', '.join(map(str, found.years))}]", f"milestones: [{_numbers(found.milestones)}]"]
    if found.note:
        lines.append(f"note: {_quoted(found.note)}")
    if found.children:
        lines.append("children:")
    for child in found.children:
        parts = [f"name: {_quoted(child.name)}", *([f"code: {_quoted(child.code)}"] if child.code else [])]
        parts += [f"{key}: {written(value)}" for key, value in (("base", child.base), ("floor", child.floor), ("cap", child.cap)) if value is not None]
        lines.append(f"  - {{{', '.join(parts)}, values: [{_numbers(child.values)}]}}")
    return HEAD.format(id=found.id) + "\n".join(lines) + "\n"


def milestones_of(study: Study, found: Breakdown) -> Milestones:
    """The milestones of a stored breakdown in base units; where their rule no longer gives them they are own values."""
    statement, unit = study.registry.statement(found.statement), unit_of(found.unit)
    indicator = study.indicator(statement.indicator)
    start = None
    if found.start is not None:
        start = Baseline(float(unit.to_base(found.start.value)), found.start.year, found.id)
    values = tuple(unit.to_base(value) for value in found.milestones)
    summed = aimed(statement, indicator).combine in ("sum", "mean")
    made = Milestones(statement, study.plan_of(statement), indicator, found.by, start, found.years, values, summed)
    return made if _follows(made) else dataclasses.replace(made, rule="own")


def _follows(made: Milestones) -> bool:
    """Whether milestones are still what their rule gives from their start; own values follow none."""
    asked, start = aimed(made.statement, made.indicator), made.start
    if made.rule == "own":
        return True
    if (asked.combine == "point" and (start is None or start.year >= made.years[0])) or (made.summed and (made.rule == "growth") != (start is not None)):
        return False
    try:
        given = (
            amounts(asked, made.indicator, made.rule, start, made.years)
            if made.summed
            else levels(made.statement, asked, made.indicator, made.rule, start, made.years)
        )
    except ParameterError:
        return False
    # what was divided has more digits than a file keeps
    return all(abs(value - held) * 1000 < quantum(made.indicator) for value, held in zip(given, made.values, strict=True))


def check(study: Study, found: Breakdown) -> tuple[Difference, ...]:
    """Whether a stored or edited breakdown still adds up: years, whole units, the target, the children of each year, floors and caps."""
    made = milestones_of(study, found)
    wrong = [Difference(None, None, said) for said in _years_off(made)]
    start = start_if_any(study, made.statement, made.plan, made.years[0]) if aimed(made.statement, made.indicator).combine == "point" else None
    slip = in_another_unit(made, start, unit_of(found.unit))
    wrong += [Difference(None, year, said) for year, said in ([slip] if slip else differences(made))]
    if found.children:
        wrong += [*_children_off(made, found), *_sums_off(found)]
    return tuple(wrong)


def _years_off(made: Milestones) -> Iterable[str]:
    asked = aimed(made.statement, made.indicator)
    assert asked.end is not None
    first = None if asked.combine == "point" else asked.start
    if made.years[-1] != asked.end or (first is not None and made.years[0] != first):
        yield f"年份 {made.years[0]}-{made.years[-1]} 与目标期间 {made.statement.period} 不符 the years do not fit the target's"


def _children_off(made: Milestones, found: Breakdown) -> Iterable[Difference]:
    unit = unit_of(found.unit)
    for number, child in enumerate(found.children):
        for year, value in zip(found.years, child.values, strict=True):
            base = unit.to_base(value)
            if base < 0 or base != base.to_integral_value():
                what = f"{child.name}{year}年 {written(value)}{found.unit} 不是不小于 0 的整数{made.indicator.unit} is no whole number of {made.indicator.unit}"
                yield Difference(number, year, what)
        held = [(None, sum(child.values, Decimal(0)))] if made.summed else list(zip(found.years, child.values, strict=True))
        for when, value in held:
            words = "各年合计" if when is None else f"{when}年"
            if child.floor is not None and value < child.floor:
                short = written(child.floor - value)
                yield Difference(number, when, f"{child.name}{words} {written(value)}，比下限少 {short}{found.unit} below the floor by {short}")
            if child.cap is not None and value > child.cap:
                over = written(value - child.cap)
                yield Difference(number, when, f"{child.name}{words} {written(value)}，比上限多 {over}{found.unit} above the cap by {over}")


def _sums_off(found: Breakdown) -> Iterable[Difference]:
    for column, (year, milestone) in enumerate(zip(found.years, found.milestones, strict=True)):
        reached = sum((child.values[column] for child in found.children), Decimal(0))
        off = reached - milestone
        if off:
            more, less = ("多", "more") if off > 0 else ("少", "less")
            yield Difference(
                None,
                year,
                f"{year}年各单位合计 {written(reached)}，任务 {written(milestone)}，{more} {written(abs(off))}{found.unit} "
                f"the units of {year} add up to {written(abs(off))} {less} than the milestone",
                units=True,
            )


def _numbers(values: Iterable[Decimal]) -> str:
    return ", ".join(written(value) for value in values)


def _quoted(words: str) -> str:
    """A YAML scalar that can only be read as this text."""
    if re.fullmatch(r"[A-Za-z][\w\-/]*|[\u4e00-\u9fff]+", words) and words.lower() not in ("yes", "no", "true", "false", "on", "off", "null"):
        return words
    quoted = json.dumps(words, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in quoted)
