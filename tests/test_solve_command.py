"""`zhibiao solve` and `zhibiao feasible` as a user calls them, with the region of somebody else as well."""

import csv
import io
import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from zhibiao.catalogue.load import load
from zhibiao.cli import app, guarded

BAODING = {
    "regions.csv": "code,zh,en,parent,level\n130600,保定,Baoding,130000,prefecture\n",
    "sources.yaml": "- {id: own, title: 保定统计, publisher: 保定市人社局, year: 2026, terms: own}\n",
    "observations/own.csv": "region,indicator,period,basis,value,qualifier,unit,status,confidence,source,published,recorded,reason\n"
    "130600,intake,2025,in_period,30000,eq,人,final,high,own,2026-02-01,2026-02-01,\n"
    "130600,enrolment,2025,at_end,8.1,eq,万人,final,high,own,2026-02-01,2026-02-01,\n",
    "plans/baoding-2026.yaml": """id: baoding-2026
title: 保定市技工教育“十五五”规划
title_en: Baoding technical education plan 2026–2030
short: 保定规划
issuer: [保定市人力资源和社会保障局]
region: "130600"
period: 2026-2030
issued: 2026-03-01
headline: [intake-2030, enrolment-2030]
statements:
  - {id: intake-2030, kind: target, indicator: intake, value: 3.2, comparator: ge, unit: 万人, scope: point, period: 2030, locator: 专栏1·1, evidence: 招生3.2万人}
  - {id: enrolment-2030, kind: target, indicator: enrolment, value: 10, comparator: ge, unit: 万人, scope: point, period: 2030, locator: 专栏1·2, evidence: 在校生10万人}
""",
}


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def zhibiao(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """The command in this process: every start of another would load the libraries anew."""

    def run(*arguments: str) -> Done:
        code = guarded(lambda: app(list(arguments)))
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    for name, text in BAODING.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_solve_prints_a_row_for_each_solution_and_lever(zhibiao) -> None:
    done = zhibiao(
        "solve", "--target", "enrolment-2025", "--lever", "intake=3:5", "--lever", "retention", "--limit", "intake=10%", "--weight", "retention=2",
        "--chance", "0.7", "--alternatives", "2", "--format", "csv",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = _rows(done.stdout)
    assert [row["solution"] for row in rows] == sorted(row["solution"] for row in rows)
    assert rows[0] | {"solution": "1", "lever": "intake", "from": "30000", "unit": "人", "year": "2025"} == rows[0]
    assert 30000 < float(rows[0]["to"]) <= 45000 and float(rows[0]["chance"]) >= 0.7
    assert rows[0]["targets"] == "chongqing-2021-452/enrolment-2025"


def test_solve_says_that_it_cannot_and_what_is_nearest(zhibiao) -> None:
    done = zhibiao("solve", "--target", "在校生>=12万人@2025", "--lever", "retention", "--format", "csv")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "达不到" in done.stderr and "还差" in done.stderr and "最近处" in done.stderr and "out of reach" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("--lever", "intak"), "intake"), (("--lever", "capacity"), "手段"), (("--target", "enrolment-202"), "enrolment-2025"), (("--chance", "7"), "--chance"),
     (("--lever", "intake=5:3"), "--lever"), (("--limit", "retention=3公斤"), "--limit"), (("--save", "a"), "--data")],
)  # fmt: skip
def test_what_is_mistyped_is_told_with_the_nearest(zhibiao, arguments: tuple[str, str], told: str) -> None:
    done = zhibiao("solve", *arguments)
    assert done.returncode == 2
    assert told in done.stderr and "Traceback" not in done.stderr


