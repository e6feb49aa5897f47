"""The workers, seen from the runner: given an order, watched from outside, ended with everything they started."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import IO, Self

import psutil

from zhibiao.errors import KernelDied, MemoryLimit, OutputError, TimeLimit
from zhibiao.running.environment import environment
from zhibiao.running.job import Answer, Cell, Order, without_paths
from zhibiao.running.memory import killed_for_memory
from zhibiao.running.processes import end_family, end_strays, end_tree, exit_words

_LAST_LINES = 60
_REPEATED = 12
"""Lines of a lost process that are remembered, and that its message repeats."""
_CRASH = "Fatal Python error"
"""Begins what Python says of a crash; what comes first counts most there."""
_LAST_WORDS = """# A kernel that crashes says where, on the standard error that its worker hears.
c.IPKernelApp.exec_lines = ["__import__('faulthandler').enable(getattr(__import__('sys').stderr, '_original_stdstream_copy', 2), all_threads=False)"]
"""
_LINE = 240
"""Characters of a line that are repeated at most."""
_LATE = 0.2
"""Seconds in which a dead kernel's last lines come after the answer that it is dead."""
_FAREWELL = 5.0
"""Seconds an idle worker is given to go by itself."""


class Interrupted(Exception):
    """The batch is being stopped: the order has no answer."""


