"""The structures behind the SDMX data files: concepts, codelists, data structure definitions and dataflows as SDMX-JSON 2.0."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from zhibiao import __version__
from zhibiao.catalogue.registry import Registry
from zhibiao.model.document import Comparator, Scope, StatementKind
from zhibiao.model.observation import Basis, Confidence, Qualifier
from zhibiao.model.unit_codes import CODES
from zhibiao.model.units import BASES
from zhibiao.publishing.handover.fields import DataTable, Value

if TYPE_CHECKING:
    from pysdmx.model import Codelist, Component, DataStructureDefinition

AGENCY, VERSION = "ZHIBIAO", "1.0.0"

_LISTS = "urn:sdmx:org.sdmx.infomodel.codelist.Codelist="


@dataclass(frozen=True)
class Flow:
    """A dataflow: the table it carries, and its components in the order of the columns."""

    id: str
    table: str
    zh: str
    en: str
    dimensions: tuple[str, ...]
    measures: tuple[str, ...]
    attributes: tuple[str, ...]
    optional: tuple[str, ...] = ()
    """Components that need not have a value."""

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.dimensions, *self.measures, *self.attributes)


FLOWS = (
    Flow(
        "OBSERVATIONS", "observations", "观测数（全部版本）", "observations, every vintage",
        ("FREQ", "REF_AREA", "INDICATOR", "BASIS", "SOURCE", "VINTAGE", "TIME_PERIOD"), ("OBS_VALUE",),
        ("UNIT_MEASURE", "UNIT_MULT", "DECIMALS", "OBS_STATUS", "QUALIFIER", "CONFIDENCE", "UNIT_WRITTEN", "BASE_VALUE", "PUBLISHED", "COMMENT_OBS", "CURRENT"),
        ("PUBLISHED", "COMMENT_OBS"),
    ),
    Flow(
        "STATEMENTS", "statements", "表述：目标、基期、现状", "statements: targets, baselines, achieved values",
        ("DOCUMENT", "STATEMENT"), ("LOW", "HIGH"),
        (
            "UNIT_MEASURE", "UNIT_MULT", "KIND", "REF_AREA", "INDICATOR", "COMPARATOR", "SCOPE", "UNIT_WRITTEN", "BASE_LOW", "BASE_HIGH", "YEAR_START",
            "YEAR_END", "MAINTAIN", "MEAN", "STRIVE", "LOCATOR", "EVIDENCE", "RESPONSIBLE", "REPEATS", "BASELINE", "NOTE", "NOTE_EN",
        ),
        ("LOW", "HIGH", "BASE_LOW", "BASE_HIGH", "YEAR_START", "YEAR_END", "REPEATS", "BASELINE", "NOTE", "NOTE_EN"),
    ),
    Flow(
        "PROJECTIONS", "projections", "推演（各情景、各分位）", "projections by scenario and quantile",
        ("FREQ", "REF_AREA", "INDICATOR", "SCENARIO", "QUANTILE", "TIME_PERIOD"), ("OBS_VALUE",),
        ("UNIT_MEASURE", "UNIT_MULT", "OBS_STATUS", "AS_OF", "ASSUMED", "SEED"),
    ),
)  # fmt: skip

CONCEPTS: Mapping[str, tuple[str, str, str]] = {
    "FREQ": ("频率", "frequency", "CL_FREQ"), "REF_AREA": ("地区", "reference area, GB/T 2260", "CL_REF_AREA"),
    "INDICATOR": ("指标", "indicator", "CL_INDICATOR"), "BASIS": ("口径", "at the end, within the period, or since January", "CL_BASIS"),
    "SOURCE": ("来源", "source", "CL_SOURCE"), "VINTAGE": ("版本：记录日期", "vintage: day of record", "GregorianDay"),
    "TIME_PERIOD": ("期间", "time period", "ObservationalTimePeriod"), "OBS_VALUE": ("值", "observation value", "Decimal"),
    "UNIT_MEASURE": ("基本单位", "unit of measure", "CL_UNIT_MEASURE"), "UNIT_MULT": ("单位倍数（10的幂）", "unit multiplier, power of ten", "CL_UNIT_MULT"),
    "DECIMALS": ("小数位数", "decimals as written", "Integer"), "OBS_STATUS": ("状态", "observation status", "CL_OBS_STATUS"),
    "QUALIFIER": ("限定", "qualifier", "CL_QUALIFIER"), "CONFIDENCE": ("可信度", "confidence", "CL_CONFIDENCE"),
    "UNIT_WRITTEN": ("单位（原文写法）", "unit as the document writes it", "String"), "BASE_VALUE": ("值（基本单位）", "value in the unit of measure", "Decimal"),
    "PUBLISHED": ("发布日期", "date of publication", "GregorianDay"), "COMMENT_OBS": ("更正理由", "reason of a correction", "String"),
    "CURRENT": ("是否现行版本", "whether this vintage counts now", "Boolean"), "DOCUMENT": ("文件", "document", "CL_DOCUMENT"),
    "STATEMENT": ("表述", "statement of the document", "String"), "LOW": ("下限", "low end as written", "Decimal"),
    "HIGH": ("上限", "high end as written", "Decimal"), "KIND": ("类别", "target, baseline or achieved", "CL_KIND"),
    "COMPARATOR": ("比较词", "comparator", "CL_COMPARATOR"), "SCOPE": ("时间含义", "scope in time", "CL_SCOPE"),
    "BASE_LOW": ("下限（基本单位）", "low end in the unit of measure", "Decimal"), "BASE_HIGH": ("上限（基本单位）", "high end in the unit of measure", "Decimal"),
    "YEAR_START": ("起年", "first year", "Integer"), "YEAR_END": ("止年", "last year", "Integer"), "MAINTAIN": ("保持", "binds from the year of issue on", "Boolean"),
    "MEAN": ("年均", "the mean is meant", "Boolean"), "STRIVE": ("力争", "worded as a striving", "Boolean"), "LOCATOR": ("出处", "place in the document", "String"),
    "EVIDENCE": ("证据短语", "evidence phrase", "String"), "RESPONSIBLE": ("责任单位（JSON列表）", "units in charge, a JSON list", "String"),
    "REPEATS": ("重复的表述", "statement that it repeats", "String"), "BASELINE": ("基期表述", "statement that it starts from", "String"),
    "NOTE": ("备注", "note", "String"), "NOTE_EN": ("备注（英文）", "note in English", "String"), "SCENARIO": ("情景", "scenario", "CL_SCENARIO"),
    "QUANTILE": ("分位", "quantile", "CL_QUANTILE"), "AS_OF": ("数据截至年", "year of knowledge", "Integer"),
    "ASSUMED": ("是否由情景设定", "whether the scenario sets it", "Boolean"), "SEED": ("随机种子", "seed of the draws", "Integer"),
}  # fmt: skip
"""Concept to its names and to its codelist or type. The ids are the cross-domain ones where SDMX has them."""

_WORDS = {
    "CL_FREQ": {"A": "年 annual", "Q": "季 quarterly", "M": "月 monthly"},
    "CL_BASIS": dict(zip(get_args(Basis), ("期末 at the end", "期内 within the period", "年初至今 since January"), strict=True)),
    "CL_UNIT_MULT": {"0": "个 units", "2": "百 hundreds", "3": "千 thousands", "4": "万 ten thousands", "5": "十万 hundred thousands", "6": "百万 millions", "7": "千万 ten millions", "8": "亿 hundred millions"},
    "CL_OBS_STATUS": {"A": "正式 normal value", "P": "初步 provisional", "E": "推算 derived from other figures", "F": "推演 projected"},
    "CL_QUALIFIER": dict(zip(get_args(Qualifier), ("等于 equal", "不低于 at least", "超过 more than", "约 about"), strict=True)),
    "CL_CONFIDENCE": dict(zip(get_args(Confidence), ("高 high", "中 medium", "低 low"), strict=True)),
    "CL_KIND": dict(zip(get_args(StatementKind), ("目标 target", "基期 baseline", "现状 achieved"), strict=True)),
    "CL_COMPARATOR": dict(zip(get_args(Comparator), ("超过 more than", "不低于 at least", "为 equal", "低于 less than", "不超过 at most", "约 about", "介于 between"), strict=True)),
    "CL_SCOPE": dict(zip(get_args(Scope), ("时点 at a year", "逐年 every year", "累计 over the period", "长期 without a horizon"), strict=True)),
    "CL_QUANTILE": {"P02_5": "2.5%", "P10": "10%", "P25": "25%", "P50": "中位数 median", "P75": "75%", "P90": "90%", "P97_5": "97.5%"},
}  # fmt: skip


def structures(registry: Registry, tables: Mapping[str, DataTable], flows: Sequence[Flow]) -> bytes:
    """The structure message of these flows, in SDMX-JSON 2.0; it bears the day of the newest figure, not the clock's."""
    from pysdmx.io.json.sdmxjson2.writer.v2_0.structure import write
    from pysdmx.model import Concept, ConceptScheme, Dataflow, DataType, Organisation
    from pysdmx.model.message import Header

    used = list(dict.fromkeys(name for flow in flows for name in flow.columns))
    lists = [codelist(name, tables) for name in dict.fromkeys(CONCEPTS[c][2] for c in used) if name.startswith("CL_")]
    concepts = [
        Concept(
            id=name, name=f"{CONCEPTS[name][0]} {CONCEPTS[name][1]}", dtype=DataType.STRING if _listed(name) else DataType(CONCEPTS[name][2]),
            enum_ref=_reference(name),
        )
        for name in used
    ]  # fmt: skip
    scheme = ConceptScheme(id="CS_ZHIBIAO", name="指标概念 concepts", agency=AGENCY, version=VERSION, items=concepts)
    definitions = [definition(flow) for flow in flows]
    carried = [Dataflow(id=f.id, name=f"{f.zh} {f.en}", agency=AGENCY, version=VERSION, structure=d) for f, d in zip(flows, definitions, strict=True)]
    newest = max((o.recorded for o in registry.observations), default=dt.date(2020, 1, 1))
    prepared = dt.datetime(newest.year, newest.month, newest.day, tzinfo=dt.UTC)
    text = write([scheme, *lists, *definitions, *carried], header=Header(id="zhibiao-" + __version__.replace(".", "-"), prepared=prepared, sender=Organisation(id=AGENCY)))
    assert text is not None  # without a path the writer gives the text
    message = json.loads(text)
    for structure in message["data"]["dataStructures"]:
        # an empty list of groups is written, which the schema of the message does not allow
        if not structure["dataStructureComponents"].get("groups"):
            structure["dataStructureComponents"].pop("groups", None)
    return (json.dumps(message, ensure_ascii=False, indent=1) + "\n").encode()


