"""The length of a document follows the evidence: sections with nothing to assess are left out, and one page says so and asks.

A notebook takes part by tags of its headings (Markdown cells that begin with ``##``):

``page``
    The section begins on a new page, or slide.
``gathers``
    The section that stays whatever there is: it names the sections that were left out. Without it nothing is left out.
``print-only``
    The section is not shown as slides.

What an output has nothing to say is said by its own metadata (``nothing``), see `zhibiao.showing.nothing`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode

from zhibiao.showing.nothing import NOTHING

PAGE, GATHERS, PRINT_ONLY = "page", "gathers", "print-only"
LAYOUT = frozenset({PAGE, GATHERS, PRINT_ONLY})
"""Tags that a prepared cell keeps."""


@dataclass
class Section:
    """A heading with what stands below it, up to the next heading of its level."""

    level: int
    cells: list[NotebookNode] = field(default_factory=list)

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(self.cells[0].metadata.get("tags", ())) if self.level else frozenset()

    @property
    def heading(self) -> str:
        return " ".join(self.cells[0].source.lstrip().partition("\n")[0].lstrip("#").split())

    @property
    def bare(self) -> bool:
        """Whether it has outputs, and none of them says anything."""
        outputs = [output for cell in self.cells for output in cell.get("outputs", ())]
        return bool(outputs) and all(said_nothing(output) for output in outputs)


def said_nothing(output: NotebookNode) -> bool:
    """Return whether an output declares that there was nothing to show."""
    return bool(output.get("metadata", {}).get(NOTHING))


def by_evidence(cells: Sequence[NotebookNode], lang: str) -> list[NotebookNode]:
    """Leave out what says nothing, where one section of the notebook gathers what was left out.

    Parameters
    ----------
    cells : sequence of NotebookNode
        The cells a reader is shown, in order, with the tags of `LAYOUT`.
    lang : {"zh", "en"}
        Of the sentence that names what was left out.
    """
    sections = _sections(cells)
    if not any(GATHERS in section.tags for section in sections):
        return list(cells)
    dropped = [section for section in sections if section.level and GATHERS not in section.tags and section.bare]
    remaining = [section for section in sections if section not in dropped]
    if len(dropped) > sum(section.level > 0 and not section.tags & {GATHERS, PRINT_ONLY} for section in remaining):
        # what is asked for has become the main thing: it stands before the rest, right below the answer
        gathering = next(section for section in remaining if GATHERS in section.tags)
        first = next(place for place, section in enumerate(remaining) if PAGE in section.tags or section is gathering)
        gathering.cells[0].metadata["tags"] = sorted(gathering.tags - {PAGE})
        remaining.remove(gathering)
        remaining.insert(first, gathering)
    kept: list[NotebookNode] = []
    for section in remaining:
        if GATHERS in section.tags:
            if dropped:
                section.cells[0].source += f"\n\n{_left_out([other.heading for other in dropped], lang)}"
        else:
            for cell in section.cells:
                if cell.cell_type == "code":
                    cell.outputs = [output for output in cell.outputs if not said_nothing(output)]
        kept.extend(cell for cell in section.cells if cell.cell_type != "code" or cell.outputs)
    return kept


def for_slides(cells: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Leave out what is read on paper only."""
    return [cell for section in _sections(cells) if PRINT_ONLY not in section.tags for cell in section.cells]


def _sections(cells: Sequence[NotebookNode]) -> list[Section]:
    found = [Section(0)]
    for cell in cells:
        heading = re.match(r"\s*(#{2,})\s", cell.source) if cell.cell_type == "markdown" else None
        if heading is not None and (found[-1].level == 0 or len(heading[1]) <= found[-1].level):
            found.append(Section(len(heading[1])))
        found[-1].cells.append(cell)
    return [section for section in found if section.cells]


def _left_out(headings: Sequence[str], lang: str) -> str:
    if lang == "zh":
        return f"没有可评估的内容，以下各节未列：{'；'.join(headings)}。"
    return f"Left out, as there is nothing to assess: {'; '.join(headings)}."