class Worker:
    """One worker process."""

    def __init__(self, data: Path | None, more: Mapping[str, str]) -> None:
        try:
            # resolved: macOS names its temporary folder through a link
            self.folder = Path(tempfile.mkdtemp(prefix="zhibiao-")).resolve()
            (self.folder / "tmp").mkdir()
            profile = self.folder / "ipython" / "profile_default"
            profile.mkdir(parents=True)
            (profile / "ipython_kernel_config.py").write_text(_LAST_WORDS, encoding="utf-8")
        except OSError as error:
            raise OutputError(
                f"临时目录不可用 no temporary folder: {error.strerror}", where=tempfile.gettempdir()
            ) from error
        self.kernel: psutil.Process | None = None
        self.killed_before = 0
        self.cell = Cell()
        self.said: deque[str] = deque(maxlen=_LAST_LINES)
        self.lines: queue.Queue[str | None] = queue.Queue()
        # a session of its own: Ctrl-C at the terminal is for the runner, which ends its workers itself
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "zhibiao.running.worker", str(self.folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self.folder,
                env={**environment(self.folder, data), **more},
                encoding="utf-8",
                errors="replace",
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
            )
        except OSError as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            refused = KernelDied(f"工作进程无法启动 a worker cannot be started: {error.strerror}")
            refused.passing = error.errno in (errno.EAGAIN, errno.EMFILE, errno.ENFILE)
            raise refused from error
        self._listeners = [
            threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True),
            threading.Thread(target=self._remember, args=(self.process.stderr,), daemon=True),
        ]
        for listener in self._listeners:
            listener.start()

    def _listen(self, stream: IO[str]) -> None:
        with contextlib.suppress(ValueError):  # closed
            for line in stream:
                self.lines.put(line)
        self.lines.put(None)

    def _remember(self, stream: IO[str]) -> None:
        with contextlib.suppress(ValueError):
            for line in stream:
                self.said.append(line.rstrip())

    def ask(self, order: Order, limit: float) -> Answer:
        """Give an order and wait for the answer.

        Raises
        ------
        TimeLimit
            No answer within `limit` seconds; the worker is gone then.
        KernelDied
            The worker ended.
        MemoryLimit
            The machine ran out of memory and ended it.
        """
        until = time.monotonic() + limit
        self.cell, self.killed_before = Cell(), killed_for_memory()
        self.said.clear()
        try:
            assert self.process.stdin is not None
            self.process.stdin.write(order.line())
            self.process.stdin.flush()
        except OSError:
            raise self._gone() from None
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                self.end()
                where = Path(order.notebook).name
                raise TimeLimit(f"超过一次运行的时限 the run took longer than {limit:g} s{self._place()}", where=where) from None
            if line is None:
                raise self._gone()
            content = json.loads(line)
            if "kernel" in content:
                with contextlib.suppress(psutil.NoSuchProcess):
                    self.kernel = psutil.Process(int(content["kernel"]))
                continue
            if "cell" in content:
                self.cell = Cell(**content["cell"])
                continue
            self.kernel = None
            answer = Answer.of(content["answer"])
            if answer.kind == KernelDied.__name__:
                time.sleep(_LATE)
                answer = replace(answer, what=answer.what + self._last_lines())
            return answer

    def _gone(self) -> KernelDied | MemoryLimit:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_FAREWELL)
        code = self.process.returncode
        self.end()
        self._listeners[1].join(1.0)
        said = f"({exit_words(code)}){self._place()}{self._last_lines()}"
        if code == -9 and killed_for_memory() > self.killed_before:
            return MemoryLimit(f"系统内存耗尽，工作进程被系统结束 the machine ran out of memory and ended the worker {said}")
        died = KernelDied(f"工作进程退出 the worker died {said}")
        died.passing = True  # nothing that a notebook should do ends the process around it
        return died

    def _last_lines(self) -> str:
        """Return what worker and kernel wrote to standard error last, as it may be published."""
        lines = [line[:_LINE] for line in list(self.said) if line.strip()]
        crash = next((number for number, line in enumerate(lines) if line.startswith(_CRASH)), None)
        lines = lines[-_REPEATED:] if crash is None else lines[crash:][:_REPEATED]
        return without_paths("\n标准错误 stderr:\n" + "\n".join(lines), [self.folder, Path(sys.prefix)]) if lines else ""

    def _place(self) -> str:
        return f"，单元格 in cell {self.cell.number}\n{self.cell.code}" if self.cell.number else ""

    def end(self) -> None:
        """End the process, its kernel, and what they started; remove its folder."""
        if self.process.poll() is None:
            end_tree(self.process.pid)
            self.process.wait()
        if self.kernel is not None:
            end_family(self.kernel)  # it is not in the tree where its worker went first
        end_strays(self.folder)
        self._close()

    def let_go(self) -> None:
        """Tell an idle worker that there are no more orders."""
        with contextlib.suppress(OSError):
            assert self.process.stdin is not None
            self.process.stdin.close()

    def dismiss(self) -> None:
        """Let an idle worker go, and wait for that."""
        self.let_go()
        try:
            self.process.wait(_FAREWELL)
        except subprocess.TimeoutExpired:
            self.end()
        self._close()

    def _close(self) -> None:
        with contextlib.suppress(OSError):
            if self.process.stdin is not None:
                self.process.stdin.close()
        for listener, stream in zip(self._listeners, (self.process.stdout, self.process.stderr), strict=True):
            listener.join(1.0)
            # a process that left every group may still hold the other end; closing would wait for it
            if stream is not None and not listener.is_alive():
                stream.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Pool:
    """At most `size` workers, each started when it is first needed and replaced when it is lost."""

    def __init__(self, size: int, data: Path | None, more: Mapping[str, str] = MappingProxyType({})) -> None:
        self.size, self.data, self.more = size, data, more
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def ask(self, order: Order, limit: float) -> Answer:
        """Have an idle worker carry out an order; called from as many threads as there are workers.

        Raises
        ------
        TimeLimit, KernelDied, OutputError
            As `Worker.ask`; that memory ran out is an answer.
        Interrupted
            The pool was stopped meanwhile.
        """
        worker = self._take()
        try:
            answer = worker.ask(order, limit)
        except (TimeLimit, KernelDied, MemoryLimit) as lost:
            self._forget(worker)
            if self._stopped:
                raise Interrupted from None
            if isinstance(lost, MemoryLimit):
                return Answer(MemoryLimit.__name__, lost.what, Path(order.notebook).name)
            raise
        with self._lock:
            self._busy.discard(worker)
            if not self._stopped:
                self._idle.append(worker)
        return answer

    def turn(self) -> AbstractContextManager[None]:
        """Wait for a place for another order: here there are as many as threads that ask, in a cluster they come and go."""
        return contextlib.nullcontext()

    def _take(self) -> Worker:
        with self._lock:
            if self._stopped:
                raise Interrupted
            worker = self._idle.pop() if self._idle else Worker(self.data, self.more)
            self._busy.add(worker)
            return worker

    def _forget(self, worker: Worker) -> None:
        with self._lock:
            self._busy.discard(worker)

    def stop(self) -> None:
        """End every worker now, with its kernel."""
        with self._lock:
            self._stopped = True
            lost = [*self._busy, *self._idle]
            self._idle.clear()
        for worker in lost:
            worker.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._stopped = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.let_go()
        for worker in idle:
            worker.dismiss()
        for worker in list(self._busy):
            worker.end()
