"""The monthly loop without a terminal: a form to fill, what came back looked at by cell and taken in, the report of it."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhibiao.catalogue.load import read, shipped
from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.study import Study
from zhibiao.errors import ParameterError, RegistryError, ZhibiaoError
from zhibiao.holding import alone
from zhibiao.model import Observation
from zhibiao.reading.asked import asked_by_period
from zhibiao.reading.filled import Refused
from zhibiao.reading.importing import add, judge_file, known_after, overlay, registry_with
from zhibiao.reading.tablefile import WORKBOOKS
from zhibiao.reading.workbook import template
from zhibiao.running.job import BRIEFING

TAKEN_IN = (*WORKBOOKS, ".csv")
"""Endings of files that are looked at; what is no workbook inside is refused in words."""

LARGEST = 20 * 1024 * 1024
"""Bytes of one file; a filled workbook is a thousandth of it."""


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name is only ever shown, never a path."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: in which cell or line, and what."""

    where: str
    what: str


@dataclass(frozen=True)
class Examined:
    """What one file would change, or why it cannot be taken.

    Attributes
    ----------
    name : str
        Of the file, as it came.
    taken : tuple of Observation
        New figures and corrections; none where there are faults.
    lines : tuple of str
        The preview of every filled row: ``+`` new, ``~`` correction, ``=`` known already.
    known, empty : int
        Rows that are known already, rows that were not filled.
    faults : tuple of Fault
        All of them; with any, nothing of the file is taken.
    """

    name: str
    taken: tuple[Observation, ...] = ()
    lines: tuple[str, ...] = ()
    known: int = 0
    empty: int = 0
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Imported:
    """How an import ended: `count` figures were added; or, `count` being 0, others had changed what was looked at before."""

    count: int
    examined: tuple[Examined, ...]


@dataclass(frozen=True)
class Documents:
    """The briefing of a region as a PDF and for Word, and its tables as a workbook."""

    pdf: bytes
    docx: bytes
    xlsx: bytes
    as_of: str


def data_folder() -> Path | None:
    """The overlay that the dashboard was started with, or None: then files can be looked at, not taken in."""
    return overlay(None) if os.environ.get("ZHIBIAO_DATA") else None


def known(folder: Path | None) -> Registry:
    """The registry with the overlay as they are now.

    Raises
    ------
    RegistryError
        One of them is broken.
    """
    return read((shipped(),)) if folder is None else registry_with(folder)


def stamp(folder: Path | None) -> tuple[tuple[str, int, int], ...]:
    """What lies in the overlay, and how new it is: another stamp means that somebody changed something."""
    if folder is None:
        return ()
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".csv", ".yaml") and path.is_file())
    return tuple((str(path), found.st_mtime_ns, found.st_size) for path in files for found in [path.stat()])


def form(study: Study, year: int, periods: str) -> bytes:
    """A workbook to fill for the study's region: its indicators in a year, its quarters or its months.

    Raises
    ------
    ParameterError
        No target of the region asks for such figures.
    """
    code = study.region.code
    command = f"zhibiao observe template --region {code} --year {year} --periods {periods} -o {code}.xlsx"
    return template(study.registry, asked_by_period(study, periods, year), command)


def examine(registry: Registry, uploads: Sequence[Upload], day: dt.date) -> tuple[Examined, ...]:
    """Look at files in their order; a later one is judged against what the earlier ones bring."""
    found = []
    for upload in uploads:
        looked = _examined(registry, upload, day)
        registry = known_after(registry, looked.taken)
        found.append(looked)
    return tuple(found)


def take(folder: Path, uploads: Sequence[Upload], seen: Sequence[Examined], day: dt.date) -> Imported:
    """Add what was looked at to the overlay, in one write; files with faults are left out.

    Only one import at a time writes. What others imported since is looked at first: where the preview would read differently now,
    nothing is written and the new preview is returned.

    Raises
    ------
    OutputError
        The folder cannot be written, or somebody else goes on importing.
    RegistryError
        The overlay was broken meanwhile.
    """
    with alone(folder):
        now = examine(registry_with(folder), uploads, day)
        if [file.lines for file in now] != [file.lines for file in seen]:
            return Imported(0, now)
        figures = [figure for file in now for figure in file.taken]
        add(folder, figures)
    return Imported(len(figures), now)


