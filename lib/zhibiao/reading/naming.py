"""What a figure is of: the words of the document, and the nearest indicator of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from zhibiao.errors import RegistryError
from zhibiao.model.document import Scope
from zhibiao.model.indicator import Indicator
from zhibiao.model.units import unit_of
from zhibiao.reading import wording
from zhibiao.reading.amounts import Figure
from zhibiao.reading.times import MARK

LONGEST = 30
UNNAMED = re.sub(r"\?P<\w+>", "?:", MARK.pattern)
"""A time at the head of a phrase is no part of the name."""

NOUNS_TOO = frozenset(("建设", "培训", "培养", "支持", "改造", "开发", "招聘", "完成", "获", "设", "建", "与"))
"""Verbs that end the name of a thing as well: 社会培训16.7万人次."""

TAIL = re.compile(
    rf"(?:{wording.any_of([*(word for word in wording.MAKING if word not in NOUNS_TOO), *wording.BEFORE, '为', '是', '由', '从', '约为', '达', '占', '保持在', '稳定在', '维持在', '在', '到', '至', '共', '计', '的', '提升到', '提高到', '增加到', '努力'])})+$"
)
HEAD = re.compile(
    rf"^(?:\d{{1,2}}[.、](?!\d)|其中|并|且|同时|力争|争取|努力|到|至|在(?![校册岗读学])|全市|全区|全省|全国|我市|我区|我省|新增|每年|每学年|年均|累计|先后|[一二三四五六七八九十]是|共|以及|和|与|及|或|的|{UNNAMED})+"
)
VERB_HEAD = re.compile(rf"^(?:{wording.any_of(word for word in wording.MAKING if len(word) > 1)})+")
CHANGE = re.compile(rf"(?:(?:比|较|同比)[^,。;]{{0,10}})?(?:{wording.any_of(wording.CHANGES)}).{{0,4}}$|^(?:比|较|同比).{{0,10}}$")
MOVE = re.compile(r"(?:调整|提高|增加|上升|下降|减少|降低|扩大|增长|提升)(?:到|至|为)")
ENDS = re.compile(r"[,;:。、()!?\t]")
COUNTED = frozenset(("个", "所", "家", "项", "名", "人", "种", "门", "本", "支", "处", "枚", "套", "条"))
SURE = 0.6
"""Likeness from which an indicator is taken without a question mark; over the reviewed plans most of those below were wrong."""


def phrase_of(text: str, figure: Figure, previous: Figure | None, following: Figure | None, subject: str) -> str:
    """The words that say what is counted: 在校生 before 9.9万人, 优质技工院校 after 15所.

    Parameters
    ----------
    text : str
        The folded line.
    previous, following : Figure or None
        Its neighbours in the line.
    subject : str
        The last thing named before, for 比上年增加0.93万人.
    """
    left, bare = _left(text, figure, previous)
    right = _right(text, figure, following)
    if figure.change:
        own = CHANGE.sub("", left)
        return f"{own if len(own) > 1 else subject}｜{_clean(bare) or '变化'}"[:LONGEST]
    if MOVE.match(right):
        right = ""
    if right and (not left or _ends_in_verb(bare) or (len(right) > 1 and figure.unit in COUNTED)):
        return _clean(right)
    if right and figure.unit == "%":
        return _clean(f"{left}{right}" if left else right)
    if not left and not right:
        return subject
    return left or _clean(right)


def _left(text: str, figure: Figure, previous: Figure | None) -> tuple[str, str]:
    floor = max(previous.end if previous else 0, figure.start - 4 * LONGEST)
    bracket = re.search(r"[\[(][^\])]{0,20}[\])]$", text[floor : figure.start])
    edge = figure.start - (len(bracket[0]) if bracket else 0)
    bare = ENDS.split(text[floor:edge])[-1]
    return _clean(TAIL.sub("", bare)), bare


def _right(text: str, figure: Figure, following: Figure | None) -> str:
    ceiling = min(following.start if following else len(text), figure.end + 4 * LONGEST)
    own = ENDS.split(text[figure.end : ceiling].lstrip("“"))[0].strip("“”")
    if following and 1 < len(own) <= 4 and own.endswith("级") and text[figure.end + len(own)] in "、和,":
        # 1个以上国家级、3个以上市级思政基地: the thing stands with the last one
        own += re.sub(r"^.{1,3}级", "", ENDS.split(text[following.end : following.end + LONGEST])[0])
    return own


def _ends_in_verb(bare: str) -> bool:
    return bool(re.search(rf"(?:{wording.any_of(wording.MAKING)}|推动|鼓励|支持)(?:了)?$", bare)) or len(_clean(bare)) < 2


def _clean(words: str) -> str:
    words = HEAD.sub("", words.strip("“”的-# "))
    words = re.sub(r"\[\d+\]", "", VERB_HEAD.sub("", words)).strip("“”的 ").rstrip("和与及")
    return words[-LONGEST:] if len(words) > LONGEST else words


@dataclass(frozen=True)
class Named:
    """An indicator and how like its name the words are, 0 to 1."""

    indicator: str
    likeness: float

    @property
    def sure(self) -> bool:
        return self.likeness >= SURE


class Catalogue:
    """The indicators by the pairs of characters in their names and definitions."""

    def __init__(self, indicators: Iterable[Indicator]) -> None:
        self._known = [(i.id, i.kind, i.base.base, _pairs(i.zh), _pairs(i.definition)) for i in indicators]

    def nearest(self, phrase: str, unit: str, scope: Scope = "point") -> Named | None:
        """The indicator nearest in name, of a unit that fits; None where none shares a word with the phrase."""
        try:
            base = unit_of(unit).base if unit else ""
        except RegistryError:
            base = unit
        words = _pairs(phrase)
        best: Named | None = None
        for indicator, kind, its_base, name, definition in self._known:
            if not _fits(base, its_base) or not words:
                continue
            shared = len(words & name)
            likeness = 0.65 * shared / len(name) + 0.2 * shared / len(words) + 0.15 * len(words & definition) / len(words) if name else 0.0
            if base and base != its_base:
                likeness /= 2  # the registry will not take 所 for an indicator of 个
            if (kind == "flow") != (scope in ("cumulative", "annual")):
                likeness -= 0.05  # of two that are alike, a flow for what adds up, a stock for what stands
            if shared and (best is None or likeness > best.likeness):
                best = Named(indicator, round(likeness, 4))
        return best


def _fits(base: str, its_base: str) -> bool:
    return base == its_base or (base in COUNTED and its_base in COUNTED and "人" not in (base, its_base)) or not base


def _pairs(words: str) -> frozenset[str]:
    text = re.sub(r"[^\u4e00-\u9fffA-Za-z0-9]|以上|比例|占比|数$|总量$|规模$", "", words)
    return frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset((text,) if text else ())
