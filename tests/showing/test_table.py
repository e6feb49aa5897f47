"""Tables for notebook, regression test, PDF and spreadsheet."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pypandoc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.errors import ParameterError
from zhibiao.showing.nothing import NOTHING
from zhibiao.showing.table import FIGURES, PANDOC_LINE, Beside, Column, Reckoned, Table, display_width, literal

# as the exporter reads Markdown outputs
PANDOC_MARKDOWN = "markdown-raw_attribute-raw_html-raw_tex"
AWKWARD = [
    "[15] [100]",
    "a|b *c* _d_ **e**",
    "<b>粗</b> `code` $x^2$ \\alpha",
    "@ref #tag ~s~ ^t^ H~2~O",
    "1. 第一",
    "(a) first",
    "- 项",
    ": 说明",
    "a -- b --- c ...",
    "\"引\" 'it' &amp; &lt; {=typst} ![x](y)",
    "\\[a\\] \\(b\\)",
    "≥12；〔2021〕452号·专栏1",
]


def cell_texts(markdown: str) -> list[str]:
    """What pandoc understands the cells to be."""
    page = pypandoc.convert_text(markdown, "html", format=PANDOC_MARKDOWN, extra_args=["--wrap=none"])
    return [
        re.sub(r"\s+", " ", html.unescape(cell)).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", page, re.DOTALL)
    ]


def sample(**more) -> Table:
    columns = [
        Column("name", "指标"),
        Column("now", "现值", "right", "number", unit="万人", digits=1),
        Column("people", "people", "right", "count", unit="persons"),
        Column("share", "占比", "right", "share"),
        Column("year", "年份", kind="year"),
    ]
    rows = [
        ("在校生", np.float64(9.9), np.int64(99000), 0.985, 2020),
        {"name": "招生", "now": float("nan"), "year": 2025.0},
    ]
    return Table(columns, rows, title="两项指标", source="来源：渝人社〔2021〕452号", **more)


def test_plain_text_lines_up_with_chinese_counting_two():
    lines = sample().plain().splitlines()
    assert lines[0] == "两项指标"
    assert lines[-1].startswith("来源")
    ends = {
        display_width(line[: line.index(word) + len(word)])
        for line, word in ((lines[1], "（万人）"), (lines[3], "9.9"))
    }
    assert len(ends) == 1
    assert "99,000" in lines[3]
    assert "98.5%" in lines[3]
    assert "2020" in lines[3]
    assert lines[4].split() == ["招生", "—", "—", "—", "2025"]


def test_markdown_is_literal_for_pandoc():
    table = Table([Column("a", "甲|*乙*"), Column("b", "b")], [(text, "x") for text in AWKWARD], title="[15] *x*")
    assert cell_texts(table.markdown())[::2] == [" ".join(text.split()) for text in AWKWARD]


@pytest.mark.parametrize("text", AWKWARD)
def test_a_note_is_one_literal_paragraph(text):
    page = pypandoc.convert_text(literal(text), "html", format=PANDOC_MARKDOWN, extra_args=["--wrap=none"])
    assert html.unescape(page).strip() == f"<p>{' '.join(text.split())}</p>"


def test_markdown_survives_into_typst():
    page = pypandoc.convert_text(sample().markdown(), "typst", format=PANDOC_MARKDOWN)
    assert "两项指标" in page
    assert "[9.9]" in page
    assert "〔2021〕" in page


def test_dashes_carry_the_relative_widths():
    table = Table([Column("a", "A", width=1), Column("b", "B", "right", width=3)], [("x", "y")])
    rule = table.markdown().splitlines()[1]
    first, second = rule.strip("|").split("|")
    assert len(second) == 3 * len(first)
    assert len(rule) > PANDOC_LINE
    assert first.startswith(":-")
    assert second.endswith("-:")
    assert "(25%, 75%)" in pypandoc.convert_text(table.markdown(), "typst", format=PANDOC_MARKDOWN)


def test_a_very_long_cell_leaves_room_for_the_others():
    table = Table([Column("a", "指标"), Column("b", "说明")], [("在校生规模", "很长的说明" * 40)])
    widths = [len(part) for part in table.markdown().splitlines()[1].strip("|").split("|")]
    assert widths == [10, 40]


UNTRUSTED = [
    "<script>alert(1)</script>", "<img onerror=x> & $y$", "{{m^2}} {{ 7*7 }}", "**x** [a](http://x)", ' class="gt_row gt_left" id="zhibiao"', "</style></td><b>", "\u202e庆重",
]  # fmt: skip


class Cells(HTMLParser):
    """Texts and attributes of the cells of a page, as a browser reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cells: list[tuple[str, dict[str, str | None], str]] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag in ("td", "th", "caption", "p"):
            self.cells.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.cells and data.strip():
            tag, attrs, text = self.cells[-1]
            self.cells[-1] = (tag, attrs, text + data)

    def texts(self, tag: str) -> list[str]:
        return [text.strip() for kind, _, text in self.cells if kind == tag]


@pytest.mark.parametrize("html_of", [Table.html, Table.quick_html])
@pytest.mark.parametrize("text", UNTRUSTED)
def test_html_shows_every_text_as_it_stands_and_is_the_same_every_time(text, html_of):
    table = Table([Column("a", text), Column("b", "乙")], [(text, "x")], title=text, notes=[text], source=text)
    page, text = html_of(table), text.strip()
    found = Cells(page)
    assert found.texts("caption") == [text] and found.texts("th") == [text, "乙"]
    assert found.texts("td")[:2] == [text, "x"] and (found.texts("td")[2:] or found.texts("p")) == [text, text]
    assert found.tags <= {"div", "style", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "span", "p", "small"}
    assert page == html_of(table) and " id=" not in re.sub(r">[^<]*<", "><", page)
    assert "mathjax_ignore" in page


