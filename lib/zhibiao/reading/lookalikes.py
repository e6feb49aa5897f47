"""What only looks like a figure of a plan: years, ordinals, conditions, lengths of time, a Chinese numeral that counts nothing."""

from __future__ import annotations

import re

from zhibiao.reading import wording

AFTER = re.compile(rf"(?:\([^()\d]{{1,14}}\))?(?:床位|学位|岗位)?(?P<word>{wording.any_of(wording.AFTER)}|余|多(?=[^元样种层方]))")
FILLER = r"(?:了|到|至|于|在|为|有)?(?:每学年|每学期|每年|每周|每[天日月]|每[百千万]?(?:人|名(?:学生|老人)?)|每生|每班|年均|平均|人均|生均){0,2}"
BEFORE = re.compile(rf"(?P<word>{wording.any_of(wording.BEFORE)}){FILLER}$")
NORM = re.compile(rf"(?P<word>{wording.any_of(word for word in wording.NORMS if word not in ('最低', '最高'))})(?:[^,;:。、()\d]{{0,16}}|[^,;:。、()\d]{{0,30}}的)$")
CLASS_OF_THINGS = re.compile(r"(?:以上|以下)?的?(?:的?超?大班|用人单位|企业|单位|班额|班级)|以[上下]的[^,。;]{0,14}(?:机关|单位|村|社区|乡镇|小区)")
APPLICANTS = re.compile(
    r"(?:及)?以[上下](?:的(?:用人单位|企业|单位|人员|劳动者|[^,。;、]{0,8}(?:学校|院校|学院|专业|企业|纳税人|贷款|家庭|个人))"
    r"|(?:项目|贷款|家庭)|的?,?(?:均|也|方)?可(?=以|申|参|享|建|按|报))|的部分"
)
"""After a length of time or a sum: who may apply (年营业收入500万元以上的企业), no aim."""

CLASS_BY_SUM = re.compile(r"(?:级|以上)?的?(?:企业|产业|园区|开发区|集群|大县|强县|强镇|工程)")
"""After a sum of money: a class of things (产值过百亿元企业), no aim."""

PERSONS = re.compile(r"[\u4e00-\u9fff]{0,6}?(?:学徒|群众|人口|学生|学员|居民|农民|农民工|职工|教师|劳动力|劳动者|毕业生|就业|人才|青年|妇女|老人|儿童|技师|技工|工人|工匠|学子|大学生|新生|志愿者|监测对象|帮扶对象|用户|游客|户籍人口|牧民|村民|搬迁群众|人员|干部|党员|家庭|考生|新生)")
"""After a number with a scale alone: persons (46万群众)."""

BUILT = re.compile(r"(?:建成|新建|建好|建设|创建|新增|争创|办好|设立|布局)$")
BUILT_UP = re.compile(r"(?:建成|新建|创建|争创|建好)$")
"""Verbs after which 一所, 一个 count one thing that is built rather than introduce it."""

SANCTIONED = re.compile(r"的[^,。;、]{0,4}(?:单位|学校|院校|企业|机构|地区|县|专业|不予|不得|核减|取消|暂停|扣减|通报|约谈)")
"""Behind a share: who falls under a sanction or a prize (完成率低于60%的单位), no aim."""

TENS_WORDS = ("十", "百", "千", "万", "亿")

LENGTHS = ("年", "个月", "个季度", "个学期", "天", "周", "小时", "个小时", "个工作日")


