"""The same inputs give the same bytes: on another day, in another zone and language, from another folder, for another user."""

import datetime
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from zhibiao.running.job import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="TZ and homes as POSIX has them")

LATER = 400 * 86400 + 12345
"""Seconds by which the second run believes to be later."""

CLOCK = f"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
#include <sys/time.h>
int clock_gettime(clockid_t id, struct timespec *told) {{
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(id, told);
    if (result == 0 && id == CLOCK_REALTIME) told->tv_sec += {LATER};
    return result;
}}
int gettimeofday(struct timeval *told, void *zone) {{
    struct timespec now;
    int result = clock_gettime(CLOCK_REALTIME, &now);
    if (told) {{ told->tv_sec = now.tv_sec; told->tv_usec = now.tv_nsec / 1000; }}
    return result;
}}
time_t time(time_t *told) {{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}}
"""
"""Python, Typst and pandoc alike ask these: another day for all of them, without touching the machine's clock."""
RUNNER = """
import sys
from collections.abc import Callable
from pathlib import Path
from zhibiao.running.batch import batch
file, out, books = map(Path, sys.argv[1:])
sys.exit(batch(file, out=out, notebooks=books).exit_code)
"""


@pytest.fixture(scope="module")
def clock(tmp_path_factory) -> str:
    """A library that puts the clock forward for processes that are started with it."""
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs a C compiler on Linux to put the clock forward")
    place = tmp_path_factory.mktemp("clock")
    (place / "clock.c").write_text(CLOCK, encoding="utf-8")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", place / "clock.so", place / "clock.c", "-ldl"], check=True)
    return str(place / "clock.so")


def outputs(place: Path, out: str, books: Path, digests: Callable[[Path], dict[str, str]], **environment: str) -> tuple[dict[str, str], datetime.date]:
    """Run the batch from a folder of its own; return the digest of every file, and the day that a kernel believed in."""
    home = place / "home of another 用户"
    home.mkdir(parents=True)
    (place / "same.yaml").write_text("name: same\nnotebooks: all\nregions: [重庆]\n", encoding="utf-8")
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    env = {**os.environ, "ZHIBIAO_DATA": "", "HOME": str(home), "XDG_CACHE_HOME": cache, **environment}
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, "same.yaml", out, books], cwd=place, env=env, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    clock = "same/500000/baseline/clock"
    day = json.loads((place / out / clock / "clock.ipynb").read_text("utf-8"))["cells"][-1]["outputs"][0]["data"]["text/plain"]
    # what tells the day by intent is left out
    found = {name: digest for name, digest in digests(place / out).items() if not name.startswith(f"{clock}/")}
    return found, datetime.date.fromisoformat("".join(day).strip("'"))


def test_the_same_inputs_give_the_same_bytes_on_any_day_and_from_any_folder(tmp_path, notebook, digests, clock):
    books = tmp_path / "books"
    notebook(books / "clock.ipynb", "import datetime\ndatetime.date.today().isoformat()")
    (books / "09_briefing.ipynb").write_bytes((ROOT / "notebooks" / "09_briefing.ipynb").read_bytes())
    first, today = outputs(tmp_path / "a", "out", books, digests, TZ="Asia/Shanghai", LANG="C", LC_ALL="C", COLUMNS="80", USER="zhao")
    second, later = outputs(
        tmp_path / "another place", "deep/er/out", books, digests, LD_PRELOAD=clock, TZ="America/St_Johns", LANG="zh_CN.UTF-8", LC_ALL="C.UTF-8",
        COLUMNS="200", USER="qian", SOURCE_DATE_EPOCH="1", PYTHONHASHSEED="77", NO_COLOR="1",
    )  # fmt: skip
    assert (later - today).days >= 399, "the clock was not put forward"
    kinds = {Path(name).suffix for name in first}
    assert kinds >= {".ipynb", ".pdf", ".docx", ".xlsx", ".svg", ".png", ".csv", ".json", ".html", ".parquet"}
    assert {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)} == set()
