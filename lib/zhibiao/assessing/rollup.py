"""District against city against nation: shares of the level above, sums over the level below, or why they cannot be compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zhibiao.assessing.governing import governing, restriction
from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.study import Study
from zhibiao.model import Indicator, Observation, Region, Statement, Unit, unit_of

OBSTACLES = (
    "no_roll_up", "rate_without_weights", "other_year", "other_reckoning", "other_scope", "other_basis", "no_exact_number", "nothing_alike",
    "other_definition",
)  # fmt: skip
"""Why two levels cannot be compared."""

ALIKE = 4
"""Characters that two names must share to be called alike."""


@dataclass(frozen=True)
class Side:
    """What one level says: a figure or a target, base units, with the year it is of."""

    value: float
    year: int | None
    text: Observation | Statement

    @property
    def unit(self) -> Unit:
        """The unit as written."""
        return unit_of(self.text.unit)


@dataclass(frozen=True)
class Share:
    """One indicator of a region within a region above it.

    Attributes
    ----------
    within : Region
        The level above: parent, grandparent.
    about : {"figures", "targets", "mixed"}
        What is compared; ``mixed`` where one level has figures only and the other targets only.
    part, whole : Side or None
        What the region and the level above say.
    share : float or None
        Part of the whole, 0 to 1 and more where figures contradict each other; None where they cannot be compared.
    difference : float or None
        Part less whole, for rates, which stand side by side but never add up; base units.
    obstacle : str or None
        Why there is no share, a code of `OBSTACLES`.
    other : Indicator or None
        The indicator of the level above, where it is a like one with a definition of its own.
    """

    indicator: Indicator
    region: Region
    within: Region
    about: str
    part: Side | None
    whole: Side | None
    share: float | None = None
    difference: float | None = None
    obstacle: str | None = None
    other: Indicator | None = None


@dataclass(frozen=True)
class Sum:
    """The regions directly below, added up against the region's own number.

    Attributes
    ----------
    parts : tuple of (Region, Side)
        Those that have a number of the year.
    regions : int
        How many regions lie directly below.
    whole : Side or None
        The region's own number; None where it has none of that year.
    at_least : bool
        A part is a floor, so the sum is one.
    """

    indicator: Indicator
    about: str
    year: int
    parts: tuple[tuple[Region, Side], ...]
    regions: int
    whole: Side | None
    at_least: bool

    @property
    def total(self) -> float:
        return sum(side.value for _, side in self.parts)

    @property
    def exceeds(self) -> bool:
        """The parts together are more than the whole: one of the numbers means something else than the others."""
        return self.whole is not None and self.total > self.whole.value * (1 + 1e-9)


def shares(study: Study) -> tuple[Share, ...]:
    """Compare each indicator that the region and a region above it both know, nearest level first, figures before targets."""
    return tuple(share for above in ancestors(study.registry, study.region) for share in _shares(study, above))


def ancestors(registry: Registry, region: Region) -> tuple[Region, ...]:
    """The regions above, nearest first."""
    found: list[Region] = []
    while region.parent is not None and registry.regions[region.parent] not in found:
        region = registry.regions[region.parent]
        found.append(region)
    return tuple(found)


def children(registry: Registry, region: Region) -> tuple[Region, ...]:
    """The regions directly below, by code."""
    return tuple(sorted((r for r in registry.regions.values() if r.parent == region.code), key=lambda r: r.code))


def _shares(study: Study, above: Region) -> Iterator[Share]:
    mine, theirs = (_spoken(study, region) for region in (study.region, above))
    for name in mine:
        indicator = study.registry.indicators[name]
        if name not in theirs:
            yield from _alike(study, above, indicator, mine[name], {other: said for other, said in theirs.items() if other not in mine})
            continue
        (figures, targets), (their_figures, their_targets) = mine[name], theirs[name]
        if figures and their_figures:
            yield _of_figures(study.region, above, indicator, figures, their_figures)
        if targets and their_targets:
            yield _of_targets(study.region, above, indicator, targets, their_targets)
        if not (figures and their_figures) and not (targets and their_targets):
            yield Share(indicator, study.region, above, "mixed", _any(mine[name]), _any(theirs[name]), obstacle="nothing_alike")


Spoken = tuple[tuple[Observation, ...], list[Statement]]
"""The figures and the governing targets of one indicator in one region; one of the two at least."""


def _spoken(study: Study, region: Region) -> dict[str, Spoken]:
    """What a region knows of each indicator, in the order of the catalogue."""
    known = {name: (_figures(study, region, indicator), _targets(study.registry, region, indicator)) for name, indicator in study.registry.indicators.items()}
    return {name: said for name, said in known.items() if said[0] or said[1]}


def _alike(study: Study, above: Region, indicator: Indicator, mine: Spoken, theirs: dict[str, Spoken]) -> Iterator[Share]:
    """Indicators of the level above whose name contains this one's, or the other way round: like things, defined otherwise."""
    for name, said in theirs.items():
        other = study.registry.indicators[name]
        short, long = sorted((indicator.zh, other.zh), key=len)
        if len(short) >= ALIKE and short in long and other.unit == indicator.unit:
            yield Share(indicator, study.region, above, "mixed", _any(mine), _any(said), obstacle="other_definition", other=other)


def _any(said: Spoken) -> Side:
    return _side(said[0][-1]) if said[0] else _target_side(said[1][0])


