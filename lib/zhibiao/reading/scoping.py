"""Whether a figure holds at a point, for each year, adds up over the period, or is a rule without an end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from zhibiao.model.document import Scope, StatementKind
from zhibiao.model.period import Span
from zhibiao.reading import wording
from zhibiao.reading.amounts import Figure
from zhibiao.reading.times import Mark

ANNUAL = re.compile(r"每学?年(?!级)|逐年|每年度|按年度?(?=[^,。;]{0,6}(?:不|开展|组织|安排))")
OTHER_ROUND = re.compile(r"每(?:学期|半年|季度?|月|周|[天日]|[两二三四五\d]个?[年月]|批次?|期|次|轮)|(?<![\d一二三四五六])[月周]均")
"""Rounds that are no year: what they ask for is a rule."""

WITHIN_YEAR = re.compile(rf"年度(?={wording.YEARLY}|[^,。;]{{0,4}}(?:供应|安排|投入)[^,。;]{{0,3}}量)|(?<![\d一二三四五六七八九十每今去上本当多近全前后青老成中少学近])年(?={wording.YEARLY})|当年实现")
CAPACITY = re.compile(r"(?:能力|规模)[^,。;]{0,2}(?:达到?|突破|超过?|扩大到|提高到|提升到|增加到)[^,。;]{0,4}$")
"""年培训能力达到5000人次 is what can be done in a year, reached at the end."""

MEAN = re.compile(r"年均(?!浓度|值|气温|降)|[两三四五]年平均|平均每年|每年平均|年平均(?!浓度|气温|值|降)")
OWN_TIME = re.compile(r"期间|时期|年内|[两三四五十\d]年[^度级制]|(?<!截)[到至]20\d\d")
"""A time of the clause itself, against 每年 in the clause before."""

YEARS_LONG = re.compile(r"(?:^|\d是|[一二三四五六]是)[三四五十35]年(?=[^,;。内来期间左右前后度级制以之]{2})")
"""五年提供见习岗位10万个: a clause that begins with the length of the plan."""

SHARE_OF = re.compile(r"(?:比例|占比|比重|率)[^,;。]{0,6}$")
"""每年投入2000万元,用于职业教育的比例30%: a share has a time of its own."""
LONG_WORK = re.compile(r"[三四五345]年内|(?:今后|未来|接下来的?)[三四五345]年|[两三四五十]年来|“十[一二三四五六]五”?(?:期间|时期)")
"""In a text whose years are not known these say all the same that flows add up."""

TOTAL = re.compile(r"累计|合计达|总计|[五三四两]年(?:内)?(?:共|累计|合计|总共)|(?<![所院校家县区市省全与])共(?=[^,。;有同计]{0,2}(?:募集|筹集|开展|培训|培养|建设|新建|新增|完成|投入|安排|引进|评选))")
HELD = re.compile(r"(?:保持|稳定|维持|巩固)(?:在|为)?$|保持$")
HELD_AT = re.compile(r"(?:保持|稳定|维持)在[^,。;]{0,4}$")
KEPT_WITHIN = re.compile(r"率[^,。;]{0,6}控制在[^,。;]{0,3}$")
PRINCIPLE = re.compile(r"原则上|一般(?:为|是|不|应|在|按)")
STANDING = re.compile(r"原则上|按照?[^,。;]{2,30}$|按规定|定额|基准|(?:将|拿出|提取|计提|列支)[^,。;]{0,14}$|按[\d.]*$")
GIVEN = re.compile(r"(?:给予|奖励|补助|补贴|资助|奖补|贴息|贷款)[^,。;]{0,24}$|每(?:人|生|户|家|个|名|所|间|班|项)?每?[月天年次]|每(?:人|生|户|名)|每(?:校|所|个|家|项|村|县)[^,。;]{0,6}(?:支持|补助|奖补|奖励|资助|安排)|每(?:所|个|家|项|班|校|县)[^,。;]{0,14}(?:不超过|最高|不低于|不少于)|标准(?:为|是|按|每|不)|最高|一次性|定额|额度")
"""Before a sum of money: what each one gets."""

RAISED = re.compile(r"(?:提高|增加|上调|调整|提标|提升|增长)(?:到|至|为)[^,;。]{0,24}$")
"""An amount that is raised to a new level by its date is an aim, no rule."""

RULED_SUBJECT = re.compile(r"课时|学时|教学时间|学分|工资总额|附加|公用经费|编制|员额|职数|费用|成绩|权重|岗位(?:总)?[数量]|职工总数|实习|收入|保证金|标准(?!化)|结余|额度|待遇|折算|分成|抵免|抵扣|税率")
"""Shares of these are rules where no year is named: 实训课时占总课时50%以上."""

TAUGHT = re.compile(r"课时|学时|教学时间|学分|工资总额|附加|公用经费")
"""Of these even the plan of a single year states what always holds."""

RULED = ("%", "倍", "个百分点", "百分点", "人/人", "元", "学时", "课时", "学分", "个学时", "门", "平方米", "个学分", "小时", "亩", "分钟")
"""Units in which a lower or an upper bound is a rule rather than a thing to be built."""

MEASURED_LENGTH = re.compile(r"受教育年限|寿命|(?:时间|周期|用时|时长)(?:平均)?(?:缩短|压缩)")
"""Lengths that are indicators, no rules: 平均受教育年限达12.3年以上."""

LENGTHS = ("年", "个月", "天", "周", "小时", "个小时", "个工作日", "分钟", "日")

OWN_VERB = re.compile(rf"{wording.any_of(word for word in wording.MAKING if len(word) > 1)}|保持|达到|提高|扩大|给予|奖励|补助|资助|配备")
FLOWS = re.compile(wording.any_of(wording.MADE_ON_THE_WAY))
PEOPLE_MADE = re.compile(wording.any_of(wording.MAKING_PEOPLE))
BUILDS = re.compile(r"(?:打造|建设|建成|创建|培育|形成|布局|设立|建立|组建|遴选|认定)[^,;。]{0,6}$")
"""Before what stands at the end: 打造10个培训品牌, though 培训 is a verb of flows elsewhere."""

ALWAYS_FLOWS = re.compile(r"新增(?!长)|新建|新设|改扩建|改造|累计|评出|选派|荣获|获得|获|摘得|招收|走进|升格|增补|化解|建成技师学院")
LEVEL = re.compile(r"(?:达到|达|总量|总数|总规模|规模|保有量|拥有量?|存量|余额|容量|能力|增加到|扩大到|提高到|增长到|发展到|在校生|在岗|持有)[^,。;]{0,6}$")
"""Words of a stock: it stands at the end."""

EARNED = re.compile(r"(?:人均|户均|生均|可支配|纯|年)?(?:收入|产值|增加值|生产总值|经费)[^,;。]{0,4}$")
COMPARED = re.compile(r"比|较|同比|相比")
ADDED = re.compile(r"新增(?!长)|新建|改扩建")
DONE = re.compile(r"开展|组织|完成|举办|实施")
"""Verbs that make even a level of person-times something that adds up: 到2025年,开展培训达到10万人次."""

EACH = re.compile(r"每(?:人|生|名|户|家|个|校|班|所|亩)[^,。;]{0,8}每(?:学?年|月)|[生人户]均")
ONE_BY_ONE = ("人", "名", "人次", "次", "场", "场次", "期")
"""Units of what is done again each year where 每年 stands in the clause before."""

EACH_ONE_YEARLY = re.compile(r"每(?:人|生|名|位|户|家)[^,。;\d]{0,8}每年[^,。;]{0,12}$")

FOR_EACH = re.compile(r"每[\d.]+[百千万]?(?:名|人|个|所|位|张|户|家)[^,;。]{0,12}(?:配备|配置|配|设置|设立|安排|不少于|至少)[^,;。]{0,4}$")
"""A norm of staff or things (每50名学生配备1名)."""

LAW = re.compile(r"^[^,;。]{0,12}的?(?:政策|规定|标准|要求|比例)|^的(?:税率|基础上)")
"""Behind a figure: it is part of a rule that is in force (提高至8%的税收政策)."""

STANDING_SHARE = re.compile(r"按照?[^,;。]{0,20}$")
SUBSIDY = re.compile(r"(?:补助|补贴|奖补|贴息|分担|配套|抵免)比例")
SETS_ASIDE = re.compile(r"(?:将|拿出|提取|计提|列支)[^,。;]{0,14}$")
LAW_BEFORE = re.compile(r"落实|执行|按|巩固|严格|提取|计提")
SPENT = re.compile(r"(?:资金|经费)?(?:应|须|要|可)?(?:用于|用作|奖励给|留归|归)")
"""Behind a share: a rule how money is to be spent (60%以上用于一线职工培训)."""

DONE_AGAIN = ("人次", "次", "场", "场次")
PERSONS = ("人", "名")
CLAUSES = re.compile(r"[,;:。]")


@dataclass(frozen=True)
class Said:
    """A figure with its own words and its sentence on either side, the time that governs it and what is known of its kind.

    ``aims`` says that a heading speaks of aims, ``open_ended`` that the document has no end, ``one_year`` that it is a plan of a single
    year. ``own_mark`` that the sentence itself names the time. ``year`` is the single year that is named, ``period`` the years it may add up over.
    """

    figure: Figure
    words: str
    sentence: str
    rest: str
    mark: Mark | None
    year: int | None
    period: Span | None
    kind: StatementKind
    aims: bool
    open_ended: bool
    one_year: bool
    own_mark: bool
    after_mark: int
    """Where in the sentence the words behind that time begin."""

    @cached_property
    def up_to(self) -> str:
        """The sentence with the words that belong to the figure: 每学年 between 不少于 and the number."""
        return f"{self.sentence}{self.words}"

    @cached_property
    def clause(self) -> str:
        """The last clause before the figure."""
        return CLAUSES.split(self.sentence)[-1]

    @property
    def own_clause(self) -> bool:
        """Is the time named between the last semicolon and the figure?"""
        return self.own_mark and bool(re.search(r"(?:19|20)\d\d|[“一二三四五]年?", self.sentence.split(";")[-1]))

    @property
    def near_mark(self) -> bool:
        """Does the time stand in the clause of the figure, or by itself before it (到2025年,)?"""
        return self.own_mark and not re.search("[,;]", self.sentence[self.after_mark + 1 :])

    @property
    def several_years(self) -> bool:
        """Does the time that governs the figure last several years?"""
        if self.year is not None or self.period is None or self.period.start >= self.period.end:
            return False
        return self.kind == "achieved" or (self.mark is not None and (self.mark.within or self.mark.looking_back))

    @cached_property
    def unit(self) -> str:
        """The unit without its scale."""
        return self.figure.unit.lstrip("万亿千百")

    @cached_property
    def around(self) -> str:
        """The words that say what is counted and what is done with it."""
        # 10个集培训、评价于一体的基地: what is counted comes at the end
        parts = CLAUSES.split(self.sentence)
        # 新增30万人,其中技师5万人; 输送200万名毕业生,80万名学徒
        before = "".join(parts[-2:]) if parts[-1].startswith("其中") or (not parts[-1] and self.kind == "target") else self.clause
        return before + re.split(r"[,;。:]" if self.rest.startswith("集") else r"[,;。、:]", self.rest)[0]


def scope_of(said: Said) -> tuple[Scope, bool, bool]:
    """The scope, whether the mean of the years is meant (年均) and whether a level is to be held (保持).

    The order is that of strength: what the brackets of a box and 累计 say, then rounds, then rules, then what kind of thing is counted.
    """
    annual, mean, total = _repeated(said)
    # 到2025年年招生突破12万人 is of that one year
    yearly = bool(WITHIN_YEAR.search(said.clause))
    annual = annual or (yearly and said.year is None and not CAPACITY.search(said.clause))
    held = (bool(HELD.search(said.clause)) and said.figure.comparator != "eq") or bool(HELD_AT.search(said.clause))
    if said.figure.bracketed:
        return "cumulative", False, False
    if said.kind == "target" and _endless(said, annual):
        return "standing", False, False
    if total and not annual and said.kind == "target" and said.unit in LENGTHS and said.figure.normative:
        return "standing", False, False  # 每人累计不少于12周
    if total and "%" not in said.figure.unit:
        return "cumulative", False, False
    if mean or annual or held:
        return "annual", mean and not held, held
    if said.kind == "target" and _binds(said):
        return "standing", False, False
    if said.mark and said.mark.within and said.mark.year is None and said.figure.comparator != "about" and KEPT_WITHIN.search(said.clause):
        return "annual", False, False
    if said.figure.change and said.several_years and not COMPARED.search(said.clause):
        return "cumulative", False, False  # “十四五”时期增长30%
    if _adds_up(said, yearly):
        return "cumulative", False, False
    return "point", False, False


def _repeated(said: Said) -> tuple[bool, bool, bool]:
    """Do 每年, 年均, 累计 hold here? 每年 also carries on to a clause without a verb of its own, 累计 along a list."""
    sentence, clause = said.up_to, CLAUSES.split(said.up_to)[-1]
    mean, total = bool(MEAN.search(clause)), bool(TOTAL.search(clause) or YEARS_LONG.search(clause))
    annual = (bool(ANNUAL.search(clause)) and not re.search(r"每年.*20\d\d年", clause)) or mean  # 每年提高2个百分点、2023年达到65%
    if said.unit.endswith("元") and EACH.search(clause):
        annual = False  # 每人每年2000元 is what each one gets
    if not annual and not total and said.unit in ONE_BY_ONE and len(parts := CLAUSES.split(sentence)) > 1:
        annual = bool(re.search(r"每年[^,;。]*\d" if not clause.startswith("带动") else r"(?:每年|年均)[^,;。]*\d", parts[-2])) and not TOTAL.search(parts[-2]) and not OWN_TIME.search(clause) and not re.search("配备|达到|拥有|保有", clause)
    if not annual and not total and not OWN_VERB.search(clause):
        earlier = [part for part in CLAUSES.split(sentence)[:-1] if part]
        share = said.figure.normative and said.unit == "%" and SHARE_OF.search(clause)
        if earlier and not share and not EACH.search(earlier[-1]) and ANNUAL.search(earlier[-1]) and not TOTAL.search(earlier[-1]):
            annual = True
        # 年培训2万人次以上,1.7万人取得证书
        annual = annual or bool(earlier and re.fullmatch(r"[\d.]*[百千万亿]*\D{0,2}", clause) and WITHIN_YEAR.search(earlier[-1]))
    if total and annual:
        mean = sentence.rfind("年均") > sentence.rfind("累计")
        annual = mean or bool(re.search(r"每学?年(?:度)?累计", clause))  # 每年累计不少于1个月 adds up within each year
        total = not annual
    return annual, mean, total


def _endless(said: Said, annual: bool) -> bool:
    """A round of five years, not one pupil left out, a yearly rule in a document without an end, a rule for each term or day."""
    figure = said.figure
    if figure.low == figure.high == 0 or (figure.unit == "年" and figure.comparator == "eq" and "length of time" in figure.doubt):
        return True
    if EACH_ONE_YEARLY.search(said.up_to) and not said.unit.endswith("元"):
        return True  # 每人每年不超过3次
    if said.unit in LENGTHS and PRINCIPLE.search(said.clause):
        return True
    own_round = bool(OTHER_ROUND.search(CLAUSES.split(said.up_to)[-1]))
    if annual and not own_round:
        return figure.normative and said.mark is None and said.open_ended
    if figure.role == "to" or said.unit.endswith("元"):
        return False  # 每人每月2000元 is an amount for each, not a round
    return own_round


def _binds(said: Said) -> bool:
    """A rule binds without a date: 不低于, 原则上, 按收入的5—20%, 一年以上, 每人每年2000元; 其中60% goes with what it is of."""
    parts = CLAUSES.split(said.sentence)
    clause = "".join(parts[-2:]) if parts[-1].startswith("其中") else said.clause
    if PRINCIPLE.search(said.clause) or FOR_EACH.search(said.clause):
        return True
    if said.unit.endswith("元") and (RAISED.search(said.sentence) or said.figure.change):
        return False
    each = said.unit.endswith("元") and bool(EACH.search(clause)) and not (said.mark and (said.mark.goal or (said.near_mark and re.search("[生人户]均", clause))))
    given = said.unit.endswith("元") and not said.figure.unit.startswith("亿") and bool(GIVEN.search(said.clause))
    lasts = given or (said.unit in LENGTHS and said.figure.normative) or (said.unit == "%" and bool(SPENT.match(said.rest) or SETS_ASIDE.search(clause) or SUBSIDY.search(clause)))
    dated = said.mark is not None and not said.mark.onwards and (said.near_mark or not lasts)
    if said.unit == "%" and re.search(r"按照?[^,;。\d]{2,24}的$", said.clause):
        return True  # 2020年前轮训一遍,按公用经费的5%安排
    if not said.own_clause and STANDING_SHARE.search(said.clause) and re.match("[^,;。]{0,3}的比例", said.rest):
        return True  # 到2015年,建成…;按5%-10%的比例设置
    if said.figure.role == "to" or (dated and not each):
        return False  # 2012年,给予每人每年2000元 sets a rule all the same
    if not said.own_mark and LAW.match(said.rest) and LAW_BEFORE.search(said.clause):
        return True
    if said.unit == "%" and (SPENT.match(said.rest) or SUBSIDY.search(clause)):
        return True
    if (said.unit in LENGTHS and not MEASURED_LENGTH.search(said.clause)) or given:
        return True
    if said.aims or (said.one_year and not (said.figure.normative and TAUGHT.search(f"{clause}{said.words}"))):
        return False
    ruled = said.unit in RULED or said.unit.endswith("元")
    if said.figure.normative and (ruled or STANDING.search(said.sentence)):
        return True
    share = said.figure.unit in ("%", "个百分点", "元", "万元") and bool(STANDING.search(clause))
    return share or (said.unit in ("%", "倍") and bool(RULED_SUBJECT.search(clause)) and not re.search(r"率[^,。;]{0,8}$", said.clause))


def _adds_up(said: Said, yearly: bool) -> bool:
    """Does the figure add up over the period, rather than stand at its end?"""
    period, year = said.period, said.year
    if period is None:
        return bool(LONG_WORK.search(said.sentence)) and _flows(said)
    if period.start >= period.end:
        return False
    if year is not None and not (said.mark is not None and said.mark.lasting):
        of_the_year = yearly or (said.mark is not None and said.mark.named_year and not said.mark.goal and not said.mark.edge)
        added = ADDED.search(said.clause) or (said.unit in PERSONS and PEOPLE_MADE.search(said.around) and not LEVEL.search(said.clause)) or (said.unit in DONE_AGAIN and (DONE.search(said.clause) or not LEVEL.search(said.clause)))
        if of_the_year or said.kind != "target" or not added:
            return False
    return _flows(said)


def _flows(said: Said) -> bool:
    if "%" in said.unit or said.unit in ("倍", "位", "个百分点", "百分点", "人/人", "岁"):
        return False
    if CAPACITY.search(said.clause):
        return False
    standing = said.unit not in ("人", "名", "人次") and any(thing in said.around for thing in wording.STANDING_THINGS)
    if said.unit == "元" and EARNED.search(said.clause):
        return False  # 人均收入突破2万元
    if said.unit in LENGTHS or (said.unit not in DONE_AGAIN and said.unit in wording.FLOW_UNITS and LEVEL.search(said.clause)):
        return False  # 每万人口拥有量达到8件
    if said.unit in wording.FLOW_UNITS or ALWAYS_FLOWS.search(said.around):
        return not (said.unit in ("种", "期") and standing)
    if standing or LEVEL.search(said.clause):
        return False
    people = said.unit in PERSONS and bool(PEOPLE_MADE.search(said.around))
    return people or bool(FLOWS.search(said.clause if BUILDS.search(said.clause) else said.around))
