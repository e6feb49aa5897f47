"""The other ways to make the same reports, two at a time: ``python batch_peers.py NAME TASKS.json OUT``, in an environment of tests/bench/batch-requirements.txt.

Each leaves ``OUT/<number>.ipynb`` and ``OUT/<number>.pdf``. TASKS.json is a list of parameters; the notebook's path stands in
BENCH_NOTEBOOK.

* ``cli``: papermill's command for each report, then nbconvert's webpdf (Chromium).
* ``latex``: the same with nbconvert's PDF by XeLaTeX.
* ``pool``: papermill's function in a pool of two processes, then this project's PDF in the same process.
* ``ploomber``: ploomber-engine, which runs cells in its own process, in the same pool, then this project's PDF.
* ``floor``: the cells' own code, run in two processes that are warm and have everything imported, and this project's PDF: what no
  runner can be faster than. It says ``ready``, waits for ``go`` and says ``done``.
* ``whole``: the same floor under everything that ``zhibiao batch`` publishes: docx, figures and tables too.
"""

from __future__ import annotations

import ast
import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

# for every contestant: jsonschema's optional import costs two seconds and is not needed. The command line's own processes are left as they are
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]

NOTEBOOK = Path(os.environ["BENCH_NOTEBOOK"])
JOBS = 2
HIDDEN = ("parameters", "injected-parameters", "setup", "lang-en")
"""Cells that a Chinese report does not print; the reports of this bench are in Chinese."""

Parameters = Mapping[str, Any]


def by_command(number: int, given: Parameters, out: Path, convert: Sequence[str]) -> None:
    """papermill's command line, then nbconvert's: new processes for each report."""
    executed = out / f"{number}.ipynb"
    flags = [part for name, value in given.items() for part in ("-r" if isinstance(value, str) else "-p", name, str(value))]
    run = [sys.executable, "-m", "papermill", str(NOTEBOOK), str(executed), "--cwd", str(NOTEBOOK.parent), "-k", "python3", "--no-progress-bar", *flags]
    subprocess.run(run, check=True)
    tags = json.dumps(HIDDEN)
    hidden = ["--no-input", "--TagRemovePreprocessor.enabled=True", f"--TagRemovePreprocessor.remove_cell_tags={tags}"]
    subprocess.run([sys.executable, "-m", "nbconvert", *convert, *hidden, "--output-dir", str(out), str(executed)], check=True)


def with_pdf(number: int, executed: Any, out: Path) -> None:
    """Write the notebook and its PDF as this project makes it."""
    import nbformat

    from zhibiao.publishing.pdf import to_pdf

    nbformat.write(executed, out / f"{number}.ipynb")
    (out / f"{number}.pdf").write_bytes(to_pdf(executed))


def by_papermill(number: int, given: Parameters, out: Path) -> None:
    """papermill's function; a cold kernel for each report."""
    import papermill

    executed = papermill.execute_notebook(
        str(NOTEBOOK), str(out / f"{number}.ipynb"), parameters=dict(given), kernel_name="python3", progress_bar=False, cwd=str(NOTEBOOK.parent)
    )
    with_pdf(number, executed, out)


def by_ploomber(number: int, given: Parameters, out: Path) -> None:
    """ploomber-engine; the cells of all reports in one process."""
    from ploomber_engine import execute_notebook

    executed = execute_notebook(
        str(NOTEBOOK), None, parameters=dict(given), progress_bar=False, cwd=str(NOTEBOOK.parent)
    )
    with_pdf(number, executed, out)


def by_hand(number: int, given: Parameters, out: Path) -> None:
    """The cells' source, compiled and run; what a cell ends with becomes its output as a kernel would make it."""
    import nbformat

    book = nbformat.read(NOTEBOOK, 4)
    names: dict[str, Any] = {"__name__": "__main__"}
    count = 0
    for position, cell in enumerate(list(book.cells)):
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count, cell.outputs = count, []
        shown = _run(cell.source, names)
        if shown is not None:
            data, metadata = shown
            cell.outputs = [nbformat.v4.new_output("execute_result", data=data, metadata=metadata, execution_count=count)]
        if "parameters" in cell.metadata.get("tags", []):
            names.update(given)
            count += 1
            source = "\n".join(f"{name} = {value!r}" for name, value in given.items())
            book.cells.insert(position + 1, nbformat.v4.new_code_cell(source, execution_count=count, metadata={"tags": ["injected-parameters"]}))
    with_pdf(number, book, out)


def by_hand_whole(number: int, given: Parameters, out: Path) -> None:
    """`by_hand`, and the other files of a published run."""
    import nbformat

    from zhibiao.publishing.docx import to_docx
    from zhibiao.publishing.extract import write_figures, write_tables

    by_hand(number, given, out)
    executed = nbformat.read(out / f"{number}.ipynb", 4)
    (out / f"{number}.docx").write_bytes(to_docx(executed))
    write_figures(executed, out / f"{number}-figures", NOTEBOOK.stem)
    write_tables(executed, out / f"{number}-tables", NOTEBOOK.stem)


def _run(source: str, names: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    if last is None:
        return None
    value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
    bundle = value._repr_mimebundle_()  # every cell of the briefing ends with an object that has one
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    return {"text/plain": repr(value), **data}, metadata


def commands(convert: Sequence[str], tasks: Sequence[Parameters], out: Path) -> None:
    with ThreadPoolExecutor(JOBS) as threads:
        for done in [threads.submit(by_command, number, given, out, convert) for number, given in enumerate(tasks)]:
            done.result()


def pooled(one: Callable[[int, Parameters, Path], None], tasks: Sequence[Parameters], out: Path) -> None:
    with ProcessPoolExecutor(JOBS) as pool:
        for done in [pool.submit(one, number, given, out) for number, given in enumerate(tasks)]:
            done.result()


def warmed(one: Callable[[int, Parameters, Path], None], tasks: Sequence[Parameters], out: Path) -> None:
    """A floor: two processes that have each made one report before the clock begins."""
    aside = out / "aside"
    aside.mkdir()
    with ProcessPoolExecutor(JOBS) as pool:
        # different ones for two processes; each takes long enough that both have work
        first = {**tasks[0], "seed": 1}
        for done in [pool.submit(one, number, {**first, "seed": number + 1}, aside) for number in range(2 * JOBS)]:
            done.result()
        print("ready", flush=True)
        sys.stdin.readline()
        for done in [pool.submit(one, number, given, out) for number, given in enumerate(tasks)]:
            done.result()
        print("done", flush=True)
        sys.stdin.read()


CHROMIUM = ("--to", "webpdf.InstalledChromium", "--WebPDFExporter.disable_sandbox=True")
LATEX = ("--to", "pdf")
WAYS: dict[str, Callable[[Sequence[Parameters], Path], None]] = {
    "cli": functools.partial(commands, CHROMIUM),
    "latex": functools.partial(commands, LATEX),
    "pool": functools.partial(pooled, by_papermill),
    "ploomber": functools.partial(pooled, by_ploomber),
    "floor": functools.partial(warmed, by_hand),
    "whole": functools.partial(warmed, by_hand_whole),
}


def main() -> None:
    name, asked, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    out.mkdir(parents=True)
    WAYS[name](json.loads(asked.read_text(encoding="utf-8")), out)


if __name__ == "__main__":
    import batch_peers  # found by its name in the pool's processes too: an engine there may take the place of __main__

    batch_peers.main()
