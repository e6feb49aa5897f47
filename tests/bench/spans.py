"""Where the time goes, seen from outside: functions named here are timed in every process that is told to, without a change to them.

A process that finds `FOLDER` in its environment and was started as one of `PROGRAMS` writes a line of JSON for each call: process,
thread, name, begin, end (seconds of the monotonic clock, which all processes of a machine share). `rooted` starts such processes;
`tree` makes one tree of their lines. A name that is no longer there is told in `MISSING`, not passed over.
"""

from __future__ import annotations

import functools
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = "ZHIBIAO_BENCH_SPANS"
PROGRAMS = ("zhibiao.running.worker",)

NAMES = {
    "zhibiao.running.execute": {
        "_one": "one report 一份报告",
        "_ask": "order and answer 交工作进程",
        "fresh_beside": "folder made 建目录",
        "put_in_place": "fsync and rename 落盘改名",
        "_copy_briefing": "briefing.pdf, .docx copied 另存简报",
    },
    "zhibiao.running.manifest": {"of_run": "manifest: SHA-256 of files 清单"},
    "papermill": {"execute_notebook": "papermill"},
    "papermill.execute": {
        "load_notebook_node": "notebook read 读笔记本",
        "_infer_parameters": "parameters inferred 认参数",
        "parameterize_notebook": "parameters injected 注参数",
        "write_ipynb": "notebook saved at last 末次保存",
    },
    "nbclient.client": {
        "NotebookClient.create_kernel_manager": "kernel manager 内核管理器",
        "NotebookClient.async_start_new_kernel": "kernel started 起内核",
        "NotebookClient.async_start_new_kernel_client": "kernel answers 内核应答",
        "NotebookClient.async_execute_cell": "cell 单元格",
        "NotebookClient._async_cleanup_kernel": "kernel stopped 停内核",
    },
    "zhibiao.running.quick": {
        "SparingManager.write": "notebook written 写笔记本",
        "QuickClient._ask": "asked what it looked at 问内核看了什么",
        "QuickClient._language": "kernel_info at the end 末次问内核",
    },
    "zhibiao.publishing.statements": {"write_statements": "statements 指标表"},
    "zhibiao.publishing.normalise": {"notebook_text": "notebook normalised 规范化"},
    "zhibiao.publishing.pdf": {
        "to_pdf": "PDF",
        "readable": "prepared 备稿",
        "converted": "pandoc",
        "typeset": "Typst",
    },
    "zhibiao.publishing.docx": {
        "to_docx": "docx",
        "readable": "prepared 备稿",
        "_drawn": "drawn by Typst and PDFium 出图",
        "_picture": "PNG with few colours 压色",
        "reference": "reference document 样本",
        "converted": "pandoc",
    },
    "zhibiao.publishing.readback": {"check_numbers": "numbers held against the store 核对数值库"},
    "zhibiao.publishing.readback_documents": {"check_pdf_text": "PDF read back 读回 PDF", "check_document": "Word, slides read back 读回"},
    "zhibiao.publishing.readback_files": {"check_tables": "tables read back 读回表"},
    "zhibiao.publishing.extract": {
        "write_figures": "figures: SVG, PNG 图",
        "write_tables": "tables: xlsx, csv 表",
        "png_of": "PNG by Typst 出图",
        "workbook": "xlsx",
        "write_whole": "file written, fsync 写文件",
    },
}  # fmt: skip
"""Module, function (or Class.function), and what it is called in the table."""

MISSING: list[str] = []


def _number(args: Sequence[Any], name: str) -> str:
    """Which cell it is: its place in the notebook, and how it begins."""
    if not name.endswith("execute_cell"):
        return ""
    cell, index = args[1], args[2]
    if cell.cell_type != "code":
        return " (Markdown)"
    lines = [line for line in cell.source.splitlines() if line.strip()]
    kind = next((tag for tag in cell.metadata.get("tags", []) if tag != "deliverable"), "")
    return f" {index + 1:02d} {kind or (lines[-1][:40] if lines else '')}"


