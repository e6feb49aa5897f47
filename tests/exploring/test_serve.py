"""Who may come in, what is served, and what is left when it ends: the dashboard as it is started from a shell."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.websocket import websocket_connect

from zhibiao.errors import ParameterError
from zhibiao.exploring.serve import LOCAL, bound, checked_token

TOKEN = "token-of-the-tests-0123"
SECRET = {"Authorization": f"token {TOKEN}"}
KERNEL = str(uuid.UUID(int=28, version=4))  # the same for every process that collects these tests
SERVED = ("/", "/voila/static/voila.js", "/voila/templates/lab/static/index.css", f"/api/kernels/{KERNEL}", f"/api/kernels/{KERNEL}/channels")
NOT_SERVED = (
    "/tree", "/voila/tree", "/voila/files/dashboard.ipynb", "/voila/files/serve.py", "/voila/render/dashboard.ipynb", "/dashboard.ipynb",
    "/api/kernels", "/api/contents", "/api/contents/serve.py", "/api/terminals", "/api/sessions", "/terminals/1", "/lab", "/login", "/files/serve.py",
)  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        return int(probe.getsockname()[1])


def begin(page: Path, settings: str = "pass", browser: str = "") -> tuple[subprocess.Popen[str], str]:
    """Start a dashboard with a page that imports nothing; its process, and its address without the token."""
    code = f"import pathlib, zhibiao.cli, zhibiao.exploring.serve as serve; serve.PAGE = pathlib.Path({str(page)!r}); {settings}; zhibiao.cli.main()"
    command = [sys.executable, "-c", code, "dashboard", "--port", str(free_port()), *([] if browser else ["--no-browser"])]
    env = {**os.environ, "ZHIBIAO_TOKEN": TOKEN, "ZHIBIAO_DATA": "", "BROWSER": browser}
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, encoding="utf-8")
    assert process.stdout is not None
    found = re.search(rf"(http://[^/]+)/\?token={TOKEN}$", process.stdout.readline().strip())
    assert found is not None
    return process, found[1]


def end(process: subprocess.Popen[str], how: int = signal.SIGTERM) -> int:
    process.send_signal(how)
    assert process.stdout is not None
    process.stdout.close()
    return process.wait(20)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cell = {"cell_type": "code", "id": "page", "execution_count": None, "metadata": {}, "outputs": [], "source": "print('what is ' 'shown')"}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = tmp_path_factory.mktemp("page") / "dashboard.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def address(page: Path) -> Iterator[str]:
    process, found = begin(page)
    yield found
    assert end(process) in (0, 1)  # Windows ends it without asking


def ask(address: str, path: str, headers: dict[str, str] | None = None, method: str = "GET", follow: bool = False) -> HTTPResponse:
    request = HTTPRequest(
        address + path, method, headers or {}, body="" if method == "POST" else None, follow_redirects=follow, request_timeout=30, connect_timeout=30
    )

    async def fetch() -> HTTPResponse:
        client = AsyncHTTPClient(force_instance=True)
        try:
            return await client.fetch(request, raise_error=False)
        finally:
            client.close()

    return asyncio.run(fetch())


def kernels(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def until(check: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not (done := check()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return done


class TestTheDoor:
    @pytest.mark.parametrize("path", [*SERVED, *NOT_SERVED])
    @pytest.mark.parametrize("headers", [{}, {"Authorization": "token wrong"}, {"Cookie": "zhibiao-1=forged"}], ids=["nothing", "wrong", "forged"])
    def test_without_the_token_everything_is_refused(self, address: str, path: str, headers: dict[str, str]) -> None:
        assert ask(address, path, headers).code == 403

    def test_a_kernel_is_not_ended_without_it(self, address: str) -> None:
        assert ask(address, f"/voila/api/shutdown/{KERNEL}", method="POST").code == 403

    def test_who_comes_without_it_is_asked_for_it_in_both_languages(self, address: str) -> None:
        page = ask(address, "/").body.decode()
        assert "请输入口令" in page and "Please enter the token" in page and TOKEN not in page

    def test_the_token_becomes_a_cookie_and_leaves_the_address(self, address: str) -> None:
        answer = ask(address, f"/?token={TOKEN}")
        assert (answer.code, answer.headers["Location"]) == (302, "/")
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and TOKEN not in cookie
        assert ask(address, "/voila/static/voila.js", {"Cookie": cookie.split(";")[0]}).code == 200

    @pytest.mark.parametrize("path", NOT_SERVED)
    def test_with_it_nothing_but_the_page_is_served(self, address: str, path: str) -> None:
        assert ask(address, path, SECRET).code == 404

    def test_another_site_cannot_use_the_cookie_for_a_socket(self, address: str) -> None:
        cookie = ask(address, f"/?token={TOKEN}").headers["Set-Cookie"].split(";")[0]
        kernel = kernel_of(ask(address, "/", SECRET))
        url = f"{address.replace('http', 'ws')}/api/kernels/{kernel}/channels"

        async def connect() -> None:
            await websocket_connect(HTTPRequest(url, headers={"Cookie": cookie, "Origin": "http://elsewhere.example"}))

        with pytest.raises(HTTPClientError, match="403"):
            asyncio.run(connect())


def kernel_of(page: HTTPResponse) -> str:
    found = re.search(r'"kernelId": "([^"]+)"', page.body.decode())
    assert found is not None
    return found[1]


class TestThePage:
    def test_shows_no_code_and_asks_no_other_host(self, address: str) -> None:
        page = ask(address, "/", SECRET).body.decode()
        assert "what is shown" in page and "print(" not in page
        assert not re.findall(r"(?:src|href)=[\"']https?://", page)

    def test_runs_no_code_for_who_has_the_token(self, address: str, tmp_path: Path) -> None:
        kernel, proof = kernel_of(ask(address, "/", SECRET)), tmp_path / "ran"
        url = f"{address.replace('http', 'ws')}/api/kernels/{kernel}/channels?session_id=s"

        def message(kind: str, content: dict[str, object]) -> str:
            header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "username": "", "session": "s", "date": "", "version": "5.3"}
            return json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []})

        async def talk() -> None:
            socket = await websocket_connect(HTTPRequest(url, headers=SECRET))
            await socket.write_message(message("execute_request", {"code": f"open({str(proof)!r}, 'w')", "silent": False}))
            await socket.write_message(message("comm_info_request", {}))
            while True:  # what was sent later was answered: what was sent before it was dropped
                answer = await asyncio.wait_for(socket.read_message(), 20)
                assert answer is not None
                if json.loads(answer)["msg_type"] == "comm_info_reply":
                    break
            socket.close()
            while await socket.read_message() is not None:
                pass

        asyncio.run(talk())
        assert not proof.exists()


class TestTheBrowser:
    @pytest.mark.skipif(os.name == "nt", reason="Windows opens what is registered there")
    def test_is_opened_without_the_token_on_a_command_line(self, page: Path, tmp_path: Path) -> None:
        told, script = tmp_path / "told", tmp_path / "browser"
        script.write_text(f'#!/bin/sh\ncp "${{1#file://}}" {tmp_path}/copy; stat -c %a "$(dirname "${{1#file://}}")" > {tmp_path}/mode; echo "$1" > {told}\n', encoding="utf-8")
        script.chmod(0o755)
        process, address = begin(page, browser=f"{script} %s")
        try:
            assert until(lambda: told.is_file() and told.read_text().endswith("\n"))
        finally:
            end(process)
        assert told.read_text().startswith("file://") and TOKEN not in told.read_text()
        assert f"{address}/?token={TOKEN}" in (tmp_path / "copy").read_text(encoding="utf-8")
        assert (tmp_path / "mode").read_text().strip() == "700"


class TestItsEnd:
    @pytest.mark.skipif(os.name == "nt", reason="signals of Windows end processes otherwise")
    @pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
    def test_no_kernel_is_left(self, page: Path, how: int) -> None:
        process, address = begin(page)
        assert ask(address, "/", SECRET).code == 200
        assert until(lambda: len(kernels(process)) >= 3)  # the page's, and those that wait
        left = kernels(process)
        assert end(process, how) == (-how if how == signal.SIGKILL else 0)
        assert until(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in left))

    def test_a_kernel_without_a_page_goes(self, page: Path) -> None:
        process, address = begin(page, "serve.IDLE = 1; serve.LOOK = 1")
        try:
            kernel = kernel_of(ask(address, "/", SECRET))
            assert ask(address, f"/api/kernels/{kernel}", SECRET).code == 200
            assert until(lambda: ask(address, f"/api/kernels/{kernel}", SECRET).code == 404)
        finally:
            end(process)


class TestWhereItListens:
    def test_a_port_that_is_taken_is_passed_over(self) -> None:
        with socket.socket() as other:
            other.bind((LOCAL, 0))
            other.listen()
            taken = other.getsockname()[1]
            with bound(LOCAL, taken) as found:
                assert found.getsockname()[1] != taken

    def test_this_machine_alone_unless_asked(self, address: str) -> None:
        assert address.startswith("http://127.0.0.1:")

    def test_an_address_of_another_machine_is_refused(self) -> None:
        with pytest.raises(ParameterError, match=r"203\.0\.113\.9") as refused:
            bound("203.0.113.9", free_port())
        assert "while attempting" not in str(refused.value)

    @pytest.mark.parametrize("token", ["short", "with space and more of it", "口令口令口令口令口令口令口令口令", "", "a" * 15])
    def test_a_weak_token_is_refused(self, token: str) -> None:
        with pytest.raises(ParameterError, match="口令"):
            checked_token(token)
