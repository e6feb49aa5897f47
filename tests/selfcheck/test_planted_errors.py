"""Errors planted between the notebook and its documents: each is found, and a report without them is published."""

import csv
import io
import re
import zipfile
from types import SimpleNamespace

import openpyxl
import pypdfium2
import pytest

from zhibiao.errors import OutputError
from zhibiao.publishing import pdf as publishing_pdf
from zhibiao.publishing import values
from zhibiao.publishing.docx import to_docx
from zhibiao.publishing.extract import write_tables
from zhibiao.publishing.frontmatter import front_matter
from zhibiao.publishing.pdf import readable, to_pdf
from zhibiao.publishing.readback import check_numbers
from zhibiao.publishing.readback_documents import check_document, check_docx_text, check_pdf_text, furniture, owed
from zhibiao.publishing.readback_files import check_csv, check_tables, check_workbook
from zhibiao.publishing.readback_pages import check
from zhibiao.publishing.readback_stream import Stream
from zhibiao.publishing.resource import tables
from zhibiao.showing import ledger


def _report(execute, monkeypatch_class, **parameters):
    with monkeypatch_class.context() as patch:
        patch.setenv("ZHIBIAO_FIGURES", "svg")
        ledger.begin()
        nb = execute("09_briefing", **parameters)
        store = values.take(nb)
        ledger.end()
    front = front_matter(nb)
    return SimpleNamespace(nb=nb, store=store, front=front, shown=readable(nb, front.lang))


@pytest.fixture(scope="module")
def briefing(execute):
    return _report(execute, pytest.MonkeyPatch, region="重庆")


@pytest.fixture(scope="module")
def made(briefing):
    return to_pdf(briefing.nb)


def _source_changed(briefing, monkeypatch, change):
    """The PDF of a Typst source that was changed behind pandoc's back."""
    converted = publishing_pdf.converted

    def planted(*arguments, **options):
        body = converted(*arguments, **options).decode("utf-8")
        changed = change(body)
        assert changed != body
        return changed.encode("utf-8")

    monkeypatch.setattr(publishing_pdf, "converted", planted)
    return to_pdf(briefing.nb)


def _refused(briefing, pdf):
    with pytest.raises(OutputError) as caught:
        check_pdf_text(pdf, briefing.shown, briefing.store, briefing.front)
    return str(caught.value)


def test_a_report_without_planted_errors_passes(briefing, made, tmp_path):
    check_numbers(briefing.nb, briefing.store)
    check_pdf_text(made, briefing.shown, briefing.store, briefing.front)
    check_tables(briefing.nb, tmp_path, write_tables(briefing.nb, tmp_path, "briefing"))


def test_every_output_of_a_shipped_notebook_is_held_to_the_store(briefing):
    for one in owed(briefing.shown, briefing.store, pictures=True):
        assert one.pieces or one.prose.lstrip().startswith("#") or "\n" not in one.prose, one


def test_a_digit_changed_in_a_table_of_the_typst_source(briefing, monkeypatch):
    def change(body):
        return body.replace('#"9.9（2020）"', '#"9.8（2020）"', 1)

    message = _refused(briefing, _source_changed(briefing, monkeypatch, change))
    assert "cell" in message and "9.9(2020)" in message and "9.8(2020)" in message


def test_a_digit_changed_in_a_sentence_of_the_typst_source(briefing, monkeypatch):
    message = _refused(briefing, _source_changed(briefing, monkeypatch, lambda body: body.replace("≈35%", "≈30%", 1)))
    assert "≈35%" in message and "≈30%" in message


def test_a_cell_lost(briefing, monkeypatch):
    _refused(briefing, _source_changed(briefing, monkeypatch, lambda body: body.replace('#"0.5万人"', '#""', 1)))


def test_two_cells_swapped(briefing, monkeypatch):
    def change(body):
        return body.replace('#"0.5万人"', "#HERE", 1).replace('#"0.6万人"', '#"0.5万人"', 1).replace("#HERE", '#"0.6万人"', 1)

    _refused(briefing, _source_changed(briefing, monkeypatch, change))


def test_a_number_added_to_the_page(briefing, monkeypatch):
    assert "87.3" in _refused(briefing, _source_changed(briefing, monkeypatch, lambda body: body + "\n\n87.3\n"))


def test_a_digit_changed_in_a_label_of_a_picture(briefing, monkeypatch):
    def planted(shown, *arguments, **options):
        for cell in shown.cells:
            for output in cell.get("outputs", []):
                if "image/svg+xml" in output.data:
                    output.data["image/svg+xml"] = output.data["image/svg+xml"].replace(">9.9<", ">9.8<").replace(">9.9万人<", ">9.8万人<")
        return converted(shown, *arguments, **options)

    converted = publishing_pdf.converted
    monkeypatch.setattr(publishing_pdf, "converted", planted)
    _refused(briefing, to_pdf(briefing.nb))


def test_any_digit_of_an_object_of_ours_changed_in_the_text_is_found(briefing, made):
    with pypdfium2.PdfDocument(made) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    shown, around = owed(briefing.shown, briefing.store, pictures=True), furniture(briefing.front)
    allowed = [briefing.front.title, briefing.front.number, *(text for _, values_ in briefing.front.facts for text in values_)]
    tried = 0
    for page in range(len(pages)):
        # captions and footnotes bear numbers of their own, which the page gives them
        for found in list(re.finditer(r"(?<!表 )(?<!。)(?<!\d)\d+(?!\d|数据：)", pages[page]))[::9]:
            place = found.end() - 1
            digit = str((int(pages[page][place]) + 1) % 10)
            changed = [*pages[:page], pages[page][:place] + digit + pages[page][place + 1 :], *pages[page + 1 :]]
            with pytest.raises(OutputError, match=r"\S"):
                check(shown, Stream.of(changed, around), allowed, "PDF")
            tried += 1
    assert tried > 60


