"""Intake and enrolment. Each answer imports what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhibiao.answers.base import Answers

if TYPE_CHECKING:
    from zhibiao.showing.chart import Chart
    from zhibiao.showing.sentences import Sentences
    from zhibiao.showing.table import Table


class Pipe(Answers):
    """Intake and enrolment."""

    def ratios(self) -> Table:
        """Students per entrant."""
        from zhibiao.showing import flow_tables

        return flow_tables.ratios(self.study)

    def anchor(self) -> Table:
        """What the region's pipe is anchored on, beside what is published and the nation."""
        from zhibiao.showing import anchor_tables

        return anchor_tables.anchor(self.study, self.simulation)

    def implied(self) -> Table:
        """Length and retention that each pair implies."""
        from zhibiao.showing import flow_tables

        return flow_tables.implied(self.study)

    def pair_map(self) -> Chart | Sentences:
        """Map of length and retention."""
        from zhibiao.showing import pair_pictures

        return pair_pictures.pair_map(self.study) or self._sentence(*pair_pictures.no_pair_map(self.study))

    def needs(self) -> Table:
        """Intake that a floor under enrolment implies."""
        from zhibiao.showing import flow_tables

        return flow_tables.needs(self.study)
