"""A page for each unit: the measures it answers for, however many units there are."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from zhibiao.assessing.delivery import Delivery, Task, UnitView
from zhibiao.catalogue.study import Study
from zhibiao.showing.citing import named
from zhibiao.showing.delivery_tables import deadline_text, measure_text, no_measures, stage_text, targets_text
from zhibiao.showing.ledger import handed_over
from zhibiao.showing.numbers import ABSENT, count
from zhibiao.showing.table import Column, Table, literal, published_run


@dataclass(frozen=True)
class UnitPages:
    """A heading and a table for each unit, however many there are, as one display object; one flat table in files."""

    pages: tuple[tuple[str, Table], ...]
    flat: Table

    def plain(self) -> str:
        """Return the text that a regression test compares."""
        return "\n\n".join(f"{unit}\n{table.plain()}" for unit, table in self.pages) or self.flat.plain()

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        bundle: dict[str, Any] = {
            "text/plain": self.plain(),
            "text/markdown": "\n\n* * *\n\n".join(f"### {literal(unit)}\n\n{table.markdown()}" for unit, table in self.pages) or self.flat.markdown(),
        }
        if published_run():
            bundle["application/vnd.dataresource+json"] = self.flat.resource()
            bundle |= handed_over(bundle["text/markdown"])
        else:
            bundle["text/html"] = "\n".join(f"<h3>{html.escape(unit)}</h3>\n{table.html()}" for unit, table in self.pages) or self.flat.html()
        return bundle

    def __repr__(self) -> str:
        return self.plain()


def unit_pages(study: Study, found: Delivery) -> UnitPages:
    """What each unit answers for, those it is in charge of first."""
    columns = [
        Column("measure", study.words("措施", "measure"), width=5),
        Column("role", study.words("角色", "role"), width=2),
        Column("deadline", study.words("期限", "deadline"), width=2),
        Column("stage", study.words("进展", "progress"), width=3),
        Column("with", study.words("会同单位", "together with"), width=6),
        Column("targets", study.words("服务的目标与判断", "targets served, and their verdict"), width=5),
    ]
    pages = [(view, [_page_row(study, view.unit, task) for task in view.tasks]) for view in found.units]
    flat = Table(
        [Column("unit", study.words("责任单位", "unit"), width=4), *columns],
        [{"unit": named(study, [view.unit]), **row} for view, rows in pages for row in rows],
        title=study.words("各责任单位的任务", "What each unit answers for") if found.tasks else "",
        empty=_no_units(study, found),
    )
    return UnitPages(tuple((named(study, [view.unit]), Table(columns, rows, title=_counted(study, view))) for view, rows in pages), flat)


def _counted(study: Study, view: UnitView) -> str:
    told = [study.words(f"共{count(len(view.tasks))}项", f"{count(len(view.tasks))} measure{'s' if len(view.tasks) > 1 else ''}")]
    if view.led:
        told.append(study.words(f"牵头{count(len(view.led))}项", f"{count(len(view.led))} in charge"))
    if view.late:
        told.append(study.words(f"期限已过而未完成{count(len(view.late))}项", f"{count(len(view.late))} past the deadline and not done"))
    return study.words(f"{view.unit}：{'，'.join(told)}", f"{named(study, [view.unit])}: {', '.join(told)}")


def _no_units(study: Study, found: Delivery) -> str:
    return study.words("没有一项措施写明责任单位。", "No measure names a unit.") if found.tasks else no_measures(study)


def _page_row(study: Study, unit: str, task: Task) -> dict[str, str]:
    others = [owner for owner in task.owners if owner != unit]
    return {
        "measure": measure_text(study, task),
        "role": study.words("牵头", "in charge") if task.leads(unit) else study.words("责任", "takes part"),
        "deadline": deadline_text(study, task),
        "stage": stage_text(study, task),
        "with": named(study, others) or ABSENT,
        "targets": targets_text(study, task),
    }
