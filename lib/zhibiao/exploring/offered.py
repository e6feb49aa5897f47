"""What the explorer offers to choose from: regions, where a region begins, how far ahead may be looked."""

from __future__ import annotations

from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.study import study
from zhibiao.exploring.regions import first, planned
from zhibiao.exploring.state import Question, question_of
from zhibiao.model import Region
from zhibiao.simulating.anchoring import start_pair

FARTHEST = 10
"""Years ahead of what is known: beyond, nearly nothing is known any more."""


def explorable(registry: Registry) -> list[Region]:
    """Regions that a document speaks of, or whose flow of students can be reckoned, in order of their codes."""
    codes = {place.code for place in planned(registry)}
    codes |= {code for code in registry.regions if registry.observed(code) and start_pair(study(registry, code)) is not None}
    return [place for code, place in sorted(registry.regions.items()) if code in codes]


def regions(registry: Registry, lang: str, also: str) -> list[tuple[str, str]]:
    """Options of regions: name and code; `also` is among them."""
    offered = explorable(registry)
    if also not in {place.code for place in offered}:
        offered.append(registry.regions[also])
    return [(place.name(lang), place.code) for place in offered]


def start_question(registry: Registry, region: str | None = None) -> Question:
    """A region's question with all documents and everything that is known; without a region that of the one shown first."""
    return question_of(study(registry, region or first(registry)))


def horizons(question: Question) -> list[tuple[str, int]]:
    """Options of the last year that is reckoned."""
    years = {*range(question.as_of + 1, question.as_of + FARTHEST + 1), question.horizon}
    return [(str(year), year) for year in sorted(years)]
