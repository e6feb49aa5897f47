"""One table as one sheet: what is printed, what a reader reckons with beside it, and how it leaves the printer."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from zhibiao.errors import OutputError
from zhibiao.publishing.frontmatter import FrontMatter
from zhibiao.publishing.resource import Table, shown_text
from zhibiao.showing.table import Column, display_width
from zhibiao.showing.tones import ACCENT, tone_of, words

HEADER_ROW = 2
"""Row of the header, counted from 0: the title stands above it, and what the table is about."""
AUTHOR = "指标 zhibiao"
MUTED, LINE, RECKONED = "#555555", "#DDDDDD", "#5F5F5F"
WIDEST, NARROWEST = 44, 7
"""Columns of a fixed-width font; a longer text wraps."""
ROW, HIGHEST = 15, 405
"""Points of one line, and of the highest row that there may be."""
_NUMBER = re.compile(r"[+-]?(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{1,10})?%?", re.ASCII)
HEADER_TEXT = 80
"""Characters of a page's header on each side; a spreadsheet takes 255 in all."""


class Formats:
    """The formats of a book, each made once."""

    def __init__(self, book: xlsxwriter.Workbook, lang: str) -> None:
        self.made = cache(lambda items: book.add_format(dict(items)))
        self.font = {"font_name": "微软雅黑" if lang == "zh" else "Calibri", "font_size": 10}

    def __call__(self, **properties: Any) -> Any:
        return self.made(tuple(sorted({**self.font, **properties}.items())))


def number_shown(column: Column, value: float, *, beside: bool = False) -> tuple[float, str]:
    """The number that a cell holds and the pattern by which a spreadsheet shows it as the printed table does.

    What is printed with its last digits rounded away is stored as it is printed; numbers that stand beside are there to reckon with and
    keep all their digits.

    >>> number_shown(Column("s", "占比", kind="share"), 0.985), number_shown(Column("n", "人", kind="count"), 99000)
    ((0.985, '0.0%'), (99000, '#,##0'))
    >>> number_shown(Column("n", "数", kind="number"), 428.7123), number_shown(Column("n", "数", kind="number"), 105049)
    ((428.7123, '0.0'), (105000.0, '0'))
    """
    if beside and column.kind == "number" and column.digits is None:
        return value, "General"
    if column.kind == "text":  # printed as it stands
        written = number_written(str(value))
        return value, written[1] if written else "General"
    text = column.text(value)
    decimals = len(text.rstrip("%").partition(".")[2])
    pattern = {"count": "#,##0"}.get(column.kind, "0") + ("." + "0" * decimals if decimals else "") + ("%" if column.kind == "share" else "")
    if column.kind == "number" and not decimals and abs(float(text) - value) > 0.5:
        value = float(text)
    return value, pattern


def number_written(text: str) -> tuple[float, str] | None:
    """The number that a column of figures holds as a text, and the pattern that shows it the same; None where it is more than a number.

    >>> number_written("1,200"), number_written("98.5%"), number_written("+0.60"), number_written("≈35%")
    ((1200.0, '#,##0'), (0.985, '0.0%'), (0.6, '+0.00;-0.00;0.00'), None)
    """
    if not _NUMBER.fullmatch(text):
        return None
    bare = text.strip("+%").replace(",", "")
    decimals = len(bare.partition(".")[2])
    pattern = ("#,##0" if "," in text else "0") + ("." + "0" * decimals if decimals else "") + ("%" if text.endswith("%") else "")
    value = float(Decimal(bare).scaleb(-2 if text.endswith("%") else 0))
    return value, f"+{pattern};-{pattern};{pattern}" if text.startswith("+") else pattern


