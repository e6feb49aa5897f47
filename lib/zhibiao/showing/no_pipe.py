"""Why nothing flows through a region, as pages say it."""

from __future__ import annotations

from decimal import Decimal

from zhibiao.catalogue.study import Study
from zhibiao.showing.ledger import noted
from zhibiao.simulating.anchoring import start_pair, why_none


def why(study: Study) -> tuple[str, str]:
    """Why the region has no pipe, zh and en."""
    ratio_named(study)
    return why_none(study)


def ratio_named(study: Study) -> None:
    """Note the ratio of the region's start, which such a reason may name: it was put in words where nothing can be noted."""
    start = start_pair(study)
    if start is not None:
        noted(Decimal(start.ratio_text), 1, start.ratio_text)


def no_pipe(study: Study, zh: str, en: str) -> str:
    """Why the region has no pipe, and what follows from that: the rest of the sentence in both languages."""
    why_zh, why_en = why(study)
    return study.words(f"{study.region.zh}：{why_zh}，{zh}。", f"{study.region.en}: {why_en}; {en}.")
