"""Which targets hold together, which contradict each other, and what the cheapest way out is: Chongqing's cases from METHODS.md §3."""

from dataclasses import replace
from decimal import Decimal
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import Study, study
from zhibiao.errors import ParameterError
from zhibiao.model import Period
from zhibiao.simulating.centre import central, centre, fine_flow, settings_flow
from zhibiao.simulating.demands import demands, example, main_targets, target_sets, unassessable
from zhibiao.simulating.feasibility import Feasibility, feasibility, holds, margins
from zhibiao.simulating.pipe import Move, flow
from zhibiao.simulating.programme import responses
from zhibiao.simulating.ranges import default_ranges
from zhibiao.simulating.relaxing import contradictions, implies, least_intakes, readings, relaxing
from zhibiao.simulating.scenario import ground

REGISTRY = load()
CITY = study(REGISTRY)
BASE = ground(CITY)
INTAKE, STOCK, KEEP = "chongqing-2021-452/intake-2025", "chongqing-2021-452/enrolment-2025", "chongqing-2022-32/enrolment-keep"
TWELVE = "在校生>=12万人@2025"


def _asked(*names: str) -> Feasibility:
    return feasibility(CITY, demands(CITY, names), BASE)


def test_when_one_draw_is_asked_then_it_stands_where_the_region_stands() -> None:
    pipe = central(BASE.pipe)
    assert pipe.length.shape == (1,)
    assert (pipe.noise == 0).all()
    run = fine_flow(pipe, 2025, np.array([30000.0]), 100 * pipe.retention, float(pipe.length[0]))
    np.testing.assert_allclose(run.enrolment, 99000, atol=0.5)  # a constant intake keeps the anchored stock


def test_when_many_settings_flow_at_once_then_each_is_what_it_is_alone() -> None:
    pipe = replace(BASE.pipe, **{name: getattr(BASE.pipe, name)[:50] for name in ("length", "retention", "noise", "intake")})
    people, stay = np.array([31000.0, 42000.0]), np.array([94.0, 97.5])
    together = settings_flow(pipe, 2024, people, stay, 4.1)
    for i in range(2):
        alone = flow(pipe, {"intake": Move(people[i], 2024), "retention": Move(stay[i], 2024), "length": Move(4.1, 2021)})
        np.testing.assert_array_equal(together.enrolment[50 * i : 50 * (i + 1)], alone.enrolment)
    np.testing.assert_array_equal(settings_flow(pipe, 2025).enrolment, flow(pipe, {}).enrolment)


def test_when_the_pair_of_2020_is_asked_for_then_it_holds() -> None:
    """3.0 and 9.9 were both reported, whatever the nation's ratio of 2.0 to 2.9 says."""
    found = _asked("招生>=3万人@2025", "在校生>=9.9万人 each 2021-2025")
    assert found.hold is True
    assert all(verdict.hold for verdict in relaxing(CITY, found.demands, BASE).verdicts)


def test_when_3_5_and_10_5_are_asked_for_then_they_hold_with_slack() -> None:
    found = _asked(INTAKE, STOCK)
    assert found.hold is True
    assert found.binding == INTAKE  # reached by one person, the stock by thousands
    assert found.widest == STOCK
    assert 5000 < found.margins[STOCK] < 8000
    slack = {s.lever: s for s in found.slacks if s.key == STOCK}
    assert 32000 < slack["intake"].end < 33000 and slack["intake"].amount == pytest.approx(35001 - slack["intake"].end)
    assert 3 < slack["retention"].amount < 8
    assert 0.1 < slack["length"].amount < 0.5
    # what the slack says is true: at its end the target turns
    for lever, width in (("intake", 60.0), ("retention", 0.05), ("length", 0.01)):
        for side, held in ((width, True), (-width, False)):
            at = replace(found.at, **{lever: slack[lever].end + side})
            margin = margins(centre(BASE), found.demands, at.year, at.length, np.array([at.intake]), np.array([at.retention]))
            assert holds(found.demands[1], margin[STOCK])[0] == held, lever
    assert all(verdict.hold for verdict in relaxing(CITY, found.demands, BASE).verdicts)
    assert 0.5 < found.chance <= 1


