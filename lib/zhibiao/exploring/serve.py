"""The dashboard for people without code: one page by Voilà, on this machine alone unless asked otherwise, always behind a token."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import secrets
import shutil
import signal
import socket
import sys
import threading
import webbrowser
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_core.utils import run_sync
from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from traitlets.config import Config
from voila.app import Voila
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.static_file_handler import MultiStaticFileHandler, TemplateStaticFileHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from zhibiao.errors import ParameterError
from zhibiao.exploring.door import Doorkeeper, Nothing, gated
from zhibiao.kernels import PROVISIONER
from zhibiao.kernels.templates import PRELOAD

PAGE = Path(__file__).with_name("dashboard.ipynb")

SERVED = (
    KernelHandler, VoilaKernelWebsocketHandler, VoilaShutdownKernelHandler, TemplateStaticFileHandler, MultiStaticFileHandler, FileFindHandler,
)  # fmt: skip
"""What of Voilà is served beside the page: the page's own kernel and the scripts of the widgets. No files, no tree, no terminal."""

LOCAL = "127.0.0.1"
PORT = 8866
SPARE = 2
"""Kernels that wait with the page already run: who comes first need not wait."""

IDLE = 30 * 60
"""Seconds after which a kernel goes that no page is connected to any more; a page that is closed lets its kernel go at once."""

LOOK = 60
"""Seconds between two looks for such kernels."""

LARGEST_MESSAGE = 64 * 1024 * 1024
"""Bytes of one message from the page; a filled workbook is a hundredth of it, and what is larger than the page allows is refused in words there."""

PING = 30_000
"""Milliseconds in which a page's socket has to answer."""

TRIES = 50
"""Ports to try, the one that was asked for first."""

SHORTEST = 16
"""Characters of a token that somebody chooses."""

_TAKEN = (errno.EADDRINUSE, errno.EACCES)


class OwnPython(KernelSpecManager):
    """The Python that runs this and nothing else, whatever kernels a user has installed."""

    def _kernel_dirs_default(self) -> list[str]:
        return []

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Kernels forked from a template that has imported what they need: they start in a moment and share most of their memory."""
        spec = super().get_kernel_spec(kernel_name)
        spec.metadata = {**spec.metadata, "kernel_provisioner": {"provisioner_name": PROVISIONER, "config": {"preload": [*PRELOAD, "ipywidgets"]}}}
        return spec


class Dashboard(Voila):  # type: ignore[misc]
    """Voilà with one page, one door and nothing read from anybody's configuration."""

    socket: socket.socket

    def load_config_file(self, *_: object, **__: object) -> None:
        """Nothing: a ``voila.json`` that lies about must not open what is closed here."""

    def setup_template_dirs(self) -> None:
        super().setup_template_dirs()
        self.template_paths.insert(0, str(Path(__file__).with_name("looks")))

    def init_settings(self) -> dict[str, Any]:
        own = {"port": self.port, "websocket_max_message_size": LARGEST_MESSAGE, "compress_response": True, "ws_ping_timeout": PING}
        return {**super().init_settings(), **own}

    def init_handlers(self) -> list[Any]:
        handlers = []
        for path, kind, *rest in super().init_handlers():
            if kind is TornadoVoilaHandler:
                handlers.append(("/", gated(kind, page=True), *rest))
            elif kind in SERVED:
                handlers.append((path, gated(kind), *rest))
        return [*handlers, ("/.*", gated(Nothing))]

    def listen(self) -> None:
        server = HTTPServer(self.app)
        server.add_socket(self.socket)
        address = f"http://{_shown(self.ip)}:{self.port}/?token={self.token}"
        print(f"看板 dashboard: {address}", flush=True)
        if self.ip != LOCAL:
            print("别的机器也能连，HTTP 不加密 other machines can connect, and HTTP is not encrypted", flush=True)
        if self.open_browser and _has_screen():
            self.launch_browser()
        self.ioloop = IOLoop.current()
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._handle_signal_stop)
        try:
            self.ioloop.start()
        finally:
            server.stop()
            self.stop()

    def stop(self) -> None:
        run_sync(self._end)()
        shutil.rmtree(self.connection_dir, ignore_errors=True)

    async def _end(self) -> None:
        """End every kernel: at once where nobody is connected, else in its own way, so that a report being made is cleared away."""
        manager = self.kernel_manager
        used = {kernel for kernel in manager.list_kernel_ids() if manager.kernel_model(kernel)["connections"]}
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:  # kernels that are being started, pages that are being made
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        ends = [manager.shutdown_kernel(kernel, now=kernel not in used) for kernel in manager.list_kernel_ids()]
        await asyncio.gather(*ends, return_exceptions=True)  # one that is gone already is as good as ended

    def launch_browser(self) -> None:
        """Open the page by way of a file that only its owner reads: an address on a command line is seen by everybody on the machine."""
        file = Path(self.connection_dir) / "open.html"
        target = f"http://{_reached(self.ip)}:{self.port}/?token={self.token}"
        file.write_text(f'<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={target}">', encoding="utf-8")
        threading.Thread(target=webbrowser.open, args=(file.as_uri(),), daemon=True).start()


