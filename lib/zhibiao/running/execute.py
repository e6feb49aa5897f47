"""Carrying out tasks: what is still good is kept, the rest is run several at a time, nothing half-made is ever seen."""

from __future__ import annotations

import contextlib
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.tracing import EVERYTHING, Answers
from zhibiao.errors import KernelDied, OutputError, RegistryError, TimeLimit, ZhibiaoError
from zhibiao.holding import locked
from zhibiao.kernels.templates import lend
from zhibiao.running import again, cache, history, manifest
from zhibiao.running.cells import tidy
from zhibiao.running.concluding import announce, conclude, unwritten
from zhibiao.running.environment import environment
from zhibiao.running.folder import fresh_beside, put_file, put_in_place, recover, remove, write_file
from zhibiao.running.job import (
    BRIEFING,
    BRIEFING_FILES,
    Answer,
    BatchResult,
    Limits,
    Order,
    RunResult,
    Task,
    without_paths,
)
from zhibiao.running.manifest import Surroundings
from zhibiao.running.pool import Interrupted, Pool
from zhibiao.running.report import Reporter

if TYPE_CHECKING:
    from zhibiao.running.cluster import ClusterPool
    from zhibiao.running.store import Store

_BREATH = 0.5
"""Seconds before something is tried again: what was in short supply may be there by then."""


@dataclass(frozen=True)
class _Bench:
    """What all threads share."""

    pool: Pool | ClusterPool
    out: Path
    data: Path | None
    limits: Limits
    around: Surroundings
    show: Reporter
    answers: Answers
    store: Store | None


def carry_out(
    tasks: Sequence[Task], *, registry: Registry, out: Path, data: Path | None, jobs: int, force: bool, limits: Limits, show: Reporter,
    keep: history.Keep | None = None, scheduler: str | None = None, store: Store | None = None, only_failed: bool = False,
) -> BatchResult:  # fmt: skip
    """Carry out tasks, at most `jobs` at a time; one that fails does not stop the others.

    Parameters
    ----------
    tasks : sequence of Task
        Of one batch, each with a folder of its own.
    registry : Registry
        Read from `data`.
    out : Path
        The outputs.
    data : Path, optional
        The overlay.
    jobs : int
        Workers at most.
    force : bool
        Run even where an earlier result is still good.
    limits : Limits
        In seconds.
    show : Reporter
        Told of every step.
    keep : Keep, optional
        Which published states are kept in ``history``; default: none.
    scheduler : str, optional
        Of the Dask cluster that does the work; default: worker processes of this machine.
    store : Store, optional
        Where the outputs belong: `out` is then the folder in which they are made.
    only_failed : bool
        What went well last time is left alone.

    Raises
    ------
    OutputError
        The outputs cannot be written at all, or another process is writing there.
    """
    out = out.resolve()
    around = manifest.surroundings(data)
    asked = cache.asked(tasks, around)
    answers = Answers(registry)
    done: dict[int, RunResult] = {}
    with locked(out), show:
        recover(out)
        if store is not None:
            store.learn(out, {task.folder: wanted for task, wanted in zip(tasks, asked, strict=True)})
        for number, earlier in (again.went_well(tasks, out) if only_failed else {}).items():
            done[number] = RunResult(tasks[number], "kept", out / tasks[number].folder, None, earlier)
            show.ended(done[number])
        for number, (task, wanted) in enumerate(zip(tasks, asked, strict=True)):
            if number not in done and not force and (key := cache.still_good(out / task.folder, wanted, answers)):
                cached = _cached(task, key, out)
                done[number] = cached if store is None else store.published(cached, out)
                show.ended(done[number])
        todo = {number: task for number, task in enumerate(tasks) if number not in done}
        interrupted = False
        if todo:
            with _stoppable(), _pool(min(jobs, len(todo)), data, around, scheduler) as pool:
                announce(tuple(done.values()), {task.batch for task in todo.values()}, out, around)
                interrupted = _spread(todo, asked, done, _Bench(pool, out, data, limits, around, show, answers, store))
        runs = tuple(done[number] for number in sorted(done))
        moved = _moved(runs, around, data, out)
        fault = conclude(runs, not interrupted, out, around) or moved or history.after(runs, None if interrupted else keep, out)
        if store is not None:
            fault = fault or store.put_rest(out, {run.task.batch for run in runs})
        outcome = BatchResult(runs, interrupted, fault)
        show.finished(outcome)
    return outcome


