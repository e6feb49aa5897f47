"""Reference classes: how far series of a kind really moved in 1, 2, … years. They give a projection its spread."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from zhibiao.catalogue import csvfile, yamlfile
from zhibiao.errors import ParameterError, RegistryError, closest
from zhibiao.model.record import Identifier, Record, Text
from zhibiao.projecting import learned as tables
from zhibiao.projecting.learned import Learned
from zhibiao.projecting.rules import Years
from zhibiao.projecting.scales import Floats

HIGHEST = 0.99
"""Probability at which a table ends. A draw beyond it is held there, so that no value is without limit."""

PRIOR_MOVES = 8
"""n own moves count n / (n + PRIOR_MOVES) against the class: measured in tests/bench/coverage.py."""

SPREAD_LIMIT = 4.0
"""A series is never taken for more than this many times as lively, or as calm, as its class."""

MOVE_COLUMN = {"log": "abs_log_move", "logit": "abs_logit_move"}


class WorldBank(Record):
    """World Bank series that belong to a class; `first` and `last` keep the sides of a change of definition apart."""

    indicator: Text
    first: int | None = None
    last: int | None = None


class Teaching(Record):
    """How a class's table is learned (`zhibiao.projecting.learning`).

    ``loss`` says what an error is measured against: ``scaled`` the series' own yearly steps, ``relative`` its level. ``averaged``
    averages the learned centre with simple rules.
    """

    features: tuple[Text, ...]
    basis: Literal["level", "scale"]
    loss: Literal["scaled", "relative"]
    ridge: float = Field(ge=0)
    averaged: bool


class Entry(Record):
    """A reference class as ``classes.yaml`` describes it; `moves` builds its table from this."""

    id: Identifier = Field(alias="class")
    zh: Text
    en: Text
    description: Text
    description_en: Text
    scale: Literal["log", "logit"]
    sources: tuple[Identifier, ...]
    indicators: tuple[Identifier, ...] = ()
    collections: tuple[Identifier, ...] = ()
    """Published collections of series that a class is learned from and that are not shipped."""
    learned: Teaching | None = None
    observed: tuple[Identifier, ...] = ()
    world_bank: tuple[WorldBank, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    shape: Identifier | None = None
    coverage: dict[int, dict[int, float]] = Field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class ReferenceClass:
    """A reference class with its measured table.

    Attributes
    ----------
    entry : Entry
        Names, sources, what it serves, measured coverage: ``coverage[level][horizon]`` as a share.
    horizons : tuple of int
        1 … H years.
    probabilities : float array (p,)
        Ascending, ending at 0.99.
    table : float array (H, p)
        Quantiles of the absolute move on the class's scale: ln of the ratio for counts, difference of logits for rates.
        Non-decreasing along both axes. Read-only.
    series, moves : tuple of int
        How many series and moves of the class itself were measured at each horizon. Where the shape is borrowed
        (``entry.shape``), how many set its width.
    learned : Learned or None
        What series of two and more points of the class taught; a class that borrows a shape borrows this with it.
    """

    entry: Entry
    horizons: tuple[int, ...]
    probabilities: Floats = field(repr=False)
    table: Floats = field(repr=False)
    series: tuple[int, ...]
    moves: tuple[int, ...]
    learned: Learned | None = field(default=None, repr=False)

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def scale(self) -> Literal["log", "logit"]:
        return self.entry.scale

    def quantile(self, horizon: float, p: float | Floats) -> Floats:
        """Quantile of the absolute move over `horizon` years, shape of `p`.

        Between tabulated points it is interpolated straight; below one year and beyond the table it follows the
        square root of the horizon, as a random walk does; above probability 0.99 it stays where it is.

        Raises
        ------
        ParameterError
            The horizon is negative or a probability is outside 0–1.
        """
        p = np.asarray(p, dtype=np.float64)
        if horizon < 0 or not math.isfinite(horizon):
            raise ParameterError(f"年数 {horizon} 无效 horizon must not be negative", where="horizon")
        if p.size and not (p.min() >= 0 and p.max() <= 1):
            raise ParameterError("概率须在 0 与 1 之间 probability out of range", where="p", allowed=["0–1"])
        return np.asarray(
            np.interp(p, np.r_[0.0, self.probabilities], np.r_[0.0, self._row(horizon)]), dtype=np.float64
        )

    def _row(self, horizon: float) -> Floats:
        last = self.horizons[-1]
        if horizon <= 1:
            return np.asarray(self.table[0] * math.sqrt(horizon))
        if horizon >= last:
            return np.asarray(self.table[-1] * math.sqrt(horizon / last))
        below = int(horizon)
        share = horizon - below
        return np.asarray((1 - share) * self.table[below - 1] + share * self.table[below])

    def mean_move(self, horizon: float) -> float:
        """Mean absolute move over `horizon` years, the part above probability 0.99 held at its edge."""
        p = np.r_[0.0, self.probabilities, 1.0]
        return float(np.trapezoid(self.quantile(horizon, p), p))

    def spread(self, ratios: Floats) -> tuple[float, float]:
        """Factor on the class's spread for a series with these moves, and the weight the moves had.

        `ratios` are absolute moves divided by the class's mean move over the same number of years, shape (n,). Their
        mean is shrunk towards 1 in logs with weight n / (n + 8): a few moves say little.
        """
        n = int(ratios.size)
        if n == 0:
            return 1.0, 0.0
        weight = n / (n + PRIOR_MOVES)
        lively = min(max(float(np.mean(ratios)), 1 / SPREAD_LIMIT), SPREAD_LIMIT)
        return lively**weight, weight

    def ratios(self, years: Sequence[int] | Years, levels: Floats) -> Floats:
        """Moves from one observed year to the next against the class's mean move over as many years, (n − 1,)."""
        gaps = np.diff(np.asarray(years))
        return np.abs(np.diff(levels)) / np.array([self.mean_move(float(gap)) for gap in gaps], dtype=np.float64)

    def measured(self, horizon: int, level: int = 80) -> float | None:
        """Measured coverage of the `level` % band at the measured horizon nearest to `horizon`, or None."""
        found = self.entry.coverage.get(level, {})
        return found[min(found, key=lambda h: (abs(h - horizon), h))] if found else None


