"""Taking in a folder of workbooks that came back, and saying who has not returned and who is incomplete 催报清单."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.textfile import read_text
from zhibiao.errors import ParameterError, RegistryError, ZhibiaoError
from zhibiao.holding import alone
from zhibiao.model import Period
from zhibiao.reading.filled import Entry, Refused, marked_region
from zhibiao.reading.importing import add, judge_file, known_after, overlay, registry_with, summary
from zhibiao.reading.tablefile import WORKBOOKS


@dataclass(frozen=True)
class Returned:
    """One workbook that came back: whose it is, how many of its rows are missing and which, how many faults it has."""

    path: Path
    region: str | None
    rows: int = 0
    missing: int = 0
    names: tuple[str, ...] = ()
    faults: int = 0


@dataclass
class FolderResult:
    """What an import of a folder says.

    Attributes
    ----------
    lines : list of str
        Per workbook the changes or the faults, then the list of those to remind.
    faulty : int
        Workbooks that were not taken.
    """

    lines: list[str] = field(default_factory=list)
    faulty: int = 0


def import_folder(
    folder: Path,
    data: Path | None,
    *,
    region: str | None = None,
    expect: Path | None = None,
    dry_run: bool = False,
    today: dt.date | None = None,
) -> FolderResult:
    """Import every workbook of a folder: each whole or not at all, a faulty one keeps none of the others back.

    Parameters
    ----------
    folder : Path
        Its ``.xlsx`` are read, in order of their names; folders within it are not.
    region : str, optional
        The regions below it that have a plan are expected to return.
    expect : Path, optional
        A text file of the regions that are expected, one code or name a line; ``#`` begins a remark.
    dry_run : bool
        Only say what would change.

    Raises
    ------
    ParameterError
        No overlay is named, or a region is not known.
    RegistryError
        The folder or the file of expected regions cannot be read.
    OutputError
        The overlay cannot be written.
    """
    into = overlay(data)
    with contextlib.nullcontext() if dry_run else alone(into):
        return _taken(folder, into, region, expect, dry_run, today or dt.date.today())


def _taken(folder: Path, into: Path, region: str | None, expect: Path | None, dry_run: bool, day: dt.date) -> FolderResult:
    registry = registry_with(into)
    expected = expected_regions(registry, region, expect)
    result, returned = FolderResult(), []
    for path in _workbooks(folder):
        result.lines.append(f"== {path.name}")
        try:
            code, judged = judge_file(registry, path, day)
        except RegistryError as error:
            result.faulty += 1
            faults = error.faults if isinstance(error, Refused) else (error,)
            result.lines += [f"  {fault}" for fault in faults]
            result.lines.append(f"  {len(faults)} 处有误，未导入 faults, nothing imported")
            whose = error.region if isinstance(error, Refused) else marked_region(path)
            returned.append(Returned(path, whose if whose in registry.regions else None, faults=len(faults)))
            continue
        if not dry_run:
            add(into, judged.taken)
        registry = known_after(registry, judged.taken)
        result.lines += [f"  {line}" for line in (*judged.notes, *judged.lines, summary(judged, dry_run))]
        missing = _missing(registry, judged.empty, day)
        returned.append(Returned(path, code, len(judged.lines) + len(judged.empty), len(missing), _names(registry, missing)))
    result.lines += reminders(registry, returned, expected)
    return result


def expected_regions(registry: Registry, region: str | None, expect: Path | None) -> tuple[str, ...] | None:
    """Codes of the regions that should return a workbook; None where nobody said.

    Raises
    ------
    ParameterError
        A name is unknown (with the line it stands on), or no region below `region` has a plan.
    """
    if expect is not None:
        found = []
        for line, text in enumerate(read_text(expect)[0].split("\n"), start=1):
            name = text.partition("#")[0].strip()
            if name:
                try:
                    found.append(registry.region(name).code)
                except ZhibiaoError as error:
                    raise ParameterError(error.what, where=f"{expect}:{line}", allowed=error.allowed, nearest=error.nearest) from None
        return tuple(dict.fromkeys(found))
    if region is None:
        return None
    parent = registry.region(region)
    below = tuple(r.code for r in registry.regions.values() if r.parent == parent.code and any(p.region == r.code for p in registry.plans.values()))
    if not below:
        raise ParameterError(
            f"{parent.zh} 的下级地区都没有规划 no region below {parent.en} has a plan；请用 --expect 列出应报地区 list them in a file with --expect", where="--region"
        )
    return below


def reminders(registry: Registry, returned: Sequence[Returned], expected: Sequence[str] | None) -> list[str]:
    """The list of those to remind: not returned, faulty, incomplete; then the complete ones in one line."""
    by_region: dict[str | None, list[Returned]] = {}
    for workbook in returned:
        by_region.setdefault(workbook.region, []).append(workbook)
    names: dict[str, str] = {code: f"{code} {place.zh}" for code, place in registry.regions.items()}
    lines = ["== 催报清单 to remind"]
    for code in expected or ():
        if code not in by_region:
            lines.append(f"未交 not returned: {names[code]}")
    complete = []
    for home, workbooks in by_region.items():
        for workbook in workbooks:
            name = names[home] if home else "地区不明 region unknown"
            extra = "；不在应报之列 not among the expected" if home and expected is not None and home not in expected else ""
            if workbook.faults:
                lines.append(f"有误 faulty: {name} {workbook.path.name}，{workbook.faults} 处 faults{extra}")
            elif workbook.missing:
                lines.append(f"未填全 incomplete: {name} 缺 missing {workbook.missing}/{workbook.rows}：{'、'.join(workbook.names)}{extra}")
            elif home:
                complete.append(f"{names[home]}{extra}")
    lines.append(f"已交齐 complete: {'、'.join(complete) or '无 none'}")
    if expected is None:
        lines.append("未给应报名单，不知谁未交 who should return is not known: give --region or --expect")
    else:
        lines.append(f"应报 expected {len(expected)}；已交 returned {sum(code in by_region for code in expected)}")
    return lines


def _workbooks(folder: Path) -> list[Path]:
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() in WORKBOOKS and path.is_file())
    except OSError as error:
        raise RegistryError(f"无法读取目录 the folder cannot be read: {error.strerror}", where=str(folder)) from None
    # a spreadsheet program leaves ~$name.xlsx beside a workbook that is open
    found = [path for path in found if not path.name.startswith(("~", "."))]
    if not found:
        raise RegistryError("目录中没有工作簿 no workbook in the folder", where=str(folder), allowed=[".xlsx"])
    return found


def _missing(registry: Registry, empty: Sequence[Entry], day: dt.date) -> tuple[Entry, ...]:
    """The rows that were left empty although their period is over and no figure is known."""
    found = []
    for entry in empty:
        row, period = entry.row, Period.parse(entry.row["period"])
        known = any((point.period, point.basis) == (period, row["basis"]) for point in registry.series(row["region"], row["indicator"]).points)
        if not known and (period.year, period.last_month) < (day.year, day.month):
            found.append(entry)
    return tuple(found)


def _names(registry: Registry, missing: Sequence[Entry]) -> tuple[str, ...]:
    """Their indicators, each with its periods and with what was remarked instead of a figure."""
    grouped: dict[str, list[str]] = {}
    for entry in missing:
        remark = f"（{entry.row['reason']}）" if entry.row["reason"] else ""
        grouped.setdefault(entry.row["indicator"], []).append(f"{entry.row['period']}{remark}")
    return tuple(f"{registry.indicators[name].zh} {' '.join(periods)}" for name, periods in grouped.items())
