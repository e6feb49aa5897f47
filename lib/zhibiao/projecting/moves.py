"""Measure reference classes from series: ``python -m zhibiao.projecting.moves --wb FILE --out indicators/reference``.

The World Bank's series are read, measured and left where they are; only quantiles derived from them are written.
"""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zhibiao.catalogue.load import read
from zhibiao.catalogue.registry import Registry
from zhibiao.errors import ParameterError, RegistryError
from zhibiao.projecting import learned as tables
from zhibiao.projecting import reference
from zhibiao.projecting.reference import Entry, ReferenceClass
from zhibiao.projecting.scales import Floats

HORIZONS = 10
PROBABILITIES = (*(step / 20 for step in range(1, 20)), 0.975, reference.HIGHEST)


@dataclass(frozen=True)
class PastSeries:
    """A series of the past: `origin` is a country or a region's code, `years` ascend, `values` are in base units."""

    origin: str
    years: tuple[int, ...]
    values: tuple[float, ...]
    collection: str = ""
    """The published collection it is from; collections count alike when a class learns from several."""
    indicator: str = ""
    """What a series of the registry measures."""


def world_bank(file: Path, entry: Entry) -> list[PastSeries]:
    """Read the class's series from a CSV (indicator, country, year, value), one for each country and rule."""
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    found = []
    for rule in entry.world_bank:
        countries: dict[str, dict[int, float]] = {}
        for row in rows:
            year = int(row["year"])
            if row["indicator"] == rule.indicator and (rule.first or year) <= year <= (rule.last or year):
                countries.setdefault(row["country"], {})[year] = float(row["value"])
        found += [PastSeries(country, *_columns(points)) for country, points in sorted(countries.items())]
    return found


def observed(registry: Registry, entry: Entry) -> list[PastSeries]:
    """The class's observed series: whole years, floors left out, parted where an indicator's definition changes.

    Zeros stay out as well: they have no place on a logarithm.
    """
    found = []
    for indicator in entry.observed:
        for region in registry.regions_with(indicator):
            annual = registry.series(region, indicator).annual
            points = {point.period.year: float(point.base_value) for point in annual if point.qualifier in ("eq", "about") and point.base_value > 0}
            edges = registry.indicator(indicator).breaks_in(region)
            for start, end in zip([0, *edges], [*edges, 9999], strict=True):
                part = {year: value for year, value in points.items() if start <= year < end}
                if part:
                    found.append(PastSeries(region, *_columns(part), indicator=indicator))
    return found


def _columns(points: dict[int, float]) -> tuple[tuple[int, ...], tuple[float, ...]]:
    years = tuple(sorted(points))
    return years, tuple(points[year] for year in years)


def levels(series: PastSeries, entry: Entry) -> dict[int, float]:
    """Values on the class's scale by year; a zero, or a rate of 0 or 100 %, has no place on it and is left out."""
    kept = {
        y: v for y, v in zip(series.years, series.values, strict=True) if v > 0 and (entry.scale == "log" or v < 100)
    }
    if entry.scale == "log":
        return {year: float(np.log(value)) for year, value in kept.items()}
    return {year: float(np.log(value / (100 - value))) for year, value in kept.items()}


def absolute_moves(series: PastSeries, horizon: int, entry: Entry) -> list[float]:
    """Absolute moves over `horizon` years, overlapping ones too, that start within the class's `least` and `most`."""
    level = levels(series, entry)
    least = 0.0 if entry.least is None else float(entry.least)
    most = np.inf if entry.most is None else float(entry.most)
    starts = {year for year, value in zip(series.years, series.values, strict=True) if least <= value <= most}
    return [abs(level[year + horizon] - level[year]) for year in level if year in starts and year + horizon in level]


