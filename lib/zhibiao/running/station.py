"""The side of a Dask worker: a pool and a kernel template of its own, which carry out the orders that Dask brings.

Imported by Dask workers and, inside functions, by `zhibiao.running.cluster`; nothing else needs Dask.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dask.typing import Key
from distributed import Worker, WorkerPlugin, get_worker

from zhibiao.errors import KernelDied, OutputError, TimeLimit
from zhibiao.kernels.templates import lend
from zhibiao.running import manifest
from zhibiao.running.environment import environment
from zhibiao.running.job import without_paths
from zhibiao.running.parcel import KEYS, Differs, Made, Parcel, code_of, differences, pack, unpack
from zhibiao.running.pool import Interrupted, Pool

NAME = "zhibiao"
"""Of the plugin in a Dask worker; there is one, whatever batches use it."""

IDLE = 60.0
"""Seconds without an order after which template and processes go: a runner that was killed cannot dismiss them."""

FAREWELL = 6.0
"""Seconds that the end of a batch waits for its processes here to be gone."""

_making = threading.Lock()


@dataclass
class _Bench:
    """What orders with the same overlay share: the overlay unpacked, a template, pools of one that wait for the next order."""

    folder: Path
    data: Path | None
    held: contextlib.ExitStack
    more: Mapping[str, str]
    idle: list[Pool] = field(default_factory=list)
    busy: int = 0
    topics: set[str] = field(default_factory=set)
    used: float = field(default_factory=time.monotonic)
    gone: threading.Event = field(default_factory=threading.Event)

    def close(self) -> None:
        for pool in self.idle:
            pool.__exit__()
        self.held.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.gone.set()


class Station(WorkerPlugin):
    """Everything of ours in one Dask worker.

    Dask tells it when an order is taken back (the batch is stopped, its runner has died): the order's processes are ended then. A
    pool holds one worker process, so that one order can be ended without the others.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.benches: dict[str, _Bench] = {}
        self.running: dict[Key, Pool] = {}
        self.taken_back: set[Key] = set()
        self.same: set[int] = set()
        self.lock = threading.Lock()
        self.closed = threading.Event()

    def setup(self, worker: Worker) -> None:
        # which overlay an order has is for the runner to say
        os.environ.pop("ZHIBIAO_DATA", None)
        threading.Thread(target=self._watch, name="zhibiao-idle", daemon=True).start()

    def teardown(self, worker: Worker) -> None:
        """End everything: the worker closes."""
        self.closed.set()
        with self.lock:
            pools = list(self.running.values())
        for pool in pools:
            pool.stop()
        self.rest(0.0)

    def transition(self, key: Key, start: str, finish: str, **_: Any) -> None:
        """Hear that Dask takes an order back; called by Dask between two steps of its own, so nothing here may wait."""
        if start not in ("executing", "long-running") or finish not in ("released", "cancelled"):
            return
        if pool := self.running.get(key):
            threading.Thread(target=pool.stop, daemon=True).start()
        elif str(key).startswith(KEYS):
            self.taken_back.add(key)  # before it has begun

    def check(self, parcel: Parcel, address: str) -> None:
        """Refuse an order whose runner has other code.

        Raises
        ------
        Differs
            What differs, and where.
        """
        wanted = hash(tuple(sorted(parcel.code.items())))
        if wanted not in self.same:
            if different := differences(parcel.code, fingerprint()):
                raise Differs(address, different)
            self.same.add(wanted)

    def carry_out(self, parcel: Parcel, overlay: bytes | None, key: Key) -> Made:
        """Run an order as the runner would, and return what it made.

        Raises
        ------
        Interrupted
            It was taken back, or the Dask worker closes.
        """
        bench, pool = self._take(parcel, overlay, key)
        made = None
        try:
            place = Path(tempfile.mkdtemp(prefix="run-", dir=self.folder)).resolve()
            try:
                made = _made(parcel, place, pool)
            finally:
                shutil.rmtree(place, ignore_errors=True)
        finally:
            with self.lock:
                self.running.pop(key, None)
                bench.busy -= 1
                bench.used = time.monotonic()
                if made is not None:  # else the pool was stopped
                    bench.idle.append(pool)
            if not bench.topics:
                self.rest()
        return _speaking_of_nothing_here(made, [place, bench.folder, self.folder])

    def _take(self, parcel: Parcel, overlay: bytes | None, key: Key) -> tuple[_Bench, Pool]:
        with self.lock:
            if self.closed.is_set() or key in self.taken_back:
                self.taken_back.discard(key)
                raise Interrupted
            bench = self.benches.get(parcel.overlay) or self._bench(parcel.overlay, overlay)
            bench.busy += 1
            bench.topics.add(parcel.topic)
            pool = bench.idle.pop() if bench.idle else Pool(1, bench.data, bench.more)
            self.running[key] = pool
        return bench, pool

    def _bench(self, name: str, overlay: bytes | None) -> _Bench:
        folder = Path(tempfile.mkdtemp(prefix="bench-", dir=self.folder)).resolve()
        data = None
        if overlay is not None:
            data = folder / "data"
            data.mkdir()
            unpack(overlay, data)
        held = contextlib.ExitStack()
        more = held.enter_context(lend(environment(Path(tempfile.gettempdir()), data)))
        self.benches[name] = bench = _Bench(folder, data, held, more)
        return bench

    def dismiss(self, topic: str) -> None:
        """Hear that a batch is over: what no other batch uses goes, now or with its last order; wait a little until it has gone."""
        with self.lock:
            left = [bench for bench in self.benches.values() if bench.topics == {topic}]
            for bench in self.benches.values():
                bench.topics.discard(topic)
        self.rest()
        until = time.monotonic() + FAREWELL
        for bench in left:
            bench.gone.wait(max(0.0, until - time.monotonic()))

    def rest(self, idle: float | None = None) -> None:
        """End what no batch uses any more, and what has had no order for so many seconds."""
        with self.lock:
            now = time.monotonic()
            over = [
                name for name, bench in self.benches.items()
                if not bench.busy and (not bench.topics or now - bench.used >= (IDLE if idle is None else idle))
            ]  # fmt: skip
            gone = [self.benches.pop(name) for name in over]
        for bench in gone:
            bench.close()

    def _watch(self) -> None:
        while not self.closed.wait(5.0):
            self.rest()


