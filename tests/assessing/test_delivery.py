"""Measures, their units and their progress: late, without an indicator, without an owner, not reported and never done."""

import re
import textwrap
from pathlib import Path

import pytest

from zhibiao.assessing.delivery import delivery
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study

PLAN = """\
id: wanzhou-plan
title: 万州方案
title_en: Wanzhou plan
short: 万州方案
issuer: [万州区人民政府]
region: "500101"
period: 2021-2025
issued: 2021-06-30
statements:
  - {id: intake, kind: target, indicator: intake, value: 1, comparator: ge, unit: 万人, scope: point, period: 2025, locator: 一, evidence: 1万人}
  - {id: pupils, kind: target, indicator: enrolment, value: 3, comparator: ge, unit: 万人, scope: point, period: 2025, locator: 一, evidence: 3万人}
  - {id: base, kind: baseline, indicator: schools, value: 2, comparator: eq, unit: 所, scope: point, period: 2020, locator: 一, evidence: 2所}
measures:
  - {id: m1, title: 扩招, locator: 二(一), lead: [区教委], responsible: [区教委, 区人力社保局], statements: [intake], period: 2022}
  - {id: m2, title: 师资, locator: 二(二), responsible: [区人力社保局]}
  - {id: m3, title: 宣传, locator: 二(三), period: 2021-2023}
  - {id: m4, title: 办学, locator: 二(四), responsible: [区财政局, 区教委], statements: [base], period: 2022}
"""
STATUS = """\
plan,measure,status,date,note,evidence
wanzhou-plan,m1,in_progress,2022-05-01,,
wanzhou-plan,m1,done,2024-01-10,,
wanzhou-plan,m4,done,2022-11-01,,
"""


@pytest.fixture
def asked(tmp_path: Path):
    for name, text in {"plans/wanzhou.yaml": PLAN, "status/all.csv": STATUS}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def put(as_of: int = 2023, region: str = "500101", plan: str = "all"):
        return study(load(tmp_path), region, plan, as_of=as_of)

    return put


def names(tasks):
    return [task.measure.id for task in tasks]


def test_late_is_past_the_deadline_and_not_done_and_silence_is_never_done(asked):
    found = delivery(asked(2023))
    assert names(found.late) == ["m1", "m3"]
    assert [task.stage for task in found.tasks] == ["in_progress", "unreported", "unreported", "done"]
    assert names(found.unreported) == ["m2", "m3"]


def test_a_deadline_has_passed_when_its_year_is_over(asked):
    assert names(delivery(asked(2021)).late) == []
    assert names(delivery(asked(2022)).late) == ["m1"]
    assert names(delivery(asked(2024)).late) == ["m3"]


def test_a_measure_without_a_period_ends_with_its_plan(asked):
    task = delivery(asked()).tasks[1]
    assert (task.deadline, task.own_deadline, task.over) == (2025, False, False)
    assert delivery(asked(2025)).tasks[1].late


def test_entries_after_as_of_are_not_counted_but_told(asked):
    assert [entry.date.year for entry in delivery(asked(2023)).later] == [2024]
    assert delivery(asked(2024)).later == ()


def test_what_lacks_an_indicator_an_owner_or_a_measure(asked):
    found = delivery(asked())
    assert names(found.without_indicator) == ["m2", "m3"]
    assert names(found.without_owner) == ["m3"]
    assert [s.id for s in found.unserved] == ["pupils"]


def test_units_have_what_they_lead_first_and_each_measure_once(asked):
    views = delivery(asked()).units
    assert [(view.unit, names(view.tasks), len(view.led), names(view.late)) for view in views] == [
        ("区教委", ["m1", "m4"], 1, ["m1"]),
        ("区人力社保局", ["m1", "m2"], 0, ["m1"]),
        ("区财政局", ["m4"], 0, []),
    ]


def test_targets_served_stand_beside_the_measure(asked):
    first, *_, last = delivery(asked()).tasks
    assert [s.verdict for s in first.targets] == ["unknown"]
    assert (last.targets, last.indicators) == ((), ("schools",))


def test_documents_without_measures_and_those_of_a_level_above_have_nothing_to_deliver_here(asked):
    found = delivery(asked(region="重庆"))
    assert (found.tasks, found.unserved, found.units) == ((), (), ())


def test_when_the_how_to_is_followed_then_the_status_counts(tmp_path: Path):
    page = (Path(__file__).parents[2] / "docs" / "track-delivery.md").read_text(encoding="utf-8")
    [csv] = re.findall(r"^ *```csv\n(.*?)^ *```", page, re.M | re.S)
    (tmp_path / "status").mkdir()
    (tmp_path / "status" / "cangzhou.csv").write_text(textwrap.dedent(csv), encoding="utf-8")
    found = delivery(study(load(tmp_path), "沧州", as_of=2023))
    assert {task.measure.id: task.stage for task in found.tasks if task.status} == {"m02": "done", "m04": "in_progress"}
    assert names(found.late) == ["m04"]
