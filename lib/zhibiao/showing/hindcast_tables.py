"""The pipe fitted to the nation, and how well it would have told enrolment in the past, in tables, one picture and plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

import numpy as np

from zhibiao.catalogue.study import Study
from zhibiao.model import unit_of
from zhibiao.projecting.learned import COMBINED
from zhibiao.projecting.project import LAST_VALUE
from zhibiao.showing.chart import Chart
from zhibiao.showing.lines_chart import LinesPicture, NamedLine, lines
from zhibiao.showing.numbers import count, fixed, in_unit, percent
from zhibiao.showing.table import Column, Table
from zhibiao.simulating.calibration import LENGTHS, Fit, Known
from zhibiao.simulating.filtering import Array, share
from zhibiao.simulating.hindcast import AHEAD, ALONE, GIVEN, PIPE, Accuracy, Trial, accuracy

NAMES: Mapping[str, tuple[str, str]] = {
    PIPE: ("队列模型（招生由其过去推断）", "pipe, intake projected"),
    COMBINED: ("本套推断（只看在校生）", "this suite, enrolment alone"),
    LAST_VALUE: ("最后一个值", "last value"),
    "drift": ("漂移", "drift"),
    "half_slope": ("半斜率", "half slope"),
    GIVEN: ("队列模型（已知实际招生）", "pipe, actual intake given"),
}

DRAWN: Mapping[str, str] = {PIPE: "third curve", COMBINED: "curve", LAST_VALUE: "second curve", "drift": "pace", GIVEN: "fourth curve"}
"""Methods in the picture and their roles; half slope, the worst, stands in the table."""

PEOPLE = unit_of("万人")


def name(study: Study, method: str) -> str:
    """The method in words."""
    return study.words(*NAMES[method])


def table(study: Study, trials: Sequence[Trial]) -> Table:
    """Mean error of each method by years ahead, the best of those that know nothing of the future named."""
    found = {(one.method, one.ahead): one for one in accuracy(trials)}
    steps = sorted({ahead for _, ahead in found if ahead is not None})
    columns = [
        Column("method", study.words("方法", "method"), width=5),
        *(Column(f"ahead{ahead}", study.words(f"{count(ahead)}年后", f"{count(ahead)} years" if ahead > 1 else "1 year"), "right", "share", width=2, digits=1) for ahead in steps),
        Column("all", study.words("合计", "all"), "right", "share", width=2, digits=1),
        Column("middle", study.words("合计中位", "median of all"), "right", "share", width=2, digits=1),
        Column("covered80", study.words("80%区间包住", "inside the 80 % band"), "right", "share", width=2, digits=0),
        Column("values", study.words("判定次数", "judged"), "right", "count", width=2),
        Column("best", study.words("何处误差最小", "smallest error"), width=3),
    ]
    rivals = [method for method in (PIPE, *ALONE) if (method, None) in found]
    best: dict[str, list[int]] = {method: [] for method in rivals}
    for ahead in steps:
        best[min(rivals, key=lambda method: found[method, ahead].mean)].append(ahead)
    rows = [
        {
            "method": name(study, method),
            **{f"ahead{ahead}": found[method, ahead].mean if (method, ahead) in found else None for ahead in steps},
            "all": found[method, None].mean,
            "middle": found[method, None].median,
            "covered80": found[method, None].covered[80],
            "values": found[method, None].values,
            "best": _best(study, best.get(method), steps),
        }
        for method in (*rivals, GIVEN)
        if (method, None) in found
    ]
    notes = [_how(study, trials), _lost(study, trials, rivals), _bands(study, found)] if rows else []
    return Table(columns, rows, title=_title(study, found) if rows else "", notes=notes, empty=_none(study))


def _best(study: Study, where: Sequence[int] | None, steps: Sequence[int]) -> str:
    if where is None:
        return study.words("用了当时不知道的招生，不参加比较", "knows the intake that came: not compared")
    if not where:
        return study.words("无", "nowhere")
    if len(where) == len(steps):
        return study.words("各年均最小", "every year ahead")
    return study.words("、".join(map(count, where)) + "年后", ", ".join(map(count, where)) + " years ahead")


def _title(study: Study, found: Mapping[tuple[str, int | None], Accuracy]) -> str:
    pipe, alone = (found[method, None].mean for method in (PIPE, COMBINED))
    verdict = ("小于", "less than") if pipe < alone else ("不小于", "no less than")
    return study.words(
        f"从招生推在校生，五年内平均误差{percent(pipe, 1)}，{verdict[0]}只看在校生的{percent(alone, 1)}",
        f"Enrolment told from intake was off by {percent(pipe, 1)} on average, {verdict[1]} the {percent(alone, 1)} of enrolment alone",
    )


def _how(study: Study, trials: Sequence[Trial]) -> str:
    first, last = min(t.origin for t in trials), max(t.origin for t in trials)
    return study.words(
        f"数为平均误差，占实际值的比例。全国技工院校，{first}—{last}年每年各作一次推断，只用到当年为止的数；推断招生与在校生所用的参照类不含中国序列。各次推断互相重叠，不是独立的证据。",
        f"Mean errors as a share of the truth. Technical schools of the nation, forecast from each year {first}–{last} with figures up to that year alone; "
        "the class that carries intake and enrolment on has learned from no Chinese series. Forecasts overlap and are no independent evidence.",
    )


def _lost(study: Study, trials: Sequence[Trial], rivals: Sequence[str]) -> str:
    """Where the pipe does not win against the suite's own projection of enrolment, and how often against each of the others."""
    sizes = {(t.method, t.origin, t.ahead): t.relative for t in trials}
    mine = [(t.origin, t.ahead) for t in trials if t.method == PIPE]
    worse = {method: [place for place in mine if sizes[PIPE, *place] >= sizes[method, *place]] for method in rivals if method != PIPE}
    by_origin: dict[int, list[float]] = {}
    for origin, ahead in mine:
        by_origin.setdefault(origin, []).append(sizes[PIPE, origin, ahead] - sizes[COMBINED, origin, ahead])
    years = [origin for origin, differences in by_origin.items() if fmean(differences) >= 0]
    zh = "、".join(f"比“{NAMES[method][0].removesuffix('（只看在校生）')}”{count(len(places))}次" for method, places in worse.items())
    en = ", ".join(f"{count(len(places))} against {NAMES[method][1].removesuffix(', enrolment alone')}" for method, places in worse.items())
    return study.words(
        f"队列模型并非每次都赢：{count(len(mine))}次中，误差不小于对方的，{zh}。" + (f"从{'、'.join(map(str, years))}年起的推断，平均不如本套只看在校生。" if years else ""),
        f"The pipe does not always win: of {count(len(mine))} forecasts it was no nearer in {en}."
        + (f" From {', '.join(map(str, years))} it did worse on average than this suite on enrolment alone." if years else ""),
    )


