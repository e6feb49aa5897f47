"""What a process hands down to its children without a word: limits, mask, priority, rights, groups of resources (Linux only)."""

from __future__ import annotations

import os
from pathlib import Path

_RIGHTS = ("Uid", "Gid", "Groups", "CapEff", "NoNewPrivs", "Seccomp")
_HANDED_DOWN = (*_RIGHTS, "Umask", "Cpus_allowed", "Mems_allowed", "SigIgn")

_NOT_CHOSEN = sum(1 << (number - 1) for number in (13, 25, 32, 33))
"""SIGPIPE and SIGXFSZ, which every Python ignores from its start, whatever its parent did; 32 and 33, which are the C library's own."""


def surroundings() -> dict[str, str]:
    """Return what a child of this process would inherit, by name.

    A kernel that is forked inherits from the template. It may stand for a cold one only where the two agree; a launcher that has lowered
    its memory limit since, or was moved into another control group, must not see its kernel escape.
    """
    own = Path("/proc/self")
    fields = dict(line.split(":", 1) for line in (own / "status").read_text().splitlines() if ":" in line)
    found = {name: fields.get(name, "").strip() for name in _HANDED_DOWN}
    found["SigIgn"] = format(int(found["SigIgn"] or "0", 16) & ~_NOT_CHOSEN, "x")
    for name in ("limits", "cgroup", "oom_score_adj"):
        found[name] = (own / name).read_text()
    found["root"] = str((own / "root").readlink())
    found["nice"] = str(os.getpriority(os.PRIO_PROCESS, 0))
    return found
