"""Nothing POSIX-only is imported at module level: every module loads where fcntl, resource and their kin do not exist."""

import subprocess
import sys

POSIX_ONLY = ("fcntl", "resource", "termios", "pty", "tty", "pwd", "grp", "syslog", "curses")

CODE = f"""
import importlib, pkgutil, sys
# what third-party packages import behind a guard is theirs; only the project's own modules are loaded without these
import zhibiao, jupyter_client, nbconvert, papermill, typer, rich.live, matplotlib.figure, multiprocessing, nbformat, pypandoc, typst, psutil, distributed, fsspec
for name in {POSIX_ONLY!r}:
    sys.modules[name] = None
names = [m.name for m in pkgutil.walk_packages(zhibiao.__path__, "zhibiao.") if not m.name.endswith("__main__")]
for name in names:
    importlib.import_module(name)
print(len(names))
"""


def test_when_posix_modules_are_missing_then_every_module_loads() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 60
