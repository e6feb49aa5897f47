"""The kernels of a worker: each is watched from its first moment, and what became of it is said in full."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from zhibiao.errors import CellError, KernelDied, MemoryLimit, ParameterError
from zhibiao.kernels import Start, how
from zhibiao.running.cells import author_number, code_lines, failed_line, values
from zhibiao.running.job import Cell, Order
from zhibiao.running.memory import MB, Watch, killed_for_memory
from zhibiao.running.processes import end_family, exit_words

_MEMORY_ERRORS = ("MemoryError", "_ArrayMemoryError")
"""Python's own and numpy's."""

_KILLED = -9
"""Exit code of a kernel that was ended by SIGKILL."""


class Kernels:
    """The kernels of this worker: each is announced as soon as it has a process, and its end is remembered."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self.folder, self.tell = folder, tell
        self.count = 0
        self.process: psutil.Process | None = None
        self.watch: Watch | None = None
        self.memory_limit = 0
        self.killed_before = 0
        self.exit: int | None = None
        self.start = Start("")
        self.cell = Cell()
        self.reads: dict[str, str] = {}

    def manager(self) -> type:
        """Return the kernel manager's class, bound to this worker."""
        from zhibiao.running.quick import QuickManager

        kernels = self

        class Manager(QuickManager):
            def __init__(self, **options: Any) -> None:
                super().__init__(**options)
                kernels.count += 1
                name = kernels.folder / f"k{kernels.count}"
                self.connection_file = f"{name}.json"
                # free ports are found before they are taken: two workers could find the same ones. A socket's path is its own
                if os.name == "posix" and len(os.fsencode(name)) < 90:
                    self.transport, self.ip = "ipc", str(name)

            async def start_kernel(self, *args: Any, **options: Any) -> None:  # type: ignore[override]
                await self._async_start_kernel(*args, **options)
                kernels.start = how(self)
                kernels.began_process(getattr(self.provisioner, "pid", None))

            async def _async_is_alive(self) -> bool:
                alive = await super()._async_is_alive()
                if not alive and self.provisioner is not None and self.provisioner.has_process:
                    kernels.exit = await self.provisioner.poll()
                return alive

            is_alive = _async_is_alive  # type: ignore[assignment]  # as in the class above

        return Manager

    def began_process(self, pid: int | None) -> None:
        """Say which process the kernel is, and watch over what it holds."""
        if pid is None:
            return  # not of this machine
        self.tell(json.dumps({"kernel": pid}) + "\n")
        self.killed_before = killed_for_memory()
        with contextlib.suppress(psutil.NoSuchProcess):  # gone already
            self.process = kernel = psutil.Process(pid)
            self.watch = Watch(kernel, self.memory_limit, lambda: end_family(kernel))

    def began(self, nb: Any, index: int) -> None:
        """Say which cell runs now: whoever finds this process dead can tell."""
        if number := author_number(nb, index):
            self.cell = Cell(number, code_lines(nb.cells[index].source))
            self.tell(json.dumps({"cell": asdict(self.cell)}) + "\n")

    def noted(self, notes: str) -> None:
        """Keep what the kernel asked of the registry."""
        self.reads = json.loads(notes)

    def end(self) -> None:
        """End what a cell left running, and forget the kernel."""
        if self.watch is not None:
            self.watch.stop()
        if self.process is not None:
            end_family(self.process)
        self.process = self.watch = self.exit = None
        self.cell = Cell()


def raised(kernels: Kernels, error: Any, order: Order) -> CellError | MemoryLimit | ParameterError:
    """Say which line of which cell raised what, and with which parameters; a parameter that a cell refuses is no fault of the cell."""
    source = str(error.source)
    if line := failed_line(error.traceback or (), error.exec_count):
        # IPython counts from the first line that is not empty
        line += len(source) - len(source.lstrip("\n"))
    place = f"单元格 cell {kernels.cell.number}" + (f"，第 {line} 行 line {line}" if line else "")
    code = code_lines(source, line) if kernels.cell.number else kernels.cell.code
    said = f"{place}: {error.ename}: {error.evalue}\n{code}\n{values(order.parameters)}"
    if error.ename in _MEMORY_ERRORS:
        return MemoryLimit(f"内存不足 out of memory: {said}")
    if error.ename == ParameterError.__name__ and str(error.evalue).startswith(tuple(f"{name}: " for name in order.parameters)):
        return ParameterError(f"{error.evalue}\n{place}\n{values(order.parameters)}")
    return CellError(said)


def died(kernels: Kernels, order: Order) -> KernelDied | MemoryLimit:
    """Say how a kernel ended that should not have, in which cell, and what it held; whether it was the memory."""
    cell, watch = kernels.cell, kernels.watch
    place = f"，单元格 in cell {cell.number}\n{cell.code}" if cell.number else "，启动时 while starting"
    if watch is not None:
        watch.stop()
        if watch.exceeded:
            held = round(watch.exceeded / MB)
            return MemoryLimit(f"内存 {held} MB，超过限额 the kernel held more than {order.memory_limit} MB{place}")
    peak = f"，内存最多 at most {round(watch.peak / MB)} MB" if watch is not None and watch.peak else ""
    said = f"({exit_words(kernels.exit)}){peak}{place}"
    if kernels.exit == _KILLED and killed_for_memory() > kernels.killed_before:
        return MemoryLimit(f"系统内存耗尽，内核被系统结束 the machine ran out of memory and ended the kernel {said}")
    lost = KernelDied(f"内核退出 the kernel died {said}")
    # a kernel that leaves by itself while it starts will do so again
    lost.passing = not cell.number and (kernels.exit or 0) < 0
    return lost
