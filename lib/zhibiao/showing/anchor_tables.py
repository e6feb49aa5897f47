"""What a region's pipe is anchored on, and how that compares with the nation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from zhibiao.catalogue.study import Study
from zhibiao.model import Unit
from zhibiao.showing.asked_pairs import national_ratios
from zhibiao.showing.no_pipe import no_pipe
from zhibiao.showing.numbers import ABSENT, fixed, full, in_unit, percent
from zhibiao.showing.pictures import digits_of, display_unit
from zhibiao.showing.statement_tables import with_unit
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import QUALIFIERS, between
from zhibiao.simulating.pipe import Pipe, PipeRun
from zhibiao.simulating.scenario import Simulation
from zhibiao.simulating.spread import Spread, YearlyRetention, national_spread, yearly_retention

INNER = (0.1, 0.9)
"""The 80 % range that stands beside a median."""


def anchor(study: Study, simulation: Simulation) -> Table:
    """Length, retention, graduates and losses that the region's own stock and intake lead to; beside them what is published, and the nation."""
    columns = [
        Column("what", study.words("项目", "what"), width=4),
        Column("median", study.words("中位", "median"), "right", width=2),
        Column("range", study.words("80%区间", "80 % range"), "right", width=3),
        Column("published", study.words("公布数", "published"), "right", width=3),
        Column("nation", study.words("全国逐年", "nation, yearly"), "right", width=3),
    ]
    pipe, spread = simulation.pipe, national_spread(study.registry, study.as_of)
    if pipe is None or simulation.run is None or spread is None:
        return Table(columns, [], title="", empty=no_pipe(study, "学制与保留率无从锚定", "nothing to anchor on"))
    start, own = pipe.start, yearly_retention(study.registry, study.region.code, study.as_of)
    rows = [
        _row(study.words("平均学制（年）", "mean length (years)"), *_spread(pipe.length, lambda v: fixed(v, 1), study.lang)),
        {
            **_row(study.words("年保留率", "yearly retention"), *_spread(pipe.retention, lambda v: percent(v, 1), study.lang)),
            "published": _reckoned(study, own, own.retention),
            "nation": _span(spread.retention, study.lang),
        },
        *_people(study, pipe, simulation.run, spread),
    ]
    rows[-1]["published"] = _reckoned(study, own, own.losses)
    title = study.words(
        f"以{start.year}年招生与在校生为锚：平均学制约{rows[0]['median']}年，每年约{rows[1]['median']}的学生留下",
        f"Anchored on intake and enrolment of {start.year}: programmes of about {rows[0]['median']} years, about {rows[1]['median']} of the students stay each year",
    )
    return Table(columns, rows, title=title, notes=[_how(study), _outside(study, pipe)])


def _row(what: str, median: str, inner: str) -> dict[str, str]:
    return {"what": what, "median": median, "range": inner, "published": ABSENT, "nation": ABSENT}


def _spread(draws: NDArray[np.float64], shown: Callable[[float], str], lang: str) -> tuple[str, str]:
    low, middle, high = (shown(float(v)) for v in np.quantile(draws, [INNER[0], 0.5, INNER[1]]))
    return middle, low if low == high else between(low, high, lang)


def _span(shares: NDArray[np.float64], lang: str) -> str:
    return between(percent(float(shares.min()), 1), percent(float(shares.max()), 1), lang)


def _people(study: Study, pipe: Pipe, run: PipeRun, spread: Spread) -> list[dict[str, str]]:
    unit = display_unit(study, study.indicator("enrolment"))
    year = int(run.years[0])
    graduates = _row(study.words(f"{year}年毕业生", f"graduates of {year}"), *_spread_people(run.graduates[:, 0], unit, study.lang))
    known = study.series("graduates").annual
    if known:
        value = QUALIFIERS[known[-1].qualifier] + with_unit(full(known[-1].base_value, unit.scale), unit, study.lang)
        graduates["published"] = study.words(f"{value}（{known[-1].period}）", f"{value} ({known[-1].period})")
    share = run.losses[:, 0] / pipe.start.enrolment
    losses = _row(study.words(f"{year}年其他离校占上年在校生", f"other losses of {year}, of the stock before"), *_spread(share, lambda v: percent(v, 1), study.lang))
    losses["nation"] = _span(spread.losses, study.lang)
    return [graduates, losses]


def _reckoned(study: Study, own: YearlyRetention, shares: NDArray[np.float64]) -> str:
    """What the region's published stock and flows of its newest year come to; absent where they are not all known."""
    if not own.years.size:
        return ABSENT
    return study.words(f"{percent(float(shares[-1]), 1)}（{own.years[-1]}，算出）", f"{percent(float(shares[-1]), 1)} ({own.years[-1]}, computed)")


def _spread_people(draws: NDArray[np.float64], unit: Unit, lang: str) -> tuple[str, str]:
    """Median and range, each with its unit once."""
    digits = digits_of(np.array([np.median(draws)]), unit)
    median, inner = _spread(draws, lambda v: in_unit(v, unit.scale, digits), lang)
    return with_unit(median, unit, lang), with_unit(inner, unit, lang)


def _how(study: Study) -> str:
    return study.words(
        "学制没有公布：每一种平均学制都要求一个保留率，才能由招生得出在校生；保留率在全国越少见、毕业生和流失与公布数越不符的，所占的份额越小。",
        "Lengths are not published: each mean length needs a retention of its own to bring the stock out of the intake; the rarer that retention in the nation "
        "and the less graduates and losses agree with those published, the less it counts.",
    )


def _outside(study: Study, pipe: Pipe) -> str:
    """Whether the anchor lies within what the nation has seen."""
    nation = national_ratios(study)
    ratio = fixed(pipe.start.ratio, 2)
    if nation is None:
        return study.words("全国没有可比的数。", "The nation has no figures to compare with.")
    first, last, low, high = nation
    if low <= pipe.start.ratio <= high:
        return study.words(
            f"每名招生对应在校生{ratio}人，在全国{first}—{last}年的{fixed(low, 1)}—{fixed(high, 1)}之内。", f"{ratio} students per entrant lie within the nation's {fixed(low, 1)}–{fixed(high, 1)} of {first}–{last}."
        )
    return study.words(
        f"每名招生对应在校生{ratio}人，在全国{first}—{last}年的{fixed(low, 1)}—{fixed(high, 1)}之外：模型只以本地自己的数为锚，全国只提供离散程度。",
        f"{ratio} students per entrant lie outside the nation's {fixed(low, 1)}–{fixed(high, 1)} of {first}–{last}: the model is anchored on the region's own figures, the nation gives only the dispersion.",
    )
