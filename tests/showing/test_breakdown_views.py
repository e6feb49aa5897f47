"""Milestones in tables and in a picture: what a reader of a report sees."""

from dataclasses import replace
from decimal import Decimal

import pytest

from zhibiao.answers.breakdown import Breakdowns
from zhibiao.assessing.breakdown.judged import Judged
from zhibiao.assessing.breakdown.years import milestones
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import ParameterError
from zhibiao.reading.unit_list import Child
from zhibiao.showing.breakdown_records import remarks
from zhibiao.showing.breakdown_tables import finding
from zhibiao.showing.sentences import Sentences

FIGURES = """\
region,indicator,period,basis,value,qualifier,unit,status,confidence,source,published,recorded,reason
500000,intake,2021,in_period,3.1,eq,万人,final,high,bureau,,2025-02-01,
500000,intake,2022,in_period,3.25,eq,万人,final,high,bureau,,2025-02-01,
500000,intake,2023,in_period,3.2,eq,万人,final,high,bureau,,2025-02-01,
500000,social_training,2021,in_period,21,eq,万人次,final,high,bureau,,2025-02-01,
500000,social_training,2022,in_period,18,ge,万人次,final,high,bureau,,2025-02-01,
500101,intake,2021,in_period,9000,eq,人,final,high,bureau,,2025-02-01,
"""
STORED = """\
id: by-district
statement: chongqing-2021-452/intake-2025
by: late
unit: 人
start: {year: 2020, value: 30000}
years: [2021, 2022, 2023, 2024, 2025]
milestones: [30333, 31000, 32000, 33333, 35000]
children:
  - {name: 万州区, code: "500101", values: [10333, 11000, 12000, 13333, 15000]}
  - {name: 涪陵区, code: "500102", values: [5000, 5000, 5000, 5000, 5000]}
  - {name: 甲校, values: [15000, 15000, 15000, 15000, 15000]}
"""


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mine")
    (folder / "observations").mkdir()
    (folder / "breakdowns").mkdir()
    (folder / "sources.yaml").write_text("- {id: bureau, publisher: 局, title: 统计月报, year: 2024, terms: 内部}\n", encoding="utf-8")
    (folder / "observations" / "mine.csv").write_text(FIGURES, encoding="utf-8")
    (folder / "breakdowns" / "by-district.yaml").write_text(STORED, encoding="utf-8")
    return load(folder)


@pytest.fixture(scope="module")
def shipped():
    return load()


def report(registry, region="重庆", **parts):
    return Breakdowns(study(registry, region, **parts))


def rows(table):
    return {row[0]: row[1:] for row in table.texts()}


def test_main_targets_stand_in_equal_steps_where_nothing_is_stored(shipped):
    table = report(shipped).milestones()
    assert [column.name for column in table.columns] == ["target", "start", "2021", "2022", "2023", "2024", "2025", "rule"]
    found = rows(table)
    assert found["年招生规模 >3.5万人"] == ["3（2020）", ">3.1", ">3.2", ">3.3", ">3.4", ">3.5", "匀速（未保存）"]
    assert found["开展职业培训 ≥[75]万人次"] == ["—", *["≥15"] * 5, "匀速（未保存）"]
    assert found["毕业生就业率 ≥98%"][1:3] == ["—", "≥98"]
    assert "不是文件规定" in table.plain()


@pytest.mark.parametrize(("region", "key", "why"), [
    ("江津", "jiangjin-2022-62/skilled-workers", "未分解：基期数不明"), ("沧州", "cangzhou-2019/dual-qualified", "未分解：基期数不明"),
    ("全国", "national-2021-86/part-time-length", "未分解：没有期限"),
])  # fmt: skip
def test_what_cannot_be_broken_down_says_why(shipped, region, key, why):
    assert report(shipped, region).milestones(key).texts()[0][-1] == why


def test_a_target_of_another_region_is_refused(shipped):
    with pytest.raises(ParameterError, match="别的地区"):
        report(shipped, "江津").milestones("chongqing-2021-452/intake-2025")
    with pytest.raises(ParameterError, match="nearest"):
        report(shipped).milestones("chongqing-2021-452/intake")


def test_what_is_stored_speaks(mine):
    found = rows(report(mine).milestones())
    assert found["年招生规模 >3.5万人"] == ["3（2020）", ">3.033", ">3.1", ">3.2", ">3.333", ">3.5", "后置 · by-district"]


