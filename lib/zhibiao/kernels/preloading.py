"""What a template does before it serves: import, and see that nothing but imports happened."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhibiao.kernels.doubts import INLINE, Reads, Watched, differing, files, frozen, shadows, threads
from zhibiao.kernels.exchange import ANEW, COLD, OTHER, Request
from zhibiao.kernels.surroundings import surroundings

_ALLOCATORS = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
"""pandas imports pyarrow where it is there, and pyarrow's allocator starts a thread."""


_QUIET = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
"""debugpy prints a page as it is imported, unless it is told not to."""


@dataclass(frozen=True)
class Preloaded:
    """What the process has become by importing; `added` is what the modules put into the environment."""

    modules: list[str]
    options: list[str]
    env: dict[str, str]
    reads: Reads
    watched: Watched
    surroundings: dict[str, str]
    search: list[str]
    added: dict[str, str]

    def doubt(self, request: Request) -> tuple[str, str]:
        """Return why this template should not become that kernel, and the remedy: `COLD`, `OTHER` or `ANEW`."""
        if said := threads():
            return said, COLD
        if said := self.watched.doubt():
            return said, ANEW
        if self.modules != request.preload or self.options != request.options:
            return "模板另有用途 the template was made for other kernels", OTHER
        if names := self._other_names(request.env):
            return f"环境变量与模板不同 the environment differs from the template's: {', '.join(names[:5])}", OTHER
        if names := differing(self.surroundings, request.surroundings):
            return f"限额或权限与模板不同 limits or rights differ from the template's: {', '.join(names[:5])}", OTHER
        return shadows(request.cwd), COLD

    def _other_names(self, env: dict[str, str]) -> list[str]:
        if self.reads.all:
            kept = ({k: v for k, v in one.items() if not k.startswith("JPY_")} for one in (self.env, env))
            return differing(*kept)
        return differing(frozen(self.env, self.reads.names), frozen(env, self.reads.names))


def preload(modules: Sequence[str], options: list[str]) -> Preloaded:
    """Import everything, and see that nothing but imports happened.

    Raises
    ------
    Doubt
        A module raised, warned or printed, or left a thread or an open file behind.
    """
    env = {name: value for name, value in os.environ.items() if name not in _ALLOCATORS}
    os.environ.update(_ALLOCATORS)
    os.environ["MPLBACKEND"] = os.environ.get("MPLBACKEND") or INLINE
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    before = dict(os.environ)
    if not sys.flags.safe_path:
        del sys.path[0]  # the folder it was started in
    search = list(sys.path)
    with _watching() as (reads, said):
        for module in modules:
            try:
                importlib.import_module(module)
            except BaseException as error:
                raise Doubt(f"预加载失败 the preload failed: {module}: {type(error).__name__}", str(error)) from error
    _only_imported(said)
    # loaded anew in each kernel: the project's own code must never be stale
    for name in [name for name in sys.modules if name == "zhibiao" or name.startswith("zhibiao.")]:
        del sys.modules[name]
    matplotlib: Any = sys.modules.get("matplotlib")
    settings = [matplotlib.matplotlib_fname()] if matplotlib is not None else []
    added = {name: value for name, value in os.environ.items() if name not in before}
    return Preloaded(list(modules), options, env, reads, Watched.now(settings), surroundings(), search, added)


@contextlib.contextmanager
def _watching() -> Iterator[tuple[Reads, list[str]]]:
    """Note what is read in the environment and what is warned of."""
    said: list[str] = []
    show = warnings.showwarning
    warnings.showwarning = lambda message, *_, **__: said.append(str(message))
    # a list of fonts that takes long to make is no doubt: it is what the template is for
    fonts = logging.getLogger("matplotlib.font_manager")
    fonts.setLevel(logging.ERROR)
    environ: Any = os.environ
    plain, reads = environ._data, Reads(environ._data)
    environ._data = reads
    yield reads, said
    # not undone where an import fails: the process ends then
    plain.clear()
    plain.update(dict.items(reads))
    environ._data = plain
    fonts.setLevel(logging.NOTSET)
    warnings.showwarning = show


class Doubt(Exception):
    """The template cannot be used; the detail may name paths and is for the log alone."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def _only_imported(said: list[str]) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    if os.fstat(1).st_size:
        printed = Path("/proc/self/fd/1").read_text(errors="replace").strip()
        raise Doubt("预加载有输出 the preload printed", printed)
    if said:
        raise Doubt("预加载有警告 the preload warned", said[0])
    # matplotlib has a timer while it makes its list of fonts
    if doubt := threads(patience=1.0) or files():
        raise Doubt(doubt)
