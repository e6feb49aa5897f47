"""Kind, scope and years in whole documents: what headings, paragraphs, sentences and tables hand down to a figure."""

from __future__ import annotations

import pytest

from zhibiao.catalogue.load import read, shipped
from zhibiao.catalogue.registry import Registry
from zhibiao.reading.extract import extract_text

PLAN = "某市职业教育发展“十四五”规划\n\n某政发〔2021〕3号\n\n2021年5月6日\n\n"
ACTION = "某市职业技能提升行动方案（2023—2025年）\n\n某政办发〔2023〕8号\n\n2023年3月6日\n\n"
OPINION = "某省关于推动技工教育高质量发展的实施意见\n\n某人社发〔2022〕8号\n\n2022年3月6日\n\n"
REPORT = "2026年某省政府工作报告\n\n——2026年1月26日在某省第十四届人民代表大会第四次会议上\n\n"
BULLETIN = "2023年度某市人力资源和社会保障事业发展统计公报\n\n"
UNDATED = "关于加强某类人才队伍建设的意见\n\n为加强队伍建设，提出以下意见。\n\n"

SAID = [
    (
        PLAN,
        "二、主要目标\n\n到2025年主要目标：\n\n——在校生达到10万人。累计培训50万人次，年均开展10万人次。",
        [
            "10万人|target|point|2025",
            "50万人次|target|cumulative|2021-2025",
            "10万人次|target|annual|2021-2025",
        ],
    ),
    (
        PLAN,
        "三、主要任务\n\n（一）扩大规模。“十四五”期间，新建学校5所，新增学位2万个。",
        [
            "5所|target|cumulative|2021-2025",
            "2万个|target|cumulative|2021-2025",
        ],
    ),
    (
        PLAN,
        "三、主要任务\n\n力争3年内建成10个公共实训基地。",
        [
            "10个|target|point|2024",
        ],
    ),
    (
        PLAN,
        "三、主要任务\n\n用5年左右时间，打造20个特色专业群。",
        [
            "20个|target|point|2025",
        ],
    ),
    (
        PLAN,
        "三、主要任务\n\n2023年底前，每个县至少建成1所公办中职学校。",
        [
            "1所|target|point|2023",
        ],
    ),
    (
        PLAN,
        "一、发展基础\n\n五年来，全市累计培训60万人次，建成基地15个，高技能人才由5万人增加到8万人。",
        [
            "60万人次|achieved|cumulative|2016-2020",
            "15个|achieved|point|2020",
            "5万人|baseline|point|2015",
            "8万人|achieved|point|2020",
        ],
    ),
    (
        PLAN,
        "近三年，全市共培训30万人次。",
        [
            "30万人次|achieved|cumulative|2018-2020",
        ],
    ),
    (
        PLAN,
        "三、主要任务\n\n每年培训10万人次，五年共培训50万人次。",
        [
            "10万人次|target|annual|2021-2025",
            "50万人次|target|cumulative|2021-2025",
        ],
    ),
    (
        PLAN,
        "三、主要任务\n\n到2025年，双师型教师比例比2020年提高5个百分点，高技能人才总量较2020年翻一番。",
        [
            "5个百分点|target|point|2025",
            "翻一番|target|point|2025",
        ],
    ),
    (
        PLAN,
        "三、主要任务\n\n就业率由96%提高到98%。",
        [
            "96%|baseline|point|2020",
            "98%|target|point|2025",
        ],
    ),
    (
        PLAN,
        "三、主要任务\n\n实训课时占总课时50%以上。",
        [
            "50%以上|target|standing|None",
        ],
    ),
    (
        PLAN,
        "三、主要任务\n\n按每人每年2000元标准给予补贴。",
        [
            "2000元|target|standing|None",
        ],
    ),
    (
        PLAN,
        "三、主要任务\n\n生均拨款标准达到1.2万元。",
        [
            "1.2万元|target|point|2025",
        ],
    ),
    (
        PLAN,
        "三、主要任务\n\n到2023年建设5个基地，到2025年建设10个基地。",
        [
            "5个|target|point|2023",
            "10个|target|point|2025",
        ],
    ),
    (
        PLAN,
        "三、主要任务\n\n建设5个基地（2023年底前完成）。",
        [
            "5个|target|point|2023",
        ],
    ),
    (
        PLAN,
        "二、主要目标\n\n（一）总体目标。到2025年，技能人才总量达到50万人。\n\n（二）具体目标。\n\n1.培训目标。开展补贴性培训30万人次以上，其中农民工10万人次。\n\n2.就业率稳定在98%以上，对口就业率达到80%。",
        [
            "50万人|target|point|2025",
            "30万人次以上|target|cumulative|2021-2025",
            "10万人次|target|cumulative|2021-2025",
            "98%以上|target|annual|2021-2025",
            "80%|target|point|2025",
        ],
    ),
    (
        PLAN,
        "三、主要任务\n\n每年遴选100名青年教师到企业实践，选派50名骨干赴外研修。",
        [
            "100名|target|annual|2021-2025",
            "50名|target|annual|2021-2025",
        ],
    ),
    (
        PLAN,
        "三、主要任务\n\n培养技术能手200名，建设技能大师工作室50个。",
        [
            "200名|target|cumulative|2021-2025",
            "50个|target|point|2025",
        ],
    ),
    (
        PLAN,
        "截至2020年底，全市共有技工院校20所，在校生5.2万人。",
        [
            "20所|achieved|point|2020",
            "5.2万人|achieved|point|2020",
        ],
    ),
    (
        PLAN,
        "一、发展基础\n\n“十三五”期间，年均毕业生1万人，就业率达到98%，获国家级奖项20项。",
        [
            "1万人|achieved|annual|2016-2020",
            "98%|achieved|point|2020",
            "20项|achieved|cumulative|2016-2020",
        ],
    ),
    (
        PLAN,
        "三、主要任务\n\n班额控制在50人以内。",
        [
            "50人以内|target|point|2025",
        ],
    ),
    (
        ACTION,
        "一、工作目标\n\n2023年至2025年，三年累计培训60万人次，每年不少于20万人次。到2025年底，持证率达到60%以上。",
        [
            "60万人次|target|cumulative|2023-2025",
            "不少于20万人次|target|annual|2023-2025",
            "60%以上|target|point|2025",
        ],
    ),
    (
        ACTION,
        "一、工作目标\n\n2023年，培训20万人次；2024年，培训25万人次；2025年，培训15万人次。",
        [
            "20万人次|target|point|2023",
            "25万人次|target|point|2024",
            "15万人次|target|point|2025",
        ],
    ),
    (
        ACTION,
        "二、重点任务\n\n新建公共实训基地10个，改造提升20个。",
        [
            "10个|target|cumulative|2023-2025",
            "20个|target|cumulative|2023-2025",
        ],
    ),
    (
        OPINION,
        "一、主要目标\n\n到2025年，全省技工院校在校生达到20万人，毕业生就业率保持在97%以上，面向社会年培训规模达到30万人次。",
        [
            "20万人|target|point|2025",
            "97%以上|target|annual|2022-2025",
            "30万人次|target|point|2025",
        ],
    ),
    (
        OPINION,
        "三、政策措施\n\n社会培训收入的60%可用于绩效工资。自2023年起，地方教育附加用于职业教育的比例不低于30%。",
        [
            "60%|target|standing|None",
            "不低于30%|target|standing|None",
        ],
    ),
    (
        OPINION,
        "三、政策措施\n\n企业按职工工资总额的1.5%—2.5%提取教育经费，其中60%以上用于一线职工。",
        [
            "1.5%—2.5%|target|standing|None",
            "60%以上|target|standing|None",
        ],
    ),
    (
        REPORT,
        "一、2025年工作回顾\n\n过去一年，全省地区生产总值增长5.8%，城镇新增就业32万人，粮食产量达到1200万吨。",
        [
            "5.8%|achieved|point|2025",
            "32万人|achieved|point|2025",
            "1200万吨|achieved|point|2025",
        ],
    ),
    (
        REPORT,
        "一、2025年和“十四五”时期工作回顾\n\n“十四五”时期，全省生产总值年均增长5.6%，累计新增就业160万人，城镇化率由52%提高到58%。",
        [
            "5.6%|achieved|annual|2021-2025",
            "160万人|achieved|cumulative|2021-2025",
            "52%|baseline|point|2020",
            "58%|achieved|point|2025",
        ],
    ),
    (
        REPORT,
        "二、“十五五”时期主要目标\n\n生产总值年均增长5.5%左右，研发投入强度达到2%，新增就业150万人。",
        [
            "5.5%左右|target|annual|2026-2030",
            "2%|target|point|2030",
            "150万人|target|cumulative|2026-2030",
        ],
    ),
    (
        REPORT,
        "三、2026年重点工作\n\n今年发展主要预期目标是：地区生产总值增长5.5%左右，城镇新增就业30万人以上，城镇调查失业率5.5%左右。",
        [
            "5.5%左右|target|point|2026",
            "30万人以上|target|point|2026",
            "5.5%左右|target|point|2026",
        ],
    ),
    (
        REPORT,
        "三、2026年重点工作\n\n新建改建农村公路5000公里。建设高标准农田200万亩。",
        [
            "5000公里|target|point|2026",
            "200万亩|target|point|2026",
        ],
    ),
    (
        BULLETIN,
        "年末全市就业人员300万人。全年城镇新增就业8.2万人，比上年增加0.3万人。技工院校在校生2.1万人。2021—2023年三年累计培训30万人次。",
        [
            "300万人|achieved|point|2023",
            "8.2万人|achieved|point|2023",
            "0.3万人|achieved|point|2023",
            "2.1万人|achieved|point|2023",
            "30万人次|achieved|cumulative|2021-2023",
        ],
    ),
    (
        UNDATED,
        "一、目标\n\n到2015年，培养1000名骨干，双师型教师比例达到60%。2012—2014年，每年培训2000人。\n\n二、任务\n\n每年选派50名教师。5年内轮训一遍。建设10个基地。",
        [
            "1000名|target|cumulative|2012-2015",
            "60%|target|point|2015",
            "2000人|target|annual|2012-2014",
            "50名|target|annual|2012-2015",
            "10个|target|point|2015",
        ],
    ),
    (
        OPINION,
        "二、任务\n\n力争到“十四五”末，全省技师学院达到30所，每个设区市至少建成1所技师学院。各地每年安排不少于500万元专项资金。",
        [
            "30所|target|point|2025",
            "1所|target|point|2025",
            "不少于500万元|target|annual|2022-2025",
        ],
    ),
    (
        ACTION,
        "二、任务\n\n符合条件的参保职工，按初级1000元、中级1500元、高级2000元标准给予补贴。培训合格率不低于90%。",
        [
            "1000元|target|standing|None",
            "1500元|target|standing|None",
            "2000元|target|standing|None",
            "不低于90%|target|standing|None",
        ],
    ),
    (
        ACTION,
        "一、目标任务\n\n三年内开展补贴性培训60万人次以上，其中2023年20万人次以上。经过努力，到2025年底技能劳动者占就业人员总量的比例达到30%以上。",
        [
            "60万人次以上|target|cumulative|2023-2025",
            "20万人次以上|target|point|2023",
            "30%以上|target|point|2025",
        ],
    ),
    (
        PLAN,
        "三、任务\n\n选树100名优秀教师和10个先进集体；每年举办技能大赛不少于2次；参训学员满意度达到95%以上。",
        [
            "100名|target|cumulative|2021-2025",
            "10个|target|cumulative|2021-2025",
            "不少于2次|target|annual|2021-2025",
            "95%以上|target|point|2025",
        ],
    ),
    (
        PLAN,
        "一、基础\n\n2020年，全市生产总值达到3000亿元，“十三五”年均增长7%，较2015年增长40%，人均可支配收入3.2万元。",
        [
            "3000亿元|achieved|point|2020",
            "7%|achieved|annual|2016-2020",
            "40%|achieved|point|2020",
            "3.2万元|achieved|point|2020",
        ],
    ),
    (
        PLAN,
        "专栏3 重点工程\n\n1.技能提升工程。培训10万人次，建设5个中心。\n\n2.强师工程。培育名师100名。",
        [
            "10万人次|target|cumulative|2021-2025",
            "5个|target|point|2025",
            "100名|target|cumulative|2021-2025",
        ],
    ),
    (
        PLAN,
        "三、任务\n\n现有技工院校20所，到2025年力争达到25所。支持3所学校升格。",
        [
            "20所|achieved|point|2021",
            "25所|target|point|2025",
            "3所|target|point|2025",
        ],
    ),
    (
        PLAN,
        "三、任务\n\n学校占地面积不低于100亩，专任教师不少于60人，生均校舍面积达到20平方米以上。",
        [
            "不低于100亩|target|standing|None",
            "不少于60人|target|point|2025",
            "20平方米以上|target|point|2025",
        ],
    ),
    (
        OPINION,
        "二、目标\n\n“十四五”期间，全省新增高技能人才30万人，其中技师、高级技师5万人；2025年技能人才占比达30%。",
        [
            "30万人|target|cumulative|2021-2025",
            "5万人|target|cumulative|2021-2025",
            "30%|target|point|2025",
        ],
    ),
    (
        PLAN,
        "三、任务\n\n在10所中职学校、5所高职院校开展试点，覆盖50%以上的专业，惠及学生3万人。",
        [
            "10所|target|point|2025",
            "5所|target|point|2025",
            "50%以上|target|point|2025",
            "3万人|target|cumulative|2021-2025",
        ],
    ),
    (
        PLAN,
        "三、任务\n\n构建“1个中心+N个基地”格局，培育10家龙头企业，力争2家进入全国500强，产值过百亿元企业5家。",
        [
            "10家|target|point|2025",
            "2家|target|point|2025",
            "5家|target|point|2025",
        ],
    ),
    (
        OPINION,
        "二、任务\n\n2022年，对困难学生给予每人每年2000元补助。每生每年公用经费不低于8000元。",
        [
            "2000元|target|standing|None",
            "不低于8000元|target|standing|None",
        ],
    ),
]
"""Head of a document, its body, and each figure as written with kind, scope and years."""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return read((shipped(),))


