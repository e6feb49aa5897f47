"""The pipe fitted to the nation and tested on its past. Each answer imports what it needs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from zhibiao.answers.base import Answers

if TYPE_CHECKING:
    from zhibiao.showing.chart import Chart
    from zhibiao.showing.table import Table
    from zhibiao.simulating.hindcast import Trial


class Calibration(Answers):
    """The pipe fitted to the nation and tested on its past."""

    @cached_property
    def _pipe_trials(self) -> tuple[Trial, ...]:
        from zhibiao.catalogue.load import shipped
        from zhibiao.simulating import dispersion, hindcast

        return hindcast.read(shipped() / "reference" / dispersion.HINDCAST_FILE)

    def hindcast(self) -> Table:
        """Old forecasts of the nation's enrolment by the pipe and by the enrolment series alone, against what came."""
        from zhibiao.showing import hindcast_tables

        return hindcast_tables.table(self.study, self._pipe_trials)

    def hindcast_chart(self) -> Chart:
        """The same by years ahead."""
        from zhibiao.showing import hindcast_tables

        return hindcast_tables.chart(self.study, self._pipe_trials)

    def fitted(self) -> Table:
        """Lengths, retention and losses of the nation, and the figures that nobody published."""
        from zhibiao.showing import hindcast_tables
        from zhibiao.simulating import calibration

        known = calibration.published(self.study.registry, as_of=self.study.as_of)
        enough = len(known.whole) >= calibration.FEWEST
        found = calibration.fit(known, elsewhere=calibration.intake_class(self.study.registry.folders)) if enough else None
        return hindcast_tables.fitted(self.study, known, found)