def test_when_3_5_and_12_are_asked_for_then_intake_must_go_beyond_its_target() -> None:
    """12 / 3.5 = 3.43 against 3.30 in 2020, and on the way the classes enrolled are smaller still."""
    found = _asked(INTAKE, TWELVE)
    assert found.hold is False
    assert found.binding == TWELVE
    planned, freer, free = relaxing(CITY, found.demands, BASE).verdicts
    assert planned.contradictions == ((INTAKE, TWELVE),)
    assert [one.key for one in planned.cheapest] == [TWELVE]
    assert 110000 < planned.cheapest[0].value < 113000
    assert planned.cheapest[0].value - 120000 == pytest.approx(found.margins[TWELVE], abs=3)
    assert 37500 < planned.alone[INTAKE].value < 39500  # the other way out: more entrants than the plan names
    assert planned.alone[INTAKE].change > 0 > planned.alone[TWELVE].change
    assert freer.hold and free.hold  # both are floors: more intake breaks neither


def test_when_12_is_kept_from_2022_then_it_is_far_harder() -> None:
    found, later = _asked(INTAKE, KEEP), _asked(INTAKE, TWELVE)
    assert found.demands[1].asked.start == 2022
    assert found.hold is False
    assert found.margins[KEEP] < 2 * later.margins[TWELVE] < 0
    planned = relaxing(CITY, found.demands, BASE).verdicts[0]
    assert planned.contradictions == ((INTAKE, KEEP),)
    assert 100000 < planned.alone[KEEP].value < 104000
    assert planned.alone[INTAKE].value > 60000  # a line to 2025 high enough for 2022
    assert found.region.all.mean() < later.region.all.mean()
    path = least_intakes(relaxing(CITY, found.demands, BASE))
    assert min(path.values()) >= 30000 and path[2021] > 36000 and path[2022] > 40000


@pytest.mark.parametrize("name", ["enrolment-2025", "在校生>=12万人 each 2023-2025"])
def test_when_the_horizon_is_further_then_the_fewest_entrants_are_the_same(name: str) -> None:
    """Nobody is counted who enters after the last target's year, and intake may fall no faster."""
    paths = []
    for horizon in (2025, 2033):
        here = study(REGISTRY, "重庆", "all", None, horizon)
        paths.append(least_intakes(relaxing(here, demands(here, [name]))))
    assert max(paths[0]) == max(paths[1]) == 2025
    assert paths[1] == pytest.approx(paths[0], abs=1e-3)


def test_when_100_and_75_are_asked_for_then_the_stricter_implies_the_other() -> None:
    training = demands(CITY, ["training-2025", "training-total"])
    assert all(verdict.hold for verdict in relaxing(CITY, training, BASE).verdicts)
    (reading,) = readings(training)
    assert (reading.stricter, reading.weaker) == ("chongqing-2021-452/training-2025", "chongqing-2022-32/training-total")
    assert reading.implied and reading.exact_conflict  # as exact figures they would differ
    assert implies(*training) and not implies(*reversed(training))
    exact = demands(CITY, ["social_training>=[100]万人次@2021-2025", "social_training<=[75]万人次@2021-2025"])
    verdict = relaxing(CITY, exact, BASE).verdicts[0]
    assert verdict.contradictions == ((exact[0].key, exact[1].key),)
    assert [(one.key, round(one.value)) for one in verdict.cheapest] == [(exact[0].key, 750000)]


@pytest.mark.parametrize("place", ["江津", "沧州"])
def test_when_there_is_no_pair_then_nothing_is_assessable_and_nothing_passes(place: str) -> None:
    here = study(REGISTRY, region=place)
    asked = demands(here, [f"enrolment>=1万人@{here.horizon}"])
    found = feasibility(here, asked)
    assert found.hold is None and found.region is None and found.chance is None
    assert "同一年" in found.lacking[asked[0].key][0] and "both" in found.lacking[asked[0].key][1]
    assert relaxing(here, asked).verdicts == ()
    assert target_sets(here) == []


def test_when_several_documents_speak_then_the_main_targets_are_all_named() -> None:
    assert [s.key for s in main_targets(CITY)][:3] == [INTAKE, STOCK, KEEP]
    assert [[d.key for d in one] for one in target_sets(CITY)] == [[INTAKE, STOCK], [INTAKE, KEEP]]


