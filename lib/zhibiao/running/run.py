"""Carrying out tasks: what is still good is kept, the rest is run several at a time, nothing half-made is ever seen."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from zhibiao.errors import SEVERAL_KINDS, OutputError, ParameterError, ZhibiaoError, closest
from zhibiao.running import cache, manifest
from zhibiao.running.folder import fresh_beside, locked, put_file, put_in_place, recover, remove, write_file
from zhibiao.running.job import ROOT, Answer, Limits, Order, Task, without_paths
from zhibiao.running.manifest import Surroundings
from zhibiao.running.pool import Interrupted, Pool
from zhibiao.running.report import Reporter, refresh_index, reporter

NOTEBOOKS = ROOT / "notebooks"
BATCH = "run"
"""Where single runs are published: ``outputs/run``."""

BRIEFING = "09_briefing"
"""Its PDF is also published as ``briefing.pdf`` of the region and scenario."""

INTERRUPTED = 130


@dataclass(frozen=True)
class RunResult:
    """How one task ended.

    Attributes
    ----------
    status : {"ok", "cached", "failed"}
        ``cached``: an earlier result was still good.
    folder : Path
        The published run, or of a failed one what is left to look at (it need not exist).
    error : ZhibiaoError, optional
        Of a failed run.
    key : str
        Of the cache.
    seconds : float
        From order to answer.
    """

    task: Task
    status: Literal["ok", "cached", "failed"]
    folder: Path
    error: ZhibiaoError | None = None
    key: str = ""
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        return self.error.exit_code if self.error is not None else 0


@dataclass(frozen=True)
class Outcome:
    """How all tasks ended; an interrupted one has only those that had ended."""

    runs: tuple[RunResult, ...]
    interrupted: bool = False

    @property
    def exit_code(self) -> int:
        if self.interrupted:
            return INTERRUPTED
        codes = {run.exit_code for run in self.runs} - {0}
        return SEVERAL_KINDS if len(codes) > 1 else next(iter(codes), 0)


def run(
    notebook: Path,
    given: Mapping[str, object],
    *,
    out: Path,
    data: Path | None = None,
    force: bool = False,
    limits: Limits | None = None,
    quiet: bool = False,
) -> RunResult:
    """Run one notebook and publish it to ``out/run/<region code>/<scenario>/<stem>``.

    Parameters
    ----------
    notebook : Path
        A file, or the stem of one of ``notebooks/``.
    given : mapping
        Parameters; the notebook's own are taken for the others.
    out : Path
        The outputs.
    data : Path, optional
        The overlay.
    force : bool
        Run even where an earlier result is still good.
    limits : Limits, optional
        In seconds.
    quiet : bool
        Print nothing.

    Returns
    -------
    RunResult
        With the error of a run that failed.

    Raises
    ------
    ParameterError
        The notebook or a parameter is wrong; nothing was started.
    OutputError
        The outputs cannot be written, or another process is writing there.
    KeyboardInterrupt
        The run was stopped; nothing of it is left.
    """
    chosen = task(find(notebook), given, batch=BATCH, data=data)
    outcome = carry_out([chosen], out=out, data=data, jobs=1, force=force, limits=limits or Limits(), show=reporter(quiet))
    if outcome.interrupted:
        raise KeyboardInterrupt
    return outcome.runs[0]


def find(notebook: Path, folder: Path = NOTEBOOKS) -> Path:
    """Return the absolute path of a notebook given by path or by its stem in `folder`.

    Raises
    ------
    ParameterError
        There is none; the nearest is named.
    """
    for path in (notebook, folder / f"{notebook.name}.ipynb", folder / notebook.name):
        if path.suffix == ".ipynb" and path.is_file():
            return path.resolve()
    known = stems(folder)
    raise ParameterError(
        f"没有笔记本 no notebook {str(notebook)!r}", where="notebook", allowed=known, nearest=closest(notebook.stem, known)
    )


def stems(folder: Path) -> list[str]:
    """Return the names of the notebooks in a folder, in reading order."""
    return sorted(path.stem for path in folder.glob("*.ipynb") if not path.name.startswith("."))


def task(notebook: Path, given: Mapping[str, object], *, batch: str, data: Path | None) -> Task:
    """Check parameters and say where the run will be published.

    Raises
    ------
    ParameterError
        From the notebook's own check.
    """
    from zhibiao.notebook import checked, heading, region_of

    complete = dict(checked(notebook, given, data))
    code, name = region_of(complete, data)
    lang = str(complete.get("lang", "zh"))
    return Task(notebook, complete, batch, code, name, str(complete.get("scenario", "baseline")), heading(notebook, lang))


def carry_out(
    tasks: Sequence[Task], *, out: Path, data: Path | None, jobs: int, force: bool, limits: Limits, show: Reporter
) -> Outcome:
    """Carry out tasks, at most `jobs` at a time; one that fails does not stop the others.

    Raises
    ------
    OutputError
        The outputs cannot be written at all, or another process is writing there.
    """
    out = out.resolve()
    around = manifest.surroundings(data)
    keys = {chosen: cache.key(chosen, around) for chosen in map(_Same, tasks)}
    done: dict[_Same, RunResult] = {}
    with locked(out), show:
        recover(out)
        todo = []
        for chosen, key in keys.items():
            folder = out / chosen.task.folder
            if not force and cache.is_good(folder, key):
                done[chosen] = _settled(RunResult(chosen.task, "cached", folder, None, key), out)
                show.ended(done[chosen], out)
            else:
                todo.append(chosen)
        interrupted = False
        if todo:
            with _stoppable(), Pool(min(jobs, len(todo)), data) as pool:
                interrupted = _carry_out(todo, keys, done, _Bench(pool, out, data, limits, around, show))
        runs = tuple(done[chosen] for chosen in keys if chosen in done)
        outcome = Outcome(runs, interrupted)
        _summarise(outcome, out)
        show.finished(outcome.runs, outcome.exit_code)
    return outcome


@dataclass(frozen=True, eq=False)
class _Same:
    """A task as a key: by identity, for its parameters cannot be hashed."""

    task: Task


@dataclass(frozen=True)
class _Bench:
    pool: Pool
    out: Path
    data: Path | None
    limits: Limits
    around: Surroundings
    show: Reporter


def _carry_out(todo: Sequence[_Same], keys: Mapping[_Same, str], done: dict[_Same, RunResult], bench: _Bench) -> bool:
    """Fill `done`; return whether it was interrupted."""
    with ThreadPoolExecutor(bench.pool.size) as threads:
        waiting: dict[Future[RunResult], _Same] = {threads.submit(_one, chosen.task, keys[chosen], bench): chosen for chosen in todo}
        pending = set(waiting)
        interrupted = False
        try:
            while pending:
                # with a limit: without one Windows does not hear Ctrl-C
                ended, pending = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED)
        except KeyboardInterrupt:
            interrupted = True
            threads.shutdown(wait=False, cancel_futures=True)
            bench.pool.stop()
        wait(waiting)
        for future, chosen in waiting.items():
            if not future.cancelled() and not isinstance(future.exception(), Interrupted):
                done[chosen] = future.result()
    return interrupted


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Hear SIGTERM and a closed terminal as Ctrl-C, once; what comes later does not disturb the clearing away."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, stop) for number in numbers if signal.getsignal(number) is not signal.SIG_IGN}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _one(chosen: Task, key: str, bench: _Bench) -> RunResult:
    """Run one task in a thread: order, answer, manifest, rename."""
    final = bench.out / chosen.folder
    begun = time.monotonic()
    bench.show.started(chosen)
    answer, error, made = Answer(), None, None
    try:
        made = fresh_beside(final)
        order = Order(str(chosen.notebook), str(made), dict(chosen.parameters), bench.limits.cell, bench.limits.start)
        answer = bench.pool.ask(order, bench.limits.run)
        error = answer.error
        if error is None:
            total = time.monotonic() - begun
            _write_manifest(made, manifest.of_run(chosen, made, answer, key=key, around=bench.around, total=total))
            put_in_place(made, final)
            remove(_failed(final))
            result = _settled(RunResult(chosen, "ok", final, None, key, total), bench.out)
            bench.show.ended(result, bench.out)
            return result
    except Interrupted:
        if made is not None:
            remove(made)
        raise
    except ZhibiaoError as fault:
        error = fault
    except OSError as fault:
        error = _unwritten(fault)
    total = time.monotonic() - begun
    _keep(made, final, manifest_of=lambda folder, said: manifest.of_run(
        chosen, folder, answer, key=key, around=bench.around, total=total, error=said
    ), error=error, hidden=[bench.out, *([bench.data] if bench.data else [])])  # fmt: skip
    result = RunResult(chosen, "failed", _failed(final), error, key, total)
    bench.show.ended(result, bench.out)
    return result
