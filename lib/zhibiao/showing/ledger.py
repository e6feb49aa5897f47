"""The value store of a published run: every number that becomes text is noted with its exact value, and what was quoted beside it.

`zhibiao.showing.numbers` notes what it prints. A display object hands over what was noted since the object before it
(`handed_over`), and the publisher holds every number that a reader sees against it (`zhibiao.publishing.readback`). Outside of
published runs nothing is noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from zhibiao.model.units import BASES, SCALES

if TYPE_CHECKING:
    from zhibiao.catalogue.study import Study

VALUES = "application/vnd.zhibiao.values+json"
"""Under this kind an object hands over its numbers; the publisher takes it out of the notebook."""

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
"""A number as it is printed, without its sign."""

Entry = tuple[Decimal, Decimal, str]
"""Exact value in base units, how many base units one printed unit has, and the text."""


LEVELS = (50, 80, 95)
"""Widths of the bands that are drawn and tested whatever the level asked for, in percent."""


SAID = ("不从0起", "not start at 0")
"""Words of the pictures that hold a digit."""


@dataclass
class Ledger:
    """What was printed since the last object, and the texts of the registry that hold digits."""

    recent: dict[Entry, None] = field(default_factory=dict)
    quotable: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Texts of registry and project as they stand, each with its numbers."""
    standing: dict[Entry, None] = field(default_factory=dict)
    """What belongs to the study itself: the widths of its bands."""


_open: Ledger | None = None


def begin() -> None:
    """Start an empty ledger."""
    global _open
    _open = Ledger()


def end() -> None:
    """Note nothing any more."""
    global _open
    _open = None


def opened_for(study: Study) -> None:
    """Note from here on what is printed, and know the texts of what `study` may quote; a second study adds its own."""
    if _open is None:
        begin()
    assert _open is not None
    for text in _texts(study):
        _quotable(_open, text)
    for level in {study.level, *LEVELS}:
        _open.standing[(Decimal(level), Decimal(1), f"{level}%")] = None


def noted(exact: Decimal, scale: Decimal | int, text: str) -> str:
    """Return `text`, a printed form of `exact`, after noting it."""
    if _open is not None:
        _open.recent[(exact, Decimal(scale), text)] = None
    return text


def quoted(text: str) -> str:
    """Return `text`, a name or rule of the project whose digits are no figures (R², a method's version), after noting it."""
    if _open is not None:
        _quotable(_open, text)
    return text


def handed_over(*shown: str) -> dict[str, Any]:
    """Return what an object adds to its bundle: its numbers, and the quotations that its texts hold; empty where nothing is noted.

    Parameters
    ----------
    shown : str
        Every text of the object that a reader sees.
    """
    if _open is None:
        return {}
    numbers = [[f"{exact:f}" if exact.is_finite() else str(exact), f"{scale:f}", text] for exact, scale, text in (*_open.standing, *_open.recent)]
    _open.recent.clear()
    joined = _dense(" ".join(shown))
    digits = " ".join(re.findall(r"\d+", joined))  # shorter to search; a name's last digit may stand right before a number
    found = [text for text, marks in _open.quotable.items() if all(mark in digits for mark in marks) and _dense(text) in joined]
    return {VALUES: {"numbers": numbers, "quoted": found}}


def _dense(text: str) -> str:
    return "".join(text.replace("\\", "").split())


def _quotable(ledger: Ledger, text: str) -> None:
    line = " ".join(text.split())
    if line not in ledger.quotable and any(sign.isdigit() for sign in line) and any(sign.isalpha() for sign in line):
        ledger.quotable[line] = tuple(re.findall(r"\d+", line))


def _texts(study: Study) -> Iterator[str]:
    """Documents, clauses, evidence, names, definitions, scenarios and sources that a report of this study may quote."""
    registry = study.registry
    for plan in registry.plans.values():
        for locator in (*(statement.locator for statement in plan.statements), *(measure.locator for measure in plan.measures)):
            yield from (f"{name} {locator}" for name in {plan.number or plan.short, plan.document, plan.short})
    records: tuple[Mapping[str, Any], ...] = (registry.plans, registry.indicators, registry.scenarios, registry.sources, registry.regions, registry.breakdowns)
    for group in records:
        for record in group.values():
            yield from _strings(record)
    for status in registry.statuses:
        yield from _strings(status)
    for point in registry.observations:
        if point.region == study.region.code:
            yield from _strings(point)
    yield study.report_date
    yield from SAID
    for scale in SCALES.values():
        for base in BASES.values():
            yield f"×{scale:,f} {base}"


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for part in value.__dict__.values():
            yield from _strings(part)
    elif isinstance(value, Sequence):
        for part in value:
            yield from _strings(part)
