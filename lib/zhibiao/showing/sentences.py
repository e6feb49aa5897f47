"""What the numbers say, in sentences: findings, what uncertainty rests on, what may be said only with an if."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from zhibiao.assessing.gaps import GapRow
from zhibiao.assessing.panel import SILENT_VERDICTS
from zhibiao.assessing.semantics import condition
from zhibiao.assessing.standing import Standing
from zhibiao.catalogue.study import Study
from zhibiao.model import Indicator, Statement
from zhibiao.model.fan import Fan
from zhibiao.projecting.reference import ReferenceClass
from zhibiao.showing.citing import numbered
from zhibiao.showing.gap_tables import gap_text, latest_text, likelihood_text
from zhibiao.showing.ledger import handed_over
from zhibiao.showing.nothing import NOTHING
from zhibiao.showing.numbers import count, full, percent, thousands
from zhibiao.showing.silence import reasons
from zhibiao.showing.statement_tables import value_with_unit
from zhibiao.showing.table import literal, published_run
from zhibiao.showing.words import STATES, VERDICTS, counted, opening, word
from zhibiao.simulating.anchoring import MEASURED_COVERAGE, start_pair


@dataclass(frozen=True)
class Sentences:
    """Sentences as one display object: a list in Markdown, plain lines for the regression test.

    Parameters
    ----------
    lines : tuple of str
    notes : mapping from line to str, optional
        By the line's number from 0: where it comes from. A footnote in documents.
    lead : bool
        The one sentence that says it all: set apart.
    """

    lines: tuple[str, ...]
    notes: Mapping[int, str] = field(default_factory=dict)
    lead: bool = False

    def plain(self) -> str:
        """The text that a terminal shows and that a regression test compares."""
        cited = [f"[{mark}] {note}" for mark, note in enumerate(self.notes.values(), 1)]
        marks = dict(zip(self.notes, range(1, len(self.notes) + 1), strict=True))
        return "\n".join([*(line + (f"[{marks[n]}]" if n in marks else "") for n, line in enumerate(self.lines)), *cited])

    def markdown(self) -> str:
        """A list with footnotes; the leading sentence as a quotation."""
        marks = dict(zip(self.notes, range(1, len(self.notes) + 1), strict=True))
        opening = "> " if self.lead else "- "
        lines = [f"{opening}{literal(line)}" + (f"[^{marks[n]}]" if n in marks else "") for n, line in enumerate(self.lines)]
        return "\n".join([*lines, *(f"\n[^{marks[n]}]: {literal(note)}" for n, note in self.notes.items())])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:
        handed = handed_over(*self.lines, *self.notes.values()) if published_run() else {}
        return {"text/plain": self.plain(), "text/markdown": self.markdown(), **handed}

    def __repr__(self) -> str:
        return self.plain()


class Nothing(Sentences):
    """Sentences that only say why there is nothing to show; see `zhibiao.showing.nothing`."""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:
        return super()._repr_mimebundle_(include, exclude), {NOTHING: True}


def findings(study: Study, rows: Sequence[GapRow], assumed: frozenset[str] = frozenset()) -> Sentences:
    """One sentence a target: what is asked, what is known, what is missing, what the chance is, what the verdict is."""
    if not rows:
        return Sentences((study.words(f"所选文件没有给{study.region.zh}定下目标，以下只有轨迹。", f"No document sets a target for {study.region.en}; trajectories only."),))
    return Sentences(tuple(_finding(study, row, assumed) for row in rows))


def _finding(study: Study, row: GapRow, assumed: frozenset[str]) -> str:
    stands, statement, lang = row.standing, row.statement, study.lang
    name, asked, clause = stands.indicator.name(lang), value_with_unit(statement, lang), study.clause(statement)
    known = latest_text(stands, lang, named=True)
    verdict, state = word(VERDICTS, stands.verdict, lang), word(STATES, stands.state, lang)
    if lang == "zh":
        parts = [f"{name}：目标{asked}（{clause}）"]
        if stands.latest is None:
            parts.append("登记库中没有任何数据")
        elif stands.state in ("not_yet_reported", "passed_not_reported"):
            parts.append(f"最近一次公布是{known}，此后没有数据，按该数{_short_by(stands, lang)}")
        else:
            parts.append(f"最近数{known}，{_short_by(stands, lang)}")
        if statement.indicator in assumed:
            parts.append("本情景已设定其路径，不另算机会")
        elif row.chance is not None:
            parts.append(f"同类序列的实际变动下，达标可能性{likelihood_text(row.chance, stands.state, lang)}")
        parts.append(f"判断：{verdict}" + (f"（{state}）" if stands.state != "assessed" else ""))
        if row.governed_by is not None:
            later = "较晚的" if study.plan_of(row.governed_by).issued > stands.plan.issued else ""
            parts.append(f"以{later}{study.plan_of(row.governed_by).short}“{value_with_unit(row.governed_by, lang)}”为主评目标")
        return "；".join(parts) + "。"
    parts = [f"{opening(name)}: target {asked} ({clause})"]
    if stands.latest is None:
        parts.append("no figure in the registry")
    elif stands.state in ("not_yet_reported", "passed_not_reported"):
        parts.append(f"last published {known}, nothing since: {_short_by(stands, lang)} by that figure")
    else:
        parts.append(f"latest {known}, {_short_by(stands, lang)}")
    if statement.indicator in assumed:
        parts.append("its path is set by the scenario, so no chance is given")
    elif row.chance is not None:
        parts.append(f"chance {likelihood_text(row.chance, stands.state, lang)} if it moves as series like it did")
    parts.append(f"verdict: {verdict}" + (f" ({state})" if stands.state != "assessed" else ""))
    if row.governed_by is not None:
        later = "the later " if study.plan_of(row.governed_by).issued > stands.plan.issued else ""
        parts.append(f"{later}{numbered(study, study.plan_of(row.governed_by))} ({value_with_unit(row.governed_by, lang)}) governs")
    return "; ".join(parts) + "."


def _short_by(stands: Standing, lang: str) -> str:
    """How far a figure is from the target; where nothing is missing, whether it satisfies it or only equals it."""
    if stands.gap is None:
        return "差距未知" if lang == "zh" else "gap unknown"
    if stands.gap > 0:
        return f"差{gap_text(stands, lang)}" if lang == "zh" else f"{gap_text(stands, lang)} short"
    if stands.met is False:
        return "与目标持平，须超过" if lang == "zh" else "level with the target, which must be exceeded"
    if stands.met is None:
        return "没有差距" if lang == "zh" else "nothing short"
    return "满足目标" if lang == "zh" else "which satisfies it"


def headline_verdict(study: Study, rows: Sequence[GapRow]) -> str:
    """How many main targets can be judged at all, how they stand, and why the others cannot."""
    judged = [row for row in rows if row.standing.verdict not in SILENT_VERDICTS]
    good = [row for row in judged if row.standing.verdict in ("met", "holding", "on_schedule")]
    total, known = count(len(rows)), count(len(judged))
    if not rows:
        return study.words(f"{study.region.zh}没有登记目标", f"no targets are registered for {study.region.en}")
    if not judged:
        none = study.words(
            f"{total}项主要目标都不能判断" if len(rows) > 1 else "唯一的主要目标不能判断",
            f"none of the {total} main targets can be judged" if len(rows) > 1 else "the one main target cannot be judged",
        )
        return study.words(f"{none}：{reasons(study, rows)}", f"{none}: {reasons(study, rows)}")
    if len(rows) == 1:
        verdict = word(VERDICTS, rows[0].standing.verdict, study.lang)
        return study.words(f"唯一的主要目标可以判断：{verdict}", f"the one main target can be judged: {verdict}")
    if study.lang == "zh":
        rest = f"；其余不能判断（{reasons(study, rows)}）" if len(judged) < len(rows) else ""
        opened = f"{total}项主要目标中{known}项可以判断，" if len(judged) < len(rows) else f"{total}项主要目标都可以判断，"
        stand = "均已达到、守住或赶得上进度" if len(good) == len(judged) else f"其中{count(len(good))}项达到、守住或赶得上进度" if good else "没有一项达到、守住或赶得上进度"
        return f"{opened}{stand}{rest}"
    rest = f"; the others cannot ({reasons(study, rows)})" if len(judged) < len(rows) else ""
    stand = "all" if len(good) == len(judged) > 1 else count(len(good)) if good else "none"
    opened = f"{known} of {total} main targets can be judged" if len(judged) < len(rows) else f"all {total} main targets can be judged"
    return f"{opened}, {stand} of them met, held or on schedule{rest}"


def basis(study: Study, fan: Fan, reference: ReferenceClass) -> str:
    """What the uncertainty of a fan rests on, in words."""
    b = fan.basis
    if fan.method == "scenario":
        return study.words(
            f"路径由情景“{study.scenario.zh}”设定：{study.scenario.description}。没有不确定性可言。",
            f"The path is set by the scenario “{study.scenario.en}”: {study.scenario.description_en}. It has no uncertainty.",
        )
    if fan.method == "trusted":
        share = percent(float(study.scenario.trust or 0), 0)
        plain = basis(study, replace(fan, method=""), reference)
        return study.words(
            f"按情景“{study.scenario.zh}”，{share}的路径引向规划目标：规划在此作为信息使用，达标机会不再另计。{plain}",
            f"Under the scenario “{study.scenario.en}” {share} of the paths are led to the plan's target: the plan is taken as information here, and no chance of attainment is given. {plain}",
        )
    if fan.method == "cohort":
        return _flowing(study)
    ahead = int(fan.years[-1]) - b.last_year
    if ahead <= 0:
        return study.words("全部为观测值，没有预测。", "All observed; nothing is projected.")
    moved = percent(b.typical_move, 0)
    if study.lang == "zh":
        spans = "次实际变动" if b.own_points == 1 else "段同长的历史"
        text = f"不确定性来自参照类“{reference.entry.zh}”：{thousands(b.series)}条序列的{thousands(b.moves)}{spans}；{count(ahead)}年后中位偏离约{moved}"
        text += "；形状借自更大的参照类" if b.shape else ""
        text += f"；80%区间实测覆盖{percent(b.coverage, 0)}" if b.coverage is not None else "；覆盖率无从检验"
        text += f"；自身有{count(b.own_points)}个年份的数"
        return f"{text}。中位线{_centre(fan, ahead, 'zh')}。"
    spans = "real moves" if b.own_points == 1 else "histories of the same length"
    text = f"Uncertainty rests on the reference class “{reference.entry.en}”: {thousands(b.moves)} {spans} of {thousands(b.series)} series; median departure after {_years(ahead)} about {moved}"
    text += "; the shape is borrowed from a larger class" if b.shape else ""
    text += f"; its 80 % band covered {percent(b.coverage, 0)} when tested" if b.coverage is not None else "; its coverage could not be tested"
    text += f"; {count(b.own_points)} own year{'s' if b.own_points != 1 else ''}"
    return f"{text}. The median {_centre(fan, ahead, 'en')}."


def _flowing(study: Study) -> str:
    """What a path that follows the flow of students rests on."""
    start = start_pair(study)
    year = "" if start is None else str(start.year)
    covered = percent(MEASURED_COVERAGE, 0)
    return study.words(
        f"按学生流量推算：学制与保留率以{study.region.zh}{year}年自己的招生和在校生为锚，保留率逐年的波动取自全国。"
        f"用全国往年的数检验（招生按实际数），此法一至五年的80%区间覆盖{covered}。",
        f"Follows the flow of students: programme length and retention are anchored on intake and enrolment of {study.region.en} in {year}; how retention strays from year to year is the nation's. "
        f"Tested on the nation's past with the intakes that came, its 80 % band covered {covered} one to five years ahead.",
    )


def _years(ahead: int) -> str:
    return counted(ahead, "year")


def _centre(fan: Fan, ahead: int, lang: str) -> str:
    """Where the median goes, and why."""
    b, zh = fan.basis, lang == "zh"
    size = percent(abs(b.shift), 0)
    if b.own_points == 1 and size == percent(0, 0):
        return f"停在{b.last_year}年的数，不作增长外推" if zh else f"stays at the figure of {b.last_year}; no growth rate is extrapolated"
    if b.own_points == 1:
        return f"因此后公布的下限比{b.last_year}年的数高{size}" if zh else f"is {size} above the figure of {b.last_year}, lifted by a floor published since"
    if size == percent(0, 0):
        return f"{count(ahead)}年后与{b.last_year}年的数持平" if zh else f"is level with the figure of {b.last_year} after {_years(ahead)}"
    if zh:
        return f"{count(ahead)}年后比{b.last_year}年的数{'高' if b.shift > 0 else '低'}{size}：自身走势只按同类走势实际延续的程度计入"
    return f"is {size} {'above' if b.shift > 0 else 'below'} the figure of {b.last_year} after {_years(ahead)}: the series' own trend counts as far as trends of its kind held"


def if_annual(study: Study) -> Sentences:
    """Figures whose period the document does not name: what they would mean if they were of one year. Never a verdict."""
    lines = list(_ifs(study))
    return Sentences(tuple(lines) or (study.words("没有期间不明的数。", "No figure lacks its period."),))


def _ifs(study: Study) -> Iterator[str]:
    unclear = [s for s in study.statements("achieved") if s.period is None and study.indicator(s.indicator).kind == "flow"]
    for statement in unclear:
        indicator, unit = study.indicator(statement.indicator), statement.written_unit
        value = statement.base_low if statement.base_low is not None else statement.base_high
        targets = [t for t in study.statements("target") if t.indicator == indicator.id and t.scope == "cumulative" and t.period]
        for span in dict.fromkeys(t.period for t in targets):
            if value is None or span is None:
                continue
            years = len(span.years)
            total = float(value) * years
            against = _against(study, indicator, total, [t for t in targets if t.period == span])
            if study.lang == "zh":
                yield f"若为年度数：{study.clause(statement)}的“{statement.evidence}”按{count(years)}年计合{full(total, unit.scale)} {unit.written}，{against}。原文未写期间，不作判定。"
            else:
                yield f"If it were a yearly figure: “{statement.evidence}” ({study.clause(statement)}) would make {full(total, unit.scale)} {unit.label('en')} in {count(years)} years, {against}. The document names no period; this is no verdict."


def _against(study: Study, indicator: Indicator, total: float, targets: Sequence[Statement]) -> str:
    parts = []
    for target in targets:
        enough = bool(condition(target, indicator).holds(np.array([total]))[0])
        plan, asked = study.plan_of(target), value_with_unit(target, study.lang)
        zh, en = ("够", "enough") if enough else ("不够", "not enough")
        parts.append(study.words(f"{zh}{plan.short}的{asked}", f"{en} for {asked} of {numbered(study, plan)}"))
    return study.words("，", ", ").join(parts)
