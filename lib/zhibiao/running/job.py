"""What is to be run, what a worker is told, and what it answers."""

from __future__ import annotations

import contextlib
import functools
import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal, Self

from pydantic import Field

import zhibiao
from zhibiao.errors import (
    SEVERAL_KINDS,
    CellError,
    KernelDied,
    MemoryLimit,
    MissingDeliverable,
    OutputError,
    ParameterError,
    RegistryError,
    TimeLimit,
    ToolMissing,
    ZhibiaoError,
)
from zhibiao.model.record import Record

ROOT = Path(zhibiao.__file__).resolve().parents[2]
"""The checkout: ``lib/zhibiao`` is two folders below it."""

BRIEFING = "09_briefing"
"""What is read and circulated: it is made for Word as well, and published as ``briefing.pdf`` and ``briefing.docx`` of region and scenario."""

Form = Literal["pdf", "docx", "png", "slides", "archive"]
"""What a run can be published as, beside notebook, SVG figures and tables: the PDF always, figures as PNG; a briefing for Word, as slides, and
as a PDF to be kept (PDF/A-3, with its data inside)."""

DOCUMENTS: tuple[Form, ...] = ("pdf", "docx", "png")
"""What is made unless something else is asked for."""

BRIEFING_FILES: Mapping[Form, str] = {"pdf": ".pdf", "docx": ".docx", "slides": "-slides.pdf", "archive": "-archive.pdf"}
"""How the files of a briefing end: ``09_briefing.pdf`` in its run, ``briefing.pdf`` of region and scenario."""

_KINDS: dict[str, type[ZhibiaoError]] = {
    kind.__name__: kind
    for kind in (
        ZhibiaoError, ParameterError, RegistryError, CellError, KernelDied, TimeLimit, MemoryLimit, OutputError, MissingDeliverable,
        ToolMissing,
    )
}  # fmt: skip


SINGLE = "run"
"""Where single runs are published: ``outputs/run``. They have no summary."""

INTERRUPTED = 130
"""Exit code of a batch that was stopped."""


class Limits(Record):
    """What a run may take: seconds, memory, and a second try."""

    cell: int = Field(default=120, ge=1, le=86400)
    """One cell."""
    run: int = Field(default=600, ge=1, le=86400)
    """One run with its publication; the whole worker is ended after that."""
    start: int = Field(default=60, ge=1, le=3600)
    """Until a kernel answers for the first time."""
    memory: int | None = Field(default=None, ge=64, le=4_194_304)
    """Megabytes that a kernel and what it starts may hold; default: what the machine has."""
    retries: int = Field(default=1, ge=0, le=5)
    """How often a run is tried again that failed in a way which may pass: a lost process, a kernel that did not start."""


@dataclass(frozen=True)
class Task:
    """One notebook for one region and scenario, its parameters complete and checked.

    Attributes
    ----------
    notebook : Path
        Absolute.
    parameters : mapping
        Plain literals, as papermill takes them.
    batch, region_code, region_name, scenario, title : str
        ``batch`` is the folder below outputs, ``scenario`` the id.
    documents : tuple of str
        Each a `Form`: what a briefing is published as.
    """

    notebook: Path
    parameters: Mapping[str, Any]
    batch: str
    region_code: str
    region_name: str
    scenario: str
    title: str
    documents: tuple[str, ...] = DOCUMENTS

    @property
    def stem(self) -> str:
        return self.notebook.stem

    @property
    def folder(self) -> PurePosixPath:
        """Where the run is published, relative to outputs."""
        return PurePosixPath(self.batch, self.region_code, self.scenario, self.stem)

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"{self.stem} · {self.region_name} · {self.scenario}"


@dataclass(frozen=True)
class Order:
    """A line to a worker: run this notebook, put everything into this folder."""

    notebook: str
    folder: str
    parameters: Mapping[str, Any]
    cell_limit: int
    start_limit: int
    documents: tuple[str, ...] = DOCUMENTS
    memory_limit: int = 0
    """Megabytes; 0: none."""

    def line(self) -> str:
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def read(cls, line: str) -> Self:
        return cls(**json.loads(line))