@pytest.mark.parametrize(
    ("name", "told"),
    [("enrolment-202", "nearest: enrolment-2025"), ("chongqing-2021-452/intake-2024", "nearest: chongqing-2021-452/intake-2025"), ("intake>160万人", "年份"),
     ("intake>3万元@2025", "万人"), ("在校生>3斤@2025", "--target"), ("digital-schools", "chongqing-2022-32/digital-schools")],
)  # fmt: skip
def test_when_a_target_cannot_be_read_then_the_message_says_what_can(name: str, told: str) -> None:
    with pytest.raises(ParameterError, match=r"--target") as error:
        demands(CITY, [name])
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("在校生>10.5@2025", "在校生>10.5万人@2025"), ("在校生>105000@2025", "在校生>105000人@2025"), ("在校生>10.5人@2025", "在校生>10.5万人@2025"),
     ("招生>30000万人@2025", "招生>30000人@2025"), ("enrolment>=1200万@2025", "在校生规模>="), ("在校生>-1万人@2025", "0…人"),
     ("就业率>=0.98@2025", "毕业生就业率>="), ("就业率>=120%@2025", "0…100%"), ("在校生>3万元@2025", "在校生>3万人@2025")],
)  # fmt: skip
def test_when_a_typed_target_is_in_another_unit_then_it_is_refused_with_one_that_fits(name: str, allowed: str) -> None:
    with pytest.raises(ParameterError, match="--target") as error:
        demands(CITY, [name])
    assert error.value.allowed is not None and error.value.allowed[0].startswith(allowed)


@pytest.mark.parametrize(
    ("name", "indicator"),
    [("毕业生>=1万人@2025", "graduates"), ("毕业生数>=1万人@2025", "graduates"), ("毕业生就业率>=97%@2025", "employment_rate"), ("就业率>=97@2025", "employment_rate"),
     ("培训>[15]万人次@2021-2025", "social_training"), ("毕业生就业人数>=1万人@2025", "graduates_employed")],
)  # fmt: skip
def test_when_an_indicator_is_called_by_its_short_name_then_it_is_found(name: str, indicator: str) -> None:
    assert demands(CITY, [name])[0].indicator.id == indicator


@pytest.mark.parametrize("place", ["重庆", "全国", "江津"])
def test_when_an_example_is_given_then_it_fits_the_region(place: str) -> None:
    here = study(REGISTRY, place)
    for indicator in (None, here.indicator("graduates"), here.indicator("employment_rate")):
        assert demands(here, [example(here, indicator)])[0].typed


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(4000, 40000), st.sampled_from([2025, 2024]))
def test_when_all_years_are_counted_then_a_target_is_settled(scale: int, bound: int, year: int) -> None:
    """Against the comparison of the very figures; with a year that is not counted it is open."""
    years = np.array([2023, 2024, 2025, 2026])
    fan = replace(BASE.fans["enrolment"], years=years, observed=np.array([True, True, True, False]), draws=np.tile([20000.0, 30000.0, 25000.0, 1.0], (4, 1)))
    figures = {2024: 30000, 2025: 25000}
    one, open_ = demands(CITY, [f"在校生>={scale * bound}人@{year}", f"在校生>={scale * bound}人 each {year}-2026"])
    assert one.settled(fan) is (figures[year] >= scale * bound)
    assert open_.settled(fan) is None
    assert one.settled(None) is None


def test_when_an_indicator_has_no_figures_and_no_lever_then_it_lacks() -> None:
    asked = demands(CITY, ["quality-schools", "在校生>=10万人@2031", INTAKE])
    assert set(unassessable(CITY, BASE, asked)) == {"chongqing-2022-32/quality-schools", "在校生>=10万人@2031"}
    assert feasibility(CITY, asked, BASE).hold is None


def test_when_ranges_are_left_out_then_they_say_where_they_come_from() -> None:
    found = default_ranges(CITY, BASE.pipe)
    assert found["retention"].high == pytest.approx(98.5, abs=0.1) and "2006" in found["retention"].reason
    assert found["intake"].high > 35000 and "2002" in found["intake"].reason
    assert (found["length"].low, found["length"].high) == (2.0, 5.0)
    assert all(limits.reason and limits.reason_en for limits in found.values())


@given(st.integers(2, 9), st.lists(st.sets(st.integers(0, 8), min_size=1, max_size=3), min_size=1, max_size=3))
def test_the_smallest_contradictions_are_all_found(count: int, wrong: list[set[int]]) -> None:
    """Against all subsets, written out."""
    keys = [str(i) for i in range(count)]
    bad = [{str(i) for i in one} for one in wrong]

    def fits(chosen: object) -> bool:
        return not any(one <= set(chosen) for one in bad)

    every = [set(c) for size in range(1, count + 1) for c in combinations(keys, size) if not fits(c)]
    smallest = min((len(c) for c in every), default=0)
    assert [set(c) for c in contradictions(keys, fits)] == [c for c in every if len(c) == smallest]


