"""The fitted pipe and its hindcast, as a reader sees them."""

import pytest

from zhibiao.answers.calibration import Calibration
from zhibiao.catalogue.load import load, shipped
from zhibiao.catalogue.study import study
from zhibiao.showing import hindcast_tables
from zhibiao.simulating.dispersion import HINDCAST_FILE
from zhibiao.simulating.hindcast import ALONE, GIVEN, METHODS, PIPE, Trial, read


@pytest.fixture(scope="module")
def nation():
    return Calibration(study(load(), region="全国"))


@pytest.fixture(scope="module")
def english():
    return Calibration(study(load(), region="全国", lang="en"))


def cells(table):
    return [dict(zip([column.name for column in table.columns], texts, strict=True)) for texts in table.texts()]


def trials(**relative: tuple[float, float]) -> list[Trial]:
    """One forecast one and two years ahead from 2010 by each method, off by so much."""
    found = []
    for method in METHODS:
        for ahead, error in enumerate(relative.get(method, (0.3, 0.4)), start=1):
            found.append(Trial(method, 2010 - ahead % 2, ahead, 100.0, 100 * (1 + error), {80: (90.0, 125.0), 95: (50.0, 200.0)}))
    return found


def test_the_best_is_named_in_words_and_what_knows_the_future_is_not_compared(nation):
    rows = cells(hindcast_tables.table(nation.study, trials(pipe=(0.1, 0.35), last_value=(0.2, 0.25), pipe_given=(0.01, 0.02))))
    found = {row["method"]: row for row in rows}
    assert [row["best"] for row in rows] == ["1年后", "无", "2年后", "无", "无", "用了当时不知道的招生，不参加比较"]
    assert (found["最后一个值"]["ahead1"], found["最后一个值"]["all"], found["最后一个值"]["values"]) == ("20.0%", "22.5%", "2")
    assert found["队列模型（招生由其过去推断）"]["covered80"] == "100%"


def test_when_the_pipe_does_not_win_the_title_and_the_note_say_so(nation, english):
    worse = trials(pipe=(0.5, 0.6), combined=(0.2, 0.3))
    assert "不小于只看在校生的25.0%" in hindcast_tables.table(nation.study, worse).title
    assert "no less than the 25.0% of enrolment alone" in hindcast_tables.table(english.study, worse).title
    assert "从2009、2010年起的推断，平均不如" in str(hindcast_tables.table(nation.study, worse))
    assert [row["best"] for row in cells(hindcast_tables.table(nation.study, worse))[:2]] == ["无", "各年均最小"]
    assert "小于对方的，比“本套推断”2次" in str(hindcast_tables.table(nation.study, worse))


def test_the_shipped_hindcast_says_how_much_better_and_where_not(nation, english):
    table = nation.hindcast()
    assert len(cells(table)) == len(METHODS) and cells(table)[0]["best"] == "各年均最小"
    assert all(row["best"] == "无" for row in cells(table)[1 : 1 + len(ALONE)])
    assert "平均误差12.6%，小于只看在校生的16.8%" in table.title
    assert "并非每次都赢：94次中" in str(table) and "80%区间实际包住82%" in str(table)
    assert "The pipe does not always win: of 94 forecasts" in str(english.hindcast())


def test_nothing_to_show_is_said(nation):
    assert "没有回测结果" in str(hindcast_tables.table(nation.study, []))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_picture_holds_the_errors_of_the_table(lang):
    report = Calibration(study(load(), region="全国", lang=lang))
    chart, table = report.hindcast_chart(), report.hindcast()
    name = hindcast_tables.name(report.study, GIVEN)
    row = next(row for row in table.rows if row["method"] == name)
    assert list(chart.data[name]) == pytest.approx([row[f"ahead{ahead}"] for ahead in range(1, 6)])
    assert hindcast_tables.name(report.study, PIPE) in chart.alt and "2024" in chart.source
    assert chart.image("png") == report.hindcast_chart().image("png")


def test_what_nobody_published_is_marked_as_derived_and_what_was_published_is_not_told_again(nation, english):
    rows = cells(nation.fitted())
    derived = {row["item"]: row for row in rows if row["kind"] == "推算"}
    assert [item[:4] for item in derived] == ["2022"] * 3 + ["2023"] * 4 + ["2024"]
    assert "2022年在校生（万人）" not in derived and "2024年其他减少（万人）" in derived
    low, high = (int(edge) for edge in derived["2023年在校生（万人）"]["band"].split("—"))
    assert 420 <= low < int(derived["2023年在校生（万人）"]["middle"]) < high <= 460
    assert next(row for row in rows if row["item"].startswith("其他减少占上年在校生"))["band"] == "1.0%—16.9%（最低—最高）"
    assert "graduates 2022 (×10,000 persons)" in str(english.fitted()) and "derived" in str(english.fitted())


def test_as_of_an_earlier_year_later_figures_are_not_looked_at():
    table = Calibration(study(load(), region="全国", as_of=2021)).fitted()
    assert "1998—2021年" in table.title and all(row["kind"] != "推算" for row in cells(table))
    assert "不足以拟合" in str(Calibration(study(load(), region="全国", as_of=2000)).fitted())


def test_the_shipped_file_is_read_not_reckoned(nation):
    assert nation._pipe_trials == read(shipped() / "reference" / HINDCAST_FILE)