def left_out(first: re.Match[str], last: re.Match[str], before: str, after: str, unit: str, scale: str, chinese: bool) -> bool:
    """Is a number a year, an ordinal, part of a name, a length of time, a condition, an indefinite 一?

    Parameters
    ----------
    first, last : re.Match
        The number and the second of a range, or the number again; both with the groups ``number``, ``more``, ``more2``.
    before, after : str
        The line on either side.
    """
    number = first["number"]
    if re.match(r"\?\d", after) or re.search(r"第$|[A-Za-z+#_/\\·〔［×*.&]$|\d[-:]?$|\d\s$|号$|\d\?$", before) or (before[-1:] == "," and before[-2:-1].isdigit() and len(number) == 3):
        return True
    if number in "1一" and re.search(r"每(?:新)?(?:招|吸纳|安置|培训|培养|引进|认定|带动|增加?|新增|建成|通过|接收|组织)[\u4e00-\u9fff]{0,2}$", before) and unit in ("人", "名", "家", "个", "户", "所"):
        return True  # 每招用1人
    if unit in ("个", "级") and re.match(r"[^,。;]{0,6}(?:台阶|百分点大关)", after):
        return True  # 跨越4个千亿元台阶
    if unit in ("名", "位", "强") and before.endswith("前"):
        return True  # 前10名给予奖励
    if before.endswith(("每", "图", "表")) or after.startswith(("+", "号", "〕")) or (number in "1一" and re.match(r"[1一](?!\d)", after)):
        return True
    if chinese and number[0] in TENS_WORDS:
        if re.search(r"[数几若]$|(?<!每年办)好$", before):
            return True
        if number[0] != "十" and not re.search(r"(?:超过?|过|近|约|逾|突破|达到?|上)$", before) and not (last["more"] or last["more2"] or AFTER.match(after)):
            return True
    if not scale and unit in ("", "年") and not chinese and any(re.fullmatch(r"(?:19|20)\d\d", n) for n in (number, last["number"])):
        return True
    if unit in LENGTHS and not _is_length(before, after, number):
        return True
    if (unit in ("人", "名") and CLASS_OF_THINGS.match(after)) or ((unit in LENGTHS or unit in ("元", "人", "名")) and APPLICANTS.match(after)):
        return True
    if unit == "岁" and not re.search(r"寿命[^,。;]{0,30}$|平均年龄[^,。;]{0,8}$", before):
        return True  # who is meant
    if unit == "%" and re.search(r"(?:低于|不足|未达到|达不到|不到|超过|高于)$", before) and SANCTIONED.match(after):
        return True
    if unit.endswith("元") and CLASS_BY_SUM.match(after):
        return True
    if scale and not unit:
        if not chinese and PERSONS.match(after):
            return False  # 培训100万新型学徒
        known = re.search(r"(?:达到|突破|超过|不少于|不低于|保持在|稳定在|达|为|[生员师工人才者量模数])$", before)
        ends = re.match(r"以上|以内|以下|左右|上下|[,。;、)]|$", after)
        return chinese or not (ends and (known or re.search(r"[\u4e00-\u9fff]$", before)))
    return chinese and bool(unit) and not scale and first is last and _idle(before, after, number, unit)


def _is_length(before: str, after: str, number: str) -> bool:
    """A length of time counts only where a rule or a measured mean sets it (一年以上, 不少于6个月, 平均13.8年)."""
    if re.search(r"(?:年限|天数|时长)[^,。;]{0,14}$|(?:增加|减少|缩短|延长|压缩)了?$|(?:缩短|压缩|压减|延长|控制|限定)(?:至|到|在|为)?$", before) or (re.search(r"达到?$", before) and AFTER.match(after)):
        return True
    if wording.TIME_BEFORE.search(before) or wording.CONDITION.search(before):
        return False
    return "." in number or bool(AFTER.match(after) or NORM.search(before)) or bool(re.search(r"年限(?:为|达到?|提高到)?$|(?:一般|原则上)(?:为|是)?$", before))


def _idle(before: str, after: str, number: str, unit: str) -> bool:
    """A Chinese numeral that counts nothing: 一个, 两个维护, 三项制度."""
    compared = bool(AFTER.match(after) or BEFORE.search(before) or NORM.search(before))
    if number == "一" and ((unit in ("所", "座", "家") and BUILT.search(before)) or (unit == "个" and BUILT_UP.search(before))):
        return False
    if unit == "倍" and re.search(r"(?:增加|增长|提高|扩大|提升|高)了?$", before):
        return False
    if number == "一" or unit in ("届", "期", "次", "类", "位", "条", "部", "处", "对", "起", "片", "份", "门"):
        return not compared
    if after.startswith(wording.SET_PHRASES):
        return True
    if len(number) > 1 or compared or unit in wording.COUNTED_BY_WORD:
        return False
    return not re.search(rf"(?:{wording.any_of(wording.MAKING)})了?$", before)
