"""Papermill, nbclient and nbval run notebooks in forked kernels, unchanged, and every output is the same."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from zhibiao.kernels.install import install, remove
from zhibiao.kernels.templates import PRELOAD, templates
from zhibiao.publishing.normalise import normalise

CELLS = [
    "word = 'x'",
    "import os, pathlib\n_ = pathlib.Path(os.environ['ZHIBIAO_WITNESS']).write_text(pathlib.Path('/proc/self/cmdline').read_text())",
    "import sys\nprint(word, sys.argv[0].rsplit('/')[-1], len(sys.argv), os.getcwd() == os.environ['ZHIBIAO_FOLDER'])\nsys.stderr.write('to stderr')",
    "import numpy as np, pandas as pd\nrng = np.random.default_rng(1)\nframe = pd.DataFrame(rng.normal(size=(5, 2)), columns=['a', 'b'])\nframe",
    "a = rng.normal(size=(200, 200))\nfloat(np.linalg.inv(a @ a.T + np.eye(200)).sum())",
    "import matplotlib.pyplot as plt, seaborn as sns\nplt.get_backend(), sns.__version__",
    "sns.lineplot(frame, x='a', y='b')\n_ = plt.title('title')",
    "fig, ax = plt.subplots()\n_ = ax.plot([1, 2])",
    "%matplotlib --list",
    "get_ipython().kernel.comm_manager.targets.keys()",
    "import warnings\nwarnings.warn('seen')\nnp.zeros(3) / np.zeros(3)",
    "!echo $MPLBACKEND $JPY_SESSION_NAME",
    "import zhibiao\nzhibiao.__version__, plt.rcParams['backend'], plt.rcParams['figure.figsize'], plt.rcParams['font.family']",
]


def notebook() -> Any:
    cells = [new_code_cell(source) for source in CELLS]
    cells[0].metadata["tags"] = ["parameters"]
    for number, cell in enumerate(cells):
        cell.id = f"c{number}"
    return new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )


def witness(folder: Path) -> str:
    """Return how the kernel was started that ran the notebook last."""
    command = (folder / "witness").read_text("utf-8").split("\0")
    return (
        "forked"
        if "zhibiao.kernels.template" in command
        else "cold"
        if "ipykernel_launcher" in command
        else str(command)
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of work, and the environment of a user in whose Python the provisioner is the default."""
    place = tmp_path_factory.mktemp("work")
    install(place / "prefix")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(place / "prefix" / "share" / "jupyter"))
        patch.setenv("ZHIBIAO_WITNESS", str(place / "witness"))
        patch.setenv("ZHIBIAO_FOLDER", str(place))
        patch.delenv("PYTHONWARNINGS", raising=False)
        yield place


@pytest.fixture(scope="module")
def cold(folder: Path) -> Any:
    """The notebook, executed by nbclient in a cold kernel."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZHIBIAO_KERNELS", "cold")
        ran = by_nbclient(notebook(), folder)
    assert witness(folder) == "cold"
    return ran


def by_nbclient(book: Any, folder: Path) -> Any:
    client = NotebookClient(book, kernel_name="python3", timeout=60, resources={"metadata": {"path": str(folder)}})
    return client.execute()


def outputs(ran: Any) -> list[Any]:
    """Return sources and outputs; a warning names the cell it was raised in after the process."""
    text = nbformat.writes(normalise(ran))
    cells = json.loads(re.sub(r"ipykernel_\d+", "ipykernel_N", text))["cells"]
    return [("".join(cell["source"]), cell["execution_count"], cell["outputs"]) for cell in cells]


def test_when_nbclient_runs_then_every_output_is_the_same(folder: Path, cold: Any) -> None:
    for _ in range(2):
        ran = by_nbclient(notebook(), folder)
        assert witness(folder) == "forked"
        assert outputs(ran) == outputs(cold)
    assert len(templates().own) == 1
    assert "image/png" in json.dumps(outputs(cold))


def test_when_papermill_runs_plain_then_the_outputs_are_those_of_a_cold_kernel(folder: Path, cold: Any) -> None:
    nbformat.write(notebook(), folder / "in.ipynb")
    command = [sys.executable, "-m", "papermill", "in.ipynb", "out.ipynb", "--no-progress-bar"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "over TCP" not in done.stderr
    assert witness(folder) == "forked"
    assert outputs(nbformat.read(folder / "out.ipynb", 4)) == outputs(cold)


@pytest.mark.parametrize("way", ["--nbval-current-env", "--nbval-kernel-name=python3"])
def test_when_nbval_compares_then_a_forked_kernel_passes_what_a_cold_one_wrote(
    way: str, folder: Path, cold: Any
) -> None:
    nbformat.write(cold, folder / "test_book.ipynb")
    env = dict(os.environ)
    if way == "--nbval-current-env":  # its kernel has no specification to name the provisioner in
        env["JUPYTER_DEFAULT_PROVISIONER_NAME"] = "zhibiao"
    sanitize = folder / "sanitize.cfg"
    sanitize.write_text("[process]\nregex: ipykernel_\\d+\nreplace: ipykernel\n", "utf-8")
    test = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--nbval",
        way,
        f"--nbval-sanitize-with={sanitize}",
        "test_book.ipynb",
    ]
    done = subprocess.run(test, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert f"{len(CELLS)} passed" in done.stdout
    assert witness(folder) == "forked"


def test_when_installed_and_removed_then_the_specification_is_as_before(tmp_path: Path) -> None:
    install(tmp_path)
    file = tmp_path / "share" / "jupyter" / "kernels" / "python3" / "kernel.json"
    kept = json.loads(file.read_text("utf-8"))
    assert kept["metadata"].pop("kernel_provisioner") == {"provisioner_name": "zhibiao"}
    install(tmp_path)
    remove(tmp_path)
    assert json.loads(file.read_text("utf-8")) == kept
    assert [path.name for path in file.parents[1].iterdir()] == ["python3"]


FROZEN = """
import sys
calls = []
def watch(frame, event, argument):
    if event == "call" and frame.f_code.co_name == "get_ipython":
        caller = frame.f_back
        while caller and caller.f_code.co_name != "<module>":
            caller = caller.f_back
        if caller:
            calls.append(caller.f_globals["__name__"])
sys.setprofile(watch)
import importlib
for name in {preload!r}:
    importlib.import_module(name)
sys.setprofile(None)
print(sorted(set(calls) - {{"__main__"}}))
"""


def test_when_modules_are_preloaded_then_only_widgets_would_have_spoken_to_a_kernel() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FROZEN.format(preload=PRELOAD)], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.splitlines()[0] == "['ipywidgets']"
