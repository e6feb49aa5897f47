"""The panel of methods and what would turn each verdict, as tables for the appendix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from zhibiao.assessing.fragility import Flip, Fragility
from zhibiao.assessing.gaps import GapRow
from zhibiao.assessing.methods.case import Graded
from zhibiao.assessing.panel import CHANCE, NAMES, SCHEDULE, Panel, stance
from zhibiao.catalogue.study import Study
from zhibiao.model import Unit
from zhibiao.showing.gap_tables import chance_text
from zhibiao.showing.grade_words import GRADES, STANCES
from zhibiao.showing.ledger import quoted
from zhibiao.showing.numbers import ABSENT, count, fixed, four, full, in_unit
from zhibiao.showing.statement_tables import period_text, value_with_unit, with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import VERDICTS, word

ANY_CHANGE = 1e-6
"""Relative to the value changed: less than this is any change at all."""


@dataclass(frozen=True)
class Judged:
    """One target with its panel and what would turn each of its verdicts."""

    row: GapRow
    panel: Panel
    fragility: Mapping[str, Fragility]


def grade_text(entry: Graded, lang: str) -> str:
    """A grade in the method's own words."""
    if entry.grade is None:
        return ABSENT
    return word(VERDICTS, entry.grade, lang) if entry.method == SCHEDULE else word(GRADES[entry.method], entry.grade, lang)


def methods(study: Study, judged: Sequence[Judged]) -> Table:
    """What each method says of each target; methods that are silent for the same reason share a line."""
    columns = [
        Column("target", study.words("指标与目标", "indicator and target"), width=4),
        Column("method", study.words("方法", "method"), width=5),
        Column("ratio", study.words("原始比", "raw ratio"), "right", width=2),
        Column("score", study.words("得分", "score"), "right", width=2),
        Column("grade", study.words("等级", "grade"), width=3),
        Column("stance", study.words("归为", "taken as"), width=2),
        Column("reason", study.words("不能说的理由", "why it cannot speak"), width=5),
    ]
    cells = [cell for one in judged for cell in _lines(study, one)]
    notes = [
        study.words(
            "各方法用语不同，不可混用；等级是方法自己的。归为“赶得上／赶不上／不能说”的对应见 docs/methods.md。没有数据从不算达到。",
            "Vocabularies differ and are not to be mixed; a grade is the method's own. How grades are taken as on track, off track or silent: "
            "docs/methods.md. No data is never a pass.",
        )
    ]
    title = study.words("各种方法怎么说", "What each method says")
    return Table(columns, cells, title=title, notes=notes if cells else [], empty=_none(study))


def _lines(study: Study, one: Judged) -> Iterator[dict[str, str]]:
    lang, name = study.lang, _target(one.row, study.lang)
    for entry in (entry for entry in one.panel.graded if entry.reason is None):
        ratio = chance_text(entry.ratio) if entry.method == CHANCE else fixed(entry.ratio, 2)
        yield {
            "target": name,
            "method": _name(entry, lang),
            "ratio": ratio,
            "score": fixed(entry.score, 1),
            "grade": grade_text(entry, lang),
            "stance": word(STANCES, stance(entry), lang),
            "reason": "",
        }
        name = ""
    silent: dict[tuple[str, str], list[Graded]] = {}
    for entry in one.panel.graded:
        if entry.reason is not None:
            silent.setdefault(entry.reason, []).append(entry)
    for reason, entries in silent.items():
        yield {
            "target": name,
            "method": _together(study, entries, len(one.panel.graded)),
            "ratio": ABSENT,
            "score": ABSENT,
            "grade": ABSENT,
            "stance": word(STANCES, "silent", lang),
            "reason": quoted(reason[0] if lang == "zh" else reason[1]),
        }
        name = ""


def _name(entry: Graded, lang: str) -> str:
    """The method, with its version where that is a number the name does not hold."""
    zh, en = NAMES[entry.method]
    name = zh if lang == "zh" else en
    numbered = entry.method not in (SCHEDULE, CHANCE) and entry.version[0].isdigit() and entry.version not in name
    return quoted(f"{name} {entry.version}" if numbered else name)


