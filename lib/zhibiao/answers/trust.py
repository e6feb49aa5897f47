"""How far projections can be trusted. Each answer imports what it needs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from zhibiao.answers.base import Answers

if TYPE_CHECKING:
    import pandas as pd

    from zhibiao.projecting.accuracy import Measured
    from zhibiao.showing.chart import Chart
    from zhibiao.showing.sentences import Sentences
    from zhibiao.showing.table import Table


class Trust(Answers):
    """How far projections can be trusted."""

    @cached_property
    def trials(self) -> pd.DataFrame:
        from zhibiao.projecting.backtest import backtest

        return backtest(self.study.registry, self.references)

    @cached_property
    def measured(self) -> tuple[Measured, ...]:
        from zhibiao.projecting import accuracy

        return accuracy.load([folder / "reference" for folder in self.study.registry.folders])

    @property
    def counted_trials(self) -> pd.DataFrame:
        from zhibiao.showing import backtest_tables

        return backtest_tables.counted(self.trials, self.references)

    def backtest_errors(self) -> Table:
        """Errors of old forecasts on the registry's series, beside simple rules."""
        from zhibiao.showing import backtest_tables

        return backtest_tables.errors(self.study, self.counted_trials)

    def backtest_chart(self, points: int) -> Chart:
        """The same by years ahead, from so many figures."""
        from zhibiao.showing import backtest_tables

        return backtest_tables.chart(self.study, self.counted_trials, points)

    def backtest_coverage(self) -> Table:
        """How often the truth fell inside the bands."""
        from zhibiao.showing import backtest_tables

        return backtest_tables.covered(self.study, self.counted_trials)

    def own_backtest(self) -> Table:
        """Old forecasts of the region's own figures."""
        from zhibiao.showing import backtest_tables

        return backtest_tables.own(self.study, self.trials, self.references)

    def target_steps(self) -> Sentences:
        """The change each main target asks for against the error of projections after as many years."""
        from zhibiao.showing import target_steps

        return target_steps.steps(self.study, self.main_rows, self.counted_trials, self.measured, self.references)

    def benchmark(self, collection: str, measure: str) -> Table:
        """One measure on a published collection, beside rules and other libraries."""
        from zhibiao.showing import benchmark_tables

        return benchmark_tables.table(self.study, self.measured, self.references, collection, measure)

    def benchmark_verdict(self, collection: str) -> Sentences:
        """What a published collection says, in words."""
        from zhibiao.showing import benchmark_tables

        return benchmark_tables.verdict(self.study, self.measured, self.references, collection)

    def benchmark_coverage(self, collection: str) -> Chart | Sentences:
        """What the 80 % bands held on a published collection."""
        from zhibiao.showing import benchmark_tables

        return benchmark_tables.coverage_chart(self.study, self.measured, self.references, collection)

    def benchmark_errors(self, collection: str, points: int) -> Chart | Sentences:
        """Errors by years ahead on a published collection."""
        from zhibiao.showing import benchmark_tables

        return benchmark_tables.error_chart(self.study, self.measured, self.references, collection, points)
