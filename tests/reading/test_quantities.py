"""Quantities as official prose writes them, beyond the plans the rules began with; written from knowledge of such texts, not taken from any."""

from __future__ import annotations

import pytest

from zhibiao.reading.amounts import Figure
from zhibiao.reading.figures import figures
from zhibiao.reading.passages import lines

FORMS = [
    ("人均受教育年限提高到11.5年", "11.5 eq 年"),
    ("参训率达到百分之九十五", "95 eq %"),
    ("覆盖面超过百分之八十", "80 gt %"),
    ("七成以上学生", "70 ge %"),
    ("近九成企业", "90 about %"),
    ("两成左右的课程", "20 about %"),
    ("规模增长三倍", "3 eq 倍"),
    ("培训３．５万人次左右", "3.5 about 万人次"),
    ("培训1，200人上下", "1200 about 人"),
    ("建设10—15个基地", "10..15 between 个"),
    ("建设10至15个基地", "10..15 between 个"),
    ("建设10-15个基地", "10..15 between 个"),
    ("建设10~15个基地", "10..15 between 个"),
    ("建设10～15个基地", "10..15 between 个"),
    ("建设10到15个基地", "10..15 between 个"),
    ("投入8000万元", "8000 eq 万元"),
    ("投入1.2亿元以上", "1.2 ge 亿元"),
    ("培训8千人", "8 eq 千人"),
    ("新增就业50余万人", "50 gt 万人"),
    ("新增就业近50万人", "50 about 万人"),
    ("培养100名大师、50个团队和10家企业", "100 eq 名;50 eq 个;10 eq 家"),
    ("学校数不高于30所", "..30 le 所"),
    ("事故率控制在0.5%以内", "..0.5 le %"),
    ("师资比例达到或超过60%", "60 ge %"),
    ("巩固率达95％以上", "95 ge %"),
    ("90%以上的学校达到标准，80%的教师参加培训", "90 ge %;80 eq %"),
    ("兼职教师占比不低于三分之一", "33.3333 ge %"),
    ("生均公用经费每生每年不低于1000元", "1000 ge 元"),
    ("每人每年2000元标准", "2000 eq 元"),
    ("实训课时占总课时50%以上", "50 ge %"),
    ("每个县至少1所中职学校", "1 ge 所"),
    ("配备1名以上专职人员", "1 ge 名"),
    ("资助500元/人", "500 eq 元/人"),
    ("浓度降至25微克/立方米", "25 eq 微克/立方米"),
    ("获得3金2银5铜", "3 eq 枚;2 eq 枚;5 eq 枚"),
    ("夺得金牌12枚", "12 eq 枚"),
    ("建成120公里绿道", "120 eq 公里"),
    ("发电装机800万千瓦", "800 eq 万千瓦"),
    ("用电1500亿千瓦时", "1500 eq 亿千瓦时"),
    ("床位600张", "600 eq 张"),
    ("人均预期寿命提高到79.5岁", "79.5 eq 岁"),
    ("优良天数达到300天以上", "300 ge 天"),
    ("地区生产总值增长5.5%左右", "5.5 about %"),
    ("失业率5.5%左右", "5.5 about %"),
    ("居民消费价格涨幅3%左右", "3 about %"),
    ("粮食产量稳定在1200万吨以上", "1200 ge 万吨"),
    ("研发投入强度达到2.8%", "2.8 eq %"),
    ("万人发明专利拥有量达到20件", "20 eq 件"),
    ("高技能人才占技能劳动者比例达到1/3", "33.3333 eq %"),
    ("双师型教师占比达60%(含)以上", "60 ge %"),
    ("培训10万人（次）以上", "10 ge 万人"),
    ("新增20万平方米", "20 eq 万平方米"),
    ("学位2万个", "2 eq 万个"),
    ("筹资3000余万元", "3000 gt 万元"),
    ("奖补资金不超过50万元", "..50 le 万元"),
    ("每标准课时奖100元", "100 eq 元"),
    ("工资性收入增长10%以上", "10 ge %"),
    ("比2020年提高5个百分点", "5 eq 个百分点"),
    ("较2020年翻一番", "2 eq 倍"),
    ("降幅超过3个百分点", "3 gt 个百分点"),
    ("控制在45人以内", "..45 le 人"),
    ("每班不超过50人", "..50 le 人"),
    ("师生比达到1:18", "1 eq :18"),
    ("生师比18:1", "18 eq 人/人"),
    ("建立一支500人的队伍", "500 eq 人"),
    ("吸引1000多家企业", "1000 gt 家"),
    ("服务超百万人次", "100 gt 万人次"),
    ("5所学校入选", "5 eq 所"),
    ("10家", "10 eq 家"),
    ("入围“双高计划”3所", "3 eq 所"),
    ("全省前3名", "..3 le 位"),
    ("位居全国第5位", "5 eq 位"),
    ("进入全国前十", "..10 le 位"),
    ("经济总量达到1.2万亿元", "1.2 eq 万亿元"),
    ("力争达到2万亿", "2 eq 万亿"),
    ("约占总数的40%", "40 about %"),
    ("不足20%", "..20 lt %"),
    ("至多5个", "..5 le 个"),
    ("降到3‰以下", "..3 le ‰"),
]
"""Text, and its figures: value, comparator, unit."""

