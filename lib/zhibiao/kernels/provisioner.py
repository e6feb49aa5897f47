"""The provisioner that jupyter_client loads: kernels over private sockets, forked where that is safe, cold everywhere else."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.localinterfaces import localhost
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import List, Unicode

from zhibiao.kernels.asking import Refused, unsupported
from zhibiao.kernels.exchange import Request
from zhibiao.kernels.folders import PrivateFolder
from zhibiao.kernels.forked import Forked
from zhibiao.kernels.surroundings import surroundings
from zhibiao.kernels.templates import PRELOAD, templates

HISTORY = "--HistoryManager.hist_file"
"""IPython's history is one SQLite file for all kernels of a user; here each keeps its own in memory."""

BLAS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""A library that starts threads as it is imported cannot be preloaded: one thread, unless the environment says otherwise. Cold kernels
are given the same, so that a sum is rounded the same way."""

_LAUNCH = {"env", "cwd", "stdin", "stdout", "stderr", "independent"}
_ENDING, _GLANCE, _FAREWELL = 0.5, 0.005, 5.0
"""Seconds a killed kernel is waited for, between two looks, and for one that nobody wants any more."""


class Provisioner(LocalProvisioner):
    """Starts kernels of the Python that runs this as forks of a template."""

    preload = List(Unicode(), list(PRELOAD), help="modules that the template imports").tag(config=True)

    process: Any = None
    started = ""
    reason = ""
    _folder: PrivateFolder | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose sockets in a private folder instead of ports, and a history in memory."""
        self._choose_sockets()
        kwargs = await super().pre_launch(**kwargs)
        if "ipykernel_launcher" in kwargs["cmd"] and not any(part.startswith(HISTORY) for part in kwargs["cmd"]):
            kwargs["cmd"] = [*kwargs["cmd"], f"{HISTORY}=:memory:"]
        for name in BLAS:
            kwargs["env"].setdefault(name, "1")
        return kwargs

    def _choose_sockets(self) -> None:
        manager = self.parent
        # called again at each restart: clients wait at the sockets they know
        if manager is None or os.name != "posix" or self._folder is not None:
            return
        if manager.transport != "tcp" or manager.ip != localhost() or any(manager.ports):
            return  # somebody has chosen
        with contextlib.suppress(OSError):
            self._folder = PrivateFolder()
            manager.transport, manager.ip, manager.cache_ports = "ipc", str(self._folder.path / "k"), False

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel, or start it cold and keep the reason."""
        try:
            request = self._request(cmd, kwargs)
            process = await _fork(request, _streams(kwargs))
        except Refused as refused:
            self.reason = refused.reason
            if refused.fault:
                self.log.warning("内核冷启动 the kernel starts cold: %s %s", refused.reason, refused.detail)
        except Exception as error:  # a slip here must not cost anybody a kernel
            self.reason = f"程序错误 a fault of the program: {type(error).__name__}"
            self.log.warning("内核冷启动 the kernel starts cold", exc_info=True)
        else:
            self.started, self.reason = "forked", ""
            self.process = process
            self.pid = self.pgid = process.pid
            self.cwd = request.cwd
            return self.connection_info
        self.started = "cold"
        return await super().launch_kernel(cmd, **kwargs)

    def _request(self, cmd: list[str], kwargs: dict[str, Any]) -> Request:
        if why := unsupported(kwargs["env"]):
            raise Refused(why)
        if strange := {name for name, value in kwargs.items() if value} - _LAUNCH - {"extra_arguments", "kernel_id"}:
            raise Refused(f"启动方式特殊 special ways to launch: {', '.join(sorted(strange))}")
        if kwargs.get("independent"):
            raise Refused("内核须比启动者长命 the kernel is to outlive its launcher")
        command = [os.path.expanduser(part) for part in cmd]  # noqa: PTH111 as jupyter_client does
        options, arguments = _split(command)
        return Request(
            command=command,
            options=options,
            arguments=arguments,
            cwd=str(Path(kwargs.get("cwd") or "").absolute()),
            env={**kwargs["env"], "JPY_PARENT_PID": str(os.getpid())},
            preload=list(self.preload),
            surroundings=surroundings(),
            leftovers=self._leftovers(),
        )

    def _leftovers(self) -> list[str]:
        connection = [str(self.parent.connection_file)] if self.parent else []
        return connection + ([str(self._folder.path)] if self._folder else [])

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel and what it started; never a process that has its number by now."""
        if isinstance(self.process, Forked):
            self.process.send_group(signum)
        else:
            await super().send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill, and see the end at once instead of at the next poll."""
        await super().kill(restart)
        for _ in range(round(_ENDING / _GLANCE)):
            if self.process is None or self.process.poll() is not None:
                break
            await asyncio.sleep(_GLANCE)

    async def cleanup(self, restart: bool = False) -> None:
        await super().cleanup(restart)
        if not restart and self._folder is not None:
            self._folder.remove()

    async def get_provisioner_info(self) -> dict[str, Any]:
        """Add how the kernel was started, and why cold."""
        return {**await super().get_provisioner_info(), "started": self.started, "reason": self.reason}


async def _fork(request: Request, streams: list[int]) -> Forked:
    # modules may be imported meanwhile: the server's loop must go on
    thread = ThreadPoolExecutor(1)
    asked = thread.submit(lambda: templates().kernel(request, streams))
    thread.shutdown(wait=False)
    try:
        return await asyncio.wrap_future(asked)
    except asyncio.CancelledError:
        asked.add_done_callback(_unwanted)
        raise


def _unwanted(asked: Future[Forked]) -> None:
    if not asked.cancelled() and asked.exception() is None:
        asked.result().kill()
        asked.result().wait(_FAREWELL)


def _split(command: list[str]) -> tuple[list[str], list[str]]:
    """Return the interpreter's options and the kernel's arguments."""
    place = command.index("ipykernel_launcher") if "ipykernel_launcher" in command else 0
    if place < 2 or command[place - 1] != "-m":
        raise Refused("不是 ipykernel 的启动命令 not the command of ipykernel")
    if command[0] != sys.executable:
        raise Refused("另一个 Python 的内核 the kernel of another Python")
    return command[1 : place - 1], command[place + 1 :]


def _streams(kwargs: dict[str, Any]) -> list[int]:
    """Return the open files that become the kernel's output and error."""
    if kwargs.get("stdin") not in (None, subprocess.DEVNULL):
        raise Refused("标准输入另有用途 standard input is asked for")
    return [_stream(kwargs.get(name), number) for name, number in (("stdout", 1), ("stderr", 2))]


def _stream(wish: Any, number: int) -> int:
    if wish is None:
        wish = number
    if hasattr(wish, "fileno"):
        wish = wish.fileno()
    if wish < 0:
        raise Refused("输出要接管道 output is asked for through a pipe")
    try:
        os.fstat(wish)
    except OSError as error:
        raise Refused("标准输出已关闭 standard output is closed") from error
    return int(wish)
