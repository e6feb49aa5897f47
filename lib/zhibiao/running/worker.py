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
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from zhibiao.errors import CellError, KernelDied, MissingDeliverable, OutputError, TimeLimit, ZhibiaoError
from zhibiao.running.job import Answer, Order, code_lines, without_paths
from zhibiao.running.processes import end_children, end_group, exit_words

ENGINE: str | None = None
"""papermill's engine; None is its own."""

KERNEL = "python3"
"""Whatever kernel a notebook names, it is run by the Python that runs this."""

_SETTLED = frozenset({"injected-parameters", "papermill-error-cell-tag"})
"""Tags of cells that papermill adds: they are not counted, so that a number leads to the author's cell."""


class Kernels:
    """The kernels of this worker: each is announced as soon as it has a process, and its end is remembered."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self.folder, self.tell = folder, tell
        self.count = 0
        self.pid: int | None = None
        self.exit: int | None = None

    def manager(self) -> type:
        """Return the kernel manager's class, bound to this worker."""
        from jupyter_client.manager import AsyncKernelManager

        kernels = self

        class Manager(AsyncKernelManager):
            def __init__(self, **options: Any) -> None:
                super().__init__(**options)
                kernels.count += 1
                name = kernels.folder / f"k{kernels.count}"
                self.connection_file = f"{name}.json"
                # free ports are found before they are taken: two workers could find the same ones. A socket's path is its own
                if os.name == "posix" and len(os.fsencode(name)) < 90:
                    self.transport, self.ip = "ipc", str(name)

            async def start_kernel(self, *args: Any, **options: Any) -> None:
                await self._async_start_kernel(*args, **options)
                kernels.pid = getattr(self.provisioner, "pid", None)
                kernels.tell(json.dumps({"kernel": kernels.pid}) + "\n")

            async def _async_is_alive(self) -> bool:
                alive = await super()._async_is_alive()
                if not alive and self.provisioner is not None and self.provisioner.has_process:
                    kernels.exit = await self.provisioner.poll()
                return alive

            is_alive = _async_is_alive

        return Manager

    def end(self) -> None:
        """End what a cell left running, and forget the kernel."""
        if self.pid is not None:
            end_group(self.pid)
        self.pid = self.exit = None


def perform(order: Order, kernels: Kernels) -> Answer:
    """Run one notebook and publish it into the order's folder."""
    begun = time.perf_counter()
    folder, notebook = Path(order.folder), Path(order.notebook)
    kept = folder / notebook.name
    seconds: dict[str, float] = {}
    answer = Answer()
    try:
        executed = _execute(order, kept, kernels)
        seconds["execute"] = time.perf_counter() - begun
        answer = _publish(executed, folder, notebook.stem)
        seconds["publish"] = time.perf_counter() - begun - seconds["execute"]
    except ZhibiaoError as error:
        answer = Answer(kind=type(error).__name__, what=str(error))
    except OSError as error:
        named = Path(str(error.filename)).name if error.filename else None
        fault = OutputError(f"无法写出 cannot be written: {error.strerror or error}", where=named)
        answer = Answer(kind="OutputError", what=str(fault))
    except Exception as error:
        said = "".join(traceback.format_exception(error)[-2:])
        answer = Answer(kind="ZhibiaoError", what=f"程序错误 a fault of the program: {said.strip()}")
    finally:
        kernels.end()
    seconds.setdefault("execute", time.perf_counter() - begun)
    seconds.setdefault("publish", 0.0)
    if answer.kind:
        tidy(kept)
    hidden = without_paths(answer.what, [notebook.parent, folder, kernels.folder, Path(sys.prefix)])
    return replace(answer, what=hidden, where=notebook.name if answer.kind else "", seconds=seconds)


def _execute(order: Order, kept: Path, kernels: Kernels) -> Any:
    """Execute through papermill; `kept` is saved after every cell."""
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    try:
        executed = papermill.execute_notebook(
            _plain(order.notebook),
            _plain(kept),
            parameters=dict(order.parameters),
            engine_name=ENGINE,
            kernel_name=KERNEL,
            language="python",
            progress_bar=False,
            start_timeout=order.start_limit,
            execution_timeout=order.cell_limit,
            iopub_timeout=30,
            kernel_manager_class=kernels.manager(),
            shutdown_kernel="immediate",
            # the kernel's folder, as in Lab; this process stays where it is
            resources={"metadata": {"path": str(Path(order.notebook).parent)}},
        )
    except PapermillExecutionError as error:
        raise _cell_error(kept, error.ename, error.evalue) from error
    except CellTimeoutError as error:
        number, source = last_started(kept)
        raise TimeLimit(
            f"单元格 cell {number} 超过 took longer than {order.cell_limit} s\n{code_lines(source)}"
        ) from error
    except DeadKernelError as error:
        raise _died(kept, kernels.exit) from error
    except RuntimeError as error:
        # jupyter_client has no kinds for these two
        if "Kernel died" in str(error):
            raise _died(kept, kernels.exit) from error
        if "Kernel didn't respond" in str(error):
            raise TimeLimit(f"内核 {order.start_limit} 秒未启动 the kernel did not start within {order.start_limit} s") from error
        raise
    _check_cells(executed)
    return executed


