"""An English report holds no Chinese but names in brackets and quotations; a Chinese one no English but codes and names."""

import re

import pypdfium2
import pytest

from zhibiao.publishing import values
from zhibiao.publishing.frontmatter import front_matter
from zhibiao.publishing.pdf import to_pdf
from zhibiao.publishing.shown_texts import pieces, shown_texts
from zhibiao.showing import ledger

CHINESE = re.compile(r"[\u3400-\u9fff]+")
BRACKETED = re.compile(r"\([^()]*\)|（[^（）]*）|“[^“”]*”|《[^《》]*》|〔[^〔〕]*〕")
QUOTED = re.compile(r"“[^“”]*”|《[^《》]*》|〔[^〔〕]*〕")
CHINESE_RANGE = re.compile(r"[\d%]—\[?\d")
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9_+.²-]*")

CODES = {
    # indices, methods and software by the names they go by
    "R²", "ETS", "SDG", "Open", "MASE", "M1", "M3", "M", "X", "B", "C", "Theta", "Naive", "ARIMA", "AutoETS", "AutoARIMA", "AutoTheta",
    "DynamicOptimizedTheta", "RandomWalkWithDrift", "statsforecast", "JupyterLab", "IPCC", "Sobol", "CAGR", "ESCAP", "SDSN", "Eurostat", "UNSD", "Destatis",
    # commands and parameters
    "zhibiao", "observe", "import", "template", "breakdown", "as_of", "region",
    # letters that stand for an amount
    "a", "b", "a+b", "A4",
}  # fmt: skip
FILES = re.compile(r"(?:docs/)?[A-Za-z][A-Za-z0-9_-]*\.(?:md|xlsx|ipynb|yaml|csv|pdf)|\d\d_[a-z_]+", re.ASCII)
LINKS = re.compile(r"\]\([^)]*\)|https?://\S+")


def _without_brackets(text: str) -> str:
    before = None
    while before != text:
        before, text = text, BRACKETED.sub("", text)
    return text


def _in_one(output, lang) -> list[str]:
    """Texts of an output; brackets may be broken over the labels of a picture."""
    if lang == "en" and "image/svg+xml" in output.data:
        return ["".join(piece.text for piece in pieces(output.data)), *(str(told["alt"]) for told in output.metadata.values() if isinstance(told, dict))]
    return shown_texts(output)


def _told(published, lang, **parameters):
    for stem in published.stems:
        ledger.begin()
        nb = published.run(stem, lang=lang, **parameters)
        store = values.take(nb)
        for one in store.objects:
            for text in _in_one(one.output, lang):
                yield f"{stem} {nb.cells[one.position - 1].source[:40]}", text
        for cell in nb.cells:
            if cell.cell_type == "markdown" and f"lang-{lang}" in cell.metadata.get("tags", []):
                yield stem, LINKS.sub("]", cell.source)


@pytest.mark.parametrize("region", ["重庆", pytest.param("江津", marks=pytest.mark.soak), pytest.param("沧州", marks=pytest.mark.soak), pytest.param("全国", marks=pytest.mark.soak)])
def test_no_chinese_in_english_but_in_brackets(published, region):
    told = list(_told(published, "en", region=region))
    assert [(where, text) for where, text in told if CHINESE.search(_without_brackets(text))] == []
    assert [(where, text) for where, text in told if CHINESE_RANGE.search(QUOTED.sub("", text))] == []


@pytest.mark.parametrize("region", ["重庆", pytest.param("江津", marks=pytest.mark.soak), pytest.param("沧州", marks=pytest.mark.soak), pytest.param("全国", marks=pytest.mark.soak)])
def test_no_english_in_chinese_but_codes(published, region):
    found = []
    for where, text in _told(published, "zh", region=region):
        # the title of a source is a name
        told = re.sub(r"来源：.*", "", _without_quotations(FILES.sub("", text)))
        found += [(where, word, text[:80]) for word in LATIN.findall(told) if word.strip(".+-") not in CODES]
    assert found == [], sorted({word for _, word, _ in found})


def _without_quotations(text: str) -> str:
    return re.sub(r"《[^《》]*》|`[^`]*`", "", text)


def test_the_published_english_briefing(published):
    ledger.begin()
    nb = published.run("09_briefing", region="重庆", lang="en")
    values.take(nb)
    with pypdfium2.PdfDocument(to_pdf(nb)) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    joined = re.sub(r"\s+", "", text)
    # a page may end within brackets: what stands around it is no part of them
    left = CHINESE.findall(_without_brackets(re.sub(r"Page\d+of\d+|" + re.escape(re.sub(r"\s+", "", front_matter(nb).title)) + "Chongqing", "", joined)))
    assert left == []
