"""``outputs/index.html``: every document of every run on one page, failures first, readable from a USB stick."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from zhibiao.publishing.webpage import page, relative_link
from zhibiao.wholefile import write_whole

Status = Literal["ok", "failed", "cached"]
_FAILURES_FIRST = {"failed": 0, "ok": 1, "cached": 1}

PLAIN = 100
"""Runs that stand in the page for readers whose browser runs no script."""

REGIONS = "regions.html"
"""A batch's page of regions, beside its summary."""


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
    folder : str
        What the run left lies here, a POSIX path relative to ``outputs``.
    files : tuple of str
        Paths relative to `folder`.
    as_of, report_date : str
        As printed in the document.
    verdicts : mapping of str to int
        How many of the main targets have which verdict; empty where the run judges none.
    synthetic : bool
        The region is made up.
    """

    batch: str
    region_code: str
    region_name: str
    scenario: str
    notebook: str
    title: str
    status: Status
    error: str = ""
    folder: str = ""
    files: tuple[str, ...] = ()
    as_of: str = ""
    report_date: str = ""
    verdicts: Mapping[str, int] = field(default_factory=dict)
    synthetic: bool = False

    @property
    def links(self) -> list[tuple[str, str, str]]:
        """What may be opened, in the order in which it is offered: (kind, number or nothing, link relative to `folder`)."""
        found = []
        for kind in _KINDS:
            named = [name for name in self.files if _kind(name) == kind]
            numbered = kind in ("csv", "svg")
            found += [(kind, str(number) if numbered else "", relative_link(name)) for number, name in enumerate(named, start=1)]
        return found

    @property
    def picture(self) -> str:
        """The first figure, to be recognised by."""
        return next((relative_link(name) for name in sorted(self.files) if name.endswith(".png")), "")


_KINDS = {
    "pdf": ".pdf", "docx": ".docx", "slides": "-slides.pdf", "archive": "-archive.pdf", "fill": "-fill-in.xlsx", "ipynb": ".ipynb", "xlsx": ".xlsx",
    "csv": ".csv", "svg": ".svg", "manifest": "manifest.json",
}  # fmt: skip


def _kind(name: str) -> str | None:
    """What a file is offered as: the longest ending tells."""
    return max((kind for kind, ending in _KINDS.items() if name.endswith(ending)), key=lambda kind: len(_KINDS[kind]), default=None)


def write_index(folder: Path, runs: Iterable[RunEntry]) -> Path:
    """Write ``index.html`` into `folder` (outputs) and return its path.

    All runs are embedded once, a script shows them by the page; the first `PLAIN` stand in the page itself. Batches whose folder has a
    page of regions are linked to it.

    Parameters
    ----------
    folder : Path
        Made where it does not exist.
    runs : iterable of RunEntry
        In any order; they are shown by status, batch, region, scenario and notebook.

    Raises
    ------
    OutputError
        A path leaves `folder`, or the page cannot be written.
    """
    ordered = sorted(
        runs, key=lambda run: (_FAILURES_FIRST[run.status], run.batch, run.region_code, run.scenario, run.notebook)
    )
    batches = sorted({run.batch for run in ordered})
    content = page(
        "index.html.j2",
        runs=ordered[:PLAIN],
        total=len(ordered),
        counts=Counter(run.status for run in ordered),
        regions=[(batch, f"{batch}/{REGIONS}") for batch in batches if (folder / batch / REGIONS).is_file()],
        data=_embedded(ordered),
    )
    return write_whole(folder / "index.html", content)


def _embedded(runs: list[RunEntry]) -> dict[str, Any]:
    """Return the runs in few characters: a thousand regions leave the same files under the same names."""
    sets: dict[tuple[tuple[tuple[str, str, str], ...], str], int] = {}
    titles: dict[str, int] = {}
    rows = []
    for run in runs:
        files = sets.setdefault((tuple(run.links), run.picture), len(sets))
        title = titles.setdefault(run.title or run.notebook, len(titles))
        rows.append(
            [
                run.status, run.batch, run.region_code, run.region_name, run.scenario, run.notebook, title, run.as_of, run.report_date, run.error,
                relative_link(run.folder) if run.folder else "", files, dict(run.verdicts), int(run.synthetic),
            ]
        )  # fmt: skip
    return {"runs": rows, "titles": list(titles), "files": [[list(links), picture] for links, picture in sets]}
