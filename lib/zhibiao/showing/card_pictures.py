"""From the main targets to the headline cards: one card an indicator, the governing target first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zhibiao.assessing.gaps import GapRow
from zhibiao.catalogue.study import Study
from zhibiao.showing import cards_chart
from zhibiao.showing.cards_chart import Card, Line
from zhibiao.showing.chart import Chart
from zhibiao.showing.citing import briefly_cited
from zhibiao.showing.fan_chart import FanPicture
from zhibiao.showing.gap_tables import gap_text, latest_text, likelihood_text
from zhibiao.showing.no_chance import reason
from zhibiao.showing.numbers import ABSENT, count, full
from zhibiao.showing.pictures import bands_of, documents_line, gap_finding, median_of, points_of, target_line
from zhibiao.showing.statement_tables import period_text, value_with_unit
from zhibiao.showing.words import STATES, VERDICTS, between, word
from zhibiao.simulating.scenario import Simulation

MOST = 12
"""Cards on one picture; a document that puts more first is read in the table."""
INNER = 50
"""Level of the band inside the one of the study's level."""

ROLES: Mapping[str, str] = {
    "met": "met",
    "holding": "met",
    "on_schedule": "on schedule",
    "level": "unscaled",
    "behind": "behind",
    "missed": "missed",
    "not_reported": "unknown",
    "unknown": "unknown",
}
"""How each verdict is drawn."""

UNREPORTED = ("not_yet_reported", "passed_not_reported")


def cards(study: Study, rows: Sequence[GapRow], simulation: Simulation) -> Chart:
    """Draw one card for each indicator of `rows`, in their order.

    Parameters
    ----------
    rows : sequence of GapRow
        The targets to show; of several for one indicator the governing one is printed large.
    simulation : Simulation
        Whose fans the small pictures show.

    Raises
    ------
    ParameterError
        There are no rows.
    """
    groups: dict[str, list[GapRow]] = {}
    for row in rows:
        groups.setdefault(row.statement.indicator, []).append(row)
    shown = list(groups.values())[:MOST]
    left = len(groups) - len(shown)
    title, basis = gap_finding(study, rows), _basis(study, shown, left)
    return cards_chart.cards([_card(study, group, simulation) for group in shown], study.lang, title=title, basis=basis, source=documents_line(study))


def _basis(study: Study, shown: Sequence[Sequence[GapRow]], left: int) -> str:
    """What the signs of the cards mean, those that occur."""
    rows = [row for group in shown for row in group]
    latest = [row.standing.latest for row in rows if row.standing.latest is not None]
    notes = [
        (any(point.confidence != "high" for point in latest), "* 可信度中等。", "* medium confidence."),
        (len(latest) < len(rows), "“—”表示没有数据，不等于零。", "“—” means no figure, not zero."),
        (bool(latest), "差距按最近一次公布的数计算，逐年成立的目标按差得最多的一年。", "Gaps are taken from the last published figure, of targets that bind each year from the worst one."),
        (any(len(group) > 1 for group in shown), "一项指标有几个目标时，大字是主评目标。", "Of several targets for one indicator the governing one is printed large."),
        (left > 0, f"另有{count(left)}项指标见差距表。", f"{count(left)} more in the table of gaps."),
    ]
    return study.words("", " ").join(study.words(zh, en) for holds, zh, en in notes if holds)


def _card(study: Study, group: Sequence[GapRow], simulation: Simulation) -> Card:
    first = next((row for row in group if row.governed_by is None), group[0])
    stands, lang = first.standing, study.lang
    latest, latest_at = _parted(latest_text(stands, lang, named=True), lang)
    picture = _picture(study, group, simulation)
    state = word(STATES, stands.state, lang)
    gap, chance = _gap(study, first), _chance(study, first, simulation)
    role, trend = _trend(study, first)
    others = [_other(study, row) for row in group if row is not first]
    also = [Line(study.words("另有", "also"), text, minor=True) for text in others]
    clause = Line(study.words("条款", "clause"), briefly_cited(study, first.statement), minor=True)
    names = study.words("差距", "gap"), study.words("可能性", "chance"), study.words("走向", "trend"), study.words("证据", "evidence")
    told = [Line(names[3], state, minor=True)] if stands.state != "assessed" and picture is not None else []
    lines = [Line(names[0], gap), Line(names[1], chance), Line(names[2], trend, role), *told]
    return Card(
        name=stands.indicator.name(lang),
        verdict=word(VERDICTS, stands.verdict, lang),
        role=ROLES[stands.verdict],
        latest=study.words("缺数", "no figure") if stands.latest is None else latest,
        latest_at=latest_at,
        target=value_with_unit(first.statement, lang),
        target_at=period_text(first.statement, lang),
        lines=[*lines, clause, *also],
        record={
            study.words("指标", "indicator"): stands.indicator.name(lang),
            study.words("最近数", "latest"): latest_text(stands, lang),
            study.words("目标", "target"): value_with_unit(first.statement, lang),
            study.words("期间", "period"): period_text(first.statement, lang),
            names[0]: gap,
            names[1]: chance,
            names[2]: trend,
            names[3]: state,
            study.words("判断", "verdict"): word(VERDICTS, stands.verdict, lang),
            study.words("其他目标", "other targets"): study.words("；", "; ").join(others),
        },
        picture=picture,
        absent=state if stands.state != "assessed" else study.words("不画轨迹", "no course to draw"),
    )


