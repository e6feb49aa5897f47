"""A Dask cluster in the place of the local workers: the same orders, the same answers, the same files."""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from zhibiao.errors import KernelDied, OutputError, ParameterError, TimeLimit
from zhibiao.running.job import Answer, Order, without_paths
from zhibiao.running.manifest import Surroundings
from zhibiao.running.parcel import Differs, Made, Parcel, code_of, differences, pack_overlay, unpack
from zhibiao.running.pool import Interrupted

if TYPE_CHECKING:
    from distributed import Client, Future

MOST = 512
"""Orders in work at once at most; how many really are, the cluster's threads say."""

LOSSES = 3
"""An order that lost its worker so often is given up: it may be what kills them."""

MARGIN = 60.0
"""Seconds that a worker may take beyond a run's limit, which it enforces itself, before the runner gives the order up."""

PATIENCE = 120.0
"""Seconds to wait for a scheduler that is gone, or for a first worker where there is none."""

_CONNECT = 10.0
"""Seconds until a scheduler that does not answer is taken for absent."""

_BEAT = 0.5

_DEAF = "import signal\nsignal.signal(signal.SIGINT, lambda *_: None)"
"""For the processes of a cluster on this machine: Ctrl-C at the terminal is for the runner, which ends them itself."""

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
class _Session:
    """One connection to a scheduler; when it is lost another takes its place."""

    client: Client
    topic: str
    overlay: Future[bytes] | None
    refused: dict[str, list[str]] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    broken: bool = False


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
        self.overlay_name = _digest(self.overlay)
        self._attempts: dict[int, _Attempts] = {}
        self._gate = threading.Condition()
        self._taken = 0
        self._stopped = False
        self._given_up = ""
        self._session: _Session | None = None
        self._held = contextlib.ExitStack()
        self._watcher = threading.Thread(target=self._watch, name="zhibiao-cluster", daemon=True)

    def __enter__(self) -> Self:
        """Connect, and compare the code of every worker.

        Raises
        ------
        ParameterError
            There is no scheduler, or a worker has other code: nothing was started.
        """
        with contextlib.ExitStack() as held:
            held.enter_context(_quiet())
            self._address = self.scheduler if self.local is None else held.enter_context(_cluster(self.size))
            held.callback(self._close)
            self._session = session = self._connected(PATIENCE)
            if session.refused:
                said = "\n".join(f"{worker}: {_short(what)}" for worker, what in sorted(session.refused.items()))
                raise ParameterError(
                    f"集群上的软件与本机不同，什么都没有开始 the cluster has other code than this machine; nothing was started\n{said}",
                    where="--scheduler",
                )
            self._watcher.start()
            self._held = held.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._held.close()

    def stop(self) -> None:
        """Take back what has not begun, end what runs; returns when the workers have ended it."""
        self._end()

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until the cluster has a thread for another order.

        Raises
        ------
        Interrupted
            The pool was stopped meanwhile.
        """
        with self._gate:
            self._gate.wait_for(lambda: self._stopped or self._given_up or self._taken < self._places())
            if self._stopped:
                raise Interrupted
            self._taken += 1
        try:
            yield
        finally:
            with self._gate:
                self._taken -= 1
                self._gate.notify()

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
            session = self._current()
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
        kind, what = made.lost or ("KernelDied", "")
        raise _LOST[kind](what, where=notebook.name)

    def _enlist(self) -> tuple[int, _Attempts]:
        with self._gate:
            number = len(self._attempts)
            self._attempts[number] = attempts = _Attempts()
        return number, attempts

    def _try(self, session: _Session, parcel: Parcel, attempts: _Attempts) -> Made | None:
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

    def _submitted(self, session: _Session, parcel: Parcel) -> Future[Made] | None:
        from zhibiao.running import station

        key = f"zhibiao-{session.topic}-{parcel.number}-{uuid.uuid4().hex[:6]}"
        allowed = (
            [address for address in session.threads if address not in session.refused] if session.refused else None
        )
        try:
            return session.client.submit(
                station.perform, parcel, session.overlay, key=key, pure=False, retries=0, workers=allowed
            )
        except Exception:  # Dask has many ways to say that a connection is gone
            self._breaks(session)
            return None

    def _wait(self, future: Future[Made], session: _Session, parcel: Parcel, attempts: _Attempts) -> None:
        ended = threading.Event()
        future.add_done_callback(lambda _: ended.set())
        while not ended.wait(_BEAT) and not future.done():
            if self._stopped or session.broken:
                return
            late = attempts.since is not None and time.monotonic() > attempts.since + parcel.limit + MARGIN
            if late or attempts.too_many():
                future.cancel(force=True)
            if late:
                raise TimeLimit(
                    f"集群节点超过一次运行的时限没有答复 its worker did not answer within {parcel.limit:g} s",
                    where=parcel.order.notebook,
                )

    def _result(self, future: Future[Made], session: _Session, attempts: _Attempts) -> Made | None:
        """Return what an order made; None, and the loss counted, where it is to be tried again."""
        from distributed.scheduler import KilledWorker

        if self._stopped:
            raise Interrupted
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
                self._breaks(session)
        except Exception as fault:  # a slip of the program there must not stop the batch here
            said = (
                f"集群节点上程序错误 a fault of the program on a worker: {type(fault).__name__}: {_first_line(fault)}"
            )
            raise KernelDied(without_paths(said)) from fault
        if self._stopped:
            raise Interrupted
        return None

    def _current(self) -> _Session:
        with self._gate:
            self._gate.wait_for(
                lambda: self._stopped or self._given_up or (self._session is not None and not self._session.broken)
            )
            if self._stopped:
                raise Interrupted
            if self._given_up:
                raise KernelDied(self._given_up)
            assert self._session is not None
            return self._session

    def _breaks(self, session: _Session) -> None:
        with self._gate:
            session.broken = True
            self._gate.notify_all()

    def _places(self) -> int:
        if self._session is None:
            return 0
        return sum(count for address, count in self._session.threads.items() if address not in self._session.refused)

    def _watch(self) -> None:
        """Keep the number of threads up to date, and the connection alive."""
        alone: float | None = None
        while not self._stopped and not self._given_up:
            session = self._session
            assert session is not None
            if session.broken or not self._counted(session):
                self._renew(session)
                continue
            alone = None if self._places() else alone or time.monotonic()
            if alone is not None and time.monotonic() > alone + PATIENCE:
                self._give_up(f"集群 {PATIENCE:g} 秒没有可用节点 the cluster had no worker for {PATIENCE:g} s")
            time.sleep(_BEAT)

    def _counted(self, session: _Session) -> bool:
        client: Any = session.client
        try:
            if client.status != "running":
                return False
            threads = client.sync(client.scheduler.ncores, callback_timeout=_CONNECT)
        except Exception:  # Dask has many ways to say that a connection is gone
            return False
        with self._gate:
            session.threads = dict(threads)
            self._gate.notify_all()
        return True

    def _renew(self, old: _Session) -> None:
        self._breaks(old)
        _drop(old)
        until = time.monotonic() + PATIENCE
        while not self._stopped:
            try:
                new = self._connected(max(_BEAT, until - time.monotonic()))
            except ParameterError:
                if time.monotonic() > until:
                    self._give_up(f"集群失联 {PATIENCE:g} 秒 the cluster did not come back within {PATIENCE:g} s")
                    return
                time.sleep(_BEAT)
                continue
            with self._gate:
                self._session = new
                self._gate.notify_all()
            return

    def _give_up(self, why: str) -> None:
        with self._gate:
            self._given_up = (
                f"{why}；再次执行同一命令，已完成的不会重做 run the same command again: what is done is not done twice"
            )
            self._gate.notify_all()

    def _connected(self, patience: float) -> _Session:
        """Connect, wait for a first worker, and compare the code of all.

        Raises
        ------
        ParameterError
            That is not possible.
        """
        import dask
        from distributed import Client

        from zhibiao.running import station

        said = "连不上调度器 no scheduler answers"
        with contextlib.ExitStack() as failing:
            try:
                client = Client(self._address, timeout=min(_CONNECT, patience), set_as_default=False)
                failing.callback(_close, client)
                said = "调度器没有可用的节点 the scheduler has no worker that answers"
                client.wait_for_workers(1, timeout=patience)
                topic = uuid.uuid4().hex[:12]
                client.subscribe_topic(topic, self._hear)
                overlay = None
                if self.overlay:
                    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
                        key = f"zhibiao-{topic}-data"
                        overlay = client.submit(station.overlay_of, self.overlay, key=key, pure=False)
                session = _Session(client, topic, overlay)
                self._compare(session)
            except Exception as error:  # no scheduler, no worker, no certificate: Dask has many ways to say so
                raise ParameterError(f"{said} ({self._address}): {_first_line(error)}", where="--scheduler") from error
            failing.pop_all()
        return session

    def _compare(self, session: _Session) -> None:
        """Refuse the workers whose code is not the runner's, and count the threads of the others."""
        from zhibiao.running import station

        found: Mapping[str, Any] = _everywhere(session.client, station.fingerprint)
        for address, theirs in found.items():
            what = [_first_line(theirs)] if isinstance(theirs, BaseException) else differences(self.code, theirs)
            if what:
                session.refused[address] = what
        if not self._counted(session):
            raise ConnectionError

    def _hear(self, event: tuple[float, Mapping[str, Any]]) -> None:
        said = event[1]
        attempts = self._attempts.get(said["number"])
        if attempts is not None:
            attempts.began.append(said["worker"])
            attempts.since = time.monotonic()

    def _end(self) -> None:
        with self._gate:
            self._stopped = True
            self._gate.notify_all()

    def _close(self) -> None:
        """Part from the cluster: with the connection Dask drops our orders, and the workers end what they ran of them."""
        self._end()
        if self._watcher.is_alive():
            self._watcher.join(_CONNECT)
        if self._session is not None:
            _drop(self._session, dismissing=True)


