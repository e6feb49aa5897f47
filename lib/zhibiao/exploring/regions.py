"""The regions that the page offers."""

from __future__ import annotations

from zhibiao.catalogue.registry import Registry
from zhibiao.model import Region

USUAL = "重庆"
"""The region that is shown first, as in the notebooks."""


def planned(registry: Registry) -> list[Region]:
    """Regions that a document speaks of, in order of their codes: a nation before its provinces, a province before its districts."""
    codes = {statement.region for plan in registry.plans.values() for statement in plan.statements}
    return [place for code, place in sorted(registry.regions.items()) if code in codes]


def first(registry: Registry) -> str:
    """Code of the region that is shown first."""
    codes = [place.code for place in planned(registry)]
    usual = registry.region(USUAL).code
    return usual if usual in codes else codes[0]
