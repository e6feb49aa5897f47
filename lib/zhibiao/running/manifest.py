"""What a run was made from and what it made: ``manifest.json``, written last, read by the cache and the index."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import importlib.util
import json
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zhibiao
from zhibiao.catalogue.load import is_utf8, overlays, shipped
from zhibiao.model.region import is_synthetic
from zhibiao.running.job import ROOT, Answer, RunResult, Task, without_paths

NAME = "manifest.json"

_REGISTRY = (".yaml", ".yml", ".csv")
"""Endings of the files that the registry reads, in any case of letters."""
_LIBRARY = (".py", ".lua", ".typ", ".j2")
_PACKAGES = (
    "papermill", "nbclient", "ipykernel", "pandas", "numpy", "scipy", "matplotlib", "seaborn", "pydantic", "typst", "mplfonts", "pillow", "xlsxwriter", "SALib",
)  # fmt: skip


@dataclass(frozen=True)
class Surroundings:
    """What every run of a batch shares.

    Attributes
    ----------
    inputs : mapping of str to str
        SHA-256 of each file: the registry (``indicators/…``), the overlay (``data/…``), the library (``lib/…``) and the lock.
    versions : mapping of str to str
        Of Python, this library and the packages that make pages and pictures.
    """

    inputs: Mapping[str, str]
    versions: Mapping[str, str]

    @functools.cached_property
    def parts(self) -> dict[str, str]:
        """One SHA-256 for the registry, the overlay, the library and the lock: thousands of manifests need not list every file."""
        found: dict[str, Any] = {}
        for label, content in sorted(self.inputs.items()):
            part = label.split("/")[0]
            found.setdefault(part, hashlib.sha256()).update(f"{label} {content}\n".encode())
        return {part: digest.hexdigest() for part, digest in found.items()}


def surroundings(data: Path | None) -> Surroundings:
    """Take the fingerprint of registry, overlay, library and environment.

    Raises
    ------
    RegistryError
        The registry or the overlay is not there.
    """
    inputs = {label: sha256(path) for label, path in _shared_files(data)}
    versions = {package: _version(package) for package in _PACKAGES}
    known = {"python": platform.python_version(), "zhibiao": zhibiao.__version__, "pandoc": _pandoc(), **versions}
    return Surroundings(inputs, known)


def _shared_files(data: Path | None) -> Iterator[tuple[str, Path]]:
    # an overlay may be a desk drawer: only what the registry may read, at the depth at which it reads
    for label, folder in [("indicators", shipped()), *(("data", overlay) for overlay in overlays(data))]:
        for path in sorted(path for pattern in ("*", "*/*") for path in folder.glob(pattern)):
            if path.suffix.lower() in _REGISTRY and not path.name.startswith((".", "~")) and path.is_file() and is_utf8(path.name):
                yield f"{label}/{path.relative_to(folder).as_posix()}", path
    for path in sorted((ROOT / "lib" / "zhibiao").rglob("*")):
        if path.suffix in _LIBRARY:
            yield path.relative_to(ROOT).as_posix(), path
    lock = ROOT / "requirements.txt"
    if lock.is_file():
        yield lock.name, lock


@functools.cache
def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "-"


@functools.cache
def _pandoc() -> str:
    """Return the version of the pandoc that came with the package, which has a number of its own."""
    spec = importlib.util.find_spec("pypandoc")
    if spec is None or spec.origin is None:
        return "-"
    try:
        said = subprocess.run(
            [Path(spec.origin).parent / "files" / "pandoc", "--version"], capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "-"
    return said.stdout.decode("utf-8", "replace").split("\n", 1)[0].removeprefix("pandoc").strip()


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_run(
    task: Task, folder: Path, answer: Answer, *, asked: str, key: str, around: Surroundings, total: float, error: str = ""
) -> dict[str, Any]:
    """Return the manifest of a run whose files lie in `folder`.

    Parameters
    ----------
    task : Task
        What was run.
    folder : Path
        Everything in it but the manifest is listed.
    answer : Answer
        Of the worker.
    asked, key : str
        Of the cache: before and after the run.
    around : Surroundings
        Of the batch.
    total : float
        Seconds from order to answer.
    error : str
        The message of a failed run, without paths.
    """
    files = {path.relative_to(folder).as_posix(): sha256(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    seconds = {"execute": 0.0, "publish": 0.0, **answer.seconds, "total": total}
    return {
        **_identity(task),
        "synthetic": is_synthetic(task.region_code),
        "status": "failed" if error else "ok",
        "error": error,
        "title": answer.title or task.title,
        "as_of": answer.as_of,
        "report_date": answer.report_date,
        "parameters": dict(task.parameters),
        "asked": asked,
        "key": key,
        "reads": dict(answer.reads),
        "inputs": {f"notebooks/{task.notebook.name}": sha256(task.notebook), **around.parts},
        "versions": dict(around.versions),
        "files": files,
        "durations": {name: round(value, 2) for name, value in seconds.items()},
        "kernel": dict(answer.kernel),
        "attempts": answer.attempts,
        "warnings": list(answer.warnings),
    }


def of_batch(name: str, runs: Sequence[RunResult], complete: bool, around: Surroundings) -> dict[str, Any]:
    """Return a batch's manifest: how each run ended, and every file it was made from; an interrupted batch is not complete."""
    listed = [
        {
            **_identity(run.task),
            "folder": run.folder.name if run.status == "failed" else run.task.stem,
            "status": run.status,
            "key": run.key,
            "error": without_paths(str(run.error), [run.folder.parents[3]]) if run.error else "",
        }
        for run in runs
    ]
    counts = {status: sum(run.status == status for run in runs) for status in ("ok", "cached", "failed", "kept")}
    if not counts["kept"]:
        del counts["kept"]
    return {"batch": name, "complete": complete, "counts": counts, "runs": listed, "inputs": dict(around.inputs), "versions": dict(around.versions)}


def _identity(task: Task) -> dict[str, str]:
    return {
        "batch": task.batch,
        "notebook": task.stem,
        "region_code": task.region_code,
        "region_name": task.region_name,
        "scenario": task.scenario,
    }


def text(manifest: Mapping[str, Any]) -> str:
    """Return a manifest as it is stored: sorted, readable in any language."""
    return json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def read(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a folder; None where there is none or it is not one."""
    try:
        content = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
