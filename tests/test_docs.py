"""The how-tos are followed to the letter, and the pages speak of what is there."""

import re
from pathlib import Path

import pytest

from zhibiao.catalogue.load import load
from zhibiao.notebook import setup

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").glob("*.md"))]


def _block(page: str, language: str, containing: str) -> str:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(rf"^( *)```{language}\n(.*?)^ *```", text, flags=re.MULTILINE | re.DOTALL)
    return next(re.sub(rf"^{indent}", "", body, flags=re.MULTILINE) for indent, body in blocks if containing in body)


def _overlay(folder: Path) -> Path:
    (folder / "plans").mkdir(parents=True)
    (folder / "regions.csv").write_text(_block("add-a-region.md", "csv", "code,zh"), encoding="utf-8")
    (folder / "plans" / "baoding-2026.yaml").write_text(_block("add-a-region.md", "yaml", "id: baoding-2026"), encoding="utf-8")
    return folder


def test_when_add_a_region_is_followed_then_the_region_has_its_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zhibiao) -> None:
    mine = _overlay(tmp_path / "mine")
    assert [s.key for s in load(mine).plan("baoding-2026").statements if s.kind == "target"] == ["baoding-2026/enrolment-2030", "baoding-2026/trained"]
    assert zhibiao("doctor", "--data", str(mine)).returncode == 0
    monkeypatch.setenv("ZHIBIAO_DATA", str(mine))
    report = setup(region="保定", horizon=2030)
    assert report.study.as_of == 2026
    assert "≥1.5万人" in repr(report.at_a_glance())
    for shown in (report.gap_chart(), report.requests(), report.trajectory("enrolment"), report.pair_map(), report.summary(), report.levers()):
        assert repr(shown)


def test_when_add_figures_is_followed_then_the_reports_use_them(tmp_path: Path, zhibiao) -> None:
    mine = tmp_path / "my-figures"
    mine.mkdir()
    (mine / "sources.yaml").write_text(_block("add-figures.md", "yaml", "cq-bulletin-2024"), encoding="utf-8")
    fill = tmp_path / "fill.csv"
    assert zhibiao("observe", "template", "--region", "重庆", "--as-of", "2024", "-o", str(fill)).returncode == 0
    text = fill.read_text(encoding="utf-8-sig")
    row = "500000,enrolment,2024,at_end,,eq,万人,final,high,own-report"
    assert row in text
    # a spreadsheet saves it as GBK with Windows line ends
    filled = text.replace(row, "500000,enrolment,2024,at_end,10.4,eq,万人,final,high,cq-bulletin-2024")
    fill.write_bytes(filled.replace("\n", "\r\n").encode("gb18030"))
    looked = zhibiao("observe", "import", str(fill), "--data", str(mine), "--dry-run")
    assert looked.returncode == 0, looked.stderr
    assert "+ 重庆 在校生规模 2024: 10.4万人" in looked.stdout
    assert not (mine / "observations").exists()
    assert zhibiao("observe", "import", str(fill), "--data", str(mine)).returncode == 0
    gaps = zhibiao("gaps", "--data", str(mine), "--format", "csv").stdout
    assert re.search(r"enrolment-2025,.*,10\.4,2024,eq,high,.*,assessed,on_schedule,", gaps)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_both_readmes_show_the_same_commands() -> None:
    blocks = [re.sub(r" *#.*", "", "\n".join(re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL))) for page in PAGES[:2]]
    assert blocks[0] == blocks[1]


def test_the_readme_names_every_notebook_and_every_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in PAGES[:2]:
        text = page.read_text(encoding="utf-8")
        for notebook in (ROOT / "notebooks").glob("*.ipynb"):
            assert f"`{notebook.stem}`" in text
        for target in re.findall(r"\bmake ([a-z]+)\b", text):
            if target not in {"and"}:
                assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
