"""A worker: a process that runs one notebook after another and publishes each into the folder it is given.

It is started by `zhibiao.running.pool` as ``python -m zhibiao.running.worker FOLDER``: a line of JSON on its input is an `Order`, lines
of JSON on its output say which kernel was started and, at last, the `Answer`. When its input ends it ends, and its kernel with it.
"""

from __future__ import annotations

import errno
import json
import os
import queue
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import psutil

from zhibiao.errors import CellError, KernelDied, MemoryLimit, OutputError, TimeLimit, ZhibiaoError
from zhibiao.kernels import Start, how
from zhibiao.running.cells import (
    author_number,
    check_cells,
    code_lines,
    failed_line,
    hide_paths,
    numbered,
    stderr_of,
    tidy,
    values,
)
from zhibiao.running.engine import NAME
from zhibiao.running.job import BRIEFING, Answer, Cell, Order, without_paths
from zhibiao.running.memory import MB, Watch, killed_for_memory
from zhibiao.running.processes import end_children, end_family, end_strays, exit_words

KERNEL = "python3"
"""Whatever kernel a notebook names, it is run by the Python that runs this."""


NOTED = "(lambda tracing: tracing.notes() if tracing else '{}')(__import__('sys').modules.get('zhibiao.catalogue.tracing'))"
"""Asked of a kernel after the last cell: what it looked at. A notebook may have imported nothing of this package."""

_MEMORY_ERRORS = ("MemoryError", "_ArrayMemoryError")
"""Python's own and numpy's."""

_CUT_OFF = tuple(kind.__name__ for kind in (KernelDied, MemoryLimit, TimeLimit))
"""Ends at which a kernel could not clear up."""

_KILLED = -9
"""Exit code of a kernel that was ended by SIGKILL."""

_PASSING = (errno.EAGAIN, errno.EMFILE, errno.ENFILE)
"""Too many processes or open files at this moment."""


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
        self.tell(json.dumps({"kernel": pid}) + "\n")
        if pid is None or not psutil.pid_exists(pid):
            return
        self.process = kernel = psutil.Process(pid)
        self.killed_before = killed_for_memory()
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


def perform(order: Order, kernels: Kernels) -> Answer:
    """Run one notebook and publish it into the order's folder."""
    begun = time.perf_counter()
    folder, notebook = Path(order.folder), Path(order.notebook)
    kept = folder / notebook.name
    seconds: dict[str, float] = {}
    answer = Answer()
    kernels.reads, kernels.memory_limit = {}, order.memory_limit
    try:
        executed = _execute(order, kept, kernels)
        # the temporary folder too: on some systems its name is the user's
        hide_paths(executed, [notebook.parent, folder, kernels.folder.parent, Path(sys.prefix)])
        seconds["execute"] = time.perf_counter() - begun
        answer = _publish(executed, folder, notebook.stem, order.documents)
        seconds["publish"] = time.perf_counter() - begun - seconds["execute"]
    except ZhibiaoError as error:
        answer = Answer(kind=type(error).__name__, what=str(error), passing=error.passing)
    except OSError as error:
        named = Path(str(error.filename)).name if error.filename else None
        fault = OutputError(f"无法写出 cannot be written: {error.strerror or error}", where=named)
        answer = Answer(kind="OutputError", what=str(fault), passing=error.errno in _PASSING)
    except Exception as error:  # a slip of the program must not look like a dead worker
        said = "".join(traceback.format_exception(error)[-2:])
        answer = Answer(kind="ZhibiaoError", what=f"程序错误 a fault of the program: {said.strip()}")
    finally:
        kernels.end()
    seconds.setdefault("execute", time.perf_counter() - begun)
    seconds.setdefault("publish", 0.0)
    if answer.kind in _CUT_OFF:
        end_strays(kernels.folder)
    if answer.kind:
        tidy(kept)
    hidden = without_paths(answer.what, [notebook.parent, folder, kernels.folder, Path(sys.prefix)])
    start = replace(kernels.start, reason=without_paths(kernels.start.reason, [kernels.folder]))
    return replace(
        answer, what=hidden, where=notebook.name if answer.kind else "", seconds=seconds, kernel=asdict(start), reads=kernels.reads
    )


