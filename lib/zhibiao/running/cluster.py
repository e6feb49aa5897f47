"""A Dask cluster in the place of the local workers: the same orders, the same answers, the same files."""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
import time
from collections.abc import Mapping
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from zhibiao.errors import KernelDied, OutputError, ParameterError, TimeLimit
from zhibiao.running.connection import BEAT, Connection, cluster_here, first_line, quiet
from zhibiao.running.job import Answer, Order, without_paths
from zhibiao.running.manifest import Surroundings
from zhibiao.running.parcel import Differs, Made, Parcel, code_of, pack_overlay, unpack
from zhibiao.running.pool import Interrupted
from zhibiao.running.reconnecting import Reconnecting

if TYPE_CHECKING:
    from distributed import Future

MOST = 512
"""Orders in work at once at most; how many really are, the cluster's threads say."""

LOSSES = 3
"""An order that lost its worker so often is given up: it may be what kills them."""

MARGIN = 60.0
"""Seconds that a worker may take beyond a run's limit, which it enforces itself, before the runner gives the order up."""

_LOST: dict[str, type[KernelDied | TimeLimit | OutputError]] = {
    kind.__name__: kind for kind in (KernelDied, TimeLimit, OutputError)
}


def parse(scheduler: str) -> int | None:
    """Return how many workers a cluster on this machine is to have (0: as many as runs at a time), None for an address.

    Raises
    ------
    ParameterError
        It is neither.

    >>> parse("local:3"), parse("local"), parse("tcp://10.0.0.5:8786")
    (3, 0, None)
    """
    if match := re.fullmatch(r"local(?::([1-9]\d{0,2}))?", scheduler):
        return int(match[1] or 0)
    if re.fullmatch(r"(tcp|tls|ws|wss)://[^\s/@]+:\d+", scheduler):
        return None
    raise ParameterError(
        f"不是调度器地址 not the address of a scheduler: {scheduler!r}",
        where="--scheduler", allowed=["tcp://主机 host:8786", "tls://…", "local", "local:4"],
    )  # fmt: skip


@dataclass
class _Attempts:
    """What is known of one order: where it began, how often that worker was lost."""

    began: list[str] = field(default_factory=list)
    since: float | None = None
    losses: int = 0
    excused: int = 0

    def too_many(self) -> bool:
        return self.losses >= LOSSES or len(self.began) - self.excused > LOSSES


