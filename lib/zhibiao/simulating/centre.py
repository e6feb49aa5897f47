"""The middle of a region's pipe: one draw without noise, at the region's anchor; and many settings of the levers let flow through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from zhibiao.model import LeverId
from zhibiao.model.fan import Fan
from zhibiao.simulating.pipe import HIGHEST_RETENTION, Move, Pipe, PipeRun, flow, middle
from zhibiao.simulating.scenario import Ground

Array = NDArray[np.float64]


def central(pipe: Pipe) -> Pipe:
    """The pipe of one draw: the middle length with the retention that belongs to it, no noise, the middle intake of every year."""
    length, retention = middle(pipe)
    return replace(
        pipe,
        length=np.array([length]),
        retention=np.array([retention]),
        noise=np.zeros((1, pipe.years.size)),
        intake=np.median(pipe.intake, axis=0, keepdims=True),
    )


def centre(base: Ground) -> Ground:
    """What no scenario changes, with one draw of everything: the median of each fan, the middle of the pipe."""
    fans: dict[str, Fan] = {name: replace(fan, draws=np.median(fan.draws, axis=0, keepdims=True)) for name, fan in base.fans.items()}
    return Ground(fans, None if base.pipe is None else central(base.pipe))


FINE = 1024
"""Parts of a person that flow through the middle, so that rounding to whole persons decides nothing there. A power of two divides exactly."""


ROUNDING = 0.01
"""Persons that such parts may be off by."""


def finer(pipe: Pipe) -> Pipe:
    """The same pipe, counted in parts of a person."""
    start = replace(pipe.start, intake=pipe.start.intake * FINE, enrolment=pipe.start.enrolment * FINE)
    stocks = {year: stock * FINE for year, stock in pipe.stocks.items()}
    return replace(pipe, start=start, earlier=pipe.earlier * FINE, intake=pipe.intake * FINE, stocks=stocks)


def fine_flow(pipe: Pipe, year: int, intake: Array, retention: Array, length: float) -> PipeRun:
    """`settings_flow` through the middle, rounded to a small part of a person only; in persons."""
    run = settings_flow(finer(pipe), year, intake * FINE, retention, length)
    return PipeRun(run.years, *(part / FINE for part in (run.entrants, run.enrolment, run.graduates, run.losses, run.turned_away)))


def settings_flow(
    pipe: Pipe, year: int, intake: Array | None = None, retention: Array | None = None, length: float | None = None
) -> PipeRun:
    """Let many settings of the levers flow at once, as `flow` lets one: draw i·m + j of the result is setting i in draw j of the pipe.

    Parameters
    ----------
    year : int
        When intake and retention are reached; a length holds for all who enter after the start.
    intake : array (p,), optional
        Persons in `year`; None leaves the pipe's own.
    retention : array (p,), optional
        Per cent in `year`.
    length : float, optional
        Years.

    Returns
    -------
    PipeRun
        Arrays (p·m, n).
    """
    count = next((values.size for values in (intake, retention) if values is not None), 1)
    draws = pipe.length.size

    def each(values: Array) -> Array:
        return np.tile(values, (count, *(1,) * (values.ndim - 1)))

    noise, people = each(pipe.noise), each(pipe.intake)
    share = np.clip((pipe.years - pipe.start.year) / max(year - pipe.start.year, 1), 0.0, 1.0)
    if intake is not None:
        people = np.repeat(pipe.start.intake + (intake[:, None] - pipe.start.intake) * share, draws, axis=0)  # as `led` leads one
    own = each(pipe.retention)
    if retention is not None:
        # a lever's path is what the anchored retention strays by, so that one run serves all settings
        path = own[:, None] + np.repeat(retention / 100 - middle(pipe)[1], draws)[:, None] * share
        noise = noise + odds(path) - odds(own)[:, None]
    moves: Mapping[LeverId, Move] = {} if length is None else {"length": Move(length, pipe.start.year + 1)}
    return flow(replace(pipe, length=each(pipe.length), retention=own, noise=noise, intake=people), moves)


def odds(retention: Array) -> Array:
    """Retention on the logit scale on which it strays."""
    return np.asarray(logit(np.clip(retention, 1 - HIGHEST_RETENTION, HIGHEST_RETENTION)))