def _moved(runs: Sequence[RunResult], around: Surroundings, data: Path | None, out: Path) -> OutputError | None:
    """See whether something that every run depends on was changed meanwhile: what was made may be of before or after, and is made again."""
    made = [run for run in runs if run.status == "ok"]
    try:
        if not made or cache.shared(manifest.surroundings(data)) == cache.shared(around):
            return None
        for run in made:
            if (listed := manifest.read(run.folder)) is not None:
                write_file(run.folder / manifest.NAME, manifest.text({**listed, "asked": ""}))
    except (RegistryError, OSError):  # the next run will say what is wrong
        pass
    return OutputError("运行期间登记库或程序有改动，请再执行一次 the registry or the program was changed meanwhile: run it again", where=str(out))


@contextlib.contextmanager
def _pool(size: int, data: Path | None, around: Surroundings, scheduler: str | None) -> Iterator[Pool | ClusterPool]:
    """Hold the workers: of this machine with a template that they share, or of a cluster."""
    if scheduler is not None:
        from zhibiao.running.cluster import ClusterPool

        with ClusterPool(scheduler, size, data, around) as cluster:
            yield cluster
        return
    with lend(environment(Path(tempfile.gettempdir()), data)) as more, Pool(size, data, more) as pool:
        yield pool


def _spread(todo: Mapping[int, Task], asked: Sequence[str], done: dict[int, RunResult], bench: _Bench) -> bool:
    """Run tasks in as many threads as there are workers, fill `done`, and return whether that was interrupted."""

    def one(number: int) -> None:
        with bench.pool.turn():
            done[number] = _one(todo[number], asked[number], bench)

    interrupted = False
    futures: list[Future[None]] = []
    with ThreadPoolExecutor(bench.pool.size) as threads:
        try:
            futures.extend(threads.submit(one, number) for number in todo)
            pending = set(futures)
            while pending:
                # with a limit: without one Windows does not hear Ctrl-C
                pending = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED).not_done
        except KeyboardInterrupt:
            interrupted = True
            threads.shutdown(wait=False, cancel_futures=True)
            bench.pool.stop()
    for future in futures:
        if not future.cancelled() and not isinstance(future.exception(), Interrupted):
            future.result()
    return interrupted


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Hear SIGTERM and a closed terminal as Ctrl-C, once: what comes later does not disturb the clearing away."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears signals
        return
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    heard = {number: handler for number, handler in before.items() if handler not in (signal.SIG_IGN, None)}

    def stop(*_: object) -> None:
        for number in heard:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in heard:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in heard.items():
            signal.signal(number, handler)


def _one(task: Task, asked: str, bench: _Bench) -> RunResult:
    """Run one task: order, answer, manifest, rename; or keep what a failed one left."""
    final = bench.out / task.folder
    begun = time.monotonic()
    bench.show.started(task)
    made: Path | None = None
    answer, key = Answer(), asked
    try:
        made = fresh_beside(final)
        answer = _ask(task, made, bench)
        if answer.error is not None:
            raise answer.error
        if not answer.reads:  # it did not use the registry as this package offers it
            answer = replace(answer, reads={EVERYTHING: bench.answers.digest(EVERYTHING)})
        key = cache.key(asked, answer.reads)
        total = time.monotonic() - begun
        listed = manifest.of_run(task, made, answer, asked=asked, key=key, around=bench.around, total=total)
        write_file(made / manifest.NAME, manifest.text(listed))
        put_in_place(made, final)
        remove(_failed(final))
        _copy_briefing(task, bench.out)
        result = RunResult(task, "ok", final, None, key, total)
    except Interrupted:
        if made is not None:
            remove(made)
        raise
    except Exception as fault:  # whatever it is, the other runs go on
        error = _told(fault)
        total = time.monotonic() - begun
        if made is not None:
            _keep(task, made, asked, answer, error, total, bench)
        result = RunResult(task, "failed", _failed(final), error, key, total)
    if bench.store is not None:
        result = bench.store.published(result, bench.out)
    bench.show.ended(result)
    return result


