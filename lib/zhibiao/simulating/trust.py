"""Plan targets as information, where a scenario says how far they are trusted: a mixture of paths led to them and paths left alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from zhibiao.assessing.governing import governing
from zhibiao.assessing.semantics import condition
from zhibiao.catalogue.study import Study
from zhibiao.model import Statement
from zhibiao.model.fan import Fan
from zhibiao.projecting.reference import ReferenceClass
from zhibiao.projecting.scales import Ruler

METHOD = "trusted"


def trusted(study: Study, fans: Mapping[str, Fan], classes: Mapping[str, ReferenceClass], trust: float) -> dict[str, Fan]:
    """Lead the first `trust` of each fan's paths towards the governing target of its indicator; fans without one stay as they are.

    On the class's scale a led path is moved by an evenly growing share of the distance between the fan's median and the target in
    the target's year, and by all of it afterwards: it keeps its own spread. Draws come in mirrored pairs, and pairs are led together.
    """
    found = {}
    for name, fan in fans.items():
        target = _target(study, name, fan)
        found[name] = fan if target is None else _led(study, fan, target, classes[fan.basis.reference], trust)
    return found


def _target(study: Study, indicator: str, fan: Fan) -> Statement | None:
    """The target that governs in the last year, of those that name a level for a year the fan projects."""
    targets = [s for s in study.statements("target") if s.repeats is None]
    speaking = [
        s
        for s in targets
        if s.indicator == indicator
        and s.scope in ("point", "annual")
        and s.horizon is not None
        and fan.basis.last_year < s.horizon <= int(fan.years[-1])
        and governing(study.registry, s, targets) is None
    ]
    return max(speaking, key=lambda s: s.horizon or 0, default=None)


def _led(study: Study, fan: Fan, target: Statement, reference: ReferenceClass, trust: float) -> Fan:
    indicator = study.indicator(target.indicator)
    low, high = (None if end is None else float(end) for end in (indicator.lower, indicator.upper))
    ruler = Ruler(reference.scale, low or 0.0, math.inf if high is None else high)
    year = target.horizon or int(fan.years[-1])
    aim = float(ruler.to(np.array([condition(target, indicator).bound]))[0])
    distance = aim - float(np.median(ruler.to(fan.at(year))))
    share = np.clip((fan.years - fan.basis.last_year) / (year - fan.basis.last_year), 0.0, 1.0)
    half = len(fan.draws) // 2
    led = np.arange(len(fan.draws)) % half < round(trust * half)
    draws = fan.draws.copy()
    ahead = fan.years > fan.basis.last_year
    draws[np.ix_(led, ahead)] = ruler.back(ruler.to(draws[np.ix_(led, ahead)]) + distance * share[ahead])
    last, ends = float(np.median(fan.at(fan.basis.last_year))), draws[:, -1]
    basis = replace(
        fan.basis,
        shift=float(np.median(ends)) / last - 1 if last else 0.0,
        typical_move=float(np.median(np.abs(ends / last - 1))) if last else 0.0,
    )
    return replace(fan, draws=draws, basis=basis, method=METHOD)