def _bands(study: Study, found: Mapping[tuple[str, int | None], Accuracy]) -> str:
    own, given = found[PIPE, None], found.get((GIVEN, None))
    zh = f"队列模型的80%区间实际包住{percent(own.covered[80], 0)}，95%区间{percent(own.covered[95], 0)}。"
    en = f"The 80 % band of the pipe held {percent(own.covered[80], 0)}, the 95 % band {percent(own.covered[95], 0)}."
    if given is not None:
        zh += f"已知招生时，模型自己的80%区间只包住{percent(given.covered[80], 0)}；按其他各年的误差定宽，则为{percent(given.calibrated[80], 0)}。"
        en += f" Given the intake, the model's own 80 % band held only {percent(given.covered[80], 0)}; as wide as the errors from the other years, {percent(given.calibrated[80], 0)}."
    return study.words(zh, en)


def chart(study: Study, trials: Sequence[Trial]) -> Chart:
    """Mean error by years ahead: what is not known is the intake, and hardly the pipe."""
    found = {(one.method, one.ahead): one for one in accuracy(trials)}
    drawn = [
        NamedLine(name(study, method), look, [found[method, ahead].mean if (method, ahead) in found else None for ahead in range(1, AHEAD + 1)])
        for method, look in DRAWN.items()
    ]
    given, pipe = (found[method, AHEAD].mean for method in (GIVEN, PIPE))
    title = study.words(
        f"知道今后招生，五年后的在校生平均只差{percent(given, 1)}；不知道，差{percent(pipe, 1)}：难料的是招生",
        f"Given the intake, enrolment five years on was off by {percent(given, 1)}; without it by {percent(pipe, 1)}: what is uncertain is the intake",
    )
    return lines(
        LinesPicture(
            title,
            [count(ahead) for ahead in range(1, AHEAD + 1)],
            study.words("几年后", "years ahead"),
            study.words("平均误差（占实际值的比例）", "mean error as a share of the truth"),
            drawn,
            basis=_how(study, trials),
            source=_source(study, trials),
        )
    )


def _source(study: Study, trials: Sequence[Trial]) -> str:
    last = max(t.origin + t.ahead for t in trials)
    return study.words(f"登记库中全国技工院校招生、在校生、毕业生，数据截至{last}年。", f"The nation's intake, enrolment and graduates of technical schools in the registry, as of {last}.")


