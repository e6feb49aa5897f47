"""Files that a district sends back, made with the project's own packages: run by the project's Python, not by the tests'.

``python making.py FORM OUT LABEL=VALUE …`` fills the first rows of a form whose indicator begins with LABEL; ``LABEL#2`` is the second.
"""

import sys

import openpyxl


def fill(form: str, out: str, *figures: str) -> None:
    book = openpyxl.load_workbook(form)
    sheet = book["填报"]
    for figure in figures:
        label, _, value = figure.partition("=")
        name, _, number = label.partition("#")
        rows = [row for row in sheet.iter_rows(min_row=4) if str(row[0].value).startswith(name)]
        cell = rows[int(number or 1) - 1][5]
        try:
            cell.value = float(value)
        except ValueError:
            cell.value = value
    book.save(out)


fill(*sys.argv[1:])
