"""Guards on the Jiangjin document: how much it says, how the copy without dashes is read, which unit answers for what."""

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from zhibiao.catalogue.load import read, shipped
from zhibiao.model.document import folded

REGISTRY = read([shipped()])
PLAN = REGISTRY.plans["jiangjin-2022-62"]
SAID = {statement.id: statement for statement in PLAN.statements}
AGAIN = [statement for statement in PLAN.statements if statement.repeats]
ROWS = {measure.locator: measure for measure in PLAN.measures}
DOCUMENT = Path(__file__).parents[2].parent / "shared" / "plans" / "jiangjin-2022-62.txt"
HERE = pytest.mark.skipif(not DOCUMENT.is_file(), reason="the document (../shared/plans beside the checkout) is no part of the project")
NUMERAL = re.compile(r"[0-9零一二三四五六七八九十百千万两]")
QUANTITY = re.compile(r"\d+(?:\.\d+)?(?:万人|人|名|所|个|项|家|%|倍)")


def parts() -> dict[str, str]:
    """The body and the annex, folded: a phrase that both have stands once in each."""
    text = folded(DOCUMENT.read_text(encoding="utf-8"))
    cut = text.rindex("附件江津区")
    return {"body": text[:cut], "annex": text[cut:]}


def test_every_statement_is_there_and_the_annex_counts_once():
    assert Counter((s.kind, s.repeats is not None) for s in PLAN.statements) == {("target", False): 45, ("target", True): 34}
    assert Counter(s.scope for s in PLAN.statements if s.repeats is None) == {"point": 42, "standing": 1, "annual": 1, "cumulative": 1}
    assert Counter(s.locator for s in AGAIN) == {
        "附件·1": 3, "附件·2": 6, "附件·3": 1, "附件·15": 9, "附件·21": 2, "附件·23": 11, "附件·24": 2,
    }  # fmt: skip


@pytest.mark.parametrize("again", AGAIN, ids=lambda s: s.id)
def test_a_row_of_the_annex_says_what_the_body_says(again):
    first = SAID[again.repeats]
    assert first.repeats is None
    assert not first.locator.startswith("附件")
    for name in ("low", "high", "comparator", "unit", "scope", "period", "strive"):
        assert getattr(again, name) == getattr(first, name), name
    assert first.id in ROWS[again.locator].statements


@pytest.mark.parametrize(
    ("name", "low", "high", "comparator", "written"),
    [
        ("community-bases", 8, 10, "between", "810个"),
        ("integrated-colleges", 2, 3, "between", "23个"),
        ("double-high-colleges", 1, 3, "between", "13所"),
        ("integration-bases", 16, 16, "eq", "16个"),
        ("famous-teacher-studios", 13, 13, "eq", "13个"),
    ],
)
def test_a_number_that_may_have_lost_its_dash_tells_how_it_is_read(name, low, high, comparator, written):
    read_as = SAID[name]
    assert (read_as.low, read_as.high, read_as.comparator) == (low, high, comparator)
    assert written in read_as.evidence
    assert written in read_as.note
    assert written.strip("个所") in read_as.note_en


@pytest.mark.parametrize(
    ("name", "indicator", "low", "comparator", "unit", "strive"),
    [
        ("vocational-university", "vocational_universities", "1", "eq", "所", True),
        ("high-level-groups", "high_level_major_groups", "5", "ge", "个", True),
        ("technical-school-city", "quality_schools", "1", "eq", "所", True),
        ("skilled-workers", "skilled_workers", "10", "ge", "万人", False),
        ("skilled-share", "skilled_share_of_employed", "25", "eq", "%", False),
        ("high-skill-share", "high_skill_share", "30", "ge", "%", False),
    ],
)
def test_a_main_target_says_what_the_text_says(name, indicator, low, comparator, unit, strive):
    target = SAID[name]
    assert (target.indicator, target.low, target.comparator, target.unit, target.strive) == (indicator, Decimal(low), comparator, unit, strive)
    assert (target.region, str(target.period), target.locator) == ("500116", "2025", "一(二)")
    assert name in PLAN.headline


def test_teachers_training_and_the_entrance_test_bind_as_written():
    assert [(SAID[n].low, SAID[n].high) for n in ("dual-teachers-colleges", "dual-teachers-secondary")] == [(60, None), (72, None)]
    multiple, weight = SAID["training-multiple"], SAID["entrance-skills-weight"]
    assert (multiple.low, multiple.unit, multiple.scope, str(multiple.period)) == (2, "倍", "annual", "2022-2025")
    assert (weight.low, weight.comparator, weight.scope, weight.period) == (50, "ge", "standing", None)


def test_the_annex_has_thirty_three_rows_in_order():
    assert [(m.id, m.locator) for m in PLAN.measures] == [(f"t{n:02d}", f"附件·{n}") for n in range(1, 34)]
    assert [m.id for m in PLAN.measures if m.period] == ["t01", "t02"]
    assert all(m.responsible and m.title_en and not m.lead for m in PLAN.measures)
    served = {name for m in PLAN.measures for name in m.statements}
    assert not served & {s.id for s in AGAIN}
    assert [s.id for s in PLAN.statements if not s.repeats and s.id not in served] == [
        "skilled-workers", "skilled-share", "high-skill-share", "progression", "technician-colleges", "double-high-colleges",
        "community-bases", "elder-centres", "german-platforms", "partners-abroad",
    ]  # fmt: skip


@HERE
def test_evidence_stands_once_in_its_part_and_holds_a_number():
    text = parts()
    found = {s.id: text["annex" if s.locator.startswith("附件") else "body"].count(folded(s.evidence)) for s in PLAN.statements}
    assert {name: count for name, count in found.items() if count != 1} == {}
    assert [s.id for s in PLAN.statements if not NUMERAL.search(folded(s.evidence))] == []


@HERE
def test_no_number_with_a_unit_is_left_out():
    for part, text in parts().items():
        phrases = [folded(s.evidence) for s in PLAN.statements if s.locator.startswith("附件") == (part == "annex")]
        spans = [(text.find(phrase), text.find(phrase) + len(phrase)) for phrase in phrases]
        missed = [m[0] for m in QUANTITY.finditer(text) if not any(start <= m.start() < end for start, end in spans)]
        assert missed == [], part


@HERE
def test_units_are_named_as_the_annex_names_them():
    lines = [line.strip() for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.strip()]
    table = lines[lines.index("责任单位") + 1 :]
    for n, measure in enumerate(PLAN.measures):
        number, _, units = table[3 * n : 3 * n + 3]
        assert number == str(n + 1)
        assert [unit.removesuffix("等") for unit in re.split("[、,]", units)] == list(measure.responsible), measure.id
        assert ("等" in units) == bool(measure.note and "等" in measure.note), measure.id
