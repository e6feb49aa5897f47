"""Asking other programs: crontab, systemctl, loginctl."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

SECONDS = 30
"""None of these programs takes longer unless it hangs."""


@dataclass(frozen=True)
class Said:
    """What a program answered; code 127: it is not there, 124: it did not end."""

    code: int
    out: str = ""
    err: str = ""

    @property
    def why(self) -> str:
        """Its first complaint, short."""
        return next((line.strip() for line in (self.err + "\n" + self.out).splitlines() if line.strip()), f"exit code {self.code}")[:200]


def there(program: str) -> bool:
    """Whether a program is on the path."""
    return shutil.which(program) is not None


def ask(words: Sequence[str], text: str | None = None) -> Said:
    """Run a program, never through a shell, and return what it said in English."""
    if not there(words[0]):
        return Said(127, err=f"{words[0]}: not found")
    try:
        done = subprocess.run(
            list(words), input=None if text is None else text.encode("utf-8", "surrogateescape"), stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True, check=False, timeout=SECONDS, env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Said(124, err=f"{words[0]}: no answer in {SECONDS} s")
    except OSError as error:
        return Said(126, err=f"{words[0]}: {error.strerror}")
    return Said(done.returncode, done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode("utf-8", "replace"))
