"""On any doubt a kernel starts cold, works all the same, and says why."""

import asyncio
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.provisioning import LocalProvisioner

from zhibiao.kernels import how
from zhibiao.kernels.provisioner import BLAS, Provisioner
from zhibiao.kernels.templates import templates


def starts_cold(tools: Any, *preload: str, says: str, **start: Any) -> None:
    """Start a kernel and use it."""
    with tools.Kernel([*tools.LIGHT, *preload], **start) as kernel:
        assert kernel.how.started == "cold"
        assert says in kernel.how.reason
        assert kernel.value("6 * 7") == 42
        told = asyncio.run(kernel.manager.provisioner.get_provisioner_info())
        assert (told["started"], told["reason"]) == ("cold", kernel.how.reason)


@pytest.fixture
def reason(tools: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return why a launch would be cold, without the seconds of a cold start."""

    async def launch_kernel(self: LocalProvisioner, cmd: list[str], **options: Any) -> dict[str, Any]:
        return {}

    monkeypatch.setattr(LocalProvisioner, "launch_kernel", launch_kernel)

    def ask(*preload: str, python: str = sys.executable, **options: Any) -> str:
        spec = tools.Specs([]).only
        provisioner = Provisioner(kernel_id="", kernel_spec=spec, preload=list(preload or tools.LIGHT))
        command = [python, "-m", "ipykernel_launcher", "-f", "nowhere.json"]
        asyncio.run(
            provisioner.launch_kernel(
                command, **{**options, "env": dict.fromkeys(BLAS, "1") | options.get("env", tools.env())}
            )
        )
        assert provisioner.started == "cold"
        assert "/" not in provisioner.reason
        return str(provisioner.reason)

    return ask


PLANTED = {
    "thread_left": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        "线程 the template has threads: 2",
    ),
    "broken_import": (
        "raise RuntimeError('/a/path/that/stays/out')",
        "the preload failed: broken_import: RuntimeError",
    ),
    "missing_module": (None, "the preload failed: missing_module: ModuleNotFoundError"),
    "exit_at_import": ("raise SystemExit(0)", "the preload failed: exit_at_import: SystemExit"),
    "killed_at_import": ("import os\nos._exit(3)", "the template did not start"),
    "prints": ("print('hello')", "the preload printed"),
    "warns": ("import warnings\nwarnings.warn('look out', UserWarning)", "the preload warned"),
    "file_left": ("kept = open(__file__)", "the preload left files open: file_left.py"),
    "socket_left": ("import socket\nkept = socket.socket()", "the preload left files open: socket:["),
    "loop_left": ("import asyncio\nkept = asyncio.new_event_loop()", "the preload left files open"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_when_a_preload_does_more_than_define_then_there_is_no_fork(
    name: str, reason: Callable[..., str], tools: Any, tmp_path: Path
) -> None:
    text, says = PLANTED[name]
    if text is not None:
        tools.module(tmp_path, name, text)
    env = tools.env(PYTHONPATH=str(tmp_path))
    before = len(templates().own)
    assert says in reason(name, env=env)
    assert says in reason(name, env=env)  # known by now
    assert len(templates().own) == before


@pytest.mark.parametrize("name", ["thread_left", "broken_import"])
def test_when_a_preload_cannot_be_trusted_then_a_cold_kernel_runs(
    name: str, tools: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text, says = PLANTED[name]
    tools.module(tmp_path, name, str(text))
    starts_cold(tools, name, says=says, env=tools.env(PYTHONPATH=str(tmp_path)))
    assert says in caplog.text


def test_when_switched_off_then_the_start_is_cold(tools: Any) -> None:
    starts_cold(tools, says="ZHIBIAO_KERNELS=cold", env=tools.env(ZHIBIAO_KERNELS="cold"))


def test_when_the_platform_is_another_then_nothing_is_forked(
    reason: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert "no forks on this platform: darwin" in reason()


def test_when_the_system_refuses_pidfds_then_nothing_is_forked(
    reason: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(pid: int) -> int:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.pidfd_open", refuse)
    assert "refuses pidfd_open" in reason()


def test_when_the_launch_is_special_then_nothing_is_forked(
    reason: Callable[..., str], tmp_path: Path, tools: Any
) -> None:
    assert "outlive its launcher" in reason(independent=True)
    assert "special ways to launch: umask" in reason(umask=0o77)
    assert "through a pipe" in reason(stdout=subprocess.PIPE)
    assert "standard input" in reason(stdin=subprocess.PIPE)
    assert "another Python" in reason(python="/usr/bin/python-of-another-day")
    assert "PYTHONPATH" in reason(env=tools.env(PYTHONPATH="lib"))
    assert "working folder cannot be read" in reason(cwd=str(tmp_path / "gone"))


@pytest.mark.parametrize(
    ("name", "says"), [("numpy.py", "numpy.py"), ("numpy/__init__.py", "numpy"), ("matplotlibrc", "matplotlibrc")]
)
def test_when_the_folder_of_work_would_change_what_is_imported_then_nothing_is_forked(
    name: str, says: str, reason: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("", "utf-8")
    assert says in reason(cwd=str(tmp_path))


def test_when_the_folder_of_work_could_not_change_anything_then_there_is_a_fork(tools: Any, tmp_path: Path) -> None:
    for name in ("json.py", "own.py", "numpy.txt"):
        (tmp_path / name).write_text("raise SystemExit", "utf-8")
    (tmp_path / "ipykernel").mkdir()  # a folder is no package
    with tools.Kernel(cwd=str(tmp_path)) as kernel:
        assert kernel.how.started == "forked"
    (tmp_path / "numpy.py").write_text("raise SystemExit", "utf-8")
    with tools.Kernel(cwd=str(tmp_path), env=tools.env(PYTHONSAFEPATH="1")) as kernel:
        assert kernel.how.started == "forked"
        assert kernel.value("float(numpy.float64(1.0))", "import numpy") == 1.0


def test_when_a_library_may_start_threads_then_that_kernel_is_cold_and_the_next_is_not(
    reason: Callable[..., str], tools: Any
) -> None:
    if (os.cpu_count() or 1) < 2:
        pytest.skip("numpy starts no threads on one processor")
    assert "threads" in reason(env=tools.env(OPENBLAS_NUM_THREADS="2"))
    with tools.Kernel() as kernel:
        assert kernel.how.started == "forked"
        assert kernel.value("os.environ['OPENBLAS_NUM_THREADS']", "import os") == "1"


def test_when_a_name_that_imports_read_differs_then_another_template_is_made(tools: Any) -> None:
    templates().end()
    for value in ("0", "1", "0"):
        with tools.Kernel(env=tools.env(PYTHONHASHSEED=value)) as kernel:
            assert kernel.how.started == "forked"
            assert kernel.value("sys.flags.hash_randomization", "import sys") == int(value)
    assert len(templates().own) == 2


def test_when_a_limit_was_lowered_then_the_kernel_has_it_too(tools: Any) -> None:
    with tools.Kernel() as kernel:
        before = kernel.value("resource.getrlimit(resource.RLIMIT_NOFILE)", "import resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft - 7, hard))
    try:
        with tools.Kernel() as kernel:
            assert kernel.how.started == "forked"
            assert kernel.value("resource.getrlimit(resource.RLIMIT_NOFILE)", "import resource") == (
                before[0] - 7,
                before[1],
            )
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_when_options_of_the_interpreter_differ_then_the_template_has_them_too(tools: Any) -> None:
    with tools.Kernel(options=("-Xfrozen_modules=off", "-O")) as kernel:
        assert kernel.how.started == "forked"
        assert kernel.value("sys.flags.optimize, sys._xoptions", "import sys") == (1, {"frozen_modules": "off"})


def test_when_an_imported_file_changes_then_the_next_kernel_has_the_new_one_and_the_old_kernel_lives_on(
    tools: Any, tmp_path: Path
) -> None:
    tools.module(tmp_path, "third_party", "version = 1\n")
    start: dict[str, Any] = {"env": tools.env(PYTHONPATH=str(tmp_path))}
    with tools.Kernel([*tools.LIGHT, "third_party"], **start) as old:
        assert old.value("third_party.version", "import third_party") == 1
        first = tools.template()
        tools.module(tmp_path, "third_party", "version = 'two'\n")
        with tools.Kernel([*tools.LIGHT, "third_party"], **start) as new:
            assert new.how.started == "forked"
            assert new.value("third_party.version", "import third_party") == "two"
            assert tools.template() is not first
        assert old.value("third_party.version") == 1
        assert not Path(first.path).exists() or not connects(first.path)
    assert tools.within(lambda: first.process.poll() is not None)


def connects(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as channel:
        return channel.connect_ex(path) == 0


def test_when_a_template_was_lent_that_is_gone_then_an_own_one_is_made(
    tools: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIBIAO_TEMPLATE", str(tmp_path / "gone" / "door"))
    with tools.Kernel() as kernel:
        assert kernel.how.started == "forked"


def test_when_the_provisioner_is_another_then_the_start_is_called_cold(tools: Any) -> None:
    with tools.Kernel(provisioner="local-provisioner") as kernel:
        assert kernel.how.started == "cold"
        assert "LocalProvisioner" in kernel.how.reason
    assert how(object()).started == "cold"


WITHOUT = """
import os, select, signal, socket, sys
import jupyter_client.provisioning, asyncio, subprocess, multiprocessing
for name in ("fcntl", "resource", "termios", "pwd", "grp"):
    sys.modules[name] = None
for module, names in ((os, "fork pidfd_open setsid killpg getpgid waitid geteuid getpriority P_PID WEXITED WNOWAIT CLD_EXITED"),
                      (socket, "AF_UNIX SO_PEERCRED send_fds recv_fds"), (signal, "SIGKILL"), (select, "poll")):
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
sys.platform = "win32"
import importlib, pkgutil, zhibiao.kernels
for found in pkgutil.walk_packages(zhibiao.kernels.__path__, "zhibiao.kernels."):
    importlib.import_module(found.name)
from zhibiao.kernels.asking import unsupported
print(unsupported({}))
"""


def test_when_nothing_of_posix_is_there_then_every_module_loads() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "win32" in done.stdout
