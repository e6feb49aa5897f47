"""The tables of a notebook as one workbook: a sheet that says what it is and how it is read, then a sheet a table."""

from __future__ import annotations

import datetime
import io
import re
import unicodedata
from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from zhibiao.errors import OutputError
from zhibiao.publishing.frontmatter import FrontMatter
from zhibiao.publishing.resource import Table
from zhibiao.publishing.sheet import AUTHOR, HIGHEST, ROW, Formats, lines_of, link_to, put_text, set_page, write_sheet
from zhibiao.showing.tones import ACCENT, words

_SHEET_NAME = 31
_ABOUT_WIDTH = 84
_ABOUT = {"zh": "说明", "en": "About"}
_TITLE = {"zh": "标题", "en": "Title"}
_SHEETS = {"zh": "各表", "en": "Sheets"}
_VERDICTS = {"zh": "判断的底色", "en": "Colours of verdicts"}
_READING = {"zh": "怎么看", "en": "How to read"}
READ = {
    "zh": (
        "每张表一页：标题、表头、各行、注。表头有筛选；首行首列固定；打印为 A4 横向。",
        "蓝色表头是报告里印出的列，灰色表头是供核对的数：单位在“单位”列，不打印。",
        "灰色列中的粗体数是公式，只引用同一行的单元格，可点开核对；改动前面的数，它随之变。",
        "空格表示没有数据，不是零。没有数据不等于达到。",
        "目标单元格的批注写明条款和原文。数字带“*”的，可信度中等。",
        "判断以文字为准，底色只助查找；改了文字，底色随之变。",
    ),
    "en": (
        "A table on each sheet: title, header, rows, notes. The header has filters, the first column stays; A4 landscape on paper.",
        "Blue headers are the columns printed in the report, grey ones numbers to check with: their unit is in the column “unit”; they are not printed.",
        "Bold numbers under grey headers are formulas on cells of the same row: open them to check, change a number and they follow.",
        "An empty cell means no figure, not zero. No figure is never a pass.",
        "The note at a target gives the clause and its wording. A number with * has medium confidence.",
        "The word is the verdict, the colour only helps to find it; change the word and the colour follows.",
    ),
}


def workbook(found: Sequence[Table], front: FrontMatter) -> bytes:
    """Return an xlsx with a sheet that says what it is, then a sheet a table. The same tables give the same bytes.

    Raises
    ------
    OutputError
        A text is longer than a cell may be, or the workbook cannot be made.
    """
    stream = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, safe)
    created = datetime.datetime.combine(front.date, datetime.time())
    book.set_properties({"title": front.title, "subject": front.region, "author": AUTHOR, "comments": "；".join(front.documents), "created": created})
    style = Formats(book, front.lang)
    names = sheet_names([table.title for table in found], front.lang)
    _about_sheet(book, front, list(zip(names, found, strict=True)), style)
    for name, table in zip(names, found, strict=True):
        write_sheet(book.add_worksheet(name), table, front, style)
    try:
        book.close()
    except XlsxWriterException as error:
        raise OutputError(f"工作簿无法写出 the workbook cannot be written: {error}") from error
    return stream.getvalue()


def _about_sheet(book: xlsxwriter.Workbook, front: FrontMatter, sheets: Sequence[tuple[str, Table]], style: Formats) -> None:
    label = style(bold=True, font_color=ACCENT, valign="top")
    text = style(valign="top", text_wrap=True)
    about = book.add_worksheet(_ABOUT[front.lang])
    about.set_column(0, 0, _SHEET_NAME)
    about.set_column(1, 1, _ABOUT_WIDTH)
    listed = [(_TITLE[front.lang], front.title), *((name, "\n".join(values)) for name, values in front.facts)]
    listed += [(_READING[front.lang] if number == 0 else "", line) for number, line in enumerate(READ[front.lang])]
    line = 0
    for name, value in listed:
        put_text(about, line, 0, name, label)
        put_text(about, line, 1, value, text)
        about.set_row(line, min(ROW * lines_of(value, _ABOUT_WIDTH - 4), HIGHEST))
        line += 1
    for number, (word, tint) in enumerate(words(front.lang).items()):
        put_text(about, line, 0, _VERDICTS[front.lang] if number == 0 else "", label)
        put_text(about, line, 1, word, style(valign="top", bg_color=tint))
        line += 1
    put_text(about, line, 0, _SHEETS[front.lang], label)
    for name, table in sheets:
        line += 1
        if about.write_url(line, 0, link_to(name), style(font_color=ACCENT, underline=1, valign="top"), name) != 0:
            put_text(about, line, 0, name, label)
        put_text(about, line, 1, table.title, text)
    about.hide_gridlines(2)
    set_page(about, front, front.title)


def sheet_names(titles: Sequence[str], lang: str) -> list[str]:
    """Return a valid name for each sheet: at most 31 UTF-16 units, no ``[]:*?/\\``, unique without regard to case."""
    taken = {_ABOUT[lang].casefold(), "history"}
    names = []
    for position, title in enumerate(titles, start=1):
        printable = "".join(character for character in title if unicodedata.category(character)[0] != "C")
        base = " ".join(re.sub(r"[\[\]:*?/\\]", " ", printable).split()).strip(" '") or (
            f"表{position}" if lang == "zh" else f"Table {position}"
        )
        name, again = _cut(base, _SHEET_NAME), 1
        while name.casefold() in taken:
            again += 1
            name = _cut(base, _SHEET_NAME - len(f" {again}")) + f" {again}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _cut(text: str, units: int) -> str:
    # Excel counts UTF-16 units: a rare character is two
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore").rstrip(" '")
