"""docs/import.md and docs/export.md are followed to the letter."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_when_the_page_on_importing_is_followed_then_its_table_comes_in(tmp_path: Path, zhibiao) -> None:
    block = re.search(r"^   ```csv\n(.*?)^   ```", _page("import.md"), flags=re.MULTILINE | re.DOTALL)
    assert block
    table = tmp_path / "table.csv"
    table.write_text(re.sub(r"^   ", "", block[1], flags=re.MULTILINE), encoding="gb18030")
    done = zhibiao("observe", "import", str(table), "--data", str(tmp_path / "mine"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "+ 沧州 在校生规模 2023: 3.2万人", "+ 沧州 毕业生就业率 2023: ≥98%", "+ 沧州 在校生规模 2024: 约3.3万人", "已导入 imported 3；已有 already known 0；未填 left empty 1",
    ]  # fmt: skip


def test_the_pages_name_every_option_and_format(zhibiao) -> None:
    for page, command in (("import.md", ("observe", "import")), ("export.md", ("export",))):
        shown = zhibiao(*command, "--help").stdout
        options = set(re.findall(r"^ *(--[a-z][a-z-]+)", shown, flags=re.MULTILINE)) - {"--help", "--expect"}
        assert options
        assert not {option for option in options if option not in _page(page)}
    from zhibiao.publishing.handover import FORMATS

    assert all(f"| `{form}` |" in _page("export.md") for form in FORMATS)
