"""Measured accuracy on published collections: this suite, simple rules and other libraries side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from zhibiao.catalogue.study import Study
from zhibiao.projecting.accuracy import Measured
from zhibiao.projecting.reference import ReferenceClass
from zhibiao.showing.backtest_tables import METHOD_NAMES
from zhibiao.showing.chart import Chart
from zhibiao.showing.ledger import quoted
from zhibiao.showing.lines_chart import LinesPicture, NamedLine, lines
from zhibiao.showing.numbers import count, fixed, percent
from zhibiao.showing.sentences import Sentences
from zhibiao.showing.table import Column, Kind, Table

COLLECTIONS: Mapping[str, tuple[str, str]] = {"m3": ("M3年度序列", "M3 yearly series"), "countries": ("未参与建类的国家", "Countries held out")}
MEASURES: Mapping[str, tuple[str, str]] = {
    "median_error": ("中位误差", "median error"),
    "scaled_error": ("按历年变动计的误差（MASE）", "error in yearly steps (MASE)"),
    "covered80": ("80%区间实际包住", "share inside the 80 % band"),
    "covered95": ("95%区间实际包住", "share inside the 95 % band"),
    "score80": ("80%区间得分", "interval score of the 80 % band"),
}
SHARES = ("median_error", "covered80", "covered95")
DIGITS: Mapping[str, int] = {**dict.fromkeys(SHARES, 0), "scaled_error": 2, "score80": 1}
OTHER_NAMES: Mapping[str, tuple[str, str]] = {
    "growth rate": ("年均增长率外推", "growth rate"),
    "straight line": ("直线外推", "straight line"),
    "mean of ETS, ARIMA, Theta": ("ETS、ARIMA、Theta之均值", "mean of ETS, ARIMA, Theta"),
}
KINDS: Mapping[str, tuple[str, str]] = {"own": ("本套", "this suite"), "rule": ("简单规则", "simple rule"), "peer": ("其他软件", "other library")}
GOAL = 0.8
PEER_LOOKS = ("third curve", "fourth curve", "second curve", "pace")


OWN = re.compile(r"zhibiao \((\w+)\)")
"""How the bench names this suite: with the class it was told, ``mixed`` where it was told none."""


def _name(method: str, lang: str, classes: Mapping[str, ReferenceClass]) -> str:
    own = OWN.fullmatch(method)
    if own:
        named = classes.get(own[1])
        if named is None:
            return "本套（未指明类）" if lang == "zh" else "this suite (no class named)"
        return f"本套（{named.entry.zh}）" if lang == "zh" else f"this suite ({named.entry.en})"
    zh, en = METHOD_NAMES.get(method) or OTHER_NAMES.get(method) or (method, method)
    return zh if lang == "zh" else en


def _lengths(rows: Sequence[Measured]) -> list[int | None]:
    found = {row.points for row in rows}
    return [*sorted(p for p in found if p is not None), *([None] if None in found else [])]


def _length_text(study: Study, points: int | None) -> str:
    return study.words("全部", "all") if points is None else count(points)


def _span(rows: Sequence[Measured]) -> tuple[int, int] | None:
    """The widest span of years ahead that was pooled."""
    return max((row.ahead for row in rows), key=lambda span: span[1] - span[0], default=None)


def table(study: Study, measured: Sequence[Measured], classes: Mapping[str, ReferenceClass], collection: str, measure: str) -> Table:
    """One measure of every method by number of points, all years ahead pooled."""
    pooled = _span([row for row in measured if row.collection == collection])
    rows = [row for row in measured if row.collection == collection and row.ahead == pooled and getattr(row, measure) is not None]
    lengths = _lengths(rows)
    kind: Kind = "share" if measure in SHARES else "number"
    columns = [
        Column("method", study.words("方法", "method"), width=4),
        Column("kind", study.words("类别", "kind"), width=2),
        *(Column(f"p{p}", study.words(f"{count(p)}个数", f"{count(p)} points") if p else study.words("全部历史", "whole history"), "right", kind, width=2, digits=DIGITS[measure]) for p in lengths),
    ]  # fmt: skip
    cells: dict[str, dict[str, object]] = {}
    for row in rows:
        said = cells.setdefault(row.method, {"method": _name(row.method, study.lang, classes), "kind": KINDS[row.kind][study.lang != "zh"]})
        said[f"p{row.points}"] = getattr(row, measure)
    name, what = COLLECTIONS.get(collection, (collection, collection))[study.lang != "zh"], MEASURES[measure][study.lang != "zh"]
    title = study.words(f"{quoted(name)}：{what}", f"{quoted(name)}: {what}") + (study.words(f"（{count(1)}—{count(pooled[1])}年后合计）", f" ({count(1)}–{count(pooled[1])} years ahead pooled)") if pooled else "")
    series = {row.points: row.series for row in rows if row.kind == "own"}
    notes = [study.words("序列或历史数：", "Series or histories: ") + study.words("、", ", ").join(f"{_length_text(study, p)} – {count(series[p])}" for p in lengths) + study.words("。", ".")] if rows else []
    if any(row.kind == "peer" for row in rows):
        notes.append(
            study.words(
                "其他软件为 statsforecast 各法及其自带的区间，与本套用同一批数、同一次运行；“—”是它拒绝了二十分之一以上的序列。",
                "Other libraries: methods of statsforecast with their own bands, on the same series in the same run; “—” where one refused more than a twentieth of the series.",
            )
        )
    return Table(columns, list(cells.values()), title=title, notes=notes, empty=_absent(study, collection))


def verdict(study: Study, measured: Sequence[Measured], classes: Mapping[str, ReferenceClass], collection: str) -> Sentences:
    """What the collection says, in plain words."""
    rows = [row for row in measured if row.collection == collection]
    pooled = _span(rows)
    if pooled is None:
        return Sentences((_absent(study, collection),))
    lines_of = []
    for points in _lengths(rows):
        same = [row for row in rows if row.ahead == pooled and row.points == points]
        ours = next((row for row in same if row.kind == "own"), None)
        if ours is None:
            continue
        others = [row for row in same if row.kind != "own"]
        best = min(others, key=lambda row: row.scaled_error, default=None)
        peers = [row for row in same if row.kind == "peer" and row.covered80 is not None]
        text = study.words(
            f"{_length_text(study, points)}{'个数' if points else '历史'}：误差{fixed(ours.scaled_error, 2)}倍年均变动" + (f"，其余最好的是{_name(best.method, 'zh', classes)} {fixed(best.scaled_error, 2)}" if best else ""),
            f"{f'{count(points)} points' if points else 'Whole history'}: error {fixed(ours.scaled_error, 2)} yearly steps" + (f", the best other is {_name(best.method, 'en', classes)} with {fixed(best.scaled_error, 2)}" if best else ""),
        )
        if ours.covered80 is not None:
            text += study.words(f"；80%区间实际包住{percent(ours.covered80, 0)}", f"; the 80 % band held {percent(ours.covered80, 0)}")
        if peers:
            low, high = (percent(edge(row.covered80 or 0.0 for row in peers), 0) for edge in (min, max))
            text += study.words(f"，其他软件{low}—{high}" if low != high else f"，其他软件{low}", f", those of other libraries {low}–{high}" if low != high else f", that of other libraries {low}")
        lines_of.append(text + study.words("。", "."))
    return Sentences(tuple(lines_of))


def coverage_chart(study: Study, measured: Sequence[Measured], classes: Mapping[str, ReferenceClass], collection: str) -> Chart | Sentences:
    """What the 80 % bands really held by number of points: this suite, and peers or the last value beside it."""
    pooled = _span([row for row in measured if row.collection == collection])
    rows = [row for row in measured if row.collection == collection and row.ahead == pooled and row.covered80 is not None]
    if not rows:
        return Sentences((_absent(study, collection),))
    lengths = _lengths(rows)
    ours = next(row.method for row in rows if row.kind == "own")
    beside = list(dict.fromkeys(row.method for row in rows if row.kind == "peer")) or ["last_value"]
    found = {(row.method, row.points): row.covered80 for row in rows}
    roles = {ours: "curve", **{method: PEER_LOOKS[n % len(PEER_LOOKS)] for n, method in enumerate(beside)}}
    drawn = [NamedLine(_name(method, study.lang, classes), role, [found.get((method, p)) for p in lengths]) for method, role in roles.items()]
    mine = [share for p in lengths if (share := found.get((ours, p))) is not None]
    name = COLLECTIONS.get(collection, (collection, collection))[study.lang != "zh"]
    low, high = percent(min(mine), 0), percent(max(mine), 0)
    title = study.words(f"{name}：本套的80%区间实际包住{low}—{high}", f"{name}: the 80 % bands of this suite held {low}–{high}")
    return lines(
        LinesPicture(
            title,
            [_length_text(study, p) for p in lengths],
            study.words("已知几个数", "figures known"),
            study.words("落在80%区间内的实际份额", "share that really fell inside the 80 % band"),
            drawn,
            GOAL,
            study.words("应为80%", "80 % aimed at"),
            source=_source(study, collection),
        )
    )


def error_chart(study: Study, measured: Sequence[Measured], classes: Mapping[str, ReferenceClass], collection: str, points: int) -> Chart | Sentences:
    """Median error by years ahead of this suite against the simple rules."""
    rows = [row for row in measured if row.collection == collection and row.points == points and row.ahead[0] == row.ahead[1]]
    if not rows:
        return Sentences((_absent(study, collection),))
    years = sorted({row.ahead[0] for row in rows})
    ours = next(row.method for row in rows if row.kind == "own")
    roles = {ours: "curve", "last_value": "second curve", "straight line": "third curve", "growth rate": "fourth curve"}
    found = {(row.method, row.ahead[0]): row.median_error for row in rows}
    drawn = [NamedLine(_name(method, study.lang, classes), role, [found.get((method, year)) for year in years]) for method, role in roles.items()]
    far = min(5, years[-1])
    mine, last = (percent(found[method, far], 0) if (method, far) in found else "—" for method in (ours, "last_value"))
    name = COLLECTIONS.get(collection, (collection, collection))[study.lang != "zh"]
    return lines(
        LinesPicture(
            study.words(f"{name}，只知{count(points)}个数：{count(far)}年后中位误差{mine}，最后一个值{last}", f"{name}, {count(points)} figures known: {count(far)} years ahead off by {mine}, the last value by {last}"),
            [count(year) for year in years],
            study.words("几年后", "years ahead"),
            study.words("误差中位数（占实际值的比例）", "median error as a share of the truth"),
            drawn,
            source=_source(study, collection),
        )
    )


def _source(study: Study, collection: str) -> str:
    if collection == "m3":
        return quoted(study.words("M3竞赛年度序列（2000）；本套的系数学自M1与旅游竞赛。", "M3 competition, yearly (2000); this suite learned from M1 and Tourism."))
    return study.words("世界银行教育统计，中等职业教育在校生；一半国家建类，判于另一半。", "World Bank EdStats, vocational enrolment; half of the countries teach, the other half is judged.")


def _absent(study: Study, collection: str) -> str:
    name = COLLECTIONS.get(collection, (collection, collection))[study.lang != "zh"]
    return study.words(f"{name}：没有实测表（indicators/reference/accuracy.csv）。", f"{name}: no measured table (indicators/reference/accuracy.csv).")
