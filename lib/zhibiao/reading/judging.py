"""Judging filled rows against what is known: new, unchanged, a correction with its reason, or a fault."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhibiao.catalogue import checks
from zhibiao.catalogue.load import observation_from
from zhibiao.catalogue.registry import Registry
from zhibiao.errors import RegistryError
from zhibiao.model import Observation
from zhibiao.model.document import SYMBOLS
from zhibiao.reading.asked import period_words
from zhibiao.reading.filled import Entry
from zhibiao.reading.slips import slip


@dataclass(frozen=True)
class Judged:
    """What a filled table would change.

    Attributes
    ----------
    taken : tuple of Observation
        New figures and corrections, ready to be added.
    lines : tuple of str
        The preview: ``+`` new, ``~`` correction, ``=`` unchanged.
    known : int
        Figures that are known already in the same words.
    empty : tuple of Entry
        Rows that were not filled.
    faults : tuple of RegistryError
        Why rows cannot be taken; with any of them nothing may be.
    notes : tuple of str
        What was passed over.
    """

    taken: tuple[Observation, ...]
    lines: tuple[str, ...]
    known: int
    empty: tuple[Entry, ...]
    faults: tuple[RegistryError, ...]
    notes: tuple[str, ...] = ()


def judge(registry: Registry, entries: Iterable[Entry], day: dt.date) -> Judged:
    """Judge every row of a table; one fault does not keep the others from being found.

    Parameters
    ----------
    day : datetime.date
        ``recorded`` of rows that do not name it. A correction is dated a day after what it corrects where that is later, so that
        vintages have an order.
    """
    faults: list[RegistryError] = []
    found: list[tuple[Entry, Observation]] = []
    empty = []
    for entry in entries:
        if entry.row["value"] == "":
            empty.append(entry)
            continue
        try:
            observation = observation_from({**entry.row, "recorded": entry.row["recorded"] or day.isoformat()}, entry.where)
            checks.check_observation(registry, observation)
            _over(registry, observation)
        except RegistryError as error:
            faults.append(error)
            continue
        found.append((entry, observation))
    table: dict[tuple[str, str], list[Observation]] = {}
    for _, observation in found:
        table.setdefault((observation.region, observation.indicator), []).append(observation)
    taken, lines, known = [], [], 0
    seen: dict[tuple[object, ...], str] = {}
    for entry, observation in found:
        if observation.key in seen:
            faults.append(RegistryError(f"同一文件中出现两次 the same figure stands twice in this file, first at {seen[observation.key]}", where=entry.where))
            continue
        seen[observation.key] = entry.where
        try:
            line, dated = _change(registry, table[observation.region, observation.indicator], observation, bool(entry.row["recorded"]))
        except RegistryError as error:
            faults.append(error)
            continue
        lines.append(f"{line}（{entry.note}）" if entry.note else line)
        if dated is None:
            known += 1
        else:
            taken.append(dated)
    return Judged(tuple(taken), tuple(lines), known, tuple(empty), tuple(faults))


def _over(registry: Registry, found: Observation) -> None:
    """Refuse a final figure of a period that has not ended when it is recorded; RegistryError with what it can be instead."""
    period = found.period
    last = dt.date(period.year, period.last_month, calendar.monthrange(period.year, period.last_month)[1])
    if found.basis == "year_to_date" or found.status != "final" or found.recorded >= last:
        return
    so_far = "year_to_date" in checks.BASES[registry.indicators[found.indicator].kind]
    unit = ("年", "year") if period.is_year else ("季", "quarter") if period.quarter else ("月", "month")
    raise RegistryError(
        f"{figure_name(registry, found.region, found.indicator, period)}：到记录日期 {found.recorded} 该{unit[0]}尚未结束，不能是定数 "
        f"the {unit[1]} has not ended by the day of record, the figure cannot be final；"
        + ("年初至今的数请用 basis year_to_date 并写明月份，" if so_far else "年中的数请写明月份，")
        + "初步数请用 status preliminary "
        + ("use basis year_to_date with a month, or status preliminary" if so_far else "give the month that it is of, or status preliminary"),
        where=found.origin,
    )


def figure_name(registry: Registry, region: str, indicator: str, period: object) -> str:
    """How a figure is called in messages: 重庆 在校生规模 2022."""
    return f"{registry.regions[region].zh} {registry.indicators[indicator].zh} {period}"


def _change(registry: Registry, table: Sequence[Observation], found: Observation, dated: bool) -> tuple[str, Observation | None]:
    """What a row changes, in words, and the observation to add; None where the figure is already known."""
    name = figure_name(registry, found.region, found.indicator, found.period)
    older = [o for o in registry.observed(found.region) if o.key == found.key]
    newest = max(older, key=lambda o: o.recorded) if older else None
    if newest and (newest.base_value, newest.qualifier) == (found.base_value, found.qualifier):
        return f"= {name}: {_words(found)}", None
    if not found.reason:
        if newest:
            raise RegistryError(
                f"{name} 已有 {_words(newest)}（{newest.recorded}）；更正须写 reason a correction of a known figure needs a reason", where=found.origin
            )
        fault = slip(registry, found, table) or _falls(registry, table, found)
        if fault is not None:
            raise fault
    if newest is None:
        return f"+ {name}: {_words(found)}", found
    if found.recorded <= newest.recorded:
        if dated:
            raise RegistryError(f"recorded {found.recorded} 早于已有的 is not after the known vintage of {newest.recorded}", where=found.origin)
        found = found.model_copy(update={"recorded": newest.recorded + dt.timedelta(days=1)})
    return f"~ {name}: {_words(newest)} → {_words(found)}（{found.reason}）", found


def _falls(registry: Registry, table: Sequence[Observation], found: Observation) -> RegistryError | None:
    """A sum since January does not fall from one month to the next."""
    if found.basis != "year_to_date" or found.qualifier not in ("eq", "about"):
        return None
    for other in (*registry.series(found.region, found.indicator).points, *table):
        if (other.indicator, other.basis, other.period.year) != (found.indicator, "year_to_date", found.period.year) or other.region != found.region:
            continue
        earlier = other.period.last_month < found.period.last_month and other.base_value > found.base_value
        # of two rows of one table the later one is pointed at; a known later figure cannot be
        later = other not in table and other.period.last_month > found.period.last_month and other.base_value < found.base_value
        if other.qualifier in ("eq", "about") and (earlier or later):
            return RegistryError(
                f"{_words(found)}：年初累计不应下降，{period_words(other.period, other.basis)}为 {_words(other)} "
                f"a year-to-date figure does not fall；若属实，请写明理由 if it is true give a reason",
                where=found.origin,
            )
    return None


def _words(observation: Observation) -> str:
    return f"{SYMBOLS[observation.qualifier]}{observation.value:f}{observation.unit}"
