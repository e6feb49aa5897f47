"""What a published page holds, what it must not hold, and what stops it."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from zhibiao.errors import OutputError, ToolMissing
from zhibiao.publishing import fonts, pdf
from zhibiao.publishing.pdf import to_pdf

HOSTILE = '重庆#eval("1+1")$x$[*'


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def structure(content: bytes) -> list[tuple[str, str]]:
    """(type, alternative text) of every element of the structure tree of all pages."""
    document = pypdfium2.PdfDocument(content)
    found: list[tuple[str, str]] = []

    def text_of(element: object, read: object) -> str:
        buffer = ctypes.create_string_buffer(1024)
        size = read(element, buffer, 1024)
        return buffer.raw[: max(size - 2, 0)].decode("utf-16-le")

    def walk(element: object) -> None:
        found.append(
            (
                text_of(element, pdfium.FPDF_StructElement_GetType),
                text_of(element, pdfium.FPDF_StructElement_GetAltText),
            )
        )
        for child in range(pdfium.FPDF_StructElement_CountChildren(element)):
            below = pdfium.FPDF_StructElement_GetChildAtIndex(element, child)
            if below:
                walk(below)

    try:
        for number in range(len(document)):
            page = document[number]
            tree = pdfium.FPDF_StructTree_GetForPage(page)
            for child in range(pdfium.FPDF_StructTree_CountChildren(tree)):
                walk(pdfium.FPDF_StructTree_GetChildAtIndex(tree, child))
            pdfium.FPDF_StructTree_Close(tree)
            page.close()
    finally:
        document.close()
    return found


def font_names(content: bytes) -> set[str]:
    document = pypdfium2.PdfDocument(content)

    def objects(page: pypdfium2.PdfPage) -> Iterator[pypdfium2.PdfObject]:
        return (item for item in page.get_objects(max_depth=12) if item.type == pdfium.FPDF_PAGEOBJ_TEXT)

    names = set()
    try:
        for page in document:
            for item in objects(page):
                buffer = ctypes.create_string_buffer(256)
                pdfium.FPDFFont_GetBaseFontName(pdfium.FPDFTextObj_GetFont(item), buffer, 256)
                names.add(buffer.value.decode().rpartition("+")[2])
            page.close()
    finally:
        document.close()
    return names


def test_a_briefing_is_a_tagged_document_with_title_language_and_date(briefing):
    content = to_pdf(briefing)
    document = pypdfium2.PdfDocument(content)
    told = document.get_metadata_dict()
    document.close()
    assert told["Title"] == "技工教育指标进展"
    assert told["CreationDate"].startswith("D:20240331")
    assert b"pdfuaid:part" in content
    assert b"/Lang (zh-CN)" in content or b"/Lang(zh-CN)" in content
    kinds = dict(structure(content))
    assert {"H1", "Table", "TH", "TD", "Figure", "Caption"} <= set(kinds)
    assert ("Figure", "在校生从9.9万人升至10.5万人") in structure(content)


def test_a_reader_is_shown_the_text_of_one_language_and_no_machinery(build, briefing):
    assert "指标简报" in build.pages(to_pdf(briefing))[0]
    chinese = squeezed("".join(build.pages(to_pdf(briefing))))
    for shown in (
        "技工教育指标进展",
        "重庆市",
        "技工教育“十四五”规划",
        "2024-03-31",
        "能否如期完成",
        "专栏1",
        "差距",
        "在校生轨迹",
        "表1",
        "图1",
    ):
        assert squeezed(shown) in chinese
    for hidden in ("Willitbemet", "setupisshown", "show()", "level=80", "awarning", "9.910.110.5"):
        assert hidden not in chinese
    english = squeezed("".join(build.pages(to_pdf(briefing, lang="en"))))
    assert "Willitbemetintime?" in english
    assert "能否" not in english
    assert "Page1of" in english
    assert "Table1" in english


def test_text_inside_a_figure_can_be_searched(build):
    content = to_pdf(build.notebook(build.code(build.chart(title=""))))
    assert "在校生轨迹" in squeezed("".join(build.pages(content)))


def test_the_same_notebook_gives_the_same_bytes_without_a_path(briefing):
    first = to_pdf(briefing)
    for cell in briefing.cells:
        cell.id = "other" + cell.id[:4]
    assert to_pdf(briefing) == first
    assert b"/tmp" not in first
    assert b"zhibiao-pdf" not in first


def test_a_document_without_a_date_is_dated_1970(build):
    content = to_pdf(build.notebook(build.markdown("# 指标")))
    document = pypdfium2.PdfDocument(content)
    assert document.get_metadata_dict()["CreationDate"].startswith("D:19700101")
    document.close()


def test_only_allowed_fonts_are_embedded(build, briefing):
    briefing.cells.append(build.markdown("代码 `zhibiao run`，公式 $r=\\frac{y_i-y_0}{T-y_0}$，记号 ✔ ➚", "lang-zh"))
    used = font_names(to_pdf(briefing))
    assert used >= {"NotoSansCJKsc-Regular", "NotoSerifCJKsc-Regular"}
    assert used <= {
        "NotoSansCJKsc-Regular",
        "NotoSerifCJKsc-Regular",
        "DejaVuSansMono",
        "NewCMMath-Regular",
        "NewCMMath-Book",
    }


@pytest.mark.parametrize("levels", [[1, 3, 5], [4, 2, 6], [1, 1, 4, 2], [3]])
def test_skipped_heading_levels_are_mended(build, levels):
    text = "\n\n".join("#" * level + f" 标题{n}" for n, level in enumerate(levels))
    content = to_pdf(build.notebook(build.markdown(text)))
    assert f"标题{len(levels) - 1}" in squeezed("".join(build.pages(content)))


def test_sibling_headings_stay_siblings(build):
    content = to_pdf(build.notebook(build.markdown("# 题\n\n## 一\n\n#### 甲\n\n#### 乙\n\n## 二\n\n##\n\n终")))
    assert [kind for kind, _ in structure(content) if re.fullmatch(r"H\d", kind)] == ["H1", "H2", "H2", "H1"]


def test_a_long_table_repeats_its_header_on_every_page(build):
    rows = [[f"第{n}区", f"{n}.5", f"备注{n}"] for n in range(1, 61)]
    shown = build.pages(
        to_pdf(build.notebook(build.code(build.table(["区县名称", "在校生数", "说明文字"], rows, "区县"))))
    )
    assert len(shown) >= 2
    assert all("区县名称" in page and "说明文字" in page for page in shown)
    assert f"第 1 页 共 {len(shown)} 页" in shown[0]


def test_a_heading_and_its_lead_stay_with_their_figure(build):
    cells = [
        cell
        for number in range(1, 9)
        for cell in (
            build.markdown(f"## 第{number}节\n\n引言{number}甲。"),
            build.code(build.chart(title=f"题{number}乙")),
        )
    ]
    shown = [squeezed(page) for page in build.pages(to_pdf(build.notebook(*cells)))]
    assert len(shown) >= 2
    for number in range(1, 9):
        words = [f"第{number}节", f"引言{number}甲", f"题{number}乙"]
        assert any(all(word in page for word in words) for page in shown)


def test_a_wide_table_stays_on_the_page(build):
    header = [f"列{n}" for n in range(10)]
    row = [
        "1",
        "重庆市技工教育“十四五”规划" * 3,
        "chongqing-2021-452-statement_with_a_long_name_01",
        *["很长的条款原文" * 6] * 3,
        *"万人年个",
    ]
    content = to_pdf(build.notebook(build.code(build.table(header, [row] * 6))))
    document = pypdfium2.PdfDocument(content)
    for page in document:
        width, _ = page.get_size()
        textpage = page.get_textpage()
        for index in range(textpage.count_chars()):
            left, _, right, _ = textpage.get_charbox(index)
            assert left >= 40
            assert right <= width - 40
        textpage.close()
        page.close()
    document.close()


WORDS = [
    HOSTILE,
    "= x",
    "- x",
    "+ y",
    "/ t: d",
    "// c",
    "/* c */",
    "<lab>",
    "@ref",
    "~ nb",
    "\\u{41} \\",
    "\"q\" 's'",
    "$ x $",
    "#{",
    "#let x = 1",
    "--- --",
    "...",
    "-?",
    "https://e.cn/#a",
    "{{x}}",
    "#table.header()[x]",
    ']#eval("1")[',
    "1. x",
    "%",
    "^2^ ~2~",
    "x@y.cn",
    ":smile:",
]


def test_words_of_users_never_become_typst(build):
    def literal(value: object) -> str:
        return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", str(value))

    nb = build.notebook(
        build.code(build.table(["甲", "乙"], [[word, "值"] for word in WORDS], HOSTILE, escape=literal)),
        build.code(build.chart(alt=HOSTILE + '"\\', title=HOSTILE + '"\\')),
        title=HOSTILE,
        region_name=HOSTILE,
        documents=WORDS,
        scenario=HOSTILE,
        as_of="#panic()",
        report_date='2024"#',
    )
    content = to_pdf(nb)
    shown = squeezed("".join(build.pages(content)))
    for word in WORDS:
        assert shown.count(squeezed(word)) >= 2, word
    assert shown.count(squeezed(HOSTILE)) >= 7
    document = pypdfium2.PdfDocument(content)
    assert document.get_metadata_dict()["Title"] == HOSTILE
    document.close()
    assert ("Figure", HOSTILE + '"\\') in structure(content)


@pytest.mark.parametrize("word", WORDS)
def test_unescaped_words_set_without_failing(word):
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

    html = new_output("display_data", {"text/html": f"<table><tr><th>{word}</th></tr><tr><td>{word}</td></tr></table>"})
    plain = new_output("display_data", {"text/plain": word})
    said = new_output("display_data", {"text/markdown": word})
    assert to_pdf(new_notebook(cells=[new_markdown_cell(word), new_code_cell(outputs=[html, plain, said])])).startswith(
        b"%PDF"
    )


def test_raw_typst_attributes_and_foreign_pictures_are_inert(build):
    from nbformat.v4 import new_output

    cell = '<td typst:fill="panic()">甲<img src="/etc/passwd" alt="图样"></td>'
    html = f'<table typst:fill="panic()"><tr>{cell}</tr></table>'
    nb = build.notebook(
        build.markdown(
            "`#panic()`{=typst}\n\n```{=typst}\n#panic()\n```\n\n![说明](http://localhost:9/x.png) "
            '[连](#没有) <div typst:fill="panic()">'
        ),
        build.code(new_output("display_data", {"text/html": html})),
    )
    shown = squeezed("".join(build.pages(to_pdf(nb))))
    assert "说明" in shown
    assert "图样" in shown
    assert "连" in shown


def test_committed_notebooks_with_png_charts_are_published_too(build):
    content = to_pdf(build.notebook(build.code(build.chart("png", alt="点阵图"))))
    assert ("Figure", "点阵图") in structure(content)


def test_a_figure_without_alternative_text_names_its_cell(build):
    nb = build.notebook(build.markdown("# 题"), build.code(build.chart(alt="")))
    with pytest.raises(OutputError, match=r"cell 2 .*no alternative text"):
        to_pdf(nb)


def test_a_missing_glyph_is_an_error(build):
    with pytest.raises(OutputError, match="could not be displayed"):
        to_pdf(build.notebook(build.markdown("# 题\n\n\U0001f600")))


def test_a_typst_warning_is_an_error(build, tmp_path, monkeypatch):
    (tmp_path / "main.typ").write_text(
        '#set document(title: "x")\n#set text(font: "No Such Font")\nx', encoding="utf-8"
    )
    with pytest.raises(OutputError, match="unknown font family"):
        pdf.typeset(tmp_path, "pdf", pdf.front_matter(build.notebook()))


def test_missing_tools_are_named(briefing, monkeypatch):
    monkeypatch.setattr(pdf.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ToolMissing, match="pypandoc-binary"):
        to_pdf(briefing)
    with pytest.raises(ToolMissing, match="mplfonts"):
        fonts.font_file("Noto Sans CJK SC")


def test_widgets_and_errors_are_not_printed(build):
    from nbformat.v4 import new_output

    widget = new_output(
        "display_data", {"text/plain": "Dropdown()", "application/vnd.jupyter.widget-view+json": {"model_id": "a"}}
    )
    failed = new_output("error", ename="ValueError", evalue="boom", traceback=["boom"])
    shown = "".join(build.pages(to_pdf(build.notebook(build.markdown("# 题"), build.code(widget, failed)))))
    assert "Dropdown" not in shown
    assert "boom" not in shown
