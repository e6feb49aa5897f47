"""``zhibiao simulate`` as scripts see it."""

import csv
import io
import json

import pytest


def test_it_prints_the_promised_columns_for_each_scenario_named(zhibiao):
    result = zhibiao("simulate", "--scenario", "plan_2021", "--scenario", "基准")
    assert result.returncode == 0, result.stderr
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert list(rows[0]) == ["scenario", "region", "indicator", "year", "unit", "method", "median", "lo80", "hi80", "lo95", "hi95", "assumed"]
    assert list(dict.fromkeys(row["scenario"] for row in rows)) == ["plan_2021", "baseline"]
    (intake,) = (row for row in rows if (row["scenario"], row["indicator"], row["year"]) == ("plan_2021", "intake", "2025"))
    assert (intake["median"], intake["unit"], intake["assumed"]) == ("35000", "人", "yes")


def test_all_scenarios_of_a_region_to_another_horizon_as_json(zhibiao, tmp_path):
    file = tmp_path / "all.json"
    result = zhibiao("simulate", "--scenario", "all", "--region", "全国", "--horizon", "2028", "--format", "json", "-o", str(file))
    assert result.returncode == 0, result.stderr
    rows = json.loads(file.read_text(encoding="utf-8"))
    assert {row["scenario"] for row in rows} >= {"baseline", "intake_low", "retention_up", "longer_programmes", "capacity_limited"}
    assert max(row["year"] for row in rows) == 2028 and "plan_2021" not in {row["scenario"] for row in rows}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--scenario", "intake_lo"], "nearest: intake_low"),
        (["--scenario", "plan_2021", "--region", "全国"], "not meant for"),
        (["--scenario", "intake_low", "--region", "江津"], "intake and enrolment of one year"),
        (["--region", "重庆布"], "nearest: 重庆"),
        (["--horizon", "soon"], "horizon"),
        (["--format", "cvs"], "nearest: csv"),
    ],
)
def test_a_wrong_parameter_is_told_in_one_line_with_its_exit_code(zhibiao, arguments, told):
    result = zhibiao("simulate", *arguments)
    assert result.returncode == 2 and result.stdout == ""
    assert told in result.stderr and len(result.stderr.strip().splitlines()) == 1


def test_a_broken_scenario_of_an_overlay_names_its_line(zhibiao, tmp_path):
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "mine.yaml").write_text("id: mine\nzh: 例\nen: mine\ndescription: 例\ndescription_en: mine\ntrsut: 0.5\n", encoding="utf-8")
    result = zhibiao("simulate", "--scenario", "mine", "--data", str(tmp_path))
    assert result.returncode == 3 and "mine.yaml:6" in result.stderr and "nearest: trust" in result.stderr


def test_a_region_without_figures_says_what_was_left_out(zhibiao):
    result = zhibiao("simulate", "--scenario", "all", "--region", "江津")
    assert result.returncode == 0 and result.stdout.count("\n") == 1
    assert "intake_low:" in result.stderr
