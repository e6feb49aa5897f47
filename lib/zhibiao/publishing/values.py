"""The value store of a run: the numbers that its objects handed over, held together and written beside the notebook.

An object of ours carries its numbers in its bundle (`zhibiao.showing.ledger`); here they are taken out of the executed notebook, so
that a reader's file does not hold them twice, and become ``values.json``: each printed number with its exact value, its scale and the
cells that print it, and whatever is printed with two different roundings.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from zhibiao.publishing.shown_texts import shown_texts
from zhibiao.showing.ledger import NUMBER, VALUES
from zhibiao.wholefile import write_whole

NAME = "values.json"
_SIGNIFICANT = 9
"""Digits at which two exact values are one: charts divide by the scale in floating point."""


@dataclass(frozen=True)
class Handed:
    """What one object handed over.

    Attributes
    ----------
    position : int
        Of its cell, counted from 1.
    output : NotebookNode
        What it shows.
    numbers : tuple of (value, scale, text)
        Exact value in base units, base units in one printed unit, and the printed text; as text.
    quoted : tuple of str
        What it quotes: document numbers, clauses, evidence, names.
    """

    position: int
    output: NotebookNode = field(repr=False)
    numbers: tuple[tuple[str, str, str], ...]
    quoted: tuple[str, ...]


@dataclass(frozen=True)
class Store:
    """Everything that was handed over in a notebook."""

    objects: tuple[Handed, ...] = ()

    @property
    def printed(self) -> frozenset[str]:
        """Every number as it may be printed, without its sign; 0.10 may stand as 0.1."""
        tokens = {token for one in self.objects for _, _, text in one.numbers for token in NUMBER.findall(text)}
        return frozenset(tokens | {token.rstrip("0").rstrip(".") for token in tokens if "." in token})

    @property
    def positions(self) -> frozenset[int]:
        """Cells with objects of ours."""
        return frozenset(one.position for one in self.objects)


def take(nb: NotebookNode) -> Store:
    """Take the numbers out of an executed notebook, which loses them; objects that are not ours have none."""
    found: list[Handed] = []
    for position, cell in enumerate(nb.cells, start=1):
        for output in cell.get("outputs", []):
            handed = output.get("data", {}).pop(VALUES, None)
            if isinstance(handed, Mapping):
                numbers = tuple((str(value), str(scale), str(text)) for value, scale, text in handed.get("numbers", []))
                found.append(Handed(position, output, numbers, tuple(map(str, handed.get("quoted", [])))))
    return Store(tuple(found))


def records(store: Store) -> list[dict[str, Any]]:
    """Return one record for each printed number: its exact value, scale, text and cells, in their order."""
    where: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    shown: dict[int, set[str]] = defaultdict(set)
    for one in store.objects:
        shown[one.position].update(token for text in shown_texts(one.output) for token in NUMBER.findall(text))
    for one in store.objects:
        for entry in one.numbers:
            if any(token in shown[one.position] for token in NUMBER.findall(entry[2])):
                where[entry].add(one.position)
    order = sorted(where, key=lambda entry: (Decimal(entry[0]), Decimal(entry[1]), entry[2]))
    return [{"value": value, "scale": scale, "text": text, "cells": sorted(where[value, scale, text])} for value, scale, text in order]


def roundings(listed: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return values of `records` that are printed as two numerically different texts."""
    found: dict[Decimal, dict[Decimal, dict[str, set[int]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for record in listed:
        exact = abs(Decimal(record["value"]) / Decimal(record["scale"]))
        tokens = NUMBER.findall(record["text"])
        if exact.is_finite() and tokens and record["text"][0] not in "<>":
            found[_alike(exact)][Decimal(tokens[0].replace(",", ""))][record["text"]].update(record["cells"])
    return [
        {"value": f"{exact:f}", "printed": {text: sorted(cells) for texts in forms.values() for text, cells in sorted(texts.items())}}
        for exact, forms in sorted(found.items())
        if len(forms) > 1
    ]


def _alike(exact: Decimal) -> Decimal:
    if exact == 0:
        return exact
    return exact.quantize(Decimal(1).scaleb(exact.adjusted() - _SIGNIFICANT + 1)).normalize()


def write_values(store: Store, folder: Path) -> bool:
    """Write ``values.json`` into the folder of a run; without numbers no file is written, and False is returned.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    listed = records(store)
    if not listed:
        return False
    lines = ",\n".join("  " + json.dumps(record, ensure_ascii=False) for record in listed)
    twice = json.dumps(roundings(listed), ensure_ascii=False)
    write_whole(folder / NAME, f'{{"printed": [\n{lines}\n],\n"two_roundings": {twice}}}\n'.encode())
    return True
