"""What the nation lends to a region's pipe, read from the shipped draws of the fit; nothing is fitted here.

``python -m zhibiao.simulating.calibration --out indicators/reference`` makes the files.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zhibiao.catalogue import csvfile
from zhibiao.catalogue.load import shipped
from zhibiao.errors import RegistryError
from zhibiao.simulating.calibration import COMMAND, LENGTHS, Fit
from zhibiao.simulating.filtering import Array

DRAWS_FILE, HINDCAST_FILE = "pipe.csv", "pipe_hindcast.csv"
KEPT = 500
"""Draws that are shipped."""

PARAMETERS = (*(f"mix_{length}" for length in LENGTHS), "level", "persistence", "yearly_sd")


@dataclass(frozen=True, eq=False)
class Dispersion:
    """What the nation lends to a region's pipe: how uncertain lengths and retention are. No level of its own.

    Attributes
    ----------
    lengths : int array (k,)
        Programme lengths, years.
    mix : array (m, k)
        Share of entrants by length; rows of `mix`, `level`, `persistence` and `yearly_sd` belong together.
    level : array (m,)
        Log odds of the yearly retention about which the years move.
    persistence, yearly_sd : arrays (m,)
        odds(t) = level + persistence · (odds(t−1) − level) + yearly_sd · ε, ε standard normal.
    """

    lengths: NDArray[np.int64]
    mix: Array = field(repr=False)
    level: Array = field(repr=False)
    persistence: Array = field(repr=False)
    yearly_sd: Array = field(repr=False)


@cache
def dispersion(folder: Path | None = None) -> Dispersion:
    """Read the shipped draws; nothing is fitted.

    Parameters
    ----------
    folder : Path, optional
        Default: ``reference`` of the shipped registry.

    Raises
    ------
    RegistryError
        A file is missing or broken, with the command that makes it.
    """
    place = shipped() / "reference" if folder is None else folder
    found = np.array(_rows(place / DRAWS_FILE))
    arrays = found[:, : LENGTHS.size], *found[:, LENGTHS.size :].T
    for array in arrays:
        array.setflags(write=False)
    return Dispersion(LENGTHS, *arrays)


def _rows(path: Path) -> list[list[float]]:
    if not path.is_file():
        raise RegistryError(f"缺少参数文件，请运行 the file is missing; run `{COMMAND}`", where=str(path))
    found = []
    for line, row in csvfile.rows(path, PARAMETERS):
        try:
            numbers = [float(row[name]) for name in PARAMETERS]
        except ValueError:
            raise RegistryError("应为数字 a cell is no number", where=f"{path}:{line}") from None
        if not math.isclose(sum(numbers[: LENGTHS.size]), 1, abs_tol=1e-3) or min(numbers[: LENGTHS.size]) < 0 or not 0 <= numbers[-2] < 1 or numbers[-1] <= 0:
            raise RegistryError("份额之和应为1，持续性在0与1之间，标准差为正 shares add up to 1, persistence is 0–1, sd positive", where=f"{path}:{line}")
        found.append(numbers)
    if not found:
        raise RegistryError(f"没有一行 no rows; run `{COMMAND}`", where=str(path))
    return found


def written(fitted: Fit) -> str:
    """The first `KEPT` draws as the text of `DRAWS_FILE`."""
    text = io.StringIO()
    text.write(f"# draws of the pipe of technical schools, fitted to the nation {fitted.years[0]}-{fitted.years[-1]}; level, persistence, yearly_sd: log odds of retention\n")
    text.write(f"# {COMMAND}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(PARAMETERS)
    process = fitted.process
    rows = np.column_stack([fitted.mix, process.level, process.persistence, process.sd])[:KEPT]
    writer.writerows([f"{number:.5f}" for number in row] for row in rows)
    return text.getvalue()
