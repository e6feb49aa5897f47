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
import os
import re
import socket
import tempfile
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from zhibiao.errors import OutputError, ParameterError
from zhibiao.publishing.statements import NAME as STATEMENTS
from zhibiao.running import manifest
from zhibiao.running.folder import fresh_beside, put_in_place, remove
from zhibiao.running.job import BRIEFING, RunResult
from zhibiao.wholefile import write_whole

LOCK = ".lock.json"
"""Says who writes there and since when. Best effort: a store that cannot create only what is not there may let two in at once."""

STALE = 600.0
"""Seconds after which a lock that nobody renews is taken for that of a process that died."""

SENT = ".sent.json"
"""Here, not there: SHA-256 of the pages that were put there from this machine. It may be removed at any time."""

_DEPTH = 4
"""Parts of a run's place: batch, region, scenario, notebook."""

_RENEWED = 60.0
_MADE = ".tmp-"
_PLACED = re.compile(r"[a-z][a-z0-9+.-]+://.", re.IGNORECASE)
_SECRET = re.compile(r"//[^/@]*@")


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
        yield Path(out), None
        return
    store = Store(out)
    with contextlib.ExitStack() as held:
        folder = _staging(out) or Path(held.enter_context(tempfile.TemporaryDirectory(prefix="zhibiao-outputs-")))
        held.enter_context(store.held())
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
        import fsspec

        self.shown = _SECRET.sub("//…@", url)
        try:
            self.fs, self.root = fsspec.core.url_to_fs(url)
        except ImportError as missing:
            raise ParameterError(f"还需安装 it needs a package: {missing}", where="--out") from None
        except ValueError as unknown:
            raise ParameterError(f"不认识的网址 {self.shown}: {unknown}", where="--out") from None
        self.root = self.root.rstrip("/")
        protocols = (self.fs.protocol,) if isinstance(self.fs.protocol, str) else self.fs.protocol
        self.folder = "file" in protocols
        self.sizes: dict[str, int] = {}
        self.there: dict[str, Mapping[str, Any]] = {}
        self.sent: dict[str, str] = {}

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the outputs for this process, as far as a store lets anybody.

        Raises
        ------
        OutputError
            Another process holds them, or nothing can be written there.
        """
        mine = {"host": socket.gethostname(), "process": os.getpid(), "token": uuid.uuid4().hex}
        self._take_lock(mine)
        over = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(mine, over), daemon=True)
        renewing.start()
        try:
            yield
        finally:
            over.set()
            renewing.join()
            with contextlib.suppress(Exception):  # it goes stale by itself
                if (self._lock() or {}).get("token") == mine["token"]:
                    self._remove([LOCK])

    def _take_lock(self, mine: Mapping[str, Any]) -> None:
        with self._told(LOCK):
            self._create_lock(mine)
            found = self._lock()
            if found is None or found.get("token") == mine["token"]:
                return
            if time.time() - found["at"] < STALE:
                since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(found["at"]))
                raise OutputError(
                    f"另一批次正在写入（{found['host']}，进程 {found['process']}，{since}）another batch is writing here; wait, or give another --out",
                    where=self.shown,
                )
            self._remove([LOCK])
            self._create_lock(mine)

    def _create_lock(self, mine: Mapping[str, Any]) -> None:
        said = _said({**mine, "at": time.time()})
        if self.folder:
            self.fs.makedirs(self.root, exist_ok=True)
        try:
            self.fs.pipe_file(self._at(LOCK), said, mode="create")
        except FileExistsError:
            return
        except (TypeError, NotImplementedError):  # a store that cannot create only what is not there
            if not self.fs.exists(self._at(LOCK)):
                self.fs.pipe_file(self._at(LOCK), said)

    def _renew(self, mine: Mapping[str, Any], over: threading.Event) -> None:
        while not over.wait(_RENEWED):
            with contextlib.suppress(Exception):  # the next one may succeed; until then the lock ages
                self.fs.pipe_file(self._at(LOCK), _said({**mine, "at": time.time()}))

    def _lock(self) -> dict[str, Any] | None:
        with contextlib.suppress(FileNotFoundError, ValueError):
            found = json.loads(self.fs.cat_file(self._at(LOCK)))
            return found if isinstance(found, dict) else None
        return None

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
        with self._told(""):
            self.fs.invalidate_cache()
            listed = self.fs.find(self.root, detail=True) if self.fs.exists(self.root) else {}
            self.sizes = {name[len(self.root) :].lstrip("/"): int(about["size"] or 0) for name, about in listed.items()}
            self._remove([name for name in self.sizes if any(part.startswith(_MADE) for part in name.split("/"))])
            self.sent = _remembered(folder / SENT)
            places = [PurePosixPath(name) for name in self.sizes if name.endswith(f"/{manifest.NAME}")]
            wanted = {str(place): key for place, key in asked.items()}
            for place in sorted(place.parent for place in places):
                if str(place) in wanted:
                    self._learn(folder / place, str(place), wanted[str(place)])
                elif not (folder / place / manifest.NAME).is_file():
                    self._fetch_record(folder, place)

    def _fetch_record(self, folder: Path, place: PurePosixPath) -> None:
        """Fetch what index and summary need of another's run, or a batch's manifest."""
        if len(place.parts) == _DEPTH:
            names = [name for name in (STATEMENTS, manifest.NAME) if f"{place}/{name}" in self.sizes]
            self._fetch(folder / place, str(place), names, {})
        elif len(place.parts) == 1:
            content = self.fs.cat_file(self._at(f"{place}/{manifest.NAME}"))
            write_whole(folder / place / manifest.NAME, content)

    def _learn(self, here: Path, run: str, asked: str) -> None:
        try:
            told = json.loads(self.fs.cat_file(self._at(f"{run}/{manifest.NAME}")))
            files = dict(told["files"])
        except (ValueError, KeyError, TypeError):  # not one of ours: the run is put there anew
            return
        self.there[run] = told
        mine = manifest.read(here)
        same = mine is not None and (mine.get("asked"), mine.get("status")) == (asked, "ok") and (here / next(iter(files), "")).exists()
        whole = all(f"{run}/{name}" in self.sizes for name in files)
        if not same and whole and (told.get("asked"), told.get("status")) == (asked, "ok"):
            self._fetch(here, run, [*files, manifest.NAME], files)

    def _fetch(self, here: Path, run: str, names: Iterable[str], digests: Mapping[str, str]) -> None:
        """Fetch a run whole; nothing where a file is not what its manifest says."""
        made = fresh_beside(here)
        try:
            for name in names:
                content = self.fs.cat_file(self._at(f"{run}/{name}"))
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
        try:
            self._put_run(result, folder)
        except OutputError as fault:
            return replace(result, status="failed", error=result.error or fault)
        return result

    def _put_run(self, result: RunResult, folder: Path) -> None:
        run = result.folder.relative_to(folder).as_posix()
        told = manifest.read(result.folder)
        if told is None:  # a failed run on a full disk leaves nothing
            return
        if result.status == "failed" or not self._is_there(run, told, result.folder):
            self._replace(run, result.folder, list(told["files"]))
        if result.status != "failed":
            self._remove(self._below(f"{run}.failed"))
            if result.task.stem == BRIEFING:
                self._put_copies(result.folder)

    def _is_there(self, run: str, told: Mapping[str, Any], here: Path) -> bool:
        found = self.there.get(run)
        if found is None or any(found.get(name) != told[name] for name in ("asked", "key", "status", "files")):
            return False
        return all(self.sizes.get(f"{run}/{name}") == (here / name).stat().st_size for name in told["files"])

    def _replace(self, run: str, here: Path, names: list[str]) -> None:
        old = self._below(run)
        with self._told(run):
            if f"{run}/{manifest.NAME}" not in old:
                for name in names:  # nobody looks at what has no manifest
                    self._put(f"{run}/{name}", (here / name).read_bytes())
            else:
                beside = f"{PurePosixPath(run).parent}/{_MADE}{PurePosixPath(run).name}-{uuid.uuid4().hex[:8]}"
                try:
                    for name in names:
                        self._put(f"{beside}/{name}", (here / name).read_bytes())
                    self._remove([f"{run}/{manifest.NAME}"])
                    for name in names:
                        self._copy(f"{beside}/{name}", f"{run}/{name}", (here / name).stat().st_size)
                finally:
                    with contextlib.suppress(Exception):  # else the next batch clears it away
                        self._remove(self._below(beside))
            self._remove([name for name in old if name.removeprefix(f"{run}/") not in {*names, manifest.NAME}])
            self._put(f"{run}/{manifest.NAME}", (here / manifest.NAME).read_bytes())

    def _put_copies(self, here: Path) -> None:
        for ending in ("pdf", "docx"):
            copy = here.parent / f"briefing.{ending}"
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
        with self._told(name):
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            # pages of thousands of regions are not sent again; the few of the batch always: another machine may have sent its own
            if name.count("/") < 2 or (self.sizes.get(name), self.sent.get(name)) != (len(content), digest):
                self._put(name, content)
                self.sent[name] = digest

    def _put(self, name: str, content: bytes) -> None:
        if self.folder:
            write_whole(Path(self._at(name)), content)
        else:
            try:
                self.fs.pipe_file(self._at(name), content)
            except FileNotFoundError:  # a server with folders (sftp, webdav) wants them made first
                self.fs.makedirs(self.fs._parent(self._at(name)), exist_ok=True)
                self.fs.pipe_file(self._at(name), content)
        self.sizes[name] = len(content)

    def _copy(self, source: str, name: str, size: int) -> None:
        if self.folder:
            write_whole(Path(self._at(name)), Path(self._at(source)).read_bytes())
        else:
            self.fs.cp_file(self._at(source), self._at(name))
        self.sizes[name] = size

    def _remove(self, names: list[str]) -> None:
        for name in names:  # one by one: `rm` of several takes brackets in names for patterns
            with contextlib.suppress(FileNotFoundError):
                self.fs.rm_file(self._at(name))
            self.sizes.pop(name, None)

    def _below(self, folder: str) -> list[str]:
        return [name for name in list(self.sizes) if name.startswith(f"{folder}/")]

    def _at(self, name: str) -> str:
        return f"{self.root}/{name}"

    @contextlib.contextmanager
    def _told(self, name: str) -> Iterator[None]:
        """Turn what a store's package raises, which is anything, into an error of ours."""
        try:
            yield
        except OutputError:
            raise
        except Exception as fault:
            said = (str(fault).strip() or type(fault).__name__).split("\n", 1)[0]
            raise OutputError(f"输出网址无法读写 outputs cannot be read or written there: {_SECRET.sub('//…@', said)}", where=f"{self.shown}/{name}") from fault


def _remembered(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _said(lock: Mapping[str, Any]) -> bytes:
    return json.dumps(lock).encode("ascii")


def _staging(url: str) -> Path | None:
    """Return a lasting folder for what goes to a URL: what has not changed is neither run nor sent again. None where there is no such place."""
    from zhibiao.running.pool import lasting

    base = lasting("outputs")
    return None if base is None else base / hashlib.sha256(url.encode()).hexdigest()[:16]
