"""Every notebook for regions drawn at random: no cell fails, and each number that is shown was noted.

They are as nobody would draw them up for a demonstration: few figures, odd ratios, floors and ceilings on one thing, mixed units.
"""

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from zhibiao.errors import ParameterError
from zhibiao.publishing import values
from zhibiao.publishing.readback import unexplained
from zhibiao.publishing.shown_texts import shown_texts
from zhibiao.showing import ledger

CODE, NAME = "450200", "柳州"
HEAD = "region,indicator,period,basis,value,qualifier,unit,status,confidence,source,published,recorded,reason"
PLAN = """id: own
title: 规划
title_en: plan
short: 规划
issuer: [局]
region: "{code}"
period: {start}-{end}
issued: {start}-03-01
headline: [{headline}]
statements:
"""
STATEMENT = """  - id: {id}
    indicator: {indicator}
    kind: target
    value: {value}
    unit: "{unit}"
    comparator: {comparator}
    scope: {scope}
    period: {period}
    locator: 一
    evidence: {id}
"""


@dataclass(frozen=True)
class Kind:
    """An indicator, and of which size it is where `size` students are enrolled."""

    name: str
    unit: str
    basis: str
    share: tuple[float, float] = (0, 0)
    level: tuple[float, ...] = ()

    def mean(self, draw: random.Random, size: float) -> float:
        return draw.choice(self.level) if self.level else max(1.0, size * draw.uniform(*self.share))


KINDS = (
    Kind("enrolment", "人", "at_end", (1, 1)),
    Kind("intake", "人", "in_period", (0.1, 2)),
    Kind("graduates", "人", "in_period", (0.2, 0.5)),
    Kind("employment_rate", "%", "in_period", level=(60, 98, 100)),
    Kind("social_training", "人次", "in_period", (0.2, 5)),
    Kind("schools", "所", "at_end", (0.0003, 0.001)),
    Kind("teachers", "人", "at_end", (0.03, 0.1)),
    Kind("high_skill_trained", "人", "in_period", (0.05, 0.2)),
    Kind("dual_teacher_share", "%", "at_end", level=(5, 50, 95)),
)


