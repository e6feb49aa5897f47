"""Whether a run need not be repeated: the same cells, parameters, registry, library and environment give the same files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from zhibiao.errors import ParameterError
from zhibiao.running import manifest
from zhibiao.running.job import Task
from zhibiao.running.manifest import Surroundings


def key(task: Task, around: Surroundings) -> str:
    """Return the SHA-256 over everything a run depends on.

    Of the notebook only what is executed or printed counts: its outputs may be refreshed without making a run stale. Of Python only
    the minor version counts, of the packages the exact one.

    Raises
    ------
    ParameterError
        The notebook cannot be read.
    """
    python = ".".join(around.versions["python"].split(".")[:2])
    parts = [
        _cells(task.notebook),
        dict(task.parameters),
        dict(around.inputs),
        {**around.versions, "python": python},
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=True).encode("ascii")).hexdigest()


def _cells(path: Path) -> list[Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return [
            [cell["cell_type"], "".join(cell["source"]), sorted(cell["metadata"].get("tags", []))]
            for cell in content["cells"]
        ]
    except OSError as error:
        raise ParameterError(
            f"笔记本无法读取 the notebook cannot be read: {error.strerror}", where=path.name
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ParameterError("不是笔记本（nbformat 4）is not a notebook (nbformat 4)", where=path.name) from error


def is_good(folder: Path, wanted: str) -> bool:
    """Return whether `folder` holds a successful run of this key with every file as it was written."""
    found = manifest.read(folder)
    if found is None or found.get("key") != wanted or found.get("status") != "ok":
        return False
    files = found.get("files")
    if not isinstance(files, dict) or not files:
        return False
    try:
        return all(manifest.sha256(folder / name) == content for name, content in files.items())
    except OSError:
        return False