def dashboard(data: Path | None = None, *, port: int = PORT, ip: str = LOCAL, browser: bool = True) -> None:
    """Serve the dashboard until it is stopped (Ctrl-C, or a signal to end); no kernel is left behind.

    Parameters
    ----------
    data : Path, optional
        The overlay that takes imported figures; None means ``ZHIBIAO_DATA``. Without either nothing can be imported, only checked.
    port : int
        Where it is taken, one of the next is used; the printed address says which.
    ip : str
        The address to listen on; anything but this machine's own lets others reach it, who need the token as well.
    browser : bool
        Open a browser.

    Notes
    -----
    The token is random and new at every start, unless ``ZHIBIAO_TOKEN`` names one: on a command line everybody on the machine would see it.

    Raises
    ------
    ParameterError
        The address cannot be listened on, no port is free, the token is too short.
    RegistryError
        The registry or the overlay is broken.
    """
    from zhibiao.reading.importing import registry_with

    named = data if data is not None else os.environ.get("ZHIBIAO_DATA")
    if named:
        folder = Path(named).expanduser().resolve()
        registry_with(folder)  # a broken overlay is told here, not on everybody's page
        os.environ["ZHIBIAO_DATA"] = str(folder)
    # the kernels stand in the package's folder, whose modules are no top-level modules
    os.environ["PYTHONSAFEPATH"] = "1"
    chosen = os.environ.pop("ZHIBIAO_TOKEN", None)
    token = checked_token(chosen) if chosen is not None else secrets.token_urlsafe(24)
    server = Dashboard(config=_configured())
    server.initialize([])
    server.notebook_path = str(PAGE)
    server.socket = bound(ip, port)
    server.ip, server.port = ip, server.socket.getsockname()[1]
    server.token, server.open_browser = token, browser
    server.start()


def bound(ip: str, port: int) -> socket.socket:
    """A socket that listens on the first free port from `port` on.

    Raises
    ------
    ParameterError
        The address is not this machine's, or no port is free.
    """
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    for candidate in range(port, min(port + TRIES, 65536)):
        try:
            listening = socket.create_server((ip, candidate), family=family)
        except OSError as error:
            fault = error
            if error.errno not in _TAKEN:
                break
        else:
            listening.setblocking(False)
            return listening
    # create_server adds where it tried, which stands in the message already
    why = fault.strerror if isinstance(fault, socket.gaierror) or not fault.errno else os.strerror(fault.errno)
    raise ParameterError(f"无法在 {ip}:{port} 监听 cannot listen there: {why}", where="--ip", allowed=[LOCAL, "0.0.0.0"])


def _configured() -> Config:
    """Voilà's settings; none can be changed from the page's address."""
    return Config(
        {
            "Voila": {"log_level": "ERROR", "identity_provider_class": Doorkeeper},
            "VoilaConfiguration": {
                "preheat_kernel": True,
                "default_pool_size": SPARE,
                "strip_sources": True,
                "show_tracebacks": False,
                "template": "lab",
                "allow_template_override": "NO",
                "allow_theme_override": "NO",
                "kernel_spec_manager_class": OwnPython,
                "extension_allowlist": ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8"],
                "file_allowlist": [],
            },
            "MappingKernelManager": {"cull_idle_timeout": IDLE, "cull_interval": LOOK, "cull_connected": False},
            "VoilaExporter": {"language_code": "zh"},
        }
    )


def checked_token(token: str) -> str:
    """Return a token that somebody chose, where it is long enough and can stand in an address.

    Raises
    ------
    ParameterError
        It is not.
    """
    if len(token) < SHORTEST or not re.fullmatch(r"[A-Za-z0-9_-]*", token):
        raise ParameterError("口令太短或含其他字符 the token is too short or holds other characters", where="ZHIBIAO_TOKEN", allowed=[f"≥ {SHORTEST} × A-Z a-z 0-9 - _"])
    return token


def _shown(ip: str) -> str:
    """How others write the address: all interfaces are reached by the machine's name."""
    return socket.gethostname() if ip in ("", "0.0.0.0", "::") else f"[{ip}]" if ":" in ip else ip


def _reached(ip: str) -> str:
    return LOCAL if ip in ("", "0.0.0.0", "::") else _shown(ip)


def _has_screen() -> bool:
    """Whether a browser could be seen: on a server reached by a terminal Python would open one that takes the terminal over."""
    return sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
