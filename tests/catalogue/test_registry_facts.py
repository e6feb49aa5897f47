"""Guards against slips in the shipped registry: numbers of statements, the main targets, spot values, evidence in the documents."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from zhibiao.catalogue.load import read, shipped
from zhibiao.model.document import EVIDENCE_LIMIT, folded

REGISTRY = read([shipped()])
DOCUMENTS = Path(__file__).parents[2].parent / "shared" / "plans"
NUMERAL = re.compile(r"[0-9零一二三四五六七八九十百千万两半]")


COUNTS = {"chongqing-2021-452": 68, "chongqing-2022-32": 21, "national-2021-86": 8}


@pytest.mark.parametrize(("plan", "count"), COUNTS.items())
def test_every_statement_of_the_documents_is_there(plan, count):
    assert len(REGISTRY.plans[plan].statements) == count


def test_kinds_of_statements_are_as_counted():
    kinds = [s.kind for s in REGISTRY.plan("452号").statements]
    assert {kind: kinds.count(kind) for kind in kinds} == {"achieved": 41, "target": 24, "baseline": 3}


MAIN = [
    ("intake-2025", "intake", "3.5", "gt", "万人", "point", "2025", 35000, ("3", 2020)),
    ("enrolment-2025", "enrolment", "10.5", "gt", "万人", "point", "2025", 105000, ("9.9", 2020)),
    ("employment-2025", "employment_rate", "98", "gt", "%", "point", "2025", 98, ("98", 2020)),
    ("high-skill-2025", "high_skill_trained", "15", "gt", "万人", "cumulative", "2021-2025", 150000, None),
    ("training-2025", "social_training", "100", "gt", "万人次", "cumulative", "2021-2025", 1000000, None),
]


def test_the_box_of_main_indicators_is_the_headline():
    assert REGISTRY.plan("452号").headline == tuple(row[0] for row in MAIN)


@pytest.mark.parametrize("row", MAIN, ids=[row[0] for row in MAIN])
def test_a_main_target_says_what_the_box_says(row):
    name, indicator, low, comparator, unit, scope, period, base, baseline = row
    target = REGISTRY.statement(f"chongqing-2021-452/{name}")
    assert (target.kind, target.region, target.indicator, target.comparator) == ("target", "500000", indicator, comparator)
    assert (target.low, target.high, target.unit, target.scope, str(target.period)) == (Decimal(low), None, unit, scope, period)
    assert target.base_low == base
    if baseline is None:
        assert target.baseline is None
    else:
        start = REGISTRY.statement(f"chongqing-2021-452/{target.baseline}")
        assert (start.kind, start.indicator, start.low, start.unit, start.horizon) == ("baseline", indicator, Decimal(baseline[0]), unit, baseline[1])


@pytest.mark.parametrize(
    ("name", "low", "comparator", "scope", "maintain"),
    [("enrolment-keep", 120000, "ge", "annual", True), ("employment-keep", 98, "ge", "annual", True), ("training-total", 750000, "ge", "cumulative", False)],
)
def test_the_later_document_says_its_own(name, low, comparator, scope, maintain):
    target = REGISTRY.statement(f"chongqing-2022-32/{name}")
    assert (target.base_low, target.comparator, target.scope, target.maintain) == (low, comparator, scope, maintain)
    assert str(target.period) == "2021-2025"


def test_a_figure_without_a_period_stays_without_one():
    unclear = REGISTRY.statement("chongqing-2021-452/social-training")
    assert (unclear.period, unclear.kind, unclear.base_low) == (None, "achieved", 167000)
    assert unclear.note and unclear.note_en


@pytest.mark.parametrize(
    ("region", "indicator", "year", "value"),
    [
        ("100000", "enrolment", 1998, "1730000"),
        ("100000", "enrolment", 2010, "4220500"),
        ("100000", "enrolment", 2024, "4287000"),
        ("100000", "enrolment", 2023, None),
        ("100000", "intake", 2022, None),
        ("100000", "intake", 2019, "1429500"),
        ("500000", "enrolment", 2017, "98000"),
        ("500000", "enrolment", 2020, "99000"),
        ("500000", "intake", 2020, "30000"),
        ("500000", "employment_rate", 2020, "98"),
    ],
)
def test_an_observed_value_is_as_published(region, indicator, year, value):
    found = REGISTRY.series(region, indicator).at(year)
    assert (found is None) if value is None else (found.base_value == Decimal(value))


def test_nothing_is_invented_for_chongqing():
    known = {name: [str(p.period) for p in REGISTRY.series("500000", name).points] for name in ("enrolment", "intake", "social_training", "high_skill_trained")}
    assert known == {"enrolment": ["2017", "2020"], "intake": ["2020"], "social_training": [], "high_skill_trained": []}


def test_the_national_series_is_whole_from_1998_to_2019():
    for indicator in ("schools", "intake", "enrolment", "graduates", "staff", "teachers"):
        years = {p.period.year for p in REGISTRY.series("100000", indicator).annual}
        assert years >= set(range(1998, 2020)), indicator


def test_no_series_contradicts_itself():
    for region in {o.region for o in REGISTRY.observations}:
        for indicator in {o.indicator for o in REGISTRY.observed(region)}:
            assert REGISTRY.series(region, indicator).conflicting == frozenset(), (region, indicator)


@pytest.mark.parametrize("statement", REGISTRY.statements(), ids=lambda s: s.key)
def test_evidence_is_short_and_holds_a_number(statement):
    assert len(statement.evidence) <= EVIDENCE_LIMIT
    assert NUMERAL.search(folded(statement.evidence))


def test_every_statement_has_a_key_of_its_own_and_the_region_of_its_document():
    assert len({s.key for s in REGISTRY.statements()}) == len(REGISTRY.statements())
    assert {s.region for name in COUNTS for s in REGISTRY.plans[name].statements} == {"500000", "100000"}


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the documents (../shared/plans beside the checkout) are not here; they are no part of the project")
@pytest.mark.parametrize("plan", ["chongqing-2021-452", "chongqing-2022-32"])
def test_every_evidence_phrase_stands_once_in_its_document(plan):
    text = folded((DOCUMENTS / f"{plan}.txt").read_text(encoding="utf-8"))
    found = {s.id: text.count(folded(s.evidence)) for s in REGISTRY.plans[plan].statements}
    assert {name: count for name, count in found.items() if count != 1} == {}


def test_every_shipped_indicator_is_defined_in_both_languages() -> None:
    assert [i.id for i in REGISTRY.indicators.values() if not i.definition_en] == []
