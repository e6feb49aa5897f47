"""Sections with nothing to assess are left out, the one that asks for figures says so and moves up."""

from nbformat.v4 import new_output

from zhibiao.publishing.pdf import readable, to_pdf, to_slides
from zhibiao.showing.nothing import NOTHING, Quiet
from zhibiao.showing.sentences import Nothing, Sentences
from zhibiao.showing.table import Column, Table


def quiet(text):
    return new_output("display_data", {"text/plain": text, "text/markdown": text}, metadata={NOTHING: True})


def prose(nb, lang="zh"):
    """What is read, in order: headings and the Markdown of outputs."""
    told = []
    for cell in readable(nb, lang).cells:
        told += [cell.source] if cell.cell_type == "markdown" else [output.data["text/markdown"] for output in cell.outputs]
    return told


def made(build, *sections, gathers=("gathers", "page")):
    cells = [build.markdown("# 简报"), build.code(build.sentence("答案"))]
    for heading, *outputs in sections:
        cells += [build.markdown(f"## {heading}", "page"), build.code(*outputs)]
    cells += [build.markdown("## 要的数", *gathers), build.code(build.sentence("清单")), build.markdown("## 附录", "page", "print-only"), build.code(build.sentence("条款"))]
    return build.notebook(*cells)


def test_a_section_that_says_nothing_is_left_out_and_named(build):
    nb = made(build, ("轨迹", build.sentence("到了")), ("差距", quiet("没有"), quiet("也没有")))
    assert prose(nb) == ["# 简报", "答案", "## 轨迹", "到了", "## 要的数\n\n没有可评估的内容，以下各节未列：差距。", "清单", "## 附录", "条款"]


def test_what_says_nothing_beside_what_says_something_goes_alone(build):
    assert prose(made(build, ("轨迹", build.sentence("到了"), quiet("没有"))))[2:5] == ["## 轨迹", "到了", "## 要的数"]


def test_where_most_is_left_out_the_list_moves_up_to_the_answer(build):
    nb = made(build, ("轨迹", quiet("没有")), ("差距", quiet("没有")), ("措施", build.sentence("33项")))
    assert [line.partition("\n")[0] for line in prose(nb)] == ["# 简报", "答案", "## 要的数", "清单", "## 措施", "33项", "## 附录", "条款"]
    heading = next(cell for cell in readable(nb, "zh").cells if cell.source.startswith("## 要的数"))
    assert heading.metadata["tags"] == ["gathers"]  # it begins no page of its own any more
    assert len(build.pages(to_pdf(nb))) == 3
    assert "33 项" in build.pages(to_pdf(nb))[1]


def test_without_a_gathering_section_everything_stays(build):
    nb = made(build, ("轨迹", quiet("没有")), gathers=("page",))
    assert "没有" in prose(nb) and "## 轨迹" in prose(nb)


def test_the_gathering_section_stays_even_where_it_says_nothing(build):
    nb = build.notebook(build.markdown("# 简报"), build.markdown("## 要的数", "gathers"), build.code(quiet("都报齐了")))
    assert prose(nb) == ["# 简报", "## 要的数", "都报齐了"]


def test_english_names_english_headings(build):
    nb = build.notebook(
        build.markdown("# Briefing"), build.markdown("## 差距", "lang-zh", "page"), build.markdown("## Gaps", "lang-en", "page"), build.code(quiet("none")),
        build.markdown("## 要的数", "lang-zh", "gathers"), build.markdown("## Asked for", "lang-en", "gathers"), build.code(build.sentence("list")), lang="en",
    )  # fmt: skip
    assert prose(nb, "en") == ["# Briefing", "## Asked for\n\nLeft out, as there is nothing to assess: Gaps.", "list"]


def test_a_page_tag_begins_a_page(build):
    nb = made(build, ("轨迹", build.sentence("到了")), ("差距", build.sentence("差")))
    pages = build.pages(to_pdf(nb))
    assert len(pages) == 5
    assert "到了" in pages[1] and "差" in pages[2] and "清单" in pages[3] and "条款" in pages[4]


def test_slides_are_wide_one_for_each_output_and_without_the_appendix(build):
    import pypdfium2

    nb = made(build, ("轨迹", build.chart(), build.sentence("到了")))
    content = to_slides(nb)
    with pypdfium2.PdfDocument(content) as document:
        assert {tuple(round(side / 72, 2) for side in page.get_size()) for page in document} == {(13.33, 7.5)}
    pages = build.pages(content)
    assert [("答案" in page, "在校生轨迹" in page, "到了" in page, "清单" in page) for page in pages] == [
        (True, False, False, False), (False, True, False, False), (False, False, True, False), (False, False, False, True),
    ]  # fmt: skip
    assert all("条款" not in page for page in pages)
    assert "轨迹" in pages[2].splitlines()[0]  # the running head of the second slide of a section
    assert content == to_slides(nb)
    assert b"pdfuaid:part" in content


def test_objects_say_it_themselves():
    table = Table([Column("a", "甲")], [], empty="没有")
    assert table._repr_mimebundle_()[1] == {NOTHING: True}
    assert isinstance(Table([Column("a", "甲")], [["1"]])._repr_mimebundle_(), dict)
    assert Nothing(("没有",))._repr_mimebundle_()[1] == {NOTHING: True}
    data, metadata = Quiet(Sentences(("有",)))._repr_mimebundle_()
    assert (data["text/plain"], metadata) == ("有", {NOTHING: True})
    assert Quiet(Sentences(("有",))).lines == ("有",)


def test_notes_of_sentences_become_footnotes_once(build):
    lines = Sentences(("甲。", "乙。", "丙。"), {0: "年鉴 2020。", 2: "年鉴 2020。"})
    assert lines.plain().splitlines() == ["甲。[1]", "乙。", "丙。[2]", "[1] 年鉴 2020。", "[2] 年鉴 2020。"]
    output = new_output("display_data", lines._repr_mimebundle_())
    text = "".join(build.pages(to_pdf(build.notebook(build.markdown("# 简报"), build.code(output)))))
    assert text.replace(" ", "").count("年鉴2020") == 1
