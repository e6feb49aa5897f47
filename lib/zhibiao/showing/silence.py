"""Why targets cannot be judged, in words: the same on the cover, in titles and on the screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from zhibiao.assessing.gaps import GapRow
from zhibiao.assessing.panel import SILENT_VERDICTS
from zhibiao.assessing.semantics import condition
from zhibiao.catalogue.study import Study
from zhibiao.showing.numbers import count
from zhibiao.showing.words import STATES, word

REASONS: Mapping[str, tuple[str, str]] = {
    **STATES,
    "not_begun": ("期间未开始", "period not begun"),
    "assessed": ("已报的数还不能断定", "undecided by what is reported"),
}


def reasons(study: Study, rows: Sequence[GapRow]) -> str:
    """Of the targets that cannot be judged: how many for which reason, the most frequent first.

    Parameters
    ----------
    rows : sequence of GapRow
        Those that can be judged are passed over.
    """
    silent = [row for row in rows if row.standing.verdict in SILENT_VERDICTS]
    found = Counter(_reason(study, row) for row in silent)
    if not found:
        return ""
    if len(found) == 1:
        return word(REASONS, next(iter(found)), study.lang)
    told = [f"{word(REASONS, code, study.lang)}{study.words('', ' ')}{count(number)}" for code, number in found.most_common()]
    return study.words("、", ", ").join(told)


def _reason(study: Study, row: GapRow) -> str:
    start = condition(row.statement, row.standing.indicator).start
    return "not_begun" if row.statement.scope != "point" and start is not None and start > study.as_of else row.standing.state
