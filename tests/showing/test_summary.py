"""The briefing reasons with the pipe that the other pages show: one length, one retention."""

from dataclasses import replace

import pytest

from zhibiao.notebook import setup
from zhibiao.showing.numbers import fixed, percent
from zhibiao.showing.summary import summary
from zhibiao.simulating.centre import central
from zhibiao.simulating.pipe import flow, middle


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_briefing_and_the_cohort_page_tell_the_same_length_and_retention(lang: str) -> None:
    report = setup(lang=lang)
    assert report.simulation.pipe is not None
    length, retention = middle(report.simulation.pipe)
    told = " ".join(report.summary().lines) + report.levers().plain()
    assert fixed(length, 1) in told and percent(retention, 1) in told
    assert fixed(length, 1) in report.anchor().plain()


def test_the_intake_that_is_told_brings_the_target_and_less_does_not() -> None:
    """The lever 2024年起招生 for >10.5万, let flow through the middle of the pipe."""
    report = setup()
    pipe = report.simulation.pipe
    assert pipe is not None
    (row,) = [r for r in report.levers().rows if "10.5万人" in r["target"] and "起招生" in r["lever"]]
    needed = float(row["needed"].removeprefix("每年").removesuffix("万人")) * 1e4
    reached = []
    for intake in (needed + 50, needed - 150):  # written to a hundred persons
        one = central(pipe)
        path = one.intake.copy()
        path[:] = pipe.start.intake
        path[:, pipe.years >= 2024] = intake
        reached.append(float(flow(replace(one, intake=path), {}).enrolment[0, -1]))
    assert reached[0] > 105000 > reached[1]


def test_a_region_without_a_pipe_says_nothing_of_pairs() -> None:
    assert "可以并存" not in " ".join(setup(region="江津").summary().lines)


def test_a_pair_that_needs_more_retention_than_there_is_hardly_fits() -> None:
    report = setup()
    pipe = report.simulation.pipe
    assert pipe is not None
    assert "在校生10.5万人与招生3.5万人的目标可以并存" in " ".join(report.summary().lines)
    leaky = replace(pipe, retention=pipe.retention - 0.08)  # 87 % where 91 % would be needed
    told = " ".join(summary(report.study, report.main_rows, (), frozenset(), leaky).lines)
    assert "在校生10.5万人与招生3.5万人的目标难以并存" in told and percent(middle(leaky)[1], 1) in told
