"""How big the gaps are, how sure that is, and why it changed. Each answer imports what it needs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from zhibiao.answers.base import Answers

if TYPE_CHECKING:
    from zhibiao.showing.chart import Chart
    from zhibiao.showing.panel_tables import Judged
    from zhibiao.showing.sentences import Sentences
    from zhibiao.showing.table import Table


class Gaps(Answers):
    """How big the gaps are, how sure that is, and why it changed."""

    def findings(self) -> Sentences:
        """One sentence for each main target."""
        from zhibiao.showing import sentences

        return sentences.findings(self.study, self.main_rows, self.simulation.assumed)

    def at_a_glance(self) -> Table:
        """The few columns that are read first."""
        from zhibiao.showing import gap_tables
        from zhibiao.showing.statement_records import RecordedTable

        return self._by_evidence(RecordedTable.of(gap_tables.briefly(self.study, self.main_rows), self.study, self.rows))

    def cards(self) -> Chart | Sentences:
        """The main indicators as small cards, with the targets that govern them."""
        from zhibiao.showing import card_pictures

        main = {row.statement.key for row in self.main_rows}
        main |= {row.governed_by.key for row in self.main_rows if row.governed_by}
        rows = [row for row in self.rows if row.statement.key in main]
        return self._by_evidence(card_pictures.cards(self.study, rows, self.simulation)) if rows else self._no_targets()

    def gap_chart(self) -> Chart | Sentences:
        """Gap bars of the main targets."""
        from zhibiao.showing import pictures

        return self._by_evidence(pictures.gaps(self.study, self.main_rows)) if self.main_rows else self._no_targets()

    def schedule_chart(self) -> Chart | Sentences:
        """Change done against time gone, of the main targets."""
        from zhibiao.showing import pictures

        return pictures.schedule(self.study, self.main_rows) if self.main_rows else self._no_targets()

    def gaps(self) -> Table:
        """How big every gap is."""
        from zhibiao.showing import gap_tables
        from zhibiao.showing.statement_records import RecordedTable

        return RecordedTable.of(gap_tables.size(self.study, self.rows), self.study, self.rows)

    def pace(self) -> Table:
        """Whether every target is on schedule; those of which something is known."""
        from zhibiao.showing import gap_tables

        return gap_tables.pace(self.study, [row for row in self.rows if row.standing.latest or row.standing.baseline])

    def assessable(self) -> Sentences:
        """How many targets can be judged at all, how these stand, and why the others cannot."""
        from zhibiao.showing import assessable

        return assessable.sentence(self.study, self.rows)

    @cached_property
    def judged(self) -> tuple[Judged, ...]:
        """The main targets, and those that govern them or that they govern, with every method and what would turn it."""
        from zhibiao.assessing.fragility import fragility
        from zhibiao.assessing.panel import METHODS, panel
        from zhibiao.showing.panel_tables import Judged

        main = {row.statement.key for row in self.main_rows}
        ruling = {row.governed_by.key for row in self.main_rows if row.governed_by}
        rows = [r for r in self.rows if r.statement.key in main | ruling or (r.governed_by and r.governed_by.key in main)]
        found = []
        for row in rows:
            stands, series = row.standing, self.study.series(row.statement.indicator)
            found.append(Judged(row, panel(stands, series, row.chance), fragility(self.study, stands, series, METHODS)))
        return tuple(found)

    def methods(self) -> Table:
        """What each published method says of the main targets."""
        from zhibiao.showing import panel_tables

        return panel_tables.methods(self.study, self.judged)

    def fragility(self) -> Table:
        """The smallest changes that would turn the verdicts, and how many methods agree."""
        from zhibiao.showing import panel_tables

        return panel_tables.turning(self.study, self.judged)

    def changes(self, since: str | None = None) -> Sentences:
        """Why verdicts changed since a day, by default since figures were last recorded before the newest ones."""
        from zhibiao.assessing import changes
        from zhibiao.catalogue.study import day_of
        from zhibiao.showing import change_tables

        day = changes.previous_vintage(self.study) if since is None else day_of("since", since)
        return change_tables.sentences(self.study, None if day is None else changes.compare(self.study, day))

    def requests(self) -> Table:
        """Figures that are asked for."""
        from zhibiao.assessing.requests import requests
        from zhibiao.showing import request_tables

        return request_tables.asked_for(self.study, self.rows, requests(self.rows))

    def main_requests(self) -> Table:
        """Figures that the main targets wait for."""
        from zhibiao.assessing.requests import requests
        from zhibiao.showing import request_tables

        return request_tables.asked_for(self.study, self.main_rows, requests(self.main_rows))

    def owed(self) -> Table:
        """Figures that the main targets wait for, with who owes them, and the workbook to fill."""
        from zhibiao.assessing.requests import requests
        from zhibiao.showing import request_tables

        return request_tables.owed(self.study, self.main_rows, requests(self.main_rows))

    def if_annual(self) -> Sentences:
        """What figures without a period would mean if they were yearly ones."""
        from zhibiao.showing import sentences

        return sentences.if_annual(self.study)