def test_a_number_written_around_the_store(execute, monkeypatch):
    from zhibiao.showing import card_pictures

    told = card_pictures.gap_finding
    monkeypatch.setattr(card_pictures, "gap_finding", lambda *arguments: told(*arguments) + "，约314.15万人")
    report = _report(execute, pytest.MonkeyPatch, region="江津")
    assert any("314.15" in text for one in report.store.objects for text in values.shown_texts(one.output))
    with pytest.raises(OutputError, match=r"314\.15") as caught:
        check_numbers(report.nb, report.store)
    assert "cell" in str(caught.value)


@pytest.fixture
def files(briefing, tmp_path):
    names = write_tables(briefing.nb, tmp_path, "briefing")
    return SimpleNamespace(folder=tmp_path, book=names[0], csvs=names[1:], tables=tables(briefing.nb))


def _numeric_cell(book):
    for sheet in book.worksheets[1:]:
        for row in sheet.iter_rows(min_row=4):
            for cell in row:
                if isinstance(cell.value, float) and cell.data_type == "n":
                    return cell
    raise AssertionError("no number in the workbook")


def test_a_number_changed_in_the_workbook(files):
    book = openpyxl.load_workbook(files.folder / files.book)
    _numeric_cell(book).value += 0.1
    _refuse_book(files, book)


def test_a_text_lost_in_the_workbook(files):
    book = openpyxl.load_workbook(files.folder / files.book)
    next(cell for row in book.worksheets[1].iter_rows(min_row=4) for cell in row if isinstance(cell.value, str)).value = None
    _refuse_book(files, book)


def test_a_format_that_shows_another_number(files):
    book = openpyxl.load_workbook(files.folder / files.book)
    changed = 0
    for sheet in book.worksheets[1:]:
        for row in sheet.iter_rows(min_row=4):
            for cell in row:
                if isinstance(cell.value, int | float) and cell.number_format in ("0.0", "0.00"):
                    cell.number_format = "0"
                    changed += 1
    if not changed:
        pytest.skip("no number with decimals is printed as a number in this report")
    _refuse_book(files, book)


def _refuse_book(files, book):
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(OutputError, match="!R"):
        check_workbook(stream.getvalue(), files.tables, "x.xlsx")


def test_a_digit_changed_a_row_lost_and_two_cells_swapped_in_a_csv(files):
    name = files.csvs[0]
    rows = list(csv.reader(io.StringIO((files.folder / name).read_text(encoding="utf-8-sig"), newline="")))

    def written(changed):
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\r\n").writerows(changed)
        return stream.getvalue().encode("utf-8-sig")

    check_csv(written(rows), files.tables[0], name)
    digit = re.sub(r"\d", lambda found: str((int(found[0]) + 1) % 10), rows[1][1], count=1)
    for broken in ([rows[0], [rows[1][0], digit, *rows[1][2:]], *rows[2:]], rows[:-1], [rows[0], [rows[1][1], rows[1][0], *rows[1][2:]], *rows[2:]]):
        with pytest.raises(OutputError):
            check_csv(written(broken), files.tables[0], name)


def test_a_digit_changed_in_the_word_document(briefing):
    made = to_docx(briefing.nb)
    check_docx_text(made, briefing.shown, briefing.store, briefing.front)
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "word/document.xml":
                assert b"9.9" in content
                content = content.replace(b"9.9", b"9.8", 1)
            new.writestr(entry, content)
    with pytest.raises(OutputError, match="docx"):
        check_document("docx", changed.getvalue(), briefing.nb, briefing.store)


def test_what_is_not_ours_is_published_as_it_is(execute, monkeypatch):
    import nbformat

    report = _report(execute, pytest.MonkeyPatch, region="江津")
    own = nbformat.from_dict({"output_type": "display_data", "data": {"text/plain": "12345 by hand"}, "metadata": {}})
    cell = next(cell for cell in reversed(report.nb.cells) if cell.cell_type == "code" and cell.outputs)
    cell.outputs.append(own)
    check_numbers(report.nb, report.store)
    check_pdf_text(to_pdf(report.nb), readable(report.nb, "zh"), report.store, report.front)


HOSTILE = ('3=HYPERLINK("x",1)', "<script>alert(12)</script>", "#eval(7)*8_9_ | 10 ` $11$", "../../12/x.13", "长名" * 60 + "14")


@pytest.mark.parametrize("name", HOSTILE)
def test_names_with_digits_and_signs_are_published(execute, monkeypatch, name, tmp_path):
    import dataclasses

    from zhibiao import notebook

    asked = notebook.study

    def hostile(registry, *arguments):
        found = asked(registry, *arguments)
        known = found.registry.indicators
        changed = {**known, "enrolment": known["enrolment"].model_copy(update={"zh": name, "en": name})}
        region = found.region.model_copy(update={"zh": name, "en": name})
        return dataclasses.replace(found, region=region, registry=dataclasses.replace(found.registry, indicators=changed))

    monkeypatch.setattr(notebook, "study", hostile)
    report = _report(execute, pytest.MonkeyPatch, region="重庆")
    check_numbers(report.nb, report.store)
    check_pdf_text(to_pdf(report.nb), report.shown, report.store, report.front)
    check_tables(report.nb, tmp_path, write_tables(report.nb, tmp_path, "briefing"))
    check_docx_text(to_docx(report.nb), report.shown, report.store, report.front)
