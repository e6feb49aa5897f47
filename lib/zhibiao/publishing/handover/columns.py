"""The columns of the registry's own tables; names and order stay, so that whoever reads them need not ask again."""

from __future__ import annotations

from typing import get_args

from zhibiao.catalogue.checks import BASES as BASES_OF_KINDS
from zhibiao.model.document import Comparator, Scope, StatementKind
from zhibiao.model.observation import Basis, Confidence, Qualifier, Status
from zhibiao.model.status import Stage
from zhibiao.publishing.handover.fields import Field

REGIONS = (
    Field("code", "text", "GB/T 2260 代码", "GB/T 2260 code", True),
    Field("zh", "text", "中文名", "name in Chinese", True),
    Field("en", "text", "英文名", "name in English", True),
    Field("parent", "text", "上级地区", "region above", refers=("regions", "code")),
    Field("level", "text", "层级", "level", True, ("nation", "province", "prefecture", "county")),
)
INDICATORS = (
    Field("id", "text", "指标编号", "id of the indicator", True),
    Field("zh", "text", "中文名", "name in Chinese", True),
    Field("en", "text", "英文名", "name in English", True),
    Field("definition", "text", "口径", "definition in Chinese", True),
    Field("definition_en", "text", "口径（英文）", "definition in English"),
    Field("unit", "text", "基本单位", "base unit", True, refers=("units", "unit")),
    Field("kind", "text", "类型", "stock, flow, rate or count", True, tuple(BASES_OF_KINDS)),
    Field("direction", "text", "方向", "which way is better", True, ("up", "down", "none")),
    Field("lower", "number", "下限（基本单位）", "lower bound, base unit"),
    Field("upper", "number", "上限（基本单位）", "upper bound, base unit"),
    Field("rollup", "text", "汇总方式", "how regions add up", True, ("sum", "weighted_mean", "none")),
)
UNITS = (
    Field("unit", "text", "单位（原文写法）", "unit as written", True),
    Field("base", "text", "基本单位", "base unit", True),
    Field("base_code", "text", "基本单位代码", "code of the base unit", True),
    Field("base_en", "text", "基本单位（英文）", "base unit in English"),
    Field("scale", "number", "倍数：原文值乘以它为基本单位的值", "a written value times this is it in the base unit", True),
)
SOURCES = (
    Field("id", "text", "来源编号", "id of the source", True),
    Field("publisher", "text", "发布者", "publisher", True),
    Field("title", "text", "标题", "title", True),
    Field("year", "integer", "年份", "year", True),
    Field("date", "date", "日期", "date"),
    Field("url", "text", "网址", "the publisher's own address"),
    Field("terms", "text", "使用条件", "terms of use", True),
    Field("note", "text", "备注", "note"),
)
DOCUMENTS = (
    Field("id", "text", "文件编号", "id of the document", True),
    Field("title", "text", "标题", "title", True),
    Field("title_en", "text", "标题（英文）", "title in English", True),
    Field("short", "text", "简称", "short name", True),
    Field("number", "text", "文号", "number"),
    Field("issuer", "list", "发文机关", "issued by", True),
    Field("region", "text", "地区", "region", True, refers=("regions", "code")),
    Field("year_start", "integer", "规划期起年", "first year of its period", True),
    Field("year_end", "integer", "规划期止年", "last year of its period", True),
    Field("issued", "date", "成文日期", "date of issue", True),
    Field("published", "date", "发布日期", "date of publication"),
    Field("note", "text", "备注", "note"),
)
STATEMENTS = (
    Field("key", "text", "文件编号/表述编号", "document/statement", True),
    Field("document", "text", "文件编号", "id of the document", True, refers=("documents", "id")),
    Field("id", "text", "表述编号", "id of the statement", True),
    Field("kind", "text", "类别：目标、基期、现状", "target, baseline or achieved", True, get_args(StatementKind)),
    Field("indicator", "text", "指标", "indicator", True, refers=("indicators", "id")),
    Field("region", "text", "地区", "region", True, refers=("regions", "code")),
    Field("low", "number", "下限（原文单位）", "low end, unit as written"),
    Field("high", "number", "上限（原文单位）", "high end, unit as written"),
    Field("comparator", "text", "比较词", "comparator", True, get_args(Comparator)),
    Field("unit", "text", "单位（原文写法）", "unit as written", True, refers=("units", "unit")),
    Field("base_low", "number", "下限（基本单位）", "low end, base unit"),
    Field("base_high", "number", "上限（基本单位）", "high end, base unit"),
    Field("scope", "text", "时间含义", "point, annual, cumulative or standing", True, get_args(Scope)),
    Field("year_start", "integer", "起年", "first year"),
    Field("year_end", "integer", "止年", "last year"),
    Field("maintain", "bool", "保持", "binds from the year of issue on", True),
    Field("mean", "bool", "年均", "the mean over the period is meant", True),
    Field("strive", "bool", "力争", "worded as a striving", True),
    Field("locator", "text", "出处", "place in the document", True),
    Field("evidence", "text", "证据短语", "evidence phrase", True),
    Field("responsible", "list", "责任单位", "units in charge", True),
    Field("repeats", "text", "重复的表述", "the statement of the same document that it repeats"),
    Field("baseline", "text", "基期表述", "the statement of the same document that it starts from"),
    Field("note", "text", "备注", "note"),
    Field("note_en", "text", "备注（英文）", "note in English"),
)
OBSERVATIONS = (
    Field("region", "text", "地区", "region", True, refers=("regions", "code")),
    Field("indicator", "text", "指标", "indicator", True, refers=("indicators", "id")),
    Field("period", "text", "期间：2023、2023-Q3、2023-09", "period: 2023, 2023-Q3, 2023-09", True),
    Field("basis", "text", "口径：期末、期内、年初至今", "at_end, in_period or year_to_date", True, get_args(Basis)),
    Field("value", "number", "值（原文单位）", "value, unit as written", True),
    Field("qualifier", "text", "限定：等于、不低于、超过、约", "eq, ge, gt or about", True, get_args(Qualifier)),
    Field("unit", "text", "单位（原文写法）", "unit as written", True, refers=("units", "unit")),
    Field("base_value", "number", "值（基本单位）", "value, base unit", True),
    Field("decimals", "integer", "原文小数位数", "digits behind the point as written", True),
    Field("status", "text", "状态", "final, preliminary or derived", True, get_args(Status)),
    Field("confidence", "text", "可信度", "high, medium or low", True, get_args(Confidence)),
    Field("source", "text", "来源", "source", True, refers=("sources", "id")),
    Field("published", "date", "发布日期", "date of publication"),
    Field("recorded", "date", "记录日期（版本）", "day of record (vintage)", True),
    Field("reason", "text", "更正理由", "reason of a correction"),
    Field("current", "bool", "是否现行版本", "whether this vintage is the one that counts now", True),
)
MEASURES = (
    Field("key", "text", "文件编号/措施编号", "document/measure", True),
    Field("document", "text", "文件编号", "id of the document", True, refers=("documents", "id")),
    Field("id", "text", "措施编号", "id of the measure", True),
    Field("title", "text", "名称", "title", True),
    Field("title_en", "text", "名称（英文）", "title in English"),
    Field("locator", "text", "出处", "place in the document", True),
    Field("lead", "list", "牵头单位", "units in charge", True),
    Field("responsible", "list", "责任单位", "all units named", True),
    Field("statements", "list", "服务的表述", "statements of the document that it serves", True),
    Field("year_start", "integer", "起年", "first year"),
    Field("year_end", "integer", "止年", "last year"),
    Field("note", "text", "备注", "note"),
)
STATUSES = (
    Field("entry", "integer", "序号", "number of the entry", True),
    Field("measure", "text", "文件编号/措施编号", "document/measure", True, refers=("measures", "key")),
    Field("status", "text", "进展", "how far it has come", True, get_args(Stage)),
    Field("date", "date", "日期", "day on which it was said", True),
    Field("note", "text", "备注", "note"),
    Field("evidence", "text", "依据", "what shows it"),
)
SCENARIOS = (
    Field("id", "text", "情景编号", "id of the scenario", True),
    Field("zh", "text", "中文名", "name in Chinese", True),
    Field("en", "text", "英文名", "name in English", True),
    Field("description", "text", "说明", "description in Chinese", True),
    Field("description_en", "text", "说明（英文）", "description in English", True),
    Field("regions", "list", "适用地区；空为全部", "regions it is meant for; empty for all", True),
)
