"""What `make setup` says on a machine that lacks something: one line, with what to type."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECK = Path(__file__).with_name("setup_check.py")


def _checked(before: str) -> subprocess.CompletedProcess[str]:
    code = f"import runpy, sys\n{before}\nrunpy.run_path({str(CHECK)!r})"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("sys.modules['ensurepip'] = None", "apt install python3"),
        ("sys.modules['venv'] = None", "apt install python3"),
        ("sys.version_info = (3, 10, 1)", "PYTHON=python3.12"),
        ("sys.version_info = (3, 14, 0)", "PYTHON=python3.12"),
    ],
)
def test_when_something_is_missing_then_one_line_says_what_to_type(before: str, said: str) -> None:
    done = _checked(before)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_when_nothing_is_missing_then_it_is_silent() -> None:
    done = _checked("")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
