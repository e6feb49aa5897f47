"""What a notebook says about itself, and which of its cells a reader is shown.

The title block comes from the notebook's ``zhibiao`` metadata (a runner writes it) or, in a notebook that no runner
touched, from the same dictionary in the metadata of an output of the setup line. What neither has is taken from the
parameters and the first heading.
"""

from __future__ import annotations

import ast
import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from zhibiao.errors import ParameterError

LANGUAGES = ("zh", "en")
HIDDEN_TAGS = frozenset({"parameters", "injected-parameters", "setup"})
UNTITLED = {"zh": "指标简报", "en": "Indicator briefing"}
_FACTS = {
    "zh": ("注意", "地区", "依据文件", "数据截至", "情景", "报告日期"),
    "en": ("Note", "Region", "Documents", "Data as of", "Scenario", "Report date"),
}
UNDATED = datetime.date(1970, 1, 1)
"""The date of a document that has none: a clock would make two runs differ."""


@dataclass(frozen=True)
class FrontMatter:
    """The title block of one document; what is not known is an empty string.

    Attributes
    ----------
    lang : str
        ``zh`` or ``en``.
    title, region, as_of, scenario, report_date : str
        As they are printed.
    documents : tuple of str
        The plans the document speaks about.
    note : str
        What must be read before anything else: that the figures are made up. It stands in every table that is handed on as well.
    number : str
        What the document is known by: region code, year of knowledge and scenario.
    """

    lang: str
    title: str
    region: str = ""
    documents: tuple[str, ...] = ()
    as_of: str = ""
    scenario: str = ""
    report_date: str = ""
    note: str = ""
    number: str = ""

    @property
    def facts(self) -> list[tuple[str, list[str]]]:
        """The lines below the title as (label, values); what is not known has no line."""
        told = ([self.note], [self.region], list(self.documents), [self.as_of], [self.scenario], [self.report_date])
        return [(name, values) for name, values in zip(_FACTS[self.lang], told, strict=True) if any(values)]

    @property
    def date(self) -> datetime.date:
        """The first day of the report's date or period, 1970-01-01 where there is none."""
        found = re.match(r"(\d{4})(?:-Q([1-4])|-(\d{1,2})(?:-(\d{1,2}))?)?", self.report_date)
        if found is None:
            return UNDATED
        year, quarter, month, day = found.groups()
        first_month = 3 * int(quarter) - 2 if quarter else int(month or 1)
        try:
            return datetime.date(int(year), first_month, int(day or 1))
        except ValueError:
            return UNDATED


def parameters(nb: NotebookNode) -> dict[str, Any]:
    """Return the notebook's parameters: defaults, injected values, then papermill's own record of them.

    Only plain literals count; a parameter that is computed is left out.
    """
    found: dict[str, Any] = {}
    for tag in ("parameters", "injected-parameters"):
        for cell in nb.cells:
            if cell.cell_type == "code" and tag in _tags(cell):
                found.update(_literals(cell.source))
    recorded = nb.metadata.get("papermill", {}).get("parameters", {})
    return found | dict(recorded)


def front_matter(nb: NotebookNode, lang: str | None = None) -> FrontMatter:
    """Read the title block of a notebook.

    Parameters
    ----------
    nb : NotebookNode
        An executed notebook.
    lang : {"zh", "en"}, optional
        The language to publish in; by default the run's own.

    Raises
    ------
    ParameterError
        The language is neither ``zh`` nor ``en``.
    """
    own = _own_words(nb)
    chosen = parameters(nb)
    language = lang or own.get("lang") or chosen.get("lang") or "zh"
    if language not in LANGUAGES:
        raise ParameterError(f"未知语言 unknown language {language!r}", where="lang", allowed=LANGUAGES)

    def told(*names: str) -> str:
        values = [source.get(name) for name in names for source in (own, chosen)]
        return next((_one_line(value) for value in values if value not in (None, "", [])), "")

    report_date = told("report_date") or told("as_of")
    return FrontMatter(
        lang=language,
        title=told("title") or _first_heading(nb, language) or UNTITLED[language],
        region=told("region_name", "region"),
        documents=_listed(own.get("documents")),
        as_of=told("as_of"),
        scenario=told("scenario"),
        report_date=report_date,
        note=_one_line(own.get("note") or ""),
        number="-".join(part for part in (_one_line(own.get("region") or ""), told("as_of"), _one_line(chosen.get("scenario") or "")) if part),
    )


def shown_cells(nb: NotebookNode, lang: str) -> Iterator[tuple[int, NotebookNode]]:
    """Yield (position from 1, cell) of the cells a reader of `lang` is shown."""
    other = {f"lang-{language}" for language in LANGUAGES if language != lang}
    for position, cell in enumerate(nb.cells, start=1):
        if cell.cell_type == "raw" or HIDDEN_TAGS & _tags(cell):
            continue
        if cell.cell_type == "markdown" and other & _tags(cell) and f"lang-{lang}" not in _tags(cell):
            continue
        yield position, cell


def shown_outputs(nb: NotebookNode, lang: str) -> Iterator[tuple[str, NotebookNode]]:
    """Yield (name of the cell, output) of what the shown code cells display; streams and errors are left out."""
    for position, cell in shown_cells(nb, lang):
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if output.output_type in ("display_data", "execute_result"):
                yield cell_name(position, cell), output


def cell_name(position: int, cell: NotebookNode) -> str:
    """Name a cell so that it can be found: its position, and its id where it has one."""
    return f"单元格 cell {position}" + (f" ({cell.id})" if cell.get("id") else "")


def _own_words(nb: NotebookNode) -> dict[str, Any]:
    own: dict[str, Any] = {}
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            said = output.get("metadata", {}).get("zhibiao")
            if isinstance(said, Mapping):
                own.update(said)
    said = nb.metadata.get("zhibiao")
    return own | dict(said) if isinstance(said, Mapping) else own


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def _literals(source: str) -> dict[str, Any]:
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return {}
    found: dict[str, Any] = {}
    for statement in statements:
        if isinstance(statement, ast.Assign):
            targets: list[ast.expr] = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        else:
            continue
        try:
            value = ast.literal_eval(statement.value) if statement.value else None
        except ValueError:
            continue
        found.update({target.id: value for target in targets if isinstance(target, ast.Name)})
    return found


def _first_heading(nb: NotebookNode, lang: str) -> str:
    for _, cell in shown_cells(nb, lang):
        if cell.cell_type != "markdown":
            continue
        prose = re.sub(r"^(```|~~~).*?^\1", "", cell.source, flags=re.MULTILINE | re.DOTALL)
        found = re.search(r"^#[ \t]+(.+?)[ \t]*#*$", prose, flags=re.MULTILINE)
        if found:
            without_links = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", found.group(1))
            return _one_line(re.sub(r"\\(\W)|[`*]", r"\1", without_links))
    return ""


def _listed(documents: object) -> tuple[str, ...]:
    if documents is None or documents == "":
        return ()
    if isinstance(documents, Sequence) and not isinstance(documents, str):
        return tuple(_one_line(document) for document in documents)
    return (_one_line(documents),)


def _one_line(value: object) -> str:
    return " ".join(str(value).split())
