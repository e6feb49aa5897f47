"""Answers of one study, each a display object that serves Lab, nbval and the PDF at once.

Everything heavy is imported by the answer that needs it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from zhibiao.catalogue.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from zhibiao.assessing.delivery import Delivery
    from zhibiao.assessing.gaps import GapRow
    from zhibiao.assessing.reconcile import Reconciliation
    from zhibiao.projecting.accuracy import Measured
    from zhibiao.projecting.reference import ReferenceClass
    from zhibiao.showing.chart import Chart
    from zhibiao.showing.panel_tables import Judged
    from zhibiao.showing.sentences import Sentences
    from zhibiao.showing.table import Table
    from zhibiao.showing.unit_pages import UnitPages
    from zhibiao.simulating.scenario import Simulation


class Report:
    """Answers of one study; each method returns a display object that serves Lab, nbval and the PDF at once."""

    def __init__(self, question: Study) -> None:
        self.study = question

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
        }

    @cached_property
    def simulation(self) -> Simulation:
        from zhibiao.simulating.scenario import simulate

        return simulate(self.study)

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

    def summary(self) -> Sentences:
        """What the briefing says first."""
        from zhibiao.assessing.requests import requests
        from zhibiao.showing import summary

        return summary.summary(self.study, self.main_rows, requests(self.main_rows), self.simulation.assumed)

    def levers(self) -> Table:
        """What would close each gap."""
        from zhibiao.showing import summary

        return summary.levers(self.study, self.main_rows)

    # --- what the documents say -----------------------------------------------------------------------------------------

    def documents(self) -> Table:
        """Documents that speak of the region."""
        from zhibiao.showing import statement_tables

        return statement_tables.documents(self.study)

    def main_targets(self) -> Table:
        """Targets that the documents put first."""
        from zhibiao.showing import statement_tables

        s = self.study
        return statement_tables.statements(s, "target", statement_tables.headline(s), s.words("主要指标", "Main indicators"))

    def statements(self, kind: str) -> Table:
        """Statements of one kind: target, baseline or achieved."""
        from zhibiao.showing import statement_tables

        return statement_tables.statements(self.study, kind)

    def observations(self) -> Table:
        """Figures that are known."""
        from zhibiao.showing import flow_tables

        return flow_tables.observations(self.study)

    # --- where it lands -------------------------------------------------------------------------------------------------

    def trajectory(self, indicator: str) -> Chart | Sentences:
        """Fan of one indicator with its targets; a sentence where nothing is known of it."""
        from zhibiao.showing import pictures

        s = self.study
        found = s.indicator(indicator)
        if not s.series(found.id).annual:
            asked = any(row.statement.indicator == found.id and row.standing.missing for row in self.rows)
            return self._sentence(
                f"{found.zh}：登记库中没有{s.region.zh}的数据，不作图" + ("；已列入数据需求清单。" if asked else "。"),
                f"{found.en}: the registry holds no figure of {s.region.en}" + ("; it is among the figures asked for." if asked else "."),
            )
        known = s.series(found.id).annual
        if found.id not in self.simulation.fans and len(known) == 1:
            from zhibiao.showing.gap_tables import observed_text

            told = observed_text(known[0], pictures.display_unit(s, found), s.lang, named=True)
            return self._sentence(
                f"{found.zh}：只知道{told}，不足以作图，也不足以推断。", f"{found.en}: only {told} is known, too little for a chart or a projection."
            )
        return pictures.trajectory(s, found, self.simulation, self.references, self.rows)

    def cumulative(self, indicator: str) -> Chart | Sentences:
        """Running total of a cumulative target against an even pace; a sentence where no document sets one."""
        from zhibiao.showing import pictures

        s = self.study
        found = s.indicator(indicator)
        row = next((r for r in reversed(self.rows) if r.statement.indicator == found.id and r.statement.scope == "cumulative"), None)
        if row is None:
            return self._sentence(
                f"{found.zh}：所选文件没有给{s.region.zh}定下累计目标。", f"{found.en}: no chosen document sets a cumulative target for {s.region.en}."
            )
        return pictures.running_total(s, row)

    def reference(self, indicator: str) -> Chart | Sentences:
        """How far series like this one really moved; a sentence where no class of counts stands behind the indicator."""
        from zhibiao.showing import moves_chart

        s = self.study
        found = s.indicator(indicator)
        behind = self.references.get(str(found.reference))
        if behind is None or behind.scale != "log":
            return self._sentence(f"{found.zh}：没有可画的参照类。", f"{found.en}: no reference class to draw.")
        sources = [s.registry.sources[name].title for name in behind.entry.sources[:3] if name in s.registry.sources]
        return moves_chart.moves(behind, s.lang, s.words(f"来源：{'、'.join(sources)}等。", f"Sources: {', '.join(sources)} and others."))

    def projections(self) -> Table:
        """All fans at the horizon."""
        from zhibiao.showing import flow_tables

        return flow_tables.projections(self.study, self.simulation)

    def trajectory_basis(self) -> Table:
        """What each fan rests on, with its measured coverage."""
        from zhibiao.showing import trajectory_tables

        return trajectory_tables.basis(self.study, self.simulation, self.references)

    def not_projected(self) -> Sentences:
        """Which indicators have no fan, and why."""
        from zhibiao.showing import trajectory_tables

        return trajectory_tables.refusals(self.study, self.simulation, self.references)

    # --- how far projections can be trusted -------------------------------------------------------------------------------

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

    # --- gaps -----------------------------------------------------------------------------------------------------------

    def findings(self) -> Sentences:
        """One sentence for each main target."""
        from zhibiao.showing import sentences

        return sentences.findings(self.study, self.main_rows, self.simulation.assumed)

    def at_a_glance(self) -> Table:
        """The few columns that are read first."""
        from zhibiao.showing import gap_tables

        return gap_tables.briefly(self.study, self.main_rows)

    def gap_chart(self) -> Chart | Sentences:
        """Gap bars of the main targets."""
        from zhibiao.showing import pictures

        return pictures.gaps(self.study, self.main_rows) if self.main_rows else self._no_targets()

    def schedule_chart(self) -> Chart | Sentences:
        """Change done against time gone, of the main targets."""
        from zhibiao.showing import pictures

        return pictures.schedule(self.study, self.main_rows) if self.main_rows else self._no_targets()

    def gaps(self) -> Table:
        """How big every gap is."""
        from zhibiao.showing import gap_tables

        return gap_tables.size(self.study, self.rows)

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
        from zhibiao.showing import gap_tables

        return gap_tables.asked_for(self.study, requests(self.rows))

    def main_requests(self) -> Table:
        """Figures that the main targets wait for."""
        from zhibiao.assessing.requests import requests
        from zhibiao.showing import gap_tables

        return gap_tables.asked_for(self.study, requests(self.main_rows))

    def if_annual(self) -> Sentences:
        """What figures without a period would mean if they were yearly ones."""
        from zhibiao.showing import sentences

        return sentences.if_annual(self.study)

    # --- the pipe -------------------------------------------------------------------------------------------------------

    def ratios(self) -> Table:
        """Students per entrant."""
        from zhibiao.showing import flow_tables

        return flow_tables.ratios(self.study)

    def implied(self) -> Table:
        """Length and retention that each pair implies."""
        from zhibiao.showing import flow_tables

        return flow_tables.implied(self.study)

    def pair_map(self) -> Chart | Sentences:
        """Map of length and retention."""
        from zhibiao.showing import pictures

        chart = pictures.pair_map(self.study)
        return chart or self._sentence("没有同一年的招生与在校生，无从作图。", "No year has both intake and enrolment.")

    def needs(self) -> Table:
        """Intake that a floor under enrolment implies."""
        from zhibiao.showing import flow_tables

        return flow_tables.needs(self.study)

    # --- the next plan ----------------------------------------------------------------------------------------------------

    def next_levels(self) -> Table:
        """Which levels hold at the horizon with 90, 70 and 50 % chance."""
        from zhibiao.showing import next_plan_tables

        return next_plan_tables.levels(self.study, self.simulation)

    def next_totals(self) -> Table:
        """Which totals of flows hold over the five years to the horizon."""
        from zhibiao.showing import next_plan_tables

        return next_plan_tables.totals(self.study, self.simulation)

    def comparable_changes(self) -> Table:
        """How much comparable series moved in five years."""
        from zhibiao.showing import next_plan_tables

        return next_plan_tables.comparable(self.study, self.simulation, self.references)

    def next_pairs(self) -> Table | Sentences:
        """Intake and enrolment that fit each other at the horizon."""
        from zhibiao.showing import next_plan_tables

        return next_plan_tables.pipe(self.study, self.simulation)

    def looked_back(self) -> Sentences:
        """How the targets of each document ended."""
        from zhibiao.showing import outcome_tables

        return outcome_tables.looked_back(self.study, self.rows)

    def outcomes(self) -> Table:
        """Ended targets of which anything was reported."""
        from zhibiao.showing import outcome_tables

        return outcome_tables.outcomes(self.study, self.rows)

    # --- whether the documents agree ------------------------------------------------------------------------------------

    @cached_property
    def reconciled(self) -> tuple[Reconciliation, ...]:
        from zhibiao.assessing.reconcile import reconcile

        return reconcile(self.study)

    def agreement(self) -> Sentences:
        """Where documents differ, which governs and what that does to the gap, in sentences."""
        from zhibiao.showing import reconcile_tables

        return reconcile_tables.findings(self.study, self.reconciled)

    def differences(self) -> Table:
        """Every pair of statements on one indicator."""
        from zhibiao.showing import reconcile_tables

        return reconcile_tables.differences(self.study, self.reconciled)

    def gap_effects(self) -> Table:
        """What the choice of target does to the gap."""
        from zhibiao.showing import reconcile_tables

        return reconcile_tables.effects(self.study, self.reconciled)

    def within_levels_above(self) -> Table:
        """The region's share of the levels above it, or why there is none."""
        from zhibiao.assessing import rollup
        from zhibiao.showing import rollup_tables

        return rollup_tables.shares(self.study, rollup.shares(self.study))

    def sums_below(self) -> Table:
        """The regions below added up."""
        from zhibiao.assessing import rollup
        from zhibiao.showing import rollup_tables

        return rollup_tables.sums(self.study, rollup.sums(self.study))

    # --- measures and units ---------------------------------------------------------------------------------------------

    @cached_property
    def delivered(self) -> Delivery:
        from zhibiao.assessing.delivery import delivery

        return delivery(self.study)

    def delivery(self) -> Sentences:
        """How far the measures have come, in sentences."""
        from zhibiao.showing import delivery_tables

        return delivery_tables.overview(self.study, self.delivered)

    def measures(self) -> Table:
        """Every measure with its units, its deadline and its targets."""
        from zhibiao.showing import delivery_tables

        return delivery_tables.measures(self.study, self.delivered)

    def late_measures(self) -> Table:
        """Measures past their deadline and not done."""
        from zhibiao.showing import delivery_tables

        return delivery_tables.late(self.study, self.delivered)

    def loose_ends(self) -> Table:
        """Measures without an indicator or a unit, targets without a measure."""
        from zhibiao.showing import delivery_tables

        return delivery_tables.loose_ends(self.study, self.delivered)

    def units(self) -> Table:
        """Units and how many measures they answer for."""
        from zhibiao.showing import delivery_tables

        return delivery_tables.units(self.study, self.delivered)

    def unit_pages(self) -> UnitPages:
        """Each unit's own list of measures."""
        from zhibiao.showing import unit_pages

        return unit_pages.unit_pages(self.study, self.delivered)

    def _sentence(self, zh: str, en: str) -> Sentences:
        from zhibiao.showing.sentences import Sentences

        return Sentences((self.study.words(zh, en),))

    def _no_targets(self) -> Sentences:
        s = self.study
        return self._sentence(f"所选文件没有给{s.region.zh}定下目标。", f"The chosen documents set no target for {s.region.en}.")
