"""One writer at a time: imports wait for each other and lose nothing; an import that takes nothing leaves nothing."""

import csv
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from zhibiao import holding
from zhibiao.errors import OutputError
from zhibiao.holding import alone, locked

HEADER = "region,indicator,period,basis,value,qualifier,unit,status,confidence,source,published,recorded,reason"


def test_a_new_folder_in_which_nothing_was_put_goes_again(tmp_path: Path) -> None:
    with alone(tmp_path / "data"):
        assert (tmp_path / "data").is_dir()
    assert not (tmp_path / "data").exists()
    with alone(tmp_path / "kept"):
        (tmp_path / "kept" / "x").write_text("1")
    assert (tmp_path / "kept" / "x").exists()
    (tmp_path / "own").mkdir()
    with alone(tmp_path / "own"):
        pass
    assert (tmp_path / "own").is_dir()


def test_who_waits_in_vain_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "PATIENCE", 0.1)
    with locked(tmp_path), pytest.raises(OutputError, match="另一人正在导入"), alone(tmp_path):
        pass


def test_who_waits_gets_in(tmp_path: Path) -> None:
    done = []

    def later() -> None:
        with alone(tmp_path):
            done.append("second")

    with alone(tmp_path):
        waiting = threading.Thread(target=later)
        waiting.start()
        done.append("first")
    waiting.join(20)
    assert done == ["first", "second"]


def test_four_imports_at_once_lose_no_figure(tmp_path: Path) -> None:
    data, running = tmp_path / "data", []
    for year in range(2021, 2025):
        file = tmp_path / f"{year}.csv"
        file.write_text(f"{HEADER}\n500000,schools,{year},at_end,42,eq,所,final,medium,chongqing-reply-0501-2023,,2026-11-24,复核 checked\n", encoding="utf-8")
        command = [sys.executable, "-m", "zhibiao", "observe", "import", str(file), "--data", str(data)]
        running.append(subprocess.Popen(command, env={**os.environ, "ZHIBIAO_DATA": ""}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
    for process in running:
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
    with (data / "observations" / "imported.csv").open(encoding="utf-8") as file:
        periods = sorted(row["period"] for row in csv.DictReader(file))
    assert periods == ["2021", "2022", "2023", "2024"]
