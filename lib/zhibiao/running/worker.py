"""A worker: a process that runs one notebook after another and publishes each into the folder it is given.

It is started by `zhibiao.running.pool` as ``python -m zhibiao.running.worker FOLDER``: a line of JSON on its input is an `Order`, lines
of JSON on its output say which kernel was started and, at last, the `Answer`. When its input ends it ends, and its kernel with it.
"""

from __future__ import annotations

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

from zhibiao.errors import CellError, KernelDied, MissingDeliverable, OutputError, TimeLimit, ZhibiaoError
from zhibiao.kernels import Start, how
from zhibiao.running.cells import author_number, check_cells, code_lines, numbered, stderr_of, tidy
from zhibiao.running.engine import NAME
from zhibiao.running.job import BRIEFING, Answer, Cell, Order, without_paths
from zhibiao.running.processes import end_children, end_group, exit_words

KERNEL = "python3"
"""Whatever kernel a notebook names, it is run by the Python that runs this."""


NOTED = "(lambda tracing: tracing.notes() if tracing else '{}')(__import__('sys').modules.get('zhibiao.catalogue.tracing'))"
"""Asked of a kernel after the last cell: what it looked at. A notebook may have imported nothing of this package."""


class Kernels:
    """The kernels of this worker: each is announced as soon as it has a process, and its end is remembered."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self.folder, self.tell = folder, tell
        self.count = 0
        self.pid: int | None = None
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
                kernels.pid = getattr(self.provisioner, "pid", None)
                kernels.tell(json.dumps({"kernel": kernels.pid}) + "\n")

            async def _async_is_alive(self) -> bool:
                alive = await super()._async_is_alive()
                if not alive and self.provisioner is not None and self.provisioner.has_process:
                    kernels.exit = await self.provisioner.poll()
                return alive

            is_alive = _async_is_alive  # type: ignore[assignment]  # as in the class above

        return Manager

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
        if self.pid is not None:
            end_group(self.pid)
        self.pid = self.exit = None
        self.cell = Cell()


def perform(order: Order, kernels: Kernels) -> Answer:
    """Run one notebook and publish it into the order's folder."""
    begun = time.perf_counter()
    folder, notebook = Path(order.folder), Path(order.notebook)
    kept = folder / notebook.name
    seconds: dict[str, float] = {}
    answer = Answer()
    kernels.reads = {}
    try:
        executed = _execute(order, kept, kernels)
        seconds["execute"] = time.perf_counter() - begun
        answer = _publish(executed, folder, notebook.stem, order.documents)
        seconds["publish"] = time.perf_counter() - begun - seconds["execute"]
    except ZhibiaoError as error:
        answer = Answer(kind=type(error).__name__, what=str(error))
    except OSError as error:
        named = Path(str(error.filename)).name if error.filename else None
        fault = OutputError(f"无法写出 cannot be written: {error.strerror or error}", where=named)
        answer = Answer(kind="OutputError", what=str(fault))
    except Exception as error:  # a slip of the program must not look like a dead worker
        said = "".join(traceback.format_exception(error)[-2:])
        answer = Answer(kind="ZhibiaoError", what=f"程序错误 a fault of the program: {said.strip()}")
    finally:
        kernels.end()
    seconds.setdefault("execute", time.perf_counter() - begun)
    seconds.setdefault("publish", 0.0)
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
        raise CellError(f"单元格 cell {kernels.cell.number}: {error.ename}: {error.evalue}\n{kernels.cell.code}") from error
    except CellTimeoutError as error:
        raise TimeLimit(f"单元格 cell {kernels.cell.number} 超过 took longer than {order.cell_limit} s\n{kernels.cell.code}") from error
    except DeadKernelError as error:
        raise _died(kernels) from error
    except RuntimeError as error:
        # jupyter_client has no kinds for these two
        if "Kernel died" in str(error):
            raise _died(kernels) from error
        if "Kernel didn't respond" in str(error):
            raise TimeLimit(
                f"内核 {order.start_limit} 秒未启动 the kernel did not start within {order.start_limit} s"
            ) from error
        raise
    check_cells(executed)
    return executed


def _plain(path: str | Path) -> str:
    # papermill fills {name} in paths
    return str(path).replace("{", "{{").replace("}", "}}")


def _died(kernels: Kernels) -> KernelDied:
    cell = kernels.cell
    place = f"，单元格 in cell {cell.number}\n{cell.code}" if cell.number else "，启动时 while starting"
    return KernelDied(f"内核退出 the kernel died ({exit_words(kernels.exit)}){place}")


def _publish(executed: Any, folder: Path, stem: str, documents: Sequence[str]) -> Answer:
    from zhibiao.publishing.docx import to_docx
    from zhibiao.publishing.extract import write_figures, write_tables
    from zhibiao.publishing.frontmatter import front_matter, shown_outputs
    from zhibiao.publishing.normalise import notebook_text
    from zhibiao.publishing.pdf import to_pdf
    from zhibiao.publishing.statements import write_statements

    write_statements(executed, folder)
    (folder / f"{stem}.ipynb").write_text(notebook_text(executed), encoding="utf-8", newline="\n")
    front = front_matter(executed)
    if not any(True for _ in shown_outputs(executed, front.lang)):
        raise MissingDeliverable("没有任何输出 the notebook shows nothing")
    for number, cell, tags in numbered(executed):
        shows = [output for output in cell.outputs if output.output_type in ("display_data", "execute_result")]
        if "deliverable" in tags and not shows:
            raise MissingDeliverable(
                f"单元格 cell {number} 应有输出 should show something (deliverable)\n{code_lines(cell.source)}"
            )
    pdf = to_pdf(executed)
    if not pdf.startswith(b"%PDF"):
        raise MissingDeliverable("没有 PDF there is no PDF")
    (folder / f"{stem}.pdf").write_bytes(pdf)
    if stem == BRIEFING and "docx" in documents:
        (folder / f"{stem}.docx").write_bytes(to_docx(executed))  # what is circulated is written on
    write_figures(executed, folder / "figures", stem)
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