def load(folders: Path | Sequence[Path]) -> dict[str, ReferenceClass]:
    """Read the reference classes of one folder, or of several where later ones replace classes of the same id.

    A folder holds ``classes.yaml`` and one ``<class>.csv`` for each; a folder that does not exist holds none.

    Raises
    ------
    RegistryError
        A file is broken, a table is missing, has gaps or is not monotone.
    """
    found: dict[str, ReferenceClass] = {}
    for folder in [folders] if isinstance(folders, Path) else folders:
        for entry in entries(folder):
            found[entry.id] = taught(_read_table(folder / f"{entry.id}.csv", entry), _read_learned(folder, entry), found)
    return found


def taught(own: ReferenceClass, learned: Learned | None, others: Mapping[str, ReferenceClass]) -> ReferenceClass:
    """Give a class its learned table, or that of the class whose shape it borrows, widened by how much more it moves in a year."""
    shape = others.get(own.entry.shape or "")
    if learned is None and shape is not None and shape.learned is not None:
        learned = replace(shape.learned, id=own.id, widened=own.mean_move(1) / shape.mean_move(1))
    return replace(own, learned=learned)


def _read_learned(folder: Path, entry: Entry) -> Learned | None:
    if entry.learned is None:
        return None
    return tables.read(folder / f"{entry.id}.learned.csv", entry.id, entry.learned.features, entry.learned.basis, entry.learned.averaged)


def chosen(classes: dict[str, ReferenceClass], name: str) -> ReferenceClass:
    """Return the class called `name`; ParameterError with the nearest otherwise."""
    if name not in classes:
        raise ParameterError(
            f"未知参照类 unknown reference class {name!r}",
            where="reference",
            allowed=classes,
            nearest=closest(name, classes),
        )
    return classes[name]


def entries(folder: Path) -> list[Entry]:
    """Read ``classes.yaml`` of a folder; none where there is no such file."""
    path = folder / "classes.yaml"
    if not path.is_file():
        return []
    document = yamlfile.Document(path)
    if not isinstance(document.content, list):
        raise RegistryError(
            "文件应是一个列表 the file should be a list, each item beginning with '- class:'", where=f"{path}:1"
        )
    return [yamlfile.validated(Entry, document, (index,)) for index in range(len(document.content))]


def _read_table(path: Path, entry: Entry) -> ReferenceClass:
    if not path.is_file():
        raise RegistryError(f"参照类 {entry.id!r} 缺少数值表 has no table", where=str(path))
    column = MOVE_COLUMN[entry.scale]
    cells: dict[int, list[tuple[float, float]]] = {}
    counts: dict[int, tuple[int, int]] = {}
    for line, row in csvfile.rows(path, ("class", "horizon", "probability", column, "series", "moves")):
        try:
            horizon, p, move = int(row["horizon"]), float(row["probability"]), float(row[column])
            counts[horizon] = (int(row["series"]), int(row["moves"]))
        except ValueError:
            raise RegistryError("应为数字 a cell is no number", where=f"{path}:{line}") from None
        if row["class"] != entry.id:
            raise RegistryError(
                f"类名 {row['class']!r} 与文件不符 does not fit the file", where=f"{path}:{line}", allowed=[entry.id]
            )
        cells.setdefault(horizon, []).append((p, move))
    horizons = tuple(sorted(cells))
    grid = [tuple(p for p, _ in cells[h]) for h in horizons]
    if horizons != tuple(range(1, len(horizons) + 1)) or not horizons or len(set(grid)) != 1:
        raise RegistryError(
            "表不完整 the table needs horizons 1, 2, … and the same probabilities at each", where=str(path)
        )
    return built(
        entry, np.array(grid[0]), np.array([[move for _, move in cells[h]] for h in horizons]), counts, str(path)
    )


def built(
    entry: Entry, probabilities: Floats, table: Floats, counts: dict[int, tuple[int, int]], where: str
) -> ReferenceClass:
    """Build a class from its table; `counts` holds (series, moves) by horizon.

    Raises
    ------
    RegistryError
        Probabilities do not ascend within 0–1, or moves are negative, not finite, or not monotone along both axes.
    """
    if np.any(np.diff(probabilities) <= 0) or probabilities[0] <= 0 or probabilities[-1] != HIGHEST:
        raise RegistryError(f"概率须递增至 {HIGHEST} probabilities must ascend to {HIGHEST}", where=where)
    if (
        not np.all(np.isfinite(table))
        or table.min() < 0
        or np.any(np.diff(table, axis=1) < 0)
        or np.any(np.diff(table, axis=0) < 0)
    ):
        raise RegistryError("变动须随概率和年数不减 moves must not fall with probability or horizon", where=where)
    if table[0, -1] == 0:
        raise RegistryError("一年的变动全为零 moves over one year are all zero", where=where)
    table.setflags(write=False)
    probabilities.setflags(write=False)
    horizons = tuple(sorted(counts))
    return ReferenceClass(
        entry,
        horizons,
        probabilities,
        table,
        tuple(counts[h][0] for h in horizons),
        tuple(counts[h][1] for h in horizons),
    )
