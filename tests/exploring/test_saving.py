"""Screen to file and back: the same scenario, the same figures to the bit, nothing overwritten, names that are never paths."""

import json
import threading
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao import holding
from zhibiao.catalogue import yamlfile
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import OutputError, ParameterError
from zhibiao.exploring import saving
from zhibiao.exploring.scene import scenario_of, scene
from zhibiao.exploring.state import EXPLORED, Question, Screen, question_of
from zhibiao.holding import locked
from zhibiao.model import Override, Scenario
from zhibiao.showing.flow_tables import projections
from zhibiao.simulating.scenario import simulate

TARGET = "chongqing-2022-32/enrolment-keep"


@pytest.fixture(scope="module")
def registry():
    return load()


@pytest.fixture(scope="module")
def here(registry):
    return scene(registry, question_of(study(registry, "重庆")), "zh")


def lever(name, value, unit, year=2025):
    return Override(lever=name, value=Decimal(value), unit=unit, year=year, source=EXPLORED)


def played(here):
    screen = Screen(question_of(here.study)).set(lever("intake", "3.75", "万人")).set(lever("length", "3.65", "年", 2022))
    return screen.set(lever("capacity", "11.4", "万人", 2023)).set(lever("training", "16.5", "万人次")).switch(TARGET, False)


def saved(screen, name="多招：三千人 #1 \"试\""):
    return saving.scenario_from(screen, name, ("招生增加", "more entrants"), "plan_2021")


def same_draws(one, other):
    assert one.fans.keys() == other.fans.keys() and one.assumed == other.assumed
    for name, fan in one.fans.items():
        assert np.array_equal(fan.draws, other.fans[name].draws), name
    assert (one.run is None) == (other.run is None)
    if one.run is not None:
        for part in ("entrants", "enrolment", "graduates", "losses", "turned_away"):
            assert np.array_equal(getattr(one.run, part), getattr(other.run, part))


def test_the_batch_reckons_a_saved_screen_to_the_bit(registry, here, tmp_path):
    screen = played(here)
    shown = here.show(scenario_of(registry, screen))
    scenario = saved(screen)
    saving.save(tmp_path, registry, scenario)
    again = load(tmp_path)
    assert again.scenarios[scenario.id] == scenario
    same_draws(shown.simulation, simulate(study(again, **saving.parameters(again.scenarios[scenario.id]))))
    assert shown.turned_away(2025) > 0


def test_a_published_run_prints_the_same_figures(registry, here, tmp_path, zhibiao):
    screen = played(here).release("training")
    shown = here.show(scenario_of(registry, screen))
    scenario = saved(screen)
    saving.save(tmp_path / "data", registry, scenario)
    options = [part for key, value in saving.parameters(scenario).items() for part in ("-p", f"{key}={value}")]
    done = zhibiao("run", "02_trajectories", *options, "--data", str(tmp_path / "data"), "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stdout + done.stderr
    folder = next(json.loads(line)["folder"] for line in done.stdout.splitlines() if json.loads(line)["event"] == "done")
    notebook = json.loads((tmp_path / "out" / folder / "02_trajectories.ipynb").read_text(encoding="utf-8"))
    printed = ["".join(output["data"].get("text/plain", "")) for cell in notebook["cells"] for output in cell.get("outputs", []) if "data" in output]
    assert projections(shown.study, shown.simulation).plain() in printed


def test_opening_a_file_restores_the_screen(registry, here, tmp_path):
    screen = played(here)
    scenario = saved(screen)
    saving.save(tmp_path, registry, scenario)
    again = load(tmp_path)
    opened = saving.screen_of(again, again.scenarios[scenario.id], question_of(study(again, "重庆", plan="chongqing-2021-452")))
    assert opened.question == screen.question and opened.overrides == screen.overrides and opened.off == screen.off
    assert saving.untouched(again.scenarios[scenario.id])


def test_a_changed_lever_shows_and_a_changed_name_does_not(registry, here, tmp_path):
    path = saving.save(tmp_path, registry, saved(played(here), "甲"))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('zh: "甲"', 'zh: "乙"'), encoding="utf-8")
    assert all(saving.untouched(s) for s in load(tmp_path).scenarios.values())
    path.write_text(text.replace("value: 3.75", "value: 3.76"), encoding="utf-8")
    assert [s.zh for s in load(tmp_path).scenarios.values() if not saving.untouched(s)] == ["甲"]


