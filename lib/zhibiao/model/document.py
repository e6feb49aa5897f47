"""Documents and the quantified sentences in them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from zhibiao.model.period import Span
from zhibiao.model.record import Identifier, Record, RegionCode, Text
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
    low: Decimal | None = None
    high: Decimal | None = None
    comparator: Comparator
    unit: Text
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
        comparator = data.get("comparator")
        if (comparator == "between") != isinstance(value, list | tuple) or (isinstance(value, list | tuple) and len(value) != 2):
            raise ValueError(f"comparator {comparator!r} 与 value {value!r} 不符 do not fit; between 须写 [低, 高] needs [low, high]")
        if isinstance(value, bool | str) or (isinstance(value, list | tuple) and any(isinstance(v, bool | str) for v in value)):
            raise ValueError(f"value {value!r} 不是数字 is not a number")
        low, high = value if isinstance(value, list | tuple) else (value, value)
        data.setdefault("low", None if comparator in ("lt", "le") else low)
        data.setdefault("high", None if comparator in ("gt", "ge") else high)
        return data

    @model_validator(mode="after")
    def _consistent(self) -> Statement:
        unit_of(self.unit)
        ends = {"gt": (True, False), "ge": (True, False), "lt": (False, True), "le": (False, True)}.get(self.comparator, (True, True))
        if (self.low is not None, self.high is not None) != ends:
            raise ValueError(f"comparator {self.comparator} 的上下限不全 needs {'low' if ends[0] else ''} {'high' if ends[1] else ''}".strip())
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"范围倒置 range is upside down: {self.low} > {self.high}")
        if self.scope == "standing" and self.period is not None:
            raise ValueError("长期规定没有期限 a standing rule has no period")
        if self.scope == "cumulative" and self.period is None:
            raise ValueError("累计数须有期间 a cumulative value needs its period, for example 2021-2025")
        if self.scope == "point" and self.period is not None and self.period.start != self.period.end:
            raise ValueError(f"时点值只有一个年份 a point has one year, not {self.period}")
        if self.kind == "target" and self.scope != "standing" and self.period is None:
            raise ValueError("目标须有年份或期间 a target needs a year or a period")
        if self.maintain and self.scope != "annual":
            raise ValueError("保持须逐年成立 maintain needs scope annual")
        if self.mean and self.scope != "annual":
            raise ValueError("年均须为 annual mean needs scope annual")
        if len(self.evidence) > EVIDENCE_LIMIT:
            raise ValueError(f"证据短语 {len(self.evidence)} 字 evidence is longer than {EVIDENCE_LIMIT} characters")
        return self

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
            text = f"{_plain(self.low)}—{_plain(self.high)}"
        else:
            text = _plain(self.low if self.low is not None else self.high)
        if self.scope == "cumulative":
            text = f"[{text}]"
        symbol = "≈" if self.comparator == "about" and lang != "zh" else SYMBOLS[self.comparator]
        return f"{symbol}{text}"


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
    issued: dt.date
    published: dt.date | None = None
    headline: tuple[Identifier, ...] = ()
    """The statements the document itself puts first (its box of main indicators), in its order."""
    statements: tuple[Statement, ...]
    note: str | None = None
    origin: str = Field(default="", exclude=True)

    @model_validator(mode="after")
    def _consistent(self) -> Plan:
        seen: dict[str, str] = {}
        for statement in self.statements:
            if statement.id in seen:
                raise ValueError(f"表述编号重复 duplicate statement id {statement.id!r}")
            seen[statement.id] = statement.kind
        for name in self.headline:
            if seen.get(name) != "target":
                raise ValueError(f"headline: {name!r} 不是本文件的目标 is no target of this document")
        for statement in self.statements:
            for reference in (statement.repeats, statement.baseline):
                if reference is not None and reference not in seen:
                    raise ValueError(f"{statement.id}: 引用的表述不存在 refers to unknown statement {reference!r}")
            span = statement.period if statement.kind == "target" else None
            if span and not (self.period.start <= span.start and span.end <= self.period.end) and not statement.note:
                raise ValueError(
                    f"{statement.id}: 目标年份 {span} 不在规划期 {self.period} 内 target year outside the plan's period; 如属远景目标请在 note 说明 say why in note"
                )
        return self

    @property
    def document(self) -> str:
        """How the document is cited: its number, or its title where it has none."""
        return self.number or f"《{self.title}》"

    def name(self, lang: str) -> str:
        return self.title if lang == "zh" else self.title_en


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
