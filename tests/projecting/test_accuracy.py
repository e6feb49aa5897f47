import pytest

from zhibiao.errors import RegistryError
from zhibiao.projecting.accuracy import COLUMNS, load, read

ROW = "m3,drift,rule,6,1-6,645,0.12,2.5,16.1,0.8,0.95,9,20"


def written(folder, *rows):
    path = folder / "accuracy.csv"
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return path


def test_a_row_is_read_with_its_length_span_and_measures(tmp_path):
    whole, single = read(written(tmp_path, ROW, "m3,growth rate,rule,all,2,645,0.12,2.5,16.1,,,,"))
    assert (whole.points, whole.ahead, whole.series, whole.covered80) == (6, (1, 6), 645, 0.8)
    assert (single.points, single.ahead, single.covered80, single.score95) == (None, (2, 2), None, None)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (ROW.replace("rule", "peeer"), "nearest: peer|peer"),
        (ROW.replace("0.12", "much"), "median_error 'much'"),
        (ROW.replace("0.12", ""), "median_error is missing"),
        (ROW.replace("0.12", "nan"), "median_error 'nan'"),
        (ROW.replace(",0.8,", ",80,"), "covered80 80"),
        (ROW.replace(",6,1-6", ",0,1-6"), "points '0'"),
        (ROW.replace("1-6", "6-1"), "upside down"),
    ],
)
def test_what_a_row_cannot_be_is_told_with_its_line(tmp_path, row, told):
    with pytest.raises(RegistryError, match=told) as caught:
        read(written(tmp_path, ROW.replace("drift", "theta"), row))
    assert "accuracy.csv:3" in str(caught.value)


def test_a_row_stands_once(tmp_path):
    with pytest.raises(RegistryError, match="twice"):
        read(written(tmp_path, ROW, ROW))


def test_the_last_folder_that_has_a_table_gives_it(tmp_path):
    first, last = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    last.mkdir()
    assert load([first, last]) == ()
    written(first, ROW)
    assert [one.method for one in load([first, last])] == ["drift"]
    written(last, ROW.replace("drift", "theta"))
    assert [one.method for one in load([first, last])] == ["theta"]
