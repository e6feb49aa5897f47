"""Provinces, prefectures and counties ranked and counted, from a batch's summary alone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhibiao.errors import OutputError, ParameterError, closest
from zhibiao.running.summary import NAME, broken, connected, exactly
from zhibiao.showing.words import VERDICTS

if TYPE_CHECKING:
    import duckdb

LEVELS = ("region", "prefecture", "province", "nation")
"""Each region by itself, or the regions below counted together."""

ORDERS = {"share": "ASC", "gap": "ASC", "chance": "DESC", "reached": "DESC"}
"""What regions may be ranked by, and which end comes first; what is not known has no rank and comes last."""

COUNTS = tuple(f"n_{code}" for code in VERDICTS)
"""Columns that count verdicts: one of them is called ``level`` too."""

REGION_COLUMNS = (
    "rank", "region_code", "region_name", "level", "province_zh", "prefecture_zh", "scenario", "indicator", "statement", "clause", "target", "unit",
    "target_year", "baseline", "reached", "reached_year", "gap", "share", "chance", "state", "verdict", "verdict_zh", "as_of", "synthetic",
)  # fmt: skip
GROUP_COLUMNS = (
    "region_code", "region_name", "level", "scenario", "indicator", "regions", *COUNTS, "known", "rollup", "summed", "base", "reached_sum", "target_sum", "gap_sum",
    "first_year", "last_year", "synthetic",
)  # fmt: skip

REGION_TABLE = ("rank", "region_code", "region_name", "target", "unit", "reached", "reached_year", "gap", "share", "chance", "verdict_zh", "clause")
GROUP_TABLE = ("region_code", "region_name", "regions", *COUNTS, "summed", "base", "reached_sum", "target_sum", "gap_sum", "first_year", "last_year")
"""What fits on a terminal."""


@dataclass(frozen=True)
class Question:
    """Which indicator under which scenario.

    Attributes
    ----------
    indicator, scenario : str
        Ids.
    level : str
        One of `LEVELS`.
    by : str
        One of `ORDERS`; groups are ordered by code.
    """

    indicator: str
    scenario: str = "baseline"
    level: str = "region"
    by: str = "share"


def ranking(folder: Path, asked: Question) -> list[dict[str, Any]]:
    """Return regions ranked, or groups of regions counted.

    A region has one row: of several targets for an indicator the one that governs, of these the document's headline, of these the latest.
    Groups count the lowest regions that the summary has, so that nobody is counted twice, and add up figures only where the catalogue
    says that the indicator adds up (``rollup: sum``), in its base unit, over the regions that have both a figure and a target with a lower
    or upper end; rates are never added. What is not known is None and counts among ``unknown``, never as zero and never as met; a region
    of which the baseline alone is known has no gap here.

    Parameters
    ----------
    folder : Path
        ``outputs/<batch>``.
    asked : Question

    Returns
    -------
    list of dict
        Fields `REGION_COLUMNS`, or `GROUP_COLUMNS` where the level is not ``region``.

    Raises
    ------
    ParameterError
        The summary has no such indicator or scenario, or there is no such level or order; the nearest is named.
    OutputError
        The folder has no summary, or a broken one.
    """
    _allowed("--level", asked.level, LEVELS)
    _allowed("--by", asked.by, ORDERS)
    with opened(folder, asked) as database:
        for where, column, wanted in (("--indicator", "indicator", asked.indicator), ("--scenario", "scenario", asked.scenario)):
            _allowed(where, wanted, [name for (name,) in database.execute(f"SELECT DISTINCT {column} FROM summary ORDER BY 1").fetchall()])
        if asked.level == "region":
            return _records(database, REGION_COLUMNS, _ranked(asked.by))
        return _records(database, GROUP_COLUMNS, grouped(asked.level))


@contextlib.contextmanager
def opened(folder: Path, asked: Question | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a summary: the view ``summary``, and the table ``chosen`` with one row for each region, scenario and indicator that is asked.

    Raises
    ------
    OutputError
        The folder has no summary, or a broken one.
    """
    import duckdb

    path = folder / NAME
    if not path.is_file():
        raise OutputError("没有汇总，请先执行批次 there is no summary; run the batch first", where=f"{folder.name}/{NAME}")
    with connected() as database:
        try:
            database.execute("SET VARIABLE path = ?", [exactly(path)])
            database.execute("CREATE VIEW summary AS SELECT * FROM read_parquet(getvariable('path'))")
            if asked is None:
                database.execute(_CHOSEN.format(where="true"))
            else:
                where = "indicator = $indicator AND scenario = $scenario"
                database.execute(_CHOSEN.format(where=where), {"indicator": asked.indicator, "scenario": asked.scenario})
        except duckdb.Error as error:
            raise broken(path, error) from None
        yield database


