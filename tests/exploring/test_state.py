"""The explorer's state: a change and its undo, drags taken back as a whole, other regions start clean."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.exploring.state import EXPLORED, REMEMBERED, History, Question, Screen, in_order, question_of
from zhibiao.model import LEVERS, Override

HERE = Question("500000", ("a", "b"), 2023, 2025, 80, 2020)
UNITS = {"intake": "万人", "retention": "%", "length": "年", "capacity": "万人", "employment": "%"}
VALUES = {"intake": ("1", "9"), "retention": ("60", "100"), "length": ("2", "5"), "capacity": ("5", "20"), "employment": ("60", "100")}


@st.composite
def overrides(draw):
    lever = draw(st.sampled_from(sorted(UNITS)))
    low, high = (Decimal(end) for end in VALUES[lever])
    value = draw(st.decimals(low, high, places=2))
    return Override(lever=lever, value=value, unit=UNITS[lever], year=draw(st.integers(2021, 2025)), source=EXPLORED)


def changes():
    return st.one_of(
        overrides().map(lambda override: lambda screen: screen.set(override)),
        st.sampled_from(sorted(UNITS)).map(lambda lever: lambda screen: screen.release(lever)),
        st.tuples(st.sampled_from(["p/x", "p/y"]), st.booleans()).map(lambda switch: lambda screen: screen.switch(*switch)),
        st.integers(2024, 2033).map(lambda year: lambda screen: screen.ask(Question("500000", ("a",), 2023, year, 80, 2020))),
    )


@given(st.lists(changes(), max_size=30))
def test_undo_leads_back_step_by_step_and_redo_forth_again(steps):
    history = History(Screen(HERE))
    seen = [history.now]
    for change in steps:
        history = history.step(change(history.now))
        if history.now != seen[-1]:
            seen.append(history.now)
    last = history
    for before in reversed(seen[:-1]):
        history = history.undo()
        assert history.now == before
    assert history.undo() == history and not history.past
    for after in seen[1:]:
        history = history.redo()
        assert history.now == after
    assert history.redo() == history and (history.past, history.now) == (last.past, last.now)


@given(st.lists(overrides(), min_size=1, max_size=12))
def test_the_same_levers_are_the_same_screen_however_they_were_reached(found):
    newest = {override.lever: override for override in found}
    forth = back = Screen(HERE)
    for override in found:
        forth = forth.set(override)
    for override in reversed(list(newest.values())):
        back = back.set(override)
    assert forth == back and forth.overrides == in_order(newest.values())
    assert [o.lever for o in forth.overrides] == [lever for lever in LEVERS if lever in newest]
    for lever in newest:
        forth = forth.release(lever)
    assert forth == Screen(HERE)


def at(value):
    return Screen(HERE).set(Override(lever="intake", value=Decimal(value), unit="万人", year=2025, source=EXPLORED))


def test_a_drag_is_one_step():
    history = History(Screen(HERE))
    for value in ("3.1", "3.2", "3.3"):
        history = history.step(at(value), "intake 1")
    assert history.now == at("3.3") and len(history.past) == 1
    history = history.step(at("3.4"), "intake 2")
    assert history.undo().now == at("3.3") and history.undo().undo().now == Screen(HERE)


def test_a_drag_after_an_undo_is_a_step_of_its_own():
    history = History(Screen(HERE)).step(at("3.1"), "intake 1").step(at("3.2"), "intake 2").undo().step(at("3.5"), "intake 1")
    assert history.undo().now == at("3.1")


def test_a_new_step_forgets_what_was_taken_back():
    history = History(Screen(HERE)).step(at("3.1")).step(at("3.2")).undo().step(at("4"))
    assert history.redo() == history and history.undo().now == at("3.1")


def test_only_so_many_steps_are_remembered():
    history = History(Screen(HERE))
    for number in range(REMEMBERED + 7):
        history = history.step(at(f"{1 + number / 100:.2f}"))
    assert len(history.past) == REMEMBERED


def test_another_region_starts_without_levers_and_another_horizon_keeps_them():
    screen = at("3.5").switch("p/x", False)
    elsewhere = Question("320100", (), 2014, 2019, 80, 2020)
    assert screen.ask(elsewhere) == Screen(elsewhere)
    later = Question("500000", ("a", "b"), 2023, 2030, 80, 2020)
    assert screen.ask(later).overrides == screen.overrides and screen.ask(later).off == screen.off


def test_a_question_asks_what_the_study_asked():
    registry = load()
    asked = study(registry, "重庆", horizon=2028, level=90, seed=7)
    again = question_of(asked).study(registry, registry.scenario("plan_2021"), "en")
    assert (again.region, again.plans, again.as_of, again.horizon, again.level, again.seed) == (asked.region, asked.plans, asked.as_of, 2028, 90, 7)
    assert again.scenario.id == "plan_2021" and again.lang == "en"
