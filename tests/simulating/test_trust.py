"""A plan is information only where a scenario says how far it is trusted."""

import numpy as np
import pytest

from zhibiao.assessing.gaps import gap_table
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import RegistryError
from zhibiao.simulating.scenario import simulate

REGISTRY = load()


def _fans(name):
    question = study(REGISTRY, "重庆", scenario=name)
    return question, simulate(question)


def test_half_of_the_paths_are_led_to_the_governing_target_and_the_others_left_alone():
    _, plain = _fans("baseline")
    _, led = _fans("plan_trusted")
    before, after = plain.fans["enrolment"], led.fans["enrolment"]
    same = np.all(before.draws == after.draws, axis=1)
    assert same.mean() == 0.5 and after.method == "trusted"
    # 12万 of the later document governs; a led path keeps its own spread around it
    assert np.median(after.at(2025)[~same]) == pytest.approx(120000, rel=0.01)
    years = after.years > after.basis.last_year
    shift = np.log(after.draws[~same] / before.draws[~same])
    assert np.all(shift[:, ~years] == 0) and np.ptp(shift, axis=0) == pytest.approx(0, abs=1e-9)


def test_no_chance_is_given_where_the_plan_itself_is_the_information():
    question, led = _fans("plan_trusted")
    rows = {row.statement.id: row for row in gap_table(question, led.chances)}
    assert rows["enrolment-2025"].chance is None and "enrolment" in led.assumed


def test_indicators_without_a_target_ahead_stay_as_they_are():
    question, led = _fans("plan_trusted")
    _, plain = _fans("baseline")
    untouched = set(led.fans) - led.assumed
    assert all(led.fans[name].draws is not None and np.array_equal(led.fans[name].draws, plain.fans[name].draws) for name in untouched)
    assert question.scenario.trust is not None


@pytest.mark.parametrize("trust", ["0", "1.5", "-1"])
def test_trust_is_a_share(tmp_path, trust):
    (tmp_path / "scenarios").mkdir()
    text = "id: mine\nzh: 例\nen: mine\ndescription: 例\ndescription_en: mine\n"
    (tmp_path / "scenarios" / "mine.yaml").write_text(f"{text}trust: {trust}\n", encoding="utf-8")
    with pytest.raises(RegistryError, match=r"mine\.yaml:6.*trust is a share"):
        load(tmp_path)
