from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from zhibiao.errors import OutputError
from zhibiao.publishing.index import PLAIN, RunEntry, write_index


def run(status="ok", notebook="09_briefing", **changes) -> RunEntry:
    told = {
        "batch": "monthly",
        "region_code": "500000",
        "region_name": "重庆市",
        "scenario": "基准",
        "title": "简报",
        "as_of": "2023",
    }
    return RunEntry(notebook=notebook, status=status, **(told | changes))


PLACE = "monthly/500000/基准 情景/09_briefing"
FILES = (
    "briefing.docx", "briefing.pdf", "a#b?.ipynb", "figures/f-01.png", "figures/f-01.svg", "manifest.json", "statements.json", "tables/t-01.csv",
    "tables/t.xlsx",
)  # fmt: skip


class Page(HTMLParser):
    """What a reader without scripts sees: links, texts of the rows' headings; and what is embedded."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.embedded: dict[str, object] = {}
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.tags.append(tag)
        self.links += [told[name] for name in ("href", "src") if name in told]
        self._open = told.get("id", "") if told.get("type") == "application/json" else ""

    def handle_data(self, data):
        if self._open:
            self.embedded[self._open] = json.loads(data)
            self._open = ""


def page(folder, *runs: RunEntry) -> str:
    return write_index(folder, runs).read_text(encoding="utf-8")


def test_every_file_is_linked_relative_and_quoted(tmp_path):
    shown = Page(page(tmp_path, run(folder=PLACE, files=FILES)))
    base = "monthly/500000/%E5%9F%BA%E5%87%86%20%E6%83%85%E6%99%AF/09_briefing"
    names = ["briefing.pdf", "briefing.docx", "a%23b%3F.ipynb", "tables/t.xlsx", "tables/t-01.csv", "figures/f-01.svg", "manifest.json"]
    assert shown.links == [f"{base}/{name}" for name in names]
    data = shown.embedded["data"]
    assert data["runs"][0][10] == base
    links, picture = data["files"][data["runs"][0][11]]
    assert [link for _, _, link in links] == names and picture == "figures/f-01.png"


def test_what_a_briefing_is_published_as_is_told_apart(tmp_path):
    files = ("b-archive.pdf", "b-slides.pdf", "b.docx", "b.pdf", "statements.json", "tables/b-fill-in.xlsx", "tables/b-tables.xlsx")
    text = page(tmp_path, run(folder=PLACE, files=files))
    told = re.findall(r'<a href="[^"]*/([^"/]+)">([^<]+)</a>', text)
    assert told == [
        ("b.pdf", "PDF"), ("b.docx", "Word"), ("b-slides.pdf", "幻灯"), ("b-archive.pdf", "存档 PDF"), ("b-fill-in.xlsx", "填报表"),
        ("b-tables.xlsx", "表格 xlsx"),
    ]  # fmt: skip


def test_failures_come_first_with_their_message(tmp_path):
    text = page(
        tmp_path, run(title="甲"), run("cached", title="乙"), run("failed", title="丙", error="cell 3: ValueError")
    )
    assert re.findall(r'<th scope="row">(.)', text) == ["丙", "甲", "乙"]
    assert "cell 3: ValueError" in text
    data = Page(text).embedded["data"]
    assert [data["titles"][row[6]] for row in data["runs"]] == ["丙", "甲", "乙"]


ATTACKS = ['"><script>alert(1)</script>', "</script><script>alert(2)</script>", "<!--<script>", "]]>&lt;", "a\u2028b"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_words_of_users_never_become_html(tmp_path, attack):
    plain = Page(page(tmp_path, run("failed", title="t", region_name="r", error="e", files=("x.pdf", "y.png"), folder="f")))
    shown = Page(
        page(
            tmp_path,
            run("failed", title=attack, region_name=attack, error=attack, scenario=attack, batch=attack.replace("/", ""), folder="f",
                files=(f"{attack.replace('/', '')}.pdf", "y.png"), verdicts={attack: 1}),
        )
    )  # fmt: skip
    assert shown.tags == plain.tags
    row = shown.embedded["data"]["runs"][0]
    assert (row[3], row[9], row[12]) == (attack, attack, {attack: 1})


def test_thousands_of_runs_are_embedded_once_and_a_plain_page_stays_short(tmp_path):
    many = [run(region_code=f"{code:06d}", folder=f"monthly/{code:06d}/b/09_briefing", files=FILES) for code in range(900000, 902000)]
    text = page(tmp_path, *many)
    data = Page(text).embedded["data"]
    assert len(data["runs"]) == 2000 and len(data["files"]) == len(data["titles"]) == 1
    assert text.count('<th scope="row">') == PLAIN
    assert f"共 2000 项；未启用脚本时只列前 {PLAIN} 项" in text
    assert len(text) < 600_000


def test_regions_pages_of_batches_are_linked_where_they_are(tmp_path):
    (tmp_path / "monthly").mkdir()
    (tmp_path / "monthly" / "regions.html").write_text("x")
    links = Page(page(tmp_path, run(), run(batch="other"))).links
    assert "monthly/regions.html" in links and "other/regions.html" not in links


def test_made_up_regions_are_said_to_be(tmp_path):
    assert "含模拟数据，仅供测量" in page(tmp_path, run(), run(synthetic=True))
    assert "含模拟数据" not in page(tmp_path, run())


def test_the_page_needs_no_network_and_no_clock(tmp_path):
    text = page(tmp_path, run(folder=PLACE, files=FILES))
    assert "http" not in text
    assert text == page(tmp_path, run(folder=PLACE, files=FILES))
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret.pdf", "a/../../b.pdf", "//host/x.pdf"])
def test_a_path_outside_outputs_is_refused(tmp_path, path):
    with pytest.raises(OutputError, match="not inside outputs"):
        write_index(tmp_path, [run(files=(f"{path}.pdf",))])
    with pytest.raises(OutputError, match="not inside outputs"):
        write_index(tmp_path, [run(folder=path)])


def test_a_path_that_looks_like_a_scheme_stays_a_file(tmp_path):
    text = page(tmp_path, run(files=("javascript:alert(1).pdf",)), run(folder="javascript:alert(1)", files=("x.pdf",)))
    assert Page(text).links == ["javascript%3Aalert%281%29.pdf", "javascript%3Aalert%281%29/x.pdf"]


def test_an_empty_index_says_so(tmp_path):
    assert "还没有任何运行" in page(tmp_path)
