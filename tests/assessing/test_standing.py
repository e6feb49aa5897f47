"""Every evidence state and every verdict, on registries of a few figures."""

from dataclasses import replace

import pytest

from zhibiao.assessing.standing import STATES, VERDICTS, standing
from zhibiao.model import Indicator
from zhibiao.model.indicator import Break


@pytest.fixture
def stand(statement, figure, asked):
    """Where a target stands: its words, the figures as (period, value[, more]), and as_of."""

    def made(parts, rows=(), as_of=2023, indicator="level", issued="2021-06-30", baseline=None):
        parts = {"comparator": "gt", "indicator": indicator, **parts}
        extra = []
        if baseline is not None:
            extra.append(statement("start", indicator, kind="baseline", comparator="eq", value=baseline, period=2020))
            parts["baseline"] = "start"
        target = statement(**parts)
        figures = tuple(figure(row[0], row[1], indicator, **(row[2] if len(row) > 2 else {})) for row in rows)
        s = asked(target, *extra, figures=figures, as_of=as_of, issued=issued)
        return standing(s, s.plans[0].statements[0])

    return made


POINT = {"value": 105}
KEEP = {"comparator": "ge", "value": 98, "scope": "annual", "maintain": True}
ABOVE = {**KEEP, "comparator": "gt"}
MEAN = {"comparator": "ge", "value": 3, "scope": "annual", "mean": True}
TOTAL = {"comparator": "gt", "value": 100, "scope": "cumulative"}
RULE = {"comparator": "ge", "value": 50, "scope": "standing"}

