"""Whether a run need not be repeated: the same cells, parameters, library and environment, and a registry that answers the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zhibiao.catalogue.tracing import TRACED, Answers
from zhibiao.errors import ParameterError
from zhibiao.running import manifest
from zhibiao.running.job import Task
from zhibiao.running.manifest import Surroundings


def asked(tasks: Sequence[Task], around: Surroundings) -> list[str]:
    """Return for each task the SHA-256 over everything that is known of a run before it is carried out.

    Of the notebook only what is executed or printed counts: its outputs may be refreshed without making a run stale. Of Python only
    the minor version counts, of the packages the exact one. Figures and documents are left out: a run says itself which it looked at.

    Raises
    ------
    ParameterError
        A notebook cannot be read.
    """
    same = shared(around)
    cells = {path: _digest(_cells(path)) for path in dict.fromkeys(task.notebook for task in tasks)}
    return [_digest([cells[task.notebook], dict(task.parameters), list(task.documents), same]) for task in tasks]


def shared(around: Surroundings) -> str:
    """Return the SHA-256 over what every run depends on: the registry but for figures and documents, the library, the environment."""
    python = ".".join(around.versions["python"].split(".")[:2])
    untraced = {label: content for label, content in around.inputs.items() if not _traced(label)}
    return _digest([untraced, {**around.versions, "python": python}])


def key(asked: str, reads: Mapping[str, str]) -> str:
    """Return the SHA-256 over what was asked and what the registry said: of two runs with the same key the files are the same."""
    return _digest([asked, dict(reads)])


def _traced(label: str) -> bool:
    folder, _, rest = label.partition("/")
    return folder in ("indicators", "data") and rest.split("/")[0] in TRACED


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=True).encode("ascii")).hexdigest()


def _cells(path: Path) -> list[Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        cells = [
            [cell["cell_type"], "".join(cell["source"]), sorted(cell["metadata"].get("tags", [])), cell.get("attachments")]
            for cell in content["cells"]
        ]
        return [content.get("metadata", {}).get("zhibiao"), *cells]  # title and note may stand there
    except OSError as error:
        raise ParameterError(
            f"笔记本无法读取 the notebook cannot be read: {error.strerror}", where=path.name
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ParameterError("不是笔记本（nbformat 4）is not a notebook (nbformat 4)", where=path.name) from error


def still_good(folder: Path, asked: str, answers: Answers) -> str | None:
    """Return the key of the successful run in `folder`, if it was asked the same, would be answered the same, and its files are as written."""
    found = manifest.read(folder)
    if found is None or found.get("asked") != asked or found.get("status") != "ok":
        return None
    files, reads = found.get("files"), found.get("reads")
    if not isinstance(files, dict) or not files or not isinstance(reads, dict) or not answers.same(reads):
        return None
    try:
        whole = all(manifest.sha256(folder / name) == content for name, content in files.items())
    except OSError:
        return None
    return str(found["key"]) if whole else None
