from pathlib import Path

import numpy as np
import pytest

from zhibiao.catalogue.load import load, shipped
from zhibiao.errors import ParameterError, RegistryError
from zhibiao.projecting import learned, moves, reference
from zhibiao.projecting.moves import PastSeries, absolute_moves, measure, observed, world_bank, written
from zhibiao.projecting.reference import Entry

FOLDER = shipped() / "reference"
WORLD_BANK = FOLDER.parents[1].parent / "shared" / "data" / "wb_vocational_enrolment_dev.csv"
COMMAND = "python -m zhibiao.projecting.moves --wb FILE --out indicators/reference"
BASE = {
    "class": "toy",
    "zh": "例",
    "en": "toy",
    "description": "例",
    "description_en": "toy",
    "scale": "log",
    "sources": [],
    "indicators": [],
}


def entry(**more: object) -> Entry:
    return Entry.model_validate({**BASE, **more})


def series(values: list[float], origin: str = "a") -> PastSeries:
    return PastSeries(origin, tuple(range(2000, 2000 + len(values))), tuple(values))


def test_moves_are_logs_of_ratios_and_leave_gaps_alone():
    gappy = PastSeries("a", (2000, 2001, 2003), (100.0, 200.0, 100.0))
    assert absolute_moves(gappy, 1, entry()) == pytest.approx([np.log(2)])
    assert absolute_moves(gappy, 2, entry()) == pytest.approx([np.log(2)])
    assert absolute_moves(gappy, 3, entry()) == pytest.approx([0.0])


def test_rates_move_in_log_odds_and_a_full_rate_has_none():
    assert absolute_moves(series([50, 80, 100]), 1, entry(scale="logit")) == pytest.approx([np.log(4)])


def test_a_small_start_is_left_out_but_a_small_end_counts():
    assert absolute_moves(series([2000, 500, 2000]), 1, entry(least=1000)) == pytest.approx([np.log(4)])


def test_longer_horizons_never_look_surer():
    wave = [series([100, 200] * 8, name) for name in "abc"]  # every second year back where it was
    table = measure(entry(), wave).table
    assert table[0, -1] == pytest.approx(np.log(2), abs=1e-4)
    assert np.all(table[1] == table[0])


def test_few_series_borrow_a_shape_and_set_its_width():
    large = measure(entry(), [series(list(100 * 1.1 ** (np.arange(16) % 3)), name) for name in "abcd"])
    calm = [series([100.0] * 9)]
    small = measure(entry(shape="toy"), calm, large)
    assert small.table == pytest.approx(large.table * 4**-0.5, abs=1e-4)
    assert small.series == (1,) * 10 and small.moves == (8,) * 10
    assert measure(entry(shape="toy"), [], large).table == pytest.approx(large.table)


def test_without_shape_or_moves_there_is_no_class():
    with pytest.raises(RegistryError, match="no moves"):
        measure(entry(), [series([1.0, 2.0])])


def test_a_shape_on_another_scale_is_refused():
    large = measure(entry(), [series([100.0, 110.0] * 8)])
    with pytest.raises(RegistryError, match="scale"):
        measure(entry(scale="logit", shape="toy"), [], large)


def test_world_bank_series_are_cut_where_the_classification_changes(tmp_path):
    file = tmp_path / "wb.csv"
    file.write_text(
        "indicator,country,year,value\nold,x,1997,10\nold,x,1998,99\nnew,x,1998,5\nnew,x,1997,7\n", encoding="utf-8"
    )
    rules = [{"indicator": "old", "last": 1997}, {"indicator": "new", "first": 1998}]
    assert world_bank(file, entry(world_bank=rules)) == [
        PastSeries("x", (1997,), (10.0,)),
        PastSeries("x", (1998,), (5.0,)),
    ]


def test_observed_series_leave_out_floors_and_stop_at_breaks():
    classes = {item.id: item for item in reference.entries(FOLDER)}
    fujian = [past for past in observed(load(), classes["schools"]) if past.origin == "350000"]
    assert [past.years[-1] for past in fujian] == [1995, 1996, 1998]
    nation = next(past for past in observed(load(), classes["rate"]) if past.origin == "100000")
    assert nation.years == (2008, 2021, 2024)  # 2017 is printed as a floor


def test_the_file_must_exist(tmp_path):
    with pytest.raises(ParameterError, match="no such file"):
        moves.main(["--wb", str(tmp_path / "none.csv"), "--out", str(tmp_path)])


@pytest.mark.skipif(not WORLD_BANK.is_file(), reason="World Bank series are not shipped; ../shared/data is absent")
def test_shipped_tables_equal_a_rebuild():
    for name, measured in moves.rebuild(FOLDER, WORLD_BANK).items():
        shipped_text = Path(FOLDER / f"{name}.csv").read_text(encoding="utf-8")
        assert written(measured) == shipped_text, f"{name}.csv is out of date; run `{COMMAND}`"
        if measured.entry.learned is not None:
            file = FOLDER / f"{name}.learned.csv"
            shipped_table = learned.read(file, name, measured.learned.features, measured.learned.basis, measured.learned.averaged)
            assert shipped_table.rows.keys() == measured.learned.rows.keys()
            for key, row in measured.learned.rows.items():
                old = shipped_table.rows[key]
                for new, kept in ((row.centre, old.centre), (row.width, old.width), (row.shape, old.shape)):
                    assert new == pytest.approx(kept, rel=1e-2, abs=1e-4), f"{file.name} is out of date at {key}; run `{COMMAND}`"
