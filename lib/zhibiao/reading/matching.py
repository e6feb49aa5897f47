"""Which file is which plan: told by what stands in it, never by its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from zhibiao.model import Plan
from zhibiao.reading.documents import Document
from zhibiao.reading.nearest import masked
from zhibiao.reading.normal import Normal, normalised

LEAST = 0.5
"""Share of a plan's phrases, numbers aside, that its document holds at least."""

MARGIN = 0.15
"""Share by which the document of a plan is clear of any other; nearer ones are named as alike."""

FEW = 3
"""So few phrases may stand in any document of the field: number or title must stand in its head as well."""

HEAD = 1500
"""Folded characters in which a document says what it is."""


@dataclass(frozen=True)
class Copy:
    """A document of the folder, folded."""

    document: Document

    @cached_property
    def normal(self) -> Normal:
        return normalised(self.document.text)

    @cached_property
    def masked(self) -> str:
        return masked(self.normal.text)


@dataclass(frozen=True)
class Likeness:
    """How much of a plan stands in a copy.

    Attributes
    ----------
    words : float
        Share of the plan's phrases found when numbers are set aside.
    exact : float
        Share found to the digit.
    headed : bool
        Whether the plan's number or title stands in the copy's head.
    """

    words: float
    exact: float
    headed: bool


@dataclass(frozen=True)
class Choice:
    """The copy of a plan, if the folder has one, and other copies that are nearly as like it."""

    copy: Copy | None
    likeness: Likeness | None
    alike: tuple[Copy, ...] = ()


def choose(plan: Plan, copies: Sequence[Copy], recorded: str | None) -> Choice:
    """Find a plan's document among the copies.

    Of copies that are nearly alike the one recorded before goes first, then the one with more of the phrases, then the one whose
    head names the plan.

    Parameters
    ----------
    recorded : str or None
        SHA-256 of the document that was recorded for this plan.
    """
    phrases = sorted({normalised(statement.evidence).text for statement in plan.statements})
    likenesses = {copy.document.sha256: likeness(plan, phrases, copy) for copy in copies}

    def order(copy: Copy) -> tuple[object, ...]:
        like = likenesses[copy.document.sha256]
        return like.exact, like.headed, like.words, copy.document.sha256

    def is_it(like: Likeness) -> bool:
        return like.words >= LEAST and (like.words * len(phrases) >= FEW or like.headed)

    possible = [copy for copy in copies if is_it(likenesses[copy.document.sha256])]
    if not possible:
        return Choice(None, None)
    most = max(_score(likenesses[copy.document.sha256]) for copy in possible)
    near = sorted(
        (c for c in possible if _score(likenesses[c.document.sha256]) >= most - MARGIN), key=order, reverse=True
    )
    chosen = next((copy for copy in near if copy.document.sha256 == recorded), near[0])
    # the same text in another file (a docx beside its pdf) is no second document
    alike = tuple(copy for copy in near if copy.normal.text != chosen.normal.text)
    return Choice(chosen, likenesses[chosen.document.sha256], alike)


def likeness(plan: Plan, phrases: Sequence[str], copy: Copy) -> Likeness:
    """How much of a plan, given by its folded phrases, stands in a copy."""
    words = sum(masked(phrase) in copy.masked for phrase in phrases)
    exact = sum(phrase in copy.normal.text for phrase in phrases)
    head = copy.normal.text[:HEAD]
    names = (normalised(name).text for name in (plan.number, plan.title) if name)
    total = max(len(phrases), 1)
    return Likeness(words / total, exact / total, any(name in head for name in names))


def _score(like: Likeness) -> float:
    return (like.words + like.exact) / 2