def _told(fault: Exception) -> ZhibiaoError:
    if isinstance(fault, ZhibiaoError):
        return fault
    if isinstance(fault, OSError):
        return unwritten(fault)
    return ZhibiaoError(f"程序错误 a fault of the program: {type(fault).__name__}: {fault}")


def _ask(task: Task, made: Path, bench: _Bench) -> Answer:
    """Have the pool run a task; what may pass is tried again."""
    attempts, before = 1, ""
    while True:
        answer = _once(task, made, bench)
        if not answer.passing or attempts > bench.limits.retries:
            break
        time.sleep(_BREATH)
        _empty(made)
        attempts, before = attempts + 1, answer.what.split("\n", 1)[0]
    retried = (f"前次未成，已重试 an earlier try failed: {before}",) if before and not answer.kind else ()
    return replace(answer, attempts=attempts, warnings=(*answer.warnings, *retried))


def _once(task: Task, made: Path, bench: _Bench) -> Answer:
    """Have the pool run a task; where the worker was lost, tidy what it left."""
    limits = bench.limits
    order = Order(
        str(task.notebook), str(made), dict(task.parameters), limits.cell, limits.start, task.documents, limits.memory or 0
    )
    try:
        answer = bench.pool.ask(order, limits.run)
    except (TimeLimit, KernelDied) as lost:
        answer = Answer(type(lost).__name__, lost.what, lost.where or task.notebook.name, passing=lost.passing)
    if answer.kind:
        tidy(made / task.notebook.name)
    return answer


def _empty(made: Path, but: str = "") -> None:
    for left in made.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        elif left.name != but:
            left.unlink()


def _keep(task: Task, made: Path, asked: str, answer: Answer, error: ZhibiaoError, total: float, bench: _Bench) -> None:
    """Publish what a failed run left beside the last good folder: the notebook up to the error, the message, the manifest."""
    final = bench.out / task.folder
    said = without_paths(str(error), [bench.out, *([bench.data] if bench.data else [])])
    try:
        _empty(made, task.notebook.name)
        write_file(made / "error.txt", said + "\n")
        listed = manifest.of_run(task, made, answer, asked=asked, key=asked, around=bench.around, total=total, error=said)
        write_file(made / manifest.NAME, manifest.text(listed))
        put_in_place(made, _failed(final))
    except OSError:  # a full disk takes not even this; the error is told all the same
        remove(made)


def _failed(final: Path) -> Path:
    return final.with_name(final.name + ".failed")


def _cached(task: Task, key: str, out: Path) -> RunResult:
    try:
        remove(_failed(out / task.folder))  # of other cells or figures than these
        _copy_briefing(task, out)
    except OSError as fault:
        return RunResult(task, "failed", out / task.folder, unwritten(fault), key)
    return RunResult(task, "cached", out / task.folder, None, key)


def _copy_briefing(task: Task, out: Path) -> None:
    """Publish the briefing's documents under their promised paths as well."""
    if task.stem != BRIEFING:
        return
    for document, ending in BRIEFING_FILES.items():
        source, copy = out / task.folder / f"{BRIEFING}{ending}", out / task.folder.parent / f"briefing{ending}"
        if document not in task.documents:
            copy.unlink(missing_ok=True)  # of an earlier run
        elif not copy.is_file() or manifest.sha256(copy) != manifest.sha256(source):
            put_file(source, copy)
