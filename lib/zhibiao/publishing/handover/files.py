"""Which format makes which files of a hand-over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhibiao import __version__
from zhibiao.catalogue.registry import Registry
from zhibiao.errors import ParameterError, closest
from zhibiao.publishing.handover.fields import DataTable
from zhibiao.publishing.handover.known import tables
from zhibiao.publishing.handover.reckoned import Reckoned, reckoned

FORMATS = ("sdmx-csv", "datapackage", "parquet", "iamc", "xlsx")

MARK = "export.json"
"""The list of a hand-over's files with their digests: what stands in a folder that we made."""

BASELINE = "baseline"


@dataclass(frozen=True)
class Asked:
    """What is to be handed over.

    Attributes
    ----------
    form : str
        One of `FORMATS`.
    regions : tuple of str
        Codes or names; empty for all.
    scenarios : tuple of str
        Projections under these; empty for none, with iamc the baseline.
    gaps : bool
        The gap table under these scenarios, or under the baseline.
    """

    form: str
    regions: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    gaps: bool = False


@dataclass(frozen=True)
class Handover:
    """A finished hand-over.

    Attributes
    ----------
    files : mapping of str to bytes
        By path below the folder, the mark among them.
    rows : mapping of str to int
        How many rows each table has.
    passed_over : tuple of str
        Regions and scenarios without the figures for a projection.
    """

    files: Mapping[str, bytes]
    rows: Mapping[str, int]
    passed_over: tuple[str, ...] = ()


def handover(registry: Registry, asked: Asked) -> Handover:
    """Put the files together; the same registry and question give the same bytes.

    Raises
    ------
    ParameterError
        Unknown format, region or scenario, or gaps in a format that has no place for them.
    OutputError
        A value does not fit the format: nothing is rounded or cut off.
    """
    form = asked.form
    if form not in FORMATS:
        raise ParameterError(f"未知格式 unknown format {form!r}", where="--format", allowed=FORMATS, nearest=closest(form, FORMATS))
    if asked.gaps and form in ("sdmx-csv", "iamc"):
        raise ParameterError(f"{form} 没有差距表 has no gap table", where="--gaps", allowed=["datapackage", "parquet", "xlsx"])
    registry = registry.whole
    codes = tuple(dict.fromkeys(registry.region(name).code for name in asked.regions))
    scenarios = asked.scenarios or ((BASELINE,) if asked.gaps or form == "iamc" else ())
    known = tables(registry, codes)
    further = reckoned(registry, codes, scenarios, gaps=asked.gaps) if scenarios else Reckoned()
    made, handed = _made(form, registry, codes, known, further.tables)
    return Handover({**made, MARK: mark(form, made)}, {table.name: len(table.rows) for table in handed}, further.passed_over)


def _made(
    form: str, registry: Registry, codes: Sequence[str], known: Sequence[DataTable], further: Sequence[DataTable]
) -> tuple[dict[str, bytes], Sequence[DataTable]]:
    from zhibiao.publishing.handover import datapackage, iamc, parquet, workbook

    whole = (*known, *further)
    if form == "iamc":
        table = iamc.iamc_table(registry, further[0], codes)
        return iamc.iamc(table, known[0]), [table]
    if form == "sdmx-csv":
        from zhibiao.publishing.handover import sdmx

        return sdmx.sdmx(registry, whole)
    makers = {"datapackage": datapackage.datapackage, "parquet": parquet.parquet, "xlsx": workbook.workbook}
    return makers[form](whole), whole


def mark(form: str, made: Mapping[str, bytes]) -> bytes:
    """Who made a folder, and the digest of each file in it."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(made.items())}
    return (json.dumps({"made_by": "zhibiao export", "version": __version__, "format": form, "files": digests}, indent=1) + "\n").encode()