def test_when_a_later_stock_was_counted_then_it_is_not_undone() -> None:
    """101,000 counted in 2023: what the flow says of 2023 is replaced, a floor of 120,000 has failed already, later years still move."""
    known = next(row for row in REGISTRY.observations if row.region == "500000" and row.indicator == "enrolment")
    counted = known.model_copy(update={"period": Period.parse("2023"), "value": Decimal("10.1"), "qualifier": "eq", "unit": "万人"})
    here = study(replace(REGISTRY, observations=(*REGISTRY.observations, counted)))
    base = ground(here)
    assert base.pipe.stocks == {2023: 101000.0}
    kept, later = demands(here, [INTAKE, KEEP]), demands(here, [INTAKE, TWELVE])
    assert kept[1].missed(centre(base).fans["enrolment"]) == (2023, 101000.0)
    assert kept[0].missed(centre(base).fans["intake"]) is None
    assert not any(verdict.hold for verdict in relaxing(here, kept, base).verdicts)
    assert relaxing(here, kept, base).verdicts[0].contradictions == ((KEEP,),)  # on its own, whatever the intake
    planned = relaxing(here, later, base).verdicts[0]
    found = feasibility(here, later, base)
    assert planned.hold == found.hold
    assert planned.alone[TWELVE].value == pytest.approx(120000 + found.margins[TWELVE], abs=3)


def test_when_there_are_many_targets_then_one_minimal_set_is_found() -> None:
    keys = [str(i) for i in range(20)]
    assert contradictions(keys, lambda chosen: not {"3", "17"} <= set(chosen)) == (("3", "17"),)
    assert contradictions(keys, lambda _: True) == ()


@settings(max_examples=6, deadline=None)
@given(st.integers(30, 60), st.integers(95, 170))
def test_when_intake_is_planned_then_the_programme_agrees_with_the_flow(intake: int, stock: int) -> None:
    """The linear programme and the engine say the same of an even path, and what it relaxes to is what the engine gives."""
    asked = demands(CITY, [f"招生>={intake / 10}万人@2025", f"在校生>={stock / 10}万人@2025"])
    found = feasibility(CITY, asked, BASE)
    planned = relaxing(CITY, asked, BASE).verdicts[0]
    reached = stock * 1000 + found.margins[asked[1].key]
    assert planned.hold == found.hold
    if not planned.hold:
        assert planned.alone[asked[1].key].value == pytest.approx(reached, abs=2)
        more = planned.alone.get(asked[0].key)
        if more is not None:
            again = margins(centre(BASE), asked, 2025, found.at.length, np.array([more.value]), np.array([found.at.retention]))
            assert again[asked[1].key][0] == pytest.approx(0, abs=3)


def test_when_the_nation_is_asked_then_a_typed_target_is_judged() -> None:
    nation: Study = study(REGISTRY, region="全国", horizon=2028)
    asked = demands(nation, ["intake>160万人@2028", "enrolment>440万人@2028"])
    found = feasibility(nation, asked)
    assert found.hold is not None and set(found.chances) == {"intake>160万人@2028", "enrolment>440万人@2028"}


def test_when_lengths_and_retentions_are_free_then_the_change_is_the_least_of_all_that_are_tried() -> None:
    """Intake may hardly grow: 12 from 2022 on cannot hold however the other levers stand; some of their settings ask for less change than others."""
    tight = dict(default_ranges(CITY, BASE.pipe))
    tight["intake"] = replace(tight["intake"], high=32000.0)
    asked = relaxing(CITY, demands(CITY, [INTAKE, KEEP]), BASE, tight)
    (verdict,) = [v for v in asked.verdicts if v.freedom == "all"]
    assert not verdict.hold
    ways = responses(asked.middle, tight, asked.demands, moving=True)
    each = [asked.change("all", [way], [INTAKE, KEEP]) for way in ways]
    costs = [sum(abs(one.change) for one in found) for found in each if found is not None]
    assert max(costs) > min(costs) + 0.01
    assert sum(abs(one.change) for one in verdict.cheapest) == pytest.approx(min(costs), abs=1e-6)