def test_when_a_target_misses_its_unit_then_the_one_that_fits_is_named(zhibiao) -> None:
    for command in ("solve", "feasible"):
        done = zhibiao(command, "--target", "在校生>10.5@2025")
        assert done.returncode == 2 and done.stdout == ""
        assert "没有写单位" in done.stderr and "allowed: 在校生>10.5万人@2025" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--lever", "intake=5:6"), "现为3万人"), (("--lever", "intake=30000:50000"), "单位不对"), (("--lever", "retention=50:60"), "年保留率现为"),
        (("--limit", "intake=10"), "allowed: intake=10%"), (("--limit", "retention=2%"), "allowed: retention=2"), (("--limit", "length=10%"), "--limit"),
        (("--weight", "intake=nan"), "allowed: intake=2"), (("--weight", "intake=-1"), "allowed: intake=2"), (("--weight", "intake=2人"), "allowed: intake=2"),
    ],
)  # fmt: skip
def test_when_a_lever_is_typed_in_another_unit_then_it_is_refused(zhibiao, arguments: tuple[str, str], told: str) -> None:
    done = zhibiao("solve", "--target", "enrolment-2025", *arguments)
    assert done.returncode == 2 and done.stdout == ""
    assert told in done.stderr, done.stderr


def test_when_a_range_or_a_limit_is_typed_then_the_footnote_says_what_was_taken(zhibiao) -> None:
    done = zhibiao("solve", "--target", "enrolment-2025", "--lever", "intake=3:5", "--lever", "retention", "--limit", "intake=10%", "--limit", "retention=2个百分点")
    assert done.returncode == 0, done.stderr
    assert "年招生：按所给范围3—5万人，按所给每年至多动0.3万人。" in done.stdout
    assert re.search(r"年保留率：默认范围[0-9.]+—[0-9.]+%，按所给每年至多动2个百分点。", done.stdout)
    free = zhibiao("solve", "--target", "enrolment-2025", "--lever", "intake=3:5", "--limit", "intake=none")
    assert "年招生：按所给范围3—5万人，按所给不设年度限度。" in free.stdout


@pytest.mark.parametrize("name", ["", " ", "\t", "\u202e", "长" * 41, "甲\U0001f600"])
def test_when_a_name_cannot_be_printed_then_nothing_is_written(zhibiao, mine: Path, name: str) -> None:
    done = zhibiao("solve", "--region", "保定", "--target", "intake-2030", "--data", str(mine), "--save", name)
    assert done.returncode == 2 and done.stdout == "" and "--save" in done.stderr
    assert not (mine / "scenarios").exists()


def test_when_a_name_has_marks_that_do_not_print_then_it_is_saved_without_them(zhibiao, mine: Path) -> None:
    done = zhibiao("solve", "--region", "保定", "--target", "intake-2030", "--data", str(mine), "--save", "\u202e多招\t一些 ")
    assert done.returncode == 0, done.stderr
    assert load(mine).scenario("多招 一些").zh == "多招 一些"


def test_when_the_years_of_a_target_are_counted_then_no_lever_is_moved(zhibiao, mine: Path) -> None:
    asked = ("solve", "--region", "保定", "--data", str(mine))
    missed = zhibiao(*asked, "--target", "在校生>9万人@2025")
    assert missed.returncode == 1 and missed.stdout == ""
    assert "2025年实有8.1" in missed.stderr and "已经不成立" in missed.stderr and "→" not in missed.stderr
    held = zhibiao(*asked, "--target", "在校生>8万人@2025")
    assert held.returncode == 0 and "按所报成立" in held.stdout and "→" not in held.stdout
    records = zhibiao(*asked, "--target", "在校生>8万人@2025", "--format", "csv")
    assert [row["kind"] for row in _rows(records.stdout)] == ["none"] and "按所报成立" in records.stderr
    both = zhibiao(*asked, "--target", "在校生>8万人@2025", "--target", "intake-2030", "--lever", "intake")
    assert both.returncode == 0, both.stderr
    assert "按所报成立" in both.stdout and "年招生3→3.2万人（2030年）" in both.stdout


def test_when_the_horizon_is_further_then_the_fewest_entrants_are_the_same(zhibiao, mine: Path) -> None:
    asked = ("feasible", "--region", "保定", "--data", str(mine))
    near, far = (re.search(r"总人数最少的排法是(.*?)（", zhibiao(*asked, *more).stdout) for more in ((), ("--horizon", "2034")))
    assert near is not None and far is not None
    assert near[1] == far[1] and near[1].rpartition("、")[2].startswith("2030年")


