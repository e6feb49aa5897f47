"""Many possible paths of one indicator, kept as draws; quantiles are views on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhibiao.errors import ParameterError


@dataclass(frozen=True)
class Basis:
    """What a fan rests on, for the sentence under the chart.

    Attributes
    ----------
    reference : str
        The reference class that gives the spread.
    series, moves : int
        How many series and moves (windows, where the series has two points and more) stand behind the class's table at the last
        horizon it was used at.
    own_points : int
        Observed years of the series itself.
    typical_move : float
        Median of ``|value at the horizon / last value − 1|`` over the draws; 0 where nothing is projected.
    scale : float
        Width of the 80 % band at the horizon against that of a series of the class of which one point is known; 1 for such a series.
    own_weight : float
        Weight of the series' own yearly steps in the width: it goes with their size to this power. 0 for one point.
    coverage : float or None
        Measured share of held-out values inside the 80 % band at the nearest measured horizon; None where it could
        not be measured.
    last_year : int
        The last observed year: the fan starts there.
    shape : str or None
        The larger class whose shape a class with few series borrows; its own moves then only set the width.
    shift : float
        What the centre at the horizon is above or below the last value, as a share of it.
    extended_from : int or None
        The class's last measured horizon, in years, where the fan goes beyond it by the square-root rule; None
        otherwise.
    """

    reference: str
    series: int
    moves: int
    own_points: int
    typical_move: float
    scale: float
    own_weight: float
    coverage: float | None
    last_year: int
    shape: str | None = None
    extended_from: int | None = None
    shift: float = 0.0


@dataclass(frozen=True, eq=False)
class Fan:
    """A fan 轨迹: `m` possible paths over `n` consecutive years.

    Attributes
    ----------
    region, indicator : str
        Code of the region, id of the indicator.
    years : int array (n,)
        Consecutive years, the first observed one to the horizon.
    draws : float array (m, n)
        Paths in base units. An observed year holds its value in every draw. Read-only, like the other arrays.
    observed : bool array (n,)
        Which years are observed rather than bridged or projected.
    basis : Basis
        What the spread rests on.
    method : str
        How the centre was found.
    seed : int
        The seed the draws were made with.

    Raises
    ------
    ParameterError
        Shapes differ, years are not consecutive, draws are not finite or an observed year varies.
    """

    region: str
    indicator: str
    years: NDArray[np.int64]
    draws: NDArray[np.float64]
    observed: NDArray[np.bool_]
    basis: Basis
    method: str
    seed: int

    def __post_init__(self) -> None:
        years = np.array(self.years, dtype=np.int64)
        draws = np.array(self.draws, dtype=np.float64)
        observed = np.array(self.observed, dtype=np.bool_)
        if years.ndim != 1 or years.size == 0 or np.any(np.diff(years) != 1):
            raise ParameterError("年份须连续递增 years must be consecutive and not empty", where="years")
        if draws.ndim != 2 or draws.shape[0] == 0 or draws.shape[1] != years.size:
            raise ParameterError(
                f"draws 的形状 {draws.shape} 与 {years.size} 年不符 does not fit the years", where="draws"
            )
        if observed.shape != years.shape:
            raise ParameterError(
                f"observed 的形状 {observed.shape} 与 {years.size} 年不符 does not fit the years", where="observed"
            )
        if not np.all(np.isfinite(draws)):
            raise ParameterError("draws 含无穷或缺失 must be finite", where="draws")
        if np.any(np.ptp(draws[:, observed], axis=0) != 0):
            raise ParameterError("已观测年份的各条路径须相同 an observed year must have one value", where="draws")
        for name, array in (("years", years), ("draws", draws), ("observed", observed)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def _position(self, year: int) -> int:
        position = int(year) - int(self.years[0])
        if not 0 <= position < self.years.size:
            raise ParameterError(
                f"轨迹不含 {year} 年 the fan has no year {year}",
                where="year",
                allowed=[f"{self.years[0]}–{self.years[-1]}"],
            )
        return position

    def at(self, year: int) -> NDArray[np.float64]:
        """Draws of one year, shape (m,)."""
        return self.draws[:, self._position(year)]

    def window(self, start: int, end: int) -> NDArray[np.float64]:
        """Draws of the years `start` to `end`, both included, shape (m, end − start + 1); row sums are totals."""
        if end < start:
            raise ParameterError(f"起年 {start} 晚于止年 {end} start is after end", where="window")
        return self.draws[:, self._position(start) : self._position(end) + 1]

    def quantile(self, p: float) -> NDArray[np.float64]:
        """The `p`-quantile of every year, shape (n,); `p` from 0 to 1."""
        if not 0 <= p <= 1:
            raise ParameterError(f"概率 {p} 超出范围 probability out of range", where="p", allowed=["0–1"])
        return np.asarray(np.quantile(self.draws, p, axis=0), dtype=np.float64)

    def band(self, level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower and upper edge, each (n,), of the central band that holds `level` per cent (80, 95) of the draws."""
        if not 0 < level < 100:
            raise ParameterError(
                f"区间水平 {level} 超出范围 level out of range; in per cent", where="level", allowed=["80", "95"]
            )
        tail = (1 - level / 100) / 2
        return self.quantile(tail), self.quantile(1 - tail)
