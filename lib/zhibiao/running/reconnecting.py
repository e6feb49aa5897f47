"""A connection to a cluster that is made again when it is lost, and the turns in which the cluster takes orders."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Self

from zhibiao.errors import KernelDied, ParameterError
from zhibiao.running.connection import BEAT, CONNECT, Connection
from zhibiao.running.pool import Interrupted

PATIENCE = 120.0
"""Seconds to wait for a scheduler that is gone, or for a worker where there is none."""


class Reconnecting:
    """Holds one connection after the other, and gives up in the end.

    Parameters
    ----------
    connect : callable
        Makes a connection, given the seconds it may wait for a worker; raises ParameterError where that is not possible.
    """

    def __init__(self, connect: Callable[[float], Connection]) -> None:
        self.connect = connect
        self.stopped = False
        self.session: Connection | None = None
        self._gate = threading.Condition()
        self._taken = 0
        self._given_up = ""
        self._watcher = threading.Thread(target=self._watch, name="zhibiao-cluster", daemon=True)

    def __enter__(self) -> Self:
        """Make the first connection.

        Raises
        ------
        ParameterError
            That is not possible.
        """
        self.session = self.connect(PATIENCE)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._watcher.join(CONNECT)
        if self.session is not None:
            self.session.part()

    def stop(self) -> None:
        """Wake up who waits: there is nothing more to wait for."""
        with self._gate:
            self.stopped = True
            self._gate.notify_all()

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until the cluster has a thread for another order.

        Raises
        ------
        Interrupted
            The pool was stopped meanwhile.
        """
        with self._gate:
            self._gate.wait_for(lambda: self.stopped or self._given_up or self._taken < self._places())
            if self.stopped:
                raise Interrupted
            self._taken += 1
        try:
            yield
        finally:
            with self._gate:
                self._taken -= 1
                self._gate.notify()

    def current(self) -> Connection:
        """Return the connection, after waiting for another where it is lost.

        Raises
        ------
        KernelDied
            There is none any more.
        Interrupted
            It was stopped meanwhile.
        """
        with self._gate:
            self._gate.wait_for(
                lambda: self.stopped or self._given_up or (self.session is not None and not self.session.broken)
            )
            if self.stopped:
                raise Interrupted
            if self._given_up:
                raise KernelDied(self._given_up)
            assert self.session is not None
            return self.session

    def breaks(self, session: Connection) -> None:
        """Hear that nothing can be had of a connection any more."""
        with self._gate:
            session.broken = True
            self._gate.notify_all()

    def _places(self) -> int:
        return self.session.places if self.session is not None else 0

    def _watch(self) -> None:
        """Keep the number of threads up to date, and the connection alive."""
        alone: float | None = None
        while not self.stopped and not self._given_up:
            session = self.session
            assert session is not None
            if session.broken or not self._counted(session):
                self._renew(session)
                continue
            alone = None if self._places() else alone or time.monotonic()
            if alone is not None and time.monotonic() > alone + PATIENCE:
                self._give_up(f"集群 {PATIENCE:g} 秒没有可用节点 the cluster had no worker for {PATIENCE:g} s")
            time.sleep(BEAT)

    def _counted(self, session: Connection) -> bool:
        alive = session.count()
        with self._gate:
            self._gate.notify_all()
        return alive

    def _renew(self, old: Connection) -> None:
        self.breaks(old)
        old.part()
        until = time.monotonic() + PATIENCE
        while not self.stopped:
            try:
                new = self.connect(max(BEAT, until - time.monotonic()))
            except ParameterError:
                if time.monotonic() > until:
                    self._give_up(f"集群失联 {PATIENCE:g} 秒 the cluster did not come back within {PATIENCE:g} s")
                    return
                time.sleep(BEAT)
                continue
            with self._gate:
                self.session = new
                self._gate.notify_all()
            return

    def _give_up(self, why: str) -> None:
        with self._gate:
            again = "再次执行同一命令，已完成的不会重做 run the same command again: what is done is not done twice"
            self._given_up = f"{why}；{again}"
            if self.session is not None:
                self.session.broken = True  # who waits for an answer of it waits no longer
            self._gate.notify_all()
