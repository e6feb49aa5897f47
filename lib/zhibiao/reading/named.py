"""Names in people's tables: indicators, regions and sources by code, id or name, however spaced; never by likeness."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cached_property

from zhibiao.catalogue.registry import Registry
from zhibiao.errors import ParameterError, RegistryError, closest
from zhibiao.model import Indicator, Region
from zhibiao.model.document import folded

NATION = {"cn": "100000", "chn": "100000"}
"""ISO 3166 codes of the nation; of a province CN- with the first two digits of its own code."""

SHOWN = 12
"""Indicators that a message names where one is unknown: more than anybody reads through."""


class Names:
    """Finds what a registry knows by what stands in a cell.

    Parameters
    ----------
    registry : Registry
    aliases : mapping of str to str
        Words of the table to names of the registry, as the user gave them.
    """

    def __init__(self, registry: Registry, aliases: Mapping[str, str] | None = None) -> None:
        self.registry = registry
        self._aliases = {folded(word).casefold(): meant for word, meant in (aliases or {}).items()}

    def meant(self, text: str) -> str:
        """What a word of the table stands for; itself unless the user said."""
        return self._aliases.get(folded(text).casefold(), text)

    @cached_property
    def words(self) -> list[str]:
        """Names of indicators, to find the nearest among."""
        return [word for i in self.registry.indicators.values() for word in (i.id, i.zh, i.en)]

    @cached_property
    def _indicators(self) -> dict[str, list[Indicator]]:
        found: dict[str, list[Indicator]] = {}
        for indicator in self.registry.indicators.values():
            for word in {folded(word).casefold() for word in (indicator.id, indicator.zh, indicator.en)}:
                found.setdefault(word, []).append(indicator)
        return found

    def indicator_or_none(self, text: str) -> Indicator | None:
        found = self._indicators.get(folded(self.meant(text)).casefold(), [])
        return found[0] if len(found) == 1 else None

    def indicator(self, text: str, where: str) -> Indicator:
        """The indicator of a name.

        Raises
        ------
        RegistryError
            None has it, or several do; with the nearest.
        """
        found = self._indicators.get(folded(self.meant(text)).casefold(), [])
        if len(found) > 1:
            raise RegistryError(f"指标名不唯一 ambiguous indicator {text!r}", where=where, allowed=[i.id for i in found])
        if not found:
            near = closest(text, self.words)
            raise RegistryError(f"未知指标 unknown indicator {text[:60]!r}；别名用 --map 说明 explain a name with --map", where=where, allowed=self._alike(text), nearest=near)
        return found[0]

    def _alike(self, text: str) -> list[str]:
        """Ids and names of the indicators most like a word, the nearest first; the last says that there are more."""
        asked = folded(self.meant(text)).casefold()

        def likeness(indicator: Indicator) -> float:
            return max(difflib.SequenceMatcher(None, asked, folded(word).casefold()).ratio() for word in (indicator.zh, indicator.id, indicator.en))

        ordered = sorted(self.registry.indicators.values(), key=likeness, reverse=True)
        return [f"{i.id} {i.zh}" for i in ordered[:SHOWN]] + (["…"] if len(ordered) > SHOWN else [])

    def region_or_none(self, text: str) -> Region | None:
        try:
            return self.region(text, "")
        except RegistryError:
            return None

    def region(self, text: str, where: str) -> Region:
        """The region of a code or name; a code may have the twelve digits of statistics, or be the nation's by ISO 3166.

        Raises
        ------
        RegistryError
            None has it, or several do; with the nearest.
        """
        meant = self.meant(text)
        plain = folded(meant)
        if len(plain) == 12 and plain.isdecimal() and plain.endswith("000000"):
            plain = plain[:6]
        elif plain.casefold() in NATION:
            plain = NATION[plain.casefold()]
        elif len(plain) == 5 and plain[:3].casefold() == "cn-" and plain[3:].isdecimal():
            plain = f"{plain[3:]}0000"
        try:
            # an English name keeps its spaces
            return self.registry.region(plain if plain in self.registry.regions or not meant.strip().isascii() else meant)
        except ParameterError as error:
            raise RegistryError(f"{error.what}；别名用 --map 说明 explain a name with --map", where=where, allowed=error.allowed, nearest=error.nearest) from None

    def source(self, text: str, where: str) -> str:
        """The id of a source, by id or title; RegistryError otherwise."""
        meant = self.meant(text)
        if meant in self.registry.sources:
            return meant
        found = [source.id for source in self.registry.sources.values() if folded(source.title) == folded(meant)]
        if len(found) == 1:
            return found[0]
        words = {word: source.id for source in self.registry.sources.values() for word in (source.id, source.title)}
        near = closest(meant, words)
        raise RegistryError(
            f"未知来源 unknown source {text[:60]!r}；先写入叠加目录的 sources.yaml add it to sources.yaml of the overlay first", where=where,
            allowed=found or None, nearest=None if near is None else words[near],
        )  # fmt: skip
