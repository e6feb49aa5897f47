"""Which verdicts have changed, from the summary of a batch."""

import pandas as pd

from zhibiao.scheduling.changes import compared, verdicts

SHORT = ["region_code", "region_name", "scenario", "statement", "indicator", "verdict", "verdict_zh", "verdict_en"]


def frame(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=SHORT)


def row(statement: str, verdict: object, scenario: str = "baseline", code: str = "500000") -> tuple[object, ...]:
    words = {"met": ("已达到", "met"), "behind": ("进度滞后", "behind schedule"), "on_schedule": ("进度正常", "on schedule")}
    zh, en = words.get(str(verdict), (None, None))
    return (code, "重庆", scenario, statement, "enrolment", verdict, zh, en)


def known(*rows: tuple[object, ...]) -> dict[str, str]:
    return {key: verdict.verdict for key, verdict in verdicts(frame(*rows)).items()}


def test_a_changed_verdict_is_named_with_what_it_was():
    before = known(row("p/a", "on_schedule"), row("p/b", "met"), row("p/a", "met", "plan_2021"))
    after = verdicts(frame(row("p/a", "behind"), row("p/b", "met"), row("p/a", "met", "plan_2021")))
    (change,) = compared(before, after)
    assert (change.key, change.before, change.after.verdict) == ("500000/baseline/p/a", "on_schedule", "behind")
    line = change.line({"on_schedule": ("进度正常", "on schedule")})
    assert line == "重庆 · enrolment · p/a（baseline）：进度正常 → 进度滞后　重庆, enrolment, baseline: on schedule → behind schedule"


def test_new_targets_and_targets_that_went_are_no_changes():
    assert compared(known(row("p/a", "met")), verdicts(frame(row("p/b", "behind")))) == []
    assert compared({}, verdicts(frame(row("p/a", "met")))) == []
    assert compared(known(row("p/a", "met")), {}) == []


def test_a_target_without_a_verdict_is_left_out():
    for nothing in (None, float("nan"), pd.NA):
        assert known(row("p/a", nothing), row("p/b", "met")) == {"500000/baseline/p/b": "met"}


def test_the_same_target_of_another_region_or_scenario_is_another_one():
    assert len(known(row("p/a", "met"), row("p/a", "met", "plan_2021"), row("p/a", "met", code="500101"))) == 3


def test_names_in_both_languages_are_taken_where_the_summary_has_them():
    told = frame(row("p/a", "met")).assign(region_en="Chongqing", indicator_zh="在校生规模", indicator_en="enrolment", clause="452号 专栏1·2", scenario_zh="基准")
    (verdict,) = verdicts(told).values()
    assert (verdict.region_en, verdict.indicator, verdict.clause, verdict.scenario, verdict.scenario_en) == (
        "Chongqing", "在校生规模", "452号 专栏1·2", "基准", "baseline",
    )  # fmt: skip


def test_a_batch_without_a_summary_has_no_verdicts(tmp_path):
    from zhibiao.scheduling.changes import of_batch

    assert of_batch(tmp_path) == {}
