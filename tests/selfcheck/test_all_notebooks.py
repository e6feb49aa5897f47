"""Every shipped notebook: each number of a cell was noted by that cell, and no value stands in two roundings."""

import itertools

import pytest

from zhibiao.errors import ParameterError
from zhibiao.publishing import values
from zhibiao.publishing.readback import unexplained
from zhibiao.publishing.shown_texts import shown_texts
from zhibiao.showing import ledger
from zhibiao.showing.ledger import VALUES

REGIONS = ("重庆", "全国", "江津", "沧州")
SCENARIOS = ("baseline", "intake_low", "plan_trusted")
USUAL = (("重庆", "zh", "baseline"), ("全国", "en", "intake_low"))
"""What is tested each time; everything else by `make soak`."""
EVERYTHING = [case for case in itertools.product(REGIONS, ("zh", "en"), SCENARIOS) if case not in USUAL]


def _held(published, region, lang, scenario):
    for stem in published.stems:
        ledger.begin()
        try:
            nb = published.run(stem, region=region, lang=lang, scenario=scenario)
        except ParameterError:
            pytest.skip("the scenario is not meant for this region")
        setup = {number for number, cell in enumerate(nb.cells, 1) if "setup" in cell.metadata.get("tags", [])}
        for number, cell in enumerate(nb.cells, 1):
            assert number in setup or all(VALUES in output.data for output in cell.get("outputs", [])), (stem, number)
        store = values.take(nb)
        for position in store.positions:
            mine = values.Store(tuple(one for one in store.objects if one.position == position))
            for one in mine.objects:
                found = list(unexplained(shown_texts(one.output), mine.printed, one.quoted))
                assert not found, (stem, nb.cells[position - 1].source, found)
        assert values.roundings(values.records(store)) == [], (stem, region, lang, scenario)


@pytest.mark.parametrize(("region", "lang", "scenario"), USUAL)
def test_numbers_of_a_cell_are_noted_by_it_and_rounded_one_way(published, region, lang, scenario):
    _held(published, region, lang, scenario)


@pytest.mark.soak
@pytest.mark.parametrize(("region", "lang", "scenario"), EVERYTHING)
def test_the_same_of_every_region_language_and_scenario(published, region, lang, scenario):
    _held(published, region, lang, scenario)
