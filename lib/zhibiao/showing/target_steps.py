"""The change a target asks for, held against how far projections of its kind were off after as many years."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from zhibiao.assessing.gaps import GapRow
from zhibiao.assessing.semantics import condition
from zhibiao.catalogue.study import Study
from zhibiao.projecting.accuracy import Measured
from zhibiao.projecting.learned import AHEAD, COMBINED
from zhibiao.projecting.reference import ReferenceClass
from zhibiao.showing.numbers import count, fixed, percent, signed
from zhibiao.showing.sentences import Sentences
from zhibiao.showing.statement_tables import value_with_unit

COLLECTION = "countries"
"""The collection of `zhibiao.projecting.accuracy` that is of the class's own kind."""

POINTS = 3
"""About what a region has."""

FEWEST = 20
"""Of fewer judged forecasts the median is not worth naming."""

FRACTIONS = {
    0.05: ("二十分之一", "a twentieth"), 0.1: ("十分之一", "a tenth"), 0.125: ("八分之一", "an eighth"), 1 / 6: ("六分之一", "a sixth"), 0.2: ("五分之一", "a fifth"),
    0.25: ("四分之一", "a quarter"), 1 / 3: ("三分之一", "a third"), 0.4: ("五分之二", "two fifths"), 0.5: ("一半", "a half"),
}  # fmt: skip
"""Shares as they are said; the nearest is taken."""


@dataclass(frozen=True)
class Miss:
    """How far projections of a class were off: a share of the value, or percentage points of a rate; and what tells so, in words."""

    size: float
    rests_on: str


def steps(
    study: Study, rows: Sequence[GapRow], trials: pd.DataFrame, measured: Sequence[Measured], classes: Mapping[str, ReferenceClass]
) -> Sentences:
    """One sentence for each target whose change can be compared, one for each reason why others cannot."""
    lines = [line for row in rows for line in _told(study, row, trials, measured, classes)]
    lines += [_silent(study, reason, names) for reason, names in _reasons(study, rows, classes).items()]
    return Sentences(tuple(lines) or (study.words(f"所选文件没有给{study.region.zh}定下目标。", f"The chosen documents set no target for {study.region.en}."),))


def _reason(study: Study, row: GapRow, classes: Mapping[str, ReferenceClass]) -> str | None:
    """Why the change asked cannot be compared; None where it can."""
    statement, start = row.statement, row.standing.baseline
    if statement.scope == "standing" or statement.horizon is None:
        return study.words("长期规定没有期限", "a standing rule has no horizon")
    if statement.scope == "cumulative":
        return study.words("累计数没有起点，所问的不是变动", "a cumulative total has no starting value and asks for no change")
    if str(row.standing.indicator.reference) not in classes:
        return study.words("没有同类序列可比", "no series of its kind is known")
    if start is None or start.value <= 0 or start.year >= statement.horizon:
        return study.words("没有基期数", "no baseline is known")
    return None


