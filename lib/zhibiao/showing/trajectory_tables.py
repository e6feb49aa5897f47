"""What each fan rests on and how often bands like it held; and why an indicator has none."""

from __future__ import annotations

from collections.abc import Mapping

from zhibiao.catalogue.study import Study
from zhibiao.model import Indicator
from zhibiao.model.fan import Fan
from zhibiao.projecting.reference import ReferenceClass
from zhibiao.projecting.trajectories import exact
from zhibiao.showing.numbers import ABSENT, count, percent, signed, thousands
from zhibiao.showing.sentences import Sentences
from zhibiao.showing.table import Column, Table
from zhibiao.showing.words import between, years_text
from zhibiao.simulating.scenario import Simulation

NAMED = 8
"""So many indicators are named for one reason; of more the number says enough, the list of figures asked for has them all."""


def basis(study: Study, simulation: Simulation, classes: Mapping[str, ReferenceClass]) -> Table:
    """For each fan: own points, reference class, how many series and histories, what its centre does, and its measured coverage."""
    columns = [
        Column("indicator", study.words("指标", "indicator"), width=4),
        Column("own", study.words("自身的数", "own figures"), width=4),
        Column("reference", study.words("参照类", "reference class"), width=4),
        Column("series", study.words("序列", "series"), "right", "count", width=2),
        Column("moves", study.words("变动或历史", "moves or histories"), "right", "count", width=2),
        Column("shift", study.words("中位变动", "median moves"), "right", width=2),
        Column("coverage", study.words("80%区间实测包住", "80 % band held when tested"), "right", width=3),
    ]
    rows = [_basis_row(study, study.indicator(name), fan, classes) for name, fan in simulation.fans.items() if fan.basis.last_year < study.horizon]
    notes = [
        study.words(
            "只有一个数的，用同类序列的历次变动，中位停在这个数；有两个数以上的，用同样长的历史段，自身走势只按同类走势实际延续的程度计入。"
            "“借”指类太小，形状与系数取自更大的类，自身只定宽窄。实测包住为最接近的已测年数，判于未参与建类的序列；“未测”是序列太少，仅供参考。",
            "With one figure the moves of the class are used and the median stays; with two and more, histories of the same length, and the own trend counts as far as trends of its kind "
            "held. “Borrowed”: the class is small and takes shape and coefficients from a larger one. Coverage is that of the nearest tested horizon, on series that did not teach the class; "
            "“not tested”: too few series, a rough guide.",
        )
    ]
    return Table(
        columns,
        rows,
        title=study.words(f"到{study.horizon}年的轨迹各自依据什么", f"What each trajectory to {study.horizon} rests on"),
        notes=notes if rows else [],
        empty=study.words(f"{study.region.zh}没有一项指标可以推断，原因见下。", f"No indicator of {study.region.en} can be projected; the reasons follow."),
    )


def _basis_row(study: Study, indicator: Indicator, fan: Fan, classes: Mapping[str, ReferenceClass]) -> dict[str, object]:
    b, built = fan.basis, classes[fan.basis.reference]
    years = tuple(int(year) for year in fan.years[fan.observed])
    name = built.entry.zh if study.lang == "zh" else built.entry.en
    if b.shape is not None:
        larger = classes[b.shape].entry
        name += study.words(f"（借“{larger.zh}”）", f" (borrowed from {larger.en})")
    elsewhere = {
        "scenario": study.words("情景设定，不推断", "set by the scenario"),
        "cohort": study.words("学生流量推算", "flow of students"),
    }.get(fan.method)
    return {
        "indicator": indicator.name(study.lang),
        "own": study.words(f"{count(len(years))}个", f"{count(len(years))}") + study.words(f"（{_years(years, 'zh')}）", f" ({_years(years, 'en')})"),
        "reference": name if elsewhere is None else elsewhere,
        "series": ABSENT if elsewhere else thousands(b.series),
        "moves": ABSENT if elsewhere else thousands(b.moves),
        "shift": ABSENT if elsewhere else (signed(100 * b.shift, 0) + "%").replace("-0%", "0%"),
        "coverage": ABSENT if elsewhere else study.words("未测", "not tested") if b.coverage is None else percent(b.coverage, 0),
    }


def _years(years: tuple[int, ...], lang: str) -> str:
    """The years of the figures; of many only the first and the last."""
    return years_text(years, lang) if len(years) <= 4 else between(years[0], years[-1], lang)


def refusals(study: Study, simulation: Simulation, classes: Mapping[str, ReferenceClass]) -> Sentences:
    """Indicators that documents or figures speak of and that have no fan, by reason."""
    asked = {s.indicator for s in study.statements("target")}
    found: dict[str, list[str]] = {}
    for indicator in study.registry.indicators.values():
        if indicator.id in simulation.fans or (indicator.id not in asked and not study.series(indicator.id).points):
            continue
        found.setdefault(_reason(study, indicator, classes), []).append(indicator.name(study.lang))
    lines = [_listed(study, reason, names) for reason, names in found.items()]
    return Sentences(tuple(lines) or (study.words("文件所涉的指标都有轨迹。", "Every indicator the documents speak of has a trajectory."),))


def _reason(study: Study, indicator: Indicator, classes: Mapping[str, ReferenceClass]) -> str:
    series = study.series(indicator.id)
    if not series.points:
        return study.words("一个数也没有", "no figure is known, not even one")
    if not series.annual:
        return study.words("没有全年的数，只有年内的数", "no figure of a whole year")
    if not exact(series):
        return study.words("只有下限（“以上”“超过”），没有一个确切的数", "only floors are printed, no exact figure")
    if indicator.reference not in classes:
        return study.words("有数，但没有同类序列可参照，宽窄无从谈起", "figures are known, but no reference class that would tell the width")
    return study.words("数超出参照类的范围", "the figures lie outside what the class takes")


def _listed(study: Study, reason: str, names: list[str]) -> str:
    listed = study.words("、", "; ").join(names[:NAMED])
    more = study.words("等", " and others") if len(names) > NAMED else ""
    return study.words(f"不推断（{reason}，{count(len(names))}项）：{listed}{more}。", f"Not projected ({reason}; {count(len(names))}): {listed}{more}.")
