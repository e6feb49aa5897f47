"""The numbers behind a gap table, in the unit of the document, with the formulas by which a reader checks them by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zhibiao.assessing.gaps import GapRow
from zhibiao.assessing.semantics import Condition, condition
from zhibiao.assessing.standing import Standing
from zhibiao.catalogue.study import Study
from zhibiao.model import Statement, Unit
from zhibiao.showing.table import Beside, Column, Reckoned
from zhibiao.simulating.pairs import Pair

AGREES = 1e-9
"""A formula is given where it comes as near to our own figure as this, relative to the end that it is held against."""


def gap_by_hand(study: Study, rows: Sequence[GapRow]) -> Beside:
    """The end that binds, the figure held against it, and the gap between them as a formula."""
    found = [_gap(row.standing, study.lang) for row in rows]
    columns = [
        *_ends(study, found),
        Column("reached", study.words("对照数", "figure compared"), "right", "number"),
        Column("missing", study.words("差距（核算）", "gap, reckoned"), "right", "number"),
        Column("in_unit", study.words("单位", "unit")),
    ]
    return Beside(columns, [_kept(columns, cells) for cells in found] if rows else [], [_clause(study, row.statement) for row in rows])


def pace_by_hand(study: Study, rows: Sequence[GapRow], judged: Sequence[bool]) -> Beside:
    """Where each target starts, stands and leads to, and change, time and paces as formulas; the schedule only of rows that are `judged`."""
    columns = [
        Column("start", study.words("基期数", "baseline"), "right", "number"),
        Column("start_year", study.words("基年", "base year"), "right", "year"),
        Column("reached", study.words("最近数", "latest"), "right", "number"),
        Column("reached_year", study.words("最近年", "latest year"), "right", "year"),
        Column("aim", study.words("须到", "to reach"), "right", "number"),
        Column("end_year", study.words("末年", "last year"), "right", "year"),
        Column("done", study.words("变化完成（核算）", "change done, reckoned"), "right", "share"),
        Column("gone", study.words("时间已过（核算）", "time gone, reckoned"), "right", "share"),
        Column("yearly", study.words("迄今年均（核算）", "pace so far, reckoned"), "right", "number"),
        Column("asked", study.words("此后需年均（核算）", "pace needed, reckoned"), "right", "number"),
        Column("in_unit", study.words("单位", "unit")),
    ]
    cells = [_pace(row.standing, schedule) | {"in_unit": _unit_word(row.statement.written_unit, study.lang)} for row, schedule in zip(rows, judged, strict=True)]
    return Beside(columns, cells, [_clause(study, row.statement) for row in rows])


def said_in_numbers(study: Study, statements: Sequence[Statement]) -> Beside:
    """Value, unit and years of each statement as numbers, to sort and filter by."""
    columns = [
        Column("low", study.words("下限", "lower end"), "right", "number"),
        Column("high", study.words("上限", "upper end"), "right", "number"),
        Column("in_unit", study.words("单位", "unit")),
        Column("first_year", study.words("起年", "first year"), "right", "year"),
        Column("last_year", study.words("末年", "last year"), "right", "year"),
    ]
    cells = [
        {
            "low": statement.low,
            "high": statement.high,
            "in_unit": _unit_word(statement.written_unit, study.lang),
            "first_year": statement.period.start if statement.period else None,
            "last_year": statement.period.end if statement.period else None,
        }
        for statement in statements
    ]
    return Beside(columns, cells)


def ratios_by_hand(study: Study, compared: Sequence[Pair], unit: Unit) -> Beside:
    """Intake and enrolment of each pair as numbers, and students per entrant as their quotient."""
    columns = [
        Column("entrants", study.words("招生数", "entrants"), "right", "number"),
        Column("students", study.words("在校生数", "students"), "right", "number"),
        Column("quotient", study.words("在校生÷招生（核算）", "per entrant, reckoned"), "right", "number", digits=2),
        Column("in_unit", study.words("单位", "unit")),
    ]
    cells = [
        {
            "entrants": scaled(pair.intake, unit),
            "students": scaled(pair.enrolment, unit),
            "quotient": Reckoned(pair.ratio, 'IF({entrants}=0,"",{students}/{entrants})'),
            "in_unit": _unit_word(unit, study.lang),
        }
        for pair in compared
    ]
    return Beside(columns, cells)


def _unit_word(unit: Unit, lang: str) -> str:
    return unit.label(lang) or (unit.label("zh") if lang == "zh" else "number")


def _clause(study: Study, statement: Statement) -> Mapping[str, str]:
    """What stands in the remark at a target: the clause, and the words by which it is found there."""
    said = study.words(f"“{statement.evidence}”", f"“{statement.evidence}” (as worded)") if statement.evidence else ""
    return {"target": "\n".join(part for part in (study.clause(statement), said) if part)}


def _ends(study: Study, found: Sequence[Mapping[str, Any]]) -> list[Column]:
    """The ends that bind in any of the rows; the lower one in a table without rows."""
    ends = {"floor": study.words("目标（下限）", "target (floor)"), "ceiling": study.words("目标（上限）", "target (ceiling)")}
    bound = [name for name in ends if any(cells.get(name) is not None for cells in found)] or ["floor"]
    return [Column(name, ends[name], "right", "number") for name in bound]


def _kept(columns: Sequence[Column], cells: Mapping[str, Any]) -> dict[str, Any]:
    names = {column.name for column in columns}
    return {name: value for name, value in cells.items() if name in names}


def _gap(stands: Standing, lang: str) -> dict[str, Any]:
    asked, unit = condition(stands.statement, stands.indicator), stands.statement.written_unit
    formula = _gap_formula(asked)
    ends = {"floor": scaled(asked.floor, unit), "ceiling": scaled(asked.ceiling, unit)}
    reached = _compared(stands, asked)
    missing: Any = scaled(stands.gap, unit)
    if reached is not None or _takes_a_figure(stands, asked):
        missing = Reckoned(missing, formula)
    return {**ends, "reached": scaled(reached, unit), "missing": missing, "in_unit": _unit_word(unit, lang)}


def _gap_formula(asked: Condition) -> str:
    shorts = [*(["{floor}-{reached}"] if asked.floor is not None else []), *(["{reached}-{ceiling}"] if asked.ceiling is not None else [])]
    return f"MAX(0,{','.join(shorts)})"


def _compared(stands: Standing, asked: Condition) -> float | None:
    """The figure whose distance to the end is the gap; None where it is none of those that are known (the mean or the worst of several years)."""
    if stands.gap is None:
        return None
    if asked.combine == "sum":
        candidates = [stands.total]
    else:
        candidates = [float(stands.latest.base_value) if stands.latest else None, stands.baseline.value if stands.baseline else None]
    known = next((value for value in candidates if value is not None), None)
    if known is None:
        return None
    short = max(0.0, *([asked.floor - known] if asked.floor is not None else []), *([known - asked.ceiling] if asked.ceiling is not None else []))
    return known if _near(short, stands.gap, asked.bound) else None


def _takes_a_figure(stands: Standing, asked: Condition) -> bool:
    """Whether the row reckons by itself once a figure is typed into it: nothing is known, and one figure will do."""
    return stands.gap is None and stands.latest is None and stands.total is None and asked.combine in ("point", "sum")


def _pace(stands: Standing, judged: bool) -> dict[str, Any]:
    unit, made, way = stands.statement.written_unit, stands.progress, _way(stands)
    told: dict[str, Any] = {
        "done": made.change if made and judged else None, "gone": made.time if made and judged else None,
        "yearly": scaled(made.pace, unit) if made and judged else None, "asked": scaled(stands.needed, unit),
    }  # fmt: skip
    if way is None:
        return told
    for name, (formula, reckoned) in way.by_hand().items():
        scale = 1.0 if name in ("done", "gone") else float(unit.scale)
        if told[name] is not None and reckoned is not None and _near(reckoned / scale, float(told[name]), 1.0):
            told[name] = Reckoned(told[name], formula)
    ends = {"start": scaled(way.start, unit), "reached": scaled(way.reached, unit), "aim": scaled(way.aim, unit)}
    return {**told, **ends, "start_year": way.start_year, "reached_year": way.year if way.year != int(way.year) else int(way.year), "end_year": way.end_year}


@dataclass(frozen=True)
class _Way:
    """From where to where a target leads and where it stands, in base units; a cumulative one begins with nothing when its period begins."""

    start: float | None
    start_year: int | None
    reached: float
    year: float
    aim: float
    end_year: int

    def by_hand(self) -> dict[str, tuple[str, float | None]]:
        """Of each number its formula, and what that gives."""
        left = self.end_year - self.year
        found: dict[str, tuple[str, float | None]] = {
            "asked": ('IF({end_year}={reached_year},"",({aim}-{reached})/({end_year}-{reached_year}))', (self.aim - self.reached) / left if left > 0 else None)
        }
        if self.start is None or self.start_year is None:
            return found
        change, gone, whole = self.aim - self.start, self.year - self.start_year, self.end_year - self.start_year
        made = self.reached - self.start
        return {
            "done": ('IF({aim}={start},"",({reached}-{start})/({aim}-{start}))', made / change if abs(change) > AGREES else None),
            "gone": ('IF({end_year}={start_year},"",({reached_year}-{start_year})/({end_year}-{start_year}))', gone / whole if whole > 0 else None),
            "yearly": ('IF({reached_year}={start_year},"",({reached}-{start})/({reached_year}-{start_year}))', made / gone if gone > 0 else None),
            **found,
        }


def _way(stands: Standing) -> _Way | None:
    """The numbers that the schedule rests on; None where there is none."""
    asked, latest, start = condition(stands.statement, stands.indicator), stands.latest, stands.baseline
    if stands.progress is None or latest is None or asked.end is None or asked.start is None:
        return None
    year = latest.period.year - 1 + latest.period.last_month / 12
    if asked.combine == "sum":
        return None if stands.total is None else _Way(0.0, asked.start - 1, stands.total, year, asked.bound, asked.end)
    value = float(latest.base_value)
    # what is needed leads to the end that the latest figure violates
    aim = asked.aim(value if stands.needed is not None or start is None else start.value)
    return _Way(start.value if start else None, start.year if start else None, value, year, aim, asked.end)


def scaled(value: float | None, unit: Unit) -> Decimal | None:
    """A value in base units in the unit of the document, exact in its printed digits, for data files."""
    return None if value is None else Decimal(repr(float(value))) / unit.scale


def _near(one: float, other: float, size: float) -> bool:
    return abs(one - other) <= AGREES * max(1.0, abs(size), abs(other))