def _execute(order: Order, kept: Path, kernels: Kernels) -> Any:
    """Execute through papermill; `kept` is written at the end, and while a cell takes long."""
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    try:
        executed = papermill.execute_notebook(
            _plain(order.notebook),
            _plain(kept),
            parameters=dict(order.parameters),
            engine_name=NAME,
            kernel_name=KERNEL,
            language="python",
            progress_bar=False,
            start_timeout=order.start_limit,
            execution_timeout=order.cell_limit,
            iopub_timeout=30,
            kernel_manager_class=kernels.manager(),
            cell_started=kernels.began,
            question=NOTED,
            answered=kernels.noted,
            # the kernel's folder, as in Lab; this process stays where it is
            resources={"metadata": {"path": str(Path(order.notebook).parent)}},
        )
    except PapermillExecutionError as error:
        raise _raised(kernels, error, order) from error
    except CellTimeoutError as error:
        raise TimeLimit(f"单元格 cell {kernels.cell.number} 超过 took longer than {order.cell_limit} s\n{kernels.cell.code}") from error
    except DeadKernelError as error:
        raise _died(kernels, order) from error
    except RuntimeError as error:
        # jupyter_client has no kinds for these two
        if "Kernel died" in str(error):
            raise _died(kernels, order) from error
        if "Kernel didn't respond" in str(error):
            late = TimeLimit(f"内核 {order.start_limit} 秒未启动 the kernel did not start within {order.start_limit} s")
            late.passing = True
            raise late from error
        raise
    check_cells(executed)
    return executed


def _plain(path: str | Path) -> str:
    # papermill fills {name} in paths
    return str(path).replace("{", "{{").replace("}", "}}")


def _raised(kernels: Kernels, error: Any, order: Order) -> CellError | MemoryLimit:
    """Say which line of which cell raised what, and with which parameters."""
    source = str(error.source)
    if line := failed_line(error.traceback or (), error.exec_count):
        # IPython counts from the first line that is not empty
        line += len(source) - len(source.lstrip("\n"))
    place = f"单元格 cell {kernels.cell.number}" + (f"，第 {line} 行 line {line}" if line else "")
    code = code_lines(source, line) if kernels.cell.number else kernels.cell.code
    said = f"{place}: {error.ename}: {error.evalue}\n{code}\n{values(order.parameters)}"
    if error.ename in _MEMORY_ERRORS:
        return MemoryLimit(f"内存不足 out of memory: {said}")
    return CellError(said)


def _died(kernels: Kernels, order: Order) -> KernelDied | MemoryLimit:
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
    died = KernelDied(f"内核退出 the kernel died {said}")
    # a kernel that leaves by itself while it starts will do so again
    died.passing = not cell.number and (kernels.exit or 0) < 0
    return died


def _publish(executed: Any, folder: Path, stem: str, documents: Sequence[str]) -> Answer:
    from zhibiao.publishing.docx import to_docx
    from zhibiao.publishing.extract import write_figures, write_tables
    from zhibiao.publishing.frontmatter import front_matter
    from zhibiao.publishing.normalise import notebook_text
    from zhibiao.publishing.pdf import to_pdf
    from zhibiao.publishing.statements import write_statements
    from zhibiao.running.contract import check_pdf, check_shown

    write_statements(executed, folder)
    (folder / f"{stem}.ipynb").write_text(notebook_text(executed), encoding="utf-8", newline="\n")
    front = front_matter(executed)
    check_shown(executed, folder, stem, front.lang)
    pdf = to_pdf(executed)
    check_pdf(pdf, front.title)
    (folder / f"{stem}.pdf").write_bytes(pdf)
    if stem == BRIEFING and "docx" in documents:
        (folder / f"{stem}.docx").write_bytes(to_docx(executed))  # what is circulated is written on
    write_figures(executed, folder / "figures", stem, png="png" in documents)
    write_tables(executed, folder / "tables", stem)
    warnings = [f"单元格 cell {number}: {stderr_of(cell)}" for number, cell, _ in numbered(executed) if stderr_of(cell)]
    return Answer(title=front.title, as_of=front.as_of, report_date=front.report_date, warnings=tuple(warnings))


def main() -> None:
    """Answer orders until the input ends."""
    folder = Path(sys.argv[1])
    # this process's output is the runner's line; whatever else prints (a kernel inherits it) goes to stderr
    channel = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    busy, lock = threading.Event(), threading.Lock()
    orders: queue.Queue[str | None] = queue.Queue()

    def tell(line: str) -> None:
        with lock:
            channel.write(line)
            channel.flush()

    def listen() -> None:
        for line in sys.stdin:
            orders.put(line)
        if busy.is_set():  # the runner is gone in the middle of a run: nothing may outlive it
            end_children()
            end_strays(folder)
            shutil.rmtree(folder, ignore_errors=True)
            os._exit(1)
        orders.put(None)

    threading.Thread(target=listen, daemon=True).start()
    # jsonschema's optional import costs two seconds and is not needed
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    kernels = Kernels(folder, tell)
    while (line := orders.get()) is not None:
        busy.set()
        try:
            tell(perform(Order.read(line), kernels).line())
        finally:
            busy.clear()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
