"""Commands on observations: template, import, check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhibiao.cli.options import Data, Output
from zhibiao.errors import ParameterError, RegistryError

commands = typer.Typer(help="观测数：模板、导入、检查 observations: template, import, check", no_args_is_help=True, rich_markup_mode=None)


@commands.command("template")
def observe_template(
    region: Annotated[str, typer.Option(help="地区 region")] = "重庆",
    plan: Annotated[str, typer.Option(help="all, or documents separated by commas")] = "all",
    as_of: Annotated[str | None, typer.Option("--as-of", help="数据截至年 year up to which figures are asked for")] = None,
    year: Annotated[int | None, typer.Option(min=1990, max=2100, help="要这一年的数 ask for this year, known or not")] = None,
    periods: Annotated[str, typer.Option(help="yearly, quarterly, monthly (with --year)")] = "yearly",
    indicator: Annotated[str | None, typer.Option(help="指标，逗号分隔 indicators separated by commas (with --year)")] = None,
    output: Output = None,
    data: Data = None,
) -> None:
    """生成待填的表：-o 以 .xlsx 结尾为工作簿，否则为 CSV a table to fill: a workbook where -o ends with .xlsx, else CSV."""
    from zhibiao.catalogue.scoped import load_for
    from zhibiao.catalogue.study import study
    from zhibiao.printing import write
    from zhibiao.reading.asked import asked_by_clauses, asked_by_period
    from zhibiao.reading.workbook import template
    from zhibiao.showing.gap_records import TEMPLATE_COLUMNS, template_records
    from zhibiao.wholefile import write_whole

    if year is None and (periods != "yearly" or indicator is not None):
        raise ParameterError("须用 --year 指定年份 name the year that is asked for", where="--year", allowed=["2024"])
    question = study(load_for(region, data), region, plan, as_of if as_of is not None or year is None else year)
    if year is None:
        asked = asked_by_clauses(question, template_records(question))
    else:
        asked = asked_by_period(question, periods, year, indicator.split(",") if indicator else ())
    if output is None or output.suffix.lower() != ".xlsx":
        write(TEMPLATE_COLUMNS, [figure.record() for figure in asked], "csv", output, "template")
        return
    given = {"--plan": None if plan == "all" else plan, "--as-of": as_of, "--year": year, "--periods": None if year is None else periods, "--indicator": indicator}
    options = "".join(f" {name} {value}" for name, value in given.items() if value is not None)
    code = question.region.code
    write_whole(output, template(question.registry, asked, f"zhibiao observe template --region {code}{options} -o {code}.xlsx"))


@commands.command("import")
def observe_import(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="xlsx、CSV（填好的模板、长表、宽表、SDMX-CSV），或收回的一个目录 filled templates, long or wide tables, SDMX-CSV, or a folder of workbooks")],
    data: Data = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会改什么 only show what would change")] = False,
    region: Annotated[str | None, typer.Option(help="表中没有地区时的地区；目录：其下有规划的地区应报 the region of a table that names none; of a folder: regions below this one that have a plan should return")] = None,
    expect: Annotated[Path | None, typer.Option(help="目录：应报地区名单 of a folder: file of the regions that should return, one a line")] = None,
    indicator: Annotated[str, typer.Option(help="表中没有指标时的指标 the indicator of a table that names none")] = "",
    period: Annotated[str, typer.Option(help="表中没有期间时的期间 the period of a table that names none: 2023, 2023-Q3, 2023-09")] = "",
    unit: Annotated[str, typer.Option(help="表中没有单位时的单位 the unit of a table that names none: 万人, %")] = "",
    basis: Annotated[str, typer.Option(help="表中没有口径时的口径 at_end, in_period, year_to_date")] = "",
    source: Annotated[str, typer.Option(help="表中没有来源时的来源编号 the source of a table that names none (default: own-report)")] = "",
    status: Annotated[str, typer.Option(help="表中没有状态时的状态 final, preliminary, derived")] = "",
    confidence: Annotated[str, typer.Option(help="表中没有可信度时的可信度 high, medium, low")] = "",
    sheet: Annotated[str | None, typer.Option(help="只读这个工作表 only this sheet of a workbook")] = None,
    ignore: Annotated[list[str] | None, typer.Option(help="略过这一列，或名为此的行（如 合计），可重复 pass over this column, or rows of this name, repeatable")] = None,
    mapped: Annotated[list[str] | None, typer.Option("--map", help="表中的词=本库的名，可重复 a word of the table=our name, repeatable: 在校生=enrolment")] = None,
    reason: Annotated[str, typer.Option(help="更正已有数的理由，只给更正的行 why known figures are corrected; given to corrections alone")] = "",
) -> None:
    """把数导入叠加目录 import figures into the overlay; nothing is overwritten, of several files all are taken or none."""
    from zhibiao.reading.folderimport import import_folder
    from zhibiao.reading.freetable import Given
    from zhibiao.reading.importing import import_observations

    folders = [file for file in files if file.is_dir()]
    if folders and len(files) > 1:
        raise ParameterError("目录须单独导入 a folder is imported by itself", where=str(folders[0]))
    if not folders:
        if expect is not None:
            raise ParameterError("只用于导入目录 is for the import of a folder", where="--expect")
        given = Given(region or "", indicator, period, unit, basis, source, status, confidence, sheet, tuple(ignore or ()), _aliases(mapped or []), reason)
        for line in import_observations(files, data, dry_run=dry_run, given=given):
            typer.echo(line)
        return
    result = import_folder(folders[0], data, region=region, expect=expect, dry_run=dry_run)
    typer.echo("\n".join(result.lines))
    raise typer.Exit(RegistryError.exit_code if result.faulty else 0)


def _aliases(written: list[str]) -> dict[str, str]:
    """``word=name`` as a mapping."""
    pairs = [text.rpartition("=") for text in written]
    for (word, _, name), text in zip(pairs, written, strict=True):
        if not word.strip() or not name.strip():
            raise ParameterError(f"{text!r} 应写成 词=名 should be word=name", where="--map", allowed=["在校生=enrolment"])
    return {word.strip(): name.strip() for word, _, name in pairs}


@commands.command("check")
def observe_check(
    region: Annotated[str | None, typer.Option(help="只查这一地区 only this region: code or name")] = None,
    as_of: Annotated[int | None, typer.Option("--as-of", min=1990, max=2100, help="数据截至年 year of knowledge (default: newest observed)")] = None,
    data: Data = None,
) -> None:
    """检查已有的数：缺、断、离群、过旧、单位错 look over the figures; exit 1 where a finding is an error."""
    from zhibiao.catalogue.load import load
    from zhibiao.errors import CheckFailed
    from zhibiao.reading.checking import check_observations

    found = check_observations(load(data), region, as_of)
    errors = sum(finding.severity == "error" for finding in found)
    for finding in found:
        typer.echo(str(finding))
    typer.echo(f"错误 errors {errors}；提醒 warnings {len(found) - errors}")
    raise typer.Exit(CheckFailed.exit_code if errors else 0)