@dataclass(frozen=True)
class Cell:
    """The cell that runs: its number in the author's notebook, 0 for none, and its first and last lines."""

    number: int = 0
    code: str = ""


@dataclass(frozen=True)
class Answer:
    """A worker's line about one order.

    Attributes
    ----------
    kind : str
        Name of the error's class, empty where all went well.
    what, where : str
        Of the error.
    as_of, report_date, title : str
        As printed in the document.
    warnings : tuple of str
        What did not make the run fail.
    seconds : mapping
        ``execute`` and ``publish``.
    kernel : mapping
        ``started``: forked or cold; ``reason``: why cold.
    reads : mapping
        What the run asked of the registry: question to digest of the answer (`zhibiao.catalogue.tracing`).
    passing : bool
        The error may pass: it is worth a second try.
    attempts : int
        How often the run was tried.
    """

    kind: str = ""
    what: str = ""
    where: str = ""
    title: str = ""
    as_of: str = ""
    report_date: str = ""
    warnings: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    kernel: Mapping[str, str] = field(default_factory=dict)
    reads: Mapping[str, str] = field(default_factory=dict)
    passing: bool = False
    attempts: int = 1

    def line(self) -> str:
        return json.dumps({"answer": asdict(self)}) + "\n"

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self:
        return cls(**{**content, "warnings": tuple(content["warnings"])})

    @property
    def error(self) -> ZhibiaoError | None:
        if not self.kind:
            return None
        error = _KINDS[self.kind](self.what, where=self.where or None)
        error.passing = self.passing
        return error


@dataclass(frozen=True)
class RunResult:
    """How one task ended.

    Attributes
    ----------
    task : Task
        What was asked for.
    status : {"ok", "cached", "kept", "failed"}
        ``cached``: an earlier result was still good; ``kept``: it was not looked at.
    folder : Path
        The published run; of a failed one, what is left to look at (on a full disk not even that).
    error : ZhibiaoError, optional
        Of a failed run.
    key : str
        Of the cache.
    seconds : float
        From order to publication.
    """

    task: Task
    status: Literal["ok", "cached", "kept", "failed"]
    folder: Path
    error: ZhibiaoError | None = None
    key: str = ""
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        return self.error.exit_code if self.error is not None else 0


@dataclass(frozen=True)
class BatchResult:
    """How all tasks ended; an interrupted one has only those that had ended.

    Attributes
    ----------
    runs : tuple of RunResult
        In the order of the tasks.
    interrupted : bool
        Ctrl-C, or a signal to end.
    fault : OutputError, optional
        The summary or the index could not be written.
    """

    runs: tuple[RunResult, ...]
    interrupted: bool = False
    fault: OutputError | None = None

    @property
    def exit_code(self) -> int:
        """0, the code of the one kind of failure, 10 for several kinds, 130 for an interruption."""
        if self.interrupted:
            return INTERRUPTED
        codes = {run.exit_code for run in self.runs} | ({self.fault.exit_code} if self.fault else set())
        return SEVERAL_KINDS if len(codes - {0}) > 1 else max(codes, default=0)


def without_paths(text: str, folders: Iterable[Path] = ()) -> str:
    """Return a message as it may be published: the machine's folders, which carry user names, become ``…``."""
    if "/" not in text and "\\" not in text:
        return text
    known = {ROOT, Path(tempfile.gettempdir()), *(Path(folder).absolute() for folder in folders)}
    with contextlib.suppress(RuntimeError):  # a user without a home
        known.add(Path.home())
    for written in _spellings(frozenset(known)):
        text = text.replace(written, "…")
    return text


@functools.lru_cache(maxsize=64)
def _spellings(folders: frozenset[Path]) -> tuple[str, ...]:
    """Return how the folders may be written, the longest first."""
    known = sorted(folders, key=lambda place: -len(str(place)))
    spelt = [
        (str(folder), folder.as_posix(), str(folder).replace("\\", "\\\\"))
        for folder in known
        if len(folder.parts) > 1  # "/" says nothing
    ]
    return tuple(dict.fromkeys(written for ways in spelt for written in ways))
