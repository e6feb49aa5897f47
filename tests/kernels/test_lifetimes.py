"""A kernel ends when it should, with everything it started, and only then: runner, template and kernels are killed here."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from zhibiao.kernels.exchange import send
from zhibiao.kernels.folders import sweep
from zhibiao.kernels.provisioner import BLAS
from zhibiao.kernels.templates import lend, templates

RUNNER = """
import json, sys, time
sys.path.insert(0, {tests!r})
from conftest import Kernel, templates
kernel = Kernel().__enter__()
grandchild = kernel.value("subprocess.Popen(['sleep', '300']).pid", "import subprocess")
own = templates().own
print(json.dumps({{
    "started": kernel.how.started, "reason": kernel.how.reason, "kernel": kernel.pid, "grandchild": grandchild,
    "template": own[0].process.pid if own else None, "folder": str(own[0].folder.path) if own else None,
    "connection": kernel.manager.connection_file, "sockets": kernel.manager.ip.rsplit("/", 1)[0],
}}), flush=True)
{then}
"""


def runner(
    tools: Any, then: str = "time.sleep(300)", **environment: str
) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    """Start a process that has a kernel, and return what it says of it."""
    code = RUNNER.format(tests=str(Path(__file__).parent), then=textwrap.dedent(then))
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=tools.env(**environment)
    )
    assert process.stdout is not None
    said = tools.lines(process.stdout.readline())
    assert said["started"] == "forked", said["reason"]
    return process, said


def gone(tools: Any, said: dict[str, Any], *names: str) -> list[str]:
    """Return which of the processes and files are still there after a few seconds."""

    def left() -> list[str]:
        processes = [name for name in ("kernel", "grandchild", "template") if name in names and tools.alive(said[name])]
        return processes + [
            name for name in ("folder", "connection", "sockets") if name in names and Path(said[name]).exists()
        ]

    return list(tools.within(left, until=lambda found: not found))


def test_when_the_runner_is_killed_then_nothing_is_left(tools: Any) -> None:
    process, said = runner(tools)
    process.kill()
    process.communicate()
    assert gone(tools, said, "kernel", "grandchild", "template", "folder", "connection", "sockets") == []


def test_when_the_runner_ends_without_stopping_its_kernel_then_nothing_is_left(tools: Any) -> None:
    process, said = runner(tools, then="sys.exit(0)")
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert gone(tools, said, "kernel", "grandchild", "template", "folder", "sockets") == []


def test_when_a_child_of_the_runner_holds_its_files_then_its_death_is_seen_all_the_same(tools: Any) -> None:
    process, said = runner(tools, then="import os\nos.fork()\ntime.sleep(300)")
    others = [said[name] for name in ("kernel", "grandchild", "template")]

    def children() -> list[int]:
        return [child.pid for child in psutil.Process(process.pid).children() if child.pid not in others]

    (child,) = tools.within(children)
    process.kill()
    process.wait()
    assert gone(tools, said, "kernel", "grandchild", "template", "folder", "connection", "sockets") == []
    assert tools.alive(child)
    os.kill(child, signal.SIGKILL)
    process.communicate()


def test_when_the_template_is_killed_then_its_kernels_end_and_the_next_has_another(tools: Any) -> None:
    with tools.Kernel() as kernel:
        grandchild = kernel.value("subprocess.Popen(['sleep', '300']).pid", "import subprocess")
        first = tools.template()
        first.process.kill()
        assert kernel.wait() == -signal.SIGKILL
        assert tools.within(lambda: not tools.alive(kernel.pid) and not tools.alive(grandchild))
        with tools.Kernel() as other:
            assert other.how.started == "forked"
            assert other.value("1 + 1") == 2
            assert tools.template() is not first
    with tools.Kernel():
        pass
    assert not first.folder.path.exists() or first in templates().retired


def test_when_requests_are_nonsense_or_their_senders_leave_then_the_template_goes_on(tools: Any) -> None:
    with tools.Kernel() as kernel:
        template = tools.template()
        for said in (b"", b"\0", b"\0\0\0\2{}", b"\0\0\0\2[]", b"\0\0\0\1x", b"\xff\xff\xff\xff"):
            with socket.socket(socket.AF_UNIX) as channel:
                channel.connect(template.path)
                channel.sendall(said)
        # one that leaves while its kernel is being made
        provisioner = kernel.manager.provisioner
        request = provisioner._request(
            kernel.manager.format_kernel_cmd(), {"env": tools.env(**dict.fromkeys(BLAS, "1"))}
        )
        for wait in (0.0, 0.002, 0.02):
            with socket.socket(socket.AF_UNIX) as channel:
                channel.connect(template.path)
                send(channel, replace(request, leftovers=[]).message(), [1, 2])
                time.sleep(wait)
        assert tools.within(lambda: len(psutil.Process(template.process.pid).children()) == 1)
        assert kernel.value("1 + 1") == 2
    with tools.Kernel() as kernel:
        assert tools.template() is template
        assert kernel.how.started == "forked"


def test_when_everything_is_killed_at_once_then_the_next_template_sweeps_up_and_spares_what_lives(tools: Any) -> None:
    process, said = runner(tools)
    for pid in (said["template"], process.pid):
        os.kill(pid, signal.SIGKILL)
    process.wait()
    assert gone(tools, said, "kernel", "template") == []
    os.kill(said["grandchild"], signal.SIGKILL)  # nobody was left who could
    process.communicate()
    left = [Path(said[name]) for name in ("folder", "sockets")]
    assert all(path.exists() for path in left)
    with tools.Kernel() as kernel:
        alive = [tools.template().folder.path, Path(kernel.manager.ip).parent]
        for path in left + alive:
            os.utime(path, (0, 0))
        sweep()
        assert not any(path.exists() for path in left)
        assert all(path.exists() for path in alive)
        assert kernel.value("1 + 1") == 2


def test_when_a_lent_template_loses_a_borrower_then_only_that_kernel_ends(tools: Any) -> None:
    with lend(
        tools.env(**dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")), tools.LIGHT
    ) as more:
        one, first = runner(tools, **more)
        two, second = runner(tools, **more)
        assert first["template"] is second["template"] is None
        one.kill()
        one.communicate()
        assert gone(tools, first, "kernel", "grandchild", "connection", "sockets") == []
        assert tools.alive(second["kernel"])
        assert tools.alive(second["grandchild"])
    assert gone(tools, second, "kernel", "grandchild") == []
    two.kill()
    two.communicate()


@pytest.mark.parametrize(
    ("code", "exit_code"), [("os._exit(3)", 3), ("os.kill(os.getpid(), 11)", -11), ("os.kill(os.getpid(), 9)", -9)]
)
def test_when_a_kernel_ends_by_itself_then_its_exit_code_is_known(code: str, exit_code: int, tools: Any) -> None:
    with tools.Kernel() as kernel:
        kernel.client.execute(f"import os; {code}")
        assert kernel.wait() == exit_code


def test_when_kernels_end_then_no_zombie_is_left(tools: Any) -> None:
    pids = []
    for now in (True, False):
        with tools.Kernel() as kernel:
            pids.append(kernel.pid)
            if not now:
                kernel.manager.shutdown_kernel()
    template = psutil.Process(tools.template().process.pid)
    assert tools.within(lambda: not template.children())
    assert not [pid for pid in pids if psutil.pid_exists(pid)]


def test_when_a_kernel_has_ended_then_no_signal_reaches_whoever_has_its_number(
    tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tools.Kernel() as kernel:
        provisioner = kernel.manager.provisioner
        kernel.client.execute("import os; os._exit(0)")
        assert kernel.wait() == 0
        sent: list[tuple[int, int]] = []
        monkeypatch.setattr(os, "kill", lambda *how: sent.append(how))
        monkeypatch.setattr(os, "killpg", lambda *how: sent.append(how))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            asyncio.run(provisioner.send_signal(number))
        provisioner.process.terminate()
        provisioner.process.kill()
        assert sent == []
