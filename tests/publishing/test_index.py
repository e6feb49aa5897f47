from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from zhibiao.errors import OutputError
from zhibiao.publishing.index import RunEntry, RunFiles, write_index


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


FILES = RunFiles(
    pdf="monthly/500000/基准 情景/briefing.pdf",
    ipynb="monthly/500000/a#b?.ipynb",
    xlsx="monthly/t.xlsx",
    csv=("monthly/t-01.csv",),
    svg=("monthly/f-01.svg",),
    png=("monthly/f-01.png",),
    manifest="monthly/manifest.json",
)


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("href", "src")]


def page(folder, *runs: RunEntry) -> str:
    return write_index(folder, runs).read_text(encoding="utf-8")


def test_every_file_is_linked_relative_and_quoted(tmp_path):
    links = Links()
    links.feed(page(tmp_path, run(files=FILES)))
    assert links.found == [
        "monthly/500000/%E5%9F%BA%E5%87%86%20%E6%83%85%E6%99%AF/briefing.pdf",
        "monthly/500000/a%23b%3F.ipynb",
        "monthly/t.xlsx",
        "monthly/t-01.csv",
        "monthly/f-01.svg",
        "monthly/manifest.json",
        "monthly/f-01.png",
        "monthly/f-01.png",
    ]


def test_failures_come_first_with_their_message(tmp_path):
    text = page(
        tmp_path, run(title="甲"), run("cached", title="乙"), run("failed", title="丙", error="cell 3: ValueError")
    )
    assert [re.sub(r"<.*?>", "", found) for found in re.findall(r"<h2>.*?</h2>", text)] == ["丙", "甲", "乙"]
    assert "cell 3: ValueError" in text


def test_words_of_users_never_become_html(tmp_path):
    attack = '"><script>alert(1)</script>'
    text = page(
        tmp_path,
        run("failed", title=attack, region_name=attack, error=attack, files=RunFiles(pdf=attack, png=(attack,))),
    )
    assert text.count("<script>") == 1
    assert "alert(1)" in text


def test_the_page_needs_no_network_and_no_clock(tmp_path):
    text = page(tmp_path, run(files=FILES))
    assert "http" not in text
    assert text == page(tmp_path, run(files=FILES))
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret.pdf", "a/../../b.pdf", "//host/x.pdf"])
def test_a_path_outside_outputs_is_refused(tmp_path, path):
    with pytest.raises(OutputError, match="not inside outputs"):
        write_index(tmp_path, [run(files=RunFiles(pdf=path))])


def test_a_path_that_looks_like_a_scheme_stays_a_file(tmp_path):
    assert 'href="javascript%3Aalert%281%29"' in page(tmp_path, run(files=RunFiles(pdf="javascript:alert(1)")))


def test_an_empty_index_says_so(tmp_path):
    assert "还没有任何运行" in page(tmp_path)
