"""A verification in words: a line for each statement that fails, or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from zhibiao.errors import ParameterError, closest
from zhibiao.reading.verify import Finding, VerifyReport

FORMATS = ("text", "json")


def printed(report: VerifyReport, form: str, *, allow_missing: bool = False) -> Iterator[str]:
    """The lines of a verification, the summary last; with ``json`` one document with every statement.

    Raises
    ------
    ParameterError
        Unknown format.
    """
    if form not in FORMATS:
        raise ParameterError(
            f"未知格式 unknown format {form!r}", where="--format", allowed=FORMATS, nearest=closest(form, FORMATS)
        )
    return iter([_json(report, allow_missing)]) if form == "json" else _text(report, allow_missing)


def _text(report: VerifyReport, allow_missing: bool) -> Iterator[str]:
    for line in report.unread:
        yield f"提示 note: {line}"
    for found in report.plans:
        for warning in found.warnings:
            yield f"提示 note: {found.plan.id}: {warning}"
    for finding in report.findings:
        for warning in finding.warnings:
            yield f"提示 note: {finding.statement.origin}: {finding.statement.key}: {warning}"
    for plan in report.missing:
        word = "提示 note" if allow_missing else "✗"
        yield f"{word} {plan.origin}: {plan.id}: 目录中没有这份文件 no document of it in the folder；{len(plan.statements)} 条未核对 statements unchecked"
    for finding in report.failing:
        yield f"✗ {finding.statement.origin}: {finding.statement.key}: {'；'.join(finding.faults)}"
    yield (
        f"{'✓' if report.passed(allow_missing=allow_missing) else '✗'} "
        f"{_checked(report)} 条表述已核对 statements checked in {len(report.plans) - len(report.missing)} 份文件 documents；"
        f"{len(report.failing)} 条不符 failing；{len(report.missing)} 份规划没有文件 plans without a document"
    )


def _json(report: VerifyReport, allow_missing: bool) -> str:
    content = {
        "passed": report.passed(allow_missing=allow_missing),
        "checked": _checked(report),
        "failing": len(report.failing),
        "missing": [plan.id for plan in report.missing],
        "unread": list(report.unread),
        "plans": [
            {
                "plan": found.plan.id,
                "document": found.document.name if found.document else None,
                "sha256": found.document.sha256 if found.document else None,
                "warnings": list(found.warnings),
            }
            for found in report.plans
        ],
        "statements": [_row(finding) for finding in report.findings],
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _row(finding: Finding) -> dict[str, object]:
    start, end = finding.span or (None, None)
    return {
        "id": finding.statement.key,
        "where": finding.statement.origin,
        "evidence": finding.statement.evidence,
        "sha256": finding.document.sha256 if finding.document else None,
        "start": start,
        "end": end,
        "faults": list(finding.faults),
        "warnings": list(finding.warnings),
        "passage": finding.passage,
    }


def _checked(report: VerifyReport) -> int:
    return sum(finding.document is not None for finding in report.findings)
