"""Why a template must not be forked, or not for this kernel: each doubt is a sentence, and no doubt is an empty one."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INLINE = "module://matplotlib_inline.backend_inline"
"""The backend a kernel chooses where the environment names none."""

FREE = ("JPY_PARENT_PID", "JPY_INTERRUPT_EVENT", "IPY_INTERRUPT_EVENT")
"""Read while ipykernel is imported, and given to each kernel anew."""

_STARTING = (
    *("PYTHON", "COVERAGE_", "LC_", "LD_", "MALLOC_", "GLIBC_", "JE_", "ARROW_", "OPENSSL_"),
    *("OMP_", "OPENBLAS_", "GOTO_", "MKL_", "KMP_", "BLIS_", "NUMEXPR_"),
)
_NAMED = ("HOME", "LANG", "LANGUAGE", "TZ", "MPLBACKEND")
"""Names that the interpreter or a C library reads as it starts: Python does not see them read."""


class Reads(dict[Any, Any]):
    """The names in the environment that have been read: it takes the place of the mapping inside ``os.environ`` for a while."""

    def __init__(self, inside: Mapping[Any, Any]) -> None:
        super().__init__(inside)
        self.names: set[str] = set()
        self.all = False

    def __getitem__(self, key: Any) -> Any:
        self.names.add(os.fsdecode(key))
        return super().__getitem__(key)

    def __iter__(self) -> Any:
        self.all = True
        return super().__iter__()


def frozen(env: Mapping[str, str], read: Iterable[str]) -> dict[str, str]:
    """Return what of an environment has become part of a process that imported under it."""
    names = set(read).union(_NAMED, (name for name in env if name.startswith(_STARTING))).difference(FREE)
    found = {name: env[name] for name in names if name in env}
    found["MPLBACKEND"] = env.get("MPLBACKEND") or INLINE
    return found


def differing(ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    """Return the names under which two mappings disagree."""
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))


def threads(patience: float = 0.0) -> str:
    """Doubt a process with threads: a fork copies their locks and not them. A timer that was cancelled is given time to go."""
    until = time.monotonic() + patience
    while (count := len(list(Path("/proc/self/task").iterdir()))) > 1:
        if time.monotonic() >= until:
            return f"模板进程有线程 the template has threads: {count}"
        time.sleep(0.01)
    return ""


def files() -> str:
    """Doubt a process that holds files besides its three streams: forks would share the place at which they read."""
    held: dict[int, str] = {}
    for file in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # the one that lists is closed by now
            held[int(file.name)] = file.readlink().name
    others = sorted(name for number, name in held.items() if number > 2)
    return f"预加载留下打开的文件 the preload left files open: {', '.join(others)}" if others else ""


@dataclass(frozen=True)
class Watched:
    """The files a process is made of, as they were when it read them."""

    seen: Mapping[str, tuple[int, int] | None]

    @classmethod
    def now(cls, extra: Iterable[str] = ()) -> Watched:
        """Take the files of all imported modules, the folders into which packages are installed, and `extra`."""
        modules = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
        installed = {path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")}
        paths = {path for path in modules if path} | installed | set(extra)
        return cls({path: _state(path) for path in sorted(paths)})

    def doubt(self) -> str:
        """Name the first file that is no longer the same."""
        for path, state in self.seen.items():
            if _state(path) != state:
                return f"已导入的文件有改动 an imported file has changed: {Path(path).name}"
        return ""


def _state(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 two thousand of them at every start
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def shadows(folder: str) -> str:
    """Doubt a folder of work in which a cold kernel would find modules or settings that the template took from elsewhere."""
    # IPython looks there after the standard library, and not at all where Python is told to be safe
    loaded = set() if sys.flags.safe_path else {name for name in sys.modules if "." not in name}
    loaded -= {"__main__", *sys.stdlib_module_names}
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        return f"工作目录不可用 the working folder cannot be read: {error.strerror}"
    for entry in entries:
        if entry.name == "matplotlibrc":
            return "工作目录有 the working folder has matplotlibrc"
        if entry.name.partition(".")[0] in loaded and _is_module(Path(entry.path)):
            return f"工作目录的模块与已加载的同名 the working folder has a module named like a loaded one: {entry.name}"
    return ""


def _is_module(path: Path) -> bool:
    return path.suffix in (".py", ".so", ".pyc") or (path / "__init__.py").exists()
