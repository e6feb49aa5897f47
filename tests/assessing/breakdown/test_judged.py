"""Later figures against milestones: strict is strict, a floor proves no more than it says, and silence is no pass."""

from decimal import Decimal

import pytest

from zhibiao.assessing.breakdown.chosen import chosen
from zhibiao.assessing.breakdown.judged import judge, judge_milestones
from zhibiao.assessing.breakdown.years import milestones
from zhibiao.model.breakdown import Breakdown, Share


@pytest.fixture
def states(asked, statement):
    """The state of each milestone of a target, given the figures."""

    def found(figures, as_of=None, own=None, **parts):
        question = asked(statement(**parts), figures=tuple(figures), as_of=as_of)
        made = milestones(question, question.statements("target")[0], "own" if own else "even", own)
        return {row.year: row for row in judge_milestones(question, made)}

    return found


def test_met_short_silent_and_ahead(states, figure):
    rows = states([figure(2020, 1000), figure(2021, 1101), figure(2022, 1150)], as_of=2023, value=1500)
    assert [row.state for row in rows.values()] == ["met", "short", "not_reported", "ahead", "ahead"]
    assert (rows[2022].gap, rows[2021].gap, rows[2023].gap) == (50, 0, None)


def test_level_does_not_exceed(states, figure):
    figures = [figure(2020, 98, "rate"), figure(2021, 98, "rate"), figure(2022, "98.1", "rate"), figure(2023, "97.9", "rate")]
    assert [row.state for row in states(figures, indicator="rate", value=98).values()][:3] == ["level", "met", "short"]
    assert [row.state for row in states(figures, indicator="rate", value=98, comparator="ge").values()][:3] == ["met", "met", "short"]


@pytest.mark.parametrize(
    ("qualifier", "value", "strict", "state"),
    [
        ("ge", 98, "gt", "undecided"), ("gt", 98, "gt", "met"), ("ge", 98, "ge", "met"), ("ge", 97, "ge", "undecided"), ("ge", "98.1", "gt", "met"),
        ("about", 98, "ge", "undecided"), ("gt", 97, "gt", "undecided"),
    ],
)  # fmt: skip
def test_a_floor_never_proves_more_than_it_says(states, figure, qualifier, value, strict, state):
    figures = [figure(2020, 98, "rate"), figure(2021, value, "rate", qualifier=qualifier)]
    assert states(figures, indicator="rate", value=98, comparator=strict)[2021].state == state


def test_a_total_is_told_by_year_and_to_date(states, figure):
    figures = [figure(year, value, "flow") for year, value in ((2021, 21), (2022, 18), (2023, 22))]
    rows = states(figures, indicator="flow", value=100, scope="cumulative")
    assert [row.state for row in rows.values()] == ["met", "short", "met", "ahead", "ahead"]
    assert [(row.so_far, row.due, row.so_far_state) for row in rows.values()][:3] == [(21, 20, "met"), (39, 40, "short"), (61, 60, "met")]
    # equal to what is due is level where the target must be exceeded
    level = states([figure(2021, 20, "flow")], indicator="flow", value=100, scope="cumulative")[2021]
    assert (level.state, level.so_far_state) == ("level", "level")


def test_a_year_that_is_missing_ends_the_total_to_date(states, figure):
    figures = [figure(2021, 25, "flow"), figure(2023, 25, "flow")]
    rows = states(figures, indicator="flow", value=100, scope="cumulative")
    assert [rows[year].state for year in (2021, 2022, 2023)] == ["met", "not_reported", "met"]
    assert (rows[2021].so_far, rows[2022].so_far, rows[2023].so_far) == (25, None, None)


def test_part_of_a_year_shows_what_is_reached_and_never_a_miss(states, figure):
    part = figure("2022-09", 15, "flow", basis="year_to_date")
    rows = states([figure(2021, 21, "flow"), part], indicator="flow", value=100, scope="cumulative")
    assert (rows[2022].state, rows[2022].gap, rows[2022].so_far, rows[2022].so_far_state) == ("part_year", 5, 36, "part_year")
    reached = states([figure(2021, 21, "flow"), figure("2022-09", 20.5, "flow", basis="year_to_date")], indicator="flow", value=100, scope="cumulative")
    assert (reached[2022].state, reached[2022].so_far_state) == ("met", "met")
    # the whole year counts from December on
    december = states([figure(2021, 21, "flow"), figure("2022-12", 15, "flow", basis="year_to_date")], indicator="flow", value=100, scope="cumulative")
    assert december[2022].state == "short"


def test_after_part_of_a_year_no_total_to_date_is_told(states, figure):
    figures = [figure(2021, 21, "flow"), figure("2022-09", 15, "flow", basis="year_to_date"), figure(2023, 30, "flow")]
    rows = states(figures, indicator="flow", value=100, scope="cumulative")
    assert [rows[year].so_far for year in (2021, 2022, 2023)] == [21, 36, None]


def test_sources_that_disagree_decide_nothing(states, figure):
    rows = states([figure(2020, 1000), figure(2021, 1200), figure(2021, 900, source="t")], value=1500)
    assert rows[2021].state == "conflicting"


def test_a_fall_is_met_from_below(states, figure):
    figures = [figure(2020, 6, "falling"), figure(2021, "5.8", "falling"), figure(2022, "5.7", "falling")]
    rows = states(figures, indicator="falling", comparator="le", value=5)
    assert [rows[year].state for year in (2021, 2022)] == ["met", "short"]
    assert abs(rows[2022].gap - 0.1) < 1e-9


def test_the_last_year_is_judged_as_the_target_is(states, figure):
    figures = [figure(2020, 2, "things"), figure(2025, 9, "things")]
    rows = states(figures, indicator="things", comparator="about", value=10)
    assert (rows[2025].milestone, rows[2025].state) == (10, "met")
    steered = states([figure(2020, 2, "steered"), figure(2025, 6, "steered")], indicator="steered", comparator="between", value=[3, 5])
    assert steered[2025].state == "short"


def test_what_is_stored_speaks_and_its_regions_are_judged(asked, statement, figure):
    figures = (figure(2020, 1000), figure(2021, 1150), figure(2021, 700, region="500101"))
    question = asked(statement(value=1500), figures=figures)
    children = (
        Share(name="万州区", code="500101", values=tuple(map(Decimal, (700, 750, 800, 850, 900)))),
        Share(name="甲校", values=tuple(map(Decimal, (500, 500, 500, 550, 600)))),
    )
    found = Breakdown(
        id="mine", statement="plan/target", by="own", unit="人", years=(2021, 2022, 2023, 2024, 2025),
        milestones=tuple(map(Decimal, (1200, 1250, 1300, 1400, 1500))), children=children,
    )  # fmt: skip
    question.registry.breakdowns["mine"] = found
    one = chosen(question, question.statements("target"))[0]
    assert one.stored == found
    rows = one.judged(question)
    assert [(row.child, row.year, row.state) for row in rows if row.state != "ahead"] == [("", 2021, "short"), ("万州区", 2021, "level")]
    # who stands at its cap cannot exceed it
    capped = found.model_copy(update={"children": (children[0].model_copy(update={"cap": Decimal(700)}), children[1])})
    assert next(row.state for row in judge(question, capped) if row.child == "万州区") == "met"