def odd_region(seed: int, folder: Path) -> tuple[int, int]:
    """Write the overlay of a region into an empty `folder`; the same seed gives the same one. Returns the years of its plan."""
    draw = random.Random(seed)
    size = 10 ** draw.uniform(2, 6.3)
    start, end = draw.choice(((2021, 2025), (2021, 2025), (2026, 2030), (2016, 2020)))
    kinds = draw.sample(KINDS, draw.randint(1, len(KINDS)))
    if draw.random() < 0.7:
        kinds += [kind for kind in KINDS[:2] if kind not in kinds]
    rows, statements, headline = [], [], []
    for kind in kinds:
        mean = kind.mean(draw, size)
        scale = 10_000 if kind.unit in ("人", "人次") and mean >= 2000 and draw.random() < 0.5 else 1
        unit = f"万{kind.unit}" if scale > 1 else kind.unit
        rows += _figures(draw, kind, mean, scale, unit, start)
        for number in range(draw.choice((0, 1, 1, 1, 2))):
            name = f"{kind.name}-{number}".replace("_", "-")
            statements.append(_target(draw, kind, mean, scale, unit, name, (start, end)))
            headline += [name] if draw.random() < 0.7 else []
    for part in ("plans", "observations"):
        (folder / part).mkdir(parents=True)
    (folder / "regions.csv").write_text(f"code,zh,en,parent,level\n{CODE},{NAME},Liuzhou,450000,prefecture\n", encoding="utf-8")
    (folder / "observations" / "own.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    if statements:
        told = PLAN.format(code=CODE, start=start, end=end, headline=", ".join(headline))
        (folder / "plans" / "own.yaml").write_text(told + "".join(statements), encoding="utf-8")
    return start, end


def _figures(draw: random.Random, kind: Kind, mean: float, scale: int, unit: str, start: int) -> list[str]:
    last, growth = draw.choice((start - 1, start, start + 1, start + 2, start + 4)), draw.gauss(0, 0.06)
    rows = []
    for year in range(last - draw.choice((0, 0, 1, 1, 2, 3, 5, 8, 12)) + 1, last + 1):
        value = mean * (1 + growth) ** (year - start) * (1 + draw.gauss(0, 0.03))
        if draw.random() < 0.15:
            continue
        if draw.random() < 0.03:
            value = 0
        if unit == "%":
            text = f"{min(value, 100):.{draw.choice((0, 1, 2))}f}"
        else:
            text = f"{round(value) / scale:.{draw.choice((1, 4)) if scale > 1 else 0}f}"
        qualifier, confidence = draw.choice(("eq",) * 8 + ("about", "ge", "gt")), draw.choice(("high",) * 4 + ("medium", "low"))
        rows.append(f"{CODE},{kind.name},{year},{kind.basis},{text},{qualifier},{unit},final,{confidence},own-report,,{max(2026, year)}-04-01,")
    return rows


def _target(draw: random.Random, kind: Kind, mean: float, scale: int, unit: str, name: str, years: tuple[int, int]) -> str:
    scope = draw.choice(("point", "point", "annual", *(("cumulative",) if kind.basis == "in_period" and unit != "%" else ())))
    comparator = draw.choice(("ge", "gt", "about", "between", "ge", "le", "lt", "eq"))
    goal = mean * draw.choice((0.5, 0.9, 1, 1.05, 1.3, 2, 6)) * (5 if scope == "cumulative" else 1)
    if unit == "%":
        goal = min(goal, 80)

    def written(value: float) -> str:
        return f"{max(value, 1):.1f}" if unit == "%" else f"{max(round(value), 1) / scale:g}"

    low, high = written(0.8 * goal), written(1.2 * goal)
    if comparator == "between" and low == high:
        comparator = "ge"
    return STATEMENT.format(
        id=name, indicator=kind.name, unit=unit, comparator=comparator, scope=scope,
        value=f"[{low}, {high}]" if comparator == "between" else written(goal), period=years[1] if scope == "point" else f"{years[0]}-{years[1]}",
    )  # fmt: skip


SCENARIOS = ("baseline",) * 4 + ("intake_low", "retention_up", "capacity_limited", "longer_programmes")


def _held(published, monkeypatch, folder, seed):
    start, end = odd_region(seed, folder)
    monkeypatch.setenv("ZHIBIAO_DATA", str(folder))
    draw = random.Random(seed)
    asked = {"region": NAME, "lang": draw.choice(("zh", "en")), "scenario": draw.choice(SCENARIOS)}
    if draw.random() < 0.6:
        asked["as_of"] = draw.randint(start - 1, min(end + 1, 2026))
    for stem in published.stems:
        ledger.begin()
        refused, nb = None, None
        try:
            nb = published.run(stem, **asked)
        except ParameterError as error:
            refused = error
        if nb is None:  # a scenario that the region gives no start, in whichever cell comes to it first
            assert (refused.where, asked["scenario"] != "baseline") == ("scenario", True), (seed, asked, stem, refused)
            continue
        store = values.take(nb)
        for position in store.positions:
            mine = values.Store(tuple(one for one in store.objects if one.position == position))
            for one in mine.objects:
                assert not list(unexplained(shown_texts(one.output), mine.printed, one.quoted)), (seed, asked, stem, nb.cells[position - 1].source)


@pytest.mark.parametrize("seed", [3, 8, 21])
def test_a_region_nobody_thought_of_gets_its_report(published, monkeypatch, tmp_path, seed):
    _held(published, monkeypatch, tmp_path / "mine", seed)


@pytest.mark.soak
@pytest.mark.parametrize("first", range(1000, 1100, 20))
def test_many_regions_nobody_thought_of_get_their_reports(published, monkeypatch, tmp_path, first):
    for seed in range(first, first + 20):
        _held(published, monkeypatch, tmp_path / str(seed), seed)
        shutil.rmtree(tmp_path / str(seed))
