"""The templates of this process: started when first needed, replaced when they are out of date, ended with it, or lent to others."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence

from zhibiao.kernels import TEMPLATE
from zhibiao.kernels.asking import Refused, Template, arrived, ask, unsupported
from zhibiao.kernels.doubts import frozen
from zhibiao.kernels.exchange import ANEW, COLD, Request
from zhibiao.kernels.folders import sweep
from zhibiao.kernels.forked import Forked

PRELOAD = (
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipykernel_launcher",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.extensions.storemagic",
    "psutil",
    "sqlite3",
    "numpy",
    "pandas",
    "matplotlib.figure",
    "matplotlib.font_manager",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "scipy.stats",
    "scipy.optimize",
    "seaborn",
    "pydantic.functional_validators",
    "pydantic.json_schema",
    "pydantic.main",
    "pydantic.types",
    "yaml",
)
"""What a kernel has imported when it starts: third parties only, and only what does nothing but define things when it is imported."""

_KINDS = 2
"""Templates kept at once; they differ in environment, limits or options of the interpreter."""

log = logging.getLogger(__name__)


class Templates:
    """Those that this process owns."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.own: list[Template] = []
        self.retired: list[Template] = []
        self.broken: dict[tuple[str, ...], str] = {}
        self.lock = threading.Lock()

    def kernel(self, request: Request, streams: Sequence[int]) -> Forked:
        """Have a kernel forked: by the template that was lent, by one of our own, or by a new one.

        Raises
        ------
        Refused
            Start it cold.
        """
        if lent := os.environ.get(TEMPLATE):
            try:
                return ask(arrived(lent), request, streams)
            except Refused as refused:
                if refused.remedy == COLD:
                    raise
        with self.lock:
            for template in list(self.own):
                try:
                    return ask(template.path, request, streams)
                except Refused as refused:
                    if refused.remedy == COLD:
                        raise
                    if refused.remedy == ANEW:
                        self._retire(template)
            return ask(self._start(request).path, request, streams)

    def _start(self, request: Request) -> Template:
        # a library that starts threads does so under one environment and not under another
        kind = (*request.options, *request.preload, *map(str, sorted(frozen(request.env, ()).items())))
        if kind in self.broken:
            raise Refused(self.broken[kind])
        self._bury()
        sweep()
        try:
            template = Template(request.options, request.preload, request.env)
        except OSError as error:
            raise Refused(f"模板进程未能启动 the template did not start: {error.strerror}", fault=True) from error
        try:
            template.wait_ready()
        except Refused as refused:
            template.end()
            # said once as a warning; every later kernel is cold without ado
            self.broken[kind] = refused.reason
            raise
        self.own.insert(0, template)
        for old in self.own[_KINDS:]:
            self._retire(old)
        return template

    def _retire(self, template: Template) -> None:
        template.retire()
        self.own.remove(template)
        self.retired.append(template)

    def _bury(self) -> None:
        for template in [one for one in self.retired if one.process.poll() is not None]:
            template.end()
            self.retired.remove(template)

    def end(self) -> None:
        """End all templates, and with them the kernels that still run."""
        for template in [*self.own, *self.retired]:
            template.end()
        self.own.clear()
        self.retired.clear()


_templates = Templates()
_inherited: list[Templates] = []


def templates() -> Templates:
    """Return this process's templates; a fork of their owner begins with none."""
    global _templates
    if _templates.pid != os.getpid():
        for template in [*_templates.own, *_templates.retired]:
            template.owner.close()
        _inherited.append(_templates)  # kept: its processes are not ours to wait for
        _templates = Templates()
    return _templates


@atexit.register
def _end() -> None:
    if _templates.pid == os.getpid():
        _templates.end()


@contextlib.contextmanager
def lend(env: Mapping[str, str], preload: Sequence[str] = PRELOAD) -> Iterator[dict[str, str]]:
    """Hold a template for other processes, which would otherwise each import everything once more.

    Parameters
    ----------
    env : mapping of str to str
        The environment that kernels will have, as far as it matters while modules are imported.
    preload : sequence of str
        What is imported.

    Yields
    ------
    dict of str to str
        What the environment of the other processes needs; empty where nothing is forked. Imports go on meanwhile.
    """
    template = _lendable(env, preload)
    if template is None:
        yield {}
        return
    waiting = threading.Thread(target=_announce, args=(template,), daemon=True)
    waiting.start()
    try:
        yield {TEMPLATE: template.path}
    finally:
        with contextlib.suppress(OSError):
            template.owner.shutdown(socket.SHUT_RDWR)
        waiting.join()
        template.end()


def _lendable(env: Mapping[str, str], preload: Sequence[str]) -> Template | None:
    if unsupported(env):
        return None
    sweep()
    try:
        return Template([], preload, env)
    except OSError as error:
        log.warning("不分叉 no forks: %s", error.strerror)
        return None


def _announce(template: Template) -> None:
    try:
        template.wait_ready()
    except Refused as refused:
        log.warning("不分叉 no forks: %s %s", refused.reason, refused.detail)
        template.folder.remove()  # whoever waits at its door need not
