"""The cells of an executed notebook: which one failed, and what papermill lets pass though it should not."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from zhibiao.errors import CellError
from zhibiao.running.job import without_paths

_ADDED = frozenset({"injected-parameters", "papermill-error-cell-tag"})
"""Tags of cells that papermill adds: they are not counted, so that a number leads to the author's cell."""


_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def code_lines(source: str, line: int = 0) -> str:
    """Return the first and the last lines of a cell, indented; the one that failed (counted from 1) is marked and always shown.

    >>> print(code_lines("a\\nb\\nc\\nd\\ne\\nf\\ng", line=4))
        a
        b
        …
    →   d
        …
        f
        g
    """
    lines = dict(enumerate(source.rstrip().split("\n"), 1))
    while len(lines) > 1 and not lines[min(lines)].strip():
        del lines[min(lines)]
    numbers = list(lines)
    if len(numbers) > 4:
        numbers = sorted({*numbers[:2], *numbers[-2:], *({line} & lines.keys())})
    shown = []
    for before, number in zip([numbers[0] - 1, *numbers], numbers, strict=False):
        gap = "" if number == before + 1 else "    …\n"
        shown.append(f"{gap}{'→ ' if number == line else '  '}  {lines[number]}")
    return "\n".join(shown)


def failed_line(traceback: Iterable[str], count: int | None) -> int:
    """Return the line of the cell, counted from 1, at which its error came about; 0 where the traceback does not tell.

    Parameters
    ----------
    traceback : iterable of str
        As IPython gives it, with colours.
    count : int, optional
        The cell's execution count: a frame in a function that another cell defined is not this cell's line.
    """
    plain = _COLOURS.sub("", "\n".join(traceback))
    found = re.search(rf"Cell In ?\[{count}\], line (\d+)", plain)
    return int(found[1]) if found else 0


def values(parameters: Mapping[str, Any]) -> str:
    """Return parameters as a message names them.

    >>> values({"region": "重庆", "as_of": None})
    "参数 parameters: region='重庆', as_of=None"
    """
    return "参数 parameters: " + ", ".join(f"{name}={value!r}"[:120] for name, value in parameters.items())


def author_number(nb: Any, index: int) -> int:
    """Return the number of a cell as in the author's notebook, counted from 1; 0 for one that papermill added."""
    if _ADDED & set(nb.cells[index].metadata.get("tags", [])):
        return 0
    return sum(not _ADDED & set(cell.metadata.get("tags", [])) for cell in nb.cells[: index + 1])


def numbered(executed: Any) -> list[tuple[int, Any, set[str]]]:
    """Return (number, cell, tags) of the code cells, numbered as in the author's notebook."""
    cells = [cell for cell in executed.cells if not _ADDED & set(cell.metadata.get("tags", []))]
    return [
        (number, cell, set(cell.metadata.get("tags", [])))
        for number, cell in enumerate(cells, 1)
        if cell.cell_type == "code"
    ]


def check_cells(executed: Any) -> None:
    """Refuse what papermill lets pass: cells that were never run, a cell that wrote to stderr."""
    for number, cell, tags in numbered(executed):
        # sys.exit(0) in a cell ends the notebook without an error
        if cell.execution_count is None and cell.source.strip() and "skip-execution" not in tags:
            raise CellError(f"单元格 cell {number} 未执行 was not run\n{code_lines(cell.source)}")
    for number, cell, tags in numbered(executed):
        said = stderr_of(cell)
        if said and "allow-stderr" not in tags:
            raise CellError(f"单元格 cell {number} 写到标准错误 wrote to stderr: {said}\n{code_lines(cell.source)}")


def stderr_of(cell: Any) -> str:
    return "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stderr").strip()


def hide_paths(nb: Any, folders: Sequence[Path]) -> None:
    """Replace the machine's folders in whatever the cells of a notebook show; pictures of points have no text."""

    def hidden(value: Any) -> Any:
        if isinstance(value, str):
            return without_paths(value, folders)
        if isinstance(value, list):
            return [hidden(item) for item in value]
        if isinstance(value, dict):
            for key in list(value):
                value[key] = value[key] if key in ("image/png", "image/jpeg") else hidden(value[key])
        return value

    for cell in nb.cells:
        for output in cell.get("outputs", []):
            hidden(output)


def tidy(kept: Path) -> None:
    """Make the notebook of a failed run fit to be kept: no times, ids, marks or paths; what cannot be read is removed."""
    import nbformat

    from zhibiao.publishing.normalise import notebook_text

    try:
        left = nbformat.read(kept, as_version=4)
        left.cells = [cell for cell in left.cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])]
        hide_paths(left, [kept.parent, Path(sys.prefix)])
        kept.write_text(notebook_text(left), encoding="utf-8", newline="\n")
    except Exception:  # half a notebook helps nobody, and the first error is the one that counts
        kept.unlink(missing_ok=True)
