"""Panel, fragility, changes and the share that can be judged, as a reader sees them."""

import datetime as dt
from dataclasses import replace

import pytest

from zhibiao.answers import Report
from zhibiao.assessing.asking import series
from zhibiao.assessing.asking.question import Options, ask
from zhibiao.assessing.asking.target import parse
from zhibiao.assessing.methods.published import PUBLISHED
from zhibiao.showing.grade_words import GRADES


@pytest.fixture
def report():
    """A report on one typed series and target, in a language."""

    def made(figures, target, lang="zh", **options):
        return Report(replace(ask(series.parse(figures), parse(target), Options(**options)).study, lang=lang))

    return made


def rows(table):
    return [dict(zip([column.name for column in table.columns], texts, strict=True)) for texts in table.texts()]


def test_every_grade_that_means_on_track_has_its_word():
    for method in PUBLISHED:
        assert set(method.on_track) <= set(GRADES[method.id])


def test_methods_speak_line_by_line_and_are_silent_together(report):
    found = rows(report("2020=9.9 2022=10.1", "超过10.5万人@2025").methods())
    assert found[0] == {"target": "本指标 >10.5万人（2025）", "method": "时序进度", "ratio": "0.83", "score": "—", "grade": "进度滞后", "stance": "赶不上", "reason": ""}
    assert [row["method"] for row in found[1:4]] == ["达标机会", "年均增长率之比", "Open SDG 进展 2.4"]
    assert (found[-1]["method"], found[-1]["stance"], found[-1]["reason"]) == ("德国天气符号", "不能说", "近5年只有2个数，至少要4个")
    silent = rows(report("2020=9.9", ">10.5@2025", "en").methods())
    assert [(row["method"], row["reason"]) for row in silent] == [("all 11 methods", "there is only one observation")]


def test_what_would_turn_a_verdict_in_the_unit_of_the_document(report):
    row = rows(report("2020=9.9 2022=10.1", "超过10.5万人@2025").fragility())[0]
    assert (row["latest"], row["base_year"]) == ("+0.04万人 → 进度正常", "晚1年 → 进度正常")
    assert row["baseline"].startswith("-0.06667万人")
    assert (row["on_track"], row["off_track"], row["silent"]) == ("0", "10", "1")
    english = rows(report("2020=97% 2022=98%", ">98%@2025", "en").fragility())[0]
    assert english["latest"] == "any fall → on schedule"
    unknown = rows(report("2020=9.9", ">10.5@2025").fragility())[0]
    assert (unknown["verdict"], unknown["latest"], unknown["silent"]) == ("无法判断", "—", "11")


def test_the_share_that_can_be_judged_comes_first(report):
    assert str(report("2020=9.9 2022=10.1", ">10.5@2025").assessable()) == "1项目标，可评1项（100%）：进度滞后1。"
    assert str(report("2020=9.9", ">10.5@2025", "en").assessable()) == "The one target cannot be judged: nothing since the start."


def test_without_an_earlier_vintage_there_is_nothing_to_compare(report):
    assert "同一天" in str(report("2020=9.9 2022=10.1", ">10.5@2025").changes())


def test_changes_are_told_with_their_reason(report):
    known = report("2020=9.9 2022=10.1", "超过10.5万人@2025").study
    later = known.registry.observations[-1].model_copy(update={"recorded": dt.date(2024, 1, 1), "value": known.registry.observations[-1].value + 1, "reason": "更正"})
    revised = replace(known, registry=replace(known.registry, observations=(*known.registry.observations, later)))
    lines = Report(revised).changes().lines
    # the typed target is dated 2021, after its figures: nothing of it was known before
    assert "新目标" in lines[1]
    told = Report(revised).changes("2023-06-01").lines
    assert "1项有变化" in told[0]
    assert "由“进度滞后”变为“已达到”" in told[1] and "10.1万人（2022）改为11.1万人（2022），更正（单此一项即可解释）" in told[1]
    english = Report(replace(revised, lang="en")).changes("2023-06-01").lines
    assert "from “behind schedule” to “met”" in english[1] and "which alone explains it" in english[1]