def _made(parcel: Parcel, place: Path, pool: Pool) -> Made:
    desk, folder = place / "notebooks", place / "made"
    try:
        for each in (desk, folder):
            each.mkdir()
        notebook = desk / parcel.order.notebook
        notebook.write_bytes(parcel.notebook)
        answer = pool.ask(replace(parcel.order, notebook=str(notebook), folder=str(folder)), parcel.limit)
        return Made(_packed(folder, place), answer)
    except (TimeLimit, KernelDied) as lost:
        return Made(_packed(folder, place), lost=(type(lost).__name__, lost.what, lost.passing))
    except OutputError as full:
        return Made(pack(folder, ()), lost=("OutputError", full.what, full.passing))


def _packed(folder: Path, place: Path) -> bytes:
    for notebook in folder.glob("*.ipynb"):  # a cell may have printed where it is: here that is no place anybody knows
        text = notebook.read_bytes().decode("utf-8", "surrogateescape")  # a killed worker may leave half a character
        if (hidden := without_paths(text, [place])) != text:
            notebook.write_bytes(hidden.encode("utf-8", "surrogateescape"))
    return pack(folder)


def _unwritten(error: OSError) -> Made:
    said = f"集群节点无法写出 a worker of the cluster cannot write: {error.strerror or error}"
    return Made(pack(Path(), ()), lost=("OutputError", said, False))


def _speaking_of_nothing_here(made: Made, folders: list[Path]) -> Made:
    """Return it with messages that name no folder of this machine."""
    if made.answer is not None:
        return replace(made, answer=replace(made.answer, what=without_paths(made.answer.what, folders)))
    kind, what, passing = made.lost or ("", "", False)
    return replace(made, lost=(kind, without_paths(what, folders), passing))


def fingerprint() -> dict[str, str]:
    """Return the fingerprint of this worker's code."""
    os.environ.pop("ZHIBIAO_DATA", None)
    return code_of(manifest.surroundings(None))


def perform(parcel: Parcel, overlay: bytes | None) -> Made:
    """Carry out an order: the task that Dask runs."""
    worker = get_worker()
    station = _station(worker)
    station.check(parcel, worker.address)
    worker.log_event(parcel.topic, {"number": parcel.number, "worker": worker.address})
    try:
        return station.carry_out(parcel, overlay, worker.get_current_task())
    except OSError as error:  # not to be taken for a connection that failed
        return _unwritten(error)


def overlay_of(content: bytes) -> bytes:
    """Return the overlay: a task of its own, so that Dask brings it once to a worker and can make it again where one is lost."""
    return content


def _station(worker: Worker) -> Station:
    with _making:
        found = worker.plugins.get(NAME)
        if isinstance(found, Station):
            return found
        made = Station(Path(worker.local_directory))
        loop: Any = worker.loop
        asyncio.run_coroutine_threadsafe(worker.plugin_add(made, NAME), loop.asyncio_loop).result(30)
        return made


async def dismiss(topic: str, dask_worker: Worker) -> None:
    """End what only this batch used here: it is over."""
    found = dask_worker.plugins.get(NAME)
    if isinstance(found, Station):
        await asyncio.to_thread(found.dismiss, topic)
