"""What lies in the outputs, as the index lists it: each batch keeps its entries, so that only what changed is read again."""

from __future__ import annotations

import contextlib
import json
import os
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from zhibiao.publishing.index import RunEntry
from zhibiao.publishing.statements import NAME as STATEMENTS
from zhibiao.running import manifest
from zhibiao.running.folder import write_file
from zhibiao.running.history import HISTORY

KEPT = ".index"
"""Below outputs, a file for each batch: its entries with the time and size of the manifest that each was read from. It may be removed
at any time. It lies beside the batches, not in them: what they publish does not depend on when it was written."""

_VERSION = 1
_TOLD = ("batch", "region_code", "region_name", "scenario", "notebook", "title", "status", "error", "as_of", "report_date")


def entries(out: Path, cached: Collection[Path]) -> Iterator[RunEntry]:
    """Yield an entry for every run that lies in the outputs.

    Parameters
    ----------
    out : Path
        The outputs, held.
    cached : collection of Path
        Folders that this batch found still good.

    Raises
    ------
    OSError
        What was read cannot be kept.
    """
    # what is kept of earlier runs is not listed, and not walked through
    for batch in sorted(path for path in out.iterdir() if path.is_dir() and path.name != HISTORY and not path.name.startswith(".")):
        for place, told in _of_batch(batch).items():
            entry = RunEntry(**{**told, "files": tuple(told["files"])})
            yield entry if batch / place not in cached else _unchanged(entry)


def _unchanged(entry: RunEntry) -> RunEntry:
    return RunEntry(**{**asdict(entry), "status": "cached"})


def _of_batch(batch: Path) -> dict[str, dict[str, Any]]:
    """Return the entries of a batch by folder, relative to the batch; keep them where anything changed."""
    kept = batch.parent / KEPT / f"{batch.name}.json"
    known = _kept(kept)
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(_manifests(batch)):
        place, state = path.parent.relative_to(batch).as_posix(), path.stat()
        stamp = [state.st_mtime_ns, state.st_size]
        before = known.get(place)
        found[place] = before if before is not None and before["stamp"] == stamp else {"stamp": stamp, "entry": _entry(path.parent, batch)}
    if found != known and found:
        lines = [f"{json.dumps(place, ensure_ascii=False)}: {json.dumps(told, ensure_ascii=False)}" for place, told in found.items()]
        kept.parent.mkdir(exist_ok=True)
        write_file(kept, f'{{"version": {_VERSION}, "runs": {{\n' + ",\n".join(lines) + "\n}}\n")
    return {place: told["entry"] for place, told in found.items() if told["entry"] is not None}


def _manifests(batch: Path) -> Iterator[Path]:
    """Yield the manifests of a batch's runs. Folders are listed, not searched: there are thousands."""
    for region in _folders(batch):
        for scenario in _folders(Path(region)):
            for run in _folders(Path(scenario)):
                path = Path(run) / manifest.NAME
                if path.is_file():
                    yield path


def _folders(place: Path) -> list[str]:
    with os.scandir(place) as found:
        return [entry.path for entry in found if not entry.name.startswith(".") and entry.is_dir()]


def _kept(path: Path) -> dict[str, dict[str, Any]]:
    """Return what was kept; nothing where it is missing, broken or of another version."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        content = json.loads(path.read_text(encoding="utf-8"))
        for told in content["runs"].values():
            told["stamp"], told["entry"] is None or RunEntry(**told["entry"])  # as it was written
        if content["version"] == _VERSION:
            return dict(content["runs"])
    return {}


def _entry(folder: Path, batch: Path) -> dict[str, Any] | None:
    """Return what the index says of a run; None where its manifest is of another version, or written by hand."""
    told = manifest.read(folder)
    if told is None or told.get("status") not in ("ok", "failed"):
        return None
    try:
        found: dict[str, Any] = {name: told[name] for name in _TOLD}
        names = sorted([*told["files"], manifest.NAME])
    except (KeyError, TypeError):
        return None
    if not all(isinstance(found[name], str) for name in _TOLD):
        return None
    return {
        **found,
        "folder": folder.relative_to(batch.parent).as_posix(),
        "files": names,
        "synthetic": told.get("synthetic") is True,
        "verdicts": _verdicts(folder) if STATEMENTS in names else {},
    }


def _verdicts(folder: Path) -> dict[str, int]:
    """Count the verdicts of a run's main targets; of all of them where no document says which these are."""
    try:
        records = json.loads((folder / STATEMENTS).read_text(encoding="utf-8"))
        main = [record for record in records if record["headline"]] or records
        return dict(sorted(Counter(str(record["verdict"]) for record in main).items()))
    except (OSError, ValueError, KeyError, TypeError):
        return {}
