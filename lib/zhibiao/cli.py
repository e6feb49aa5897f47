"""The command line: thin commands, each importing what it needs only when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhibiao.errors import ParameterError, RegistryError, ZhibiaoError

if TYPE_CHECKING:
    from zhibiao.catalogue.registry import Registry
    from zhibiao.reading.extract import Extraction

app = typer.Typer(
    name="zhibiao",
    help="指标 zhibiao：目标走到哪里、将落在哪里、差多少、哪一条说的。Where targets stand, where they will land, and which clause says so.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
observe = typer.Typer(help="观测数：模板、导入、检查 observations: template, import, check", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(observe, name="observe")

Data = Annotated[Path | None, typer.Option("--data", help="叠加目录 overlay folder of your own figures (default: ZHIBIAO_DATA)")]
Format = Annotated[str, typer.Option("--format", help="table, csv, json, xlsx")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="写入文件 write to this file instead of printing")]
Out = Annotated[Path, typer.Option("--out", help="输出目录 folder of outputs")]


@app.callback()
def _main(debug: Annotated[bool, typer.Option("--debug", help="出错时显示追溯 show a traceback on errors")] = False) -> None:
    if debug:
        os.environ["ZHIBIAO_DEBUG"] = "1"


@app.command()
def targets(
    plan: Annotated[str | None, typer.Option(help="只列这一文件 only this document: id, number or title")] = None,
    region: Annotated[str | None, typer.Option(help="只列这一地区 only this region: code or name")] = None,
    kind: Annotated[str | None, typer.Option(help="target, baseline, achieved")] = None,
    repeats: Annotated[bool, typer.Option("--repeats", help="也列重复的句子 list sentences that repeat another as well")] = False,
    form: Format = "table",
    output: Output = None,
    data: Data = None,
) -> None:
    """列出文件中的定量表述 list the quantified statements of the documents."""
    from zhibiao.catalogue.listing import STATEMENT_COLUMNS, statement_records
    from zhibiao.catalogue.load import load
    from zhibiao.printing import write

    write(STATEMENT_COLUMNS, statement_records(load(data), plan, region, kind, repeats), form, output, "targets")


@app.command()
def verify(
    sources: Annotated[Path, typer.Option("--sources", help="文件目录 folder of documents: txt, md, html, docx, pdf; names do not matter")],
    plan: Annotated[str | None, typer.Option(help="只核对这一文件 only this document: id, number or title")] = None,
    allow_missing: Annotated[bool, typer.Option("--allow-missing", help="缺文件不算不符 a plan may lack its document")] = False,
    record: Annotated[Path | None, typer.Option("--record", help="写下位置与哈希 write spans and hashes to this file if all is found")] = None,
    form: Annotated[str, typer.Option("--format", help="text, json")] = "text",
    data: Data = None,
) -> None:
    """逐条核对原文 find every evidence phrase in the documents, by content."""
    from zhibiao.catalogue.load import load
    from zhibiao.reading.evidence import read_record, write_record
    from zhibiao.reading.verdict import printed
    from zhibiao.reading.verify import verify as hold

    registry = load(data)
    report = hold(registry, sources, None if plan is None else [registry.plan(plan)])
    for line in printed(report, form, allow_missing=allow_missing):
        typer.echo(line)
    passed = report.passed(allow_missing=allow_missing)
    if record is not None and passed:
        write_record(record, report.record(read_record(registry.folders)))
    raise typer.Exit(0 if passed else 1)


@app.command()
def extract(
    files: Annotated[list[Path], typer.Argument(help="规划或公报 plans or bulletins: txt, md, html, docx, pdf with text")],
    form: Annotated[str, typer.Option("--format", help="yaml, csv, json, table, xlsx")] = "yaml",
    into: Annotated[Path | None, typer.Option("--into", help="写成待审阅的登记文件草稿 write a draft of a registry file here; never overwrites")] = None,
    observations: Annotated[bool, typer.Option("--observations", help="把公报读成观测行 read bulletins as rows of observations")] = False,
    output: Output = None,
    data: Data = None,
) -> None:
    """从文件中读出候选表述 read candidate statements from documents; nothing is registered."""
    from zhibiao.catalogue.load import load
    from zhibiao.reading.extract import extract as read

    if into is not None and (len(files) != 1 or observations):
        raise ParameterError("--into 只用于一个规划文件 takes one plan, without --observations", where="--into")
    registry = load(data)
    found = [read(file, registry) for file in files]
    if observations:
        _observed(found, registry, form, output)
        return
    _candidates(found, form, into, output)


def _observed(found: list[Extraction], registry: Registry, form: str, output: Path | None) -> None:
    """Rows that `observe import` takes; what found no place goes to stderr."""
    from zhibiao.catalogue.load import OBSERVATION_COLUMNS
    from zhibiao.printing import write
    from zhibiao.reading.bulletins import observations, report

    placements = [(observations(extraction, registry), extraction) for extraction in found]
    rows = [row for placement, _ in placements for row in placement.rows]
    write(OBSERVATION_COLUMNS, rows, "csv" if form == "yaml" else form, output, "observations")
    for placement, extraction in placements:
        for line in report(placement, extraction):
            typer.echo(line, err=True)


def _candidates(found: list[Extraction], form: str, into: Path | None, output: Path | None) -> None:
    from zhibiao.printing import write
    from zhibiao.reading.drafts import COLUMNS, draft, records, save_draft
    from zhibiao.wholefile import write_whole

    if into is not None:
        save_draft(found[0], into)
        typer.echo(f"{into}: {len(found[0].candidates)} 条候选，审阅后删去 draft 一行 candidates; review, then remove the line draft", err=True)
    elif form == "yaml":
        text = "---\n".join(draft(extraction) for extraction in found)
        if output is None:
            typer.echo(text, nl=False)
        else:
            write_whole(output, text.encode("utf-8"))
    else:
        write(COLUMNS, [record for extraction in found for record in records(extraction)], form, output, "extract")


@app.command()
def gaps(
    region: Annotated[str, typer.Option(help="地区 region: code or name")] = "重庆",
    plan: Annotated[str, typer.Option(help="all, or documents separated by commas")] = "all",
    as_of: Annotated[str | None, typer.Option("--as-of", help="数据截至年 year of knowledge (default: newest observed)")] = None,
    horizon: Annotated[str | None, typer.Option(help="目标年 last year of projections (default: the documents' last)")] = None,
    scenario: Annotated[str, typer.Option(help="情景 scenario")] = "baseline",
    seed: Annotated[str, typer.Option(help="随机种子 seed of the draws")] = "2020",
    form: Format = "table",
    output: Output = None,
    data: Data = None,
) -> None:
    """每个目标一行的差距表 the gap table, one row a target."""
    from zhibiao.catalogue.load import load
    from zhibiao.catalogue.study import study
    from zhibiao.printing import write
    from zhibiao.showing.gap_records import GAP_COLUMNS, gap_records

    question = study(load(data), region, plan, as_of, horizon, scenario, 80, seed)
    write(GAP_COLUMNS, gap_records(question), form, output, "gaps")


@app.command()
def cohort(
    intake: Annotated[str, typer.Option(help="逐年招生 intake, one or more years: 3 or 3,3.1,3.2; the last is held")],
    length: Annotated[float, typer.Option(help="学制（年） length of programmes in years")] = 3.0,
    retention: Annotated[float, typer.Option(help="年保留率 share of a class that stays from one year to the next")] = 1.0,
    years: Annotated[int, typer.Option(help="年数 years to run")] = 30,
    form: Format = "csv",
    output: Output = None,
) -> None:
    """一条裸的学生流 one bare cohort run: year, intake, enrolment, graduates, losses."""
    import numpy as np

    from zhibiao.printing import write
    from zhibiao.simulating.cohort import cohort as run

    try:
        path = np.array([float(part) for part in intake.split(",")])
    except ValueError:
        raise ParameterError(f"{intake!r} 不是数字 is not a list of numbers", where="--intake", allowed=["3", "3,3.1,3.2"]) from None
    found = run(path, length, retention, years)
    columns = ("year", "intake", "enrolment", "graduates", "losses")
    rows = zip(found.year, found.intake, found.enrolment, found.graduates, found.losses, strict=True)
    write(columns, [dict(zip(columns, (int(row[0]), *(round(float(v), 10) for v in row[1:])), strict=True)) for row in rows], form, output, "cohort")


@app.command()
def run(
    notebook: Annotated[Path, typer.Argument(help="笔记本 notebook: path or stem")],
    parameter: Annotated[list[str] | None, typer.Option("--parameter", "-p", help="参数 name=value, repeatable")] = None,
    out: Out = Path("outputs"),
    force: Annotated[bool, typer.Option("--force", help="未变的也重做 run it even if nothing changed")] = False,
    data: Data = None,
) -> None:
    """执行一个笔记本并出 PDF execute one notebook and publish it."""
    from zhibiao.running.run import run as execute

    result = execute(notebook, _pairs(parameter or []), out=out, data=data, force=force)
    raise typer.Exit(result.exit_code)


@app.command()
def batch(
    file: Annotated[Path, typer.Argument(help="批次文件 batch file, for example notebooks/batches/monthly.yaml")],
    jobs: Annotated[int | None, typer.Option(min=1, max=64, help="同时执行数 runs at a time")] = None,
    force: Annotated[bool, typer.Option("--force", help="未变的也重做 run what did not change as well")] = False,
    out: Out = Path("outputs"),
    data: Data = None,
) -> None:
    """按批次文件执行 run every notebook × region × scenario of a batch file."""
    from zhibiao.running.batch import batch as execute

    result = execute(file, out=out, data=data, jobs=jobs, force=force)
    raise typer.Exit(result.exit_code)


@app.command()
def notebooks(
    folder: Annotated[Path, typer.Option(help="笔记本目录 folder of notebooks")] = Path("notebooks"),
    review: Annotated[bool, typer.Option("--review", help="列出变了的单元格 print the cells that changed")] = False,
) -> None:
    """重新执行入库的笔记本 execute the committed notebooks anew and normalise them."""
    from zhibiao.running.refresh import refresh

    for path, changes in refresh(sorted(folder.glob("*.ipynb"))):
        typer.echo(f"{path.name}: {len(changes)} 格有变 cells changed")
        for change in changes if review else ():
            typer.echo(f"--- {change.notebook} [{change.cell}]\n- {change.before}\n+ {change.after}")


@app.command()
def doctor(data: Data = None) -> None:
    """检查字体、内核、工具、登记库 check fonts, kernels, tools and registry."""
    from zhibiao.doctor import examine

    broken = 0
    for finding in examine(data):
        broken += not finding.good
        typer.echo(f"{'✓' if finding.good else '✗'} {finding.name}: {finding.words}")
    raise typer.Exit(1 if broken else 0)


@app.command()
def lab(
    notebook: Annotated[Path, typer.Argument(help="先打开 notebook to open first")] = Path("notebooks/00_start.ipynb"),
    port: Annotated[int, typer.Option(help="端口 port on 127.0.0.1")] = 8888,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="打开浏览器 open a browser")] = True,
) -> None:
    """打开 JupyterLab open JupyterLab on this machine only, with a token."""
    import subprocess

    if not notebook.is_file():
        raise ParameterError("找不到笔记本 no such notebook", where=str(notebook))
    command = [sys.executable, "-m", "jupyterlab", str(notebook), "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    if getattr(os, "geteuid", lambda: 1)() == 0:
        # Jupyter refuses root for fear of open servers; this one listens on this machine alone and asks for its token
        command.append("--allow-root")
    raise typer.Exit(subprocess.call(command if browser else [*command, "--no-browser"]))


@observe.command("template")
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
    from zhibiao.catalogue.load import load
    from zhibiao.catalogue.study import study
    from zhibiao.printing import write
    from zhibiao.reading.asked import asked_by_clauses, asked_by_period
    from zhibiao.reading.workbook import template
    from zhibiao.showing.gap_records import TEMPLATE_COLUMNS, template_records
    from zhibiao.wholefile import write_whole

    if year is None and (periods != "yearly" or indicator is not None):
        raise ParameterError("须用 --year 指定年份 name the year that is asked for", where="--year", allowed=["2024"])
    question = study(load(data), region, plan, as_of if as_of is not None or year is None else year)
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


@observe.command("import")
def observe_import(
    file: Annotated[Path, typer.Argument(help="填好的 xlsx、CSV，或收回的一个目录 filled xlsx or CSV, or a folder of them")],
    data: Data = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会改什么 only show what would change")] = False,
    region: Annotated[str | None, typer.Option(help="目录：其下有规划的地区应报 of a folder: regions below this one that have a plan should return")] = None,
    expect: Annotated[Path | None, typer.Option(help="目录：应报地区名单 of a folder: file of the regions that should return, one a line")] = None,
) -> None:
    """把数导入叠加目录 import figures into the overlay; nothing is overwritten."""
    from zhibiao.reading.folderimport import import_folder
    from zhibiao.reading.importing import import_observations

    if not file.is_dir():
        if region is not None or expect is not None:
            raise ParameterError("只用于导入目录 is for the import of a folder", where="--region" if region is not None else "--expect")
        for line in import_observations(file, data, dry_run=dry_run):
            typer.echo(line)
        return
    result = import_folder(file, data, region=region, expect=expect, dry_run=dry_run)
    typer.echo("\n".join(result.lines))
    raise typer.Exit(RegistryError.exit_code if result.faulty else 0)


@observe.command("check")
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


def _pairs(given: list[str]) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise ParameterError(f"{pair!r} 应写成 名=值 should be name=value", where="-p", allowed=["region=重庆", "horizon=2025"])
        pairs[name.strip()] = value
    return pairs


def guarded(command: Callable[[], None]) -> int:
    """Run a command; an expected error becomes one line and its exit code, with a traceback only on demand."""
    try:
        command()
    except ZhibiaoError as error:
        if os.environ.get("ZHIBIAO_DEBUG"):
            raise
        print(f"错误 error: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # the reader closed the pipe (`| head`): that is no fault of ours
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115
        return 0
    except KeyboardInterrupt:
        print("已中断 interrupted", file=sys.stderr)
        return 130
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    return 0


def main() -> None:
    """Entry point of ``zhibiao``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    sys.exit(guarded(app))
