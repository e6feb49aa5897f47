"""Judging a table that may hold several vintages of one figure, the oldest first, and corrections for which the user gave one reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from zhibiao.catalogue.load import observation_from
from zhibiao.catalogue.registry import Registry
from zhibiao.errors import RegistryError
from zhibiao.model import Observation
from zhibiao.reading.filled import Entry, remark
from zhibiao.reading.judging import Judged, judge
from zhibiao.reading.slips import FACTOR, slip


def judged_in_order(registry: Registry, entries: Sequence[Entry], day: dt.date, reason: str = "") -> Judged:
    """Judge entries vintage by vintage; those that stand in the registry word for word are known, whatever came after them.

    Parameters
    ----------
    reason : str
        Why known figures are corrected. It is given to corrections that bring none, but not to a figure that looks like a slip: such a
        one needs a reason of its own.
    """
    reason = remark(reason, "--reason") if reason else ""
    standing, new = _standing(registry, entries)
    whole = Judged((), (), len(standing), (), ())
    for layer in _layers(new):
        known = replace(registry, observations=(*registry.observations, *whole.taken)) if whole.taken else registry
        judged = judge(known, [_explained(known, entry, day, reason) for entry in layer] if reason else layer, day)
        whole = Judged(
            (*whole.taken, *judged.taken), (*whole.lines, *judged.lines), whole.known + judged.known, (*whole.empty, *judged.empty),
            (*whole.faults, *judged.faults),
        )  # fmt: skip
    return whole


def _standing(registry: Registry, entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Entries that name their day of record and stand in the registry field by field, and the others."""
    dated = {entry.row["region"] for entry in entries if entry.row.get("recorded")}
    known = {_fields(observation) for region in dated for observation in registry.observed(region)}
    standing: list[Entry] = []
    others: list[Entry] = []
    for entry in entries:
        found = _observed(entry) if entry.row.get("recorded") and entry.row["value"] else None
        (standing if found is not None and _fields(found) in known else others).append(entry)
    return standing, others


def _observed(entry: Entry) -> Observation | None:
    try:
        return observation_from(entry.row, entry.where)
    except RegistryError:
        return None  # judging says what is wrong


def _fields(observation: Observation) -> tuple[object, ...]:
    return tuple(observation.model_dump().values())


def _layers(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Entries such that no layer holds two vintages of one figure; of each figure the older stands in the earlier layer."""
    vintages: dict[tuple[str, ...], list[str]] = {}
    for entry in entries:
        if entry.row.get("recorded") and entry.row["value"]:
            days = vintages.setdefault(_key(entry), [])
            if entry.row["recorded"] not in days:
                days.append(entry.row["recorded"])
    layers: dict[int, list[Entry]] = {}
    for entry in entries:
        days = sorted(vintages.get(_key(entry), []))
        at = days.index(entry.row["recorded"]) if entry.row.get("recorded") in days else 0
        layers.setdefault(at, []).append(entry)
    return [layers[at] for at in sorted(layers)]


def _key(entry: Entry) -> tuple[str, ...]:
    return tuple(entry.row[name] for name in ("region", "indicator", "period", "basis"))


def _explained(registry: Registry, entry: Entry, day: dt.date, reason: str) -> Entry:
    """The entry with the reason, where it corrects a known figure and looks like no slip."""
    if entry.row["reason"] or not entry.row["value"]:
        return entry
    found = _observed(replace(entry, row={**entry.row, "recorded": entry.row["recorded"] or day.isoformat()}))
    older = [o for o in registry.observed(entry.row["region"]) if found is not None and o.key == found.key]
    if found is None or not older:
        return entry
    newest = max(older, key=lambda o: o.recorded)
    values = sorted((abs(newest.base_value), abs(found.base_value)))
    if (newest.base_value, newest.qualifier) == (found.base_value, found.qualifier):
        return entry
    if values[1] >= values[0] * FACTOR or slip(registry, found) is not None:
        return entry
    return replace(entry, row={**entry.row, "reason": reason})
