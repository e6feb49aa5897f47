"""A real user instance of systemd starts a real timer, and makes up for what it missed. It lives in a mount namespace of its own."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SYSTEMD = Path("/lib/systemd/systemd")
NEEDED = ("unshare", "dbus-daemon", "systemctl")

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root for a mount namespace"),
    pytest.mark.skipif(not SYSTEMD.exists() or not all(map(shutil.which, NEEDED)), reason="needs systemd, dbus-daemon and unshare"),
]

START = """
mount -t tmpfs none /run/systemd && mkdir -p /run/systemd/system || exit 3
umount -R /sys/fs/cgroup 2>/dev/null
mount -t cgroup2 none /sys/fs/cgroup 2>/dev/null
dbus-daemon --session --address="$DBUS_SESSION_BUS_ADDRESS" --nofork --nopidfile &
bus=$!
{systemd} --user &
manager=$!
trap 'kill $manager; wait $manager; kill $bus' TERM
wait $manager
"""

Manager = Callable[[], None]


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    chosen = {
        "XDG_RUNTIME_DIR": str(tmp_path / "r"), "XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "share"),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/r/bus",
    }  # fmt: skip
    (tmp_path / "r").mkdir(mode=0o700)
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    return chosen


@pytest.fixture
def manager(environment: dict[str, str], within: Callable[..., bool]) -> Iterator[tuple[Manager, Manager]]:
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        script = START.format(systemd=SYSTEMD)
        running.append(
            subprocess.Popen(["unshare", "--mount", "--cgroup", "--propagation", "private", "sh", "-c", script], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )
        if not within(lambda: subprocess.run(["systemctl", "--user", "show-environment"], capture_output=True, check=False).returncode == 0, 20):
            pytest.skip("no user instance of systemd can be started here")

    def stop() -> None:
        while running:
            ended = running.pop()
            ended.terminate()
            ended.wait(60)

    try:
        yield start, stop
    finally:
        stop()


def test_a_real_timer_runs_and_makes_up_for_what_it_missed(tmp_path: Path, manager, environment, zhibiao, within):
    start, stop = manager
    start()
    place = tmp_path / "地 方 100%"
    place.mkdir()
    home, out = place / "it's $HOME", place / "输出"
    (place / "月报.yaml").write_text("name: tiny\nnotebooks: [03_gaps]\nregions: [重庆]\n", encoding="utf-8")
    ended = home / "schedules" / "tiny" / "last.json"

    def schedule(*words: str) -> str:
        said = zhibiao("schedule", *words, "--folder", str(home))
        assert said.returncode == 0, said.stderr
        return said.stdout

    file = str(place / "月报.yaml")
    schedule("install", file, "--at", "* * * * *", "--via", "systemd", "--out", str(out), "--tz", "Asia/Kathmandu")
    assert within(ended.exists, 180), "the timer never ran it"
    assert "退出码 exit code 0" in schedule("list")
    assert (out / "tiny/500000/baseline/03_gaps/manifest.json").is_file()

    # what systemd remembers of an older schedule of this name does not start the new one
    stamp = Path(environment["XDG_DATA_HOME"]) / "systemd" / "timers" / "stamp-zhibiao-tiny.timer"
    long_ago = (time.time() - 400 * 86400,) * 2
    os.utime(stamp, long_ago)
    schedule("install", file, "--at", "@yearly", "--via", "systemd", "--out", str(out), "--replace")
    ended.unlink()
    time.sleep(10)
    assert not ended.exists(), "New Year's day was before it was installed"

    # the machine was off on New Year's day
    stop()
    os.utime(stamp, long_ago)
    start()
    assert within(ended.exists, 180), "what was missed was not made up for"
    schedule("remove", "tiny")
    assert not stamp.exists()
    listed = subprocess.run(["systemctl", "--user", "list-timers", "--all"], capture_output=True, encoding="utf-8", check=True).stdout
    assert "zhibiao" not in listed
    assert not list((tmp_path / "config" / "systemd" / "user").glob("zhibiao-*"))
