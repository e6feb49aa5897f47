"""Reading breakdowns of targets, ``breakdowns/*.yaml``, and checking that their names lead somewhere.

Whether their sums are right is told by ``zhibiao breakdown check``: a table that is being edited must not stop every report.
"""

from __future__ import annotations

from pathlib import Path

from zhibiao.catalogue import yamlfile
from zhibiao.catalogue.registry import Registry
from zhibiao.errors import RegistryError, closest
from zhibiao.model import unit_of
from zhibiao.model.breakdown import Breakdown


def breakdown(path: Path) -> Breakdown:
    """Read one file.

    Raises
    ------
    RegistryError
        With file:line, what is allowed, and the nearest key or value.
    """
    document = yamlfile.Document(path)
    found = yamlfile.validated(Breakdown, document, (), {"origin": str(path)})
    return found.model_copy(update={"origin": document.where(("id",))})


def check(registry: Registry) -> None:
    """Each breakdown is of a target of the registry, in a unit of its indicator, over regions that are known.

    Raises
    ------
    RegistryError
        The first fault, with the file it stands in.
    """
    targets = {s.key: s for s in registry.statements() if s.kind == "target" and s.scope != "standing"}
    for found in registry.breakdowns.values():
        if found.statement not in targets:
            raise RegistryError(
                f"{found.id}: 没有这一目标 no such target {found.statement!r}", where=found.origin, nearest=closest(found.statement, targets)
            )
        indicator = registry.indicators[targets[found.statement].indicator]
        if unit_of(found.unit).base != indicator.base.base:
            raise RegistryError(f"{found.id}: 单位不符 unit {found.unit!r} does not fit {indicator.id!r} ({indicator.zh})", where=found.origin, allowed=[indicator.unit])
        for child in found.children:
            if child.code is not None and child.code not in registry.regions:
                raise RegistryError(
                    f"{found.id} · {child.name}: 未知的地区 unknown region {child.code!r}", where=found.origin, nearest=closest(child.code, registry.regions)
                )
