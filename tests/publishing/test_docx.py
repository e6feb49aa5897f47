"""The document for Word: what it holds for a reader and a writer, and that nothing of a user becomes more than text."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from zhibiao.errors import OutputError
from zhibiao.publishing.docx import PPI, _drawn, _finished, to_docx
from zhibiao.publishing.frontmatter import front_matter
from zhibiao.publishing.pdf import readable
from zhibiao.publishing.word_reference import A4, ORDER, reference
from zhibiao.publishing.word_table import LETTER, PAGE, TABLE, widths, word_table

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"


class Opened:
    def __init__(self, content: bytes) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(content))
        assert self.archive.testzip() is None
        self.body = ElementTree.fromstring(self.archive.read("word/document.xml"))
        self.styles = ElementTree.fromstring(self.archive.read("word/styles.xml"))

    def paragraphs(self, style: str | None = None) -> list[str]:
        found = []
        for paragraph in self.body.iter(f"{W}p"):
            kind = paragraph.find(f"{W}pPr/{W}pStyle")
            if style is None or (kind is not None and kind.get(f"{W}val") == style):
                found.append("".join(text.text or "" for text in paragraph.iter(f"{W}t")))
        return found

    def tables(self) -> list[list[list[str]]]:
        def text(cell: ElementTree.Element) -> str:
            return "".join(part.text or "" for part in cell.iter(f"{W}t"))

        return [[[text(cell) for cell in row.iter(f"{W}tc")] for row in table.iter(f"{W}tr")] for table in self.body.iter(f"{W}tbl")]

    def style(self, name: str) -> ElementTree.Element:
        (found,) = (style for style in self.styles.iter(f"{W}style") if style.get(f"{W}styleId") == name)
        return found


@pytest.fixture
def opened(briefing) -> Opened:
    return Opened(to_docx(briefing))


def test_it_has_a_title_real_headings_and_tables(opened, briefing):
    assert len(opened.paragraphs("Title")) == 1
    assert opened.paragraphs("Heading1")
    facts, *others = opened.tables()
    assert facts == [["依据文件", "技工教育“十四五”规划"], ["情景", "基准"]]  # what the line below the title says is not said again
    assert others and all(len(row) == len(table[0]) for table in others for row in table)
    assert opened.paragraphs("TableText") and not opened.paragraphs("Compact")  # cells are set smaller than prose
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in opened.body.iter(f"{W}tr"))
    assert "show()" not in " ".join(opened.paragraphs())  # no code


def test_titles_are_numbered_by_fields_of_their_own_kind(build):
    tables = [build.code(build.table(["指标"], [["在校生"]], title)) for title in ("各项差距", "", "要什么")]
    for lang, name in (("zh", "表"), ("en", "Table")):
        made = Opened(to_docx(build.notebook(build.code(tags=["parameters"], source=f'region = "重庆"\nlang = "{lang}"'), *tables), lang=lang))
        assert [" ".join(text.split()) for text in made.paragraphs("TableCaption")] == [f"{name} 1 各项差距", f"{name} 2 要什么"]
        assert [field.get(f"{W}instr") for field in made.body.iter(f"{W}fldSimple") if "SEQ" in field.get(f"{W}instr", "")] == [f" SEQ {name} \\* ARABIC "] * 2


def test_every_cell_of_every_table_and_every_sentence_is_there(opened, briefing):
    shown = " ".join(opened.paragraphs())
    flat = re.sub(r"\s|\\", "", shown)
    for cell in readable(briefing, "zh").cells:
        for output in cell.get("outputs", []):
            for line in str(output.data.get("text/markdown", "")).splitlines():
                for part in re.split(r"(?<!\\)\|", line):
                    plain = re.sub(r"[\s\\*_`:#-]", "", part)
                    assert plain in re.sub(r"[*_`:#-]", "", flat), part


def test_pictures_have_words_and_300_dots_an_inch(opened):
    pictures = [name for name in opened.archive.namelist() if name.startswith("word/media/")]
    assert pictures
    for name in pictures:
        picture = Image.open(io.BytesIO(opened.archive.read(name)))
        assert picture.format == "PNG" and picture.info["dpi"] == pytest.approx((PPI, PPI), abs=1) and picture.width > 1500
        assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)  # as white as the page
    words = [part.get("descr") for part in opened.body.iter(f"{DRAWING}docPr")]
    assert len(words) == len(pictures) and all(word and len(word) > 8 for word in words)


def test_fonts_and_page_are_those_of_a_chinese_office(opened):
    default = opened.styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}rFonts")
    assert default.get(f"{W}eastAsia") == "仿宋"
    assert opened.style("Heading1").find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia") == "黑体"
    others = opened.archive.read("word/fontTable.xml").decode("utf-8")
    assert "FangSong" in others and "SimHei" in others  # what Word takes where a font is missing
    size = opened.body.find(f".//{W}sectPr/{W}pgSz")
    assert (size.get(f"{W}w"), size.get(f"{W}h")) == (A4["w"], A4["h"])


def test_the_page_says_which_of_how_many_it_is(briefing, opened):
    def footer(document: Opened) -> tuple[str, list[str]]:
        root = ElementTree.fromstring(document.archive.read("word/footer1.xml"))
        fields = [field.get(f"{W}instr", "").strip() for field in root.iter(f"{W}fldSimple")]
        return "".join(part.text or "" for part in root.iter(f"{W}t")), fields

    assert footer(opened) == ("第 1 页 共 1 页", ["PAGE", "NUMPAGES"])
    assert footer(Opened(to_docx(briefing, lang="en"))) == ("Page 1 of 1", ["PAGE", "NUMPAGES"])
    assert opened.body.find(f".//{W}sectPr/{W}footerReference") is not None


def test_below_the_title_stands_whose_figures_and_of_when_over_a_red_rule(opened):
    assert opened.paragraphs("Subtitle") == ["重庆市 · 数据截至 2023 · 报告日期 2024-03-31"]
    assert opened.style("Subtitle").find(f"{W}pPr/{W}pBdr/{W}bottom").get(f"{W}color") == "C00000"


def test_headings_have_their_place_in_the_outline(opened):
    for level in (1, 2, 3):
        assert opened.style(f"Heading{level}").find(f"{W}pPr/{W}outlineLvl").get(f"{W}val") == str(level - 1)


def test_properties_of_paragraphs_stand_in_the_order_that_word_asks_for(opened):
    for properties in opened.styles.iter(f"{W}pPr"):
        names = [child.tag.removeprefix(W) for child in properties]
        if set(names) <= set(ORDER):
            assert names == sorted(names, key=ORDER.index), names


def test_both_languages_are_named(briefing, opened):
    tags = opened.styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang")
    assert (tags.get(f"{W}val"), tags.get(f"{W}eastAsia")) == ("en-GB", "zh-CN")
    for found, tag in ((opened, "zh-CN"), (Opened(to_docx(briefing, lang="en")), "en-GB")):
        assert f"<dc:language>{tag}</dc:language>" in found.archive.read("docProps/core.xml").decode("utf-8")
    settings = opened.archive.read("word/settings.xml").decode("utf-8")
    assert 'w:themeFontLang w:val="en-GB" w:eastAsia="zh-CN"' in settings and 'compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"' in settings


def test_the_header_of_a_table_is_repeated_and_no_row_stands_alone(build):
    rows = [[f"指标{number}", "进度滞后"] for number in range(8)]
    found = Opened(to_docx(build.notebook(build.markdown("# 题", "lang-zh"), build.code(build.table(["指标", "判断"], rows, "表")))))
    (table,) = found.body.iter(f"{W}tbl")
    lines = list(table.iter(f"{W}tr"))
    assert [line.find(f"{W}trPr/{W}tblHeader") is not None for line in lines] == [True] + [False] * 8
    kept = [all(paragraph.find(f"{W}pPr/{W}keepNext") is not None for paragraph in line.iter(f"{W}p")) for line in lines]
    assert kept == [True, True, *[False] * 4, True, True, False]
    shades = [[shade.get(f"{W}fill") for shade in line.iter(f"{W}shd")] for line in lines]
    assert shades == [[], *[["F9D3B4"]] * 8]


def test_a_note_stays_with_the_last_rows_of_its_table():
    row = '<w:tr><w:tc><w:p><w:pPr><w:pStyle w:val="Compact" /></w:pPr></w:p></w:tc></w:tr>'
    note, other = (f'<w:p><w:pPr><w:pStyle w:val="{style}" />' for style in ("Notes", "BodyText"))
    kept = [TABLE.sub(word_table, f"<w:tbl>{row * 6}</w:tbl>{after}").count("<w:keepNext />") for after in (note, other)]
    assert kept == [5, 4]


def test_a_page_that_begins_with_a_heading_is_broken_by_the_heading():
    """A paragraph that holds nothing but a break would leave an empty page behind a full one."""
    page = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", f'{page}\n<w:p><w:pPr><w:pStyle w:val="Heading1" /></w:pPr></w:p>{page}<w:tbl></w:tbl>')
        archive.writestr("word/settings.xml", "<w:rsids>")
    body = zipfile.ZipFile(io.BytesIO(_finished(made.getvalue()))).read("word/document.xml").decode()
    assert body == f'<w:p><w:pPr><w:pStyle w:val="Heading1" /><w:pageBreakBefore /></w:pPr></w:p>{page}<w:tbl></w:tbl>'


@given(st.lists(st.lists(st.text(max_size=60), min_size=3, max_size=3), min_size=1, max_size=5))
def test_columns_fill_the_page(rows):
    made = widths(rows)
    assert sum(made) == PAGE and all(width > 0 for width in made)


def test_a_short_cell_is_not_broken_while_a_long_one_has_room():
    rows = [["指标", "最近数", "定义"], ["在校生规模", "9.9（2020）", "很长的说明" * 30]]
    name, latest, told = widths(rows)
    assert latest / LETTER > 11 and name / LETTER > 10 and told > name + latest
    assert widths([["a"], ["b", "c"]]) == []  # joined cells: as pandoc made them


def test_the_same_notebook_gives_the_same_bytes(briefing):
    assert to_docx(briefing) == to_docx(briefing)


def test_without_a_language_of_the_environment_the_bytes_are_the_same(briefing, monkeypatch):
    usual = to_docx(briefing)
    for name in ("LANG", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", "C")
    assert to_docx(briefing) == usual


def test_no_part_is_dated_with_the_moment_of_its_making(briefing):
    reference.cache_clear()
    days = {entry.date_time[:3] for entry in Opened(to_docx(briefing)).archive.infolist()}
    day = front_matter(briefing).date
    assert days <= {(1980, 1, 1), (day.year, day.month, day.day)}


def test_no_path_of_this_machine_is_in_it(opened):
    for name in opened.archive.namelist():
        assert b"/tmp/" not in opened.archive.read(name), name


def test_what_users_write_stays_text(build):
    hostile = ['=HYPERLINK("http://x")', "<script>alert(1)</script>", '#eval("1")', "../../x", "\u202e重庆", "x" * 300, "{{ 7*7 }}", "</w:t></w:r>"]
    cells = [build.code(build.sentence(re.sub(r"([\\`*_{}\[\]<>$#@~^|&\"'!])", r"\\\1", text))) for text in hostile]
    found = Opened(to_docx(build.notebook(build.markdown("# 题", "lang-zh"), *cells)))
    told = " ".join(found.paragraphs())
    for text in hostile:
        assert re.sub(r"\W", "", text) in re.sub(r"\W", "", told), text
    assert not list(found.body.iter(f"{W}fldSimple")) and not list(found.body.iter(f"{W}instrText"))
    assert not [name for name in found.archive.namelist() if ".." in name]


def test_a_picture_without_words_stops_it(build):
    with pytest.raises(OutputError, match="alternative text"):
        to_docx(build.notebook(build.markdown("# 题", "lang-zh"), build.code(build.chart(alt=""))))


def test_each_figure_is_drawn_in_its_place_and_size(briefing):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}pt" height="72pt"><rect width="{0}" height="72" fill="{1}"/></svg>'
    red, blue = _drawn([svg.format(72, "#ff0000").encode(), svg.format(144, "#0000ff").encode()], front_matter(briefing))
    assert [(round(one.width / PPI), one.getpixel((50, 50))) for one in (red, blue)] == [(1, (255, 0, 0)), (2, (0, 0, 255))]
    assert _drawn([], front_matter(briefing)) == []