def lines_of(text: str, width: int) -> int:
    """How many lines a text takes in so many columns of a fixed-width font."""
    return sum(-(-max(display_width(line), 1) // max(width, 1)) for line in text.split("\n"))


def put_text(sheet: Worksheet, row: int, column: int, value: str, style: Any) -> None:
    """Write a text that stays one.

    Raises
    ------
    OutputError
        It is longer than a cell may be.
    """
    if sheet.write_string(row, column, value, style) != 0:
        raise OutputError(
            f"文字超过单元格上限 the text is longer than a cell may be: {value[:40]}…",
            where=f"{sheet.name}!{xl_rowcol_to_cell(row, column)}",
        )


def write_sheet(sheet: Worksheet, table: Table, front: FrontMatter, style: Formats) -> None:
    """Write a table: title, what it is about, header, rows, notes.

    Raises
    ------
    OutputError
        A text is longer than a cell may be.
    """
    _Sheet(sheet, table, front, style).write()


class _Sheet:
    """A sheet while it is written; rows and columns counted from 0, as xlsxwriter does."""

    def __init__(self, sheet: Worksheet, table: Table, front: FrontMatter, style: Formats) -> None:
        self.sheet, self.table, self.front, self.style = sheet, table, front, style
        self.first, self.last = HEADER_ROW + 1, HEADER_ROW + len(table.rows)
        self.places = {column.name: at for at, column in enumerate(table.columns)}
        self.widths = [self._width(at) for at in range(len(table.columns))]

    def write(self) -> None:
        table, style = self.table, self.style
        put_text(self.sheet, 0, 0, table.title, style(bold=True, font_size=14, font_color=ACCENT))
        told = [self.front.note, self.front.region, *(f"{name} {value}" for name, (value, *_) in self.front.facts[-3:])]
        put_text(self.sheet, 1, 0, " · ".join(dict.fromkeys(text for text in told if text)), style(font_color=MUTED))
        for at, column in enumerate(table.columns):
            ground = RECKONED if at >= table.printed else ACCENT
            put_text(self.sheet, HEADER_ROW, at, column.label, self._cell_style(column, bold=True, font_color="#FFFFFF", bg_color=ground, valign="vcenter"))
        for at, width in enumerate(self.widths):
            self.sheet.set_column(at, at, width)
        for line in range(len(table.rows)):
            self._row(line)
        below = self._below(sum(self.widths[: table.printed]))
        self._colours()
        self._reading(below)

    def _cell_style(self, column: Column, **more: Any) -> Any:
        apart = {} if column.align == "center" else {"indent": 1}
        return self.style(**{"text_wrap": True, "valign": "top", "align": column.align, **apart, "bottom": 1, "bottom_color": LINE, **more})

    def _row(self, line: int) -> None:
        row, formulas = self.first + line, self.table.formulas[line] if self.table.formulas else {}
        lines = max((lines_of(shown_text(value), width - 2) for value, width in zip(self.table.rows[line], self.widths, strict=True)), default=1)
        if lines > 1:  # not every program fits rows to their texts when it opens a file
            self.sheet.set_row(row, min(ROW * lines, HIGHEST))
        for at, (column, value) in enumerate(zip(self.table.columns, self.table.rows[line], strict=True)):
            if column.name in formulas:
                self._formula(row, at, formulas[column.name], value)
            elif isinstance(value, bool):
                self.sheet.write_boolean(row, at, value, self._cell_style(column))
            elif isinstance(value, int | float) and math.isfinite(value):
                number, pattern = self._shown(at, value)
                self.sheet.write_number(row, at, number, self._cell_style(column, num_format=pattern))
            elif shown := shown_text(value):
                self._text(row, at, shown)
            else:
                self.sheet.write_blank(row, at, None, self._cell_style(column))
        for name, words_there in (self.table.remarks[line] if self.table.remarks else {}).items():
            if name in self.places and words_there:
                size = {"width": 260, "height": 20 + 18 * sum(-(-display_width(part) // 36) for part in words_there.split("\n"))}
                self.sheet.write_comment(row, self.places[name], words_there, {"author": AUTHOR, "font_size": 9, **size})

    def _text(self, row: int, at: int, text: str) -> None:
        column = self.table.columns[at]
        written = number_written(text) if column.align == "right" else None
        if written is None:
            put_text(self.sheet, row, at, text, self._cell_style(column))
        else:
            self.sheet.write_number(row, at, written[0], self._cell_style(column, num_format=written[1]))

    def _shown(self, at: int, value: float) -> tuple[float, str]:
        return number_shown(self.table.columns[at], value, beside=at >= self.table.printed)

    def _formula(self, row: int, at: int, formula: str, value: object) -> None:
        """The formula with our own value beside it, for readers that do not reckon; empty as long as a cell that it needs is empty."""
        cells = {name: xl_rowcol_to_cell(row, place) for name, place in self.places.items()}
        reckoned = formula.format_map(cells)
        known = isinstance(value, int | float) and math.isfinite(value)
        if not known:
            needed = [cells[name] for name in dict.fromkeys(re.findall(r"\{(\w+)\}", formula))]
            reckoned = f'IF(COUNT({",".join(needed)})<{len(needed)},"",{reckoned})'
        pattern = self._shown(at, value if known else 0)[1]  # type: ignore[arg-type]  # a number where it is known
        style = self._cell_style(self.table.columns[at], num_format=pattern, bold=True)
        self.sheet.write_formula(row, at, f"={reckoned}", style, value if known else "")

    def _width(self, at: int) -> int:
        """Wide enough for every cell and for the header in two lines beside the button of its filter."""
        column = self.table.columns[at]
        shown = [column.text(row[at]) if isinstance(row[at], int | float) else shown_text(row[at]) for row in self.table.rows]
        longest = max((display_width(line) for text in shown for line in text.split("\n")), default=0)
        head = display_width(column.label)
        return min(max(longest + 3, head + 5 if head <= 12 else head // 2 + 6, NARROWEST), WIDEST)

    def _below(self, width: int) -> int:
        """Write what stands below the table, or instead of rows, and return the last row."""
        row = self.last
        if not self.table.rows:
            row = self.first
            self._line(row, self.table.empty, width, self.style(valign="top", text_wrap=True))
        for offset, note in enumerate(self.table.notes, start=2):
            row = self.last + offset
            self._line(row, note, width, self.style(valign="top", text_wrap=True, font_color=MUTED, font_size=9))
        return row

    def _line(self, row: int, text: str, width: int, style: Any) -> None:
        if self.table.printed > 1:
            self.sheet.merge_range(row, 0, row, self.table.printed - 1, "", style)
        put_text(self.sheet, row, 0, text, style)
        # a spreadsheet does not fit the height of merged cells by itself
        self.sheet.set_row(row, min(ROW * lines_of(text, width), HIGHEST))

    def _colours(self) -> None:
        """Tints behind verdicts, as rules: they follow when somebody changes the word."""
        for at, _ in enumerate(self.table.columns):
            if any(tone_of(shown_text(row[at])) for row in self.table.rows):
                for word, tint in words(self.front.lang).items():
                    rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": self.style(bg_color=tint, font_color="#000000")}
                    self.sheet.conditional_format(self.first, at, self.last, at, rule)

    def _reading(self, below: int) -> None:
        """How it is read on the screen and on paper: only what is printed elsewhere goes to the printer."""
        sheet, columns = self.sheet, len(self.table.columns)
        sheet.freeze_panes(self.first, 1)
        sheet.hide_gridlines(2)
        if self.table.rows:
            sheet.autofilter(HEADER_ROW, 0, self.last, columns - 1)
            # a year among periods such as 2021—2025 is a text, and no mistake
            sheet.ignore_errors({"number_stored_as_text": xl_range(self.first, 0, self.last, columns - 1)})
        set_page(sheet, self.front, self.table.title)
        sheet.repeat_rows(HEADER_ROW)
        sheet.print_area(0, 0, below, max(self.table.printed - 1, 0))


def set_page(sheet: Worksheet, front: FrontMatter, title: str) -> None:
    """A4 across, as many pages long as needed, with the region and the title above and the page below."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
    sheet.set_header("".join(side + _in_header(text) for side, text in (("&L", front.region), ("&R", title)) if text))
    note = f"&L{_in_header(front.note)}" if front.note else ""
    sheet.set_footer(f"{note}&C" + ("第 &P 页 共 &N 页" if front.lang == "zh" else "Page &P of &N"))


def _in_header(text: str) -> str:
    """A text as a page's header may hold it: an ampersand there begins a command."""
    return text[:HEADER_TEXT].replace("&", "&&")


def link_to(name: str) -> str:
    """The address of a sheet of the same book."""
    quoted: Mapping[int, str] = {ord("'"): "''"}
    return f"internal:'{name.translate(quoted)}'!A1"