def _together(study: Study, entries: Sequence[Graded], asked: int) -> str:
    """Methods that share a line."""
    if len(entries) == asked > 1:
        return study.words(f"全部{count(asked)}种方法", f"all {count(asked)} methods")
    first = _name(entries[0], study.lang)
    return first if len(entries) == 1 else study.words(f"{first}等{count(len(entries))}种", f"{first} and {count(len(entries) - 1)} more")


def turning(study: Study, judged: Sequence[Judged]) -> Table:
    """The smallest change that would turn the headline verdict of each target, and how many methods agree."""
    lang = study.lang
    columns = [
        Column("target", study.words("指标与目标", "indicator and target"), width=5),
        Column("verdict", study.words("判断", "verdict"), width=3),
        Column("latest", study.words("最近数变动", "change of the last value"), width=4),
        Column("baseline", study.words("基期数变动", "change of the baseline"), width=4),
        Column("base_year", study.words("基年移动", "shift of the base year"), width=3),
        *(Column(name, word(STANCES, name, lang), "right", "count", width=2) for name in STANCES),
    ]
    cells = []
    for one in judged:
        stands, unit = one.row.standing, one.row.statement.written_unit
        turned = one.fragility[SCHEDULE]
        silent = one.panel.of(SCHEDULE).grade is None
        latest = None if stands.latest is None else float(stands.latest.base_value)
        start = None if stands.baseline is None else stands.baseline.value
        cells.append(
            {
                "target": _target(one.row, lang),
                "verdict": word(VERDICTS, stands.verdict, lang),
                "latest": ABSENT if silent else _flip(study, turned.latest, unit, latest),
                "baseline": ABSENT if silent else _flip(study, turned.baseline, unit, start),
                "base_year": ABSENT if silent else _shift(study, turned.base_year),
                **one.panel.agreement,
            }
        )
    notes = [
        study.words(
            "时序进度的判断会翻的最小变动，箭头后是翻成的判断；“无”指没有可能的变动会翻。右三列是各方法（含机会）归为赶得上、赶不上、不能说的个数。",
            "The smallest change that would turn the schedule verdict; behind the arrow what it turns to. “none” means that no possible change does. "
            "The last three columns count all methods, the chance included.",
        )
    ]
    title = study.words("判断有多脆弱", "How fragile the verdicts are")
    return Table(columns, cells, title=title, notes=notes if cells else [], empty=_none(study))


def _flip(study: Study, flip: Flip | None, unit: Unit, value: float | None) -> str:
    if flip is None:
        return study.words("无", "none")
    to = word(VERDICTS, flip.grade, study.lang)
    if abs(flip.change) <= ANY_CHANGE * abs(value or 1.0):
        return (study.words("任何上升", "any rise") if flip.change > 0 else study.words("任何下降", "any fall")) + f" → {to}"
    sign = "+" if flip.change > 0 else "-"
    if unit.base == "%":  # two percentages differ by percentage points
        size = four(abs(flip.change)) + study.words("个百分点", " pp")
    else:
        change = abs(flip.change)
        whole = abs(change - round(change)) < 1e-6  # a difference of published figures; else it was reckoned, and four digits are enough
        size = with_unit(full(round(change), unit.scale) if whole else in_unit(change, unit.scale), unit, study.lang)
    return f"{sign}{size} → {to}"


def _shift(study: Study, flip: Flip | None) -> str:
    if flip is None:
        return study.words("无", "none")
    years = int(flip.change)
    size = abs(years)
    shift = study.words(f"{'晚' if years > 0 else '早'}{count(size)}年", f"{count(size)} year{'s' if size > 1 else ''} {'later' if years > 0 else 'earlier'}")
    return f"{shift} → {word(VERDICTS, flip.grade, study.lang)}"


def _target(row: GapRow, lang: str) -> str:
    name, value, period = row.standing.indicator.name(lang), value_with_unit(row.statement, lang), period_text(row.statement, lang)
    return f"{name} {value}（{period}）" if lang == "zh" else f"{name} {value} ({period})"


def _none(study: Study) -> str:
    return study.words(f"所选文件没有给{study.region.zh}定下目标。", f"The chosen documents set no target for {study.region.en}.")
