"""Observation files as spreadsheets really save them, and the slips in them; ``§`` marks the line that has to be named."""

from decimal import Decimal

import pytest

from zhibiao.catalogue.load import read, read_observations
from zhibiao.errors import RegistryError

ROW = "500000,enrolment,2021,at_end,10.0,eq,万人,final,high,yearbook-2021,,2024-03-01,\n"
HEAD = "region,indicator,period,basis,value,qualifier,unit,status,confidence,source,published,recorded,reason\n"

CASES = {
    # cells
    "unit in value": ("at_end,10.0,eq,万人,final,high,yearbook-2021,,2024-03-01", "at_end,10.0万,eq,人,final,high,yearbook-2021,,2024-03-01", ["'10.0万'", "digits only"]),
    "thousands comma in quotes": ("at_end,10.0,eq,万人", 'at_end,"105,000",eq,人', ["'105,000'", "is not a number"]),
    "thousands comma": ("at_end,10.0,eq,万人", "at_end,105,000,eq,人", ["14", "13", "thousands commas"]),
    "underscore": ("at_end,10.0,eq,万人", "at_end,100_000,eq,人", ["'100_000'", "is not a number"]),
    "per cent sign": ("at_end,10.0,", "at_end,98%,", ["'98%'", "is not a number"]),
    "empty value": ("at_end,10.0,", "at_end,,", ["''", "leave the whole row out"]),
    "NaN": ("at_end,10.0,", "at_end,nan,", ["'nan'", "is not a number"]),
    "infinity": ("at_end,10.0,", "at_end,inf,", ["'inf'", "is not a number"]),
    "absurd value": ("at_end,10.0,", "at_end,1e60,", ["plausible"]),
    "month 13": ("enrolment,2021,", "enrolment,2021-13,", ["'2021-13'", "2023-Q3", "2023-09"]),
    "quarter 5": ("enrolment,2021,", "enrolment,2021-Q5,", ["'2021-Q5'", "2023-Q3"]),
    "year 3020": ("enrolment,2021,", "enrolment,3020,", ["3020", "1949–2100"]),
    "year with its character": ("enrolment,2021,", "enrolment,2021年,", ["'2021年'", "is no period"]),
    "unknown basis": (",2021,at_end,10.0", ",2021,at_ende,10.0", ["'at_ende'", "nearest: at_end"]),
    "unknown qualifier": ("10.0,eq,", "10.0,eg,", ["'eg'", "eq, ge, gt, about"]),
    "unknown status": (",final,high,yearbook-2021,,2024", ",finale,high,yearbook-2021,,2024", ["'finale'", "nearest: final"]),
    "unknown unit": ("10.0,eq,万人", "10.0,eq,万仁", ["unknown unit '万仁'"]),
    "date with slashes": ("2021,,2024-03-01", "2021,,2024/3/1", ["'2024/3/1'", "no date"]),
    "date in digits": ("2021,,2024-03-01", "2021,,20240301", ["'20240301'", "no date"]),
    "no day of record": ("2021,,2024-03-01", "2021,,", ["recorded", "missing"]),
    "too few cells": (",2024-03-01,\n5", ",2024-03-01\n5", ["12", "13"]),
    # what the registry knows
    "unknown source": ("high,yearbook-2021,,2024", "high,yearbok-2021,,2024", ["'yearbok-2021'", "nearest: yearbook-2021"]),
    "unknown indicator": ("enrolment,2021", "enrollment,2021", ["'enrollment'", "nearest: enrolment"]),
    "unknown region": ("500000,enrolment,2021", "500100,enrolment,2021", ["'500100'", "unknown"]),
    "unit that does not fit": ("10.0,eq,万人", "10.0,eq,万人次", ["'万人次'", "enrolment", "人, 万人, 亿人"]),
    "negative count": ("at_end,10.0,", "at_end,-10.0,", ["-10万人", "out of range"]),
    "rate above 100": ("enrolment,2021,at_end,10.0,eq,万人", "employment_rate,2021,in_period,101,eq,%", ["101%", "0 … 100 %"]),
    "basis of another kind": (",2021,at_end,", ",2021,in_period,", ["'in_period'", "stock", "allowed: at_end"]),
    "year to date of a whole year": ("enrolment,2021,at_end", "intake,2021,year_to_date", ["needs a month or a quarter", "2023-09"]),
    "period later than its record": ("enrolment,2021,", "enrolment,2025,", ["2025", "2024-03-01"]),
    "month later than its record": ("enrolment,2021,", "enrolment,2024-04,", ["2024-04", "2024-03-01"]),
}  # fmt: skip

HEADERS = {
    "missing column": ("value,", "", ["column 'value' is missing"]),
    "unknown column": ("value", "valeu", ["unknown column 'valeu'", "nearest: value"]),
    "doubled column": ("reason", "value", ["duplicate column 'value'"]),
    "Chinese column": ("value", "数值", ["unknown column '数值'"]),
    "empty column": ("reason", "reason,", ["unknown column ''"]),
}


