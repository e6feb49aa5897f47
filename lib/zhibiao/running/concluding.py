"""What a batch writes about itself: that it is at work, and at its end summaries, index and, last, its manifest."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from zhibiao.errors import OutputError
from zhibiao.running import manifest, regionpage, summary
from zhibiao.running.folder import write_file
from zhibiao.running.job import SINGLE, RunResult
from zhibiao.running.manifest import Surroundings
from zhibiao.running.report import write_outputs_index


def unwritten(fault: OSError) -> OutputError:
    """Say that an output could not be written, and which."""
    return OutputError(
        f"无法写出 cannot be written: {fault.strerror or fault}", where=str(fault.filename or "") or None
    )


def announce(done: Sequence[RunResult], batches: set[str], out: Path, around: Surroundings) -> None:
    """Have the batch's manifest say that it is at work: should it be killed, what it has not come to is known to be missing."""
    for batch in batches - {SINGLE}:
        with contextlib.suppress(OSError):  # a full disk is told with the first run
            (out / batch).mkdir(parents=True, exist_ok=True)
            write_file(out / batch / manifest.NAME, manifest.text(manifest.of_batch(batch, done, False, around)))


def conclude(runs: Sequence[RunResult], complete: bool, out: Path, around: Surroundings) -> OutputError | None:
    """Write the summaries, the index of all outputs and, last, the batch's manifest; return why that was not possible."""
    steps: list[Callable[[], object]] = []
    batches = sorted({run.task.batch for run in runs} - {SINGLE})
    for batch in batches:
        steps += [partial(summary.update, out / batch, runs), partial(regionpage.update, out / batch)]
    steps.append(lambda: write_outputs_index(out, {out / run.task.folder for run in runs if run.status == "cached"}))
    for batch in batches:
        listed = manifest.of_batch(batch, runs, complete, around)
        steps.append(partial(write_file, out / batch / manifest.NAME, manifest.text(listed)))
    faults: list[OutputError] = []
    for step in steps:
        try:
            step()
        except OSError as fault:
            faults.append(unwritten(fault))
        except OutputError as fault:
            faults.append(fault)
        except ValueError as fault:  # a character or a number that cannot be written down
            faults.append(OutputError(f"无法写出 cannot be written: {fault}"))
    return faults[0] if faults else None
