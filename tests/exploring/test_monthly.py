"""The monthly loop behind the page: forms, files looked at, imports that lose nothing, reports."""

from __future__ import annotations

import datetime as dt
import io
import threading
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhibiao import holding
from zhibiao.catalogue.load import load
from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.study import study
from zhibiao.errors import OutputError, ZhibiaoError
from zhibiao.exploring import monthly
from zhibiao.exploring.monthly import Examined, Upload, examine, form, known, take
from zhibiao.holding import locked

DAY = dt.date(2024, 8, 1)
HEADER = "region,indicator,period,basis,value,qualifier,unit,status,confidence,source,published,recorded,reason\n"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


def filled(registry: Registry, **cells: object) -> bytes:
    """The city's monthly form of 2024 with these cells of 填报 filled."""
    book = openpyxl.load_workbook(io.BytesIO(form(study(registry, "重庆"), 2024, "monthly")))
    for cell, value in cells.items():
        book["填报"][cell] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture(scope="module")
def whole(registry: Registry) -> bytes:
    return filled(registry, F18=9.96)


def row(period: str, value: str, reason: str = "") -> str:
    return f"500000,enrolment,{period},at_end,{value},eq,万人,preliminary,high,own-report,,,{reason}\n"


def csv(*rows: str) -> bytes:
    return (HEADER + "".join(rows)).encode()


class TestLookingAtFiles:
    def test_says_what_would_change_and_in_which_cell(self, registry: Registry) -> None:
        (file,) = examine(registry, [Upload("交来.xlsx", filled(registry, F18=9.96))], DAY)
        assert (file.name, file.known, file.faults) == ("交来.xlsx", 0, ())
        assert [(f.origin, f.indicator, str(f.period), str(f.value), f.recorded) for f in file.taken] == [("填报!F18", "enrolment", "2024-03", "9.96", DAY)]

    def test_names_every_wrong_cell_and_takes_nothing(self, registry: Registry) -> None:
        (file,) = examine(registry, [Upload("交来.xlsx", filled(registry, F16=9.95, F17="九万九", F18=-1))], DAY)
        assert [fault.where for fault in file.faults] == ["填报!F17", "填报!F18"]
        assert file.taken == ()

    def test_a_wrong_line_of_a_csv_is_named_by_its_number(self, registry: Registry) -> None:
        (file,) = examine(registry, [Upload("交来.csv", csv(row("2024-03", "9.9"), row("2024-04", "x")))], DAY)
        assert [fault.where for fault in file.faults] == ["第 3 行 line 3"]

    def test_a_later_file_is_judged_against_an_earlier_one(self, registry: Registry) -> None:
        same, other = csv(row("2024-03", "9.9")), csv(row("2024-03", "9.8"))
        first, second, third = examine(registry, [Upload("1.csv", same), Upload("2.csv", same), Upload("3.csv", other)], DAY)
        assert (len(first.taken), second.known, second.taken) == (1, 1, ())
        assert "reason" in third.faults[0].what

    @pytest.mark.parametrize("name", ["../../etc/passwd.csv", "C:\\x\\..\\y.csv", "/abs/olute.csv", ".csv.csv", "名\x00称.csv", "a" * 5000 + ".csv"])
    def test_a_name_is_shown_and_never_becomes_a_path(self, registry: Registry, name: str) -> None:
        (file,) = examine(registry, [Upload(name, csv(row("2024-03", "9.9")))], DAY)
        assert (file.name, len(file.taken)) == (name, 1)

    @pytest.mark.parametrize("name", ["简报.pdf", "x.exe", "无名", "", "x.xlsx.zip"])
    def test_other_files_are_refused_with_what_is_taken(self, registry: Registry, name: str) -> None:
        (file,) = examine(registry, [Upload(name, b"MZ")], DAY)
        assert ".xlsx, .csv" in file.faults[0].what

    def test_a_huge_file_is_refused_before_it_is_read(self, registry: Registry) -> None:
        (file,) = examine(registry, [Upload("x.xlsx", bytes(monthly.LARGEST + 1))], DAY)
        assert "20 MB" in file.faults[0].what

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(content=st.binary(max_size=400), ending=st.sampled_from([".csv", ".xlsx", ".xls", ".ods"]))
    def test_whatever_comes_gives_faults_and_never_an_error(self, registry: Registry, content: bytes, ending: str) -> None:
        (file,) = examine(registry, [Upload(f"x{ending}", content)], DAY)
        assert file.faults and not file.taken
        assert all("zhibiao-" not in fault.what + fault.where for fault in file.faults), "the server's folder is shown"

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(cut=st.integers(0, 20_000), flipped=st.integers(0, 20_000))
    def test_a_damaged_workbook_gives_faults_or_its_figures(self, registry: Registry, whole: bytes, cut: int, flipped: int) -> None:
        content = bytearray(whole[: len(whole) - cut] if cut < len(whole) else whole)
        content[flipped % len(content)] ^= 0xFF
        (file,) = examine(registry, [Upload("x.xlsx", bytes(content))], DAY)
        assert bool(file.faults) != bool(file.taken or file.known or file.empty)


