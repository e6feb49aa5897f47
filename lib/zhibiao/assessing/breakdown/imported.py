"""An edited task table taken back: checked against its target, cell by cell, all of it or nothing."""

from __future__ import annotations

from pathlib import Path

from zhibiao.assessing.breakdown.stored import check, milestones_of
from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.study import study
from zhibiao.errors import RegistryError, closest
from zhibiao.model import unit_of
from zhibiao.model.breakdown import Breakdown
from zhibiao.reading.filled import Refused
from zhibiao.reading.task_table import read_task_table


def imported(registry: Registry, path: Path) -> Breakdown:
    """Read an edited task table and hold it against its target.

    Milestones that no longer follow their rule come back as own values.

    Raises
    ------
    RegistryError
        It is no task table, or of a target that the registry does not know.
    Refused
        With every cell that is wrong, every code of no region, and every sum that differs.
    """
    edited = read_task_table(path)
    found = edited.breakdown
    targets = {s.key: s for s in registry.statements() if s.kind == "target" and s.scope != "standing"}
    if found.statement not in targets:
        raise RegistryError(f"登记库没有这一目标 no such target {found.statement[:80]!r}", where=str(path), nearest=closest(found.statement, targets))
    statement = targets[found.statement]
    if unit_of(found.unit).base != statement.written_unit.base:
        raise RegistryError(f"单位 {found.unit!r} 与目标不符 the unit does not fit the target", where=str(path), allowed=[statement.unit])
    wrong = [
        RegistryError(f"{child.name}：登记库没有这个地区 unknown region {child.code!r}", where=edited.where_code(at), nearest=closest(child.code, registry.regions))
        for at, child in enumerate(found.children)
        if child.code is not None and child.code not in registry.regions
    ]
    question = study(registry, statement.region)
    wrong += [RegistryError(one.what, where=edited.where(one.child, one.year, one.units)) for one in check(question, found)]
    if wrong:
        raise Refused(path, wrong)
    return found.model_copy(update={"by": milestones_of(question, found).rule})
