"""Looking over figures that are there: each kind of finding on series made for it."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from zhibiao.catalogue.load import load
from zhibiao.errors import ParameterError
from zhibiao.model import Observation
from zhibiao.reading.checking import Finding, check_observations

REGISTRY = load()


def _row(line: int, period: str, value: float | str, indicator: str = "enrolment", basis: str = "at_end", **other: object) -> Observation:
    held = {
        "region": "500101", "indicator": indicator, "period": period, "basis": basis, "value": Decimal(str(value)), "unit": "人",
        "source": "own-report", "recorded": dt.date(2026, 1, 1), "origin": f"mine.csv:{line}", **other,
    }  # fmt: skip
    return Observation.model_validate(held)


def _check(*rows: Observation, as_of: int | None = None) -> list[Finding]:
    return list(check_observations(replace(REGISTRY, observations=rows), "万州", as_of))


def _years(*values: float, first: int = 2018, **other: object) -> list[Observation]:
    return [_row(index + 2, str(first + index), value, **other) for index, value in enumerate(values)]  # type: ignore[arg-type]


def _found(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.kind, finding.where) for finding in findings]


def test_a_quiet_series_has_no_findings() -> None:
    assert _check(*_years(3000, 3300, 2900, 4000)) == []


def test_a_year_without_a_figure_is_a_gap_unless_it_was_counted_within() -> None:
    rows = [_row(2, "2018", 3000), _row(3, "2021", 3100), _row(4, "2022", 3200)]
    findings = _check(*rows)
    assert _found(findings) == [("gap", "mine.csv:3")]
    assert "万州区 在校生规模 2019—2020" in findings[0].words
    assert "2020" not in _check(*rows, _row(5, "2020-09", 3050))[0].words.split(":")[0]


@pytest.mark.parametrize(("value", "kind"), [(31000, "unit_slip"), (320, "unit_slip"), (6000, "outlier"), (1500, "outlier")])
def test_a_value_off_both_neighbours_is_one_finding(value: float, kind: str) -> None:
    assert _found(_check(*_years(3000, value, 3200))) == [(kind, "mine.csv:3")]


def test_people_in_a_series_of_ten_thousands_are_a_slip() -> None:
    assert _found(_check(*_years(0.31, 3100, 0.32, unit="万人"))) == [("unit_slip", "mine.csv:3")]


def test_a_lasting_change_of_level_is_a_break_and_an_explained_one_is_no_error() -> None:
    findings = _check(*_years(3000, 3100, 6000, 6100))
    assert _found(findings) == [("break", "mine.csv:4")]
    assert findings[0].severity == "warning"
    slip = _years(3000, 3100, 31000, 31500)
    assert _found(_check(*slip)) == [("unit_slip", "mine.csv:4")]
    slip[2] = slip[2].model_copy(update={"reason": "并校"})
    explained = _check(*slip)
    assert _found(explained) == [("break", "mine.csv:4")]
    assert explained[0].words.endswith("理由 reason: 并校")


def test_a_change_over_several_years_may_be_larger() -> None:
    assert _found(_check(_row(2, "2014", 3000), _row(3, "2019", 12000))) == [("gap", "mine.csv:3")]
    assert ("break", "mine.csv:3") in _found(_check(_row(2, "2014", 3000), _row(3, "2016", 9000)))


def test_small_numbers_and_floors_are_not_compared() -> None:
    assert _check(*_years(1, 9, indicator="schools", unit="所")) == []
    assert _found(_check(*_years(1000, 9000, qualifier="gt"))) == [("floors_only", "mine.csv:3")]


def test_a_series_that_ends_two_years_before_the_others_is_stale() -> None:
    rows = [*_years(3000, 3100), _row(9, "2021", 900, "intake", "in_period")]
    assert _found(_check(*rows)) == [("stale", "mine.csv:3")]
    assert _check(*rows[:2]) == []
    assert _found(_check(*rows[:2], as_of=2022)) == [("stale", "mine.csv:3")]


def test_a_year_to_date_figure_that_falls_is_an_error_even_against_the_whole_year() -> None:
    months = [_row(line, f"2024-{line:02d}", value, "intake", "year_to_date") for line, value in ((8, 500), (9, 900), (10, 880))]
    assert _found(_check(*months)) == [("falling", "mine.csv:10")]
    assert _found(_check(*months[:2], _row(11, "2024", 850, "intake", "in_period"))) == [("falling", "mine.csv:11")]
    assert _check(*months[:2], months[2].model_copy(update={"reason": "退学核减"})) == []


def test_sources_that_give_different_values_conflict_and_both_are_named() -> None:
    rows = [_row(2, "2022", 3000), _row(3, "2022", 3100, source="chongqing-2021-452")]
    findings = _check(*rows)
    assert _found(findings) == [("conflict", "mine.csv:2")]
    assert "own-report 3000人（mine.csv:2）" in findings[0].words
    assert "chongqing-2021-452 3100人（mine.csv:3）" in findings[0].words
    later = rows[1].model_copy(update={"recorded": dt.date(2026, 2, 1)})
    assert _check(rows[0], later) == []


def test_errors_come_first_and_each_finding_is_one_line() -> None:
    findings = _check(*_years(3000, 3100, 31000), _row(9, "2014", 3000))
    assert [finding.severity for finding in findings] == ["error", "warning"]
    assert str(findings[0]).startswith("mine.csv:4: 错误 error unit_slip 数量级跳变: 万州区 在校生规模 2020: 3100人（2019）→ 31000人，10 倍")
    assert all("\n" not in str(finding) for finding in findings)


def test_the_shipped_figures_hold_no_errors_and_a_region_is_looked_up() -> None:
    findings = check_observations(REGISTRY)
    assert {finding.severity for finding in findings} == {"warning"}
    assert all(finding.where.rsplit(":", 1)[0].endswith(".csv") for finding in findings)
    assert {finding.kind for finding in check_observations(REGISTRY, "广州")} == {"gap", "stale"}
    with pytest.raises(ParameterError, match="nearest: 重庆"):
        check_observations(REGISTRY, "重庆布")


def test_periods_of_months_do_not_count_as_years() -> None:
    rows = [_row(line, f"2024-{line:02d}", value, "intake", "year_to_date") for line, value in ((2, 10), (9, 9000))]
    assert _check(_row(30, "2023", 9000, "intake", "in_period"), *rows) == []
