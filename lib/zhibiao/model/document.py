"""Documents and the quantified sentences in them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, get_args

from pydantic import Field, model_validator

from zhibiao.errors import closest
from zhibiao.model.period import Span
from zhibiao.model.record import Day, Fault, Identifier, Number, Record, RegionCode, Text, UnitText, shown
from zhibiao.model.units import Unit, unit_of

Comparator = Literal["gt", "ge", "eq", "lt", "le", "about", "between"]
Scope = Literal["point", "annual", "cumulative", "standing"]
StatementKind = Literal["target", "baseline", "achieved"]

EVIDENCE_LIMIT = 24
"""Characters of an evidence phrase: enough to find the sentence, too few to copy it."""

SYMBOLS = {"gt": ">", "ge": "≥", "eq": "", "lt": "<", "le": "≤", "about": "约", "between": ""}


class Statement(Record):
    """One quantified sentence of a document 表述: what it says, of what, by when, and where it stands.

    ``low`` and ``high`` hold the value as written: ``gt`` and ``ge`` have a low end, ``lt`` and ``le`` a high one, ``between`` both,
    ``eq`` and ``about`` the same value twice. ``maintain`` marks 保持: it binds from the year of issue on. ``mean`` marks 年均: the
    mean over the period is meant, not each year. ``strive`` marks 力争 and 争创. ``repeats`` names the statement that says the same
    thing elsewhere in the document, so that it is counted once.
    """

    id: Identifier
    kind: StatementKind
    indicator: Identifier
    region: RegionCode | None = None
    low: Number | None = None
    high: Number | None = None
    comparator: Comparator
    unit: UnitText
    scope: Scope
    period: Span | None = None
    maintain: bool = False
    mean: bool = False
    strive: bool = False
    locator: Text
    evidence: Text
    responsible: tuple[Text, ...] = ()
    repeats: Identifier | None = None
    baseline: Identifier | None = None
    """The statement of the same document that gives this target's starting value."""
    note: str | None = None
    note_en: str | None = None
    plan: str = Field(default="", exclude=True)
    issued: dt.date | None = Field(default=None, exclude=True)
    origin: str = Field(default="", exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _value(cls, raw: object) -> object:
        """``value: 3.5`` and ``value: [3, 5]`` are how registry files write low and high."""
        if not isinstance(raw, dict) or "value" not in raw:
            return raw
        data = dict(raw)
        value = data.pop("value")
        if "low" in data or "high" in data:
            raise Fault("value 与 low、high 只写一种 give value, or low and high, not both", "value")
        comparator = data.get("comparator")
        if comparator not in get_args(Comparator):
            return data  # the comparator's own message follows
        ends = value if isinstance(value, list | tuple) else (value,)
        for end in ends:
            if isinstance(end, bool) or not isinstance(end, int | float | Decimal):
                raise Fault(f"{shown(end)} 不是数字 is not a number；只写数字，单位写在 unit digits only, the unit has its own place", "value")
        if comparator == "between" and (not isinstance(value, list | tuple) or len(ends) != 2):
            raise Fault(f"{shown(value)} 不是范围 is no range, between 须写 needs", "value", allowed=["[3, 5]"])
        if comparator != "between" and isinstance(value, list | tuple):
            raise Fault(f"{shown(value)} 是范围 is a range, comparator 须为 must be between", "value", allowed=["between"])
        data["low"] = None if comparator in ("lt", "le") else ends[0]
        data["high"] = None if comparator in ("gt", "ge") else ends[-1]
        return data

    @model_validator(mode="after")
    def _consistent(self) -> Statement:
        ends = {"gt": (True, False), "ge": (True, False), "lt": (False, True), "le": (False, True)}.get(self.comparator, (True, True))
        if (self.low is not None, self.high is not None) != ends:
            raise Fault(f"缺少数值，或上下限与 {self.comparator} 不符 the value is missing, or low and high do not fit {self.comparator}", "comparator")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise Fault(f"范围倒置 range is upside down: {self.low:f} > {self.high:f}", "value")
        if self.comparator in ("eq", "about") and self.low != self.high:
            raise Fault(f"{self.low:f}…{self.high:f} 是范围 is a range, comparator 须为 must be between", "comparator", allowed=["between"])
        self._timed()
        if len(self.evidence) > EVIDENCE_LIMIT:
            raise Fault(f"证据短语 {len(self.evidence)} 字，至多 {EVIDENCE_LIMIT} 字 evidence is longer than {EVIDENCE_LIMIT} characters", "evidence")
        return self

    def _timed(self) -> None:
        """Scope, period, 保持 and 年均 fit each other."""
        if self.scope == "standing" and self.period is not None:
            raise Fault("长期规定没有期限 a standing rule has no period", "period")
        if self.scope == "cumulative" and self.period is None:
            raise Fault("累计数须有期间 a cumulative value needs its period, for example 2021-2025", "scope")
        if self.scope == "point" and self.period is not None and self.period.start != self.period.end:
            raise Fault(f"时点值只有一个年份 a point has one year, not {self.period}", "period")
        if self.kind == "target" and self.scope != "standing" and self.period is None:
            raise Fault("目标须有年份或期间 a target needs a year or a period", "scope")
        if self.maintain and self.scope != "annual":
            raise Fault("保持须逐年成立 maintain needs scope annual", "maintain", allowed=["scope: annual"])
        if self.mean and (self.scope != "annual" or self.maintain):
            raise Fault("年均须为 annual，不与保持同用 mean needs scope annual, without maintain", "mean", allowed=["scope: annual"])

    @property
    def key(self) -> str:
        """``plan/statement``, unique in the registry."""
        return f"{self.plan}/{self.id}"

    @property
    def written_unit(self) -> Unit:
        return unit_of(self.unit)

    @property
    def base_low(self) -> Decimal | None:
        return None if self.low is None else self.written_unit.to_base(self.low)

    @property
    def base_high(self) -> Decimal | None:
        return None if self.high is None else self.written_unit.to_base(self.high)

    @property
    def horizon(self) -> int | None:
        """The last year the statement speaks of."""
        return self.period.end if self.period else None

    def value_text(self, lang: str = "zh") -> str:
        """The value as a planner writes it: ``>3.5``, ``3—5``, ``约10``, ``>[15]`` when cumulative."""
        if self.comparator == "between":
            text = f"{_plain(self.low)}{'—' if lang == 'zh' else '–'}{_plain(self.high)}"
        else:
            text = _plain(self.low if self.low is not None else self.high)
        if self.scope == "cumulative":
            text = f"[{text}]"
        symbol = "≈" if self.comparator == "about" and lang != "zh" else SYMBOLS[self.comparator]
        return f"{symbol}{text}"


class Measure(Record):
    """A measure or task 任务措施 of a document: what is to be done, by whom, and which statements it serves.

    ``title`` is a short name in the project's own words; the document's text is not carried over. ``lead`` are the units in charge
    (牵头单位), ``responsible`` all units named (责任单位), in the document's order.
    """

    id: Identifier
    title: Text
    title_en: Text | None = None
    locator: Text
    lead: tuple[Text, ...] = ()
    responsible: tuple[Text, ...] = ()
    statements: tuple[Identifier, ...] = ()
    period: Span | None = None
    note: str | None = None
    plan: str = Field(default="", exclude=True)
    origin: str = Field(default="", exclude=True)

    @property
    def key(self) -> str:
        """``plan/measure``, unique in the registry."""
        return f"{self.plan}/{self.id}"


class Plan(Record):
    """A document: who issued it, for whom, for which years, and every quantified sentence in it."""

    id: Identifier
    title: Text
    title_en: Text
    short: Text
    number: str | None = None
    issuer: tuple[Text, ...]
    region: RegionCode
    period: Span
    issued: Day
    published: Day | None = None
    headline: tuple[Identifier, ...] = ()
    """The statements the document itself puts first (its box of main indicators), in its order."""
    statements: tuple[Statement, ...]
    measures: tuple[Measure, ...] = ()
    note: str | None = None
    origin: str = Field(default="", exclude=True)

    @model_validator(mode="after")
    def _consistent(self) -> Plan:
        known: dict[str, Statement] = {}
        for index, statement in enumerate(self.statements):
            if statement.id in known:
                raise Fault(f"表述编号重复 duplicate statement id {statement.id!r}", "statements", index, "id")
            known[statement.id] = statement
        targets = [name for name, statement in known.items() if statement.kind == "target"]
        for index, name in enumerate(self.headline):
            if name not in targets:
                raise Fault(
                    f"{name!r} 不是本文件的目标 is no target of this document", "headline", index, allowed=targets, nearest=closest(name, targets)
                )
        measures: set[str] = set()
        for index, measure in enumerate(self.measures):
            if measure.id in measures:
                raise Fault(f"措施编号重复 duplicate measure id {measure.id!r}", "measures", index, "id")
            measures.add(measure.id)
            for place, name in enumerate(measure.statements):
                if name not in known:
                    raise Fault(
                        f"引用的表述不存在 refers to unknown statement {name!r}",
                        *("measures", index, "statements", place),
                        allowed=known,
                        nearest=closest(name, known),
                    )
        for index, statement in enumerate(self.statements):
            for key, reference in (("repeats", statement.repeats), ("baseline", statement.baseline)):
                if reference is not None:
                    _refers(statement, key, known, index)
            span = statement.period if statement.kind == "target" else None
            if span and not (self.period.start <= span.start and span.end <= self.period.end) and not statement.note:
                raise Fault(
                    f"目标年份 {span} 不在规划期 {self.period} 内 target year outside the plan's period；如属远景目标请在 note 说明 say why in note",
                    *("statements", index, "period"),
                )
        return self

    @property
    def document(self) -> str:
        """How the document is cited: its number, or its title where it has none."""
        return self.number or f"《{self.title}》"

    def name(self, lang: str) -> str:
        return self.title if lang == "zh" else self.title_en


def _refers(statement: Statement, key: str, known: Mapping[str, Statement], index: int) -> None:
    """A statement that repeats another or starts from it means the same indicator; a starting value is no target and has a year."""
    name, at = getattr(statement, key), ("statements", index, key)
    others = [other for other in known if other != statement.id]
    if name not in others:
        raise Fault(f"引用的表述不存在 refers to unknown statement {name!r}", *at, allowed=others, nearest=closest(name, others))
    other = known[name]
    if other.indicator != statement.indicator:
        raise Fault(f"{name!r} 是另一指标 is of another indicator, {other.indicator!r}", *at)
    if key == "baseline" and (other.kind == "target" or other.period is None):
        raise Fault(f"{name!r} 不是有年份的基期或现状 is no baseline or achieved value with a year", *at)


def _plain(value: Decimal | None) -> str:
    """Print a written value without an exponent and without zeros nobody wrote."""
    if value is None:
        return ""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def folded(text: str) -> str:
    """Fold a text for matching: full width to half width, no white space.

    >>> folded("（万人）　＞ 3.5")
    '(万人)>3.5'
    """
    return "".join(unicodedata.normalize("NFKC", text).split())
