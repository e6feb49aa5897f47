"""The numbers beside the gap tables: a reader who reckons by hand gets what the table says."""

from __future__ import annotations

import re

import pytest

from zhibiao.catalogue.load import load
from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.study import study
from zhibiao.showing import outcome_tables
from zhibiao.showing.by_hand import gap_by_hand, pace_by_hand
from zhibiao.showing.flow_tables import ratios
from zhibiao.showing.gap_records import gap_rows
from zhibiao.showing.gap_tables import briefly, pace, size
from zhibiao.showing.numbers import fixed
from zhibiao.showing.statement_tables import statements
from zhibiao.showing.table import Reckoned


def by_hand(formula: str, row: dict[str, object]) -> object:
    """What a spreadsheet makes of a formula: the few functions that they use."""

    def chosen(asked: bool, then: object, other: object) -> object:
        return then() if asked else other()

    python = re.sub(r"\{(\w+)\}", lambda found: f"row['{found[1]}']", formula)
    python = re.sub(r'^IF\((.+?)=(.+?),"",(.+)\)$', r"IF(\1==\2, lambda: '', lambda: \3)", python)
    return eval(python, {"MAX": max, "IF": chosen, "row": {name: float(value) for name, value in row.items() if isinstance(value, int | float) or hasattr(value, "scaleb")}})


@pytest.mark.parametrize("region", ["重庆", "江津", "沧州", "全国"])
@pytest.mark.parametrize("make", [size, pace, briefly])
def test_every_formula_gives_our_own_figure(shipped, region, make):
    question = study(shipped, region=region)
    rows = gap_rows(question)
    table = make(question, rows)
    found = 0
    for row in table.beside.rows:
        for value in row.values():
            if isinstance(value, Reckoned) and value.value is not None:
                found += 1
                assert by_hand(value.formula, dict(row)) == pytest.approx(float(value.value), abs=1e-9)
            elif isinstance(value, Reckoned):
                assert any(row.get(name) is None for name in value.names)
    assert found or region != "重庆"


def test_gaps_that_are_known_are_all_reckoned_in_chongqing(shipped):
    question = study(shipped, region="重庆")
    rows = gap_rows(question)
    for row, beside in zip(rows, gap_by_hand(question, rows).rows, strict=True):
        gap = beside["missing"]
        held = gap.value if isinstance(gap, Reckoned) else gap
        assert (held is None) == (row.standing.gap is None)
        if held is not None:
            assert isinstance(gap, Reckoned) and float(held) == pytest.approx(row.standing.gap / float(row.statement.written_unit.scale))


def test_a_target_says_its_clause_and_its_words(shipped):
    question = study(shipped, region="重庆")
    rows = gap_rows(question)
    for row, remark in zip(rows, size(question, rows).beside.remarks, strict=True):
        assert remark["target"] == f"{question.clause(row.statement)}\n“{row.statement.evidence}”"


def test_what_is_not_judged_has_no_schedule_by_hand(shipped):
    question = study(shipped, region="重庆")
    rows = gap_rows(question)
    for cells in pace_by_hand(question, rows, [False] * len(rows)).rows:
        assert cells["done"] is None and cells["gone"] is None and cells["yearly"] is None


@pytest.mark.parametrize("region", ["重庆", "全国"])
def test_students_per_entrant_are_a_quotient(shipped, region):
    table = ratios(study(shipped, region=region))
    assert len(table.beside.rows) == len(table.rows) > 0
    for row, cells in zip(table.rows, table.beside.rows, strict=True):
        assert fixed(by_hand(cells["quotient"].formula, dict(cells)), 2) == row["ratio"]


def test_ended_targets_are_reckoned_as_well(reported):
    question = study(reported, region="450200", as_of=2030, horizon=2031)
    table = outcome_tables.outcomes(question, gap_rows(question))
    assert len(table.beside.rows) == len(table.rows) == 2
    assert [float(cells["missing"].value) for cells in table.beside.rows] == pytest.approx([60.5, 0.39])


def test_statements_carry_their_numbers(shipped):
    question = study(shipped, region="重庆")
    table = statements(question, "target")
    said = [row for row in table.beside.rows if row["low"] is not None or row["high"] is not None]
    assert len(said) == len(table.rows) == len(table.beside.rows)


STATEMENTS = """  - {id: trained-2030, kind: target, indicator: social_training, value: 100, comparator: ge, unit: 万人次, scope: cumulative, period: 2026-2030, locator: 一, evidence: 培训100万人次以上}
  - {id: enrolment-2030, kind: target, indicator: enrolment, value: 3.4, comparator: gt, unit: 万人, scope: point, period: 2030, locator: 一, evidence: 在校生超过3.4万人}
"""


@pytest.fixture(scope="module")
def reported(liuzhou) -> Registry:
    """A prefecture that has reported two years of its plan."""
    figures = [("social_training", 2026, "in_period", "18.5", "万人次"), ("social_training", 2027, "in_period", "21", "万人次")]
    figures += [("enrolment", year, "at_end", value, "人") for year, value in ((2025, "28630"), (2027, "30100"))]
    return liuzhou(STATEMENTS, ["trained-2030"], figures, recorded="2028-04-01")


def test_sums_and_levels_on_their_way_are_reckoned_whole(reported):
    question = study(reported, region="450200")
    rows = gap_rows(question)
    trained, enrolment = pace(question, rows).beside.rows
    for cells, expected in ((trained, (0.395, 0.4, 19.75, 20 + 1 / 6)), (enrolment, ((3.01 - 2.863) / (3.4 - 2.863), 0.4, 0.0735, 0.13))):
        for name, value in zip(("done", "gone", "yearly", "asked"), expected, strict=True):
            assert isinstance(cells[name], Reckoned), (name, cells[name])
            assert by_hand(cells[name].formula, dict(cells)) == pytest.approx(float(cells[name].value)) == pytest.approx(value)
    assert (float(trained["start"]), trained["start_year"], float(trained["reached"]), trained["reached_year"]) == (0, 2025, 39.5, 2027)
    gaps = {cells["in_unit"]: cells for cells in size(question, rows).beside.rows}
    assert float(gaps["万人次"]["missing"].value) == 60.5 and float(gaps["万人"]["missing"].value) == pytest.approx(0.39)


@pytest.fixture(scope="module")
def shipped() -> Registry:
    return load()
