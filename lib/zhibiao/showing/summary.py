"""The first page of a briefing: what is known, whether the targets fit each other, what would close the gaps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from zhibiao.assessing.gaps import GapRow
from zhibiao.assessing.panel import SILENT_VERDICTS
from zhibiao.assessing.requests import Request
from zhibiao.assessing.semantics import condition
from zhibiao.catalogue.study import Study
from zhibiao.showing.answer import source_note
from zhibiao.showing.asked_pairs import target_pairs
from zhibiao.showing.gap_tables import difference_text, gap_text, latest_text, likelihood_text
from zhibiao.showing.numbers import count, fixed, full, in_unit, percent
from zhibiao.showing.pictures import display_unit
from zhibiao.showing.sentences import Nothing, Sentences
from zhibiao.showing.statement_tables import value_with_unit, with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import VERDICTS, counted, opening, word
from zhibiao.simulating import pairs
from zhibiao.simulating.pipe import Pipe, middle


def summary(study: Study, rows: Sequence[GapRow], requests: Sequence[Request], assumed: frozenset[str], pipe: Pipe | None) -> Sentences:
    """The findings that are read first."""
    told = list(_chances(study, rows, assumed))
    lines = [line for line, _ in told]
    lines.extend(() if pipe is None else _fits(study, pipe))
    if requests:
        years = sum(len(request.years) for request in requests)
        lines.append(
            study.words(
                f"判断这些目标还缺{count(len(requests))}项指标、合计{count(years)}个年度的数，见数据需求清单。",
                f"{counted(len(requests), 'indicator')} {'lacks' if len(requests) == 1 else 'lack'} {counted(years, 'yearly figure')} in all; the list of figures asked for names them.",
            )
        )
    # that figures lack is all there is to say: the answer says it already
    kind = Sentences if len(lines) > bool(requests) else Nothing
    return kind(tuple(lines), {number: note for number, (_, note) in enumerate(told) if note})


def _chances(study: Study, rows: Sequence[GapRow], assumed: frozenset[str]) -> Iterator[tuple[str, str | None]]:
    for name in dict.fromkeys(row.statement.indicator for row in rows):
        mine = [row for row in rows if row.statement.indicator == name]
        told = [row for row in mine if row.chance is not None and name not in assumed]
        known_how = [row for row in mine if row not in told and row.standing.verdict not in SILENT_VERDICTS]
        if not told and not known_how:
            continue
        first = (told or known_how)[0].standing
        known = latest_text(first, study.lang, named=True)
        chances = [
            study.words(
                f"{value_with_unit(row.statement, 'zh')}（{study.short_clause(row.statement)}）的可能性{likelihood_text(row.chance, row.standing.state, 'zh')}",
                f"{value_with_unit(row.statement, 'en')} ({study.short_clause(row.statement)}) has a chance of {likelihood_text(row.chance, row.standing.state, 'en')}",
            )
            for row in told
        ] + [_result(study, row) for row in known_how]
        sentence = study.words(
            f"{first.indicator.zh}：最近数{known}；" + "，".join(chances) + "。",
            f"{opening(first.indicator.en)}: latest {known}; " + ", ".join(chances) + ".",
        )
        yield sentence, source_note(study, (told or known_how)[0])


def _result(study: Study, row: GapRow) -> str:
    """A target whose result is known, in words."""
    stands, lang = row.standing, study.lang
    asked, verdict = value_with_unit(row.statement, lang), word(VERDICTS, stands.verdict, lang)
    missing = study.words(f"，差{gap_text(stands, lang)}", f", {gap_text(stands, lang)} missing") if stands.gap else ""
    return study.words(f"{asked}（{study.short_clause(row.statement)}）{verdict}{missing}", f"{asked} ({study.short_clause(row.statement)}) {verdict}{missing}")


def _fits(study: Study, pipe: Pipe) -> Iterator[str]:
    """Whether intake and enrolment targets hold together with the length and retention that the region is anchored on."""
    start, (mean, own) = pipe.start, middle(pipe)
    length, unit = fixed(mean, 1), display_unit(study, study.indicator("enrolment"))
    for pair in target_pairs(study):
        stock, flow = (with_unit(full(value, unit.scale), unit, study.lang) for value in (pair.enrolment, pair.intake))
        both = study.words(f"在校生{stock}与招生{flow}的目标", f"The targets of {stock} enrolled and {flow} entering a year")
        way = float(pairs.implied(pair, start, np.array([mean]), pipe.earlier).on_the_way[0])
        if math.isnan(way):
            yield study.words(
                f"{both}：招生匀速增加、平均学制{length}年时，即使无人流失，{pair.year}年的在校生也达不到。",
                f"{both}: with an evenly growing intake and programmes of {length} years the enrolment is missed in {pair.year} even without losses.",
            )
        elif way <= own:
            yield study.words(
                f"{both}可以并存：以平均学制{length}年计，年保留率{percent(way, 1)}即可，现状约{percent(own, 1)}。",
                f"{both} fit each other: programmes of {length} years need a retention of {percent(way, 1)}; it is about {percent(own, 1)}.",
            )
        else:
            yield study.words(
                f"{both}难以并存：以平均学制{length}年计，年保留率须从约{percent(own, 1)}提高到{percent(way, 1)}，或再多招，或统计口径更宽。",
                f"{both} hardly fit: programmes of {length} years need a retention of {percent(way, 1)} instead of about {percent(own, 1)}, a larger intake, or a wider definition.",
            )


def levers(study: Study, rows: Sequence[GapRow], pipe: Pipe | None) -> Table:
    """What would close each gap from here on: pace, intake, retention; each with what it stands on."""
    columns = [
        Column("target", study.words("目标", "target"), width=5),
        Column("lever", study.words("靠什么", "lever"), width=4),
        Column("needed", study.words("需要多少", "what it takes"), width=5),
        Column("premise", study.words("前提", "premise"), width=6),
    ]
    cells = [cell for row in rows for cell in _levers(study, row, pipe)]
    return Table(
        columns,
        cells,
        title=study.words("缩小差距需要什么（推算，文件中没有）", "What would close the gaps (solved here, not in the documents)"),
        empty=study.words("没有可以推算的差距。", "There is no gap to solve for."),
    )


def _levers(study: Study, row: GapRow, pipe: Pipe | None) -> Iterator[dict[str, str]]:
    stands, statement, lang = row.standing, row.statement, study.lang
    asked = condition(statement, stands.indicator)
    clause = study.words(f"（{study.short_clause(statement)}）", f" ({study.short_clause(statement)})")
    name = f"{stands.indicator.name(lang)} {value_with_unit(statement, lang)}{clause}"
    unit = statement.written_unit
    if asked.start is None or asked.end is None or study.as_of >= asked.end or stands.met is True:
        return
    if asked.combine == "sum":
        if stands.needed is not None:
            pace, premise = stands.needed, study.words(f"自最近一次公布起到{asked.end}年", f"from the latest figure to {asked.end}")
        else:
            pace, premise = asked.bound / (asked.end - asked.start + 1), study.words("五年匀速；迄今完成数未报", "even pace over the period; nothing reported so far")
            premise = premise.replace("五年", f"{count(asked.end - asked.start + 1)}年")
        yield {
            "target": name,
            "lever": study.words("每年完成", "each year"),
            "needed": with_unit(in_unit(pace, unit.scale), unit, lang),
            "premise": premise,
        }
        return
    if stands.verdict == "level":
        bound = with_unit(full(asked.bound, unit.scale), unit, lang)
        yield {
            "target": name,
            "lever": study.words("须超过", "must exceed"),
            "needed": study.words(f"大于{bound}即达到", f"anything above {bound}"),
            "premise": study.words("最近数与目标持平", "the latest figure equals the target"),
        }
    if stands.needed is not None and stands.latest is not None:
        yield {
            "target": name,
            "lever": study.words("每年增加", "rise each year") if stands.needed > 0 else study.words("每年减少", "fall each year"),
            "needed": difference_text(abs(stands.needed), unit, lang),
            "premise": study.words(f"从{stands.latest.period}年的数匀速到{asked.end}年", f"evenly from the figure of {stands.latest.period} to {asked.end}"),
        }
    if statement.indicator == "enrolment" and stands.needed is not None and pipe is not None:
        yield from _enrolment_levers(study, row, pipe, name, asked.bound, asked.end)


def _enrolment_levers(study: Study, row: GapRow, pipe: Pipe, name: str, bound: float, end: int) -> Iterator[dict[str, str]]:
    start, (mean, retention) = pipe.start, middle(pipe)
    unit, length = row.statement.written_unit, fixed(mean, 1)
    intake = pairs.needed_intake(bound, range(study.as_of + 1, end + 1), start, mean, retention, only_last=True, earlier=pipe.earlier)
    known = study.series("intake").latest
    # an intake that is there already closes nothing
    if intake is not None and (known is None or intake > float(known.base_value)):
        yield {
            "target": name,
            "lever": study.words(f"{study.as_of + 1}年起招生", f"intake from {study.as_of + 1} on"),
            "needed": study.words("每年", "") + with_unit(in_unit(intake, unit.scale, 0 if unit.scale == 1 else 2), unit, study.lang) + study.words("", " a year"),
            "premise": study.words(
                f"平均学制{length}年，年保留率{percent(retention, 1)}（按{start.year}年锚定），此前招生停在{start.year}年的数",
                f"programmes of {length} years, retention {percent(retention, 1)} (anchored on {start.year}), intake until then as in {start.year}",
            ),
        }
    for pair in target_pairs(study):
        if abs(pair.enrolment - bound) > 1e-6 * bound:
            continue
        way = float(pairs.implied(pair, start, np.array([mean]), pipe.earlier).on_the_way[0])
        if not math.isnan(way):
            yield {
                "target": name,
                "lever": study.words("保留率", "retention"),
                "needed": study.words(f"每年{percent(way, 1)}", f"{percent(way, 1)} a year"),
                "premise": study.words(
                    f"招生匀速增到{full(pair.intake, unit.scale)}{unit.written}，平均学制{length}年", f"intake grows evenly to {full(pair.intake, unit.scale)} {unit.label('en')}, programmes of {length} years"
                ),
            }
