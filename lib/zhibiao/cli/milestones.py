"""Commands on targets broken down: make, check, import."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhibiao.cli.options import Data, Format, Output
from zhibiao.errors import ParameterError

if TYPE_CHECKING:
    from zhibiao.catalogue.registry import Registry
    from zhibiao.catalogue.study import Study
    from zhibiao.model import Statement, Unit


class _Group(typer.core.TyperGroup):
    """``zhibiao breakdown TARGET`` makes one: what is no subcommand is a target."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("--help",):
            args = ["make", *args]
        return super().parse_args(ctx, args)


commands = typer.Typer(
    cls=_Group,
    help="目标分解：zhibiao breakdown 目标 …；check、import  break a target down into years, over districts or schools",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@commands.command("make")
def make(
    target: Annotated[str, typer.Argument(help="目标 target: plan/statement, its id, or its indicator")],
    region: Annotated[str | None, typer.Option(help="地区 region of a target named in short (default 重庆)")] = None,
    by: Annotated[str, typer.Option(help="even 匀速, growth 等比, late 后置, own 自定")] = "even",
    own: Annotated[str | None, typer.Option(help='各年的数 own values in the unit of the document: "2021=3.1,2022=3.2,…"')] = None,
    over: Annotated[str | None, typer.Option(help="children 下级地区, or a list 名单 (CSV, xlsx) with 单位,基数,下限,上限")] = None,
    floor: Annotated[str | None, typer.Option(help="每单位下限 floor of each: 500 or 0.05万人")] = None,
    cap: Annotated[str | None, typer.Option(help="每单位上限 cap of each")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="数据截至年 year of knowledge (default: newest observed)")] = None,
    save: Annotated[str | None, typer.Option(help="存入叠加目录的编号 id under which the overlay keeps it (with --data)")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="覆盖同一编号的分解 replace a stored one of this id")] = False,
    lang: Annotated[str, typer.Option(help="说明用的语言 language of the remarks: zh, en")] = "zh",
    form: Format = "table",
    output: Output = None,
    data: Data = None,
) -> None:
    """把目标分解到年、到区县或学校；-o 以 .xlsx 结尾为任务分解表 break a target down; -o FILE.xlsx makes the task table."""
    from zhibiao.assessing.breakdown.shares import bounded, children_in, countable, divide
    from zhibiao.assessing.breakdown.stored import breakdown_of
    from zhibiao.assessing.breakdown.years import milestones
    from zhibiao.catalogue.load import load
    from zhibiao.catalogue.study import study
    from zhibiao.reading.unit_list import unit_list
    from zhibiao.showing.breakdown_records import remarks

    registry = load(data)
    statement = _target(registry, target, region)
    question = study(registry, statement.region, as_of=as_of, lang=lang)
    made = milestones(question, statement, by, None if own is None else _own(own))
    unit = statement.written_unit
    name = save or statement.id
    if over is None:
        if floor is not None or cap is not None:
            raise ParameterError("下限、上限用于分解到单位 is for a breakdown over units (--over)", where="--floor" if floor is not None else "--cap")
        found, said = breakdown_of(name, made), remarks(question, made)
    else:
        countable(made)
        without: tuple[str, ...] = ()
        if over == "children":
            below = children_in(question, made.indicator.id, made.start.year if made.start else None)
            children, without = below.children, below.without
        else:
            children = unit_list(Path(over), unit, registry.regions)
            _printable((child.name, child.where) for child in children)
        children = bounded(children, _bound("--floor", floor, unit), _bound("--cap", cap, unit))
        found, said = breakdown_of(name, divide(made, children)), remarks(question, made, children, without)
    if save is not None:
        typer.echo(f"已保存 saved: {_kept(registry, found, data, replace)}", err=True)
    _show(question, found, statement, made.summed, said, form, output)
    for line in said:
        typer.echo(line, err=True)


@commands.command("check")
def check(
    name: Annotated[str, typer.Argument(metavar="ID", help="编号 id of a stored breakdown")],
    lang: Annotated[str, typer.Option(help="zh, en")] = "zh",
    as_of: Annotated[str | None, typer.Option("--as-of", help="数据截至年 year of knowledge (default: newest observed)")] = None,
    data: Data = None,
) -> None:
    """核对已存的分解：合计、上下限、目标，以及各里程碑是否达到 whether a stored breakdown adds up, and how its milestones stand."""
    from zhibiao.assessing.breakdown import stored
    from zhibiao.assessing.breakdown.chosen import Chosen
    from zhibiao.catalogue.load import load
    from zhibiao.catalogue.study import study
    from zhibiao.errors import CheckFailed, closest
    from zhibiao.showing.breakdown_records import rule_remark
    from zhibiao.showing.breakdown_tables import judged

    registry = load(data)
    if name not in registry.breakdowns:
        raise ParameterError(f"没有这个分解 no such breakdown {name[:64]!r}", where="ID", allowed=registry.breakdowns, nearest=closest(name, registry.breakdowns))
    found = registry.breakdowns[name]
    statement = registry.statement(found.statement)
    question = study(registry, statement.region, as_of=as_of, lang=lang)
    wrong = stored.check(question, found)
    for one in wrong:
        typer.echo(f"不符 differs: {one.what}")
    if wrong:
        raise CheckFailed(f"{len(wrong)} 处不符 {'difference' if len(wrong) == 1 else 'differences'}", where=found.origin)
    typer.echo(question.words("各数相符：合计、上下限、目标都对得上。", "Everything adds up: sums, floors and caps, and the target."))
    made = stored.milestones_of(question, found)
    for line in rule_remark(question, found, made):
        typer.echo(line)
    typer.echo(judged(question, [Chosen(statement, found, made)]).plain())