def _other(study: Study, row: GapRow) -> str:
    """A target that does not govern: its value, by when, and where it stands."""
    asked, when, clause = value_with_unit(row.statement, study.lang), period_text(row.statement, study.lang), briefly_cited(study, row.statement)
    return study.words(f"{asked}（{when}，{clause}）", f"{asked}, {when}: {clause}")


def _parted(text: str, lang: str) -> tuple[str, str]:
    """A figure and, from the brackets behind it, of when it is."""
    value, bracket, at = text.rpartition("（" if lang == "zh" else " (")
    return (value, at.rstrip("）)")) if bracket else (text, "")


def _bracketed(study: Study, *parts: str) -> str:
    inside = study.words("，", ", ").join(parts)
    return study.words(f"（{inside}）", f" ({inside})")


def _gap(study: Study, row: GapRow) -> str:
    """The gap, and on which year's figure it rests where nothing was reported since."""
    stands = row.standing
    text = gap_text(stands, study.lang)
    if stands.gap is None or stands.latest is None or stands.state not in UNREPORTED:
        return text
    return study.words(f"{text}（按{stands.latest.period}年数）", f"{text} (on {stands.latest.period})")


def _chance(study: Study, row: GapRow, simulation: Simulation) -> str:
    if row.statement.indicator in simulation.assumed:
        return study.words("—（情景已设定其路径）", "— (its path is set by the scenario)")
    if row.chance is None:
        return ABSENT + _bracketed(study, reason(study, row))
    return likelihood_text(row.chance, row.standing.state, study.lang)


def _trend(study: Study, row: GapRow) -> tuple[str, str]:
    """Which way the last two yearly figures point: the role of the sign, and the word with the years."""
    known = study.series(row.statement.indicator).annual[-2:]
    if len(known) < 2:
        words = study.words("没有年度数", "no yearly figure") if not known else study.words("只有一个年度数", "one yearly figure only")
        return "", ABSENT + _bracketed(study, words)
    if any(point.qualifier not in ("eq", "about") for point in known):
        return "", ABSENT + _bracketed(study, study.words("有下限值，不能比", "a floor cannot be compared"))
    unit = row.statement.written_unit
    before, after = (full(point.base_value, unit.scale) for point in known)
    role = "steady" if before == after else "rising" if known[1].base_value > known[0].base_value else "falling"
    said = {"steady": study.words("持平", "level"), "rising": study.words("上升", "rising"), "falling": study.words("下降", "falling")}[role]
    star = "*" if any(point.confidence != "high" for point in known) else ""
    return role, said + star + _bracketed(study, between(known[0].period, known[1].period, study.lang))


def _picture(study: Study, group: Sequence[GapRow], simulation: Simulation) -> FanPicture | None:
    indicator, unit = group[0].standing.indicator, group[0].statement.written_unit
    points, fan = points_of(study, indicator, unit), simulation.fans.get(indicator.id)
    lasting = [row for row in group if row.statement.scope in ("point", "annual")]
    if not lasting or (not points and fan is None):
        return None
    years, median = median_of(fan, unit)
    return FanPicture(
        title=indicator.name(study.lang),
        unit=unit.label(study.lang),
        points=points,
        targets=[line for row in lasting if (line := target_line(study, row, unit)) is not None],
        years=years,
        median=median,
        bands=bands_of(fan, unit, (INNER, study.level)),
        level=study.level,
        lower=None if indicator.lower is None else float(indicator.lower / unit.scale),
        upper=None if indicator.upper is None else float(indicator.upper / unit.scale),
    )
