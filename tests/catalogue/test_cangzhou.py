"""Guards against slips in the plan of Cangzhou: its targets as written, its nineteen measures, the units named, the text itself."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from zhibiao.assessing.semantics import condition
from zhibiao.catalogue.load import read, shipped
from zhibiao.model.document import folded

REGISTRY = read([shipped()])
PLAN = REGISTRY.plans["cangzhou-2019"]
DOCUMENT = Path(__file__).parents[2].parent / "shared" / "plans" / "cangzhou-2019.txt"
WITH_DOCUMENT = pytest.mark.skipif(not DOCUMENT.is_file(), reason="the document is not beside the checkout; it is no part of the project")

TARGETS = {
    "dual-qualified": ("eq", 60, "%", "point", "2029"),
    "practice-bases": ("eq", 5, "个", "point", "2029"),
    "teaching-teams": ("eq", 10, "个", "point", "2029"),
    "secondary-schools": ("eq", 10, "所", "point", "2022"),
    "colleges": ("eq", 2, "所", "point", "2022"),
    "schools-to-standard": ("eq", 100, "%", "point", "2022"),
    "new-places": ("ge", 17000, "个", "cumulative", "2019-2022"),
    "vocational-share": ("eq", 45, "%", "point", "2022"),
    "campus-merger": ("le", 3, "年", "point", "2022"),
    "no-dropouts": ("eq", 0, "名", "standing", ""),
    "internship-posts": ("eq", 2, "%", "standing", ""),
    "firm-experience": ("ge", 3, "年", "standing", ""),
    "teacher-practice": ("ge", 1, "个月", "standing", ""),
    "training-cycle": ("eq", 5, "年", "standing", ""),
    "part-time-posts": ("eq", 15, "%", "standing", ""),
    "levy-share": ("ge", 30, "%", "standing", ""),
    "secondary-funds": ("eq", 1000, "元", "standing", ""),
    "college-funds": ("ge", 12000, "元", "standing", ""),
    "joint-meetings": ("ge", 2, "次", "standing", ""),
}


def test_every_target_is_as_written_and_there_is_nothing_else():
    written = {
        s.id: (s.comparator, s.low if s.low is not None else s.high, s.unit, s.scope, str(s.period or "")) for s in PLAN.statements
    }
    assert written == {name: (comparator, Decimal(value), *rest) for name, (comparator, value, *rest) in TARGETS.items()}
    assert {(s.kind, s.region) for s in PLAN.statements} == {("target", "130900")}
    assert [s.id for s in PLAN.statements if s.strive] == ["campus-merger"]


def test_the_horizon_that_is_a_range_is_judged_at_its_last_year_and_says_so():
    far = [s for s in PLAN.statements if s.horizon == PLAN.period.end]
    assert [s.id for s in far] == ["dual-qualified", "practice-bases", "teaching-teams"]
    assert all("5-10年" in (s.note or "") and "5 to 10 years" in (s.note_en or "") for s in far)


@pytest.mark.parametrize(
    ("name", "enough", "short"),
    [
        ("dual-qualified", 61, 59.9),
        ("campus-merger", 2, 3.5),
        ("no-dropouts", 0, 1),
        ("training-cycle", 4, 6),
        ("part-time-posts", 15, 16),
        ("part-time-posts", 15, 14),
        ("secondary-funds", 1200, 999),
    ],
)
def test_a_target_binds_at_the_end_the_text_means(name, enough, short):
    target = REGISTRY.statement(f"cangzhou-2019/{name}")
    asked = condition(target, REGISTRY.indicators[target.indicator])
    assert (asked.verdict(enough, enough), asked.verdict(short, short)) == (True, False)


def test_nineteen_measures_in_order_and_every_target_has_one():
    assert [m.id for m in PLAN.measures] == [f"m{number:02}" for number in range(1, 20)]
    assert all(m.responsible and not m.lead and m.title_en for m in PLAN.measures)
    served = [name for m in PLAN.measures for name in m.statements]
    assert sorted(served) == sorted(TARGETS)
    assert {m.id: str(m.period) for m in PLAN.measures if m.period} == {"m02": "2022", "m04": "2019-2022"}


def test_a_rule_stands_in_the_section_of_its_measure():
    places = {s.id: s.locator for s in PLAN.statements}
    strays = {name for m in PLAN.measures for name in m.statements if places[name] not in (m.locator, "二")}
    assert strays == set()


@WITH_DOCUMENT
def test_the_units_are_those_named_in_the_document():
    named = [line.partition(":")[2] for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("责任单位")]
    split = [re.split(r"[、,](?![^(]*\))", folded(line)) for line in named]
    assert [list(map(folded, m.responsible)) for m in PLAN.measures] == split


@WITH_DOCUMENT
def test_every_evidence_phrase_stands_once_in_the_document():
    text = folded(DOCUMENT.read_text(encoding="utf-8"))
    found = {s.id: text.count(folded(s.evidence)) for s in PLAN.statements}
    assert {name: count for name, count in found.items() if count != 1} == {}
