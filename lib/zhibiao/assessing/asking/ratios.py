"""A target on a ratio to another indicator: the ratio of the two series, period by period."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from zhibiao.assessing.asking.series import Figure
from zhibiao.assessing.asking.units import units_of
from zhibiao.errors import ParameterError


def divided(
    figures: Sequence[Figure], name: str, other: tuple[str | None, tuple[Figure, ...]] | None
) -> tuple[tuple[Figure, ...], str | None]:
    """The ratio for each period that both have, and the name of what is lacking where there is no other series.

    A floor divided by an exact number stays a floor; a floor below the line says nothing of the ratio, and zero divides nothing.

    Raises
    ------
    ParameterError
        The other series carries another name than the target asks for.
    """
    if other is None:
        return (), name
    given, parts = other
    if given is not None and given.casefold() != name.casefold():
        raise ParameterError(f"目标要的是 {name!r} the target asks for {name!r}, not {given!r}", where="--ratio-to", allowed=[f"{name}: 2020=9.9"])
    above, below = units_of(figures, (), None, None), units_of(parts, (), None, None)
    found = []
    for figure in figures:
        for part in parts:
            value = below.base_value(part)
            if part.period == figure.period and value > 0 and part.qualifier in ("eq", "about"):
                qualifier = "about" if part.qualifier == "about" and figure.qualifier == "eq" else figure.qualifier
                found.append(Figure(figure.period, qualifier, _rounded(above.base_value(figure) / value), None))
    return tuple(dict.fromkeys(found)), None


def _rounded(value: Decimal) -> Decimal:
    """Without the last digits of a division that does not end."""
    return round(value, 12).normalize()
