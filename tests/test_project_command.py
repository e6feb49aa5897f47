"""zhibiao project: what stands in docs/project.md, and what is refused."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "project.md").read_text(encoding="utf-8")


@pytest.fixture
def figures(tmp_path):
    text = re.search(r"```\n *(series_id,year,value\n.*?) *```", PAGE, re.DOTALL)[1]
    file = tmp_path / "figures.csv"
    file.write_text("\n".join(line.strip() for line in text.splitlines()) + "\n", encoding="utf-8")
    return file


def rows(done):
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_when_the_page_is_followed_then_each_series_has_a_row_a_year(figures, tmp_path, zhibiao):
    out = tmp_path / "projected.csv"
    done = zhibiao("project", str(figures), "--horizon", "5", "--reference", "enrolment", "-o", str(out))
    assert done.returncode == 0, done.stderr
    table = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert list(table[0]) == ["series_id", "year", "method", "median", "lo80", "hi80", "lo95", "hi95"]
    assert [(r["series_id"], r["year"], r["method"]) for r in table[::5]] == [("甲区在校生", "2025", "combined"), ("乙区在校生", "2024", "last_value")]
    for row in table:
        low95, low80, median, high80, high95 = (float(row[k]) for k in ("lo95", "lo80", "median", "hi80", "hi95"))
        assert 0 < low95 <= low80 <= median <= high80 <= high95


def test_when_the_same_file_is_projected_twice_then_the_bytes_are_the_same(figures, zhibiao):
    first = zhibiao("project", str(figures), "--horizon", "9")
    assert first.stdout == zhibiao("project", str(figures), "--horizon", "9").stdout and not first.stderr


def test_when_levels_and_forms_are_asked_for_then_they_come(figures, zhibiao):
    done = zhibiao("project", str(figures), "--horizon", "1", "--level", "50", "--level", "90", "--format", "json")
    first = json.loads(done.stdout)[0]
    assert list(first) == ["series_id", "year", "method", "median", "lo50", "hi50", "lo90", "hi90"]


def test_when_values_lie_between_two_bounds_then_they_are_rates(tmp_path, zhibiao):
    file = tmp_path / "rates.csv"
    file.write_text("series_id,year,value\na,2020,98\na,2021,99\na,2022,99.5\n", encoding="utf-8")
    assert all(float(r["hi95"]) <= 100 for r in rows(zhibiao("project", str(file), "--horizon", "10", "--lower", "0", "--upper", "100")))


@pytest.mark.parametrize(
    ("text", "options", "code", "said"),
    [
        ("series_id,year,value\na,2020,1\n", ["--method", "thata"], 2, "theta"),
        ("series_id,year,value\na,2020,1\n", ["--horizon", "0"], 2, "1…50"),
        ("series_id,year,value\na,2020,1万\n", [], 3, "x.csv:2"),
        ("series_id,year,values\na,2020,1\n", [], 3, "values"),
        ("series_id,year,value\n=cmd(),2020,\n", [], 3, "no value"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path, text, options, code, said, zhibiao):
    file = tmp_path / "x.csv"
    file.write_text(text, encoding="utf-8")
    done = zhibiao("project", str(file), *options)
    assert (done.returncode, done.stdout) == (code, "") and said in done.stderr and len(done.stderr.strip().splitlines()) == 1
