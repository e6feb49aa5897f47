"""A worker: a process that runs one notebook after another and publishes each into the folder it is given.

It is started by `zhibiao.running.pool` as ``python -m zhibiao.running.worker FOLDER``: a line of JSON on its input is an `Order`, lines
of JSON on its output say which kernel was started and, at last, the `Answer`. When its input ends it ends, and its kernel with it.
"""

from __future__ import annotations

import errno
import os
import queue
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhibiao.errors import KernelDied, MemoryLimit, OutputError, TimeLimit, ZhibiaoError
from zhibiao.running.cells import check_cells, hide_paths, numbered, stderr_of, tidy
from zhibiao.running.engine import NAME
from zhibiao.running.job import BRIEFING, BRIEFING_FILES, Answer, Form, Order, without_paths
from zhibiao.running.processes import end_children, end_strays
from zhibiao.running.supervised import Kernels, died, raised

if TYPE_CHECKING:
    from zhibiao.publishing.values import Store

KERNEL = "python3"
"""Whatever kernel a notebook names, it is run by the Python that runs this."""


NOTED = "(lambda tracing: tracing.notes() if tracing else '{}')(__import__('sys').modules.get('zhibiao.catalogue.tracing'))"
"""Asked of a kernel after the last cell: what it looked at. A notebook may have imported nothing of this package."""

_CUT_OFF = tuple(kind.__name__ for kind in (KernelDied, MemoryLimit, TimeLimit))
"""Ends at which a kernel could not clear up."""

_PASSING = (errno.EAGAIN, errno.EMFILE, errno.ENFILE)
"""Too many processes or open files at this moment."""


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
        answer = _publish(executed, folder, notebook.stem, order)
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
        raise raised(kernels, error, order) from error
    except CellTimeoutError as error:
        raise TimeLimit(f"单元格 cell {kernels.cell.number} 超过 took longer than {order.cell_limit} s\n{kernels.cell.code}") from error
    except DeadKernelError as error:
        raise died(kernels, order) from error
    except RuntimeError as error:
        # jupyter_client has no kinds for these two
        if "Kernel died" in str(error):
            raise died(kernels, order) from error
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


def _publish(executed: Any, folder: Path, stem: str, order: Order) -> Answer:
    from zhibiao.publishing.enclosures import write_workbook
    from zhibiao.publishing.extract import write_figures, write_tables
    from zhibiao.publishing.frontmatter import front_matter
    from zhibiao.publishing.normalise import notebook_text
    from zhibiao.publishing.pdf import readable, to_pdf
    from zhibiao.publishing.readback import check_numbers
    from zhibiao.publishing.readback_documents import check_pdf_text
    from zhibiao.publishing.readback_files import check_tables
    from zhibiao.publishing.statements import write_statements
    from zhibiao.publishing.values import take, write_values
    from zhibiao.running.contract import check_pdf, check_shown

    documents = order.documents
    store = take(executed)
    write_values(store, folder)
    write_statements(executed, folder)
    write_workbook(executed, folder / "tables", stem)
    (folder / f"{stem}.ipynb").write_text(notebook_text(executed), encoding="utf-8", newline="\n")
    front = front_matter(executed)
    check_shown(executed, folder, stem, front.lang)
    check_numbers(executed, store)
    pdf = to_pdf(executed)
    check_pdf(pdf, front.title)
    check_pdf_text(pdf, readable(executed, front.lang), store, front)
    (folder / f"{stem}.pdf").write_bytes(pdf)
    write_figures(executed, folder / "figures", stem, png="png" in documents)
    check_tables(executed, folder / "tables", write_tables(executed, folder / "tables", stem))
    if stem == BRIEFING:
        _write_briefing(executed, folder, stem, order, store)
    warnings = [f"单元格 cell {number}: {stderr_of(cell)}" for number, cell, _ in numbered(executed) if stderr_of(cell)]
    return Answer(title=front.title, as_of=front.as_of, report_date=front.report_date, warnings=tuple(warnings))


def _write_briefing(executed: Any, folder: Path, stem: str, order: Order, store: Store) -> None:
    """What is circulated is written on, shown on a wall, and kept."""
    from zhibiao.publishing.docx import to_docx
    from zhibiao.publishing.enclosures import enclosed
    from zhibiao.publishing.pdf import to_pdf, to_slides
    from zhibiao.publishing.readback_documents import check_document

    made: dict[Form, Callable[[], bytes]] = {
        "docx": lambda: to_docx(executed),
        "slides": lambda: to_slides(executed),
        "archive": lambda: to_pdf(executed, attached=enclosed(executed, folder, stem, order.parameters)),
    }
    for document, make in made.items():
        if document not in order.documents:
            continue
        content = make()
        check_document(document, content, executed, store)
        (folder / f"{stem}{BRIEFING_FILES[document]}").write_bytes(content)


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
    sys.stderr.flush()
    os._exit(0)  # nothing is left to be done, and to take a hundred libraries apart takes a tenth of a second


if __name__ == "__main__":
    main()
