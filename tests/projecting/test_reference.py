import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.catalogue.load import shipped
from zhibiao.errors import ParameterError, RegistryError
from zhibiao.projecting import reference
from zhibiao.projecting.reference import Entry, built, chosen, load

CLASSES = load(shipped() / "reference")
ENTRY = Entry.model_validate(
    {
        "class": "toy",
        "zh": "例",
        "en": "toy",
        "description": "例",
        "description_en": "toy",
        "scale": "log",
        "sources": [],
        "indicators": [],
    }
)
TOY = built(ENTRY, np.array([0.5, 0.99]), np.array([[0.1, 0.4], [0.2, 0.6]]), {1: (3, 30), 2: (2, 20)}, "toy")


def test_every_class_that_is_served_is_shipped():
    assert {"enrolment", "intake", "graduates", "staff_teachers", "schools", "rate", "training"} <= set(CLASSES)


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_shipped_tables_are_monotone_and_reach_ten_years(name):
    shown = CLASSES[name]
    assert shown.horizons == tuple(range(1, 11))
    assert np.all(np.diff(shown.table, axis=0) >= 0) and np.all(np.diff(shown.table, axis=1) >= 0)
    assert shown.probabilities[0] == 0.05 and shown.probabilities[-1] == 0.99
    assert not shown.table.flags.writeable


def test_sources_of_the_classes_are_in_the_registry():
    from zhibiao.catalogue.load import load as load_registry

    known = load_registry().sources
    assert {source for shown in CLASSES.values() for source in shown.entry.sources} <= set(known)


def test_quantile_interpolates_between_the_points_and_holds_at_the_end():
    assert TOY.quantile(1, np.array([0.0, 0.25, 0.5, 0.99, 1.0])) == pytest.approx([0, 0.05, 0.1, 0.4, 0.4])
    assert TOY.quantile(1.5, 0.5) == pytest.approx(0.15)
    assert TOY.quantile(0.25, 0.5) == pytest.approx(0.05)
    assert TOY.quantile(8, 0.5) == pytest.approx(0.4)  # twice the last row: sqrt(8 / 2)


@given(
    h=st.floats(0, 30), k=st.floats(0, 30), p=st.floats(0, 1), q=st.floats(0, 1), name=st.sampled_from(sorted(CLASSES))
)
def test_quantiles_do_not_fall_with_horizon_or_probability(h, k, p, q, name):
    low, high = CLASSES[name].quantile(min(h, k), min(p, q)), CLASSES[name].quantile(max(h, k), max(p, q))
    assert 0 <= low <= high + 1e-12


def test_mean_move_is_the_area_under_the_quantiles():
    area = 0.5 * 0.1 / 2 + 0.49 * (0.1 + 0.4) / 2 + 0.01 * 0.4
    assert TOY.mean_move(1) == pytest.approx(area)


def test_few_moves_hardly_change_the_spread():
    assert TOY.spread(np.array([])) == (1.0, 0.0)
    assert TOY.spread(np.full(8, 2.0)) == pytest.approx((2**0.5, 0.5))
    assert TOY.spread(np.full(8, 100.0)) == pytest.approx((4**0.5, 0.5))
    assert TOY.spread(np.zeros(8)) == pytest.approx((4**-0.5, 0.5))


def test_moves_over_a_gap_are_held_against_as_many_years():
    ratios = TOY.ratios([2000, 2001, 2003], np.array([0.0, TOY.mean_move(1), TOY.mean_move(1) - 2 * TOY.mean_move(2)]))
    assert ratios == pytest.approx([1, 2])


def test_coverage_is_that_of_the_nearest_measured_horizon():
    enrolment = CLASSES["enrolment"]
    assert enrolment.measured(2) == enrolment.entry.coverage[80][1]
    assert enrolment.measured(30, 95) == enrolment.entry.coverage[95][5]
    assert CLASSES["rate"].measured(3) is None


@pytest.mark.parametrize(
    ("table", "match"),
    [
        ([[0.2, 0.1], [0.3, 0.4]], "must not fall"),
        ([[0.2, 0.3], [0.1, 0.4]], "must not fall"),
        ([[-0.1, 0.3], [0.1, 0.4]], "must not fall"),
        ([[0.1, np.inf], [0.1, np.inf]], "must not fall"),
        ([[0.0, 0.0], [0.1, 0.4]], "all zero"),
    ],
)
def test_a_table_that_falls_or_stands_still_is_refused(table, match):
    with pytest.raises(RegistryError, match=match):
        built(ENTRY, np.array([0.5, 0.99]), np.array(table), {1: (1, 1), 2: (1, 1)}, "toy")


def test_probabilities_must_end_at_the_stated_maximum():
    with pytest.raises(RegistryError, match="probabilities"):
        built(ENTRY, np.array([0.5, 0.9]), np.array([[0.1, 0.2]]), {1: (1, 1)}, "toy")


def test_unknown_class_names_the_nearest():
    with pytest.raises(ParameterError, match="enrolment"):
        chosen(CLASSES, "enrollment")
    assert chosen(CLASSES, "rate") is CLASSES["rate"]


def test_a_later_folder_replaces_a_class_and_a_missing_one_adds_none(tmp_path):
    source = shipped() / "reference"
    text = (source / "classes.yaml").read_text(encoding="utf-8")
    start = text.index("- class: enrolment")
    first = text[start : text.index("- class:", start + 1)]
    (tmp_path / "classes.yaml").write_text(first.replace("zh: 在校生", "zh: 本市在校生"), encoding="utf-8")
    for name in ("enrolment.csv", "enrolment.learned.csv"):
        (tmp_path / name).write_text((source / name).read_text(encoding="utf-8"), encoding="utf-8")
    both = load([source, tmp_path, tmp_path / "none"])
    assert both["enrolment"].entry.zh == "本市在校生" and set(both) == set(CLASSES)


@pytest.mark.parametrize(
    ("csv", "match"),
    [
        ("class,horizon,probability,abs_log_move,series,moves\nother,1,0.99,0.1,1,1\n", "file"),
        ("class,horizon,probability,abs_log_move,series,moves\nenrolment,2,0.99,0.1,1,1\n", "horizons"),
        ("class,horizon,probability,abs_log_move,series,moves\nenrolment,1,x,0.1,1,1\n", ":2"),
        ("class,horizon,probability,abs_logit_move,series,moves\nenrolment,1,0.99,0.1,1,1\n", "abs_log_move"),
        (None, "table"),
    ],
)
def test_a_broken_table_is_refused_with_its_place(tmp_path, csv, match):
    text = (shipped() / "reference" / "classes.yaml").read_text(encoding="utf-8")
    (tmp_path / "classes.yaml").write_text(text[: text.index("- class:", text.index("- class: enrolment") + 1)], encoding="utf-8")
    if csv is not None:
        (tmp_path / "enrolment.csv").write_text(csv, encoding="utf-8")
    with pytest.raises(RegistryError, match=match):
        load(tmp_path)


def test_horizon_and_probability_out_of_range_are_refused():
    with pytest.raises(ParameterError, match="horizon"):
        TOY.quantile(-1, 0.5)
    with pytest.raises(ParameterError, match="probability"):
        TOY.quantile(1, 1.5)
    assert reference.HIGHEST == 0.99