def publish(region: str, lang: str, folder: Path | None, waiting: Callable[[int], None]) -> Documents:
    """Run the briefing of a region in a process of its own and return what it made; no file is left behind.

    Parameters
    ----------
    waiting : callable
        Told the seconds that have passed, about once a second.

    Raises
    ------
    ZhibiaoError
        The run failed; in its words.
    """
    with tempfile.TemporaryDirectory(prefix="zhibiao-") as out:
        command = [sys.executable, "-m", "zhibiao", "run", BRIEFING, "-p", f"region={region}", "-p", f"lang={lang}", "--out", out]
        # an overlay that is not there yet holds nothing to load
        environment = {**os.environ, "ZHIBIAO_DATA": str(folder) if folder is not None and folder.is_dir() else ""}
        printed, complained = _run(command, environment, waiting)
        events = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
        made = next((event for event in events if event["event"] == "done"), None)
        if made is None:
            said = [event["error"] for event in events if "error" in event] or complained.strip().splitlines()[-1:]
            raise ZhibiaoError(f"出报告失败 the report was not made: {'；'.join(said).replace(out, '…')}")
        place = Path(out) / made["folder"]
        manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
        pdf, docx = ((place / f"{BRIEFING}.{ending}").read_bytes() for ending in ("pdf", "docx"))
        return Documents(pdf, docx, (place / "tables" / f"{BRIEFING}-tables.xlsx").read_bytes(), str(manifest["as_of"]))


def _run(command: Sequence[str], environment: Mapping[str, str], waiting: Callable[[int], None]) -> tuple[str, str]:
    """What a process printed, on both of its streams; ended with whoever waits for it."""
    begun = time.monotonic()
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace"
    ) as process:
        try:
            while True:
                waiting(int(time.monotonic() - begun))
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return process.communicate(timeout=1)
        except BaseException:
            process.terminate()
            raise


def _examined(registry: Registry, upload: Upload, day: dt.date) -> Examined:
    ending = Path(upload.name).suffix.lower()
    try:
        if ending not in TAKEN_IN:
            raise ParameterError("只收填好的工作簿或 CSV only filled workbooks and CSV are taken", allowed=[".xlsx", ".csv"])
        if len(upload.content) > LARGEST:
            raise ParameterError(f"超过 {LARGEST // 1024 // 1024} MB，不是填报表 too large for a filled form")
        with tempfile.TemporaryDirectory(prefix="zhibiao-") as place:
            file = Path(place) / f"upload{ending}"
            file.write_bytes(upload.content)
            try:
                judged = judge_file(registry, file, day)[1]
            except RegistryError as error:
                faults = error.faults if isinstance(error, Refused) else (error,)
                return Examined(upload.name, faults=tuple(_fault(fault, file) for fault in faults))
            taken = tuple(o.model_copy(update={"origin": _place(o.origin, file)}) for o in judged.taken)
            return Examined(upload.name, taken, judged.lines, judged.known, len(judged.empty))
    except ParameterError as error:
        return Examined(upload.name, faults=(Fault("", str(error)),))


def _fault(error: ZhibiaoError, file: Path) -> Fault:
    """A fault without the folder that the file was looked at in."""
    bare = type(error)(error.what, allowed=error.allowed, nearest=error.nearest)
    return Fault(_place(error.where or "", file), _place(str(bare), file))


def _place(text: str, file: Path) -> str:
    """A sheet and cell, or a line of a CSV: the name of the file stands above."""
    bare = text.replace(f"{file}:", "").replace(str(file), "").strip()
    return f"第 {bare} 行 line {bare}" if bare.isdigit() else bare