class TestTakingIn:
    def seen(self, folder: Path, *uploads: Upload) -> tuple[Examined, ...]:
        return examine(known(folder), uploads, DAY)

    def test_good_files_go_in_and_faulty_ones_stay_out(self, tmp_path: Path) -> None:
        folder = tmp_path / "data"
        uploads = [Upload("好.csv", csv(row("2024-03", "9.9"))), Upload("坏.csv", csv(row("2024-04", "x")))]
        assert take(folder, uploads, self.seen(folder, *uploads), DAY).count == 1
        text = (folder / "observations" / "imported.csv").read_text(encoding="utf-8")
        assert ",2024-03," in text and ",2024-04," not in text
        assert known(folder).series("500000", "enrolment").points[-1].base_value == 99_000

    def test_when_others_changed_what_was_seen_then_nothing_is_written_and_it_is_shown_anew(self, tmp_path: Path) -> None:
        mine, theirs = Upload("我.csv", csv(row("2024-03", "9.9"))), Upload("他.csv", csv(row("2024-03", "9.8")))
        seen = self.seen(tmp_path, mine)
        assert take(tmp_path, [theirs], self.seen(tmp_path, theirs), DAY).count == 1
        before = (tmp_path / "observations" / "imported.csv").read_bytes()
        result = take(tmp_path, [mine], seen, DAY)
        assert result.count == 0 and "reason" in result.examined[0].faults[0].what
        assert (tmp_path / "observations" / "imported.csv").read_bytes() == before

    def test_what_was_seen_as_new_is_not_written_as_a_correction_of_somebody_elses(self, tmp_path: Path) -> None:
        """The file is sound either way; the person has not seen that it would replace a figure."""
        mine, theirs, later = Upload("我.csv", csv(row("2024-03", "9.9", "复核"))), Upload("他.csv", csv(row("2024-03", "9.8"))), DAY + dt.timedelta(days=1)
        seen = examine(known(tmp_path), [mine], later)
        take(tmp_path, [theirs], self.seen(tmp_path, theirs), DAY)
        before = (tmp_path / "observations" / "imported.csv").read_bytes()
        result = take(tmp_path, [mine], seen, later)
        assert result.count == 0 and not result.examined[0].faults and result.examined[0].lines[0].startswith("~")
        assert (tmp_path / "observations" / "imported.csv").read_bytes() == before
        assert take(tmp_path, [mine], result.examined, later).count == 1  # now it was seen

    def test_figures_that_others_imported_of_something_else_do_not_matter(self, tmp_path: Path) -> None:
        mine, theirs = Upload("我.csv", csv(row("2024-03", "9.9"))), Upload("他.csv", csv(row("2023-03", "9.8")))
        seen = self.seen(tmp_path, mine)
        take(tmp_path, [theirs], self.seen(tmp_path, theirs), DAY)
        assert take(tmp_path, [mine], seen, DAY).count == 1

    def test_many_at_once_lose_nothing(self, tmp_path: Path) -> None:
        uploads = [[Upload(f"{month}.csv", csv(row(f"2024-{month:02}", f"9.9{month}")))] for month in range(1, 8)]
        seen = [self.seen(tmp_path, *one) for one in uploads]
        counts: list[int] = []
        people = [threading.Thread(target=lambda one=one, saw=saw: counts.append(take(tmp_path, one, saw, DAY).count)) for one, saw in zip(uploads, seen, strict=True)]
        for person in people:
            person.start()
        for person in people:
            person.join()
        assert counts == [1] * 7
        text = (tmp_path / "observations" / "imported.csv").read_text(encoding="utf-8")
        assert all(f",2024-{month:02}," in text for month in range(1, 8)) and len(text.splitlines()) == 8

    def test_when_somebody_goes_on_importing_then_it_says_so(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(holding, "PATIENCE", 0.1)
        mine = Upload("我.csv", csv(row("2024-03", "9.9")))
        seen = self.seen(tmp_path, mine)
        with locked(tmp_path), pytest.raises(OutputError, match="另一人正在导入"):
            take(tmp_path, [mine], seen, DAY)
        assert not (tmp_path / "observations").exists()

    def test_a_folder_that_cannot_be_written_is_said_at_once(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        mine = Upload("我.csv", csv(row("2024-03", "9.9")))
        with pytest.raises(OutputError, match="数据目录无法写入"):
            take(tmp_path / "file" / "data", [mine], self.seen(tmp_path, mine), DAY)


class TestForms:
    def test_a_form_asks_for_each_month(self, registry: Registry) -> None:
        sheet = openpyxl.load_workbook(io.BytesIO(form(study(registry, "重庆"), 2024, "monthly")))["填报"]
        periods = [cell.value.split("\n")[0] for cell in sheet["C"][3:] if cell.value]
        assert periods[:3] == ["2024年1月", "2024年1—2月", "2024年1—3月"]

    def test_an_empty_form_changes_nothing(self, registry: Registry) -> None:
        (file,) = examine(registry, [Upload("空.xlsx", form(study(registry, "沧州"), 2024, "yearly"))], DAY)
        assert (file.taken, file.faults, file.known) == ((), (), 0) and file.empty > 0


class TestReports:
    def test_a_report_has_its_pdf_and_its_tables(self, tmp_path: Path) -> None:
        ticks: list[int] = []
        made = monthly.publish("500000", "zh", None, ticks.append)
        assert made.pdf.startswith(b"%PDF-") and made.as_of == "2023" and ticks[0] == 0
        assert openpyxl.load_workbook(io.BytesIO(made.xlsx)).sheetnames
        assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(made.docx)).namelist()

    def test_a_report_that_fails_says_why(self) -> None:
        with pytest.raises(ZhibiaoError, match=r"出报告失败.*999999"):
            monthly.publish("999999", "zh", None, lambda _: None)
