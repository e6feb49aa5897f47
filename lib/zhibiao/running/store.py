"""Outputs at a URL (``s3://…``, ``memory://…``, whatever fsspec reaches): made in a folder of this machine, put there run by run.

An object store knows no rename. A run counts as published when its ``manifest.json`` is there, which comes last and goes first. What
replaces a run is sent beside it under a name of its own, so that a connection that fails leaves the old run as it was; then the old
manifest goes, the objects are copied into place within the store, and the new manifest comes. A reader sees the old run, for a
moment none, or the new one, never a mixture.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from zhibiao.errors import OutputError, ParameterError
from zhibiao.publishing.statements import NAME as STATEMENTS
from zhibiao.running import manifest
from zhibiao.running.environment import lasting
from zhibiao.running.folder import fresh_beside, put_in_place, remove
from zhibiao.running.job import BRIEFING, BRIEFING_FILES, RunResult
from zhibiao.running.objects import DEPTH, Objects
from zhibiao.wholefile import write_whole

SENT = ".sent.json"
"""Here, not there: SHA-256 of the pages that were put there from this machine. It may be removed at any time."""

_MADE = ".tmp-"
_LEFT = re.compile(rf"(?:[^/]+/){{{DEPTH - 1}}}{re.escape(_MADE)}[^/]+-[0-9a-f]{{8}}/")
"""Where a run was being put when its batch was killed. Whatever else begins so belongs to somebody else."""
_SLIP = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)
"""A scheme of two letters or more: a drive has one."""
_PLACED = re.compile(r"[a-z][a-z0-9+.-]+://.", re.IGNORECASE)


def is_url(out: str) -> bool:
    r"""Return whether outputs are meant to be at a URL; a drive letter is none.

    >>> is_url("s3://bureau/outputs"), is_url("outputs"), is_url(r"C:\outputs"), is_url("C://outputs")
    (True, False, False, False)
    """
    return _PLACED.match(out) is not None


@contextlib.contextmanager
def opened(out: str | Path) -> Iterator[tuple[Path, Store | None]]:
    """Yield the folder in which outputs are made and, where they belong to a URL, the store they are put into.

    Parameters
    ----------
    out : str or Path
        A folder or a URL.

    Raises
    ------
    ParameterError
        fsspec does not know this kind of URL, or a package for it is not installed.
    OutputError
        The store cannot be written, or another batch is writing there.
    """
    if not isinstance(out, str) or not is_url(out):
        if _SLIP.match(str(out)):
            raise ParameterError("像是网址，但少了斜杠 looks like a URL that lacks a slash", where="--out", allowed=["s3://…", "文件夹 a folder"])
        yield Path(out), None
        return
    store = Store(out)
    with contextlib.ExitStack() as held:
        folder = _staging(out) or Path(held.enter_context(tempfile.TemporaryDirectory(prefix="zhibiao-outputs-")))
        held.enter_context(store.objects.held())
        yield folder, store


class Store:
    """Outputs at a URL.

    Parameters
    ----------
    url : str
        Credentials come from where the store's own package looks for them.

    Raises
    ------
    ParameterError
        fsspec does not know this kind of URL, or a package for it is not installed.
    """

    def __init__(self, url: str) -> None:
        self.objects = Objects(url)
        self.there: dict[str, Mapping[str, Any]] = {}
        self.sent: dict[str, str] = {}

    def learn(self, folder: Path, asked: Mapping[PurePosixPath, str]) -> None:
        """See what is there, clear away what a killed batch left, and fetch what need not be run or made again.

        Parameters
        ----------
        folder : Path
            Where outputs are made, held.
        asked : mapping of PurePosixPath to str
            Of every run of the batch, its folder and what is asked of it: one that is there and was asked the same is fetched whole, if
            it is not here. Of other runs only what index and summary need is.

        Raises
        ------
        OutputError
            The store cannot be read.
        """
        with self.objects.told(""):
            self.objects.look()
            self.objects.remove([name for name in self.objects.sizes if _LEFT.match(name)])
            self.sent = _remembered(folder / SENT)
            wanted = {str(place): key for place, key in asked.items()}
            places = [PurePosixPath(name).parent for name in self.objects.sizes if name.endswith(f"/{manifest.NAME}")]
            told = self.objects.read([f"{place}/{manifest.NAME}" for place in places if str(place) in wanted])
            for place in sorted(place for place in places if ".." not in place.parts):
                if str(place) in wanted:
                    self._learn(folder / place, str(place), wanted[str(place)], told[f"{place}/{manifest.NAME}"])
                elif not (folder / place / manifest.NAME).is_file():
                    self._fetch_record(folder, place)

    def _fetch_record(self, folder: Path, place: PurePosixPath) -> None:
        """Fetch what index and summary need of another's run, or a batch's manifest."""
        if len(place.parts) == DEPTH:
            names = [name for name in (STATEMENTS, manifest.NAME) if f"{place}/{name}" in self.objects.sizes]
            self._fetch(folder / place, str(place), names, {})
        elif len(place.parts) == 1:
            name = f"{place}/{manifest.NAME}"
            write_whole(folder / name, self.objects.read([name])[name])

    def _learn(self, here: Path, run: str, asked: str, content: bytes) -> None:
        try:
            told = json.loads(content)
            files = dict(told["files"])
        except (ValueError, KeyError, TypeError):  # not one of ours: the run is put there anew
            return
        self.there[run] = told
        mine = manifest.read(here)
        same = mine is not None and (mine.get("asked"), mine.get("status")) == (asked, "ok") and (here / next(iter(files), "")).exists()
        whole = all(f"{run}/{name}" in self.objects.sizes for name in files)
        if not same and whole and (told.get("asked"), told.get("status")) == (asked, "ok"):
            self._fetch(here, run, [*files, manifest.NAME], files)

    def _fetch(self, here: Path, run: str, names: Iterable[str], digests: Mapping[str, str]) -> None:
        """Fetch a run whole; nothing where a file is not what its manifest says."""
        made = fresh_beside(here)
        try:
            for place, content in self.objects.read([f"{run}/{name}" for name in names]).items():
                name = place.removeprefix(f"{run}/")
                if name in digests and hashlib.sha256(content).hexdigest() != digests[name]:
                    self.there.pop(run, None)
                    remove(made)
                    return
                target = made / name
                if not target.resolve().is_relative_to(made.resolve()):
                    raise OSError(f"路径在目录之外 outside the folder: {name}")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            put_in_place(made, here)
        except BaseException:
            remove(made)
            raise

    def published(self, result: RunResult, folder: Path) -> RunResult:
        """Put a run there, unless it is; return how it ended, which is a failure where it cannot be put."""
        run = result.folder.relative_to(folder).as_posix()
        try:
            with self.objects.told(run):
                self._put_run(run, result)
        except OutputError as fault:
            return replace(result, status="failed", error=result.error or fault)
        return result

    def _put_run(self, run: str, result: RunResult) -> None:
        told = manifest.read(result.folder)
        if told is None:  # a failed run on a full disk leaves nothing
            return
        if result.status == "failed" or not self._is_there(run, told, result.folder):
            self._replace(run, result.folder, list(told["files"]))
        if result.status != "failed":
            self.objects.remove(self.objects.below(f"{run}.failed"))
            if result.task.stem == BRIEFING:
                self._put_copies(result.folder)

    def _is_there(self, run: str, told: Mapping[str, Any], here: Path) -> bool:
        found = self.there.get(run)
        if found is None or any(found.get(name) != told[name] for name in ("asked", "key", "status", "files")):
            return False
        return all(self.objects.sizes.get(f"{run}/{name}") == (here / name).stat().st_size for name in told["files"])

    def _replace(self, run: str, here: Path, names: list[str]) -> None:
        old = self.objects.below(run)
        if f"{run}/{manifest.NAME}" not in old:  # nobody looks at what has no manifest
            self.objects.put({f"{run}/{name}": (here / name).read_bytes() for name in names})
        else:
            beside = f"{PurePosixPath(run).parent}/{_MADE}{PurePosixPath(run).name}-{uuid.uuid4().hex[:8]}"
            try:
                self.objects.put({f"{beside}/{name}": (here / name).read_bytes() for name in names})
                self.objects.remove([f"{run}/{manifest.NAME}"])
                for name in names:
                    self.objects.copy(f"{beside}/{name}", f"{run}/{name}")
            finally:
                with contextlib.suppress(Exception):  # else the next batch clears it away
                    self.objects.remove(self.objects.below(beside))
        self.objects.remove([name for name in old if name.removeprefix(f"{run}/") not in {*names, manifest.NAME}])
        self.objects.put({f"{run}/{manifest.NAME}": (here / manifest.NAME).read_bytes()})

    def _put_copies(self, here: Path) -> None:
        for ending in BRIEFING_FILES.values():
            copy = here.parent / f"briefing{ending}"
            if copy.is_file():
                self._put_file(copy, here.parents[3])

    def put_rest(self, folder: Path, batches: Iterable[str]) -> OutputError | None:
        """Put there what lies beside the runs of these batches: pages, the summary, the index, manifests last; return why that was not possible."""
        beside = ("*", "*/*", "*/*/*")  # of a batch, of a region, of a scenario; a run's own files lie one deeper
        found = [path for batch in sorted(batches) for depth in beside for path in sorted((folder / batch).glob(depth))]
        chosen = [path for path in [*found, folder / "index.html"] if path.is_file() and not path.name.startswith(".")]
        try:
            for path in sorted(chosen, key=lambda path: path.name == manifest.NAME):
                self._put_file(path, folder)
            write_whole(folder / SENT, json.dumps(self.sent, ensure_ascii=False).encode())
        except OutputError as fault:
            return fault
        return None

    def _put_file(self, path: Path, folder: Path) -> None:
        name = path.relative_to(folder).as_posix()
        with self.objects.told(name):
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            # pages of thousands of regions are not sent again; the few of the batch always: another machine may have sent its own
            if name.count("/") < 2 or (self.objects.sizes.get(name), self.sent.get(name)) != (len(content), digest):
                self.objects.put({name: content})
                self.sent[name] = digest


def _remembered(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _staging(url: str) -> Path | None:
    """Return a lasting folder for what goes to a URL: what has not changed is neither run nor sent again. None where there is no such place."""
    base = lasting("outputs")
    if base is None:
        return None
    folder = base / hashlib.sha256(url.encode()).hexdigest()[:16]
    folder.mkdir(mode=0o700, exist_ok=True)  # the bucket's readers are not those of this machine
    return folder