def _figures(study: Study, region: Region, indicator: Indicator) -> tuple[Observation, ...]:
    # every indicator is looked for in every region: one question for those of which nothing is known, not one for each
    if indicator.id not in study.registry.indicators_observed(region.code):
        return ()
    return study.registry.series(region.code, indicator.id, study.as_of).annual


def _targets(registry: Registry, region: Region, indicator: Indicator) -> list[Statement]:
    """The targets that govern in a region, in the order of its documents."""
    spoken = [
        s
        for s in registry.statements(registry.plans_for(region.code))
        if s.region == region.code and s.indicator == indicator.id and s.kind == "target" and s.repeats is None
    ]
    return [s for s in spoken if governing(registry, s, spoken) is None]


def _of_figures(region: Region, above: Region, indicator: Indicator, mine: Sequence[Observation], theirs: Sequence[Observation]) -> Share:
    """The newest year that both have; where there is none, the newest of each."""
    others = {point.period.year: point for point in theirs}
    both = [(point, others[point.period.year]) for point in mine if point.period.year in others]
    part, whole = both[-1] if both else (mine[-1], theirs[-1])
    obstacle = None
    if not both:
        obstacle = "other_year"
    elif part.basis != whole.basis:
        obstacle = "other_basis"
    elif part.qualifier != "eq" or whole.qualifier != "eq":
        obstacle = "no_exact_number"
    return _share(region, above, indicator, "figures", _side(part), _side(whole), obstacle)


def _of_targets(region: Region, above: Region, indicator: Indicator, mine: Sequence[Statement], theirs: Sequence[Statement]) -> Share:
    """The pair of targets that is most alike."""
    pairs = [(_target_obstacle(part, whole), part, whole) for part in mine for whole in theirs]
    obstacle, part, whole = next((pair for pair in pairs if pair[0] is None), pairs[0])
    return _share(region, above, indicator, "targets", _target_side(part), _target_side(whole), obstacle)


def _target_obstacle(part: Statement, whole: Statement) -> str | None:
    if part.scope == "standing" or whole.scope == "standing" or (part.scope == "cumulative") != (whole.scope == "cumulative") or part.mean != whole.mean:
        return "other_reckoning"
    if part.horizon != whole.horizon or (part.scope == "cumulative" and part.period != whole.period):
        return "other_year"
    if restriction(part) != restriction(whole):
        return "other_scope"
    return None


def _share(region: Region, above: Region, indicator: Indicator, about: str, part: Side, whole: Side, obstacle: str | None) -> Share:
    """A share where the indicator adds up; rates side by side; else the reason, the graver one of the indicator first."""
    if indicator.rollup == "weighted_mean":
        difference = part.value - whole.value if obstacle is None else None
        return Share(indicator, region, above, about, part, whole, difference=difference, obstacle="rate_without_weights")
    if indicator.rollup == "none":
        return Share(indicator, region, above, about, part, whole, obstacle="no_roll_up")
    if obstacle is None and whole.value <= 0:
        obstacle = "no_exact_number"
    return Share(indicator, region, above, about, part, whole, part.value / whole.value if obstacle is None else None, None, obstacle)


def _side(point: Observation) -> Side:
    return Side(float(point.base_value), point.period.year, point)


def _target_side(statement: Statement) -> Side:
    value = statement.base_low if statement.base_low is not None else statement.base_high
    assert value is not None
    return Side(float(value), statement.horizon, statement)


def sums(study: Study) -> tuple[Sum, ...]:
    """Add up the regions directly below, for each indicator that adds up and that at least two of them know of one year."""
    below = children(study.registry, study.region)
    found: list[Sum] = []
    for indicator in study.registry.indicators.values():
        if indicator.rollup == "sum":
            found.extend(_sum_of_figures(study, below, indicator))
            found.extend(_sum_of_targets(study.registry, study.region, below, indicator))
    return tuple(found)


def _sum_of_figures(study: Study, below: Sequence[Region], indicator: Indicator) -> Iterator[Sum]:
    """The year that most of them know, the newest of such."""
    years: dict[int, list[tuple[Region, Observation]]] = {}
    for region in below:
        for point in _figures(study, region, indicator):
            years.setdefault(point.period.year, []).append((region, point))
    if not years:
        return
    year = max(years, key=lambda y: (len(years[y]), y))
    if len(years[year]) < 2:
        return
    own = next((point for point in _figures(study, study.region, indicator) if point.period.year == year), None)
    parts = tuple((region, _side(point)) for region, point in years[year])
    floors = any(point.qualifier in ("ge", "gt") for _, point in years[year])
    yield Sum(indicator, "figures", year, parts, len(below), _side(own) if own else None, floors)


def _sum_of_targets(registry: Registry, region: Region, below: Sequence[Region], indicator: Indicator) -> Iterator[Sum]:
    """Targets that are most alike to the region's own, or of the same last year where it has none."""
    by_region = [(r, found) for r in below if (found := _targets(registry, r, indicator))]
    if len(by_region) < 2:
        return
    whole = next((t for t in _targets(registry, region, indicator) if t.scope != "standing"), None)
    model = whole or by_region[0][1][0]
    alike = [(r, next((t for t in found if _target_obstacle(t, model) is None), None)) for r, found in by_region]
    parts = tuple((r, _target_side(target)) for r, target in alike if target is not None)
    if len(parts) >= 2 and model.horizon is not None:
        floors = any(target is not None and target.comparator in ("ge", "gt") for _, target in alike)
        yield Sum(indicator, "targets", model.horizon, parts, len(below), _target_side(whole) if whole else None, floors)
