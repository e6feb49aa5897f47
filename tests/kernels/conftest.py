"""What the tests of kernels share: kernels started through jupyter_client, forked or cold, and a look at processes."""

import ast
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import pytest
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

from zhibiao.kernels import PROVISIONER, Start, how
from zhibiao.kernels.asking import Template, unsupported
from zhibiao.kernels.templates import templates

LIGHT = ["ipykernel.ipkernel", "ipykernel.kernelapp", "ipykernel_launcher", "numpy.random"]
"""Enough to be a template; the whole preload is for test_runs."""


@pytest.fixture(autouse=True)
def _forks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHIBIAO_KERNELS", raising=False)
    monkeypatch.delenv("ZHIBIAO_TEMPLATE", raising=False)
    if why := unsupported({}):
        pytest.skip(f"kernels are not forked here: {why}")


@pytest.fixture(scope="module", autouse=True)
def _end() -> Iterator[None]:
    yield
    templates().end()
    templates().broken.clear()


class Specs(KernelSpecManager):
    """One kernel: this Python, provisioned as asked."""

    def __init__(
        self, preload: list[str] | None, provisioner: str = PROVISIONER, options: tuple[str, ...] = ()
    ) -> None:
        super().__init__()
        config = {} if preload is None else {"preload": preload}
        stanza = {"provisioner_name": provisioner, "config": config if provisioner == PROVISIONER else {}}
        argv = [sys.executable, *options, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        self.only = KernelSpec(argv=argv, language="python", metadata={"kernel_provisioner": stanza})

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return self.only


class Kernel:
    """A kernel in a ``with`` block."""

    def __init__(
        self,
        preload: list[str] | None = None,
        provisioner: str = PROVISIONER,
        options: tuple[str, ...] = (),
        **start: Any,
    ) -> None:
        preload = LIGHT if preload is None else preload
        self.manager = KernelManager(kernel_spec_manager=Specs(preload, provisioner, options))
        self.start = start

    def __enter__(self) -> Self:
        self.manager.start_kernel(**self.start)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    @property
    def how(self) -> Start:
        return how(self.manager)

    @property
    def pid(self) -> int:
        return int(self.manager.provisioner.pid)

    def run(self, code: str) -> str:
        """Run code and return what it printed; an error in it is an error here."""
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream":
                said.append(message["content"]["text"])

        reply = self.client.execute_interactive(code, output_hook=hear, timeout=60)
        assert reply["content"]["status"] == "ok", reply["content"]
        return "".join(said)

    def value(self, expression: str, first: str = "") -> Any:
        """Return what a literal expression is worth in the kernel."""
        return ast.literal_eval(self.run(f"{first}\nprint(repr(({expression})))").splitlines()[-1])

    def wait(self, seconds: float = 10.0) -> int | None:
        """Wait until the kernel is seen to have ended and return its exit code."""
        process = self.manager.provisioner.process
        return within(process.poll, seconds, lambda code: code is not None)


def within(look: Callable[[], Any], seconds: float = 5.0, until: Callable[[Any], bool] = bool) -> Any:
    """Look until what is seen is as hoped, and return it; after that time, whatever it is."""
    end = time.monotonic() + seconds
    while not until(seen := look()) and time.monotonic() < end:
        time.sleep(0.02)
    return seen


def alive(pid: int) -> bool:
    """Tell whether a process runs; a zombie does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def module(folder: Path, name: str, text: str) -> None:
    """Write a module."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(text, "utf-8")


class Tools:
    """The above, for tests: they are files that import nothing from each other."""

    Kernel, Specs, LIGHT = Kernel, Specs, LIGHT
    within, alive, module = staticmethod(within), staticmethod(alive), staticmethod(module)

    @staticmethod
    def template() -> Template:
        """Return the template that was started last."""
        return templates().own[0]

    @staticmethod
    def env(**more: str) -> dict[str, str]:
        return {**os.environ, **more}

    @staticmethod
    def lines(text: str) -> Any:
        return json.loads(text)


@pytest.fixture
def tools() -> type[Tools]:
    return Tools