@commands.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="改好的任务分解表 an edited task table, xlsx")],
    data: Data = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只核对，不保存 only check")] = False,
) -> None:
    """读回改好的任务分解表，核对后存入叠加目录 take an edited task table back into the overlay; nothing is kept unless all is right."""
    from zhibiao.assessing.breakdown.imported import imported
    from zhibiao.catalogue.load import load

    registry = load(data)
    found = imported(registry, file)
    _printable((child.name, str(file)) for child in found.children)
    if dry_run:
        typer.echo(f"核对无误，未保存 all is right, nothing was saved: {found.id}")
    else:
        typer.echo(f"已保存 saved: {_kept(registry, found, data, True)}")


def _printable(names: Iterable[tuple[str, str]]) -> None:
    """Names that the font of the reports can print; a report would fail on another long after it was kept."""
    from zhibiao.errors import RegistryError
    from zhibiao.showing.theme import missing_glyphs

    for name, where in names:
        if lost := missing_glyphs(name):
            raise RegistryError(f"单位名称 {name[:40]!r} 有字体没有的字符 the font has no glyph for {lost!r}", where=where)


def _target(registry: Registry, written: str, region: str | None) -> Statement:
    """The target that is meant: by key, else among the targets of the region by id or by indicator."""
    from zhibiao.catalogue.study import study
    from zhibiao.errors import closest

    named = {s.key: s for s in registry.statements() if s.kind == "target"}
    if written in named:
        found = named[written]
        if region is not None and registry.region(region).code != found.region:
            raise ParameterError(f"{written} 是 {registry.regions[str(found.region)].zh} 的目标 is a target of another region", where="--region")
        return found
    place = study(registry, region or "重庆")
    mine = [s for s in place.statements("target") if s.repeats is None]
    meant = [s for s in mine if written in (s.id, s.indicator, registry.indicators[s.indicator].zh)]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise ParameterError(f"{place.region.zh} 有 {len(meant)} 个目标叫 targets are called {written!r}", where="TARGET", allowed=[s.key for s in meant])
    words = [*named, *(s.id for s in mine)]
    raise ParameterError(f"没有这一目标 no such target {written[:80]!r}", where="TARGET", allowed=[s.key for s in mine], nearest=closest(written, words))


def _own(written: str) -> dict[int, Decimal]:
    """Values by year: "2021=3.1,2022=3.2"."""
    found: dict[int, Decimal] = {}
    for part in re.split(r"[,，;；\s]+", written.strip()):
        match = re.fullmatch(r"(\d{4})[=:＝](-?\d{1,15}(?:\.\d{1,9})?)", part)
        if match is None:
            raise ParameterError(f"{part[:40]!r} 应为 年份=数 should be year=value", where="--own", allowed=["2021=3.1,2022=3.2"])
        if int(match[1]) in found:
            raise ParameterError(f"{match[1]} 年写了两次 stands twice", where="--own")
        found[int(match[1])] = Decimal(match[2])
    return found


def _bound(option: str, written: str | None, unit: Unit) -> int | None:
    """A floor or cap for all: whole persons, bare or with a unit."""
    from zhibiao.errors import RegistryError
    from zhibiao.reading.unit_list import whole

    try:
        return whole(written or "", unit, "下限 floor" if option == "--floor" else "上限 cap", option)
    except RegistryError as error:
        raise ParameterError(error.what, where=option, allowed=error.allowed, nearest=error.nearest) from None


def _kept(registry: Registry, found: Any, data: Path | None, replace: bool) -> Path:
    from zhibiao.assessing.breakdown.stored import save
    from zhibiao.reading.importing import overlay

    return save(found, overlay(data), registry.breakdowns.get(found.id), replace=replace)


def _show(question: Study, found: Any, statement: Statement, summed: bool, said: list[str], form: str, output: Path | None) -> None:
    from zhibiao.printing import write
    from zhibiao.showing.breakdown_records import record_columns, records
    from zhibiao.wholefile import write_whole

    if output is not None and output.suffix.lower() == ".xlsx":
        from zhibiao.publishing.breakdown_workbook import task_table

        write_whole(output, task_table(question, found, said, summed=summed))
        return
    shown = "csv" if output is not None and output.suffix.lower() == ".csv" and form == "table" else form
    write(record_columns(found, summed), records(found, statement, summed), shown, output, "breakdown")