# words of the target, figures, as_of, indicator, more → state, verdict, met, gap
CASES = {
    # a value at 2025, from 99 in 2020
    "on schedule": (POINT, [(2022, 102)], 2022, "level", {"baseline": 99}, ("assessed", "on_schedule", False, 3)),
    "behind": (POINT, [(2022, 101)], 2022, "level", {"baseline": 99}, ("assessed", "behind", False, 4)),
    "away": (POINT, [(2022, 97)], 2022, "level", {"baseline": 99}, ("assessed", "behind", False, 8)),
    "met before its year": (POINT, [(2022, 106)], 2022, "level", {"baseline": 99}, ("assessed", "met", True, 0)),
    "level before its year": (POINT, [(2022, 105)], 2022, "level", {"baseline": 99}, ("assessed", "level", False, 0)),
    "met": (POINT, [(2025, 106)], 2025, "level", {"baseline": 99}, ("assessed", "met", True, 0)),
    "missed": (POINT, [(2025, 104)], 2025, "level", {"baseline": 99}, ("assessed", "missed", False, 1)),
    "missed by nothing": (POINT, [(2025, 105)], 2025, "level", {"baseline": 99}, ("assessed", "missed", False, 0)),
    "met, and later figures differ": (POINT, [(2025, 106), (2027, 90)], 2027, "level", {"baseline": 99}, ("assessed", "met", True, 0)),
    "missed, and later figures differ": (POINT, [(2025, 104), (2027, 120)], 2027, "level", {"baseline": 99}, ("assessed", "missed", False, 1)),
    "year not reported, an earlier one above": (POINT, [(2024, 110)], 2025, "level", {"baseline": 99}, ("passed_not_reported", "not_reported", None, 0)),
    "year not reported, an earlier one below": (POINT, [(2023, 100)], 2027, "level", {"baseline": 99}, ("passed_not_reported", "not_reported", None, 5)),
    "year not reported, only a month": (POINT, [("2025-06", 110)], 2025, "level", {"baseline": 99}, ("passed_not_reported", "not_reported", None, 0)),
    "year not reported, a later one": (POINT, [(2026, 110)], 2026, "level", {"baseline": 99}, ("passed_not_reported", "not_reported", None, 6)),
    "nothing known": (POINT, [], 2023, "level", {}, ("not_yet_reported", "unknown", None, None)),
    "only the baseline": (POINT, [(2020, 99)], 2023, "level", {}, ("not_yet_reported", "unknown", None, 6)),
    "only the document's baseline": (POINT, [], 2023, "level", {"baseline": 99}, ("not_yet_reported", "unknown", None, 6)),
    "a month of the second year": (POINT, [("2022-10", 102)], 2022, "level", {"baseline": 99}, ("assessed", "on_schedule", False, 3)),
    "no baseline": (POINT, [(2022, 101)], 2022, "level", {}, ("no_baseline", "unknown", False, 4)),
    "no baseline, met": (POINT, [(2022, 106)], 2022, "level", {}, ("assessed", "met", True, 0)),
    "no baseline, level": (POINT, [(2022, 105)], 2022, "level", {}, ("no_baseline", "level", False, 0)),
    "no baseline, missed": (POINT, [(2025, 104)], 2025, "level", {}, ("assessed", "missed", False, 1)),
    "stale": (POINT, [(2021, 101)], 2023, "level", {"baseline": 99}, ("stale", "on_schedule", False, 4)),
    "one year old": (POINT, [(2022, 102)], 2023, "level", {"baseline": 99}, ("assessed", "on_schedule", False, 3)),
    "medium confidence": (POINT, [(2022, 102, {"confidence": "medium"})], 2022, "level", {"baseline": 99}, ("estimate_only", "on_schedule", False, 3)),
    "derived": (POINT, [(2022, 102, {"status": "derived"})], 2022, "level", {"baseline": 99}, ("estimate_only", "on_schedule", False, 3)),
    "an unsure year before": (POINT, [(2021, 100, {"confidence": "low"}), (2022, 102)], 2022, "level", {"baseline": 99}, ("assessed", "on_schedule", False, 3)),
    "conflicting": (POINT, [(2022, 102), (2022, 106, {"source": "t"})], 2022, "level", {"baseline": 99}, ("conflicting", "unknown", None, None)),
    "conflicting before": (POINT, [(2021, 100), (2021, 101, {"source": "t"}), (2022, 102)], 2022, "level", {"baseline": 99}, ("assessed", "on_schedule", False, 3)),
    "only the starting point, nothing owed yet": (POINT, [(2020, 99)], 2020, "level", {}, ("too_few_points", "unknown", None, 6)),
    "baseline contested": (POINT, [(2020, 99), (2020, 98, {"source": "t"}), (2022, 102)], 2022, "level", {}, ("conflicting", "unknown", None, None)),
    "already met at the start, and no longer": (POINT, [(2022, 104)], 2022, "level", {"baseline": 108}, ("assessed", "behind", False, 1)),
    "already met at the start, and still": (POINT, [(2022, 107)], 2022, "level", {"baseline": 108}, ("assessed", "met", True, 0)),
    # a rate above 98 from 98
    "98 to 98.0": ({"value": 98}, [(2022, "98.0")], 2022, "rate", {"baseline": 98}, ("assessed", "level", False, 0)),
    "98 to 97.9": ({"value": 98}, [(2022, "97.9")], 2022, "rate", {"baseline": 98}, ("assessed", "behind", False, 0.1)),
    "98 or more against >98": ({"value": 98}, [(2022, 98, {"qualifier": "ge"})], 2022, "rate", {"baseline": 98}, ("assessed", "unknown", None, 0)),
    "98 or more against ≥98": ({"comparator": "ge", "value": 98}, [(2022, 98, {"qualifier": "ge"})], 2022, "rate", {"baseline": 98}, ("assessed", "met", True, 0)),
    "more than 98 against >98": ({"value": 98}, [(2022, 98, {"qualifier": "gt"})], 2022, "rate", {"baseline": 98}, ("assessed", "met", True, 0)),
    "a floor that keeps up": ({"value": 98}, [(2022, 97, {"qualifier": "ge"})], 2022, "rate", {"baseline": 95}, ("assessed", "on_schedule", None, 1)),
    "a floor that may keep up": ({"value": 98}, [(2022, 96, {"qualifier": "ge"})], 2022, "rate", {"baseline": 95}, ("assessed", "unknown", None, 2)),
    "a floor of what should fall, too high": ({"comparator": "le", "value": 5}, [(2022, 9, {"qualifier": "ge"})], 2022, "falling", {"baseline": 10}, ("assessed", "behind", False, 4)),
    "a floor of what should fall, perhaps higher": ({"comparator": "le", "value": 5}, [(2022, 7, {"qualifier": "ge"})], 2022, "falling", {"baseline": 10}, ("assessed", "unknown", False, 2)),
    "what should fall": ({"comparator": "le", "value": 5}, [(2022, 7)], 2022, "falling", {"baseline": 10}, ("assessed", "on_schedule", False, 2)),
    # at a level, things and flows
    "sixth of three to five": ({"comparator": "between", "value": [3, 5]}, [(2022, 6)], 2022, "things", {}, ("assessed", "met", True, 0)),
    "steered down to about 700": ({"comparator": "about", "value": 700}, [(2022, 800)], 2022, "steered", {"baseline": 800}, ("assessed", "behind", False, 30)),
    "what came in within a month": ({"value": 50}, [("2022-09", 40, {"basis": "in_period"})], 2022, "flow", {"baseline": 30}, ("not_yet_reported", "unknown", None, 20)),
    "year to date against a yearly value": ({"value": 50}, [("2022-09", 60, {"basis": "year_to_date"})], 2022, "flow", {"baseline": 30}, ("not_yet_reported", "unknown", None, 20)),
    # kept from 2021 to 2025
    "kept so far": (KEEP, [(2021, 98), (2022, 99)], 2022, "rate", {}, ("assessed", "holding", None, 0)),
    "kept, a year is out": (KEEP, [(2022, 99)], 2022, "rate", {}, ("assessed", "holding", None, 0)),
    "kept to the end": (KEEP, [(y, 98) for y in range(2021, 2026)], 2025, "rate", {}, ("assessed", "met", True, 0)),
    "kept at the end, a year is out": (KEEP, [(y, 98) for y in (2021, 2022, 2024, 2025)], 2025, "rate", {}, ("assessed", "holding", None, 0)),
    "kept, the end is out": (KEEP, [(2021, 98), (2022, 99)], 2025, "rate", {}, ("passed_not_reported", "not_reported", None, 0)),
    "violated in one year": (KEEP, [(2021, 99), (2022, 97.5), (2023, 99)], 2023, "rate", {}, ("assessed", "missed", False, 0.5)),
    "violated in one year, the end is out": (KEEP, [(2021, 99), (2022, 97.5)], 2026, "rate", {}, ("stale", "missed", False, 0.5)),
    "one unsure year": (KEEP, [(2021, 98, {"confidence": "medium"}), (2022, 99)], 2022, "rate", {}, ("estimate_only", "holding", None, 0)),
    "one conflicting year": (KEEP, [(2021, 98), (2021, 97, {"source": "t"}), (2022, 99)], 2022, "rate", {}, ("conflicting", "unknown", None, None)),
    "kept as far as floors tell": (KEEP, [(2021, 97, {"qualifier": "ge"})], 2021, "rate", {}, ("assessed", "unknown", None, 1)),
    "98 or more in every year against kept above 98": (ABOVE, [(y, 98, {"qualifier": "ge"}) for y in (2021, 2022)], 2022, "rate", {}, ("assessed", "unknown", None, 0)),
    "98 or more in one year against kept above 98": (ABOVE, [(2021, 99), (2022, 98, {"qualifier": "ge"})], 2022, "rate", {}, ("assessed", "unknown", None, 0)),
    "98 or more in one year, and another below": (ABOVE, [(2021, 97), (2022, 98, {"qualifier": "ge"})], 2022, "rate", {}, ("assessed", "missed", False, 1)),
    "more than 98 in every year against kept above 98": (ABOVE, [(y, 98, {"qualifier": "gt"}) for y in (2021, 2022)], 2022, "rate", {}, ("assessed", "holding", None, 0)),
    "98 or more in every year against kept at 98": (KEEP, [(y, 98, {"qualifier": "ge"}) for y in (2021, 2022)], 2022, "rate", {}, ("assessed", "holding", None, 0)),
    "about 98 against kept at 98": (KEEP, [(2021, 98, {"qualifier": "about"})], 2021, "rate", {}, ("assessed", "unknown", None, 0)),
    "98 or more to the end against kept above 98": (ABOVE, [(y, 98, {"qualifier": "ge"}) for y in range(2021, 2026)], 2025, "rate", {}, ("assessed", "unknown", None, 0)),
    "never there before the document": (KEEP, [(2020, 80)], 2021, "rate", {}, ("definition_unclear", "unknown", None, 18)),
    "nearly there before the document": (KEEP, [(2020, 95)], 2021, "rate", {}, ("not_yet_reported", "unknown", None, 3)),
    "not there in the year of the document": (KEEP, [(2021, 80)], 2021, "rate", {}, ("definition_unclear", "unknown", False, 18)),
    "fallen widely since the document": (KEEP, [(2022, 99), (2023, 80)], 2023, "rate", {}, ("assessed", "missed", False, 18)),
    "never there by the document's own word": (KEEP, [], 2021, "rate", {"baseline": 80}, ("definition_unclear", "unknown", None, 18)),
    "there since the document": (KEEP, [(2020, 80), (2022, 98)], 2022, "rate", {}, ("assessed", "holding", None, 0)),
    "each year, without keeping": ({**KEEP, "maintain": False}, [(2020, 80), (2021, 97)], 2021, "rate", {}, ("assessed", "missed", False, 1)),
    # a yearly mean
    "mean so far": ({"comparator": "ge", "value": 3, "scope": "annual", "mean": True}, [(2021, 2), (2022, 5)], 2022, "flow", {}, ("assessed", "on_schedule", None, 0)),
    "mean behind": ({"comparator": "ge", "value": 3, "scope": "annual", "mean": True}, [(2021, 2), (2022, 3)], 2022, "flow", {}, ("assessed", "behind", None, 0.5)),
    "mean of floors above": (MEAN, [(2021, 2), (2022, 5, {"qualifier": "ge"})], 2022, "flow", {}, ("assessed", "on_schedule", None, 0)),
    "mean of floors just there": ({**MEAN, "comparator": "gt"}, [(2021, 2), (2022, 4, {"qualifier": "ge"})], 2022, "flow", {}, ("assessed", "unknown", None, 0)),
    "mean of floors below": (MEAN, [(2021, 2), (2022, 3, {"qualifier": "ge"})], 2022, "flow", {}, ("assessed", "unknown", None, 0.5)),
    "mean of floors at the end": ({**MEAN, "comparator": "gt"}, [(y, 3, {"qualifier": "ge"}) for y in range(2021, 2026)], 2025, "flow", {}, ("assessed", "unknown", None, 0)),
    "mean at the end": ({"comparator": "ge", "value": 3, "scope": "annual", "mean": True}, [(y, 3) for y in range(2021, 2026)], 2025, "flow", {}, ("assessed", "met", True, 0)),
    "mean missed": ({"comparator": "ge", "value": 3, "scope": "annual", "mean": True}, [(y, 2) for y in range(2021, 2026)], 2025, "flow", {}, ("assessed", "missed", False, 1)),
    # a total of more than 100 in 2021 to 2025
    "total on schedule": (TOTAL, [(2021, 20), (2022, 20)], 2022, "flow", {}, ("assessed", "on_schedule", None, 60)),
    "total behind": (TOTAL, [(2021, 20), (2022, 19)], 2022, "flow", {}, ("assessed", "behind", None, 61)),
    "total reached early": (TOTAL, [(2021, 60), (2022, 60)], 2022, "flow", {}, ("assessed", "met", True, 0)),
    "total level early": (TOTAL, [(2021, 60), (2022, 40)], 2022, "flow", {}, ("assessed", "on_schedule", None, 0)),
    "total reached over a hole": (TOTAL, [(2021, 60), (2023, 60)], 2023, "flow", {}, ("assessed", "met", True, 0)),
    "total with a hole": (TOTAL, [(2021, 20), (2023, 20)], 2023, "flow", {}, ("not_yet_reported", "unknown", None, None)),
    "total at the end with a hole": (TOTAL, [(y, 20) for y in (2021, 2022, 2024, 2025)], 2025, "flow", {}, ("passed_not_reported", "not_reported", None, None)),
    "total missed": (TOTAL, [(y, 20) for y in range(2021, 2026)], 2025, "flow", {}, ("assessed", "missed", False, 0)),
    "total met": (TOTAL, [(y, 20.5) for y in range(2021, 2026)], 2026, "flow", {}, ("assessed", "met", True, 0)),
    "total of floors": (TOTAL, [(y, 19, {"qualifier": "ge"}) for y in range(2021, 2026)], 2025, "flow", {}, ("assessed", "unknown", None, 5)),
    "total of floors behind": (TOTAL, [(2021, 15, {"qualifier": "ge"})], 2021, "flow", {}, ("assessed", "unknown", None, 85)),
    "total, last year out": (TOTAL, [(y, 20) for y in range(2021, 2025)], 2025, "flow", {}, ("passed_not_reported", "not_reported", None, 20)),
    "total, not begun": (TOTAL, [(2020, 30)], 2021, "flow", {}, ("not_yet_reported", "unknown", None, None)),
    "total, later years do not count": (TOTAL, [(y, 20) for y in range(2021, 2028)], 2027, "flow", {}, ("assessed", "missed", False, 0)),
    "total with a year to date": (TOTAL, [(2021, 20), ("2022-06", 5, {"basis": "year_to_date"})], 2022, "flow", {}, ("assessed", "on_schedule", None, 75)),
    "total reached by a year to date": (TOTAL, [(2021, 90), ("2022-06", 15, {"basis": "year_to_date"})], 2022, "flow", {}, ("assessed", "met", True, 0)),
    "only a year to date": (TOTAL, [("2021-06", 5, {"basis": "year_to_date"})], 2021, "flow", {}, ("assessed", "unknown", None, 95)),
    "a hole before a year to date": (TOTAL, [(2021, 20), ("2023-06", 5, {"basis": "year_to_date"})], 2023, "flow", {}, ("not_yet_reported", "unknown", None, None)),
    "one unsure part": (TOTAL, [(2021, 20, {"confidence": "low"}), (2022, 20)], 2022, "flow", {}, ("estimate_only", "on_schedule", None, 60)),
    # a rule
    "rule kept so far": (RULE, [(2021, 50), (2022, 60)], 2022, "rate", {}, ("assessed", "holding", None, 0)),
    "rule broken": (RULE, [(2021, 50), (2022, 40)], 2022, "rate", {}, ("assessed", "missed", False, 10)),
    "rule not reported": (RULE, [], 2022, "rate", {}, ("not_yet_reported", "unknown", None, None)),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_state_and_verdict(stand, case):
    words, rows, as_of, indicator, more, (state, verdict, met, gap) = case
    stands = stand(words, rows, as_of, indicator, **more)
    assert (stands.state, stands.verdict) == (state, verdict)
    if state != "conflicting":
        assert stands.met is met
        assert stands.gap == (None if gap is None else pytest.approx(gap))
    assert stands.gap is None or stands.gap >= 0
    assert not (stands.met and stands.gap)


def test_every_state_and_every_verdict_is_shown_above():
    assert {case[-1][1] for case in CASES.values()} == set(VERDICTS)
    assert {case[-1][0] for case in CASES.values()} | {"definition_changed"} == set(STATES)


def test_missing_years_are_those_of_the_period_up_to_as_of(stand):
    assert stand(POINT, [(2022, 102)], 2023).missing == (2021, 2023)
    assert stand(KEEP, [(2022, 99)], 2027, "rate").missing == (2021, 2023, 2024, 2025)
    assert stand(KEEP, [], 2023, "rate", issued="2022-07-22").missing == (2022, 2023)
    assert stand(TOTAL, [], 2020, "flow").missing == ()


def test_a_share_of_the_gap_is_of_the_change_that_is_asked(stand):
    assert stand(POINT, [(2022, 102)], 2022, baseline=99).gap_share == pytest.approx(0.5)
    assert stand(POINT, [(2022, 102)], 2022).gap_share == pytest.approx(3 / 105)
    assert stand(TOTAL, [(2021, 20)], 2021, "flow").gap_share == pytest.approx(0.8)
    assert stand({"value": 98}, [(2022, 98)], 2022, "rate", baseline=98).gap_share == 0
    assert stand({"value": 98}, [(2022, 97)], 2022, "rate", baseline=98).gap_share is None


def test_a_year_to_date_counts_into_the_total_and_not_into_the_schedule(stand):
    stands = stand(TOTAL, [(2021, 20), ("2022-06", 5, {"basis": "year_to_date"})], 2022, "flow")
    assert stands.total == 25
    assert (stands.progress.change, stands.progress.time, stands.progress.pace) == pytest.approx((0.2, 0.2, 20))
    assert str(stands.latest.period) == "2022-06"


@pytest.mark.parametrize(
    ("rows", "total", "left"),
    [
        ([(2021, 3000), (2022, 3500)], 6500, 3),
        ([(2021, 3000), (2022, 3500), ("2023-09", 2999, {"basis": "year_to_date"})], 9499, 2.25),
        ([("2021-06", 500, {"basis": "year_to_date"})], 500, 4.5),
    ],
    ids=["whole years", "and nine months", "half a year alone"],
)
def test_the_pace_needed_closes_the_gap_in_the_time_from_the_latest_figure_on(stand, rows, total, left):
    stands = stand({"comparator": "ge", "value": 10000, "scope": "cumulative"}, rows, 2023 if len(rows) > 1 else 2021, "flow")
    assert (stands.total, stands.gap) == (total, 10000 - total)
    assert stands.needed * left == pytest.approx(stands.gap)


def test_nothing_more_is_needed_once_a_year_to_date_reaches_the_total(stand):
    stands = stand(TOTAL, [(2021, 90), ("2022-06", 10, {"basis": "year_to_date"})], 2022, "flow")
    assert (stands.gap, stands.needed) == (0, None)


def test_without_the_years_between_no_pace_is_given(stand):
    assert stand(TOTAL, [(2021, 20), ("2023-06", 5, {"basis": "year_to_date"})], 2023, "flow").needed is None


def test_a_year_to_date_through_december_is_the_year(stand):
    stands = stand(TOTAL, [(2021, 20), ("2022-12", 25, {"basis": "year_to_date"})], 2022, "flow")
    assert (stands.total, stands.progress.time, stands.missing) == (45, 0.4, ())


def test_the_documents_own_baseline_goes_before_the_observed_one(stand):
    assert stand(POINT, [(2020, 98), (2022, 102)], 2022, baseline=99).baseline.value == 99
    observed = stand(POINT, [(2020, 98), (2022, 102)], 2022).baseline
    assert (observed.value, observed.year) == (98, 2020)
    assert stand(TOTAL, [(2020, 30), (2021, 20)], 2021, "flow").baseline is None


def test_past_the_horizon_no_pace_is_needed(stand):
    assert stand(POINT, [(2025, 104)], 2026, baseline=99).progress.needed is None
    assert stand(TOTAL, [(y, 10) for y in range(2021, 2026)], 2026, "flow").progress.needed is None


def test_before_its_plan_a_target_is_not_judged(stand):
    stands = stand(POINT, [(2017, 98)], 2018)
    assert (stands.state, stands.verdict, stands.missing) == ("too_few_points", "unknown", ())


@pytest.mark.parametrize(
    ("year", "state"),
    [
        (2020, "assessed"),  # both ends are of the new definition
        (2021, "definition_changed"),
        (2022, "definition_changed"),
        (2023, "assessed"),  # both ends are of the old one
    ],
)
def test_nothing_is_judged_across_a_change_of_definition(statement, figure, asked, year, state):
    target = statement(value=105)
    question = asked(target, figures=(figure(2020, 99), figure(2022, 106)), as_of=2023)
    broken = question.indicator("level").model_copy(update={"breaks": (Break(year=year, what="另一口径"),)})
    registry = replace(question.registry, indicators={**question.registry.indicators, "level": broken})
    stands = standing(replace(question, registry=registry), question.plans[0].statements[0])
    assert (stands.state, stands.verdict) == (state, "met" if state == "assessed" else "unknown")


def test_a_break_of_another_region_is_none_here():
    indicator = Indicator.model_validate({"id": "i", "zh": "i", "en": "i", "definition": "i", "unit": "人", "kind": "stock",
                                          "breaks": [{"region": "350000", "year": 1996, "what": "x"}, {"year": 1990, "what": "x"}]})  # fmt: skip
    assert (indicator.breaks_in("350000"), indicator.breaks_in("500000")) == ((1990, 1996), (1990,))
