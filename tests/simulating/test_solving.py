"""Solving backwards: what is found is true of the simulation, and nothing cheaper is on the lattice."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.catalogue.load import load, read, shipped
from zhibiao.catalogue.study import study
from zhibiao.errors import ParameterError
from zhibiao.exploring.saving import text
from zhibiao.model.levers import LEVERS
from zhibiao.simulating.demands import Demand, demands
from zhibiao.simulating.problem import Problem, beyond
from zhibiao.simulating.ranges import MEANS, Range, default_ranges, step_of
from zhibiao.simulating.scenario import Ground, ground, simulate
from zhibiao.simulating.searching import Line, Search
from zhibiao.simulating.solutions import Solution
from zhibiao.simulating.solving import TOLERANCE, solve

REGISTRY = load()
CITY = study(REGISTRY)
BASE = ground(CITY)


def _thin(base: Ground, pairs: int) -> Ground:
    """The first mirrored pairs of draws, so that brute force ends before the tea is cold."""
    half = base.pipe.length.size // 2
    rows = [*range(pairs), *range(half, half + pairs)]
    fans = {name: replace(fan, draws=fan.draws[rows]) for name, fan in base.fans.items()}
    parts = {name: getattr(base.pipe, name)[rows] for name in ("length", "retention", "noise", "intake")}
    return Ground(fans, replace(base.pipe, **parts))


THIN = _thin(BASE, 40)


def _chance(asked: tuple[Demand, ...], solution: Solution, base: Ground) -> float:
    """What a user would see who ran the scenario."""
    scenario = solution.scenario(CITY, asked)
    fans = simulate(replace(CITY, scenario=scenario), base).fans
    return float(np.logical_and.reduce([d.asked.satisfied(fans[d.indicator.id].draws, fans[d.indicator.id].years) for d in asked]).mean())


@pytest.mark.parametrize("names", [("enrolment-2025",), ("intake-2025", "enrolment-2025"), ("intake-2025", "enrolment-keep"), ("intake-2025", "在校生>=12万人@2025")])
def test_what_is_solved_holds_when_it_is_simulated(names: tuple[str, ...]) -> None:
    asked = demands(CITY, names)
    found = solve(CITY, asked, BASE, chance=0.8, alternatives=4)
    assert found.solutions and found.nearest is None
    costs = [solution.cost for solution in found.solutions]
    assert costs == sorted(costs)
    kinds = [frozenset(solution.aims) for solution in found.solutions]
    assert len(set(kinds)) == len(kinds)  # they differ in kind
    for solution in found.solutions:
        assert solution.chance == _chance(asked, solution, BASE) >= 0.8
        assert solution.cost == pytest.approx(sum(step.cost for step in solution.steps))


def test_when_few_answers_are_wanted_then_one_does_without_the_main_lever() -> None:
    found = solve(CITY, demands(CITY, ["enrolment-2025"]), BASE, alternatives=3).solutions
    assert len(found) == 3
    assert set(found[0].aims) == {"intake"}
    assert any("intake" not in solution.aims for solution in found[1:])
    assert any(len(solution.aims) > 1 for solution in found)


def test_when_the_first_step_is_taken_back_then_the_chance_is_missed() -> None:
    """The least intake is least: a hundred fewer miss."""
    asked = demands(CITY, ["enrolment-2025"])
    only = {"intake": default_ranges(CITY, BASE.pipe)["intake"]}
    (found,) = solve(CITY, asked, BASE, only, chance=0.8).solutions
    (step,) = found.steps
    fewer = replace(found, steps=(replace(step, aim=replace(step.aim, value=step.aim.value - 100)),))
    assert _chance(asked, found, BASE) >= 0.8 > _chance(asked, fewer, BASE)


CASES = [(108, 0.8, 1.0, 1.0), (112, 0.7, 3.0, 1.0), (104, 0.9, 1.0, 4.0), (118, 0.55, 1.0, 0.2), (110, None, 0.3, 1.0), (121, None, 1.0, 1.0)]


@pytest.mark.parametrize(("stock", "chance", "intake_weight", "retention_weight"), CASES)
def test_nothing_on_the_lattice_is_cheaper(stock: int, chance: float | None, intake_weight: float, retention_weight: float) -> None:
    """Against every combination of the written values of three levers."""
    asked = demands(CITY, [f"在校生>={stock / 10}万人@2025"])
    ranges = {
        "intake": Range(30000, 42000, 3000, intake_weight),
        "retention": Range(90, 97.5, 1.0, retention_weight),
        "length": Range(3.0, 4.2, None, 1.0),
    }
    found = solve(CITY, asked, THIN, ranges, chance=chance, alternatives=9)
    problem = Problem(CITY, THIN, asked, ranges, chance)
    lines = [problem.line(lever, 2025) for lever in ("intake", "retention", "length")]
    coarse = replace(lines[0], values=lines[0].values[4::5], costs=lines[0].costs[4::5])
    cheapest, best = np.inf, {}
    options = [[(None, 0.0), *zip(line.values, line.costs, strict=True)] for line in (coarse, lines[1], lines[2])]
    for picks in sorted(product(*options), key=lambda picks: sum(cost for _, cost in picks)):
        cost = sum(cost for _, cost in picks)
        values = {lever: value for lever, (value, _) in zip(("intake", "retention", "length"), picks, strict=True) if value is not None}
        if values and problem.reached(problem.aims(values, 2025)):
            cheapest, best = cost, values
            break
    assert np.isfinite(cheapest), "the case has an answer"
    assert found.solutions[0].cost <= cheapest + TOLERANCE, best
    if chance is None:
        assert found.solutions[0].centre
    else:
        assert _chance(asked, found.solutions[0], THIN) >= chance


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.2, 3.0), min_size=3, max_size=3), st.lists(st.floats(0.1, 2.0), min_size=3, max_size=3), st.floats(0.05, 0.95), st.floats(1.0, 2.0))
def test_the_search_finds_the_cheapest_place_of_any_monotone_question(pull: list[float], price: list[float], wanted: float, bend: float) -> None:
    """Against all places, written out."""
    names = ("intake", "retention", "length")
    sizes = (25, 9, 7)
    lines = {n: Line(n, tuple(float(i + 1) for i in range(s)), tuple(p * (i + 1) / s for i in range(s))) for n, s, p in zip(names, sizes, price, strict=True)}
    full = sum(p * 1.0 for p in pull)

    def reaches(values: dict[str, float]) -> bool:
        return sum(p * (values[n] / s) ** bend for n, s, p in zip(names, sizes, pull, strict=True) if n in values) >= wanted * full

    search = Search(lines, reaches)
    levers = ("length", "retention", "intake")
    places = list(product(range(7), range(9), range(25)))
    costs = [search.cost(levers, place) for place in places if reaches({n: lines[n].values[i] for n, i in zip(levers, place, strict=True)})]
    found = search.cheapest(levers, 1e-9)
    assert (found is None) == (not costs)
    if found is not None:
        assert search.holds(levers, found)
        assert search.cost(levers, found) == pytest.approx(min(costs), abs=1e-9)


@pytest.mark.parametrize(("lever", "start"), [("retention", 90.65), ("retention", 90.68), ("retention", 90.6), ("intake", 30049.0), ("intake", 30050.0), ("length", 3.06)])
@pytest.mark.parametrize("sign", [1, -1])
def test_when_a_lever_moves_then_the_move_is_seen_in_print(lever: str, start: float, sign: int) -> None:
    step = step_of(lever, start)
    shown = Decimal(str(start)).quantize(Decimal(str(step)) if step < 1 else Decimal("1E2"), ROUND_HALF_UP)
    first = Decimal(str(round(beyond(start, step, sign) * step, 6)))
    assert first - shown == sign * Decimal(str(step))


def test_when_the_line_of_a_lever_is_drawn_then_no_value_prints_as_the_start() -> None:
    asked = demands(CITY, ["在校生>=11万人@2025"])
    problem = Problem(CITY, BASE, asked, default_ranges(CITY, BASE.pipe), 0.8)
    for lever in ("intake", "retention", "length"):
        start, step = problem.starts[lever], step_of(lever, problem.starts[lever])
        assert problem.line(lever, 2025).values[0] >= round(start / step) * step + step - 1e-6


def test_when_the_yearly_limit_is_tight_then_no_move_goes_beyond_it() -> None:
    asked = demands(CITY, ["在校生>=11万人@2025"])
    limits = default_ranges(CITY, BASE.pipe) | {"intake": Range(30000, 60000, 700, 1.0), "retention": Range(90, 99, 0.2, 1.0), "length": Range(3, 3.5, None, 1.0)}
    found = solve(CITY, asked, BASE, limits, chance=0.6)
    for solution in found.solutions:
        for step in solution.steps:
            if limits[step.lever].yearly_limit is not None:
                assert float(step.aim.value) - step.start <= limits[step.lever].yearly_limit * (step.aim.year - 2020) + 1e-9
    tight = {"intake": Range(30000, 60000, 300, 1.0)}
    missed = solve(CITY, asked, BASE, tight, chance=0.8)
    assert missed.solutions == () and missed.nearest is not None
    assert float(missed.nearest.solution.steps[0].aim.value) == 31500
    assert missed.nearest.failing == asked[0].key and missed.nearest.short > 0
    assert missed.nearest.solution.chance < 0.8


def test_when_a_floor_binds_early_then_the_lever_is_reached_early() -> None:
    asked = demands(CITY, ["enrolment-keep"])
    best = solve(CITY, asked, BASE, {"intake": default_ranges(CITY, BASE.pipe)["intake"]}, chance=0.5).solutions[0]
    assert best.steps[0].aim.year == 2022


def test_when_intake_is_capped_by_a_target_then_it_goes_no_further() -> None:
    asked = demands(CITY, ["在校生>=11万人@2025", "招生<=3.2万人@2025"])
    found = solve(CITY, asked, BASE, chance=0.6, alternatives=9)
    assert found.solutions
    for solution in found.solutions:
        assert float(solution.aims["intake"].value) <= 32000 if "intake" in solution.aims else solution.chances[asked[1].key] >= 0.6
        assert _chance(asked, solution, BASE) >= 0.6


def test_when_nothing_has_to_move_then_nothing_moves() -> None:
    asked = demands(CITY, ["在校生>=5万人@2025"])
    (found,) = solve(CITY, asked, BASE).solutions
    assert found.steps == () and found.cost == 0 and found.chance >= 0.8


def test_when_targets_lie_outside_the_pipe_then_their_own_lever_moves() -> None:
    asked = demands(CITY, ["training-2025", "high-skill-2025", "intake-2025"])
    best = solve(CITY, asked, BASE).solutions[0]
    moved = {step.lever: step for step in best.steps}
    assert float(moved["training"].aim.value) == 201000  # more than 100 in five years
    assert moved["training"].start is None and moved["training"].share is None and moved["training"].cost == 0
    assert best.chance == _chance(asked, best, BASE) >= 0.8
    less = solve(CITY, demands(CITY, ["social_training<=[50]万人次@2021-2025"]), BASE).solutions[0]
    assert float(less.steps[0].aim.value) == 100000


def test_when_graduates_are_asked_for_then_lengths_stay() -> None:
    nation = study(REGISTRY, region="全国", horizon=2029)
    asked, base = demands(nation, ["graduates>=140万人@2029"]), ground(nation)
    found = solve(nation, asked, base, chance=0.7, alternatives=9)
    assert found.solutions and not any("length" in solution.aims for solution in found.solutions)


def test_when_a_target_asks_for_less_then_levers_move_down() -> None:
    asked = demands(CITY, ["在校生<=9万人@2025"])
    best = solve(CITY, asked, BASE, chance=0.8).solutions[0]
    assert best.chance >= 0.8
    assert all(float(step.aim.value) < step.start for step in best.steps)


def test_when_it_is_written_as_a_scenario_then_it_reads_back_to_the_bit(tmp_path: Path) -> None:
    asked = demands(CITY, ["intake-2025", "在校生>=12万人@2025", "training-2025"])
    for number, solution in enumerate(solve(CITY, asked, BASE, alternatives=4).solutions):
        scenario = solution.scenario(CITY, asked, f"solved-{number}")
        (tmp_path / "scenarios").mkdir(exist_ok=True)
        (tmp_path / "scenarios" / f"solved-{number}.yaml").write_text(text(scenario), encoding="utf-8")
        registry = read((shipped(), tmp_path))
        assert registry.scenario(f"solved-{number}") == scenario
        again = simulate(study(registry, scenario=f"solved-{number}"))
        before = simulate(replace(CITY, scenario=scenario), BASE)
        for name, fan in before.fans.items():
            np.testing.assert_array_equal(again.fans[name].draws, fan.draws)
        assert all(override.source.startswith("求解 solved: ") for override in scenario.overrides)


def test_the_same_question_has_the_same_answer() -> None:
    asked = demands(CITY, ["enrolment-2025"])
    assert solve(CITY, asked, THIN, chance=0.7) == solve(CITY, asked, THIN, chance=0.7)


def test_when_it_cannot_be_asked_then_the_message_says_why() -> None:
    asked = demands(CITY, ["enrolment-2025"])
    with pytest.raises(ParameterError, match="--chance"):
        solve(CITY, asked, BASE, chance=80)
    with pytest.raises(ParameterError, match="下限与上限"):
        solve(CITY, demands(CITY, ["enrolment-2025", "在校生<=11万人@2025"]), BASE)
    place = study(REGISTRY, region="江津")
    with pytest.raises(ParameterError, match="同一年"):
        solve(place, demands(place, ["enrolment>=1万人@2025"]))


def test_steps_are_written_as_planners_write_them() -> None:
    assert [step_of("intake", start) for start in (30000, 1572000, 420, 0)] == [100, 10000, 1, 1]
    assert step_of("retention", 95.4) == step_of("length", 3.5) == 0.1
    assert set(MEANS) < set(LEVERS)
