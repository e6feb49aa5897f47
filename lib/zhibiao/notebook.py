"""What a notebook needs: the contract its parameters are checked against, and one object that answers its questions.

A notebook has one ``parameters`` cell of plain literals and one setup line::

    report = setup(region, plan, as_of, horizon, scenario, level, seed, lang, report_date)

after which each cell asks one thing of `report` and shows it.
"""

from __future__ import annotations

import ast
import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zhibiao.answers import Report
from zhibiao.catalogue.load import load
from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.scoped import load_for
from zhibiao.catalogue.study import startable, study
from zhibiao.errors import ParameterError, closest

CONTRACT = ("region", "plan", "as_of", "horizon", "scenario", "level", "seed", "lang", "report_date")
"""Every parameter of every notebook, in the order of the setup line."""


def parameters_of(path: Path) -> dict[str, Any]:
    """The names and defaults in a notebook's ``parameters`` cell.

    Raises
    ------
    ParameterError
        The notebook cannot be read, has no such cell, or the cell holds something else than plain literals.
    """
    cells = _cells(path)
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if not tagged:
        raise ParameterError("没有标为 parameters 的单元格 has no cell tagged 'parameters'", where=path.name)
    found: dict[str, Any] = {}
    try:
        for node in ast.parse("".join(tagged[0]["source"])).body:
            if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
                raise ValueError(ast.unparse(node))
            found[node.targets[0].id] = ast.literal_eval(node.value)
    except (SyntaxError, ValueError) as error:
        raise ParameterError(f"参数单元格只能是“名 = 字面值” the parameters cell may only assign literals: {error}", where=path.name) from None
    return found


def checked(path: Path, given: Mapping[str, Any], data: Path | None = None, *, registry: Registry | None = None, alone: bool = True) -> dict[str, Any]:
    """Check the parameters given for a notebook against the contract, before any kernel starts.

    Parameters
    ----------
    path : Path
        The notebook.
    given : mapping
        Parameters.
    data : Path, optional
        The overlay.
    registry : Registry, optional
        Read from `data` already.
    alone : bool
        Whether a scenario that the region's figures give no start is refused. In a batch of every region and scenario that run fails by
        itself, and the others go on.

    Returns
    -------
    dict
        All parameters, the given ones over the notebook's defaults.

    Raises
    ------
    ParameterError
        An unknown name, a wrong type, a value out of range, an unknown region, plan or scenario, with the nearest match; a scenario
        that starts from figures which the region does not have.
    """
    defaults = parameters_of(path)
    for name in given:
        if name not in defaults:
            raise ParameterError(f"未知参数 unknown parameter {name!r}", where=path.name, allowed=defaults, nearest=closest(name, defaults))
    complete = {**defaults, **given}
    resolved = study(load(data) if registry is None else registry, **{name: complete[name] for name in CONTRACT if name in complete})
    if alone:
        startable(resolved)
    # numbers that came as text from a command line are handed on as numbers
    for name in ("level", "seed"):
        if name in complete:
            complete[name] = getattr(resolved, name)
    for name in ("as_of", "horizon"):
        if name in complete:
            complete[name] = None if complete[name] in (None, "") else getattr(resolved, name)
    return complete


def heading(path: Path, lang: str = "zh") -> str:
    """The title of a notebook: the first heading of its language."""
    for cell in _cells(path):
        tags = cell.get("metadata", {}).get("tags", [])
        if cell["cell_type"] == "markdown" and (f"lang-{lang}" in tags or not any(tag.startswith("lang-") for tag in tags)):
            for line in "".join(cell["source"]).splitlines():
                if line.startswith("# "):
                    return line[2:].strip()
    return path.stem


def _cells(path: Path) -> list[dict[str, Any]]:
    try:
        state = path.stat()
        cells = _parsed(path, state.st_mtime_ns, state.st_size)
    except FileNotFoundError:
        folder = path.parent
        known = sorted(p.stem for p in folder.glob("*.ipynb")) if folder.is_dir() else []
        raise ParameterError(f"找不到笔记本 no such notebook: {path.name}", where="notebook", allowed=known, nearest=closest(path.stem, known)) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise ParameterError("不是可读的笔记本 is not a readable notebook", where=path.name) from None
    return list(cells)


@functools.lru_cache(maxsize=32)
def _parsed(path: Path, *_: int) -> list[dict[str, Any]]:
    """Read a notebook once for as long as it is not written anew: a batch asks for its parameters a thousand times."""
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells


def setup(
    region: object = "重庆",
    plan: object = "all",
    as_of: object = None,
    horizon: object = None,
    scenario: object = "baseline",
    level: object = 80,
    seed: object = 2020,
    lang: object = "zh",
    report_date: object = None,
) -> Report:
    """Check the parameters of a notebook and return the object that answers its questions."""
    return Report(study(load_for(region), region, plan, as_of, horizon, scenario, level, seed, lang, report_date))
