"""Objects at a URL: listed, read, put whole, copied and removed through fsspec, and held for one process at a time."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from zhibiao.errors import OutputError, ParameterError
from zhibiao.wholefile import write_whole

LOCK = ".lock.json"
"""Says who writes there and since when. Best effort: a store that cannot create only what is not there may let two in at once."""

STALE = 600.0
"""Seconds after which a lock that nobody renews is taken for that of a process that died."""

DEPTH = 4
"""Parts of a run's place: batch, region, scenario, notebook."""

_RENEWED = 60.0
_SECRET = re.compile(r"//\S*@|\?\S+")


def _hidden(found: re.Match[str]) -> str:
    """Names, passwords and signed queries of a URL are for the store alone."""
    return "//…@" if found[0].startswith("//") else "?…"


class Objects:
    """What lies below a URL. Names are relative to it, with slashes.

    Parameters
    ----------
    url : str
        Credentials come from where the store's own package looks for them.

    Attributes
    ----------
    shown : str
        The URL as it may be printed.
    sizes : dict of str to int
        Bytes of every object, as listed and since changed from here.

    Raises
    ------
    ParameterError
        fsspec does not know this kind of URL, or a package for it is not installed.
    """

    def __init__(self, url: str) -> None:
        import fsspec

        self.shown = _SECRET.sub(_hidden, url)
        try:
            self._fs, root = fsspec.core.url_to_fs(url)
        except ImportError as missing:
            raise ParameterError(f"还需安装 it needs a package: {missing}", where="--out") from None
        except ValueError as unknown:
            raise ParameterError(f"不认识的网址 {self.shown}: {unknown}", where="--out") from None
        self._root = root.rstrip("/")
        # there a file is written bit by bit, and a reader may come meanwhile
        self._on_disk = "file" in ((self._fs.protocol,) if isinstance(self._fs.protocol, str) else self._fs.protocol)
        self.sizes: dict[str, int] = {}
        self._runs: dict[str, set[str]] = defaultdict(set)

    def look(self) -> None:
        """See what is there."""
        self._fs.invalidate_cache()
        found = self._fs.find(self._root, detail=True) if self._fs.exists(self._root) else {}
        self.sizes.clear()
        self._runs.clear()
        for path, about in found.items():
            self._note(path[len(self._root) :].lstrip("/"), int(about["size"] or 0))

    def read(self, names: Sequence[str]) -> dict[str, bytes]:
        """Return the content of objects, fetched several at a time where the store can."""
        odd = [name for name in names if set(name) & set("*?[")]  # `cat` takes them for patterns
        plain = {self._at(name): name for name in names if name not in odd}
        found = self._fs.cat(list(plain)) if plain else {}
        return {
            **{plain[path]: content for path, content in found.items()},
            **{name: self._fs.cat_file(self._at(name)) for name in odd},
        }

    def put(self, contents: Mapping[str, bytes]) -> None:
        """Put objects there, several at a time where the store can; of each a reader sees the old one or the new one."""
        for name, content in contents.items():
            self._note(name, len(content))  # first: what a cut line leaves half done is to be cleared away
        if self._on_disk:
            for name, content in contents.items():
                write_whole(Path(self._at(name)), content)
        else:
            placed = {self._at(name): content for name, content in contents.items()}
            try:
                self._fs.pipe(placed)
            except FileNotFoundError:  # a server with folders (sftp, webdav) wants them made first
                for folder in sorted({self._fs._parent(path) for path in placed}):
                    self._fs.makedirs(folder, exist_ok=True)
                self._fs.pipe(placed)

    def copy(self, source: str, name: str) -> None:
        """Copy an object within the store."""
        if self._on_disk:
            write_whole(Path(self._at(name)), Path(self._at(source)).read_bytes())
        else:
            self._fs.cp_file(self._at(source), self._at(name))
        self._note(name, self.sizes[source])

    def remove(self, names: Iterable[str]) -> None:
        """Remove objects; one that is not there is no error."""
        for name in list(names):  # one by one: `rm` of several takes brackets in names for patterns
            with contextlib.suppress(FileNotFoundError):
                self._fs.rm_file(self._at(name))
            self.sizes.pop(name, None)
            self._runs[_run(name)].discard(name)

    def below(self, run: str) -> list[str]:
        """Return the names of the objects of a run's folder."""
        return sorted(self._runs.get(run, ()))

    def _note(self, name: str, size: int) -> None:
        self.sizes[name] = size
        self._runs[_run(name)].add(name)

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextlib.contextmanager
    def told(self, name: str) -> Iterator[None]:
        """Turn what a store's package raises, which is anything, into an OutputError that names the object."""
        try:
            yield
        except OutputError:
            raise
        except Exception as fault:
            said = _SECRET.sub(_hidden, (str(fault).strip() or type(fault).__name__).split("\n", 1)[0])
            raise OutputError(
                f"输出网址无法读写 outputs cannot be read or written there: {said}", where=f"{self.shown}/{name}"
            ) from fault

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold what is there for this process, as far as a store lets anybody.

        Raises
        ------
        OutputError
            Another process holds it, or nothing can be written there.
        """
        mine = {"host": socket.gethostname(), "process": os.getpid(), "token": uuid.uuid4().hex}
        with self.told(LOCK):
            self._take(mine)
        over = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(mine, over), daemon=True)
        renewing.start()
        try:
            yield
        finally:
            over.set()
            renewing.join()
            with contextlib.suppress(Exception):  # it goes stale by itself
                if self._holder().get("token") == mine["token"]:
                    self.remove([LOCK])

    def _take(self, mine: Mapping[str, Any]) -> None:
        self._create_lock(mine)
        holder = self._holder()
        if holder.get("token") != mine["token"] and time.time() - holder.get("at", 0) >= STALE:
            self.remove([LOCK])
            self._create_lock(mine)
            holder = self._holder()
        if holder.get("token") != mine["token"]:
            since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(holder.get("at", 0)))
            raise OutputError(
                f"另一批次正在写入（{holder.get('host')}，进程 {holder.get('process')}，{since}）"
                "another batch is writing here; wait, or give another --out",
                where=self.shown,
            )

    def _create_lock(self, mine: Mapping[str, Any]) -> None:
        if self._on_disk:
            self._fs.makedirs(self._root, exist_ok=True)
        try:
            self._fs.pipe_file(self._at(LOCK), _dated(mine), mode="create")
        except FileExistsError:
            return
        except (TypeError, NotImplementedError):  # a store that cannot create only what is not there
            if not self._fs.exists(self._at(LOCK)):
                self._fs.pipe_file(self._at(LOCK), _dated(mine))

    def _renew(self, mine: Mapping[str, Any], over: threading.Event) -> None:
        while not over.wait(_RENEWED):
            with contextlib.suppress(Exception):  # the next one may succeed; until then the lock ages
                if self._holder().get("token") == mine["token"]:
                    self._fs.pipe_file(self._at(LOCK), _dated(mine))

    def _holder(self) -> dict[str, Any]:
        """Return what the lock says; nothing where there is none, or none that can be read."""
        try:
            found = json.loads(self._fs.cat_file(self._at(LOCK)))
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _run(name: str) -> str:
    return "/".join(name.split("/")[:DEPTH])


def _dated(lock: Mapping[str, Any]) -> bytes:
    return json.dumps({**lock, "at": time.time()}).encode("ascii")
