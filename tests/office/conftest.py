"""What a bureau's own programs make of our files: LibreOffice opens them, reckons them anew and hands them back.

    pytest tests/office        (needs soffice with Calc and Writer: apt-get install libreoffice-calc-nogui libreoffice-writer-nogui)
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
SECONDS = 120
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""Settings by which every formula is reckoned anew when a workbook is opened; else its stored value would be read back."""
SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
"""Each sheet as csv in UTF-8, its cells as they are shown."""

Converter = Callable[[Path, str], Path]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "office: opens our files in LibreOffice (make test-office)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.office)
            if SOFFICE is None:
                item.add_marker(pytest.mark.skip(reason="没有 LibreOffice soffice is not found: apt-get install libreoffice-calc-nogui libreoffice-writer-nogui"))


@pytest.fixture(scope="session")
def office(tmp_path_factory) -> Converter:
    """Convert a file in a LibreOffice of its own; the folder that holds what came out."""
    profile = tmp_path_factory.mktemp("profile")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")

    def convert(file: Path, to: str) -> Path:
        out = tmp_path_factory.mktemp("converted")
        command = [str(SOFFICE), "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", to, "--outdir", str(out), str(file)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=SECONDS, check=False)
        assert any(out.iterdir()), f"{file.name} → {to}: {done.stdout} {done.stderr}"
        return out

    return convert


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Path:
    """Briefing and gaps of a municipality with figures and of a district without: the folder of their runs."""
    out = tmp_path_factory.mktemp("published")
    batch = out / "office.yaml"
    batch.write_text("name: office\nnotebooks: [03_gaps, 09_briefing]\nregions: [重庆, 江津]\nscenarios: [baseline]\njobs: 2\n", encoding="utf-8")
    root = Path(__file__).parents[2]
    command = [shutil.which("zhibiao") or str(root / ".venv/bin/zhibiao"), "batch", str(batch), "--out", str(out / "outputs")]
    done = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out / "outputs" / "office"