class ClusterPool:
    """Offers what `zhibiao.running.pool.Pool` offers, on the workers of a Dask cluster.

    Parameters
    ----------
    scheduler : str
        As `parse` reads it.
    most : int
        Orders at once at most, and workers of a cluster on this machine.
    data : Path, optional
        The overlay.
    around : Surroundings
        What the runner's code and figures are; every worker's code must be the same.
    """

    def __init__(self, scheduler: str, most: int, data: Path | None, around: Surroundings) -> None:
        self.local = parse(scheduler)
        self.scheduler, self.size = scheduler, self.local or most
        self.code = code_of(around)
        self.overlay = pack_overlay(data, around)
        self.overlay_name = hashlib.sha256(self.overlay).hexdigest() if self.overlay else ""
        self._attempts: dict[int, _Attempts] = {}
        self._lock = threading.Lock()
        self._held = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Connect, and compare the code of every worker.

        Raises
        ------
        ParameterError
            There is no scheduler, or a worker has other code: nothing was started.
        """
        with contextlib.ExitStack() as held:
            held.enter_context(quiet())
            address = self.scheduler if self.local is None else held.enter_context(cluster_here(self.size))
            connect = partial(Connection.to, address, code=self.code, overlay=self.overlay, hear=self._hear)
            self._line = held.enter_context(Reconnecting(connect))
            if refused := self._line.current().refused:
                said = "\n".join(f"{worker}: {_short(what)}" for worker, what in sorted(refused.items()))
                raise ParameterError(
                    f"集群上的软件与本机不同，什么都没有开始 the cluster has other code than this machine; nothing was started\n{said}",
                    where="--scheduler",
                )
            self._held = held.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def stop(self) -> None:
        """Take back what has not begun, and have the workers end what runs; they have when the pool is left."""
        self._line.stop()

    def turn(self) -> AbstractContextManager[None]:
        """Wait until the cluster has a thread for another order.

        Raises
        ------
        Interrupted
            The pool was stopped meanwhile.
        """
        return self._line.turn()

    def ask(self, order: Order, limit: float) -> Answer:
        """Have some worker carry out an order and unpack what it made into the order's folder.

        Raises
        ------
        TimeLimit
            The worker's limit, or the runner's own, a minute later.
        KernelDied
            The kernel or its worker died, or the order lost its Dask worker `LOSSES` times, or the cluster is gone.
        OutputError
            The worker or this machine cannot write.
        Interrupted
            The pool was stopped meanwhile.
        """
        number, attempts = self._enlist()
        notebook = Path(order.notebook)
        content = notebook.read_bytes()
        here = replace(order, notebook=notebook.name, folder="")
        while True:
            session = self._line.current()
            parcel = Parcel(number, session.topic, here, content, limit, self.overlay_name, self.code)
            made = self._try(session, parcel, attempts)
            if made is not None:
                break
            if attempts.too_many():
                said = f"执行它的集群节点 {LOSSES} 次失联，不再重试 its worker of the cluster was lost {LOSSES} times"
                raise KernelDied(said, where=notebook.name)
        unpack(made.files, Path(order.folder))
        if made.answer is not None:
            return made.answer
        kind, what, passing = made.lost or ("KernelDied", "", True)
        lost = _LOST[kind](what, where=notebook.name)
        lost.passing = passing
        raise lost

    def _enlist(self) -> tuple[int, _Attempts]:
        with self._lock:
            number = len(self._attempts)
            self._attempts[number] = attempts = _Attempts()
        return number, attempts

    def _try(self, session: Connection, parcel: Parcel, attempts: _Attempts) -> Made | None:
        """Submit once and wait; None where the order is to be submitted again."""
        attempts.since = None
        future = self._submitted(session, parcel)
        if future is None:
            return None
        try:
            self._wait(future, session, parcel, attempts)
            return self._result(future, session, attempts)
        finally:
            with contextlib.suppress(Exception):  # of a client that is closed
                future.release()

    def _submitted(self, session: Connection, parcel: Parcel) -> Future[Made] | None:
        try:
            return session.submit(parcel)
        except Exception:  # Dask has many ways to say that a connection is gone
            self._line.breaks(session)
            return None

    def _wait(self, future: Future[Made], session: Connection, parcel: Parcel, attempts: _Attempts) -> None:
        ended = threading.Event()
        future.add_done_callback(lambda _: ended.set())
        while not ended.wait(BEAT) and not future.done():
            if self._line.stopped or session.broken:
                return
            late = attempts.since is not None and time.monotonic() > attempts.since + parcel.limit + MARGIN
            if late or attempts.too_many():
                future.cancel(force=True)
            if late:
                raise TimeLimit(
                    f"集群节点超过一次运行的时限没有答复 its worker did not answer within {parcel.limit:g} s",
                    where=parcel.order.notebook,
                )

    def _result(self, future: Future[Made], session: Connection, attempts: _Attempts) -> Made | None:
        """Return what an order made; None, and the loss counted, where it is to be tried again."""
        from distributed.scheduler import KilledWorker

        if self._line.stopped:
            raise Interrupted
        if session.broken and not future.done():
            attempts.excused = len(attempts.began)
            return None
        try:
            made: Made = future.result(timeout=MARGIN)
            return made
        except Differs as other:
            session.refused[other.args[0]] = other.args[1]
        except (KilledWorker, Interrupted):
            attempts.losses = max(attempts.losses + 1, len(attempts.began) - attempts.excused)
        except (CancelledError, OSError, TimeoutError):
            if not attempts.too_many():
                attempts.excused = len(attempts.began)
                self._line.breaks(session)
        except Exception as fault:  # a slip of the program there must not stop the batch here
            said = f"集群节点上程序错误 a fault of the program on a worker: {type(fault).__name__}: {first_line(fault)}"
            raise KernelDied(without_paths(said)) from fault
        if self._line.stopped:
            raise Interrupted
        return None

    def _hear(self, event: tuple[float, Mapping[str, Any]]) -> None:
        said = event[1]
        attempts = self._attempts.get(said["number"])
        if attempts is not None:
            attempts.began.append(said["worker"])
            attempts.since = time.monotonic()


def _short(what: list[str]) -> str:
    return "，".join(what[:6]) + (f" … 共 {len(what)} 处 in all" if len(what) > 6 else "")
