"""A connection to a Dask scheduler: made, compared, counted, parted from; and a cluster on this machine."""

from __future__ import annotations

import contextlib
import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from zhibiao.errors import ParameterError
from zhibiao.running.parcel import KEYS, Made, Parcel, differences

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT = 10.0
"""Seconds until a scheduler, or a worker, that does not answer is taken for absent."""

BEAT = 0.5
"""Seconds between two looks at what a cluster is doing."""

_LOGGERS = ("distributed", "distributed.client", "distributed.nanny", "tornado", "tornado.application", "asyncio")

_DEAF = "import signal\nsignal.signal(signal.SIGINT, lambda *_: None)"
"""For the processes of a cluster on this machine: Ctrl-C at the terminal is for the runner, which ends them itself."""


@dataclass
class Connection:
    """One connection to a scheduler; when it is lost another takes its place.

    Attributes
    ----------
    client : distributed.Client
        Ours alone.
    topic : str
        Under which workers say that they begin an order.
    overlay : distributed.Future, optional
        The overlay's content: Dask keeps it as long as the connection lives.
    refused : mapping of str to list of str
        Workers with other code, and what differs.
    threads : mapping of str to int
        Of every worker, when it was last looked at.
    broken : bool
        Nothing can be had of it any more.
    """

    client: Client
    topic: str
    overlay: Future[bytes] | None
    refused: dict[str, list[str]] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    broken: bool = False

    @classmethod
    def to(
        cls, address: str, patience: float, *, code: Mapping[str, str], overlay: bytes, hear: Callable[[Any], None]
    ) -> Self:
        """Connect, wait for a first worker, and compare the code of all.

        Parameters
        ----------
        address : str
            Of the scheduler.
        patience : float
            Seconds to wait for a first worker.
        code : mapping of str to str
            The runner's fingerprint.
        overlay : bytes
            Content of the overlay, empty where there is none.
        hear : callable
            Is told when a worker begins an order.

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
                client = Client(address, timeout=min(CONNECT, patience), set_as_default=False)
                failing.callback(_close, client)
                said = "调度器没有可用的节点 the scheduler has no worker that answers"
                client.wait_for_workers(1, timeout=patience)
                topic = uuid.uuid4().hex[:12]
                client.subscribe_topic(topic, hear)
                sent = None
                if overlay:
                    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
                        sent = client.submit(station.overlay_of, overlay, key=f"zhibiao-data-{topic}", pure=False)
                made = cls(client, topic, sent)
                made._compare(code)
            except Exception as error:  # no scheduler, no worker, no certificate: Dask has many ways to say so
                raise ParameterError(f"{said} ({address}): {first_line(error)}", where="--scheduler") from error
            failing.pop_all()
        return made

    def _compare(self, code: Mapping[str, str]) -> None:
        """Refuse the workers whose code is not the runner's, and count the threads of the others."""
        from zhibiao.running import station

        for address, theirs in self._everywhere(station.fingerprint).items():
            what = [first_line(theirs)] if isinstance(theirs, BaseException) else differences(code, theirs)
            if what:
                self.refused[address] = what
        if not self.count():
            raise ConnectionError

    def count(self) -> bool:
        """Look how many threads the workers have; False where the connection is gone."""
        client: Any = self.client
        try:
            if client.status != "running":
                return False
            self.threads = dict(client.sync(client.scheduler.ncores, callback_timeout=CONNECT))
        except Exception:  # Dask has many ways to say that a connection is gone
            return False
        return True

    @property
    def places(self) -> int:
        """How many orders the workers can take at a time."""
        return sum(self.threads[address] for address in self._allowed())

    def _allowed(self) -> list[str]:
        return [address for address in self.threads if address not in self.refused]

    def submit(self, parcel: Parcel) -> Future[Made]:
        """Hand an order to the scheduler."""
        from zhibiao.running import station

        key = f"{KEYS}{self.topic}-{parcel.number}-{uuid.uuid4().hex[:6]}"
        allowed = self._allowed() if self.refused else None
        return self.client.submit(station.perform, parcel, self.overlay, key=key, pure=False, retries=0, workers=allowed)

    def part(self) -> None:
        """Leave: Dask drops our orders, and the workers end what they ran of them and what waited for more."""
        from zhibiao.running import station

        if not self.broken and self.client.status == "running":
            with contextlib.suppress(Exception):  # a worker that has just gone has nothing to dismiss
                self._everywhere(station.dismiss, self.topic)
        _close(self.client)

    def _everywhere(self, function: Callable[..., Any], *given: Any) -> dict[str, Any]:
        """Have every worker call a function; what it raises there is its answer. `Client.run` itself would wait for a frozen worker for ever."""
        client: Any = self.client
        found: dict[str, Any] = client.sync(client._run, function, *given, on_error="return", callback_timeout=CONNECT)
        return found


def _close(client: Client) -> None:
    with contextlib.suppress(Exception):  # a connection that is gone cannot be closed properly
        client.close(timeout=BEAT)


@contextlib.contextmanager
def cluster_here(workers: int) -> Iterator[str]:
    """Hold a cluster on this machine, which other machines cannot reach, and yield its address."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", memory_limit=0, preload=[_DEAF],
        # without addresses their pages would stand at ports of every interface
        dashboard_address="127.0.0.1:0", worker_dashboard_address="127.0.0.1:0", scheduler_kwargs={"dashboard": False},
        silence_logs=logging.CRITICAL,
    ) as cluster:  # fmt: skip
        yield cluster.scheduler_address


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep Dask's log off the terminal: what matters of it becomes an error of a run."""
    import distributed  # noqa: F401 - sets up its loggers

    before = [(log, log.handlers[:], log.propagate) for log in map(logging.getLogger, _LOGGERS)]
    for log, _, _ in before:
        log.handlers, log.propagate = [logging.NullHandler()], False
    try:
        yield
    finally:
        for log, handlers, propagates in before:
            log.handlers, log.propagate = handlers, propagates


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, or its kind where it has none."""
    return (str(error).strip() or type(error).__name__).split("\n", 1)[0]