def _drop(session: _Session, dismissing: bool = False) -> None:
    from zhibiao.running import station

    if dismissing and not session.broken and session.client.status == "running":
        with contextlib.suppress(Exception):  # a worker that has just gone has nothing to dismiss
            _everywhere(session.client, station.dismiss, session.topic)
    _close(session.client)


def _everywhere(client: Any, function: Callable[..., Any], *given: Any) -> dict[str, Any]:
    """Have every worker call a function; what it raises there is its answer. `Client.run` itself would wait for a frozen worker for ever."""
    found: dict[str, Any] = client.sync(client._run, function, *given, on_error="return", callback_timeout=_CONNECT)
    return found


def _close(client: Client) -> None:
    with contextlib.suppress(Exception):  # a connection that is gone cannot be closed properly
        client.close(timeout=_BEAT)


@contextlib.contextmanager
def _cluster(workers: int) -> Iterator[str]:
    """Hold a cluster on this machine, reached by nobody else."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", memory_limit=0, preload=[_DEAF],
        dashboard_address=None, worker_dashboard_address=None, silence_logs=logging.CRITICAL,
    ) as cluster:  # fmt: skip
        yield cluster.scheduler_address


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's log off the terminal: what matters of it becomes an error of a run."""
    import distributed  # noqa: F401 - sets up its loggers

    loggers = [
        logging.getLogger(name)
        for name in (
            "distributed",
            "distributed.client",
            "distributed.nanny",
            "tornado",
            "tornado.application",
            "asyncio",
        )
    ]
    before = [(logger, logger.handlers[:], logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.handlers, logger.propagate = [logging.NullHandler()], False
    try:
        yield
    finally:
        for logger, handlers, propagates in before:
            logger.handlers, logger.propagate = handlers, propagates


def _digest(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest() if content else ""


def _short(what: list[str]) -> str:
    return "，".join(what[:6]) + (f" … 共 {len(what)} 处 in all" if len(what) > 6 else "")


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).split("\n", 1)[0]
