"""Shipped notebooks executed in this process: each cell's display object, as a published run would store it, without a kernel."""

import ast
import copy
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
STEMS = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))

Execute = Callable[..., Any]


def execute(stem: str, **parameters: Any) -> Any:
    """Return the notebook with fresh outputs; a region for which a cell has no answer raises as it would in a kernel."""
    nb = copy.deepcopy(nbformat.read(NOTEBOOKS / f"{stem}.ipynb", as_version=4))
    space: dict[str, Any] = {}
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        shown: list[Any] = []
        body = ast.parse(cell.source).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), stem, "exec"), space)
        if "parameters" in cell.metadata.get("tags", []):
            space.update(parameters)
            nb.metadata["papermill"] = {"parameters": {**nb.metadata.get("papermill", {}).get("parameters", {}), **parameters}}
        if last is not None:
            value = eval(compile(ast.Expression(last.value), stem, "eval"), space)  # type: ignore[attr-defined]
            shown = list(value.parts()) if hasattr(value, "_ipython_display_") else [value]
        cell.outputs, cell.execution_count = [_output(one) for one in shown if one is not None], 1
    return nb


def _output(shown: Any) -> Any:
    bundle = shown._repr_mimebundle_()
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    return nbformat.from_dict({"output_type": "execute_result", "execution_count": 1, "data": data, "metadata": metadata})


@pytest.fixture(scope="session", name="execute")
def _execute() -> Execute:
    """The function above; ZHIBIAO_FIGURES says whether for publication."""
    return execute


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """`run(stem, region=…)` executes a notebook for publication; `stems` are the notebooks there are."""
    monkeypatch.setenv("ZHIBIAO_FIGURES", "svg")
    return SimpleNamespace(run=execute, stems=STEMS)