def definition(flow: Flow) -> DataStructureDefinition:
    """The data structure definition of a flow; its components refer to the concepts and codelists of the same message."""
    from pysdmx.model import Components, DataStructureDefinition, Role

    components = [_component(flow, name, Role.DIMENSION) for name in flow.dimensions]
    components += [_component(flow, name, Role.MEASURE) for name in flow.measures]
    components += [_component(flow, name, Role.ATTRIBUTE) for name in flow.attributes]
    return DataStructureDefinition(id=flow.id, name=f"{flow.zh} {flow.en}", agency=AGENCY, version=VERSION, components=Components(components))


def _component(flow: Flow, name: str, role: object) -> Component:
    from pysdmx.model import Component, DataType, ItemReference, Role

    level = None if role is not Role.ATTRIBUTE else ("O" if "OBS_VALUE" in flow.measures else ",".join(flow.dimensions))
    return Component(
        id=name, required=name not in flow.optional, role=Role(role), concept=ItemReference("Concept", AGENCY, "CS_ZHIBIAO", VERSION, name),
        local_dtype=DataType.STRING if _listed(name) else DataType(CONCEPTS[name][2]), local_enum_ref=_reference(name), attachment_level=level,
    )  # fmt: skip


def _listed(concept: str) -> bool:
    return CONCEPTS[concept][2].startswith("CL_")


