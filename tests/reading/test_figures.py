"""Every form of quantity that plans use, and what only looks like one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhibiao.reading.figures import figures
from zhibiao.reading.passages import lines

FORMS = [
    ("在校生3.5万", "3.5", "3.5", "万", "eq"),
    ("整合到400所以内", None, "400", "所", "le"),
    ("重点建设100所在校生过千的学校", "100", "100", "所", "eq"),
    ("高技能人才占比达到1/3", "33.3333", "33.3333", "%", "eq"),
    ("半数以上毕业生", "50", None, "%", "ge"),
    ("近七成取得证书", "70", "70", "%", "about"),
    ("企业实践覆盖率实现全覆盖", "100", "100", "%", "eq"),
    ("招生规模达到3.5万人", "3.5", "3.5", "万人", "eq"),
    ("年招生>3.5万人", "3.5", None, "万人", "gt"),
    ("累计培养[15]万人", "15", "15", "万人", "eq"),
    ("累计培养>[ 15 ]万人", "15", None, "万人", "gt"),
    ("在校生保持在12万人以上", "12", None, "万人", "ge"),
    ("就业率不低于98%", "98", None, "%", "ge"),
    ("就业率不低于９８％", "98", None, "%", "ge"),
    ("专题教育不少于每学年16学时", "16", None, "学时", "ge"),
    ("培训人次不低于在校生的2倍", "2", None, "倍", "ge"),
    ("合作企业超过1000家", "1000", None, "家", "gt"),
    ("在校生突破400万人", "400", None, "万人", "gt"),
    ("贫困家庭子女超36万人", "36", None, "万人", "gt"),
    ("建立10个左右乡村驿站", "10", "10", "个", "about"),
    ("招生3万余人", "3", None, "万人", "gt"),
    ("评出奖项650余个", "650", None, "个", "gt"),
    ("30多名大师", "30", None, "名", "gt"),
    ("总规模2000多万人", "2000", None, "万人", "gt"),
    ("近800所学校", "800", "800", "所", "about"),
    ("约5000人", "5000", "5000", "人", "about"),
    ("共建8—10个社区教育基地", "8", "10", "个", "between"),
    ("举办大赛2至3次", "2", "3", "次", "between"),
    ("收入的5—20%", "5", "20", "%", "between"),
    ("达到85%—90%", "85", "90", "%", "between"),
    ("提高2—3个百分点", "2", "3", "个百分点", "between"),
    ("8万至10万人", "8", "10", "万人", "between"),
    ("建设两三所学校", "2", "3", "所", "between"),
    ("占比不超过5个百分点", None, "5", "个百分点", "le"),
    ("班额控制在45人以下", None, "45", "人", "le"),
    ("辍学率控制在2%以内", None, "2", "%", "le"),
    ("师资不足3000人", None, "3000", "人", "lt"),
    ("兼职教师占三分之一", "33.3333", "33.3333", "%", "eq"),
    ("双师型教师占教师总数的一半以上", "50", None, "%", "ge"),
    ("双师型教师超过一半", "50", None, "%", "gt"),
    ("比例达到百分之九十以上", "90", None, "%", "ge"),
    ("八成以上毕业生", "80", None, "%", "ge"),
    ("规模翻一番", "2", "2", "倍", "eq"),
    ("收入翻两番", "4", "4", "倍", "eq"),
    ("两所学校建成技师学院", "2", "2", "所", "eq"),
    ("建设三个基地", "3", "3", "个", "eq"),
    ("近百所院校", "100", "100", "所", "about"),
    ("百余家企业", "100", None, "家", "gt"),
    ("普职比45:55", "45", "45", "%", "eq"),
    ("生师比达到18∶1", "18", "18", "人/人", "eq"),
    ("疫情防控“零”感染", "0", "0", "例", "eq"),
    ("综合成绩全国第三", "3", "3", "位", "eq"),
    ("技工院校一年以上非全日制学籍", "1", None, "年", "ge"),
    ("平均受教育年限13.8年", "13.8", "13.8", "年", "eq"),
    ("招生1，946．47万人", "1946.47", "1946.47", "万人", "eq"),
    ("6，　256．29万人", "6256.29", "6256.29", "万人", "eq"),
    ("创建 15 所优质院校", "15", "15", "所", "eq"),
    ("一等奖8个", "8", "8", "个", "eq"),
    ("至少建成5个专业", "5", None, "个", "ge"),
    ("职业院校1100所(含)以上", "1100", None, "所", "ge"),
    ("落实教师5年一周期的全员轮训", "5", "5", "年", "eq"),
    ("力争三年内建成投入使用", None, "3", "年", "le"),
    ("不让一名学生因贫失学", "0", "0", "名", "eq"),
    ("占总课时超过一半", "50", None, "%", "gt"),
    ("投入资金1.5亿元", "1.5", "1.5", "亿元", "eq"),
]


@pytest.mark.parametrize(("text", "low", "high", "unit", "comparator"), FORMS, ids=[form[0] for form in FORMS])
def test_forms(text: str, low: str | None, high: str | None, unit: str, comparator: str) -> None:
    (line,) = lines(text)
    found = figures(line.text)
    assert [(f.low, f.high, f.unit, f.comparator) for f in found] == [(low and Decimal(low), high and Decimal(high), unit, comparator)]


NOT_QUANTITIES = [
    "渝人社〔2021〕452号", "渝府发〔202135号", "2022年7月22日", "日期:2022-01-05", "2021—2025年", "“1+X”证书制度", "1+2+4+N布局", "“6+5”产业体系", "国家级“双高计划”学校",
    "第45届世界技能大赛", "第一枚金牌", "党的十九届二中、三中全会", "（一）加强领导", "1.年度计划", "毕业3年内毕业生", "经过5—10年左右时间", "全国500强企业", "信息化2.0", "两个维护",
    "“四个自信”", "三科统编教材", "建设一个平台", "五年一贯制", "《职业教育改革20条》", "连续两届大赛", "数百名教师", "拨打12333", "规模500人以上的企业", "近三年来", "发布时间 2019-08-01 10:48", "9:00开会",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_QUANTITIES)
def test_what_only_looks_like_a_quantity(text: str) -> None:
    assert [f for line in lines(text) for f in figures(line.text)] == []


def test_a_list_shares_its_last_unit() -> None:
    found = figures("分别比上年提高5.6、9.9和7个百分点")
    assert [(f.low, f.unit) for f in found] == [(Decimal("5.6"), "个百分点"), (Decimal("9.9"), "个百分点"), (7, "个百分点")]


def test_a_list_of_things() -> None:
    assert [(f.low, f.unit) for f in figures("获得8个一等奖、7个二等奖、3个三等奖")] == [(8, "个"), (7, "个"), (3, "个")]


def test_from_one_level_to_another() -> None:
    first, second = figures("职业院校由近800所调整到700所左右")
    assert (first.role, first.low, first.comparator) == ("from", 800, "about")
    assert (second.role, second.low, second.comparator) == ("to", 700, "about")


def test_a_change_is_marked() -> None:
    level, change = figures("在校生9.9万人,比上年增加0.93万人")
    assert (level.change, change.change) == (False, True)


def test_lost_dashes_are_read_before_the_noun_only() -> None:
    assert [(f.low, f.high) for f in figures("共建810个社区教育基地、16个实训基地", dashes_lost=True)] == [(8, 10), (16, 16)]
    assert [(f.low, f.high) for f in figures("名师工作室13个、企业30个", dashes_lost=True)] == [(13, 13), (30, 30)]
    assert figures("共建810个社区教育基地")[0].low == 810


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("职业院校63757(其中民办20000)所", [("63757", "所"), ("20000", "所")]),
        ("在校生从3.2万增加到5万人", [("3.2", "万人"), ("5", "万人")]),
        ("分别培训3万、4万、5万人次", [("3", "万人次"), ("4", "万人次"), ("5", "万人次")]),
        ("占比分别达到80%、60%以上", [("80", "%"), ("60", "%")]),
    ],
)
def test_several_figures_share_a_unit(text: str, expected: list[tuple[str, str]]) -> None:
    found = [(str(f.low), f.unit) for line in lines(text) for f in figures(line.text)]
    assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "与企业签订1年以上劳动合同的",
        "取得中级工证书2年以上的可申报",
        "年营业收入500万元以上的企业可建站",
        "规模3500人以上的示范性中等职业学校",
        "实现教师培训全覆盖",
        "2022年9/10月",
    ],
)
def test_conditions_are_no_figures(text: str) -> None:
    assert [f for line in lines(text) for f in figures(line.text)] == []
