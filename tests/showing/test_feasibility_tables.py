"""Tables and sentences of what holds together: the findings of Chongqing in words, and nothing where nothing is known."""

import re

import pytest

from zhibiao.answers.feasibility import Feasibility
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.showing.feasibility_tables import contradictions, significant
from zhibiao.showing.solution_tables import solutions
from zhibiao.simulating.demands import demands
from zhibiao.simulating.feasibility import feasibility
from zhibiao.simulating.ranges import Range
from zhibiao.simulating.relaxing import relaxing
from zhibiao.simulating.scenario import ground
from zhibiao.simulating.solving import solve

REGISTRY = load()
CITY = Feasibility(study(REGISTRY))
ENGLISH = Feasibility(study(REGISTRY, lang="en"))


def test_what_contradicts_is_said_with_its_numbers() -> None:
    lines = CITY.contradictions().lines
    assert "可同时成立" in lines[0] and ">10.5万人" in lines[0] and re.search(r"2025年在校生约11\.\d万人", lines[0])
    assert "不能同时成立" in lines[1] and "两个目标之比为3.43，2020年为3.30" in lines[1]
    assert "最小的矛盾组：年招生规模>3.5万人、在校生规模≥12万人" in lines[2]
    training = next(line for line in lines if "职业培训" in line)
    assert training.index("[100]") < training.index("必然成立") and "不矛盾" in training and "确数" in training


def test_both_languages_say_the_same() -> None:
    zh, en = CITY.contradictions().lines, ENGLISH.contradictions().lines
    assert len(zh) == len(en)
    assert "hold together" in en[0] and "do not hold together" in en[1]
    # the engine's own figures are the same in both
    assert [re.findall(r"\d+\.\d+", line) for line in zh[:2]] == [re.findall(r"\d+\.\d+", line) for line in en[:2]]
    assert not any(re.search("[\u4e00-\u9fff]", line.replace("号", "").replace("专栏", "").replace("一(二)", "")) for line in en)


def test_what_binds_is_marked_once() -> None:
    table = CITY.binding()
    rows = table.values()
    assert len(rows) == 3
    marks = [str(row[-1]) for row in rows]
    assert sum("余量最小" in mark for mark in marks) == 1 and "余量最小" in marks[2]
    assert rows[0][2] == "刚好" and str(rows[1][2]).startswith("+") and str(rows[2][2]).startswith("-")
    assert "还须" in str(rows[2][4])


def test_what_gives_way_is_named_with_its_value() -> None:
    rows = CITY.relaxations().values()
    assert "不需改" in rows[0][-1]
    assert [str(row[2])[-2:] for row in rows[1:]] == ["万人", "万人"]
    cheapest = [row for row in rows if row[-1] == "变动最小"]
    assert len(cheapest) == 1 and "≥12万人" in cheapest[0][1] and str(cheapest[0][3]).startswith("-15")


def test_solutions_are_listed_with_their_levers() -> None:
    table = CITY.solutions(0.8)
    rows = table.values()
    assert "年招生3→3.51万人（2025年）" in rows[0][2]
    assert all(str(row[4]).startswith(("≈", ">")) for row in rows)
    assert "求解到80%" in table.notes[0]


def test_what_cannot_be_reached_says_what_it_lacks() -> None:
    question, base = CITY.study, CITY.ground
    answer = solve(question, demands(question, ["在校生>=12万人@2025"]), base, {"retention": Range(95, 98, 1.0)}, chance=0.8)
    table = solutions(question, [answer])
    (row,) = table.values()
    assert "达不到" in row[-1] and "还差" in row[-1] and row[1] == "—"


@pytest.mark.parametrize("place", ["江津", "沧州"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_where_there_is_no_pair_everything_says_so(place: str, lang: str) -> None:
    report = Feasibility(study(REGISTRY, region=place, lang=lang))
    for shown in (report.feasible_map(), report.contradictions(), report.binding(), report.relaxations(), report.solutions()):
        assert not re.search(r"可同时成立|hold together:", repr(shown))
    assert ("不能评估" if lang == "zh" else "not assessable") in repr(report.contradictions())
    assert ("不能评估" if lang == "zh" else "not assessable") in repr(report.binding())


def test_a_target_that_lacks_a_pair_is_no_pass() -> None:
    place = study(REGISTRY, region="江津")
    asked, base = demands(place, ["在校生>=1万人@2025"]), ground(place)
    (line,) = contradictions(place, [(feasibility(place, asked, base), relaxing(place, asked, base))]).lines
    assert "不能评估" in line and "同一年" in line


def test_modelled_figures_have_three_digits() -> None:
    from zhibiao.model import unit_of

    assert [significant(v, unit_of("万人")) for v in (111419.7, 1112.0, 0.0, 9_999_999)] == ["11.1", "0.111", "0", "1000"]
    assert [significant(v, unit_of("人")) for v in (1999, 420.7, 12_345)] == ["2,000", "421", "12,300"]