def test_feasible_prints_the_verdict(zhibiao) -> None:
    done = zhibiao("feasible", "--target", "intake-2025", "--target", "enrolment-keep")
    assert done.returncode == 0
    assert "不能同时成立" in done.stdout and "最小的矛盾组" in done.stdout and "余量最小" in done.stdout and "变动最小" in done.stdout
    records = json.loads(zhibiao("feasible", "--target", "intake-2025", "--target", "enrolment-keep", "--format", "json").stdout)
    assert [record["contradiction"] for record in records] == [True, True]
    assert records[1]["cheapest"] is True and 100000 < records[1]["relaxed_to"] < 104000
    assert records[0]["hold_as_planned"] is False and records[0]["hold_with_more_intake"] is True


def test_feasible_never_passes_what_it_cannot_assess(zhibiao) -> None:
    done = zhibiao("feasible", "--region", "江津", "--target", "enrolment>=1万人@2025", "--format", "csv")
    assert done.returncode == 1
    (row,) = _rows(done.stdout)
    assert row["assessable"] == "no" and row["hold_as_planned"] == "" and "同一年" in row["reason"]
    assert "不能评估" in done.stderr


def test_another_city_solves_and_saves_and_simulates_the_same(zhibiao, mine: Path) -> None:
    """Intake 30,000 and 81,000 enrolled: 2.7 per entrant, with targets of its own."""
    verdict = zhibiao("feasible", "--region", "保定", "--data", str(mine), "--format", "json")
    assert verdict.returncode == 0, verdict.stderr
    assert {record["target"] for record in json.loads(verdict.stdout)} == {"baoding-2026/intake-2030", "baoding-2026/enrolment-2030"}
    asked = ("solve", "--region", "保定", "--chance", "0.75", "--data", str(mine), "--format", "json", "--save", "多招一些")
    done = zhibiao(*asked)
    assert done.returncode == 0, done.stderr
    best = [record for record in json.loads(done.stdout) if record["solution"] == 1]
    assert best[0]["chance"] >= 0.75
    (file,) = (mine / "scenarios").glob("*.yaml")
    assert "求解 solved" in file.read_text(encoding="utf-8")
    saved = load(mine).scenario("多招一些")
    assert {o.lever for o in saved.overrides} == {record["lever"] for record in best}
    before = file.read_bytes()
    again = zhibiao(*asked)
    assert again.returncode == 2 and "--force" in again.stderr and file.read_bytes() == before
    assert zhibiao(*asked, "--force").returncode == 0
    gaps = zhibiao("gaps", "--region", "保定", "--scenario", saved.id, "--data", str(mine), "--format", "json")
    (row,) = [row for row in json.loads(gaps.stdout) if "baoding-2026/enrolment-2030" in row.values()]
    assert best[0]["lever"] == "intake"  # it holds in every draw, so that both together hold where the stock does
    assert row["chance"] == best[0]["chance"]


def test_a_target_beyond_the_documents_reaches_further(zhibiao) -> None:
    done = zhibiao("feasible", "--region", "全国", "--target", "intake>160万人@2028", "--target", "在校生>440万人@2028", "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert [row["assessable"] for row in _rows(done.stdout)] == ["yes", "yes"]


def _documented() -> list[str]:
    page = (Path(__file__).parents[1] / "docs" / "solve.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    return [line.removeprefix(".venv/bin/zhibiao ") for block in blocks for line in block.splitlines()]


def test_the_how_to_is_followed_to_the_letter(zhibiao, tmp_path: Path) -> None:
    commands = _documented()
    assert len(commands) >= 9
    mine = tmp_path / "my-figures"
    mine.mkdir()
    for command in commands:
        done = zhibiao(*shlex.split(command.replace("~/my-figures", str(mine))))
        assert done.returncode == 0, (command, done.stderr)
    assert (mine / "scenarios" / "more-entrants.yaml").exists()
