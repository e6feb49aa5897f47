"""``outputs/index.html``: every document of every run on one page, failures first, readable from a USB stick."""

from __future__ import annotations

import importlib.resources
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import quote

import jinja2

from zhibiao.errors import OutputError
from zhibiao.wholefile import write_whole

Status = Literal["ok", "failed", "cached"]
_FAILURES_FIRST = {"failed": 0, "ok": 1, "cached": 1}


@dataclass(frozen=True)
class RunFiles:
    """What a run left, as POSIX paths relative to ``outputs``; absent is None or empty."""

    pdf: str | None = None
    docx: str | None = None
    ipynb: str | None = None
    xlsx: str | None = None
    csv: tuple[str, ...] = ()
    svg: tuple[str, ...] = ()
    png: tuple[str, ...] = ()
    manifest: str | None = None


@dataclass(frozen=True)
class RunEntry:
    """One notebook run for one region and scenario.

    Attributes
    ----------
    batch, region_code, region_name, scenario, notebook, title : str
        What was run; `notebook` is its stem.
    status : {"ok", "failed", "cached"}
        ``cached``: an earlier result was still good.
    error : str
        The message of a failed run.
    files : RunFiles
        What it left.
    as_of, report_date : str
        As printed in the document.
    """

    batch: str
    region_code: str
    region_name: str
    scenario: str
    notebook: str
    title: str
    status: Status
    error: str = ""
    files: RunFiles = field(default_factory=RunFiles)
    as_of: str = ""
    report_date: str = ""


def write_index(folder: Path, runs: Iterable[RunEntry]) -> Path:
    """Write ``index.html`` into `folder` (outputs) and return its path.

    Parameters
    ----------
    folder : Path
        Made where it does not exist.
    runs : iterable of RunEntry
        In any order; the page is ordered by status, batch, region, scenario and notebook.

    Raises
    ------
    OutputError
        A path leaves `folder`, or the page cannot be written.
    """
    ordered = sorted(
        runs, key=lambda run: (_FAILURES_FIRST[run.status], run.batch, run.region_code, run.scenario, run.notebook)
    )
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["link"] = relative_link
    source = importlib.resources.files(__package__).joinpath("index.html.j2").read_text(encoding="utf-8")
    page = environment.from_string(source).render(runs=ordered, counts=Counter(run.status for run in ordered))
    return write_whole(folder / "index.html", page.encode("utf-8"))


def relative_link(path: str) -> str:
    """Return a path relative to ``outputs`` as a link.

    >>> relative_link("monthly/500000/基准/briefing.pdf")
    'monthly/500000/%E5%9F%BA%E5%87%86/briefing.pdf'
    """
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts:
        raise OutputError("文件不在 outputs 之内 the file is not inside outputs", where=path)
    return "/".join(quote(part, safe="") for part in parts)