@pytest.mark.parametrize("html_of", [Table.html, Table.quick_html])
def test_html_has_scopes_sides_and_tints_beside_the_words(html_of):
    table = Table([Column("a", "数", "right"), Column("b", "判断", "center")], [(None, "进度滞后"), (1, "其他")])
    cells = Cells(html_of(table)).cells
    heads = [attrs for tag, attrs, _ in cells if tag == "th"]
    assert [attrs["scope"] for attrs in heads] == ["col", "col"] and [attrs["style"] for attrs in heads] == ["text-align:right", "text-align:center"]
    (absent, _, missing), (_, tinted, word), (_, _, one), (_, plain, other) = [cell for cell in cells if cell[0] == "td"]
    assert (absent, missing.strip(), one.strip(), other.strip()) == ("td", "—", "1", "其他")
    assert word.strip() == "进度滞后" and tinted["style"].replace(": ", ":").replace("; ", ";") == "background-color:#F9D3B4;color:#1A1A1A;text-align:center"
    assert plain["style"] == "text-align:center"


def test_the_html_of_great_tables_is_hardly_longer_than_our_own():
    table = Table([Column(f"c{n}", f"列{n}") for n in range(8)], [[f"值{n}"] * 8 for n in range(40)], title="表", source="来源")
    assert len(table.html()) < len(table.quick_html()) + 2000


def test_a_published_run_carries_no_html_and_loads_no_great_tables():
    code = (
        "import os, sys; os.environ['ZHIBIAO_FIGURES'] = 'svg'; from zhibiao.showing.table import Column, Table; "
        "print(sorted(Table([Column('a', 'A')], [(1,)])._repr_mimebundle_()), 'great_tables' in sys.modules, 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "['application/vnd.dataresource+json', 'text/markdown', 'text/plain'] False False"


def by_row(**more) -> Table:
    return Table([Column("a", "A"), Column("b", "B")], [(1, 2), (3, None)], **more)


def test_what_stands_beside_is_in_files_only():
    beside = Beside([Column("c", "C", "right", "number")], [{"c": Reckoned(3, "{a}+{b}")}, {}], [{"a": "专栏1"}, {}])
    table = by_row(beside=beside)
    assert table.plain() == by_row().plain() and table.markdown() == by_row().markdown() and table.html() == by_row().html()
    resource = json.loads(json.dumps(table.resource()))
    assert resource["data"] == [{"a": 1, "b": 2, "c": 3}, {"a": 3, "b": None, "c": None}]
    assert [field.get("beside", False) for field in resource["schema"]["fields"]] == [False, False, True]
    assert (resource["formulas"], resource["remarks"]) == ([{"c": "{a}+{b}"}, {}], [{"a": "专栏1"}, {}])


@pytest.mark.parametrize(
    "beside",
    [
        Beside([Column("c", "C")], [{"c": 1}]),
        Beside([Column("c", "C")], [{"d": 1}, {}]),
        Beside([Column("a", "A")], [{}, {}]),
        Beside([Column("c", "C")], [{"c": Reckoned(1, "{x}")}, {}]),
        Beside(remarks=[{"z": "?"}, {}]),
    ],
)
def test_what_does_not_fit_beside_is_refused(beside):
    with pytest.raises(ParameterError):
        by_row(beside=beside)


def test_raw_values_travel_only_with_published_runs(monkeypatch):
    assert set(sample()._repr_mimebundle_()) == {"text/plain", "text/markdown", "text/html"}
    monkeypatch.setenv(FIGURES, "svg")
    assert "text/html" not in sample()._repr_mimebundle_()
    resource = json.loads(json.dumps(sample()._repr_mimebundle_()["application/vnd.dataresource+json"]))
    assert resource["data"][0] == {"name": "在校生", "now": 9.9, "people": 99000, "share": 0.985, "year": 2020}
    assert resource["data"][1] == {"name": "招生", "now": None, "people": None, "share": None, "year": 2025}
    titles = {field["name"]: (field["title"], field["type"]) for field in resource["schema"]["fields"]}
    assert titles["now"] == ("现值（万人）", "number")
    assert titles["people"] == ("people (persons)", "integer")


def test_numbers_written_in_words_make_a_column_of_text():
    table = Table([Column("v", "值", kind="number")], [(9.9,), ("98以上",)])
    assert table.texts() == [["9.9"], ["98以上"]]
    assert table.resource()["schema"]["fields"][0]["type"] == "string"


def test_an_empty_table_is_one_sentence():
    table = Table([Column("a", "A")], [], title="缺数", empty="所有指标都有数据。")
    bundle, metadata = table._repr_mimebundle_()
    assert metadata == {NOTHING: True}
    assert bundle["text/plain"] == "缺数\n所有指标都有数据。"
    assert bundle["text/markdown"] == "所有指标都有数据。"
    assert "<table" not in bundle["text/html"]


@pytest.mark.parametrize("row", [{"nmae": 1}, (1, 2)])
def test_a_row_that_does_not_fit_is_refused(row):
    with pytest.raises(ParameterError, match="row 1"):
        Table([Column("name", "名称")], [row])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z", "M"))).filter(str.strip),
        min_size=1,
        max_size=8,
    )
)
def test_any_text_is_literal(texts):
    table = Table([Column("a", "A"), Column("b", "B")], [(text, "x") for text in texts])
    assert cell_texts(table.markdown())[::2] == [" ".join(text.split()) for text in texts]
