"""The words of plans and bulletins that the reading rules know, as tables."""

from __future__ import annotations

import re
from collections.abc import Iterable

from zhibiao.model.document import Comparator


def any_of(words: Iterable[str]) -> str:
    """An alternation, the longest word first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


BEFORE: dict[str, Comparator] = {
    "达到或超过": "ge", "不低于": "ge", "不得低于": "ge", "不能低于": "ge", "不少于": "ge", "不得少于": "ge", "不能少于": "ge", "不小于": "ge",
    "至少": "ge", "最少": "ge", "最低": "ge", "≥": "ge", ">=": "ge",
    "不超过": "le", "不得超过": "le", "不能超过": "le", "不高于": "le", "不得高于": "le", "不多于": "le", "不大于": "le", "至多": "le", "最多": "le",
    "最高": "le", "≤": "le", "<=": "le",
    "超过": "gt", "超出": "gt", "超": "gt", "突破": "gt", "大于": "gt", "高于": "gt", "多于": "gt", "逾": "gt", "过": "gt", ">": "gt",
    "低于": "lt", "少于": "lt", "小于": "lt", "不足": "lt", "不到": "lt", "<": "lt",
    "大约": "about", "约": "about", "约为": "about", "近": "about", "将近": "about", "接近": "about", "大致": "about",
}  # fmt: skip
"""Words before a number."""

NORMS = ("不低于", "不得低于", "不能低于", "不少于", "不得少于", "不能少于", "不小于", "不超过", "不得超过", "不能超过", "不高于", "不得高于", "不多于",
         "不大于", "至少", "最少", "至多", "最多", "最低", "最高")  # fmt: skip
"""Words that set a rule; the number may follow a little later (不少于每学年16学时, 不低于学生总数的50%)."""

AFTER: dict[str, Comparator] = {
    "及以上": "ge", "或以上": "ge", "以上": "ge", "及以下": "le", "或以下": "le", "以下": "le", "以内": "le", "之内": "le", "左右": "about", "上下": "about",
}  # fmt: skip
"""Words after the unit."""

UNITS = (
    "人次", "人", "名", "%", "‰", "个百分点", "百分点", "个点", "个月", "个工作日", "个小时", "个学时", "个学分", "个课时", "个", "所", "家", "项", "次", "本",
    "种", "条", "学时", "课时", "小时", "学分", "年", "位", "门", "件", "套", "台", "支", "元", "平方米", "平方公里", "公里", "公顷", "立方米", "亩", "枚", "届",
    "处", "场次", "场", "期", "例", "倍", "类", "座", "间", "栋", "户", "册", "辆", "吨", "篇", "批次", "天", "周", "起", "对", "片", "艘", "部",
)  # fmt: skip
"""Units a number may have; those that `zhibiao.model.units` does not know yet are candidates all the same."""

NOT_A_UNIT = {
    "人": "才|力资|口|社|工智|民|文|物", "名": "单|牌|誉|录|优?校长", "本": "科|地|市|区|省|校|级|年|次|人|规划|硕", "门": "类", "处": "理|于|置|分", "期": "间|末|满|待|望",
    "场": "景|所|馆|地", "支": "持|出|撑|柱|付|部|援", "台": "阶|账", "元": "化|素", "件": "套", "位": "居|于|列|置", "次": "会议|全会|全体|要|序|日|年",
    "部": "分|门|委|署|队|级|长|省|属|颁", "对": "口|接|标|照|应|外|于", "类": "别|型|似", "起": "步|来|草|点|到", "家": "长|庭|政", "条": "件|例|款", "所": "有|属|在(?![校册岗读建编])|需|以[^上下内外]|得|学(?![校院])|长",
    "年": "级|度|内|来|前|后|底|末|初|期|左右时间|时间|间|一|制|薪|龄|报|工|鉴|版|春|秋|夏|冬|第|全国|[0-9]", "片": "区", "期间": "", "户": "籍|外", "周": "年|岁|期|边", "天": "津|然", "间": "接|隔",
    "届": "毕业|中|[一二三四五六七八九]|高|全|世",
}  # fmt: skip
"""What may not follow a unit: 10万人才 counts 人才, 3本科 no books."""

COUNTED_BY_WORD = frozenset(("所", "家", "名", "人", "人次", "%", "倍", "亩", "元", "年", "学时", "课时", "个月", "个百分点", "百分点", "户"))
"""Units after which a small Chinese numeral is a figure by itself (两所); after the others a verb or a comparator must say so."""

SET_PHRASES = ("维护", "确立", "自信", "意识", "一百年", "大局", "层面", "层次", "方面", "阶段", "统筹", "一批", "文明", "必由", "结合", "务必", "清单", "课堂", "转变", "面向")
"""What follows 两个, 四个, 三个 in set phrases."""

MAKING = (
    "建设", "创建", "建立", "组建", "建成", "新建", "筹建", "共建", "选派", "获得", "获", "开展", "遴选", "开发", "评选", "推动", "打造", "争创", "实现", "新增", "培育", "培养", "引进",
    "培训", "招收", "举办", "选树", "认定", "设立", "支持", "建", "完成", "达到", "形成", "扶持", "推出", "编写", "招聘", "聘请", "选拔", "输送", "承办", "改造", "扩建",
    "改扩建", "立项", "资助", "争取", "确定", "布局", "拥有", "共有", "有", "设", "增设", "评出", "摘得", "重点建设", "创办", "扩大到", "调整到", "入选", "取得", "与", "推进",
)  # fmt: skip
"""Verbs whose object is counted: the thing is named after the number."""

MADE_ON_THE_WAY = ("新增", "累计", "评出", "评选", "选派", "获得", "荣获", "获", "摘得", "培训", "招收", "培养", "举办", "输送", "完成", "选树", "发放", "开发", "投入", "走进", "资助", "吸纳", "帮助")
"""Verbs of flows: their figures add up over a period."""

FLOW_UNITS = frozenset(("人次", "次", "场", "场次", "本", "种", "件", "枚", "期", "批次", "篇", "例", "起"))

STANDING_THINGS = ("基地", "院校", "学校", "学院", "大学", "中心", "集团", "联盟", "专业", "工作室", "平台", "库", "团队", "工作站", "流动站", "教室", "站")
"""Things that stand at the end of a plan, however they came about."""

CHANGES = ("增加", "减少", "提高", "增长", "下降", "降低", "上升", "提升", "扩大", "压减", "回落", "增幅", "上浮", "缩小", "多", "少")

ACHIEVED_HEADINGS = re.compile(
    r"发展现状|发展基础|工作基础|现实基础|现状基础|规划背景|发展背景|主要成就|发展成就|取得的?成[效绩就]|工作回顾|发展回顾|完成情况|执行情况|实施情况|基本情况"
    r"|^发展环境$|^现状|“?十[一二三四]五”?(?:时期|期间)?(?:发展|主要|工作|取得).{0,8}(?:成|回顾|情况)|^基本现状$|^面临(?:的)?形势"
)

CONDITION = re.compile(r"(?:签订|缴纳|缴费|参保|失业|连续|稳定就业|服务|从业|在岗|毕业|有效期|服务期|年满|距[^,。]{0,8})[^,;。\d]{0,6}$")
"""Before a length of time: who is meant (签订1年以上劳动合同的), no aim."""

TIME_BEFORE = re.compile(r"(?:经过|经|近|过去|未来|今后|连续|每|每隔|用|毕业|前|后|为期|历时|工作满|满|到|至|上|持续|同|每满)$")
"""Before a number of years: a length of time that is passing, no figure of a plan."""
