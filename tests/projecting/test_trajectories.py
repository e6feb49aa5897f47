"""Fans of a study's indicators."""

from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.projecting.trajectories import trajectories

REGISTRY = load()


def test_a_fan_rests_on_the_figures_since_the_last_change_of_definition():
    question = study(REGISTRY, "重庆")
    known = [point.period.year for point in question.series("schools").annual]
    fan = trajectories(question, ["schools"])["schools"]
    (since,) = question.indicator("schools").breaks_in("500000")
    assert min(known) < since <= int(fan.years[0])  # figures before the break are there and are not used
    assert fan.basis.own_points == sum(year >= since for year in known)
