"""A region's pipe: anchored on itself, spread as measured, moved by its levers."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import Study, study
from zhibiao.errors import ParameterError
from zhibiao.model import Period
from zhibiao.simulating import anchoring, pipe
from zhibiao.simulating.anchoring import FAMILY, pipe_of
from zhibiao.simulating.dispersion import dispersion
from zhibiao.simulating.pairs import Pair
from zhibiao.simulating.pipe import Move, Pipe, anchor, earlier_intakes, flow, retention_noise
from zhibiao.simulating.scenario import ground, simulate
from zhibiao.simulating.spread import national_spread, yearly_retention

REGISTRY = load()


@pytest.fixture(scope="module")
def city() -> Study:
    return study(REGISTRY)


@pytest.fixture(scope="module")
def own(city: Study) -> Pipe:
    found = ground(city).pipe
    assert found is not None
    return found


def test_the_2020_pair_itself_is_feasible_though_the_nation_never_had_it(city: Study, own: Pipe) -> None:
    assert own.start.ratio == pytest.approx(3.3)
    nation = {p.period.year: float(p.base_value) for p in REGISTRY.series("100000", "enrolment").annual}
    intake = {p.period.year: float(p.base_value) for p in REGISTRY.series("100000", "intake").annual}
    assert max(nation[y] / intake[y] for y in nation if y in intake and y >= 2000) < 3.0 < own.start.ratio
    # every draw begins with the city's own 99,000, and with the intake held the middle of them stays there
    held = replace(own, intake=np.full(own.intake.shape, own.start.intake))
    run = flow(held, {})
    first = run.enrolment[:, 0] - run.entrants[:, 0] + run.graduates[:, 0] + run.losses[:, 0]
    assert np.abs(first - own.start.enrolment).max() <= 1
    np.testing.assert_allclose(np.median(run.enrolment, axis=0), own.start.enrolment, rtol=0.01)


def test_lengths_that_agree_with_the_citys_graduates_count_more(city: Study, own: Pipe) -> None:
    # more than 30,000 graduates of 30,000 entrants in 2017 leave no room for five-year programmes that lose a fifth each year
    assert np.quantile(own.length, 0.9) < 4
    assert np.median(flow(own, {}).graduates[:, 0]) > 25000
    blind = replace(city, registry=replace(REGISTRY, observations=tuple(o for o in REGISTRY.observations if (o.region, o.indicator) != ("500000", "graduates"))))
    found = ground(blind).pipe
    assert found is not None
    assert np.median(found.length) > np.median(own.length)


def test_a_regions_own_flows_say_what_its_retention_is() -> None:
    """Losses of 4 % of the stock, 27,410 + 10,230 − 8,460 − 27,980 = 1,200: retention 93.7 %, and the anchor is near it."""
    figures = {"intake": (9870, 10230, 10512), "enrolment": (27410, 27980, 28630), "graduates": (8120, 8460, 8770)}
    like = next(o for o in REGISTRY.observations if o.region == "100000" and o.indicator == "intake")
    bases = {"intake": "in_period", "enrolment": "at_end", "graduates": "in_period"}
    rows = tuple(
        like.model_copy(update={"region": "450000", "indicator": name, "period": Period.parse(str(2022 + k)), "value": Decimal(value), "unit": "人", "basis": bases[name]})
        for name, values in figures.items()
        for k, value in enumerate(values)
    )
    place = REGISTRY.regions["440000"].model_copy(update={"code": "450000", "zh": "某市", "en": "a city"})
    registry = replace(REGISTRY, observations=(*REGISTRY.observations, *rows), regions={**REGISTRY.regions, "450000": place})
    own = yearly_retention(registry, "450000")
    np.testing.assert_allclose(own.retention, [1 - 1200 / (27410 - 8460), 1 - 1092 / (27980 - 8770)])
    found = ground(study(registry, "450000", horizon=2029)).pipe
    assert found is not None
    assert abs(float(np.median(found.retention)) - own.retention.mean()) < 0.015
    assert abs(float(np.median(flow(found, {}).graduates[:, 0])) / 8770 - 1) < 0.05


def test_given_the_intake_the_nations_enrolment_fell_into_the_band_as_often_as_it_says() -> None:
    """Anchored as a region is, on what was known in a year, with the true intakes, one to five years ahead."""
    stock, intake = (
        {p.period.year: float(p.base_value) for p in REGISTRY.series("100000", name).annual} for name in ("enrolment", "intake")
    )
    hit, error, naive = [], [], []
    for origin in range(2003, 2021):
        spread = national_spread(REGISTRY, origin)
        assert spread is not None
        start = Pair(str(origin), origin, intake[origin], stock[origin], "")
        earlier = earlier_intakes(intake, origin)
        family = anchor(earlier, stock[origin], FAMILY)
        weights = anchoring._weights(family, earlier, spread, None, np.zeros(0))
        picked = np.array(family)[np.random.default_rng(origin).choice(len(family), size=2000, p=weights)]
        years = np.arange(origin + 1, min(origin + 5, 2024) + 1)
        noise = retention_noise(2000, years.size, dispersion(), 1)
        true = np.interp(years, list(intake), list(intake.values()))
        drawn = flow(Pipe(start, years, earlier, picked[:, 0], picked[:, 1], noise, np.tile(true, (2000, 1))), {}).enrolment
        for column, year in enumerate(years.tolist()):
            if year in stock:
                low, middle, high = np.quantile(drawn[:, column], [0.1, 0.5, 0.9])
                hit.append(low <= stock[year] <= high)
                error.append(abs(middle / stock[year] - 1))
                naive.append(abs(stock[origin] / stock[year] - 1))
    assert len(hit) > 75
    assert round(float(np.mean(hit)), 1) == anchoring.MEASURED_COVERAGE  # 77 of 86: a little wide, and a region strays further than the nation
    assert np.mean(error) < 0.04 < 0.15 < np.mean(naive)


def test_each_lever_moves_the_stock_its_own_way(own: Pipe) -> None:
    def at_end(**moves: Move) -> float:
        return float(np.median(flow(own, moves).enrolment[:, -1]))  # type: ignore[arg-type]

    held = at_end(intake=Move(30000, 2021))
    assert at_end(intake=Move(35000, 2025)) > held * 1.08
    assert at_end(intake=Move(30000, 2021), retention=Move(99, 2023)) > held
    assert at_end(intake=Move(30000, 2021), length=Move(5, 2021)) > held
    assert at_end(intake=Move(30000, 2021), capacity=Move(95000, 2021)) <= 95000
    # classes that entered before the length changed keep theirs: nothing happens before they would have left
    same = flow(own, {"intake": Move(30000, 2021)}).enrolment[:, :2]
    np.testing.assert_array_equal(flow(own, {"intake": Move(30000, 2021), "length": Move(5, 2021)}).enrolment[:, :2], same)


def test_when_the_stock_was_counted_after_the_start_then_every_draw_passes_through_it(own: Pipe) -> None:
    counted = replace(own, stocks={2022: 104000.0})
    run = flow(counted, {})
    free = flow(own, {})
    np.testing.assert_array_equal(run.enrolment[:, :2], free.enrolment[:, :2])
    carried = run.enrolment[:, 2] - run.entrants[:, 2] + run.graduates[:, 2] + run.losses[:, 2]
    assert np.abs(carried - 104000).max() <= 1


def test_noise_is_mirrored_grows_from_the_anchor_and_is_the_same_each_time() -> None:
    nation = dispersion()
    noise = retention_noise(20000, 6, nation, 3)
    np.testing.assert_array_equal(noise, retention_noise(20000, 6, nation, 3))
    np.testing.assert_allclose(noise.mean(axis=0), 0, atol=1e-12)
    spread = noise.std(axis=0)
    assert spread[0] == pytest.approx(np.sqrt(np.mean(nation.yearly_sd**2)), rel=0.03)
    assert (np.diff(spread) > 0).all()
    assert np.corrcoef(noise[:, 4], noise[:, 5])[0, 1] > 0.4


def test_earlier_intakes_are_bridged_and_the_oldest_is_held() -> None:
    assert earlier_intakes({2020: 30.0, 2018: 20.0, 2017: 10.0}, 2020).tolist() == [30, 25, 20, 10, 10, 10, 10, 10]


@pytest.mark.parametrize("region", ["江津", "沧州"])
def test_when_a_region_has_no_pair_then_it_has_no_pipe(region: str) -> None:
    found = simulate(study(REGISTRY, region))
    assert found.pipe is None and found.run is None


def test_when_too_little_was_known_of_the_nation_then_there_is_no_spread() -> None:
    assert national_spread(REGISTRY, 2002) is None
    early, late = national_spread(REGISTRY, 2010), national_spread(REGISTRY)
    assert early is not None and late is not None
    assert early.years[-1] == 2010 and late.years[-1] == 2021
    assert late.losses.min() > 0.005 and late.losses.max() < 0.18  # 1 to 17 % of the stock
    assert pipe_of(study(REGISTRY, "全国", as_of=2002), ground(study(REGISTRY, "全国", as_of=2002)).fans) is None


def test_when_two_studies_ask_the_same_then_they_get_the_same_bits(city: Study) -> None:
    first, second = simulate(replace(city, scenario=REGISTRY.scenarios["plan_2021"])), simulate(study(REGISTRY, scenario="plan_2021"), ground(city))
    for name, fan in first.fans.items():
        np.testing.assert_array_equal(fan.draws, second.fans[name].draws)


def test_lengths_beyond_the_family_are_reached_by_the_lever(own: Pipe) -> None:
    assert pipe.PROGRAMME_LENGTHS[0] == 3
    longer = flow(own, {"length": Move(6.5, 2021)})
    assert longer.enrolment.shape == own.intake.shape


def test_a_lever_moves_every_draw_from_where_it_stands_and_at_its_own_value_nothing(own: Pipe) -> None:
    held = replace(own, intake=np.full(own.intake.shape, 30000.0))
    before = flow(held, {}).enrolment
    length, retention = pipe.middle(own)
    np.testing.assert_array_equal(flow(held, {"retention": Move(100 * retention, 2021), "length": Move(length, 2021)}).enrolment, before)
    still = replace(held, noise=np.zeros(own.noise.shape))
    unmoved = flow(still, {}).enrolment[:, -1]
    assert (flow(still, {"retention": Move(100 * retention + 2, 2021)}).enrolment[:, -1] >= unmoved - 1).all()
    assert (flow(still, {"retention": Move(100 * retention - 2, 2021)}).enrolment[:, -1] <= unmoved + 1).all()
    assert (flow(still, {"length": Move(length + 0.5, 2021)}).enrolment[:, -1] >= unmoved - 1).all()
    each = flow(still, {"retention": Move(100 * retention, 2021, np.where(np.arange(own.length.size) % 2, 1.0, 0.0))}).enrolment[:, -1]
    assert (each[::2] == unmoved[::2]).all() and (each[1::2] >= unmoved[1::2]).all()


def test_under_a_floor_as_many_enter_as_keep_it_and_no_fewer_than_were_led(own: Pipe) -> None:
    floor = flow(own, {"enrolment_floor": Move(120000, 2022)})
    assert (floor.enrolment[:, 1:] >= 120000).all()
    np.testing.assert_array_equal(np.median(floor.enrolment, axis=0)[1:], 120000)
    both = flow(own, {"enrolment_floor": Move(100000, 2022), "intake": Move(45000, 2022)})
    assert (both.entrants[:, 1:] >= 45000).all() and np.median(both.enrolment[:, -1]) > 120000


def test_places_decide_how_many_enter_on_every_page(city: Study) -> None:
    scarce = simulate(replace(city, scenario=REGISTRY.scenarios["capacity_limited"]))
    assert scarce.run is not None and "intake" not in scarce.assumed
    np.testing.assert_array_equal(scarce.fans["intake"].at(2025), scarce.run.entrants[:, -1])
    assert scarce.fans["intake"].method == "cohort"


@pytest.mark.parametrize(
    ("intake", "enrolment", "told"),
    [(5, 5, "每名招生对应在校生1人"), (300, 100000, "每名招生对应在校生333.33人"), (0, 5, "招生为零"), (None, 5, "没有同一年的招生与在校生")],
)
def test_when_there_is_no_pipe_then_the_reason_is_the_true_one(intake: int | None, enrolment: int, told: str) -> None:
    like = next(o for o in REGISTRY.observations if o.region == "100000" and o.indicator == "intake")
    given = [("intake", intake, "in_period"), ("enrolment", enrolment, "at_end")]
    rows = tuple(
        like.model_copy(update={"region": "450000", "indicator": name, "period": Period.parse("2024"), "value": Decimal(value), "unit": "人", "basis": basis})
        for name, value, basis in given
        if value is not None
    )
    place = REGISTRY.regions["440000"].model_copy(update={"code": "450000", "zh": "某市", "en": "a city"})
    asked = study(replace(REGISTRY, observations=(*REGISTRY.observations, *rows), regions={**REGISTRY.regions, "450000": place}), "450000", horizon=2028)
    base = ground(asked)
    assert base.pipe is None
    assert told in anchoring.why_none(asked, base.fans)[0]
    with pytest.raises(ParameterError) as caught:
        simulate(replace(asked, scenario=REGISTRY.scenarios["retention_up"]), base)
    assert told in caught.value.what


def test_when_the_nation_was_not_known_yet_then_that_is_the_reason() -> None:
    early = study(REGISTRY, "全国", as_of=1999)
    assert "全国可比的年份太少" in anchoring.why_none(early, ground(early).fans)[0]


def test_a_length_and_places_hold_from_their_year_on_and_not_before(own: Pipe) -> None:
    held = replace(own, intake=np.full(own.intake.shape, 30000.0))
    free = flow(held, {})
    late = flow(held, {"capacity": Move(80000, 2024)})
    np.testing.assert_array_equal(late.enrolment[:, :3], free.enrolment[:, :3])
    assert (late.turned_away[:, :3] == 0).all() and (late.turned_away[:, 3] > 0).any()
    # who enters from 2023 on stays longer: nobody of them would have left before the end of 2025
    ahead = replace(held, years=np.arange(2021, 2030), noise=np.zeros((held.noise.shape[0], 9)), intake=np.full((held.intake.shape[0], 9), 30000.0))
    base, early, later = (flow(ahead, moves).enrolment for moves in ({}, {"length": Move(5, 2021)}, {"length": Move(5, 2023)}))
    assert np.median(early[:, 5]) > np.median(base[:, 5]) + 1000
    np.testing.assert_array_equal(later[:, :4], base[:, :4])
    assert np.median(later[:, 5]) < np.median(early[:, 5])


def test_graduates_weigh_the_lengths_by_who_entered_when_and_a_floor_only_from_below() -> None:
    spread = national_spread(REGISTRY)
    assert spread is not None
    family = [(3.0, 0.9), (4.0, 0.9)]
    even, shrinking = np.full(8, 100.0), np.array([100.0, 100, 100, 100, 200, 200, 200, 200])
    # of three-year programmes 81 graduate, of four-year ones 72.9; four years ago twice as many entered
    by_three = anchoring._weights(family, even, spread, (0, 81.0, False), np.zeros(0))
    assert by_three[0] > by_three[1]
    by_four = anchoring._weights(family, shrinking, spread, (0, 145.8, False), np.zeros(0))
    assert by_four[1] > 0.9
    more = anchoring._weights(family, shrinking, spread, (0, 60.0, True), np.zeros(0))  # “60 and more”: both lengths give more
    np.testing.assert_allclose(more, [0.5, 0.5], atol=0.02)
    exactly = anchoring._weights(family, shrinking, spread, (0, 81.0, False), np.zeros(0))
    assert exactly[0] > 0.9
