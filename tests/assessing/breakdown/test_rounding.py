"""Whole numbers that add up, whatever is shared out."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.assessing.breakdown.rounding import controlled, most, share_out


@st.composite
def tasks(draw):
    """A total with weights and bounds that allow it."""
    size = draw(st.integers(1, 12))
    weights = [Fraction(draw(st.integers(0, 50_000)), draw(st.sampled_from([1, 10, 7]))) for _ in range(size)]
    floors = [draw(st.integers(0, 500)) for _ in range(size)]
    caps = [None if draw(st.booleans()) else floor + draw(st.integers(0, 5000)) for floor in floors]
    limit = most(weights, floors, caps)
    return draw(st.integers(sum(floors), sum(floors) + 30_000 if limit is None else limit)), weights, floors, caps


@given(tasks())
def test_shares_add_up_and_keep_their_bounds(task):
    total, weights, floors, caps = task
    shares = share_out(total, weights, floors, caps)
    assert sum(shares) == total
    assert all(floor <= share and (cap is None or share <= cap) for share, floor, cap in zip(shares, floors, caps, strict=True))


@given(tasks())
def test_who_meets_no_bound_gets_in_proportion_to_the_person(task):
    total, weights, floors, caps = task
    shares = share_out(total, weights, floors, caps)
    free = [i for i, share in enumerate(shares) if weights[i] and share > floors[i] + 1 and (caps[i] is None or share < caps[i] - 1)]
    for i, k in itertools.pairwise(free):
        # both are λ·weight within one person
        assert abs(shares[i] * weights[k] - shares[k] * weights[i]) <= weights[i] + weights[k]


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**6), min_size=1, max_size=40))
def test_without_bounds_it_is_the_method_of_largest_remainders(total, weights):
    shares = share_out(total, [Fraction(w) for w in weights], [0] * len(weights), [None] * len(weights))
    exact = [Fraction(total * w, sum(weights)) for w in weights]
    assert all(int(e) <= share <= int(e) + 1 for share, e in zip(shares, exact, strict=True))
    up = [e - int(e) for share, e in zip(shares, exact, strict=True) if share > int(e)]
    down = [e - int(e) for share, e in zip(shares, exact, strict=True) if share == int(e)]
    assert not up or not down or min(up) >= max(down)


def test_more_weight_never_gets_less():
    shares = share_out(100, [Fraction(1), Fraction(1), Fraction(2)], [0, 0, 0], [None, None, None])
    assert shares == (25, 25, 50)
    assert share_out(101, [Fraction(1), Fraction(1), Fraction(2)], [0, 0, 0], [None, None, None]) == (25, 25, 51)


@pytest.mark.parametrize(("total", "floors", "caps"), [(5, [3, 3], [None, None]), (9, [0, 0], [4, 4])])
def test_bounds_that_do_not_fit_are_refused(total, floors, caps):
    with pytest.raises(ValueError, match=str(total)):
        share_out(total, [Fraction(1), Fraction(1)], floors, caps)


def test_no_weight_gets_its_floor():
    assert share_out(10, [Fraction(0), Fraction(1)], [2, 0], [None, None]) == (2, 8)
    assert most([Fraction(0), Fraction(1)], [2, 0], [None, 3]) == 5


@st.composite
def margins(draw):
    rows = draw(st.lists(st.integers(0, 5000), min_size=1, max_size=12))
    cuts = sorted(draw(st.lists(st.integers(0, sum(rows)), min_size=0, max_size=7)))
    return rows, [after - before for before, after in itertools.pairwise([0, *cuts, sum(rows)])]


@given(margins())
def test_a_table_adds_up_along_both_sides_and_no_cell_is_off_by_one(sides):
    rows, columns = sides
    table = controlled(rows, columns)
    assert [sum(line) for line in table] == rows
    assert [sum(line[c] for line in table) for c in range(len(columns))] == columns
    for row, line in zip(rows, table, strict=True):
        for column, cell in zip(columns, line, strict=True):
            exact = Fraction(row * column, sum(rows)) if sum(rows) else Fraction(0)
            assert cell in (exact.__floor__(), exact.__ceil__())


def test_of_two_directions_the_smaller_change_is_taken():
    # here the nearest whole numbers add up as they are
    assert controlled([7, 5, 3], [4, 5, 6]) == ((2, 2, 3), (1, 2, 2), (1, 1, 1))


def test_many_schools_over_five_years():
    rows = [(i * 7919) % 997 for i in range(600)]
    total = sum(rows)
    columns = [total // 15 * k for k in (1, 2, 3, 4)]
    columns.append(total - sum(columns))
    table = controlled(rows, columns)
    assert [sum(line) for line in table] == rows
    assert [sum(column) for column in zip(*table, strict=True)] == columns


def test_sides_of_different_totals_are_refused():
    with pytest.raises(ValueError, match="rows add up to 3, columns to 4"):
        controlled([1, 2], [4])