def fitted(study: Study, known: Known, fit: Fit | None) -> Table:
    """What the fit says of lengths, retention and losses, and of the figures that nobody published; None where too little is known to fit."""
    columns = [
        Column("item", study.words("项目", "item"), width=5),
        Column("middle", study.words("中位", "median"), "right", width=2),
        Column("band", study.words(f"{study.level}%区间", f"{study.level} % band"), "right", width=3),
        Column("kind", study.words("性质", "kind"), width=2),
    ]
    if fit is None:
        return Table(columns, [], title="", empty=study.words(f"截至{study.as_of}年，全国数据不足以拟合。", f"As of {study.as_of} too little is known of the nation to fit."))
    rows = [*_parameters(study, fit), *_losses(study, known, fit), *_unpublished(study, known, fit)]
    first, last = int(fit.years[0]), int(fit.years[-1])
    mean, leaving = float(np.median(fit.mix @ LENGTHS)), percent(1 - float(np.median(share(fit.process.level))), 0)
    title = study.words(
        f"全国技工院校{first}—{last}年：平均学制约{fixed(mean, 1)}年，未毕业学生每年约{leaving}离校",
        f"Technical schools of the nation {first}–{last}: programmes of about {fixed(mean, 1)} years, about "
        f"{leaving} of those not yet finishing leave each year",
    )
    notes = [
        study.words(
            "推算：没有公布，由在校生＝上年在校生＋招生－毕业－其他减少推出，仅供参考，不作为观测值。估计：由模型拟合。",
            "Derived: not published, follows from enrolment = that of the year before + intake − graduates − other losses; a guide, no observation. Estimate: fitted.",
        ),
        study.words(
            "模型里毕业与流失靠学制组合区分，两者此消彼长：学制估短，保留率就估高；单看一项不如看合起来的推断。",
            "What sets graduates apart from losses in the model is the mix of lengths: shorter programmes go with higher retention; together they are surer than each alone.",
        ),
    ]
    return Table(columns, rows, title=title, notes=notes)


def _parameters(study: Study, fit: Fit) -> list[dict[str, str]]:
    estimate = study.words("估计", "estimate")
    length = fit.mix @ LENGTHS
    rows = [_row(study, study.words("平均学制（年）", "mean length (years)"), length, lambda v: fixed(v, 1), estimate)]
    rows += [
        _row(study, study.words(f"{count(years)}年制占招生", f"{count(years)}-year programmes, share of intake"), fit.mix[:, place], lambda v: percent(v, 1), estimate)
        for place, years in enumerate(LENGTHS.tolist())
    ]
    rows.append(_row(study, study.words("常年保留率（未毕业者留到下一年）", "usual retention of those not finishing"), share(fit.process.level), lambda v: percent(v, 1), estimate))
    yearly = np.median(fit.retention[:, 1:], axis=0)
    for zh, en, place in (("最低", "lowest", int(yearly.argmin()) + 1), ("最高", "highest", int(yearly.argmax()) + 1)):
        year = fit.years[place]
        item = study.words(f"{zh}保留率（{year}年）", f"{en} retention ({year})")
        rows.append(_row(study, item, fit.retention[:, place], lambda v: percent(v, 1), estimate))
    return rows


def _losses(study: Study, known: Known, fit: Fit) -> list[dict[str, str]]:
    """Other losses of the years in which they follow from published figures alone."""
    places = [t for t, year in enumerate(fit.years.tolist()) if t and year in known.whole and year - 1 in known.enrolment]
    if not places:
        return []
    lost = fit.lost[0, places]
    item = study.words(
        f"其他减少占上年在校生（{count(len(places))}年，由公布数算出）", f"other losses, share of enrolment before ({count(len(places))} years, from published figures)"
    )
    ends = study.words("—", "–").join(percent(edge, 1) for edge in (lost.min(), lost.max()))
    return [
        {
            "item": item,
            "middle": percent(float(np.median(lost)), 1),
            "band": ends + study.words("（最低—最高）", " (lowest–highest)"),
            "kind": study.words("算出", "computed"),
        }
    ]


def _unpublished(study: Study, known: Known, fit: Fit) -> list[dict[str, str]]:
    """Figures of years that nobody published, in the nation's unit."""
    derived = study.words("推算", "derived")
    names = [study.words(zh, en) for zh, en in (("招生", "intake"), ("在校生", "enrolment"), ("毕业生", "graduates"), ("其他减少", "other losses"))]
    rows = []
    for t, year in enumerate(fit.years.tolist()[1:], start=1):
        # other losses are never published: they are derived where something that they follow from is
        seen = (known.intake, known.enrolment, known.graduates, {y: 0.0 for y in known.whole if y - 1 in known.enrolment})
        for title, figures, drawn in zip(names, seen, (fit.intake, fit.enrolment, fit.graduates, fit.losses), strict=True):
            if year not in figures:
                item = study.words(f"{year}年{title}（{PEOPLE.written}）", f"{title} {year} ({PEOPLE.label('en')})")
                rows.append(_row(study, item, drawn[:, t], lambda v: in_unit(v, PEOPLE.scale, 0), derived))
    return rows


def _row(study: Study, item: str, draws: Array, text: Callable[[float], str], kind: str) -> dict[str, str]:
    low, middle, high = (float(v) for v in np.quantile(draws, [(100 - study.level) / 200, 0.5, (100 + study.level) / 200]))
    return {"item": item, "middle": text(middle), "band": text(low) + study.words("—", "–") + text(high), "kind": kind}


def _none(study: Study) -> str:
    return study.words("没有回测结果。", "There is no hindcast.")
