"""Commands on what documents say: targets, verify, extract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhibiao.cli.options import Data, Format, Output
from zhibiao.errors import ParameterError

if TYPE_CHECKING:
    from zhibiao.catalogue.registry import Registry
    from zhibiao.reading.extract import Extraction


commands = typer.Typer()


@commands.command()
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


@commands.command()
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


@commands.command()
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
