"""What was known on an earlier day, and why a verdict is another one now."""

import datetime as dt

import pytest

from zhibiao.assessing.changes import compare, previous_vintage
from zhibiao.assessing.versions import RULES, changed_since, version

FIRST, SECOND = dt.date(2023, 3, 1), dt.date(2024, 3, 1)
BETWEEN = dt.date(2023, 6, 1)


@pytest.fixture
def since(statement, figure, asked):
    """Compare one target (>105 in 2025) on rows of (period, value, day of record[, more])."""

    def made(*rows, day=BETWEEN, as_of=None, later=(), **parts):
        figures = tuple(figure(row[0], row[1], recorded=row[2], **(row[3] if len(row) > 3 else {})) for row in rows)
        return compare(asked(statement(**{"value": 105, **parts}), figures=figures, as_of=as_of, later=later), day)

    return made


BASE = (2020, 99, FIRST)


def test_a_new_figure_is_the_reason(since):
    change = since(BASE, (2022, 102, SECOND), as_of=2022).changes[0]
    assert (change.before.verdict, change.now.verdict) == ("unknown", "on_schedule")
    assert change.turned and change.reasons == ("new_data", "later_year") and "new_data" in change.decisive
    assert [point.period.year for point in change.fresh] == [2022]


def test_a_revised_figure_is_the_reason(since):
    change = since(BASE, (2022, 102, FIRST), (2022, 101, SECOND, {"reason": "更正"})).changes[0]
    assert (change.before.verdict, change.now.verdict) == ("on_schedule", "behind")
    assert (change.reasons, change.decisive) == (("revised_data",), ("revised_data",))
    assert [(float(was.value), float(now.value)) for was, now in change.revised] == [(102, 101)]


def test_a_revised_baseline_is_the_reason(since):
    change = since((2020, 99, FIRST), (2020, 101, SECOND), (2022, 102, FIRST)).changes[0]
    assert (change.before.verdict, change.now.verdict, change.decisive) == ("on_schedule", "behind", ("revised_data",))


def test_of_several_changes_the_one_that_decides_is_named(since):
    change = since(BASE, (2021, 100, FIRST), (2021, 100.1, SECOND), (2022, 101, SECOND)).changes[0]
    assert change.reasons == ("new_data", "revised_data", "later_year")
    # without the figure of 2022 the revised one of 2021 still stands behind its year, as it did
    assert (change.before.verdict, change.now.verdict) == ("behind", "behind")
    assert change.turned and change.decisive == ()


def test_a_later_year_of_knowledge_is_the_reason(statement, figure, asked):
    other = figure(2025, 1, "things", recorded=SECOND)
    question = asked(statement(value=105), figures=(figure(2020, 99, recorded=FIRST), figure(2022, 102, recorded=FIRST), other))
    change = compare(question, BETWEEN).changes[0]
    assert (change.before.verdict, change.now.verdict) == ("on_schedule", "not_reported")
    assert (change.reasons, change.decisive) == (("later_year",), ("later_year",))


def test_a_target_of_a_later_document_is_new(since, statement):
    later = (statement("later", value=120),)
    changes = since(BASE, (2022, 102, FIRST), day=dt.date(2022, 1, 1), later=later, as_of=2022).changes
    assert [change.before is None for change in changes] == [False, True]
    assert changes[1].reasons == ("new_target",) and changes[1].turned
    # the later document now governs the earlier one
    assert "governing" in changes[0].reasons and changes[0].governed_now is not None and changes[0].governed_before is None


def test_nothing_new_is_no_change(since):
    found = since(BASE, (2022, 102, FIRST), (2022, 102, SECOND))
    assert (found.turned, found.changes[0].reasons) == ((), ())


def test_figures_recorded_later_were_not_known(since):
    found = since(BASE, (2022, 102, SECOND), day=dt.date(2000, 1, 1), as_of=2022)
    assert found.as_of == 2000 and found.changes[0].before is None


def test_the_previous_vintage(asked, statement, figure):
    question = asked(statement(value=105), figures=(figure(2020, 99, recorded=FIRST), figure(2022, 102, recorded=SECOND)))
    assert previous_vintage(question) == FIRST
    assert previous_vintage(asked(statement(value=105), figures=(figure(2020, 99),))) is None


def test_rules_carry_versions_and_days():
    assert version("schedule") == RULES[-1].version
    assert changed_since(RULES[-1].since) == ()
    assert RULES[-1] in changed_since(dt.date(2026, 11, 24)) and all(rule.version != "1" for rule in changed_since(dt.date(2000, 1, 1)))
