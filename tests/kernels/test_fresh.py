"""A forked kernel is a fresh process: nothing tells it from a cold one, and nothing of an earlier one is in it."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest

PROBE = """
import gc, locale, os, resource, signal, subprocess, sys, tempfile, threading
def look():
    return {
        "environment": dict(os.environ),
        "C environment": subprocess.run(["env", "-0"], capture_output=True).stdout.decode("latin-1").split("\\0"),
        "folder": os.getcwd(),
        "path": sys.path,
        "arguments": [a for a in sys.argv if ".json" not in a],
        "command": [a for a in sys.orig_argv if ".json" not in a],
        "flags": str(sys.flags),
        "executable": sys.executable,
        "streams": [(s.encoding, s.errors) for s in (sys.__stdin__, sys.__stdout__, sys.__stderr__)],
        "input": sys.__stdin__.read(),
        "signals": [str(signal.getsignal(n)) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE)],
        "threads": sorted(t.name.split("-")[0] for t in threading.enumerate()),
        "main": sys.modules["__main__"].__name__,
        "names": sorted(n for n in globals() if not n.startswith("_")),
        "locale": locale.setlocale(locale.LC_ALL),
        "limits": [resource.getrlimit(n) for n in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE)],
        "temporary": tempfile.gettempdir(),
        "session": (os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()),
        "history": get_ipython().history_manager.hist_file,
        "project": [n for n in sys.modules if n.split(".")[0] == "zhibiao"],
        "collector": (gc.isenabled(), gc.get_threshold()),
        "recursion": sys.getrecursionlimit(),
        "files": len(os.listdir("/proc/self/fd")),
    }