_CHOSEN = """
CREATE TABLE chosen AS
WITH told AS (
  SELECT *, CASE WHEN scope = 'cumulative' THEN total ELSE latest END AS reached,
    CASE WHEN scope = 'cumulative' AND total IS NULL THEN NULL ELSE latest_year END AS reached_year
  FROM summary WHERE {where}
), one AS (
  SELECT * REPLACE (CASE WHEN reached IS NOT NULL THEN gap END AS gap, CASE WHEN reached IS NOT NULL THEN share END AS share) FROM told
  QUALIFY row_number() OVER (PARTITION BY region_code, scenario, indicator
    ORDER BY governed_by IS NOT NULL, NOT headline, target_year DESC NULLS LAST, statement) = 1
), above AS (
  SELECT DISTINCT scenario, indicator, unnest([parent, prefecture, province]) AS code, region_code FROM one
)
SELECT one.*, NOT EXISTS (
  SELECT 1 FROM above WHERE above.scenario = one.scenario AND above.indicator = one.indicator
    AND above.code = one.region_code AND above.region_code <> one.region_code) AS lowest
FROM one
"""


def worded(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as a terminal shows it: what is not known says so, and so does what is not added."""
    nothing = "不相加 not added" if row.get("rollup", "sum") != "sum" else "无数据 no data"
    return {**row, **{name: nothing for name in _MEASURED if name in row and row[name] is None}}


_MEASURED = ("reached", "gap", "share", "reached_sum", "target_sum", "gap_sum")


def _ranked(by: str) -> str:
    """Regions in their order; one that cannot be judged has no rank, whatever its last figure was."""
    judged = f"CASE WHEN verdict IN ('unknown', 'not_reported') THEN NULL ELSE {by} END"
    return (
        f"SELECT CASE WHEN weight IS NULL THEN NULL ELSE rank() OVER (ORDER BY weight {ORDERS[by]} NULLS LAST) END AS rank, * "
        f"FROM (SELECT *, {judged} AS weight FROM chosen) ORDER BY weight {ORDERS[by]} NULLS LAST, region_code"
    )


def grouped(level: str) -> str:
    """Return the query for groups of a level: counts of verdicts, and sums where the indicator adds up."""
    names = {"nation": ("'all'", "'全部地区'", "'all regions'")}.get(level, (level, f"{level}_zh", f"{level}_en"))
    counts = ", ".join(f"count(*) FILTER (verdict = '{code}') AS n_{code}" for code in VERDICTS)
    target = "coalesce(target_low, target_high)"
    adds = f"rollup = 'sum' AND reached IS NOT NULL AND {target} IS NOT NULL"

    def total(value: str) -> str:
        return f"sum({value} * scale) FILTER ({adds})"

    return (
        f"SELECT {names[0]} AS region_code, any_value({names[1]}) AS region_name, any_value({names[2]}) AS region_en, '{level}' AS level, "
        f"{'any_value(province)' if level == 'prefecture' else 'NULL'} AS within, "
        f"scenario, indicator, count(*) AS regions, {counts}, count(reached) AS known, count(*) FILTER ({adds}) AS summed, any_value(rollup) AS rollup, any_value(base) AS base, "
        f"any_value(base_en) AS base_en, {total('reached')} AS reached_sum, {total(target)} AS target_sum, {total('gap')} AS gap_sum, "
        f"min(reached_year) FILTER ({adds}) AS first_year, max(reached_year) FILTER ({adds}) AS last_year, bool_or(synthetic) AS synthetic "
        f"FROM chosen WHERE lowest AND {names[0]} IS NOT NULL GROUP BY {names[0]}, scenario, indicator ORDER BY scenario, indicator, 1"
    )


def _records(database: duckdb.DuckDBPyConnection, columns: Sequence[str], query: str) -> list[dict[str, Any]]:
    found = database.execute(f"SELECT {', '.join(columns)} FROM ({query})")
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def _allowed(where: str, wanted: str, known: Sequence[str] | dict[str, str]) -> None:
    if wanted not in known:
        raise ParameterError(f"没有 there is no {wanted!r}", where=where, allowed=known, nearest=closest(wanted, known))
