import numpy as np
import pytest

from zhibiao.assessing.gaps import gap_table
from zhibiao.assessing.requests import requests
from zhibiao.model.fan import Basis, Fan

BASIS = Basis("x", 1, 1, 1, 0.1, 1.0, 0.0, None, 2020)
KEEP = {"comparator": "ge", "value": 98, "scope": "annual", "maintain": True}


def fan(years, *draws, indicator="level"):
    """A fan of a few hand-made paths; years in which all agree count as observed."""
    paths = np.array(draws, dtype=float)
    return Fan("500000", indicator, np.arange(years[0], years[1] + 1), paths, np.ptp(paths, axis=0) == 0, BASIS, "test", 1)


def table(study, *fans):
    return {row.statement.id: row for row in gap_table(study, {f.indicator: f for f in fans})}


FOUR = fan((2020, 2025), *([99, 100, 101, 102, 103, end] for end in (104, 105, 105.1, 110)))


def test_chance_is_the_share_of_paths_that_hold_by_the_comparator(statement, figure, asked):
    for comparator, chance in (("gt", 0.5), ("ge", 0.75)):
        study = asked(statement(comparator=comparator, value=105), figures=(figure(2020, 99),), as_of=2023)
        row = table(study, FOUR)["target"]
        assert (row.chance, row.chance_horizon) == (chance, None)


def test_chance_of_keeping_is_of_every_year_and_of_the_last_beside(statement, figure, asked):
    paths = fan((2021, 2025), [98, 98, 98, 98, 98], [98, 97, 98, 98, 98], [98, 98, 98, 98, 97], [98, 97, 99, 99, 99], indicator="rate")
    study = asked(statement(indicator="rate", **KEEP), figures=(figure(2021, 98, "rate"),), as_of=2021)
    row = table(study, paths)["target"]
    assert (row.chance, row.chance_horizon) == (0.25, 0.75)


def test_chance_of_a_total_counts_what_is_reported(statement, figure, asked):
    paths = fan((2021, 2025), [20, 20, 20, 20, 20], [20, 20, 20, 20, 21], [20, 20, 30, 30, 30], [20, 0, 0, 0, 0], indicator="flow")
    study = asked(statement(indicator="flow", scope="cumulative", value=100), figures=(figure(2021, 20, "flow"),), as_of=2021)
    assert table(study, paths)["target"].chance == 0.5


@pytest.mark.parametrize(
    ("why", "figures", "as_of", "years"),
    [
        ("no fan covers the year", [(2022, 101)], 2022, (2020, 2024)),
        ("the fan begins after the first year", [(2022, 101)], 2022, None),
        ("the horizon has come", [(2025, 104)], 2025, (2020, 2025)),
        ("the horizon has come and it is met", [(2025, 106)], 2025, (2020, 2025)),
        ("the horizon has passed", [(2025, 104)], 2027, (2020, 2027)),
    ],
)
def test_without_something_open_there_is_no_chance(statement, figure, asked, why, figures, as_of, years):
    study = asked(statement(value=105), figures=tuple(figure(*row) for row in figures), as_of=as_of)
    if years is None:
        whole = asked(statement(scope="cumulative", indicator="flow", value=100), as_of=2022)
        assert table(whole, fan((2023, 2025), [1, 1, 1], [1, 1, 2], indicator="flow"))["target"].chance is None
    else:
        length = years[1] - years[0] + 1
        assert table(study, fan(years, [100.0] * length, [110.0] * length))["target"].chance is None
    assert table(study)["target"].chance is None


def test_an_unclear_definition_and_a_conflict_have_no_chance(statement, figure, asked):
    kept = asked(statement(indicator="rate", **KEEP), figures=(figure(2020, 80, "rate"),), as_of=2021)
    paths = fan((2020, 2025), [80.0] * 6, [99.0] * 6, indicator="rate")
    row = table(kept, paths)["target"]
    assert (row.standing.state, row.chance, row.chance_horizon) == ("definition_unclear", None, None)
    torn = asked(statement(value=105), figures=(figure(2022, 101), figure(2022, 106, source="t")), as_of=2022)
    assert table(torn, FOUR)["target"].chance is None


def test_what_is_decided_has_no_chance(statement, figure, asked):
    broken = asked(statement(indicator="rate", **KEEP), figures=(figure(2021, 97, "rate"),), as_of=2021)
    paths = fan((2021, 2025), [97, 98, 98, 98, 98], [97, 99, 99, 99, 99], indicator="rate")
    row = table(broken, paths)["target"]
    assert (row.standing.verdict, row.chance) == ("missed", None)
    done = asked(statement(indicator="flow", scope="cumulative", value=100), figures=(figure(2021, 120, "flow"),), as_of=2021)
    row = table(done, fan((2021, 2025), [120, 0, 0, 0, 0], [120, 1, 1, 1, 1], indicator="flow"))["target"]
    assert (row.standing.verdict, row.chance) == ("met", None)


