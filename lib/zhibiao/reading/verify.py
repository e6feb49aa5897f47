"""Holding every statement against its document: the phrase must stand there, with its number, where the locator says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhibiao.catalogue.registry import Registry
from zhibiao.errors import ParameterError, RegistryError
from zhibiao.model import Plan, Statement
from zhibiao.reading.documents import KINDS, Document, read_document
from zhibiao.reading.evidence import Evidence, read_record, recorded_document, words_hash
from zhibiao.reading.locators import section_spans
from zhibiao.reading.matching import Copy, choose
from zhibiao.reading.nearest import Near, nearest
from zhibiao.reading.normal import Normal, normalised
from zhibiao.reading.numerals import DIGITS, MYRIADS, TENS
from zhibiao.reading.pages import Span
from zhibiao.reading.values import quantities, states

SHOWN = 40
"""Characters of a document that a message shows at most."""


@dataclass(frozen=True)
class Finding:
    """What came of one statement.

    Attributes
    ----------
    span : (int, int) or None
        Raw characters of the document in which the phrase stands; None where it was not found.
    faults : tuple of str
        Why it fails; empty where it holds.
    warnings : tuple of str
        What should be looked at and is no failure.
    passage : str
        What stands in the document, shortened; empty without a near passage.
    """

    statement: Statement
    document: Document | None = None
    span: Span | None = None
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    passage: str = ""

    @property
    def evidence(self) -> Evidence | None:
        """The finding as the record keeps it."""
        if self.document is None or self.span is None:
            return None
        start, end = self.span
        return Evidence(self.document.sha256, start, end, words_hash(self.document.text[start:end]))


@dataclass(frozen=True)
class PlanFinding:
    """Which document was taken for a plan; None where the folder has none."""

    plan: Plan
    document: Document | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class VerifyReport:
    """What came of a registry held against a folder of documents."""

    plans: tuple[PlanFinding, ...]
    findings: tuple[Finding, ...]
    unread: tuple[str, ...]
    """Files of the folder that could not be read, and why."""

    @property
    def failing(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.faults)

    @property
    def missing(self) -> tuple[Plan, ...]:
        """Plans of which the folder has no document."""
        return tuple(found.plan for found in self.plans if found.document is None)

    def passed(self, *, allow_missing: bool = False) -> bool:
        """Whether every statement holds, and every plan has its document unless that may be missing."""
        return not self.failing and (allow_missing or not self.missing)

    def record(self, before: Mapping[str, Evidence]) -> dict[str, Evidence]:
        """The record to keep: what was found now, and what was known of the plans that have no document here."""
        missing = tuple(f"{plan.id}/" for plan in self.missing)
        kept = {key: evidence for key, evidence in before.items() if key.startswith(missing)}
        return kept | {
            finding.statement.key: finding.evidence for finding in self.findings if finding.evidence is not None
        }


def verify(registry: Registry, folder: Path, plans: Sequence[Plan] | None = None) -> VerifyReport:
    """Find the document of every plan among the files of a folder, by content, and every evidence phrase in it.

    Parameters
    ----------
    folder : Path
        Read with its subfolders; names of files say nothing.
    plans : sequence of Plan, optional
        Only these; all that state something otherwise.

    Raises
    ------
    ParameterError
        The folder is not there or holds no document that can be read.
    RegistryError
        The registry's record is broken.
    """
    copies, unread = _copies(folder)
    record = read_record(registry.folders)
    found: list[PlanFinding] = []
    findings: list[Finding] = []
    for plan in registry.plans.values() if plans is None else plans:
        if not plan.statements:
            continue
        before = recorded_document(record, plan.id)
        choice = choose(plan, copies, before)
        warnings = [f"另有相近的文件 another document is nearly alike: {other.document.name}" for other in choice.alike]
        if choice.copy is not None and before not in (None, choice.copy.document.sha256):
            now = choice.copy.document.sha256
            warnings.append(
                f"文件自登记后已变 the document changed since it was recorded: sha256 {before:.12}… → {now:.12}…"
            )
        found.append(PlanFinding(plan, None if choice.copy is None else choice.copy.document, tuple(warnings)))
        findings += _statements(plan, choice.copy)
    return VerifyReport(tuple(found), tuple(findings), tuple(unread))


def _copies(folder: Path) -> tuple[list[Copy], list[str]]:
    if not folder.is_dir():
        raise ParameterError("目录不存在 no such folder", where=f"--sources {folder}")
    copies, unread = [], []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
        if hidden or path.suffix.lower() not in KINDS or not path.is_file():
            continue
        try:
            copies.append(Copy(read_document(path)))
        except RegistryError as error:
            unread.append(str(error))
    if not copies:
        raise ParameterError(
            "目录中没有可读的文件 no document there can be read", where=f"--sources {folder}", allowed=unread or KINDS
        )
    return copies, unread


def _statements(plan: Plan, copy: Copy | None) -> list[Finding]:
    found: dict[str, Finding] = {}
    # a statement that repeats another comes after it: the same words must stand a second time
    for statement in sorted(plan.statements, key=lambda s: s.repeats is not None):
        first = found.get(statement.repeats or "")
        same = first is not None and normalised(first.statement.evidence).text == normalised(statement.evidence).text
        found[statement.id] = _finding(statement, copy, first.span if first is not None and same else None)
    return [found[statement.id] for statement in plan.statements]


def _finding(statement: Statement, copy: Copy | None, apart: Span | None) -> Finding:
    phrase = normalised(statement.evidence).text
    faults = [] if states(statement, phrase) else [_no_number(statement, phrase)]
    if copy is None:
        return Finding(statement, faults=tuple(faults))
    span, near, warnings = _locate(statement, phrase, copy, apart)
    raw = copy.document.text
    passage = _passage(raw, span) if span else _passage(raw, copy.normal.span(near.start, near.end)) if near else ""
    if span is None:
        faults.insert(0, _not_there(near, passage))
    return Finding(statement, copy.document, span, tuple(faults), warnings, passage)


def _locate(
    statement: Statement, phrase: str, copy: Copy, apart: Span | None
) -> tuple[Span | None, Near | None, tuple[str, ...]]:
    """Where the phrase stands: under its locator if the headings tell, else anywhere; or what stands there in its place."""
    text = copy.normal
    places = [
        span
        for start, end in _occurrences(phrase, text, copy.document.text)
        if (span := text.span(start, end)) != apart
    ]
    levels = section_spans(copy.document.text, statement.locator)
    for level in levels:
        inside = [span for span in places if _within(span, level)]
        if inside:
            return inside[0], None, ()
        near = nearest(phrase, text, level, apart)
        if near is not None and near.numbers_only:
            # the same words with another number, right where the locator points: the phrase elsewhere is another sentence
            return None, near, ()
    if not places:
        near = next((near for level in levels if (near := nearest(phrase, text, level, apart)) is not None), None)
        return None, near or nearest(phrase, text, None, apart), ()
    if levels:
        return places[0], None, (f"不在 {statement.locator} 之下 stands outside the section its locator names",)
    if len(places) > 1:
        return (
            places[0],
            None,
            (
                f"出现 {len(places)} 次，标题分辨不出是哪一处 stands {len(places)} times, the headings do not tell which is meant",
            ),
        )
    return places[0], None, ()


def _within(span: Span, level: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in level)


def _occurrences(phrase: str, text: Normal, raw: str) -> Iterator[Span]:
    """Where a folded phrase stands whole: 3个 does not stand in 13个, nor 3.5 in 3.52."""
    at = text.text.find(phrase) if phrase else -1
    while at >= 0:
        end = at + len(phrase)
        if not (_number_begins_before(text, raw, at) or _number_goes_on(text, raw, end)):
            yield at, end
        at = text.text.find(phrase, at + 1)


def _number_begins_before(text: Normal, raw: str, at: int) -> bool:
    first, before = text.text[at], text.text[max(at - 2, 0) : at]
    if not before or _parted(text, raw, at):
        return False
    if first in DIGITS or first in TENS:
        return before[-1] in TENS or before[-1] in MYRIADS or before[-1] == "点"
    if not first.isdecimal():
        return False
    if before[-1] == "." and before[:-1].isdecimal():
        # 1.3所 at the start of a line is item 1 of a list
        line = raw[raw.rfind("\n", 0, text.places[at]) + 1 : text.places[at]]
        return not line.strip(" \t　*#").rstrip(".．").isdecimal()
    if before[-1] == "," and before[:-1].isdecimal():
        return len(text.text[at:]) - len(text.text[at:].lstrip("0123456789")) == 3
    return before[-1].isdecimal()


def _number_goes_on(text: Normal, raw: str, end: int) -> bool:
    last, after = text.text[end - 1], text.text[end : end + 4]
    if not after or _parted(text, raw, end):
        return False
    if last in DIGITS or last in TENS:
        return after[0] in DIGITS or after[0] in TENS or after[0] in MYRIADS or after[0] == "点"
    if not last.isdecimal():
        return False
    if after[0] == ".":
        return after[1:2].isdecimal()
    if after[0] == ",":
        return after[1:4].isdecimal() and len(after) == 4 and not text.text[end + 4 : end + 5].isdecimal()
    return after[0].isdecimal()


def _parted(text: Normal, raw: str, at: int) -> bool:
    """Whether white space parts two neighbours of the folded text: the cells of a table are two numbers, not one."""
    return any(character.isspace() for character in raw[text.places[at - 1] + 1 : text.places[at]])


def _not_there(near: Near | None, passage: str) -> str:
    if near is None:
        return "短语不在文件里，也没有相近的话 the phrase is not in the document, nor anything like it"
    pairs = "；".join(f"登记 {ours or '（无）'}，文件 {theirs or '（无）'}" for ours, theirs in near.differing[:3])
    told = pairs or "数字与前后相连，是另一个数 the number goes on beyond the phrase"
    return f"短语不在文件里 the phrase is not in the document: {told}；文件作 the document has “{passage}”"


def _no_number(statement: Statement, phrase: str) -> str:
    found = "、".join(phrase[q.start : q.end] for q in quantities(phrase)) or "（无 none）"
    return f"登记的数值不在短语里 the value is not in the phrase: 登记 {statement.value_text()}{statement.unit}，短语中 in the phrase {found}"


def _passage(raw: str, span: Span) -> str:
    """The span with what stands around it, in one line of at most `SHOWN` characters."""
    around = max((SHOWN - len("".join(raw[slice(*span)].split()))) // 2 - 1, 0)
    before, words, after = (
        "".join(raw[start:end].split())
        for start, end in ((max(span[0] - 80, 0), span[0]), span, (span[1], span[1] + 80))
    )
    return f"{before[-around:] if around else ''}{words}{after[:around]}"[:SHOWN]
