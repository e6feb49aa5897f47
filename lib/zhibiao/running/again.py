"""Which tasks of a batch went well last time: with ``--only-failed`` they are left alone, whatever has changed since."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zhibiao.running import manifest
from zhibiao.running.job import Task


def went_well(tasks: Sequence[Task], out: Path) -> dict[int, str]:
    """Return the tasks, by position, that did not fail last time, with the key of what they left.

    A task failed where its ``.failed`` folder lies there, where the batch's manifest says so or does not name it (the batch was stopped
    before), and where nothing of it is published.

    Parameters
    ----------
    tasks : sequence of Task
        Of one batch.
    out : Path
        The outputs, held.
    """
    listed = _listed(out / tasks[0].batch) if tasks else {}
    well = {}
    for number, task in enumerate(tasks):
        folder = out / task.folder
        if folder.with_name(folder.name + ".failed").exists() or listed.get(task.folder.as_posix(), "failed") == "failed":
            continue
        found = manifest.read(folder)
        if found is not None and found.get("status") == "ok":
            well[number] = str(found.get("key", ""))
    return well


def _listed(batch: Path) -> dict[str, str]:
    """Return how each run ended, by folder; none where the batch was never run here."""
    found = manifest.read(batch) or {}
    return {
        "/".join(str(run.get(part)) for part in ("batch", "region_code", "scenario", "notebook")): str(run.get("status"))
        for run in found.get("runs", ())
    }
