"""Commands that look at targets together: feasible, solve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhibiao.cli.options import Data, Format, Output
from zhibiao.errors import CheckFailed, ParameterError

if TYPE_CHECKING:
    from zhibiao.catalogue.registry import Registry
    from zhibiao.catalogue.study import Study
    from zhibiao.simulating.demands import Demand
    from zhibiao.simulating.scenario import Ground
    from zhibiao.simulating.solutions import Answer, Solution

commands = typer.Typer()

Targets = Annotated[
    list[str] | None,
    typer.Option("--target", help="目标，可多次：登记库中的编号，或指标加数值 targets, repeatable: plan/statement, its id, or 'intake>160万人@2028' (default: intake and enrolment targets of the documents)"),
]  # fmt: skip
RegionName = Annotated[str, typer.Option(help="地区 region: code or name")]
Plan = Annotated[str, typer.Option(help="all, or documents separated by commas")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="数据截至年 year of knowledge (default: newest observed)")]
Horizon = Annotated[str | None, typer.Option(help="目标年 last year of projections (default: the last of documents and targets)")]
Seed = Annotated[str, typer.Option(help="随机种子 seed of the draws")]
Levers = Annotated[list[str] | None, typer.Option("--lever", help="只动这些杠杆，可给范围 only these levers, with a range in the documents' unit: intake=3:5 retention=94:98 length")]
Limits = Annotated[list[str] | None, typer.Option("--limit", help="每年至多变动 largest move a year: intake=10% (of the start), retention=2 (points), none")]
Weights = Annotated[list[str] | None, typer.Option("--weight", help="权重 what a move of a lever over its whole room counts: retention=2 (default 1)")]


@commands.command()
def solve(
    target: Targets = None,
    region: RegionName = "重庆",
    plan: Plan = "all",
    as_of: AsOf = None,
    horizon: Horizon = None,
    seed: Seed = "2020",
    lever: Levers = None,
    limit: Limits = None,
    weight: Weights = None,
    chance: Annotated[str, typer.Option(help="以多大可能性达到 chance with which all targets hold, 0–1; none: in the middle of the pipe only")] = "0.8",
    alternatives: Annotated[int, typer.Option(min=1, max=20, help="至多几个解 answers at most, each with other levers")] = 3,
    save: Annotated[str | None, typer.Option(help="把最省的解存为情景 save the cheapest answer as a scenario of the overlay (needs --data)")] = None,
    force: Annotated[bool, typer.Option("--force", help="覆盖同名情景 replace a scenario of that name")] = False,
    form: Format = "table",
    output: Output = None,
    data: Data = None,
) -> None:
    """反推：动哪些杠杆、动多少，能以所要的可能性达到目标 which levers reach targets with a chance; exit code 1 where none does."""
    from zhibiao.catalogue.load import load, overlays
    from zhibiao.cli.lever_options import chance_of, ranges_of
    from zhibiao.printing import write
    from zhibiao.showing.solution_records import SOLVE_COLUMNS, solve_records
    from zhibiao.simulating import solving
    from zhibiao.simulating.scenario import ground

    wanted = chance_of(chance)
    folders = overlays(data)
    called = None if save is None else _called(save)
    if save is not None and not folders:
        raise ParameterError("存情景须指定数据目录 saving needs an overlay", where="--save", allowed=["--data DIR"])
    known = load(data)
    question, asked = _question(known, region, plan, as_of, horizon, seed, target)
    base = ground(question)
    ranges = ranges_of(question, base, lever, limit, weight)
    ahead, told = _passed(question, base, asked)
    found = solving.solve(question, ahead or asked, base, ranges, wanted, alternatives)
    if not found.solutions:
        raise CheckFailed(_unsolved(question, found), where="--target")
    if form == "table" and output is None:
        from zhibiao.showing.solution_tables import solutions

        typer.echo("\n".join([*told, *([solutions(question, [found]).plain()] if ahead else [])]))
    else:
        write(SOLVE_COLUMNS, solve_records(found), form, output, "solutions")
        for line in told:
            typer.echo(line, err=True)
    if called is not None:
        typer.echo(_saved(folders[0], known, question, ahead or asked, found.solutions[0], called, force), err=True)


@commands.command()
def feasible(
    target: Targets = None,
    region: RegionName = "重庆",
    plan: Plan = "all",
    as_of: AsOf = None,
    horizon: Horizon = None,
    seed: Seed = "2020",
    lever: Levers = None,
    limit: Limits = None,
    form: Format = "table",
    output: Output = None,
    data: Data = None,
) -> None:
    """目标能否同时成立：哪项卡住、余地多大、哪些相互矛盾、改哪项最省 whether targets hold together; exit code 1 where that cannot be assessed."""
    from zhibiao.catalogue.load import load
    from zhibiao.cli.lever_options import ranges_of
    from zhibiao.printing import write
    from zhibiao.showing import feasibility_tables as tables
    from zhibiao.showing.solution_records import FEASIBLE_COLUMNS, feasible_records
    from zhibiao.simulating.feasibility import feasibility
    from zhibiao.simulating.relaxing import relaxing
    from zhibiao.simulating.scenario import ground

    question, asked = _question(load(data), region, plan, as_of, horizon, seed, target)
    base = ground(question)
    ranges = ranges_of(question, base, lever, limit, None)
    found, together = feasibility(question, asked, base, ranges), relaxing(question, asked, base, ranges)
    if form == "table" and output is None:
        parts = [tables.contradictions(question, [(found, together)]), tables.binding(question, found), tables.relaxations(question, [(found, together)])]
        typer.echo("\n\n".join(repr(part) for part in parts))
    else:
        write(FEASIBLE_COLUMNS, feasible_records(question, found, together), form, output, "feasible")
    if found.lacking:
        key, (zh, en) = next(iter(found.lacking.items()))
        raise CheckFailed(f"{key} 不能评估：{zh} not assessable: {en}", where="--target")


def _question(
    known: Registry, region: str, plan: str, as_of: str | None, horizon: str | None, seed: str, names: Sequence[str] | None
) -> tuple[Study, tuple[Demand, ...]]:
    """The study and its targets; it reaches as far as they do where nobody says how far."""
    from zhibiao.catalogue.study import study
    from zhibiao.simulating.demands import demand_of, demands, example, main_targets

    question = study(known, region, plan, as_of, horizon, "baseline", 80, seed)
    if not names:
        asked = tuple(demand_of(question, s) for s in main_targets(question) if s.indicator in ("intake", "enrolment"))
        if not asked:
            raise ParameterError(f"{question.region.zh} 没有登记招生与在校生目标 no target of intake or enrolment is registered", where="--target", allowed=[example(question)])
        return question, asked
    asked = demands(question, names)
    last = max(d.asked.end or 0 for d in asked)
    if horizon is None and last > question.horizon:
        question = study(known, region, plan, as_of, last, "baseline", 80, seed)
        asked = demands(question, names)
    return question, asked


def _passed(question: Study, base: Ground, asked: Sequence[Demand]) -> tuple[tuple[Demand, ...], list[str]]:
    """The targets that are still ahead, and what is said of those whose years are counted; no lever moves these.

    Raises
    ------
    CheckFailed
        A target has failed already.
    """
    from zhibiao.showing.feasibility_tables import asked_text, people

    ahead, told = [], []
    for demand in asked:
        fan = base.fans.get(demand.indicator.id)
        held, missed, text = demand.settled(fan), demand.missed(fan), asked_text(question, demand)
        if missed is not None:
            counted = people(question, missed[1], demand)
            raise CheckFailed(f"{missed[0]}年实有{counted}，{text}已经不成立，没有杠杆可动 counted in {missed[0]}: it has failed already, no lever moves what has passed", where="--target")
        if held is False:
            raise CheckFailed(f"各年都已有数，{text}没有达到，没有杠杆可动 all its years are counted and it failed, no lever moves what has passed", where="--target")
        if held:
            told.append(f"{text}：{demand.asked.end}年的数已有，按所报成立，不需动杠杆。")
        else:
            ahead.append(demand)
    return tuple(ahead), told


def _called(name: str) -> str:
    """The name of a scenario that is to be saved; refused before anything is reckoned or written."""
    from zhibiao.exploring.saving import plain_name

    return plain_name(name, "--save")


def _unsolved(question: Study, found: Answer) -> str:
    """What stands on stderr where nothing reaches, in both languages."""
    from dataclasses import replace

    from zhibiao.showing.solution_tables import missed, step_text

    assert found.nearest is not None
    told = []
    for lang in ("zh", "en"):
        spoken = replace(question, lang=lang)
        steps = spoken.words("；", "; ").join(step_text(spoken, step) for step in found.nearest.solution.steps) or spoken.words("无杠杆可动", "no lever to move")
        told.append(f"{missed(spoken, found)}{spoken.words('；最近处：', '; nearest: ')}{steps}")
    return "\n".join(told)


def _saved(folder: Path, known: Registry, question: Study, asked: Sequence[Demand], solution: Solution, name: str, force: bool) -> str:
    """Write the scenario into the overlay, whole, never over another without --force; and say how to run it."""
    from zhibiao.exploring import saving

    path = folder / saving.FOLDER / f"{saving.identifier(name)}.yaml"
    if path.exists() and not force:
        raise ParameterError(f"情景 {name!r} 已存在 exists already: {path}", where="--save", allowed=["--force"])
    scenario = solution.scenario(question, asked, saving.identifier(name)).model_copy(update={"zh": name, "en": name})
    saving.save(folder, known, scenario, replace=force)
    return f"已存 saved: {path}（zhibiao simulate --scenario {scenario.id} --region {question.region.zh} --data {folder}）"