NAMES_AND_ORDINALS = [
    "企业人数在300人以上的企业",
    "为65岁以上老人服务",
    "培养百名大师",
    "培养千名骨干",
    "万名教师进企业",
    "1人1策",
    "“一县一校”",
    "“3+2”五年制",
    "“1+X”证书试点",
    "“双一流”高校",
    "“四个一批”行动",
    "第十四个五年规划",
    "“三教”改革",
    "“一核两翼”",
    "百千万人才工程",
    "“123456”工作思路",
    "5G网络",
    "12333热线",
    "教育信息化2.0行动",
    "5A级景区",
    "GB/T19001-2016标准",
    "〔2023〕5号",
    "2023年12月31日",
    "电话：0311-86905432",
    "第3条规定",
    "第二十一条",
    "（三）加强领导",
    "表1 主要指标",
    "图2所示",
    "“211工程”",
    "三年制高职",
    "2+0模式",
    "4.0版",
    "第十五届全国运动会",
    "四届人大五次会议",
    "3月底前完成",
    "每月5日前报送",
    "9时至17时",
    "第2季度",
    "一级甲等",
    "三甲医院",
    "一等奖",
    "二级以上公路",
    "“十四五”规划",
    "前两年",
    "5年来",
    "20多年",
    "近10年",
    "七天假期",
    "两会精神",
    "三大攻坚战",
    "四大班子",
    "八项规定",
    "三支一扶",
    "五险一金",
    "六稳六保",
    "一户一档",
    "全国百强县",
    "500强",
    "24小时服务",
    "7×24小时",
    "零距离",
]


def told(figure: Figure) -> str:
    """A figure in a few signs."""
    low, high = (format(end.normalize(), "f") if end is not None else "" for end in (figure.low, figure.high))
    value = f"{low}..{high}" if figure.comparator in ("between", "le", "lt") else low
    return f"{value} {figure.comparator} {figure.unit}"


def read(text: str) -> list[str]:
    """The figures of a text of one line or several."""
    return [told(figure) for line in lines(text) for figure in figures(line.text)]


@pytest.mark.parametrize(("text", "expected"), FORMS, ids=[form[0] for form in FORMS])
def test_quantities(text: str, expected: str) -> None:
    assert read(text) == expected.split(";")


@pytest.mark.parametrize("text", NAMES_AND_ORDINALS)
def test_no_quantities(text: str) -> None:
    assert read(text) == []


def test_a_line_break_within_a_number() -> None:
    assert read("到2025年，全市技工院校在校生规模达到1\n0万人以上，其中高级工班以上达到5\n万人。") == ["10 ge 万人", "5 eq 万人"]


def test_both_sides_of_a_move_may_be_lists() -> None:
    (line,) = lines("标准分别从每人每月209元、280元提高到217元、290元")
    assert [(str(f.low), f.role) for f in figures(line.text)] == [("209", "from"), ("280", "from"), ("217", "to"), ("290", "to")]
