"""Whether a text that is no plan (a newspaper's article, a school's portrait) tells what is, and which of its figures are aims all the same."""

from __future__ import annotations

import re
from collections.abc import Sequence

PLANS = re.compile(r"规划|方案|行动计划|年计划|振兴计划|纲要|实施意见|指导意见|若干意见|的意见|办法|(?:近日|日前|联合|正式)[^,。]{0,10}(?:印发|出台|下发)")
"""An article on a plan tells what is planned."""

ASKS = re.compile(
    r"力争|争取|努力|确保|(?<=[校省市县区们年院,;。])计划|拟|将(?=[^,。;]{0,16}(?:建|新增|培|开展|达|实现|投入|完成|打造|实施|推出|扩|提高|招|增加|安排|引进))|目标|(?<!截)[到至](?:19|20)\d\d年|要(?!求|素|闻|点|件|道|害|领)|应当|今后|未来|下一步|进一步|明年"
)
"""Words that govern a figure which is yet to come."""

TELLS = re.compile(
    r"^(?:截[至止])?(?:19|20)\d\d年[底末]?,(?![^。]{0,20}(?:目标|将|要|计划|力争|拟|预期))|近[几两三些]?年来?|多年来|目前|(?<![自而])已(?!婚)|累计|截至|截止|取得(?:了|[^,。]{0,6}成[就效绩])|以来|去年|全年|[两三四五十]年来|先后|现有|共有|获得|荣获|(?:记者|获悉|据悉|本报讯|电\(|据[^,。]{0,12}(?:介绍|统计|显示))|数据显示|[同环]比|占地|有效|[\u4e00-\u9fff]了(?=\d)"
)
QUOTED = re.compile(r"“[^”]{0,16}”|《[^》]*》")
OVER = re.compile(r"(?:截[至止]到?|^|[。;])((?:19|20)\d\d)年(?:[底末]|,(?![^。]{0,20}(?:目标|将|要|计划|力争|拟|预期))|全)")
DIGIT = re.compile(r"\d")
NUMBERED = re.compile(r"[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|--")
TRAIL = re.compile(r"^#*(?:首页|当前位置|您的?位置|所在位置)|>")
"""Where a page stands on a site."""

OPENING = 3


def tells_what_is(texts: Sequence[str]) -> bool:
    """Does a text without the title of a plan tell what was reached?

    Its lines with figures do so by words like 目前, 累计, 记者; dashes and numbered headings are those of a plan's excerpt.
    """
    texts = [text for text in texts if not TRAIL.search(text)]
    if any(PLANS.search(text) for text in texts[:OPENING]) or any(NUMBERED.match(text) for text in texts):
        return False
    said = [text for text in texts if re.search("[,。]", text)]
    figures = [text for text in said if DIGIT.search(text)]
    telling = sum(bool(TELLS.search(text)) for text in said)
    asking = sum(bool(ASKS.search(text)) and not TELLS.search(text) for text in figures)
    return telling >= max(asking, 1)


def last_year_told(texts: Sequence[str]) -> int | None:
    """The last year that such a text without a date speaks of as over; it speaks in the next."""
    years = [int(year) for text in texts for year in OVER.findall(text)]
    return max(years, default=None)


def asks(sentence: str, opening: str) -> bool:
    """Is a figure of such a text an aim: does a word of its sentence, or the first words of its paragraph, look ahead?"""
    return bool(ASKS.search(QUOTED.sub("", sentence)) or re.match(r"[^,。]{0,8}(?:下一步|未来|今后|接下来|明年|“?十[一二三四五六]五”?期间[^,。]{0,6}将)", opening))
