"""What tests share: the command line as a user calls it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# tests and committed notebooks read the shipped registry only: a user's own figures never break them
os.environ.pop("ZHIBIAO_DATA", None)

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def zhibiao() -> Command:
    """Run the command from the checkout's root; keyword arguments are added to the environment."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "ZHIBIAO_DATA": "", **environment}
        command = [sys.executable, "-m", "zhibiao", *arguments]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, encoding="utf-8", check=False, timeout=120)

    return run
