"""Tiny notebooks and batch files, and a look at what processes are alive."""

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import psutil
import pytest
import yaml

Cell = str | tuple[str, list[str]]
PARAMETERS = 'region = "重庆"\nscenario = "baseline"\nmarker = ""'


def write_notebook(path: Path, *cells: Cell) -> Path:
    """A notebook with a title, the parameters and these code cells (source, or source and tags)."""
    nb = nbformat.v4.new_notebook()
    nb.cells.append(nbformat.v4.new_markdown_cell("# 试验"))
    for cell in ((PARAMETERS, ["parameters"]), *cells):
        source, tags = cell if isinstance(cell, tuple) else (cell, [])
        nb.cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": tags}))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(nb), encoding="utf-8")
    return path


def write_batch(path: Path, **content: object) -> Path:
    whole = {"name": "trial", "notebooks": "all", "regions": ["重庆"], **content}
    path.write_text(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def digests_of(out: Path) -> dict[str, str]:
    """Every output by content: manifests without durations, nothing of what is hidden."""
    found = {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.is_dir() or any(part.startswith(".") and not part.startswith((".tmp", ".old")) for part in Path(name).parts):
            continue
        content = path.read_bytes()
        if path.name == "manifest.json":
            told = json.loads(content)
            told.pop("durations", None)
            content = json.dumps(told, sort_keys=True).encode()
        found[name] = hashlib.sha256(content).hexdigest()
    return found


def working_below(place: Path) -> list[int]:
    """The processes, this one apart, that were started with a path below `place`."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid != os.getpid() and str(place) in " ".join(process.cmdline()):
                found.append(process.pid)
    return found


@pytest.fixture(scope="session")
def notebook() -> Callable[..., Path]:
    return write_notebook


@pytest.fixture(scope="session")
def batch_file() -> Callable[..., Path]:
    return write_batch


@pytest.fixture(scope="session")
def is_alive() -> Callable[[int], bool]:
    return alive


@pytest.fixture(scope="session")
def within() -> Callable[..., bool]:
    return wait_for


@pytest.fixture(scope="session")
def digests() -> Callable[[Path], dict[str, str]]:
    return digests_of


@pytest.fixture(scope="session")
def at_work() -> Callable[[Path], list[int]]:
    return working_below
