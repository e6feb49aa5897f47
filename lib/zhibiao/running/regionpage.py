"""What the page of a batch's regions shows, read from its summary alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhibiao.errors import OutputError
from zhibiao.publishing.index import REGIONS
from zhibiao.running import summary
from zhibiao.running.folder import write_file
from zhibiao.running.ranking import COUNTS, grouped, opened
from zhibiao.showing.words import VERDICTS

if TYPE_CHECKING:
    import duckdb

FEWEST = 2
"""Regions from which on there is something to compare."""


def update(folder: Path) -> Path | None:
    """Write ``regions.html`` of a batch from its summary where the summary is newer, and return its path.

    Parameters
    ----------
    folder : Path
        ``outputs/<batch>``.

    Returns
    -------
    Path or None
        None where the batch has no summary, or one of a single region: then an older page goes.

    Raises
    ------
    OutputError
        The summary is broken, or the page cannot be written.
    """
    from zhibiao.publishing.regions import regions_page

    page, source = folder / REGIONS, folder / summary.NAME
    if source.is_file() and page.is_file() and page.stat().st_mtime_ns > source.stat().st_mtime_ns:
        return page
    found = content(folder) if source.is_file() else None
    if found is None or len(found["regions"]) < FEWEST:
        page.unlink(missing_ok=True)
        return None
    try:
        write_file(page, regions_page(folder.name, found))
    except OSError as error:
        raise OutputError(f"无法写出 cannot be written: {error.strerror or error}", where=f"{folder.name}/{page.name}") from None
    return page


def content(folder: Path) -> dict[str, Any]:
    """Return the data of the page.

    Returns
    -------
    dict
        ``scenarios`` and ``indicators`` as [id, zh, en]; ``regions`` as [code, zh, en, level, province, prefecture]; ``rows``, one for each
        region and indicator, as [region, indicator, target, unit, unit in English, target year, reached, year, gap, share, verdict, clause,
        as of, chances by scenario]; ``groups`` as [level, code, zh, en, province, scenario, indicator, regions, counts of verdicts, known,
        summed, base unit, in English, reached, target, gap, first year, last year]. Regions, scenarios, indicators and verdicts are numbers
        into their lists; what is not known is null. Chances: null is not known, -1 is a scenario that was not run.

    Raises
    ------
    OutputError
        There is no summary, or a broken one.
    """
    with opened(folder) as database:
        scenarios = _rows(database, "SELECT DISTINCT scenario, scenario_zh, scenario_en FROM chosen ORDER BY scenario <> 'baseline', scenario")
        indicators = _rows(
            database,
            "SELECT indicator, any_value(indicator_zh), any_value(indicator_en) FROM chosen GROUP BY indicator "
            "ORDER BY count(*) FILTER (headline) DESC, count(*) DESC, avg(place), indicator",
        )
        regions = _rows(
            database,
            "SELECT region_code, any_value(region_name), any_value(region_en), any_value(level), any_value(province), any_value(prefecture) "
            "FROM chosen GROUP BY region_code ORDER BY region_code",
        )
        (synthetic,) = _rows(database, "SELECT coalesce(bool_or(synthetic), false) FROM chosen")[0]
        numbers = [{row[0]: number for number, row in enumerate(rows)} for rows in (scenarios, indicators, regions)]
        return {
            "scenarios": scenarios,
            "indicators": indicators,
            "regions": regions,
            "rows": _regions(database, *numbers),
            "groups": _groups(database, numbers[0], numbers[1]),
            "synthetic": synthetic,
        }


_FACTS = (
    "region_code, indicator, target, unit, unit_en, target_year, round(reached, 4), reached_year, round(gap, 4), round(share, 4), verdict, clause, as_of"
)


def _regions(database: duckdb.DuckDBPyConnection, scenarios: dict[str, int], indicators: dict[str, int], regions: dict[str, int]) -> list[list[Any]]:
    """Rows of regions: a scenario mostly moves the chance alone, so that scenarios of one region share a row where all else is the same."""
    verdicts = {code: number for number, code in enumerate(VERDICTS)}
    found = _rows(
        database,
        f"SELECT {_FACTS}, list(scenario ORDER BY scenario), list(round(chance, 3) ORDER BY scenario) FROM chosen GROUP BY ALL ORDER BY ALL",
    )
    rows = []
    for region, indicator, *facts, named, chances in found:
        by_scenario: list[float | None] = [-1.0] * len(scenarios)
        for name, chance in zip(named, chances, strict=True):
            by_scenario[scenarios[name]] = chance
        facts[8] = verdicts[facts[8]]
        rows.append([regions[region], indicators[indicator], *facts, by_scenario])
    return rows


def _groups(database: duckdb.DuckDBPyConnection, scenarios: dict[str, int], indicators: dict[str, int]) -> list[list[Any]]:
    counts = ", ".join(COUNTS)
    found = []
    for level in ("nation", "province", "prefecture"):
        query = (
            f"SELECT level, region_code, region_name, region_en, within, scenario, indicator, regions, [{counts}], "
            "known, summed, base, base_en, round(reached_sum, 2), round(target_sum, 2), round(gap_sum, 2), first_year, last_year "
            f"FROM ({grouped(level)})"
        )
        found += _rows(database, query)
    return [[*row[:5], scenarios[row[5]], indicators[row[6]], *row[7:]] for row in found]


def _rows(database: duckdb.DuckDBPyConnection, query: str) -> list[list[Any]]:
    return [list(row) for row in database.execute(query).fetchall()]
