"""The command line as scripts see it: columns, exit codes, one clear message, nothing heavy before it is needed."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from zhibiao.catalogue.listing import STATEMENT_COLUMNS

ROOT = Path(__file__).parents[1]


def records(result: subprocess.CompletedProcess[str]) -> list[dict[str, str]]:
    assert result.returncode == 0, result.stderr
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_targets_prints_the_promised_columns_with_values_as_written(zhibiao) -> None:
    rows = records(zhibiao("targets", "--plan", "chongqing-2021-452", "--format", "csv"))
    assert len(rows) == 67  # a 68th sentence says the enrolment of 2020 again
    assert tuple(rows[0]) == STATEMENT_COLUMNS
    found = next(row for row in rows if row["id"] == "chongqing-2021-452/enrolment-2025")
    assert [found[c] for c in ("value_low", "value_high", "unit", "comparator", "scope", "year_end")] == ["10.5", "", "万人", "gt", "point", "2025"]
    assert found["document"] == "渝人社〔2021〕452号"


def test_targets_filters_and_speaks_json(zhibiao) -> None:
    result = zhibiao("targets", "--region", "重庆", "--kind", "baseline", "--format", "json")
    assert result.returncode == 0, result.stderr
    assert [(row["indicator"], row["value_low"]) for row in json.loads(result.stdout)] == [("intake", 3), ("enrolment", 9.9), ("employment_rate", 98)]


def test_xlsx_holds_numbers_as_numbers_and_no_formulas(tmp_path: Path, zhibiao) -> None:
    result = zhibiao("targets", "--format", "xlsx", "-o", str(tmp_path / "t.xlsx"))
    assert result.returncode == 0, result.stderr
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert sheet is not None
    header = [cell.value for cell in sheet[1]]
    values = [row[header.index("value_low")] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert 10.5 in values
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert [p.name for p in tmp_path.iterdir()] == ["t.xlsx"]


def test_gaps_has_one_row_a_target(zhibiao) -> None:
    rows = records(zhibiao("gaps", "--format", "csv"))
    assert len(rows) == 44
    by = {row["id"]: row for row in rows}
    enrolment = by["chongqing-2021-452/enrolment-2025"]
    assert (enrolment["gap"], enrolment["met"], enrolment["state"]) == ("0.6", "", "not_yet_reported")
    assert enrolment["governed_by"] == "chongqing-2022-32/enrolment-keep"
    assert by["chongqing-2022-32/enrolment-keep"]["state"] == "definition_unclear"
    assert by["chongqing-2022-32/enrolment-keep"]["chance"] == ""


def test_gaps_says_what_share_can_be_judged_beside_the_table(zhibiao) -> None:
    assert zhibiao("gaps", "--format", "csv").stderr == "44项目标，可评2项（5%）：已达到1、已报年份守住1（其中仅有估计数2）；不可评：基期后未报数41、口径不明1。\n"


def test_gaps_since_a_day_says_why_verdicts_changed(zhibiao) -> None:
    rows = {row["id"]: row for row in records(zhibiao("gaps", "--since", "2024-01-01", "--format", "csv"))}
    assert len(rows) == 44
    rate = rows["chongqing-2021-452/employment-2025"]
    assert [rate[c] for c in ("changed", "verdict_before", "verdict", "reasons", "decisive", "new_periods")] == ["yes", "unknown", "met", "new_data", "new_data", "2020 2023"]
    before = {row["id"]: row for row in records(zhibiao("gaps", "--since", "2022-01-01", "--format", "csv"))}
    assert before["chongqing-2022-32/enrolment-keep"]["reasons"] == "new_target"


def test_gaps_past_the_horizon_asks_for_no_pace(zhibiao) -> None:
    rows = {row["id"]: row for row in records(zhibiao("gaps", "--as-of", "2026", "--format", "csv"))}
    enrolment = rows["chongqing-2021-452/enrolment-2025"]
    assert (enrolment["state"], enrolment["verdict"], enrolment["chance"]) == ("passed_not_reported", "not_reported", "")


def test_cohort_settles_at_the_published_number(zhibiao) -> None:
    rows = records(zhibiao("cohort", "--intake", "3", "--length", "3", "--retention", "0.97", "--years", "30", "--format", "csv"))
    assert list(rows[0]) == ["year", "intake", "enrolment", "graduates", "losses"]
    assert float(rows[-1]["enrolment"]) == pytest.approx(8.7327)


def test_grade_prints_the_headline_or_every_method(zhibiao) -> None:
    result = zhibiao("grade", "2020=9.9 2022=10.1", "--target", ">10.5@2025", "--format", "json")
    assert result.returncode == 0, result.stderr
    headline = json.loads(result.stdout)
    assert [(row["method"], row["grade"]) for row in headline] == [("schedule", "behind"), ("chance", "about_even")]
    assert headline[0]["detail"] == {"change": pytest.approx(1 / 3), "time": 0.4, "due": pytest.approx(10.14)}
    rows = {row["method"]: row for row in records(zhibiao("grade", "2020=9.9 2022=10.1", "--target", ">10.5@2025", "--method", "all", "--format", "csv"))}
    assert round(float(rows["eurostat_cagr"]["ratio"]), 4) == 0.8490
    assert (rows["unsd_2023"]["grade"], rows["sdsn"]["grade"], rows["destatis"]["grade"]) == ("2", "➚", "")
    assert rows["destatis"]["reason"]
    assert (rows["schedule"]["flip_latest"], rows["schedule"]["on_track"], rows["schedule"]["silent"]) == ("0.04", "0", "1")


def test_grade_takes_what_only_some_methods_need(zhibiao) -> None:
    arrow = records(zhibiao("grade", "2015=65 2019=58", "--target", "<=10@2030", "--sdsn", "561,0", "--method", "sdsn", "--format", "csv"))[0]
    assert (round(float(arrow["score"]), 4), arrow["grade"]) == (89.6613, "→")
    trend = records(zhibiao("grade", "2015=95 2020=95.5", "--target", "none", "--limit", "100", "--method", "open_sdg", "--format", "csv"))[0]
    assert trend["grade"] == "acceleration_needed"
    ratio = records(zhibiao("grade", "2021=20 2022=22", "--target", "2x students each", "--ratio-to", "students: 2021=10 2022=10", "--format", "csv"))[0]
    assert ratio["verdict"] == "holding"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("targets", "--plan", "chongqing-2021-425"), 2, "nearest: chongqing-2021-452"),
        (("targets", "--region", "重庆布"), 2, "nearest: 重庆"),
        (("targets", "--kind", "targets"), 2, "nearest: target"),
        (("targets", "--format", "cvs"), 2, "nearest: csv"),
        (("gaps", "--scenario", "plan2021"), 2, "nearest: plan_2021"),
        (("gaps", "--as-of", "soon"), 2, "as_of"),
        (("gaps", "--since", "soon"), 2, "--since"),
        (("gaps", "--region", "全国", "--scenario", "plan_2021"), 2, "allowed: baseline"),
        (("gaps", "--data", "does-not-exist"), 3, "--data"),
        (("cohort", "--intake", "three"), 2, "--intake"),
        (("cohort", "--intake", "3", "--retention", "97"), 2, "retention"),
        (("cohort", "--intake", "3", "--years", "100000000"), 2, "allowed: 1…1000"),
        (("cohort", "--intake", "3", "--years", "0"), 2, "allowed: 1…1000"),
        (("cohort", "--intake", "1e308"), 2, "--intake"),
        (("cohort", "--intake", "nan"), 2, "--intake"),
        (("cohort", "--intake", "3,-1"), 2, "--intake"),
        (("run", "03_gap"), 2, "nearest: 03_gaps"),
        (("run", "03_gaps", "-p", "regoin=重庆"), 2, "nearest: region"),
        (("run", "03_gaps", "-p", "region"), 2, "name=value"),
        (("run", "03_gaps", "-p", "horizon=20x5"), 2, "horizon"),
        (("batch", "notebooks/batches/nothing.yaml"), 2, "nothing.yaml"),
        (("observe", "import", "nothing.csv", "--data", "x"), 3, "nothing.csv"),
        (("grade", "2020=9.9", "--target", "10.5@20x5"), 2, "--target"),
        (("grade", "2020 9.9", "--target", ">10.5@2025"), 2, "SERIES: 第1字 at character 1"),
        (("grade", "2020=9.9", "--target", ">10.5@2025", "--method", "destati"), 2, "nearest: destatis"),
        (("grade", "2020=9.9", "--target", ">10.5@2025", "--sdsn", "1"), 2, "two or three numbers"),
        (("grade", "2020=9.9", "--target", ">10.5@2025", "--limit", "nan"), 2, "--limit"),
        (("grade", "2020=9.9", "--target", ">10.5@2025", "--issued", "July"), 2, "--issued"),
        (("grade", "2020=9.9"), 2, "--target"),
        (("gap",), 2, "No such command"),
        (("gaps", "--regio", "重庆"), 2, "No such option"),
    ],
)
def test_bad_input_gets_one_clear_message(arguments: tuple[str, ...], code: int, words: str, zhibiao) -> None:
    result = zhibiao(*arguments)
    assert (result.returncode, result.stdout) == (code, "")
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_debug_shows_the_traceback(zhibiao) -> None:
    assert "Traceback" in zhibiao("--debug", "targets", "--plan", "nothing").stderr


def test_doctor_is_content_and_says_what_is_broken(tmp_path: Path, zhibiao) -> None:
    assert zhibiao("doctor").returncode == 0
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "broken.yaml").write_text("id: [", encoding="utf-8")
    result = zhibiao("doctor", "--data", str(tmp_path))
    assert result.returncode == 1
    assert "broken.yaml:" in result.stdout


def test_help_and_targets_import_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['zhibiao', {!r}]\n"
        "from zhibiao.cli import app\n"
        "try: app()\nexcept SystemExit: pass\n"
        "print(sorted({{'pandas', 'numpy', 'matplotlib', 'papermill', 'pandera', 'scipy', 'rich'}} & set(sys.modules)), file=sys.stderr)"
    )
    for command in ("--help", "targets"):
        done = subprocess.run([sys.executable, "-c", code.format(command)], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
        heavy = done.stderr.strip().splitlines()[-1]
        assert heavy == ("[]" if command == "--help" else "['rich']"), command


def test_a_pipe_that_closes_early_is_no_error() -> None:
    done = subprocess.run(f"{sys.executable} -m zhibiao targets --format csv | head -1", shell=True, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout.startswith("id,plan")
    assert done.stderr == ""


def test_prune_takes_no_url(zhibiao) -> None:
    result = zhibiao("outputs", "prune", "--out", "s3://bucket/x", "--dry-run")
    assert result.returncode == 2 and "URL" in result.stderr


def test_batch_hands_its_report_date_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from zhibiao.cli import app
    from zhibiao.running import batch
    from zhibiao.running.job import BatchResult

    asked: dict[str, object] = {}
    monkeypatch.setattr(batch, "batch", lambda file, **given: asked.update(given) or BatchResult(()))
    done = CliRunner().invoke(app, ["batch", "x.yaml", "--report-date", "2026-12-05", "--out", str(tmp_path)])
    assert (done.exit_code, asked["report_date"]) == (0, "2026-12-05")