def _reasons(study: Study, rows: Sequence[GapRow], classes: Mapping[str, ReferenceClass]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        reason = _reason(study, row, classes)
        if reason is not None:
            found.setdefault(reason, []).append(f"{row.standing.indicator.name(study.lang)} {value_with_unit(row.statement, study.lang)}")
    return found


def _silent(study: Study, reason: str, names: Sequence[str]) -> str:
    listed = study.words("、", ", ").join(dict.fromkeys(names))
    return study.words(f"不能相比（{reason}）：{listed}。", f"Not comparable ({reason}): {listed}.")


def _told(
    study: Study, row: GapRow, trials: pd.DataFrame, measured: Sequence[Measured], classes: Mapping[str, ReferenceClass]
) -> Iterator[str]:
    if _reason(study, row, classes) is not None:
        return
    statement, start, end = row.statement, row.standing.baseline, row.statement.horizon
    assert start is not None and end is not None  # else there would be a reason
    built = classes[str(row.standing.indicator.reference)]
    ahead, asked = end - start.year, condition(statement, row.standing.indicator)
    wanted = asked.aim(start.value) - start.value
    rate = built.scale == "logit"
    change = wanted if rate else wanted / start.value
    miss = _miss(study, built, ahead, start.value, trials, measured)
    head = f"{row.standing.indicator.name(study.lang)} {value_with_unit(statement, study.lang)}" + study.words(f"（{study.short_clause(statement)}）", f" ({study.short_clause(statement)})")
    if rate:
        size, step = fixed(miss.size, 1) + study.words("个百分点", " pp"), signed(change, 1) + study.words("个百分点", " pp")
    else:
        size, step = _fraction(miss.size, study.lang), signed(100 * change, 0) + "%"
    off = study.words(f"{count(ahead)}年后，这样的数中位误差约{size}（{miss.rests_on}）", f"{count(ahead)} years ahead, figures like these were off by about {size} ({miss.rests_on})")
    if wanted == 0:
        yield study.words(
            f"{head}：{start.year}年的数已在目标处，所要求的只是守住{'并略超' if asked.strict else ''}；{off}，守不守得住，推断说不准。",
            f"{head}: the figure of {start.year} is already there, the target asks to keep it{' and a little more' if asked.strict else ''}; {off}: whether it is kept a projection cannot tell.",
        )
        return
    small = abs(change) < miss.size
    verdict = study.words(
        "一半以上的推断偏离比这一步还大，单凭推断分不清达到与没达到" if small else "一半以上的推断偏离不到这一步，任其自然多半走不到",
        "more than half of the projections missed by more than this step, so a projection alone cannot tell whether it is taken"
        if small
        else "more than half of the projections missed by less than this step, so it is unlikely to come of itself",
    )
    yield study.words(f"{head}：{off}；目标要求{step}，{verdict}。", f"{head}: {off}; the target's step is {step}: {verdict}.")


def _miss(study: Study, built: ReferenceClass, ahead: int, value: float, trials: pd.DataFrame, measured: Sequence[Measured]) -> Miss:
    """The measured error where it was measured often enough, else how far half of the class's series moved."""
    reach = min(ahead, AHEAD)
    known = next((m for m in measured if m.collection == COLLECTION and f"({built.id})" in m.method and m.points == POINTS and m.ahead == (reach, reach)), None)
    if known is not None:
        return Miss(known.median_error, study.words(f"判于未参与建类的国家的{count(known.series)}段历史", f"judged on {count(known.series)} histories of countries held out"))
    part = trials[(trials.reference == built.id) & (trials.method == COMBINED) & (trials.points == POINTS) & (trials.ahead == reach)]
    if len(part) >= FEWEST:
        series = len(set(part.indicator + part.region))
        return Miss(float(part.error.median()), study.words(f"中国{count(series)}条序列的{count(len(part))}次回测", f"{count(len(part))} tests on {count(series)} Chinese series"))
    move = float(built.quantile(reach, 0.5))
    told = study.words(f"参照类“{built.entry.zh}”半数序列的变动，尚无回测", f"half of the series of the class “{built.entry.en}” moved more; not tested")
    if built.scale == "log":
        return Miss(float(np.expm1(move)), told)
    odds = np.log(min(max(value, 0.05), 99.95) / (100 - min(max(value, 0.05), 99.95)))
    up, down = (100 / (1 + np.exp(-(odds + side * move))) for side in (1, -1))
    return Miss(float(up - down) / 2, told)


def _fraction(share: float, lang: str) -> str:
    nearest = min(FRACTIONS, key=lambda size: abs(np.log(size / max(share, 1e-9))))
    zh, en = FRACTIONS[nearest]
    if share > 0.6:
        return percent(share, 0)
    return f"{zh}（{percent(share, 0)}）" if lang == "zh" else f"{en}, {percent(share, 0)}"
