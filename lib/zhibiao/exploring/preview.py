"""What a filled file would change, cell by cell, as tables."""

from __future__ import annotations

from collections.abc import Iterator

from zhibiao.catalogue.registry import Registry
from zhibiao.exploring.markup import paragraph, said, table
from zhibiao.exploring.monthly import Examined
from zhibiao.model import Observation, unit_of
from zhibiao.model.document import SYMBOLS
from zhibiao.reading.asked import period_words, period_words_en

MARKS = {"+": ("新增", "new"), "~": ("更正", "correction")}


def changes(registry: Registry, file: Examined, lang: str) -> str:
    """New figures and corrections of a file, each with its cell, and how many rows change nothing.

    Parameters
    ----------
    registry : Registry
        As it was before the file.
    """
    heads = (
        said(lang, "单元格", "Cell"), said(lang, "指标、期间", "Indicator, period"), said(lang, "已有", "Known"), said(lang, "填报", "Filled"),
        said(lang, "变化", "Change"),
    )  # fmt: skip
    rows = list(_rows(registry, file, lang))
    told = said(
        lang,
        f"将导入 {len(file.taken)} 个数；与已有相同 {file.known} 个；未填 {file.empty} 行。",
        f"{len(file.taken)} to import; {file.known} known already; {file.empty} rows left empty.",
    )
    return paragraph(told) + (table(said(lang, "将要改变的数", "What would change"), heads, rows) if rows else "")


def faults(file: Examined, lang: str) -> str:
    """What is wrong in a file, each with its cell; nothing of it is taken."""
    count = len(file.faults)
    told = said(lang, f"{count} 处有误，整个文件不导入。请改好后重新交。", f"{count} fault{'' if count == 1 else 's'}; nothing of this file is imported. Mend it and hand it in again.")
    heads = (said(lang, "位置", "Where"), said(lang, "问题", "What is wrong"))
    return paragraph(told, "warn") + table(said(lang, "有误之处", "Faults"), heads, [(fault.where or "—", fault.what) for fault in file.faults])


def _rows(registry: Registry, file: Examined, lang: str) -> Iterator[tuple[str, ...]]:
    changed = [line for line in file.lines if line[0] in MARKS]
    for line, figure in zip(changed, file.taken, strict=True):
        older = [o for o in registry.observed(figure.region) if o.key == figure.key]
        before = _words(max(older, key=lambda o: o.recorded), lang) if older else "—"
        # how the cell was read, where it was read with a change, stands behind the figure in the preview's line
        remark = line.rpartition(f"{figure.value:f}{figure.unit}")[2].strip("（）").replace("）（", "；")
        change = said(lang, *MARKS[line[0]])
        name = f"{registry.regions[figure.region].name(lang)} {registry.indicators[figure.indicator].name(lang)}"
        period = (period_words if lang == "zh" else period_words_en)(figure.period, figure.basis)
        yield (
            figure.origin, said(lang, f"{name} {period}", f"{name}, {period}"), before, _words(figure, lang),
            said(lang, f"{change}：{remark}", f"{change}: {remark}") if remark else change,
        )  # fmt: skip


def _words(figure: Observation, lang: str) -> str:
    return f"{SYMBOLS[figure.qualifier]}{figure.value:f} {unit_of(figure.unit).label(lang)}"
