"""Run one command and measure it with everything it starts: ``python batch_measure.py ASKED.json``; prints one line of JSON.

What is asked: ``command``, ``env``, ``cwd``, ``log``, and ``warmed``: whether the command says ``ready`` once it is warm, waits for
``go``, and says ``done``; then only what lies between counts. Processes that outlive their parents come to this process, which waits
for them (PR_SET_CHILD_SUBREAPER), so that their CPU seconds are not lost; Linux only.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

PERIOD = 0.2
"""Seconds between two looks at the memory."""
FAREWELL = 15.0
"""Seconds that processes have to go by themselves after the command has ended."""
PR_SET_CHILD_SUBREAPER = 36
PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_seconds() -> float:
    """CPU seconds of everything started here: what has been waited for, and what still runs."""
    reaped = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = reaped.ru_utime + reaped.ru_stime
    for process in psutil.Process().children(recursive=True):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


class Memory(threading.Thread):
    """The greatest sum of the memory of all descendants: PSS counts what processes share once, RSS counts it in each.

    PSS takes the system long to tell. It is asked for when RSS is greater than ever, so that looking does not slow what is looked at.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.pss = self.rss = self.processes = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(PERIOD):
            processes = psutil.Process().children(recursive=True)
            rss = sum(_told(process.pid, "statm") for process in processes)
            self.processes = max(self.processes, len(processes))
            if rss > self.rss:
                self.rss, self.pss = rss, max(self.pss, sum(_told(process.pid, "smaps_rollup") for process in processes))


def _told(pid: int, file: str) -> int:
    """RSS (statm) or PSS (smaps_rollup) of a process in bytes; 0 where it has just gone."""
    try:
        text = Path(f"/proc/{pid}/{file}").read_text(encoding="ascii")
    except OSError:
        return 0
    if file == "statm":
        return int(text.split()[1]) * PAGE
    return sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:"))


def left_behind() -> list[str]:
    """Wait for what the command left running, end what does not go, and return the names of that."""
    until = time.monotonic() + FAREWELL
    while time.monotonic() < until:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return []
        if not pid:
            time.sleep(0.05)
    stubborn = psutil.Process().children(recursive=True)
    names = []
    for process in stubborn:
        try:
            names.append(process.name())
            process.send_signal(signal.SIGKILL)
        except psutil.Error:
            continue
    psutil.wait_procs(stubborn, timeout=5)
    return names


def said(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == word:
            return
    raise RuntimeError(f"the command ended without saying {word}")


def measured(asked: dict) -> dict:
    with Path(asked["log"]).open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            asked["command"], stdin=subprocess.PIPE, stdout=subprocess.PIPE if asked["warmed"] else log, stderr=log, env=asked["env"], cwd=asked["cwd"], text=True
        )
        memory = Memory()
        assert process.stdin is not None
        if asked["warmed"]:
            said(process, "ready")
        memory.start()
        before, begun = cpu_seconds() if asked["warmed"] else 0.0, time.monotonic()
        if asked["warmed"]:
            process.stdin.write("go\n")
            process.stdin.flush()
            said(process, "done")
            wall, cpu = time.monotonic() - begun, cpu_seconds() - before
            process.stdin.close()
            process.wait()
        else:
            process.stdin.close()
            process.wait()
            wall, cpu = time.monotonic() - begun, 0.0
        memory.over.set()
        memory.join()
        left = left_behind()
    if not asked["warmed"]:
        cpu = cpu_seconds()
    own = resource.getrusage(resource.RUSAGE_SELF)
    return {"wall": wall, "cpu": cpu, "pss": memory.pss / 2**20, "rss": memory.rss / 2**20, "processes": memory.processes, "code": process.returncode, "left": left, "looking": own.ru_utime + own.ru_stime}


def main() -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        sys.exit(f"no subreaper: {os.strerror(ctypes.get_errno())}")
    print(json.dumps(measured(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))


if __name__ == "__main__":
    main()
