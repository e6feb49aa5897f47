"""Why nothing flows through a region, as pages say it."""

from __future__ import annotations

from zhibiao.catalogue.study import Study
from zhibiao.simulating.anchoring import why_none


def no_pipe(study: Study, zh: str, en: str) -> str:
    """Why the region has no pipe, and what follows from that: the rest of the sentence in both languages."""
    why_zh, why_en = why_none(study)
    return study.words(f"{study.region.zh}：{why_zh}，{zh}。", f"{study.region.en}: {why_en}; {en}.")
