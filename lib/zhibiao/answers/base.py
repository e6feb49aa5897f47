"""What all answers of one study share. Each answer imports what it needs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from zhibiao.catalogue.study import Study
from zhibiao.model.region import SYNTHETIC_EN, SYNTHETIC_ZH
from zhibiao.showing import ledger
from zhibiao.showing.table import published_run

if TYPE_CHECKING:
    from zhibiao.assessing.gaps import GapRow
    from zhibiao.projecting.reference import ReferenceClass
    from zhibiao.showing.sentences import Nothing, Sentences
    from zhibiao.showing.table import Table
    from zhibiao.simulating.scenario import Ground, Simulation

Shown = TypeVar("Shown")


class Answers:
    """A study, what is reckoned once for it, and how it is named."""

    def __init__(self, question: Study) -> None:
        self.study = question
        if published_run():
            ledger.opened_for(question)

    def __repr__(self) -> str:
        return self.title

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """The setup cell shows what the report is about; the publisher reads its front matter from the metadata of that output."""
        return {"text/plain": self.title}, {"zhibiao": self.front}

    @property
    def title(self) -> str:
        s = self.study
        documents = s.words("、", ", ").join(plan.document for plan in s.plans) or s.words("无登记文件", "no document")
        return s.words(
            f"{s.region.zh} · {documents} · 截至{s.as_of}年 · 情景：{s.scenario.zh}",
            f"{s.region.en} · {documents} · as of {s.as_of} · scenario: {s.scenario.en}",
        )

    @property
    def front(self) -> dict[str, Any]:
        """Front matter of the published document."""
        s = self.study
        return {
            "lang": s.lang,
            "region": s.region.code,
            "region_name": s.region.name(s.lang),
            "documents": [s.words(f"{p.number or ''}《{p.title}》", f"{p.title_en} ({p.document})") for p in s.plans],
            "as_of": s.as_of,
            "report_date": s.report_date,
            "scenario": s.scenario.name(s.lang),
            "level": s.level,
            **({"note": s.words(f"{SYNTHETIC_ZH} {SYNTHETIC_EN}", SYNTHETIC_EN)} if s.region.synthetic else {}),
        }

    @cached_property
    def ground(self) -> Ground:
        """What no scenario changes."""
        from zhibiao.simulating.scenario import ground

        return ground(self.study)

    @cached_property
    def simulation(self) -> Simulation:
        from zhibiao.simulating.scenario import simulate

        return simulate(self.study, self.ground)

    @cached_property
    def rows(self) -> tuple[GapRow, ...]:
        from zhibiao.assessing.gaps import gap_table

        return gap_table(self.study, self.simulation.chances)

    @cached_property
    def references(self) -> dict[str, ReferenceClass]:
        from zhibiao.projecting.trajectories import classes

        return classes(self.study)

    @property
    def main_rows(self) -> list[GapRow]:
        """Rows of the targets that the documents put first; all rows where no document says which these are."""
        from zhibiao.showing.statement_tables import headline

        first = {statement.key for statement in headline(self.study)}
        return [row for row in self.rows if row.statement.key in first] or list(self.rows)

    def answer(self) -> Sentences:
        """The one sentence on the cover."""
        from zhibiao.assessing.requests import requests
        from zhibiao.showing import answer

        return answer.answer(self.study, self.main_rows, requests(self.main_rows), self.simulation.assumed)

    def summary(self) -> Sentences:
        """What the briefing says first."""
        from zhibiao.assessing.requests import requests
        from zhibiao.showing import summary

        return summary.summary(self.study, self.main_rows, requests(self.main_rows), self.simulation.assumed, self.simulation.pipe)

    def levers(self) -> Table:
        """What would close each gap."""
        from zhibiao.showing import summary

        return self._by_evidence(summary.levers(self.study, self.main_rows, self.simulation.pipe))

    def _sentence(self, zh: str, en: str) -> Nothing:
        """Why there is nothing to show."""
        from zhibiao.showing.sentences import Nothing

        return Nothing((self.study.words(zh, en),))

    def _by_evidence(self, shown: Shown) -> Shown:
        """What is shown of the main targets; it says nothing yet where none of them has any figure."""
        from zhibiao.showing.nothing import Quiet

        known = any(row.standing.latest is not None or row.standing.baseline is not None for row in self.main_rows)
        return shown if known else cast("Shown", Quiet(shown))

    def _no_targets(self) -> Sentences:
        s = self.study
        return self._sentence(f"所选文件没有给{s.region.zh}定下目标。", f"The chosen documents set no target for {s.region.en}.")
