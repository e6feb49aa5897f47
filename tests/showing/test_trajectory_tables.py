"""What fans rest on, why there is none, and how a chance is said."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.notebook import setup
from zhibiao.showing.gap_tables import likelihood_text


@pytest.fixture(scope="module")
def chongqing():
    return setup(region="重庆")


def cells(table):
    return {row[0]: dict(zip([column.name for column in table.columns], row, strict=True)) for row in table.texts()}


def test_each_fan_names_its_own_figures_its_class_and_its_coverage(chongqing):
    found = cells(chongqing.trajectory_basis())
    assert set(found) == {chongqing.study.indicator(name).zh for name in chongqing.simulation.fans}
    assert found["年招生规模"]["own"] == "1个（2020）" and "借“在校生”" in found["年招生规模"]["reference"]
    assert found["在校生规模"]["own"] == "2个（2017、2020）" and found["在校生规模"]["coverage"].endswith("%")
    assert found["毕业生就业率"]["coverage"] == "未测"


def test_below_one_figure_nothing_is_projected_and_the_reason_is_said(chongqing):
    said = chongqing.not_projected().lines
    assert any("只有下限" in line and "毕业生数" in line for line in said)
    assert any("一个数也没有" in line and "开展职业培训" in line for line in said)
    assert "没有一项指标可以推断" in str(setup(region="江津").trajectory_basis())


def test_every_asked_indicator_has_a_fan_or_a_reason(chongqing):
    asked = {statement.indicator for statement in chongqing.study.statements("target")}
    known = {name for name in chongqing.study.registry.indicators if chongqing.study.series(name).points}
    counted = sum(int(re.search(r"，(\d+)项）", line)[1]) for line in chongqing.not_projected().lines)
    assert counted == len((asked | known) - set(chongqing.simulation.fans))


@pytest.mark.parametrize(
    ("chance", "state", "text"),
    [
        (0.97, "assessed", ">95%（很可能）"),
        (0.9, "not_yet_reported", "≈90%（很可能）"),
        (0.7, "assessed", "≈70%（可能）"),
        (0.5, "assessed", "≈50%（约各半）"),
        (0.2, "assessed", "≈20%（不太可能）"),
        (0.01, "assessed", "<5%（很不可能）"),
        (0.01, "estimate_only", "<15%（不太可能）"),
        (0.97, "estimate_only", ">85%（可能）"),
        (0.5, "estimate_only", "≈40—60%（约各半）"),
        (None, "assessed", "—"),
    ],
)
def test_a_chance_is_said_in_a_number_and_a_word(chance, state, text):
    assert likelihood_text(chance, state, "zh") == text


def test_the_word_is_that_of_the_number_as_it_is_printed():
    words = (("很可能", 90), ("可能", 67), ("约各半", 34), ("不太可能", 10), ("很不可能", 0))
    for chance in [*(k / 4000 for k in range(4001)), 0.3268, 0.3334, 0.6666, 0.6667, 0.0999, 0.9001]:
        number, said = likelihood_text(chance, "assessed", "zh").rstrip("）").split("（")
        percent = {"<5%": 0, ">95%": 100}.get(number) if number[0] in "<>" else int(number.strip("≈%"))
        assert said == next(word for word, least in words if percent >= least), chance
    assert likelihood_text(0.3268, "assessed", "zh") == likelihood_text(0.3334, "assessed", "zh") == "≈35%（约各半）"


@given(st.floats(0, 1))
def test_words_never_turn_round_and_an_estimate_never_sounds_surer(chance):
    order = ["很不可能", "不太可能", "约各半", "可能", "很可能"]

    def place(text):
        return order.index(text.split("（")[1].rstrip("）"))

    plain, weak = place(likelihood_text(chance, "assessed", "zh")), place(likelihood_text(chance, "estimate_only", "zh"))
    assert abs(weak - 2) <= abs(plain - 2)
    assert place(likelihood_text(min(chance + 0.05, 1.0), "assessed", "zh")) >= plain