def told(folder, words, line):
    path = folder / "observations" / "all.csv"
    with pytest.raises(RegistryError) as caught:
        read([folder])
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}: ")
    message = message.removeprefix(str(path))
    for word in words:
        assert word in message
    assert len(message) <= 400 and "\n" not in message
    assert not any(trace in message for trace in ("validation error", "Decimal(", "type=", "Errno"))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_slip_in_a_row_is_told_with_its_line(small, case):
    old, new, words = case
    path = small / "observations" / "all.csv"
    text = path.read_text(encoding="utf-8")
    start = text.index(ROW)
    text = text[:start] + text[start:].replace(old, new, 1)
    assert text.count(ROW) == 0
    path.write_text(text, encoding="utf-8")
    told(small, words, 3)


@pytest.mark.parametrize("case", HEADERS.values(), ids=HEADERS)
def test_a_slip_in_the_header_is_told(small, case):
    old, new, words = case
    path = small / "observations" / "all.csv"
    path.write_text("# 说明\n\n" + HEAD.replace(old, new, 1) + ROW, encoding="utf-8")
    told(small, words, 3)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (HEAD + ROW + ROW.replace("10.0", '"10.0') + ROW, 3, ["引号", "quote left open"]),
        (HEAD + ROW.replace(",\n", ',"两行的\n理由"\n') + ROW.replace("10.0", "x"), 4, ["'x'"]),
        (HEAD + "\n# 注\n" + ROW.replace("10.0", "x"), 4, ["'x'"]),
        (HEAD + ROW + ROW.replace("10.0", "10.1"), 3, ["same observation", "all.csv:2"]),
        ("", 1, ["文件为空", "region, indicator"]),
        ("# 只有说明\n\n", 1, ["文件为空"]),
    ],
    ids=["unclosed quote", "after a cell of two lines", "after a comment", "duplicate observation", "empty", "only a comment"],
)
def test_lines_are_counted_as_an_editor_counts_them(small, text, line, words):
    (small / "observations" / "all.csv").write_text(text, encoding="utf-8")
    told(small, words, line)


@pytest.mark.parametrize("raw", [b"\x89PNG\r\n\x1a\n\x00\x00", b"PK\x03\x04\x14\x06\x08!\x01\x02", bytes(range(1, 32)) * 4, b"\xff\xfeabc"])
def test_what_is_no_text_is_refused(tmp_path, raw):
    path = tmp_path / "a.csv"
    path.write_bytes(raw)
    with pytest.raises(RegistryError, match=r"a\.csv: .*is not text.*UTF-8, GBK"):
        read_observations(path)


@pytest.mark.parametrize(
    "raw",
    [
        (HEAD + ROW).encode("utf-8-sig"),
        (HEAD + ROW).encode("gbk"),
        (HEAD + ROW).encode("utf-16"),
        (HEAD + ROW).replace("\n", "\r\n").encode(),
        (HEAD + ROW).replace("\n", "\r").encode(),
        (HEAD + ROW).replace(",", ";").encode(),
        (HEAD + ROW).replace(",", "\t").encode("utf-16"),
        ("# 说明，逗号,逗号\n\n" + HEAD + ROW + "\n,,,,,,,,,,,,\n").encode(),
        (HEAD + ROW.replace("10.0", " 10.0 ").replace("万人", " 万人 ")).encode(),
        (HEAD + ROW.replace("10.0,eq,万人", "1E+05,eq,人")).encode(),
        (HEAD.replace(",reason", "").replace(",published", "") + ROW.replace(",,2024-03-01,", ",2024-03-01")).encode(),
    ],
    ids=["mark", "GBK", "UTF-16", "CRLF", "CR", "semicolon", "tab", "comment and empty rows", "blanks", "exponent", "optional columns"],
)
def test_files_of_spreadsheets_are_read(tmp_path, raw):
    path = tmp_path / "a.csv"
    path.write_bytes(raw)
    (found,) = read_observations(path)
    assert found.base_value == Decimal(100000)
    assert (found.region, str(found.period), found.reason) == ("500000", "2021", None)


def test_a_region_without_its_code_is_told_with_its_line(small):
    path = small / "regions.csv"
    path.write_text(path.read_text(encoding="utf-8") + "50010,涪陵区,Fuling,500000,county\n", encoding="utf-8")
    with pytest.raises(RegistryError, match=r"regions\.csv:5: .*'50010' .*six-digit"):
        read([small])


def test_a_region_twice_or_below_an_unknown_one_is_told_with_its_line(small):
    path = small / "regions.csv"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "500101,万州,Wanzhou,500000,county\n", encoding="utf-8")
    with pytest.raises(RegistryError, match=r"regions\.csv:5: .*duplicate id '500101', already at .*regions\.csv:4"):
        read([small])
    path.write_text(before + "510101,锦江区,Jinjiang,510100,county\n", encoding="utf-8")
    with pytest.raises(RegistryError, match=r"regions\.csv:5: .*parent region '510100' is unknown"):
        read([small])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("train,done", "trian,done", ["'plan-one/trian'", "nearest: plan-one/train"]),
        ("train,done", "train,ready", ["'ready'", "not_started, in_progress, done, stopped"]),
        ("done,2023-06-01", "done,1.6.2023", ["'1.6.2023'", "no date"]),
        ("done,2023-06-01", "done,", ["date", "missing"]),
    ],
)
def test_a_slip_in_a_status_is_told_with_its_line(small, old, new, words):
    path = small / "status" / "all.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RegistryError) as caught:
        read([small])
    assert str(caught.value).startswith(f"{path}:3: ")
    assert all(word in str(caught.value) for word in words)
