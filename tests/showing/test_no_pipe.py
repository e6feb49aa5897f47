"""Every page gives the true reason why nothing flows."""

from dataclasses import replace
from decimal import Decimal

import pytest

from zhibiao.answers import Report
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.exploring.cell import Cell
from zhibiao.model import Period

REGISTRY = load()


def _school_of_its_first_year(lang: str) -> Report:
    """Five students, all of them entrants: no programme length fits."""
    like = next(o for o in REGISTRY.observations if o.region == "100000" and o.indicator == "intake")
    rows = tuple(
        like.model_copy(update={"region": "450000", "indicator": name, "period": Period.parse("2024"), "value": Decimal(5), "unit": "人", "basis": basis})
        for name, basis in (("intake", "in_period"), ("enrolment", "at_end"))
    )
    place = REGISTRY.regions["440000"].model_copy(update={"code": "450000", "zh": "某市", "en": "a city"})
    registry = replace(REGISTRY, observations=(*REGISTRY.observations, *rows), regions={**REGISTRY.regions, "450000": place})
    return Report(study(registry, "450000", horizon=2028, lang=lang))


@pytest.mark.parametrize(("lang", "told"), [("zh", "每名招生对应在校生1人"), ("en", "fits 1 enrolled per entrant")])
@pytest.mark.parametrize("page", ["anchor", "what_follows", "small_multiples", "tornado", "sensitivity", "explorer"])
def test_the_reason_is_the_ratio_and_not_a_missing_figure(page: str, lang: str, told: str) -> None:
    report = _school_of_its_first_year(lang)
    shown = repr(Cell(report).parts()[0]) if page == "explorer" else repr(getattr(report, page)())
    assert told in shown
    assert "没有同一年" not in shown and "No year has both" not in shown
