"""Tables for notebook, regression test, PDF and spreadsheet."""

from __future__ import annotations

import html
import json
import re

import numpy as np
import pypandoc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.errors import ParameterError
from zhibiao.showing.nothing import NOTHING
from zhibiao.showing.table import FIGURES, PANDOC_LINE, Column, Table, display_width, literal

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


def test_html_is_escaped_and_the_same_every_time():
    table = Table([Column("a", "<script>")], [("<img onerror=x> & $y$",)], title="a<b")
    page = table.html()
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;img onerror=x&gt; &amp; $y$" in page
    assert page == table.html()
    assert " id=" not in page
    assert "mathjax_ignore" in page


def test_raw_values_travel_only_with_published_runs(monkeypatch):
    assert set(sample()._repr_mimebundle_()) == {"text/plain", "text/markdown", "text/html"}
    monkeypatch.setenv(FIGURES, "svg")
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