"""


def test_when_asked_about_itself_then_a_fork_answers_as_a_cold_kernel(tools: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYDEVD_USE_FRAME_EVAL", raising=False)  # a cold kernel's debugger sets it
    env = tools.env(ZHIBIAO_PROBE="a b\udce4", LC_TIME="C")
    seen = []
    for switch in ("fork", "cold"):
        with tools.Kernel(cwd=str(tmp_path), env={**env, "ZHIBIAO_KERNELS": switch}) as kernel:
            assert kernel.how.started == {"fork": "forked", "cold": "cold"}[switch]
            look = kernel.value("look()", PROBE)
            assert look["environment"].pop("ZHIBIAO_KERNELS") == switch
            look["C environment"] = sorted(
                {line for line in look["C environment"] if not line.startswith(("_=", "ZHIBIAO_KERNELS="))}
            )
            seen.append(look)
    assert seen[0].keys() == seen[1].keys()
    for name in seen[0]:
        assert seen[0][name] == seen[1][name], name
    assert seen[0]["session"] == (True, True)
    assert seen[0]["history"] == ":memory:"
    assert seen[0]["project"] == []


def test_when_the_environment_changes_between_kernels_then_nothing_of_the_first_is_in_the_second(
    tools: Any, tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir()
    with tools.Kernel(env=tools.env(ZHIBIAO_ONLY_A="1"), cwd=str(tmp_path / "a")) as kernel:
        kernel.run(
            "import os, sys, numpy; numpy.planted = 1; os.environ['ZHIBIAO_SET'] = '1'; os.chdir('/'); sys.path.append('/x')"
        )
        first = tools.template()
    with tools.Kernel(env=tools.env(ZHIBIAO_ONLY_B="1"), cwd=str(tmp_path)) as kernel:
        look = kernel.value(
            "sorted(n for n in os.environ if n.startswith('ZHIBIAO_')), os.getcwd(), '/x' in sys.path, hasattr(numpy, 'planted'),"
            "os.popen('echo $ZHIBIAO_ONLY_A-$ZHIBIAO_ONLY_B').read()",
            "import os, sys, numpy",
        )
        assert tools.template() is first
    assert look == (["ZHIBIAO_ONLY_B"], str(tmp_path), False, False, "-1\n")


CHANCE = (
    "random.random(), float(numpy.random.rand()), float(numpy.random.default_rng().random()), uuid.uuid4().hex, uuid.uuid1().hex,"
    "secrets.token_hex(4), multiprocessing.current_process().authkey.hex(), tempfile.mktemp()"
)
SEEDED = "random.seed(7), numpy.random.seed(7), random.random(), float(numpy.random.rand()), float(numpy.random.default_rng(7).random())"
NEEDS = "import random, numpy, uuid, secrets, multiprocessing, tempfile"


def test_when_two_forks_draw_then_chance_differs_and_seeds_agree(tools: Any) -> None:
    seen = []
    preload = [*tools.LIGHT, "uuid", "multiprocessing.process", "random", "tempfile"]
    for _ in range(2):
        with tools.Kernel(preload) as kernel:
            assert kernel.how.started == "forked"
            seen.append((kernel.value(CHANCE, NEEDS), kernel.value(SEEDED)))
    for one, other in zip(seen[0][0], seen[1][0], strict=True):
        assert one != other
    assert seen[0][1] == seen[1][1]


def test_when_a_module_is_edited_between_two_kernels_then_the_second_has_the_new_text(
    tools: Any, tmp_path: Path
) -> None:
    tools.module(tmp_path, "own_code", "def answer():\n    return 1\n")
    with tools.Kernel(cwd=str(tmp_path)) as kernel:
        assert kernel.value("own_code.answer()", "import own_code") == 1
        first = tools.template()
    tools.module(tmp_path, "own_code", "def answer():\n    return 'two'\n")
    with tools.Kernel(cwd=str(tmp_path)) as kernel:
        assert kernel.how.started == "forked"
        assert kernel.value("own_code.answer()", "import own_code") == "two"
        assert tools.template() is first


def test_when_the_project_is_imported_then_it_is_read_from_disk_in_each_kernel(tools: Any) -> None:
    with tools.Kernel() as kernel:
        loaded = "sorted(name for name in sys.modules if name.split('.')[0] == 'zhibiao')"
        assert kernel.value(loaded, "import sys") == []
        assert kernel.value(loaded, "import zhibiao.kernels") == ["zhibiao", "zhibiao.kernels"]


def test_when_forked_then_no_file_of_template_or_siblings_is_open(tools: Any) -> None:
    look = "sorted(str(p.readlink()) for p in pathlib.Path('/proc/self/fd').iterdir() if p.is_symlink() and p.exists())"
    with tools.Kernel() as one, tools.Kernel() as two:
        template = tools.template()
        for kernel in (one, two):
            held = kernel.value(look, "import pathlib")
            assert not [name for name in held if str(template.folder.path) in name]
            assert not [name for name in held if "pidfd" in name]
        ours = {f"socket:[{os.fstat(k.manager.provisioner.process._channel.fileno()).st_ino}]" for k in (one, two)}
        assert not ours & set(one.value(look) + two.value(look))


def test_when_serving_then_the_template_has_one_thread_and_closes_what_its_kernels_needed(tools: Any) -> None:
    with tools.Kernel():
        pid = tools.template().process.pid
    before = tools.within(lambda: _open(pid), until=lambda count: count <= 5)
    for _ in range(3):
        with tools.Kernel():
            assert len(list(Path(f"/proc/{pid}/task").iterdir())) == 1
    assert tools.within(lambda: _open(pid), until=lambda count: count <= before) == before


def _open(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def test_when_sockets_are_made_then_only_this_user_may_open_them(tools: Any) -> None:
    with tools.Kernel() as kernel:
        template, manager = tools.template(), kernel.manager
        assert stat.S_IMODE(template.folder.path.stat().st_mode) == 0o700
        assert stat.S_IMODE(Path(template.path).stat().st_mode) == 0o600
        folder = Path(manager.ip).parent
        assert manager.transport == "ipc"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(Path(manager.connection_file).stat().st_mode) & 0o077 == 0
        connection = Path(manager.connection_file)
    assert not folder.exists()
    assert not connection.exists()


def test_when_the_temporary_folder_has_a_long_name_then_sockets_are_made_elsewhere(
    tools: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 120)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with tools.Kernel() as kernel:
        assert kernel.manager.transport == "ipc"
        assert not kernel.manager.ip.startswith(str(long))
        assert kernel.value("1 + 1") == 2


def test_when_streams_are_given_then_the_fork_writes_to_them(tools: Any, tmp_path: Path) -> None:
    with (tmp_path / "err").open("w") as err, tools.Kernel(stderr=err, stdout=err.fileno()) as kernel:
        assert kernel.how.started == "forked"
        kernel.run(
            "import os, sys; print('to the file', file=sys.__stderr__, flush=True); os.system('echo from a child >&2')"
        )
        said = tools.within(lambda: (tmp_path / "err").read_text(), until=lambda text: "to the file" in text)
    assert "to the file" in said