def _reference(concept: str) -> str | None:
    return f"{_LISTS}{AGENCY}:{CONCEPTS[concept][2]}({VERSION})" if _listed(concept) else None


def codelist(name: str, tables: Mapping[str, DataTable]) -> Codelist:
    """A codelist with its codes in a fixed order: what the flows of this hand-over may name."""
    from pysdmx.model import Code, Codelist

    if name in _WORDS:
        items = [Code(id=code, name=words) for code, words in _WORDS[name].items()]
    elif name == "CL_UNIT_MEASURE":
        items = [Code(id=code, name=f"{base} {BASES[base]}".strip()) for base, code in CODES.items()]
    else:
        table, key, first, second, more = _FROM_TABLES[name]
        items = [Code(id=str(r[key]), name=f"{r[first]} {r[second]}", description=None if more is None else _text(r[more])) for r in tables[table].rows]
    title = next(f"{zh} {en}" for zh, en, kind in CONCEPTS.values() if kind == name)
    return Codelist(id=name, name=title, agency=AGENCY, version=VERSION, items=items)


def _text(value: Value) -> str | None:
    return None if value is None else str(value)


_FROM_TABLES: Mapping[str, tuple[str, str, str, str, str | None]] = {
    "CL_REF_AREA": ("regions", "code", "zh", "en", None),
    "CL_INDICATOR": ("indicators", "id", "zh", "en", "definition"),
    "CL_SOURCE": ("sources", "id", "publisher", "title", "terms"),
    "CL_SCENARIO": ("scenarios", "id", "zh", "en", "description"),
    "CL_DOCUMENT": ("documents", "id", "title", "title_en", "number"),
}
"""Codelist to a table of the registry: its key, the two fields of a code's name, and the field of its description."""
