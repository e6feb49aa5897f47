"""How far levers can be moved on the screen: sourced, on a grid, around where the region stands and what its documents ask."""

from decimal import Decimal

import pytest

from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.exploring.offered import explorable, start_question
from zhibiao.exploring.scene import scene
from zhibiao.model import LEVERS


@pytest.fixture(scope="module")
def registry():
    return load()


@pytest.fixture(scope="module")
def scenes(registry):
    return {place.code: scene(registry, start_question(registry, place.code), "zh") for place in explorable(registry)}


def test_every_region_with_a_pair_and_every_region_with_a_document_is_offered(registry):
    names = {place.zh for place in explorable(registry)}
    assert {"全国", "重庆", "南京", "陕西", "江津区", "沧州"} <= names


def test_a_range_holds_where_the_region_stands_and_lies_within_what_the_model_means(scenes):
    found = [reach for here in scenes.values() for reach in here.ranges.values()]
    assert len(found) > 20
    for reach in found:
        known, scale = LEVERS[reach.lever], reach.unit.scale
        assert reach.low < reach.high and 20 <= (reach.high - reach.low) / reach.step <= 130
        assert (reach.high - reach.low) % reach.step == 0
        assert not reach.known or reach.low <= reach.start <= reach.high
        assert known.low is None or reach.low * scale >= known.low
        assert known.high is None or reach.high * scale <= known.high + reach.step * scale
        assert all(len(words) > 8 for words in reach.why) and reach.first <= reach.last


def test_the_documents_targets_lie_within(scenes):
    reaches = scenes["500000"].ranges
    assert reaches["intake"].low <= Decimal("3.5") <= reaches["intake"].high
    assert reaches["enrolment_floor"].low <= 12 <= reaches["enrolment_floor"].high
    assert reaches["training"].low <= 20 <= reaches["training"].high
    assert reaches["employment"].low <= 98 <= reaches["employment"].high


def test_a_region_without_a_pipe_has_no_levers(scenes):
    assert not scenes["500116"].ranges and not scenes["130900"].ranges


def test_a_wider_range_stays_on_the_grid(scenes):
    reach = scenes["500000"].ranges["intake"]
    low, high = reach.over([Decimal("12.34"), Decimal("0.123")])
    assert low <= Decimal("0.123") and high >= Decimal("12.34")
    assert (low - reach.low) % reach.step == 0 and (high - reach.high) % reach.step == 0
    assert reach.over([]) == (reach.low, reach.high)


def test_what_no_document_asks_and_nobody_knows_is_no_lever(registry):
    here = scene(registry, start_question(registry, "南京"), "zh")
    assert "training" not in here.ranges and "employment" not in here.ranges and not study(registry, "南京").plans