def timed(text: str, registry: Registry, name: str = "x") -> list[str]:
    """Each figure of a text with kind, scope and years."""
    return [f"{c.written.strip()}|{c.kind}|{c.scope}|{c.period}" for c in extract_text(text, name, registry).candidates]


@pytest.mark.parametrize(("head", "body", "expected"), SAID, ids=[row[1].split("\n")[-1][:16] for row in SAID])
def test_what_is_handed_down(head: str, body: str, expected: list[str], registry: Registry) -> None:
    assert timed(head + body, registry) == expected


SPEECH = """政府工作报告

——2026年1月26日在某省第十四届人民代表大会第四次会议上

各位代表：

现在，我代表省人民政府，向大会报告工作。

过去一年，全省地区生产总值增长5.8%。

——产业升级提速。新增高新技术企业500家。

“十四五”时期，全省生产总值年均增长5.6%，累计新增就业160万人。

各位代表！今年是“十五五”开局之年。主要预期目标是：地区生产总值增长5.5%左右。

“十五五”时期，生产总值年均增长5%左右。

2026年要抓好以下工作：

（一）扩大内需。实施省级重点项目300个。到2030年，建成10个基地。
"""


def test_a_report_looks_back_and_ahead(registry: Registry) -> None:
    assert timed(SPEECH, registry) == [
        "5.8%|achieved|point|2025",
        "500家|achieved|point|2025",
        "5.6%|achieved|annual|2021-2025",
        "160万人|achieved|cumulative|2021-2025",
        "5.5%左右|target|point|2026",
        "5%左右|target|annual|2026-2030",
        "300个|target|point|2026",
        "10个|target|point|2030",
    ]


