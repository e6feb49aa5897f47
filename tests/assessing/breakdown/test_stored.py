"""Breakdowns as files: what is written is read back, and an edited one is told where it no longer adds up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.assessing.breakdown.shares import divide
from zhibiao.assessing.breakdown.stored import breakdown_of, check, milestones_of, save, text
from zhibiao.assessing.breakdown.years import milestones
from zhibiao.catalogue.breakdowns import breakdown
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import ParameterError, RegistryError
from zhibiao.model.breakdown import UNSEEN, name_fault
from zhibiao.reading.unit_list import Child

INTAKE = "chongqing-2021-452/intake-2025"
NAMES = ['=HYPERLINK("http://x")', "../../x", "- 甲", "null", "校\\n", "a: b", "#校", "校" * 100, "{甲}", "'乙'"]


@pytest.fixture(scope="module")
def question():
    return study(load(), "重庆")


@pytest.fixture(scope="module")
def made(question):
    path = milestones(question, question.registry.statement(INTAKE))
    return breakdown_of("mine", divide(path, [Child(name, None, Decimal(i + 1), 10, 30_000) for i, name in enumerate(NAMES)]))


def test_a_file_reads_back_as_it_was(tmp_path, made):
    path = save(made, tmp_path)
    assert path == tmp_path / "breakdowns" / "mine.yaml"
    assert breakdown(path).model_copy(update={"origin": ""}) == made
    assert load(tmp_path).breakdowns["mine"].children[1].name == "../../x"


@given(st.text(st.characters(exclude_categories=["Cs", *UNSEEN]), min_size=1, max_size=100).filter(lambda name: name.strip() == name and name_fault(name) is None))
def test_any_name_reads_back(made, tmp_path_factory, name):
    renamed = made.model_copy(update={"children": (made.children[0].model_copy(update={"name": name}),)})
    path = tmp_path_factory.mktemp("b") / "mine.yaml"
    path.write_text(text(renamed), encoding="utf-8", newline="\n")
    assert breakdown(path).children[0].name == name


def test_one_that_somebody_edited_is_not_replaced_unasked(tmp_path, made):
    path = save(made, tmp_path)
    save(made, tmp_path, replace=False)
    path.write_text(path.read_text(encoding="utf-8").replace("[31000,", "[31001,"), encoding="utf-8")
    with pytest.raises(ParameterError, match="不覆盖"):
        save(made, tmp_path, replace=False)
    assert "31001" in path.read_text(encoding="utf-8")
    save(made, tmp_path)
    assert "31001" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["../x", "X", "", "a/b", "a" * 65, "甲"])
def test_an_id_stays_in_its_folder(question, name):
    with pytest.raises(ParameterError, match="编号"):
        breakdown_of(name, milestones(question, question.registry.statement(INTAKE)))


def edited(made, child, column, value):
    if child is None:
        values = (*made.milestones[:column], Decimal(value), *made.milestones[column + 1 :])
        return made.model_copy(update={"milestones": values})
    one = made.children[child]
    values = (*one.values[:column], Decimal(value), *one.values[column + 1 :])
    children = [*made.children]
    children[child] = one.model_copy(update={"values": values})
    return made.model_copy(update={"children": tuple(children)})


def test_what_was_made_adds_up(question, made):
    assert check(question, made) == ()


@pytest.mark.parametrize(
    ("child", "column", "value", "places", "said"),
    [
        (None, 4, 34_999, [(None, 2025), (None, 2025)], "2025年差 1人"),
        (None, 1, 32_001, [(None, 2022)], "2022年各单位合计 32000，任务 32001，少 1人"),
        (0, 0, 9, [(0, 2021), (None, 2021)], "比下限少 1人"),
        (0, 0, "563.5", [(0, 2021), (None, 2021)], "不是不小于 0 的整数人"),
        (0, 2, 40_000, [(0, 2023), (None, 2023)], "比上限多 10000人"),
    ],
)
def test_an_edit_that_does_not_add_up_is_told_where(question, made, child, column, value, places, said):
    found = check(question, edited(made, child, column, value))
    assert [(one.child, one.year) for one in found] == places
    assert any(said in one.what for one in found)


def test_a_unit_that_was_changed_is_told_once(question, made):
    plain = made.model_copy(update={"children": (), "unit": "万人"})
    assert [(one.year, one.what.split("，")[0]) for one in check(question, plain)] == [(2021, "2021年 31000万人")]
    shared = check(question, made.model_copy(update={"unit": "万人"}))
    assert len(shared) == 1 and "以“万人”计，请核对单位" in shared[0].what


def test_what_a_rule_gave_keeps_its_name_and_what_was_edited_is_own(question):
    kept = 0
    for statement in question.statements("target"):
        for rule in ("even", "growth", "late"):
            try:
                found = breakdown_of("m", milestones(question, statement, rule))
            except ParameterError:
                continue
            kept += 1
            assert milestones_of(question, found).rule == rule, (statement.key, rule)
            more = found.model_copy(update={"milestones": (found.milestones[0] + 1, *found.milestones[1:])})
            assert milestones_of(question, more).rule == "own"
            assert milestones_of(question, more.model_copy(update={"by": "own"})).rule == "own"
    assert kept > 20
    start = breakdown_of("m", milestones(question, question.registry.statement(INTAKE)))
    assert milestones_of(question, start.model_copy(update={"start": None})).rule == "own"
    assert milestones_of(question, start.model_copy(update={"start": start.start.model_copy(update={"year": 2021})})).rule == "own"


def test_a_total_holds_its_bounds_over_all_years(question):
    path = milestones(question, question.registry.statement("chongqing-2021-452/training-2025"))
    found = breakdown_of("t", divide(path, [Child("甲", None, Decimal(1), 400_000), Child("乙", None, Decimal(3), None, 620_000)]))
    assert [sum(child.values) for child in found.children] == [400_000, 600_000]
    moved = edited(edited(found, 0, 0, 50_000), 1, 0, 150_000)
    assert [(one.child, one.year) for one in check(question, moved)] == [(0, None), (1, None)]


BROKEN = [
    ("milestones: [31000,", "milestones: [", "mine.yaml:9: mine · milestones: .*有 4 个数，年份有 5 个"),
    ("by: even", "by: slow", "mine.yaml:5: .*by: 值无效"),
    ("years: [2021, 2022,", "years: [2021, 2023,", "mine.yaml:8: .*年份须逐年相连"),
    ("unit: 人", "unit: 所", "单位不符"),
    ("unit: 人", "unite: 人", "unknown key 'unite'"),
    ("statement: chongqing-2021-452/intake-2025", "statement: chongqing-2021-452/intake-2020", "没有这一目标 .*nearest"),
    ('name: "../../x"', 'name: "- 甲"', "单位重复"),
    ("floor: 10,", "floor: 40000,", "下限 40000 大于上限"),
    ("base: 2,", 'base: "2",', "不是数字"),
    ('name: "- 甲"', "name: 合计", "mine.yaml:13: .*是合计行"),
    ('name: "- 甲"', 'name: "a\\u202Eb"', "mine.yaml:13: .*U\\+202E"),
    ("base: 2,", 'base: 2, code: "999999",', "未知的地区"),
]


@pytest.mark.parametrize(("old", "new", "said"), BROKEN)
def test_a_broken_file_says_where(tmp_path, made, old, new, said):
    path = save(made, tmp_path)
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RegistryError, match=said) as broken:
        load(tmp_path)
    assert "mine.yaml" in str(broken.value)


def test_a_code_of_two_units_says_where(tmp_path, made):
    path = save(made, tmp_path)
    content = path.read_text(encoding="utf-8")
    path.write_text(content.replace("base: 2,", 'base: 2, code: "500101",').replace("base: 3,", 'base: 3, code: "500101",'), encoding="utf-8")
    with pytest.raises(RegistryError, match=r"mine\.yaml:13: .*代码 500101 已用于"):
        load(tmp_path)


def test_the_same_id_twice_in_a_folder_is_a_slip(tmp_path, made):
    path = save(made, tmp_path)
    (path.parent / "other.yaml").write_bytes(path.read_bytes())
    with pytest.raises(RegistryError, match="编号重复"):
        load(tmp_path)


