"""A user's figures go into an overlay: checked, kept by vintage, all or none."""

import datetime as dt
from pathlib import Path

import pytest

from zhibiao.assessing.gaps import gap_table
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import OutputError, ParameterError, RegistryError
from zhibiao.reading.importing import import_observations

HEADER = "region,indicator,period,basis,value,qualifier,unit,status,confidence,source,published,recorded,reason\n"
ROW = "500000,enrolment,2022,at_end,10.1,eq,万人,final,high,own-report,,,\n"


def _filled(tmp_path: Path, *rows: str) -> Path:
    file = tmp_path / "filled.csv"
    file.write_text(HEADER + "".join(rows), encoding="utf-8")
    return file


def _import(file: Path, data: Path, day: str = "2026-11-23", **kwargs: bool) -> list[str]:
    return list(import_observations(file, data, today=dt.date.fromisoformat(day), **kwargs))


def test_when_a_figure_is_imported_then_the_gap_table_uses_it_and_the_shipped_registry_stays(tmp_path: Path) -> None:
    lines = _import(_filled(tmp_path, ROW), tmp_path / "mine")
    assert lines[0] == "+ 重庆 在校生规模 2022: 10.1万人"
    mine = study(load(tmp_path / "mine"), as_of=2022)
    row = next(r for r in gap_table(mine, {}) if r.statement.key == "chongqing-2021-452/enrolment-2025")
    assert row.standing.state == "assessed"
    assert row.standing.progress is not None
    assert row.standing.progress.change == pytest.approx(1 / 3)
    assert row.standing.verdict == "behind"
    assert load().series("500000", "enrolment").at(2022) is None


def test_when_imported_twice_then_nothing_is_added(tmp_path: Path) -> None:
    file, mine = _filled(tmp_path, ROW), tmp_path / "mine"
    _import(file, mine)
    before = (mine / "observations" / "imported.csv").read_bytes()
    assert _import(file, mine)[-1].startswith("已导入 imported 0；已有 already known 1")
    assert (mine / "observations" / "imported.csv").read_bytes() == before


def test_when_a_known_figure_changes_then_it_needs_a_reason_and_both_vintages_stay(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    _import(_filled(tmp_path, ROW), mine)
    changed = ROW.replace("10.1", "10.3")
    with pytest.raises(RegistryError, match=r"filled\.csv:2: .*needs a reason"):
        _import(_filled(tmp_path, changed), mine)
    lines = _import(_filled(tmp_path, changed.replace(",,,\n", ",,2026-12-01,年报核定\n")), mine, "2026-12-01")
    assert lines[0] == "~ 重庆 在校生规模 2022: 10.1万人 → 10.3万人（年报核定）"
    registry = load(mine)
    assert str(registry.series("500000", "enrolment").at(2022).value) == "10.3"  # type: ignore[union-attr]
    assert len([o for o in registry.observed("500000") if str(o.period) == "2022" and o.indicator == "enrolment"]) == 2


def test_when_one_row_is_wrong_then_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match=r"filled\.csv:3: .*不是数字"):
        _import(_filled(tmp_path, ROW, ROW.replace("2022", "2023").replace("10.1", "10.1万")), tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


def test_when_it_is_a_dry_run_then_nothing_is_written(tmp_path: Path) -> None:
    assert _import(_filled(tmp_path, ROW), tmp_path / "mine", dry_run=True)[-1].startswith("将导入")
    assert not (tmp_path / "mine").exists()


def test_when_rows_are_left_empty_then_they_are_counted(tmp_path: Path) -> None:
    assert _import(_filled(tmp_path, ROW.replace("10.1", "")), tmp_path / "mine")[-1].endswith("未填 left empty 1")


def test_when_no_overlay_is_named_then_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHIBIAO_DATA", raising=False)
    with pytest.raises(ParameterError, match="--data"):
        list(import_observations(_filled(tmp_path, ROW), None))


def test_when_the_disk_is_full_then_the_old_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = tmp_path / "mine"
    _import(_filled(tmp_path, ROW), mine)
    before = (mine / "observations" / "imported.csv").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        _import(_filled(tmp_path, ROW.replace("2022", "2021")), mine)
    assert [p.name for p in (mine / "observations").iterdir()] == ["imported.csv"]
    assert (mine / "observations" / "imported.csv").read_bytes() == before