def test_a_report_without_a_date_takes_the_year_of_its_file(registry: Registry) -> None:
    body = "政府工作报告\n\n过去一年，新增就业32万人。\n\n今年新增就业30万人以上。"
    assert timed(body, registry, "某省-2026") == ["32万人|achieved|point|2025", "30万人以上|target|point|2026"]


BOXES = [
    (
        "专栏1 “十四五”时期主要指标\n\n| 类别 | 指标 | 2020年 | 2025年 | 年均增长（%） | 属性 |\n|---|---|---|---|---|---|\n| 规模 | 1.技工院校在校生（万人） | 5.2 | 6 | 2.9 | 预期性 |\n| | 2.职业技能培训（万人次） | [50] | [60] | — | 预期性 |\n| 质量 | 3.毕业生就业率（%） | 98 | >98 | — | 约束性 |\n| | 4.劳动年龄人口平均受教育年限（年） | 10.8 | 11.3 | 0.1 | 约束性 |\n\n注：[ ]内为五年累计数。\n",
        [
            "5.2|baseline|point|2020",
            "6|target|point|2025",
            "[50]|baseline|cumulative|2016-2020",
            "[60]|target|cumulative|2021-2025",
            "98|baseline|point|2020",
            ">98|target|point|2025",
            "10.8|baseline|point|2020",
            "11.3|target|point|2025",
        ],
    ),
    (
        "表1 主要指标\n\n序号 指标名称 单位 2020年基数 2025年目标 指标属性\n1 城镇新增就业 万人 [25] [30] 预期性\n2 城镇登记失业率 % 3.2 ≤5 预期性\n3 高技能人才总量 万人 8.5 10 预期性\n",
        [
            "[25]|baseline|cumulative|2016-2020",
            "[30]|target|cumulative|2021-2025",
            "3.2|baseline|point|2020",
            "≤5|target|point|2025",
            "8.5|baseline|point|2020",
            "10|target|point|2025",
        ],
    ),
    (
        "专栏2\n\n指标名称\n\n单位\n\n2020年\n\n2022年\n\n2025年\n\n属性\n\n学前教育毛入园率\n\n%\n\n92\n\n94\n\n95以上\n\n预期性\n\n高中阶段毛入学率\n\n%\n\n91.5\n\n92\n\n93\n\n预期性\n",
        [
            "92|baseline|point|2020",
            "94|target|point|2022",
            "95以上|target|point|2025",
            "91.5|baseline|point|2020",
            "92|target|point|2022",
            "93|target|point|2025",
        ],
    ),
    (
        "附件1\n\n重点任务分工表\n\n序号\n\n任务\n\n责任单位\n\n完成时限\n\n1\n\n建设5个公共实训基地\n\n市人社局\n\n2023年底\n\n2\n\n培训农民工10万人次\n\n市农业农村局\n\n2025年\n",
        [
            "5个|target|point|2023",
            "10万人次|target|cumulative|2021-2025",
        ],
    ),
    (
        "到2025年主要目标如下：\n\n指标\t2025年目标\n在校生\t6万人\n",
        [
            "6万人|target|point|2025",
        ],
    ),
]


@pytest.mark.parametrize(("box", "expected"), BOXES, ids=["markdown", "spaced", "cell by cell", "annex with deadlines", "tabs"])
def test_tables(box: str, expected: list[str], registry: Registry) -> None:
    assert timed(f"{PLAN}二、主要目标\n\n{box}", registry) == expected