def _plain(path: str | Path) -> str:
    # papermill fills {name} in paths
    return str(path).replace("{", "{{").replace("}", "}}")


def _died(kept: Path, code: int | None) -> KernelDied:
    number, source = last_started(kept)
    place = f"，单元格 in cell {number}\n{code_lines(source)}" if number else "，启动时 while starting"
    return KernelDied(f"内核退出 the kernel died ({exit_words(code)}){place}")


def _cell_error(kept: Path, name: str, value: str) -> CellError:
    number, source = last_started(kept)
    return CellError(f"单元格 cell {number}: {name}: {value}\n{code_lines(source)}")


def last_started(kept: Path) -> tuple[int, str]:
    """Return number and source of the last cell that began in a notebook as papermill left it; 0 where none did."""
    try:
        content = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0, ""
    number, found = 0, (0, "")
    for cell in content.get("cells", []):
        if _SETTLED & set(cell["metadata"].get("tags", [])):
            continue
        number += 1
        if cell["metadata"].get("papermill", {}).get("start_time") and cell["cell_type"] == "code":
            found = number, "".join(cell["source"])
    return found


def _numbered(executed: Any) -> list[tuple[int, Any, set[str]]]:
    """Return (number, cell, tags) of the code cells, numbered as in the author's notebook."""
    cells = [cell for cell in executed.cells if not _SETTLED & set(cell.metadata.get("tags", []))]
    return [
        (number, cell, set(cell.metadata.get("tags", []))) for number, cell in enumerate(cells, 1) if cell.cell_type == "code"
    ]


def _check_cells(executed: Any) -> None:
    """Refuse what papermill lets pass: a cell that wrote to stderr, cells that were never run."""
    for number, cell, tags in _numbered(executed):
        said = _stderr(cell)
        if said and "allow-stderr" not in tags:
            raise CellError(f"单元格 cell {number} 写到标准错误 wrote to stderr: {said}\n{code_lines(cell.source)}")
    for number, cell, tags in _numbered(executed):
        # sys.exit(0) in a cell ends the notebook without an error
        if cell.execution_count is None and cell.source.strip() and "skip-execution" not in tags:
            raise CellError(f"单元格 cell {number} 未执行 was not run\n{code_lines(cell.source)}")


def _stderr(cell: Any) -> str:
    return "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stderr").strip()


def _publish(executed: Any, folder: Path, stem: str) -> Answer:
    from zhibiao.publishing.extract import write_figures, write_tables
    from zhibiao.publishing.frontmatter import front_matter, shown_outputs
    from zhibiao.publishing.normalise import notebook_text
    from zhibiao.publishing.pdf import to_pdf

    (folder / f"{stem}.ipynb").write_text(notebook_text(executed), encoding="utf-8", newline="\n")
    front = front_matter(executed)
    if not any(True for _ in shown_outputs(executed, front.lang)):
        raise MissingDeliverable("没有任何输出 the notebook shows nothing")
    for number, cell, tags in _numbered(executed):
        shows = [output for output in cell.outputs if output.output_type in ("display_data", "execute_result")]
        if "deliverable" in tags and not shows:
            raise MissingDeliverable(f"单元格 cell {number} 应有输出 should show something (deliverable)\n{code_lines(cell.source)}")
    pdf = to_pdf(executed)
    if not pdf.startswith(b"%PDF"):
        raise MissingDeliverable("没有 PDF there is no PDF")
    (folder / f"{stem}.pdf").write_bytes(pdf)
    write_figures(executed, folder / "figures", stem)
    write_tables(executed, folder / "tables", stem)
    warnings = [f"单元格 cell {number}: {_stderr(cell)}" for number, cell, _ in _numbered(executed) if _stderr(cell)]
    return Answer(title=front.title, as_of=front.as_of, report_date=front.report_date, warnings=tuple(warnings))


def tidy(kept: Path) -> None:
    """Make the notebook of a failed run fit to be kept: no times, ids, marks or paths; what cannot be read is removed."""
    import nbformat

    from zhibiao.publishing.normalise import notebook_text

    try:
        left = nbformat.read(kept, as_version=4)
        left.cells = [cell for cell in left.cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])]
        for cell in left.cells:
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    output.evalue = without_paths(output.evalue, [kept.parent, Path(sys.prefix)])
                    output.traceback = [without_paths(line, [kept.parent, Path(sys.prefix)]) for line in output.traceback]
                elif output.output_type == "stream":
                    output.text = without_paths(output.text, [kept.parent, Path(sys.prefix)])
        kept.write_text(notebook_text(left), encoding="utf-8", newline="\n")
    except Exception:  # half a notebook helps nobody, and the first error is the one that counts
        kept.unlink(missing_ok=True)


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
