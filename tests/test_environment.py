"""pyproject.toml, requirements.txt and environment.yml say the same; nothing of one machine is written anywhere."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
MEND = "mend with: make lock"


def _names(requirements: list[str]) -> dict[str, str]:
    found = {}
    for requirement in requirements:
        match = re.match(r"([A-Za-z0-9_.\-]+)(?:\[[^\]]*\])?(.*)", requirement)
        assert match is not None
        found[match[1].lower().replace("_", "-")] = match[2].strip()
    return found


def _locked() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9][a-z0-9._\-]*)==([^\s;\\]+)", LOCK, flags=re.MULTILINE):
        found.setdefault(name.replace("_", "-").replace(".", "-"), set()).add(version)
    return found


def _allows(specifier: str, version: str) -> bool:
    from packaging.specifiers import SpecifierSet

    return version in SpecifierSet(specifier)


def test_the_lock_holds_what_the_project_asks_for() -> None:
    asked = _names([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"], *PROJECT["optional-dependencies"]["build"]])
    locked = _locked()
    for name, specifier in asked.items():
        assert name in locked, f"{name} is not locked; {MEND}"
        assert all(_allows(specifier, version) for version in locked[name]), f"{name} {specifier} is locked at {locked[name]}; {MEND}"


def test_every_locked_version_has_hashes_and_no_address() -> None:
    entries = re.split(r"\n(?=[a-z0-9])", LOCK.strip())
    assert len(entries) > 100
    assert all("--hash=sha256:" in entry for entry in entries), MEND
    assert not re.search(r"https?://|--index|--find-links|file:", LOCK), MEND


def test_conda_users_get_the_same() -> None:
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    named = _names([item for item in conda if isinstance(item, str)])
    assert named.pop("python") == PROJECT["requires-python"]
    assert named.pop("pip") == ""
    asked = _names(PROJECT["dependencies"])
    assert set(named) == {"jupyterlab", "pandas", "matplotlib", "seaborn", "papermill", "nbval"}
    assert named == {name: asked[name] for name in named}
    assert conda[-1] == {"pip": ["-r requirements.txt"]}


@pytest.mark.parametrize("pattern", [str(ROOT) + "/", str(Path.home()) + "/"])
def test_no_path_of_a_machine_is_committed(pattern: str) -> None:
    if len(pattern) < 4:
        pytest.skip("the home folder of this machine is the root: its path says nothing")
    found = subprocess.run(["git", "grep", "-lIF", "-e", pattern, "--", "."], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode > 1:
        pytest.skip("not a git checkout")
    assert found.stdout == ""


def test_the_source_root_is_not_ignored() -> None:
    ignored = [line for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert not {"lib", "lib/", "/lib", "/lib/"} & set(ignored)


@pytest.mark.parametrize("folder", ["bench", "browser"])
def test_the_lock_of_an_environment_of_its_own_holds_what_it_asks_for(folder: str) -> None:
    place = ROOT / "tests" / folder
    asked = _names([line for line in (place / "requirements.in").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")])
    lock = (place / "requirements.txt").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([a-z0-9][a-z0-9._\-]*)==([^\s;\\]+)", lock, flags=re.MULTILINE))
    assert asked
    for name, specifier in asked.items():
        assert name in locked and _allows(specifier, locked[name]), f"{name} {specifier}; {MEND}"
    assert lock.count("--hash=sha256:") >= lock.count("==")
    assert not re.search(r"https?://|--index|--find-links|file:", lock), MEND