def test_a_rule_has_no_chance(statement, figure, asked):
    study = asked(statement(indicator="rate", comparator="ge", value=50, scope="standing"), as_of=2021)
    assert table(study, fan((2021, 2025), [60.0] * 5, indicator="rate"))["target"].chance is None


def test_the_later_document_governs_the_same_indicator(statement, asked):
    first = (statement("size", value=105), statement("rate", "rate", **KEEP), statement("rule", "things", comparator="ge", value=1, scope="standing"))
    later = (statement("size-keep", comparator="ge", value=120, scope="annual"), statement("rule-later", "things", comparator="ge", value=2, scope="standing"))
    rows = table(asked(*first, later=later, as_of=2023))
    assert {name: row.governed_by.id if row.governed_by else None for name, row in rows.items()} == {
        "size": "size-keep", "rate": None, "rule": "rule-later", "size-keep": None, "rule-later": None,
    }  # fmt: skip


def test_targets_of_other_years_do_not_govern(statement, asked):
    later = (statement("soon", value=100, period=2023), statement("soon-rule", comparator="ge", value=1, scope="standing"))
    assert table(asked(statement(value=105), later=later, as_of=2022))["target"].governed_by is None


def test_two_targets_of_one_document_stand_by_themselves(statement, asked):
    rows = table(asked(statement("a", value=105), statement("b", value=110), as_of=2022))
    assert [row.governed_by for row in rows.values()] == [None, None]


def test_what_is_said_twice_is_counted_once(statement, asked):
    rows = table(asked(statement("a", value=105), statement("b", value=105, repeats="a"), as_of=2022))
    assert list(rows) == ["a"]


def test_rows_stand_in_the_order_of_the_documents(statement, asked):
    study = asked(statement("z", value=1), statement("a", "rate", value=1), later=(statement("m", "flow", value=1),), as_of=2022)
    assert list(table(study)) == ["z", "a", "m"]


def test_requests_gather_years_and_clauses_of_an_indicator(statement, figure, asked):
    first = (
        statement("things", "things", comparator="ge", value=3),
        statement("size", value=105),
        statement("rule", "steered", comparator="ge", value=1, scope="standing"),
        statement("whole", "flow", value=100, scope="cumulative"),
    )
    study = asked(*first, later=(statement("size-keep", comparator="ge", value=98, scope="annual", maintain=True),), figures=(figure(2020, 99), figure(2022, 100),
                  *(figure(year, 20, "flow") for year in (2021, 2022, 2023))), as_of=2023)  # fmt: skip
    found = requests(list(table(study).values()))
    assert [(r.indicator.id, r.years, [s.id for s in r.statements], [p.id for p in r.plans], r.basis, r.headline) for r in found] == [
        ("level", (2021, 2023), ["size", "size-keep"], ["plan", "later"], "at_end", True),
        ("things", (2020, 2021, 2022, 2023), ["things"], ["plan"], "at_end", False),
    ]
    assert [r.starts for r in found] == [(), (2020,)]


@pytest.mark.parametrize(
    ("figures", "as_of", "years", "starts"),
    [
        ([(2022, 101)], 2022, [(2020, 2021)], [(2020,)]),  # reported, and nothing to measure the progress from
        ([(2021, 100), (2022, 101)], 2022, [(2020,)], [(2020,)]),
        ([], 2020, [(2020,)], [(2020,)]),  # the start is owed before the first year of the plan is over
        ([(2020, 99), (2021, 100), (2022, 101)], 2022, [], []),
        ([(2021, 100), (2022, 106)], 2022, [], []),  # reached: how far it was matters no more
        ([(2021, 100), (2022, 100), (2023, 100), (2024, 100)], 2025, [(2025,)], [()]),  # the last year decides
        ([], 2019, [], []),
    ],
)
def test_a_lacking_baseline_is_asked_for_while_it_is_needed(statement, figure, asked, figures, as_of, years, starts):
    study = asked(statement("size", value=105), figures=tuple(figure(*row) for row in figures), as_of=as_of)
    found = requests(list(table(study).values()))
    assert ([r.years for r in found], [r.starts for r in found]) == (years, starts)


def test_nothing_is_asked_for_where_all_is_reported(statement, figure, asked):
    study = asked(statement("whole", "flow", value=100, scope="cumulative"), figures=(figure(2021, 20, "flow"),), as_of=2021)
    assert requests(list(table(study).values())) == ()