def test_a_document_that_is_gone_is_named(registry, here):
    scenario = saved(played(here))
    gone = scenario.model_copy(update={"saved": scenario.saved.model_copy(update={"plans": ("chongqing-2021-451",)})})
    with pytest.raises(ParameterError, match=r"nearest: chongqing-2021-452"):
        saving.screen_of(registry, gone, question_of(here.study))


@given(st.text(min_size=1, max_size=60))
def test_a_name_becomes_an_identifier_and_never_a_path(name):
    found = saving.identifier(name)
    assert Scenario(id=found, zh="x", en="x", description="x", description_en="x").id == found
    assert not set(found) & set("/\\.:") and found == saving.identifier(name)


@settings(max_examples=40, deadline=None)
@given(
    st.text("甲乙丙：#'\"\\{}[]|>&*!%@`?-,\n\t abcXYZ0159~", min_size=1, max_size=saving.LONGEST).filter(str.strip),
    st.decimals("0.7", "8", places=4), st.integers(2021, 2025), st.booleans(),
)  # fmt: skip
def test_every_name_and_value_comes_back_from_the_file(tmp_path_factory, name, value, year, trusted):
    screen = Screen(Question("500000", ("chongqing-2021-452",), 2023, 2025, 80, 2020), trust=Decimal("0.5") if trusted else None).set(lever("intake", value, "万人", year))
    scenario = saving.scenario_from(screen, name, (name, name))
    path = tmp_path_factory.mktemp("case") / "case.yaml"
    path.write_text(saving.text(scenario), encoding="utf-8")
    again = yamlfile.validated(Scenario, yamlfile.Document(path), ())
    assert again == scenario and saving.untouched(again)


def test_the_hash_covers_what_figures_follow_from_and_nothing_else(here):
    screen = played(here)
    question, plain = screen.question, saved(screen)
    first = saving.fingerprint(question, plain)
    for other in (replace(question, seed=2021), replace(question, as_of=2022), replace(question, horizon=2026), replace(question, level=90), replace(question, plans=question.plans[:1])):
        assert saving.fingerprint(other, plain) != first
    assert saving.fingerprint(question, saved(screen.set(lever("intake", "3.7501", "万人")))) != first
    assert saving.fingerprint(question, saved(screen.set(lever("intake", "3.75", "万人", 2024)))) != first
    assert saving.fingerprint(question, saved(screen.set(lever("intake", "3.7500", "万人")).switch(TARGET, True), "别的名")) == first


def test_nothing_is_overwritten_without_being_asked(registry, here, tmp_path):
    screen = played(here)
    path = saving.save(tmp_path, registry, saved(screen, "甲"))
    before = path.read_bytes()
    other = saved(screen.set(lever("intake", "4", "万人")), "甲")
    with pytest.raises(ParameterError, match="覆盖同名"):
        saving.save(tmp_path, load(tmp_path), other)
    assert path.read_bytes() == before
    saving.save(tmp_path, load(tmp_path), other, replace=True)
    assert path.read_bytes() != before and load(tmp_path).scenarios[other.id] == other


@pytest.mark.parametrize("name", ["baseline", "基准", "按452号招生", "plan_2021"])
def test_the_names_of_shipped_scenarios_are_taken(registry, here, tmp_path, name):
    with pytest.raises(ParameterError, match="占用"):
        saving.save(tmp_path, registry, saved(played(here), name), replace=True)
    assert not (tmp_path / "scenarios").exists()


@pytest.mark.parametrize("name", ["", " \n ", "\u200b", "长" * (saving.LONGEST + 1), "多招😀"])
def test_a_name_that_is_none_is_refused(here, name):
    with pytest.raises(ParameterError, match="名称 name"):
        saved(played(here), name)


def test_two_people_do_not_write_at_once(registry, here, tmp_path, monkeypatch):
    monkeypatch.setattr(holding, "PATIENCE", 0.1)
    held, done = threading.Event(), threading.Event()

    def other():
        with locked(tmp_path):
            held.set()
            done.wait(10)

    thread = threading.Thread(target=other)
    thread.start()
    held.wait(10)
    try:
        with pytest.raises(OutputError, match="请稍后再试"):
            saving.save(tmp_path, registry, saved(played(here), "甲"))
    finally:
        done.set()
        thread.join()
    assert not (tmp_path / "scenarios").exists()


def test_a_folder_that_cannot_be_written_says_so(registry, here, tmp_path):
    (tmp_path / "data").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError):
        saving.save(tmp_path / "data", registry, saved(played(here), "甲"))
