"""What the browser tests share: starting and stopping a dashboard as a user does, opening its page, making files to hand in."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
CHROMIUM = os.environ.get("ZHIBIAO_CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
TOKEN = "browser-tests-token-0123"
PATIENCE = 30_000
"""Milliseconds until a wait fails; nothing is asserted about times."""


@dataclass(frozen=True)
class Server:
    """A running dashboard: where it is, what opens it, where its figures go, and where what its users did last."""

    process: subprocess.Popen[str]
    address: str
    data: Path
    state: tempfile.TemporaryDirectory[str]

    @property
    def entrance(self) -> str:
        return f"{self.address}/?token={TOKEN}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data: Path | None, *options: str) -> Server:
    """Start a dashboard as a user does and wait until it says its address."""
    state = tempfile.TemporaryDirectory(prefix="zhibiao-state-")
    command = [str(PYTHON), "-m", "zhibiao", "dashboard", "--no-browser", "--port", str(free_port()), *options]
    env = {**os.environ, "ZHIBIAO_TOKEN": TOKEN, "ZHIBIAO_DATA": str(data or ""), "XDG_STATE_HOME": state.name}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, encoding="utf-8", start_new_session=True)
    said = process.stdout.readline()
    found = re.search(r"(http://[^/]+)/\?token=", said)
    assert found, said
    return Server(process, found[1], data or Path(), state)


def stop(server: Server) -> int:
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGTERM)
    code = server.process.wait(30)
    if server.process.stdout is not None:
        server.process.stdout.close()
    server.state.cleanup()
    return code


def project_python(*arguments: str) -> str:
    """Run the project's Python, which has packages that the tests' own lacks, and return what it printed."""
    done = subprocess.run([str(PYTHON), *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ready(page: Page, entrance: str) -> Page:
    """Open the dashboard and wait until its widgets are there."""
    page.set_default_timeout(PATIENCE)
    page.goto(entrance, wait_until="commit")
    try:
        page.locator(".zhibiao .widget-tab").wait_for()
    except PlaywrightTimeout:
        raise AssertionError(f"the page shows only: {page.locator('body').inner_text()[:2000]}") from None
    return page


def compose(page: Page, typed: str, chosen: str) -> None:
    """Type letters in an input method, which the field shows meanwhile, and choose a word."""
    wire = page.context.new_cdp_session(page)
    for end in range(1, len(typed) + 1):
        wire.send("Input.imeSetComposition", {"text": typed[:end], "selectionStart": end, "selectionEnd": end})
    wire.send("Input.insertText", {"text": chosen})
    wire.detach()


def until(check: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether something outside the page comes true in time."""
    deadline = time.monotonic() + seconds
    while not (done := check()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return done
