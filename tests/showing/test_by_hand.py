"""The numbers beside the gap tables: a reader who reckons by hand gets what the table says."""

from __future__ import annotations

import re

import pytest

from zhibiao.catalogue.load import load
from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.study import study
from zhibiao.showing.by_hand import gap_by_hand, pace_by_hand
from zhibiao.showing.gap_records import gap_rows
from zhibiao.showing.gap_tables import briefly, pace, size
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


def test_statements_carry_their_numbers(shipped):
    question = study(shipped, region="重庆")
    table = statements(question, "target")
    said = [row for row in table.beside.rows if row["low"] is not None or row["high"] is not None]
    assert len(said) == len(table.rows) == len(table.beside.rows)


@pytest.fixture(scope="module")
def shipped() -> Registry:
    return load()