def _timed(function: Callable[..., Any], name: str, told: str, write: Callable[[str], None]) -> Callable[..., Any]:
    @contextmanager
    def clock(args: Sequence[Any]) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            line = [os.getpid(), threading.get_ident(), told + _number(args, name), begun, time.monotonic()]
            write(json.dumps(line, ensure_ascii=False) + "\n")

    @functools.wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        with clock(args):
            return function(*args, **options)

    @functools.wraps(function)
    async def awaited(*args: Any, **options: Any) -> Any:
        with clock(args):
            return await function(*args, **options)

    return awaited if inspect.iscoroutinefunction(function) else call


def _wrap(module: ModuleType, write: Callable[[str], None]) -> None:
    for name, told in NAMES[module.__name__].items():
        *owners, last = name.split(".")
        owner: Any = module
        for part in owners:
            owner = getattr(owner, part, None)
        function = getattr(owner, last, None)
        if function is None:
            MISSING.append(f"{module.__name__}:{name}")
            write(json.dumps([os.getpid(), 0, f"!{module.__name__}:{name}", 0, 0]) + "\n")
            continue
        # a module may hold another one's function, which is timed already
        plain = getattr(function, "__wrapped__", function) if getattr(function, "timed_from_outside", False) else function
        timed = _timed(plain, name, told, write)
        timed.timed_from_outside = True  # type: ignore[attr-defined]
        setattr(owner, last, timed)


class _Finder(importlib.abc.MetaPathFinder):
    """Wraps a module's functions when its own loader is done with it."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self.write = write
        self.looking = threading.local()

    def find_spec(self, name: str, *_: Any) -> importlib.machinery.ModuleSpec | None:
        if name not in NAMES or getattr(self.looking, "name", None) == name:
            return None
        self.looking.name = name
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self.looking.name = None
        if spec is None or spec.loader is None:
            return None
        plain = spec.loader.exec_module

        def execute(module: ModuleType) -> None:
            plain(module)
            _wrap(module, self.write)

        spec.loader.exec_module = execute  # type: ignore[method-assign]
        return spec


def install(folder: Path) -> None:
    """Time the functions of `NAMES` in this process, those imported already and those to come."""
    lines = (folder / f"{os.getpid()}.jsonl").open("a", encoding="utf-8", buffering=1)
    sys.meta_path.insert(0, _Finder(lines.write))
    for name in NAMES:
        if name in sys.modules:
            _wrap(sys.modules[name], lines.write)


@contextmanager
def rooted(folder: Path) -> Iterator[None]:
    """Have the processes of `PROGRAMS` that are started meanwhile write into `folder`, and this one too."""
    (folder / "sitecustomize.py").write_text(
        "import os, sys\n"
        f"if set(sys.orig_argv) & {set(PROGRAMS)!r}:\n"
        f"    sys.path.append({str(Path(__file__).parent)!r})\n"
        "    import pathlib, spans\n"
        f"    spans.install(pathlib.Path(os.environ[{FOLDER!r}]))\n",
        encoding="utf-8",
    )
    before = os.environ.get("PYTHONPATH")
    os.environ |= {FOLDER: str(folder), "PYTHONPATH": os.pathsep.join([str(folder), *([before] if before else [])])}
    try:
        install(folder)
        yield
    finally:
        del os.environ[FOLDER]
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


@dataclass
class Span:
    """One call and the calls within it."""

    name: str
    begun: float
    ended: float
    place: tuple[int, int] = (0, 0)
    within: list[Span] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return self.ended - self.begun


def tree(folder: Path) -> tuple[list[Span], list[str]]:
    """Return the outermost calls, and the names that were not found."""
    found: list[Span] = []
    missing: set[str] = set()
    for path in folder.glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            process, thread, name, begun, ended = json.loads(line)
            if name.startswith("!"):
                missing.add(name[1:])
            else:
                found.append(Span(name, begun, ended, (process, thread)))
    found.sort(key=lambda span: (span.begun, -span.ended))
    outermost: list[Span] = []
    for number, span in enumerate(found):
        around = [other for other in found[:number] if other.begun <= span.begun and span.ended <= other.ended]
        same = [other for other in around if other.place == span.place]
        (max(same or around, key=lambda other: other.begun).within if around else outermost).append(span)
    return outermost, sorted(missing)
