"""Candidates as records for review: flat rows, and a draft of a registry file that loads only after someone has read it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError

from zhibiao.catalogue.listing import STATEMENT_COLUMNS
from zhibiao.errors import OutputError
from zhibiao.model.document import Statement
from zhibiao.model.period import Span
from zhibiao.reading.extract import Candidate, Extraction

COLUMNS = (*STATEMENT_COLUMNS, "char_start", "char_end", "confidence")

MARK = "draft"
"""A key that no registry file may have: while it stands, the file does not load and says at which line."""

HEAD = """\
# yaml-language-server: $schema=../schema/plan.json
# 草稿，由程序读出，须逐条审阅：# ? 是没有把握的指标，改为目录中的代码；删去不是目标的条目；全部看过后删去 draft 一行，文件才会载入。
# A draft read by rules. Check each line: "# ?" marks an indicator that is only the nearest in name. The file loads when the line
# `draft` has been removed, and not before.
"""

PLAIN = re.compile(r"[a-z][a-z0-9_\-]*|[\u4e00-\u9fff][\u4e00-\u9fff0-9A-Za-z（）“”、—·]*")
RESERVED = frozenset(("yes", "no", "true", "false", "null", "on", "off", "y", "n"))


def records(extraction: Extraction) -> list[dict[str, object]]:
    """Rows with the columns of `zhibiao targets` and the place and certainty of each figure.

    ``indicator`` is the nearest of the catalogue, ``indicator_zh`` are the document's own words for what is counted.
    """
    plan = identifier(extraction.name)
    ids = statement_ids(extraction.candidates)
    return [
        {
            "id": f"{plan}/{ids[c.number]}",
            "plan": plan,
            "document": extraction.facts.title,
            "locator": c.locator,
            "indicator": c.named.indicator if c.named and c.named.sure else None,
            "indicator_zh": c.phrase,
            "region": extraction.facts.region,
            "kind": c.kind,
            "value_low": c.low,
            "value_high": c.high,
            "unit": c.unit,
            "comparator": c.comparator,
            "scope": c.scope,
            "year_start": c.period.start if c.period else None,
            "year_end": c.period.end if c.period else None,
            "responsible": "；".join(c.responsible),
            "evidence": c.evidence,
            "char_start": c.char_start,
            "char_end": c.char_end,
            "confidence": c.confidence,
        }
        for c in extraction.candidates
    ]


def identifier(written: str) -> str:
    """An identifier from a file's stem: lower case, digits, ``-`` and ``_``.

    >>> identifier("重庆 Plan_2025 (final)"), identifier("沧州")
    ('plan_2025-final', 'plan')
    """
    text = unicodedata.normalize("NFKC", written).lower()
    return re.sub(r"[^a-z0-9_]+", "-", text).strip("-_")[:64].strip("-_") or "plan"


def statement_ids(candidates: Iterable[Candidate]) -> dict[int, str]:
    """An id for each candidate: indicator and last year, numbered where several share it."""
    seen: Counter[str] = Counter()
    ids: dict[int, str] = {}
    for c in candidates:
        stem = (c.named.indicator.replace("_", "-") if c.named and c.named.sure else "s") + (f"-{c.period.end}" if c.period else "")
        seen[stem] += 1
        ids[c.number] = f"{stem}-{seen[stem]}" if seen[stem] > 1 or stem.startswith("s-") or stem == "s" else stem
    return ids


def draft(extraction: Extraction, plan_id: str | None = None) -> str:
    """A registry file to review.

    Statements that the registry could not hold (a unit it does not know, no period) and mere changes against another year stand there as
    comments, with the reason.
    """
    facts = extraction.facts
    name = identifier(plan_id or extraction.name)
    year = facts.report_year or (facts.issued.year if facts.issued else None)
    period = facts.plan or (Span(year, year) if year else None)
    head = [
        f"{MARK}: true  # 审阅后删去 remove after review",
        f"id: {name}",
        f"title: {_text(facts.title)}",
        f"title_en: {_text(facts.title)}  # ? English title",
        f"short: {_text((facts.number or facts.title)[-12:])}  # ?",
        *([f"number: {_text(facts.number)}"] if facts.number else []),
        f"issuer: [{_text(_issuer(facts.title))}]  # ?",
        f'region: "{facts.region}"  # ?',
        f"period: {period or '?'}  # ?",
        f"issued: {facts.issued or '?'}  # ?",
        "statements:",
    ]
    ids = statement_ids(extraction.candidates)
    body, chapter = [], ""
    for c in extraction.candidates:
        place = re.split(r"[·(]", c.locator)[0]
        if place != chapter:
            chapter = place
            body.append(f"  # {_comment(place)}")
        body.append(_statement(c, ids))
    return HEAD + "\n".join([*head, *body]) + "\n"


def save_draft(extraction: Extraction, path: Path) -> None:
    """Write a draft where no file is yet.

    Raises
    ------
    OutputError
        There is a file already, or it cannot be written.
    """
    text = draft(extraction, path.stem)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        raise OutputError("文件已存在，不覆盖 exists already and is not overwritten", where=str(path)) from None
    except OSError as error:
        raise OutputError(f"无法写入 cannot be written: {error.strerror}", where=str(path)) from None


def _statement(c: Candidate, ids: dict[int, str]) -> str:
    value = c.low if c.low is not None else c.high
    written = f"[{_number(c.low)}, {_number(c.high)}]" if c.comparator == "between" else _number(value)
    nearest = c.named.indicator if c.named else "unknown"
    fields = [
        f"id: {ids[c.number]}", f"kind: {c.kind}", f"indicator: {nearest}", f"value: {written}", f"comparator: {c.comparator}", f"unit: {_text(c.unit)}",
        f"scope: {c.scope}",
        *(["mean: true"] if c.mean else []), *(["maintain: true"] if c.maintain else []), *(["strive: true"] if c.strive else []),
        *([f"period: {c.period}"] if c.period else []),
        f"locator: {_text(c.locator)}", f"evidence: {_text(c.evidence)}",
        *([f"responsible: [{', '.join(_text(name) for name in c.responsible)}]"] if c.responsible else []),
        *([f"repeats: {ids[c.repeats]}"] if c.repeats else []),
    ]  # fmt: skip
    sure = c.named is not None and c.named.sure
    remark = f"  # {'' if sure else '? '}{_comment(c.phrase)} · {c.confidence:.2f}"
    fault = _fault(c, ids[c.number])
    line = f"- {{{', '.join(fields)}}}{remark}"
    return f"  {line}" if fault is None else f"  # {line} · 未列入 left out: {_comment(fault)}"


def _fault(c: Candidate, name: str) -> str | None:
    """Why the registry could not hold a candidate; None where it can."""
    if c.change:
        return "比上年的增减 a change against another year"
    try:
        Statement.model_validate(
            {
                "id": name, "kind": c.kind, "indicator": c.named.indicator if c.named else "unknown", "low": c.low, "high": c.high, "comparator": c.comparator,
                "unit": c.unit, "scope": c.scope, "mean": c.mean, "maintain": c.maintain, "period": c.period, "locator": c.locator, "evidence": c.evidence,
            }
        )  # fmt: skip
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))} {first['msg']}"
    return None


def _number(value: Decimal | None) -> str:
    return "null" if value is None else format(value.normalize() if value == value.to_integral() else value, "f")


def _text(written: str) -> str:
    """A YAML scalar that can only be read as this text: plain where nothing in it could mean more, else quoted with escapes."""
    if PLAIN.fullmatch(written) and written.lower() not in RESERVED:
        return written
    quoted = json.dumps(written, ensure_ascii=False)
    return "".join(sign if sign.isprintable() or sign == " " else f"\\U{ord(sign):08x}" for sign in quoted)


def _comment(words: str) -> str:
    """Words that stay on their line."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())[:80]


def _issuer(title: str) -> str:
    before = title.split("关于")[0].strip()
    return before if 3 < len(before) < len(title) else "发文机关"
