"""Documents of every kind give the same text; what cannot be read says why."""

import hashlib
import io
import zipfile
from pathlib import Path

import pypandoc
import pytest
import typst

from zhibiao.errors import RegistryError
from zhibiao.publishing.fonts import font_folder
from zhibiao.reading.documents import read_document
from zhibiao.reading.normal import normalised

SENTENCE = "到2025年，在校生规模超过10.5万人，就业率保持在98%以上。"


def pdf(folder: Path, markup: str, name: str = "made.pdf") -> Path:
    source = folder / "made.typ"
    source.write_text(f'#set text(font: "Noto Sans CJK SC", lang: "zh")\n{markup}', encoding="utf-8")
    path = folder / name
    path.write_bytes(typst.compile(str(source), font_paths=[str(font_folder())], ignore_system_fonts=True))
    source.unlink()
    return path


def folded(path: Path) -> str:
    return normalised(read_document(path).text).text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("ending", [".txt", ".md"])
def test_text_in_every_encoding(tmp_path: Path, encoding: str, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(SENTENCE.replace("，", "，\r\n").encode(encoding))
    found = read_document(path)
    assert found.kind == ending[1:]
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert normalised(found.text).text == normalised(SENTENCE).text


def test_html_reads_what_a_page_shows(tmp_path: Path) -> None:
    path = tmp_path / "a.HTM"
    path.write_text(
        "<html><head><title>题</title><style>p{color:1}</style></head><body><script>var x = 10.6</script><!-- 10.7 -->"
        "<table><tr><td>在校生<br>规模(万人)</td><td>9.9</td><td>&gt;10.5</td></tr></table>"
        "<p>技<ruby>工<rp>(</rp><rt>gōng<rp>)</rp></ruby>院<span>校</span>41<b>所</b><del>42所</del></p></body></html>",
        encoding="gbk",
        errors="xmlcharrefreplace",
    )
    assert folded(path) == "在校生规模(万人)9.9>10.5技工院校41所"


def test_docx_with_a_table_reads_in_order(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    table = "| 指标 | 2020 | 2025 |\n|---|---|---|\n| 在校生规模(万人) | 9.9 | \\>10.5 |\n"
    pypandoc.convert_text(f"# 一、总体要求\n\n{SENTENCE}\n\n{table}", "docx", format="md", outputfile=str(path))
    assert folded(path) == normalised(f"一、总体要求{SENTENCE}指标20202025在校生规模(万人)9.9>10.5").text


def test_docx_leaves_out_what_was_deleted_and_readings(tmp_path: Path) -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = (
        "<w:p><w:r><w:t>在校生</w:t></w:r><w:del><w:r><w:t>8</w:t></w:r></w:del><w:ins><w:r><w:t>9.9万</w:t></w:r></w:ins>"
        "<w:r><w:ruby><w:rt><w:r><w:t>rén</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>人</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>"
    )
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>")
    assert folded(path) == "在校生9.9万人"


def test_pdf_across_pages(tmp_path: Path) -> None:
    path = pdf(
        tmp_path,
        f'#set page(numbering: "1", width: 9cm, height: 5cm)\n在校生规模保持在 #pagebreak() 12万人以上。 #pagebreak() {SENTENCE}',
    )
    assert "\f" in read_document(path).text
    assert folded(path) == normalised("在校生规模保持在12万人以上。" + SENTENCE).text


def test_a_hundred_pages_are_all_read(tmp_path: Path) -> None:
    found = read_document(pdf(tmp_path, f"#for _ in range(100) [ {SENTENCE} #pagebreak(weak: true) ]"))
    assert found.text.count("\f") == 99
    assert normalised(found.text).text == normalised(SENTENCE).text * 100


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0", "save it as docx"),
        ("a.xyz", b"text", "allowed: .txt, .md"),
        ("a.docx", b"no archive", "docx is broken"),
        ("a.pdf", b"%PDF-1.7 broken", "PDF is broken"),
        ("a.txt", b" \n ", "holds no text"),
        ("a.html", b"<html><script>1</script></html>", "holds no text"),
        ("a.md", b"\x89PNG\r\n\x1a\n\x00\x00", "is not text"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RegistryError) as error:
        read_document(tmp_path / name)
    assert words in str(error.value)
    assert name in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="no such file"):
        read_document(tmp_path / "a.txt")


def test_a_docx_without_its_text_or_with_entities_is_refused(tmp_path: Path) -> None:
    for inside, content in (
        ("word/other.xml", "<a/>"),
        ("word/document.xml", "<a>"),
        ("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    ):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(inside, content)
        (tmp_path / "a.docx").write_bytes(stream.getvalue())
        with pytest.raises(RegistryError, match="docx is broken"):
            read_document(tmp_path / "a.docx")


def test_a_scan_says_that_it_is_one(tmp_path: Path) -> None:
    path = pdf(
        tmp_path,
        '#set page(numbering: "— 1 —")\n#rect(width: 5cm, height: 5cm, fill: gray) #pagebreak() #rect(width: 5cm)',
    )
    with pytest.raises(RegistryError, match="scan without text"):
        read_document(path)
