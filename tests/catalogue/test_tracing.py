"""What was asked of the registry is noted, and noticed when it would be answered otherwise."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from zhibiao.catalogue import load, tracing
from zhibiao.catalogue.tracing import Answers
from zhibiao.errors import ParameterError

REGISTRY = load.load()
SERIES = '[null, "series", "100000", "enrolment", 2019]'


@pytest.fixture
def noted(monkeypatch):
    monkeypatch.setattr(tracing, "_notes", {})
    monkeypatch.setenv(tracing.SWITCH, "1")
    return lambda: json.loads(tracing.notes())


def changed(**update):
    """The registry with another value in one observation of the nation's enrolment of 2015."""
    rows = list(REGISTRY.observations)
    at = next(n for n, row in enumerate(rows) if (row.region, row.indicator, row.period.year) == ("100000", "enrolment", 2015))
    rows[at] = rows[at].model_copy(update=update)
    return replace(REGISTRY, observations=tuple(rows))


def test_without_the_switch_nothing_is_noted(noted, monkeypatch):
    monkeypatch.delenv(tracing.SWITCH)
    REGISTRY.newest_year("500000")
    assert noted() == {}


def test_the_outermost_question_is_noted_once(noted):
    REGISTRY.series("100000", "enrolment", 2019)
    REGISTRY.series("100000", "enrolment", as_of=2019)
    REGISTRY.vintages("100000")
    assert set(noted()) == {SERIES, '[null, "vintages", "100000"]'}


def test_the_same_registry_answers_the_same(noted):
    REGISTRY.series("100000", "enrolment", 2019)
    REGISTRY.plans_for("500000")
    REGISTRY.statement(REGISTRY.statements()[0].key)
    REGISTRY.regions_with("intake")
    REGISTRY.source(next(iter(REGISTRY.sources)))
    REGISTRY.known_on(dt.date(2022, 1, 1)).newest_year("500000")
    with pytest.raises(ParameterError):
        REGISTRY.plan("no such plan")
    assert len(noted()) == 7
    assert Answers(load.load()).same(noted())


@pytest.mark.parametrize(
    ("question", "concerned"),
    [
        (SERIES, True),
        ('[null, "series", "100000", "enrolment", 2014]', False),
        ('[null, "series", "100000", "intake", 2019]', False),
        ('[null, "observed", "100000"]', True),
        ('[null, "observed", "500000"]', False),
        ('[null, "newest_year", "100000"]', False),
        ('[null, "indicators_observed", "100000"]', False),
        ('["2000-01-01", "series", "100000", "enrolment", 2019]', False),
        ('["2100-01-01", "series", "100000", "enrolment", 2019]', True),
    ],
)
def test_a_changed_figure_concerns_those_who_looked_at_it(question, concerned):
    before = {question: Answers(REGISTRY).digest(question)}
    assert Answers(changed(value=Decimal("1.5"))).same(before) is not concerned


def test_where_a_row_stands_does_not_count_and_its_source_does():
    before = {SERIES: Answers(REGISTRY).digest(SERIES)}
    assert Answers(changed(origin="elsewhere.csv:9")).same(before)
    name = REGISTRY.series("100000", "enrolment", 2019).points[0].source
    renamed = REGISTRY.sources[name].model_copy(update={"title": "另一个名字"})
    assert not Answers(replace(REGISTRY, sources={**REGISTRY.sources, name: renamed})).same(before)


def test_a_statement_is_told_with_its_document():
    key = REGISTRY.statements()[0].key
    question = json.dumps([None, "statement", key])
    plan = REGISTRY.plans[REGISTRY.statement(key).plan]
    renamed = {**REGISTRY.plans, plan.id: plan.model_copy(update={"number": "另号"})}
    assert Answers(replace(REGISTRY, plans=renamed)).digest(question) != Answers(REGISTRY).digest(question)


def test_a_file_read_past_the_registry_is_noted(noted, monkeypatch, tmp_path):
    folder = tmp_path / "data"
    (folder / "observations").mkdir(parents=True)
    mine = folder / "observations" / "mine.csv"
    mine.write_text("a\n")
    (folder / "regions.csv").write_text("b\n")
    monkeypatch.setattr(tracing, "_watching", False)
    tracing.watch([folder])
    with tracing.reading():
        mine.read_text()
    assert noted() == {}
    mine.read_text()
    (folder / "regions.csv").read_text()  # every run depends on it anyway
    question = '[null, "file", "observations/mine.csv"]'
    assert set(noted()) == {question}
    over = replace(REGISTRY, folders=(folder,))
    assert Answers(over).same(noted())
    mine.write_text("c\n")
    assert not Answers(over).same(noted())


def test_everything_is_every_traced_file(tmp_path):
    over = replace(REGISTRY, folders=(tmp_path,))
    before = Answers(over).digest(tracing.EVERYTHING)
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "new.yaml").write_text("a")
    after = Answers(over).digest(tracing.EVERYTHING)
    (tmp_path / "other.yaml").write_text("a")
    assert before != after == Answers(over).digest(tracing.EVERYTHING)


def test_a_roll_up_does_not_ask_for_every_indicator_of_every_region(noted):
    from zhibiao.assessing.rollup import sums
    from zhibiao.catalogue.study import study

    question = study(REGISTRY, "重庆")
    sums(question)
    assert len(noted()) < 5 * len([region for region in REGISTRY.regions.values() if region.parent == question.region.code])
