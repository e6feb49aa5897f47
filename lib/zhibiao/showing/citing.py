"""How a page cites a document, a clause or a Chinese name: in English by number and year, with the Chinese in brackets.

Chinese pages cite as the documents do. An English page holds no Chinese but in brackets, where it serves to find the thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from zhibiao.catalogue.study import Study
from zhibiao.model import Plan, Statement
from zhibiao.showing.ledger import quoted

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_NUMBER = re.compile(r"(?:〔(\d{4})〕)?(\d+)号$")


def cited(study: Study, plan: Plan) -> str:
    """A document by its number; in English No. 452 of 2021 (渝人社〔2021〕452号)."""
    if study.lang == "zh":
        return plan.document
    return quoted(f"{_english(plan)} ({plan.document})")


def numbered(study: Study, plan: Plan) -> str:
    """A document in a sentence, where the title block names it in full: 452号; in English No. 452."""
    return plan.short if study.lang == "zh" else quoted(_english(plan).partition(" of ")[0] if _NUMBER.search(plan.number or plan.short) else _english(plan))


def cited_clause(study: Study, statement: Statement) -> str:
    """A clause as a cell or a label holds it; in English No. 452 of 2021 (渝人社〔2021〕452号 专栏1·2)."""
    return study.clause(statement) if study.lang == "zh" else quoted(f"{_english(study.plan_of(statement))} ({study.clause(statement)})")


def briefly_cited(study: Study, statement: Statement) -> str:
    """A clause in few characters, for narrow columns and labels: 452号 专栏1·2; in English the same in brackets."""
    return study.words(study.short_clause(statement), f"({study.short_clause(statement)})")


def named(study: Study, names: Iterable[str]) -> str:
    """Names that may have no English (units, titles of sources): listed, in English those in Chinese within one pair of brackets."""
    listed = list(names)
    if study.lang == "zh":
        return "、".join(listed)
    chinese, others = [name for name in listed if _CHINESE.search(name)], [name for name in listed if not _CHINESE.search(name)]
    return ", ".join([*others, *([f"({', '.join(chinese)})"] if chinese else [])])


def _english(plan: Plan) -> str:
    found = _NUMBER.search(plan.number or plan.short)
    if found is None:
        return f"Plan of {plan.issued.year}"
    return f"No. {found[2]} of {found[1] or plan.issued.year}"