def test_the_figures_are_held_against_the_milestones(mine):
    table = report(mine).milestones_judged()
    text = table.plain()
    assert text.startswith("到期的里程碑28个，7个达到，2个未达到，18个未报，1个不能判断")
    told = [row for row in table.texts() if row[0] == "年招生规模 >3.5万人"]
    assert told == [
        ["年招生规模 >3.5万人", "", "2021", ">3.033", "3.1", "达到", ""],
        ["年招生规模 >3.5万人", "", "2022", ">3.1", "3.25", "达到", ""],
        ["年招生规模 >3.5万人", "", "2023", ">3.2", "3.2", "持平，须超过", ""],
        ["年招生规模 >3.5万人", "万州区", "2021", ">10,333", "9,000", "差1,333人", ""],
        ["年招生规模 >3.5万人", "万州区", "2022—2023", ">11,000—12,000", "—", "未报", ""],
        ["年招生规模 >3.5万人", "涪陵区", "2021—2023", ">5,000", "—", "未报", ""],
    ]
    training = [row[2:] for row in table.texts() if row[0] == "开展职业培训 >[100]万人次"]
    assert training[0] == ["2021", ">20", "21", "达到", "21/20 达到"]
    assert training[1] == ["2022", ">20", "≥18", "数不确切，不能判断", "39/40 数不确切，不能判断"]
    assert "“年招生学生规模(万人)3>3.5”" in text and "《统计月报》" in text


def test_english_says_the_same(mine):
    text = report(mine, lang="en").milestones_judged().plain()
    assert "short by 1,333 persons" in text and "level, must exceed" in text and "milestones due, " in text
    assert "差" not in text.replace("《", "") and "growing steps" in report(mine, lang="en").milestones().plain()


def test_one_milestone_is_one(shipped):
    found = study(shipped, "重庆", lang="en")
    one = Judged("", 2021, Decimal(3), None, "not_reported", None)
    assert finding(found, [one]) == "1 milestone due, 1 not reported"
    assert finding(found, [one, one]) == "2 milestones due, 2 not reported"


@pytest.mark.parametrize(("without", "said"), [(["A"], "1 region below has no figure and gets no task: A."), (["A", "B"], "2 regions below have no figure and get no task: A, B.")])
def test_one_region_is_one(shipped, without, said):
    found = study(shipped, "重庆", lang="en")
    made = milestones(found, shipped.statement("chongqing-2021-452/intake-2025"))
    assert said in remarks(found, made, [Child("甲校", None, Decimal(30_000))], without)


def test_an_edited_path_is_shown_as_own(mine):
    edited = replace(mine, breakdowns={"by-district": mine.breakdowns["by-district"].model_copy(update={"milestones": tuple(map(Decimal, (30400, 31000, 32000, 33333, 35000)))})})
    assert rows(report(edited).milestones())["年招生规模 >3.5万人"][-1] == "自定 · by-district"


def test_no_row_of_a_year_that_has_not_come(shipped):
    table = report(shipped, as_of=2020).milestones_judged()
    assert table.rows == [] and "没有到期的里程碑" in table.plain()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("indicator", "column"), [("intake", ["", "3.1", "3.25", "3.2", "", ""]), ("social_training", ["", "21", "≥39", "", "", ""])])
def test_the_picture_shows_figures_and_milestones(mine, lang, indicator, column):
    chart = report(mine, lang=lang).milestone_chart(indicator)
    data = chart.data
    assert list(data.iloc[:, 0]) == [2020, 2021, 2022, 2023, 2024, 2025]
    assert list(data.iloc[1:, 2]) == column[1:]
    assert data.iloc[-1, 1] == (3.5 if indicator == "intake" else 100)
    assert data.iloc[1, 1] == (3.0333 if indicator == "intake" else 20)
    assert chart.image("png") == report(mine, lang=lang).milestone_chart(indicator).image("png")
    assert ("3.033" if indicator == "intake" else "60") in chart.alt


def test_no_picture_where_there_is_nothing_to_draw(shipped):
    found = report(shipped, "江津").milestone_chart("skilled_workers")
    assert isinstance(found, Sentences) and "基期数不明" in repr(found)
    assert "主要目标" in repr(report(shipped).milestone_chart("majors"))