def measure(entry: Entry, past: Sequence[PastSeries], shape: ReferenceClass | None = None) -> ReferenceClass:
    """Measure a class on these series.

    With `shape` None the quantiles are those of the moves themselves, every move counting once; a running maximum
    over the horizons keeps a longer horizon from looking surer than a shorter one. A class with few series takes the
    shape of a larger one instead: its table is that table times one factor, the mean of the class's own moves from
    one observed year to the next against it, shrunk as `ReferenceClass.spread` says. Series and moves then count what
    set the factor, at every horizon.

    Raises
    ------
    RegistryError
        A class without shape has no moves at some horizon.
    """
    counts: dict[int, tuple[int, int]] = {}
    rows: list[Floats] = []
    for horizon in range(1, HORIZONS + 1):
        pooled = [found for series in past if (found := absolute_moves(series, horizon, entry))]
        counts[horizon] = (len(pooled), sum(map(len, pooled)))
        if shape is None:
            if not pooled:
                raise RegistryError(f"参照类 {entry.id!r} 在 {horizon} 年上没有变动 has no moves over {horizon} years")
            rows.append(np.quantile(np.concatenate(pooled), PROBABILITIES))
    if shape is None:
        table = np.maximum.accumulate(np.array(rows), axis=0)
    else:
        if shape.scale != entry.scale:
            raise RegistryError(
                f"参照类 {entry.id!r} 与其形状 {shape.id!r} 的尺度不同 differ in scale", allowed=[shape.scale]
            )
        own = [level for series in past if len(level := levels(series, entry)) > 1]
        ratios = np.concatenate(
            [np.array([]), *(shape.ratios(tuple(level), np.array(list(level.values()))) for level in own)]
        )
        table = shape.table * shape.spread(ratios)[0]
        counts = dict.fromkeys(counts, (len(own), ratios.size))
    return reference.built(
        entry, np.array(PROBABILITIES), np.asarray(np.round(table, 4), dtype=np.float64), counts, entry.id
    )


def collected(entry: Entry, files: Mapping[str, Path]) -> list[PastSeries]:
    """Read the class's collections from CSV (series_id, year, value), each series under its id."""
    found = []
    for name in entry.collections:
        series: dict[str, dict[int, float]] = {}
        with files[name].open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                series.setdefault(row["series_id"], {})[int(row["year"])] = float(row["value"])
        found += [PastSeries(id, *_columns(points), name) for id, points in series.items()]
    return found


def gather(entry: Entry, registry: Registry, world: Path, files: Mapping[str, Path]) -> list[PastSeries]:
    """All series that a class is measured on."""
    return [*world_bank(world, entry), *observed(registry, entry), *collected(entry, files)]


def rebuild(folder: Path, file: Path, files: Mapping[str, Path] | None = None) -> dict[str, ReferenceClass]:
    """Measure and teach every class of ``classes.yaml`` in `folder`, in its order; a shape stands before those that use it.

    `folder` lies in a registry; `file` holds the World Bank's series, `files` those of collections. A class whose
    collections are not given is left as it is.
    """
    from zhibiao.projecting.learning import learn

    given, registry = files or {}, read([folder.parent])
    built: dict[str, ReferenceClass] = {}
    for entry in reference.entries(folder):
        if any(name not in given for name in entry.collections):
            continue
        past = gather(entry, registry, file, given)
        if entry.shape is not None and entry.shape not in built:
            raise RegistryError(
                f"形状 {entry.shape!r} 须先于 {entry.id!r} the shape must stand first",
                where=str(folder / "classes.yaml"),
            )
        own = measure(entry, past, built[entry.shape] if entry.shape else None)
        built[entry.id] = reference.taught(own, learn(entry, past) if entry.learned else None, built)
    return built


def written(measured: ReferenceClass) -> str:
    """The class's table as the text of its CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["class", "horizon", "probability", reference.MOVE_COLUMN[measured.scale], "series", "moves"])
    for row, horizon in enumerate(measured.horizons):
        for p, move in zip(measured.probabilities, measured.table[row], strict=True):
            writer.writerow([measured.id, horizon, f"{p:g}", f"{move:.4f}", measured.series[row], measured.moves[row]])
    return text.getvalue()


def main(arguments: Iterable[str] | None = None) -> None:
    """Rebuild the tables beside ``classes.yaml``."""
    parser = argparse.ArgumentParser(prog="python -m zhibiao.projecting.moves", description=__doc__)
    parser.add_argument(
        "--wb",
        type=Path,
        required=True,
        metavar="FILE",
        help="CSV: indicator, country, year, value (World Bank EdStats)",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="indicators/reference, with classes.yaml"
    )
    parser.add_argument(
        "--collection",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="CSV: series_id, year, value; tests/bench/competitions.py writes them",
    )
    chosen = parser.parse_args(None if arguments is None else list(arguments))
    if not chosen.wb.is_file():
        raise ParameterError("文件不存在 no such file", where=str(chosen.wb))
    files = {name: Path(file) for name, _, file in (pair.partition("=") for pair in chosen.collection)}
    for measured in rebuild(chosen.out, chosen.wb, files).values():
        (chosen.out / f"{measured.id}.csv").write_text(written(measured), encoding="utf-8", newline="\n")
        if measured.entry.learned is not None and measured.learned is not None:
            path = chosen.out / f"{measured.id}.learned.csv"
            path.write_text(tables.written(measured.learned), encoding="utf-8", newline="\n")
        print(f"{measured.id}: {measured.series[0]} series, {measured.moves[0]} moves at one year")


if __name__ == "__main__":
    main()
