"""What a run asked of the registry, so that a later batch can tell whether it would be told the same today.

While `ZHIBIAO_TRACE` is set, each question put to a `Registry` (the figures of a series, the documents of a region, …) is noted with a
digest of its answer. A run is stale when one of its questions is answered otherwise now, and only then: a new figure of one county
concerns the reports that looked at that series, and no other.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from zhibiao.errors import ZhibiaoError
from zhibiao.model.record import Record

if TYPE_CHECKING:
    from zhibiao.catalogue.registry import Registry

SWITCH = "ZHIBIAO_TRACE"
"""Environment variable: ``1`` notes the questions."""

TRACED = ("observations", "plans", "sources.yaml")
"""Parts of a registry's folder whose files are known by questions; a change in any other part concerns every run."""

EVERYTHING = json.dumps([None, "files"])
"""The question of a run that noted none: all that the traced files hold."""

_FILE = "file"
"""A question of this kind is a file that somebody read past the registry."""

_notes: dict[str, str] = {}
_deep = 0
_watching = False

MethodT = TypeVar("MethodT", bound=Callable[..., Any])


def traced(method: MethodT) -> MethodT:
    """Make a method of `Registry` one whose questions are noted. Its arguments must be plain and its answer made of records."""

    @functools.wraps(method)
    def asked(registry: Registry, *arguments: Any, **named: Any) -> Any:
        global _deep
        if _deep or os.environ.get(SWITCH) != "1":
            return method(registry, *arguments, **named)
        _deep += 1
        answer: object = None
        try:
            answer = method(registry, *arguments, **named)
        finally:
            _deep -= 1
            _note(registry, [method.__name__, *arguments, *named.values()], answer)
        return answer

    return asked  # type: ignore[return-value]  # the same but for the note


def _note(registry: Registry, question: list[object], answer: object) -> None:
    day = registry.day.isoformat() if registry.day else None
    name = json.dumps([day, *question], ensure_ascii=False)
    if name not in _notes:  # the same answer each time: a registry does not change
        _notes[name] = digest(registry, answer)


def notes() -> str:
    """Return what has been noted in this process, as JSON: question to digest."""
    return json.dumps(_notes, ensure_ascii=False, sort_keys=True)


def digest(registry: Registry, answer: object) -> str:
    """Return a short digest of an answer: equal for equal content, wherever in its file it stands."""
    return hashlib.blake2b(_told(registry, answer).encode(), digest_size=12).hexdigest()


def _told(registry: Registry, answer: object) -> str:
    if isinstance(answer, Record):
        return "".join(record.model_dump_json() for record in (answer, *_behind(registry, answer)))
    if isinstance(answer, Iterable) and not isinstance(answer, str):
        return f"[{','.join(_told(registry, item) for item in answer)}]"
    points = getattr(answer, "points", None)
    if points is not None:  # a series
        return _told(registry, points) + repr(sorted(str(period) for period in answer.conflicting))  # type: ignore[attr-defined]
    return repr(answer)


def _behind(registry: Registry, record: Record) -> Iterable[Record]:
    """What pages print beside a record: the source of a figure, the document of a statement."""
    source, plan = (getattr(record, part, None) for part in ("source", "plan"))
    if isinstance(source, str) and source in registry.sources:
        yield registry.sources[source]
    if isinstance(plan, str):
        yield registry.plans[plan] if plan in registry.plans else registry.whole.plans[plan]


class Answers:
    """What a registry answers today; each question is asked once.

    Parameters
    ----------
    registry : Registry
        The one that a run would read now.
    """

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._known: dict[str, str] = {}
        self._days: dict[str | None, Registry] = {None: registry}

    def same(self, noted: Mapping[str, str]) -> bool:
        """Whether every question has the answer that was noted."""
        return all(self.digest(question) == answer for question, answer in noted.items())

    def digest(self, question: str) -> str:
        if question not in self._known:
            self._known[question] = self._asked(question)
        return self._known[question]

    def _asked(self, question: str) -> str:
        day, kind, *arguments = json.loads(question)
        if question == EVERYTHING:
            return _everything(self.registry.folders)
        if kind == _FILE:
            return _content(self.registry.folders, arguments[0])
        method: Any = getattr(self._on(day), str(kind), None)
        if not hasattr(method, "__wrapped__"):  # noted by another version
            return ""
        try:
            answer: object = method(*arguments)
        except ZhibiaoError:
            answer = None
        return digest(self._on(day), answer)

    def _on(self, day: str | None) -> Registry:
        if day not in self._days:
            self._days[day] = self.registry.known_on(dt.date.fromisoformat(str(day)))
        return self._days[day]


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """While the registry is read, its files are not noted one by one."""
    global _deep
    _deep += 1
    try:
        yield
    finally:
        _deep -= 1


def watch(folders: Iterable[Path]) -> None:
    """Note files of these registry folders that are opened past the registry, once it has been read."""
    global _watching
    if _watching or os.environ.get(SWITCH) != "1":
        return
    _watching = True
    roots = tuple(folders)
    starts = tuple(f"{root}{os.sep}" for root in roots)

    def opened(event: str, details: tuple[Any, ...]) -> None:
        if event == "open" and not _deep and isinstance(details[0], str) and details[0].startswith(starts):
            _noted_file(roots, Path(details[0]))

    sys.addaudithook(opened)


def _noted_file(roots: tuple[Path, ...], path: Path) -> None:
    root = next(root for root in roots if path.is_relative_to(root))
    name = path.relative_to(root).as_posix()
    if name.split("/")[0] in TRACED:
        with reading():  # it is opened here once more
            _notes[json.dumps([None, _FILE, name], ensure_ascii=False)] = _content(roots, name)


def _content(roots: Iterable[Path], name: str) -> str:
    """Digest of the file of this name in each of the folders."""
    content = hashlib.blake2b(digest_size=12)
    for root in roots:
        path = root / name
        content.update(path.read_bytes() if path.is_file() and ".." not in path.parts else b"\0")
    return content.hexdigest()


def _everything(roots: Iterable[Path]) -> str:
    content = hashlib.blake2b(digest_size=12)
    for root in roots:
        for part in TRACED:
            for path in sorted([root / part, *(root / part).rglob("*")]):
                if path.is_file():
                    content.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return content.hexdigest()
