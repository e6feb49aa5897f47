"""Commands on intake and enrolment: cohort."""

from __future__ import annotations

from typing import Annotated

import typer

from zhibiao.cli.options import Format, Output
from zhibiao.errors import ParameterError

commands = typer.Typer()

YEARS = (1, 1000)
"""Years that a bare run may take: more settle nothing and fill the memory."""
LARGEST = 1e12
"""An intake beyond this is a slip of the keyboard, in whatever unit."""


@commands.command()
def cohort(
    intake: Annotated[str, typer.Option(help="逐年招生 intake, one or more years: 3 or 3,3.1,3.2; the last is held")],
    length: Annotated[float, typer.Option(help="学制（年） length of programmes in years")] = 3.0,
    retention: Annotated[float, typer.Option(help="年保留率 share of a class that stays from one year to the next")] = 1.0,
    years: Annotated[int, typer.Option(help="年数 years to run")] = 30,
    form: Format = "csv",
    output: Output = None,
) -> None:
    """一条裸的学生流 one bare cohort run: year, intake, enrolment, graduates, losses."""
    import numpy as np

    from zhibiao.printing import write
    from zhibiao.simulating.cohort import cohort as run

    try:
        path = np.array([float(part) for part in intake.split(",")])
    except ValueError:
        raise ParameterError(f"{intake!r} 不是数字 is not a list of numbers", where="--intake", allowed=["3", "3,3.1,3.2"]) from None
    if not YEARS[0] <= years <= YEARS[1]:
        raise ParameterError(f"年数 {years} 超出范围 years out of range", where="--years", allowed=[f"{YEARS[0]}…{YEARS[1]}"])
    if not (np.isfinite(path) & (path >= 0) & (path < LARGEST)).all():
        raise ParameterError(f"招生 {intake[:40]} 超出范围 intake out of range", where="--intake", allowed=[f"0 ≤ E < {LARGEST:g}"])
    found = run(path, length, retention, years)
    columns = ("year", "intake", "enrolment", "graduates", "losses")
    rows = zip(found.year, found.intake, found.enrolment, found.graduates, found.losses, strict=True)
    write(columns, [dict(zip(columns, (int(row[0]), *(round(float(v), 10) for v in row[1:])), strict=True)) for row in rows], form, output, "cohort")
