"""Whole numbers that add up: largest remainders within bounds, and tables whose rows and columns both add up.

Everything is reckoned in whole numbers and fractions, so that every machine gives the same persons to the same school.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def share_out(total: int, weights: Sequence[Fraction], floors: Sequence[int], caps: Sequence[int | None]) -> tuple[int, ...]:
    """Share a whole number out in proportion to weights, within bounds, by largest remainders (Hamilton).

    The exact shares are ``clip(λ · weight, floor, cap)`` with the one λ that makes them add up to `total`; whoever meets no bound gets in
    proportion to its weight. They are rounded down, and what is left goes to the largest remainders; of equal ones to the larger
    weight, then to the one named first. A weight of zero gets its floor.

    Parameters
    ----------
    total : int
    weights : sequence of Fraction, none negative
    floors, caps : sequence of int
        Bounds of each share; no cap is None.

    Returns
    -------
    tuple of int
        They add up to `total` and keep the bounds.

    Raises
    ------
    ValueError
        No shares within the bounds add up to `total`: `most` and ``sum(floors)`` say by how much.

    Examples
    --------
    >>> share_out(10, [Fraction(1), Fraction(1), Fraction(1)], [0, 0, 0], [None, None, 2])
    (4, 4, 2)
    """
    if sum(floors) > total or ((reachable := most(weights, floors, caps)) is not None and reachable < total):
        raise ValueError(f"{total} lies outside what the bounds allow")
    scale = _scale(total, weights, floors, caps)
    exact = [_clipped(scale * weight, floor, cap) for weight, floor, cap in zip(weights, floors, caps, strict=True)]
    shares = [int(part) for part in exact]  # none is negative: whole parts round down
    left = total - sum(shares)
    order = sorted(range(len(shares)), key=lambda i: (shares[i] - exact[i], -weights[i], i))
    for i in order[:left]:
        shares[i] += 1
    return tuple(shares)


def most(weights: Sequence[Fraction], floors: Sequence[int], caps: Sequence[int | None]) -> int | None:
    """The most that can be shared out; None where nothing limits it. Whoever has no weight gets its floor and no more."""
    ends = [cap if weight else floor for weight, floor, cap in zip(weights, floors, caps, strict=True)]
    return None if None in ends else sum(end for end in ends if end is not None)


def controlled(rows: Sequence[int], columns: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Round the table ``row · column / total`` so that every row and every column adds up exactly.

    Controlled rounding after L. H. Cox, "A constructive procedure for unbiased controlled rounding", JASA 82 (1987): cells that are no
    whole numbers lie on closed ways through the table, and adding to one cell of a way what is taken from the next keeps every sum.
    Each step makes at least one cell whole; of the two directions the smaller change is taken. Every cell ends as its exact value rounded down
    or up.

    Parameters
    ----------
    rows, columns : sequence of int
        Sums of the rows and of the columns, none negative, of the same total.

    Returns
    -------
    tuple of tuple of int
        One tuple a row.

    Raises
    ------
    ValueError
        The totals differ.

    Examples
    --------
    >>> controlled([3, 2], [1, 1, 3])
    ((1, 0, 2), (0, 1, 1))
    """
    total = sum(rows)
    if total != sum(columns):
        raise ValueError(f"rows add up to {total}, columns to {sum(columns)}")
    if total == 0:
        return tuple((0,) * len(columns) for _ in rows)
    whole = [[row * column // total for column in columns] for row in rows]
    rest = [[row * column % total for column in columns] for row in rows]
    by_row = [{c for c, part in enumerate(line) if part} for line in rest]
    by_column = [{r for r in range(len(rows)) if rest[r][c]} for c in range(len(columns))]
    for start in range(len(rows)):
        while by_row[start]:
            way = _way(start, by_row, by_column)
            up, down = way[0::2], way[1::2]
            raised, lowered = (min([*(total - rest[r][c] for r, c in a), *(rest[r][c] for r, c in b)]) for a, b in ((up, down), (down, up)))
            step = raised if raised <= lowered else -lowered
            for sign, cells in ((step, up), (-step, down)):
                for r, c in cells:
                    rest[r][c] += sign
                    if rest[r][c] in (0, total):
                        whole[r][c] += rest[r][c] // total
                        rest[r][c] = 0
                        by_row[r].discard(c)
                        by_column[c].discard(r)
    return tuple(tuple(line) for line in whole)


def _way(start: int, by_row: Sequence[set[int]], by_column: Sequence[set[int]]) -> list[tuple[int, int]]:
    """A closed way through cells that are not whole, row and column in turn: a row or column that has one such cell has another."""
    cells: list[tuple[int, int]] = []
    seen: dict[tuple[str, int], int] = {("row", start): 0}
    row = start
    while True:
        column = min(c for c in by_row[row] if not cells or c != cells[-1][1])
        cells.append((row, column))
        if ("column", column) in seen:
            return cells[seen["column", column] :]
        seen["column", column] = len(cells)
        row = min(r for r in by_column[column] if r != cells[-1][0])
        cells.append((row, column))
        if ("row", row) in seen:
            return cells[seen["row", row] :]
        seen["row", row] = len(cells)


def _clipped(value: Fraction, floor: int, cap: int | None) -> Fraction:
    value = max(value, Fraction(floor))
    return value if cap is None else min(value, Fraction(cap))


def _scale(total: int, weights: Sequence[Fraction], floors: Sequence[int], caps: Sequence[int | None]) -> Fraction:
    """The λ with which the clipped shares add up to the total: found among the λ at which a share meets or leaves a bound."""
    parts = list(zip(weights, floors, caps, strict=True))

    def reached(scale: Fraction) -> Fraction:
        return sum((_clipped(scale * weight, floor, cap) for weight, floor, cap in parts), Fraction(0))

    corners = sorted({Fraction(0)} | {Fraction(bound) / w for w, floor, cap in parts if w for bound in (floor, cap) if bound is not None})
    low, high = 0, len(corners) - 1
    while low < high:  # the last corner at which no more than the total is reached
        middle = (low + high + 1) // 2
        low, high = (middle, high) if reached(corners[middle]) <= total else (low, middle - 1)
    at = corners[low]
    free = sum((w for w, floor, cap in parts if w and at * w >= floor and (cap is None or at * w < cap)), Fraction(0))
    return at + (total - reached(at)) / free if free else at
