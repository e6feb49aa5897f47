"""Which verdicts a batch has changed: region, indicator, clause, the old one and the new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Verdict:
    """What is said of one target of a region under a scenario: names in both languages, and the verdict."""

    region: str
    region_en: str
    scenario: str
    scenario_en: str
    indicator: str
    indicator_en: str
    clause: str
    verdict: str
    zh: str
    en: str


@dataclass(frozen=True)
class Change:
    """One verdict before (its word) and after."""

    key: str
    before: str
    after: Verdict

    def line(self, words: Mapping[str, tuple[str, str]]) -> str:
        """Say it in one line, Chinese first."""
        then_zh, then_en = words.get(self.before, (self.before, self.before))
        now = self.after
        return (
            f"{now.region} · {now.indicator} · {now.clause}（{now.scenario}）：{then_zh} → {now.zh}　"
            f"{now.region_en}, {now.indicator_en}, {now.scenario_en}: {then_en} → {now.en}"
        )

    def record(self) -> dict[str, str]:
        """Return what programs read of it."""
        now = self.after
        return {
            "target": self.key, "region": now.region, "scenario": now.scenario, "indicator": now.indicator, "clause": now.clause,
            "before": self.before, "after": now.verdict,
        }  # fmt: skip


def verdicts(frame: pd.DataFrame) -> dict[str, Verdict]:
    """Return the verdicts of a summary by ``region/scenario/statement``; a target without a verdict is left out.

    Parameters
    ----------
    frame : DataFrame
        Columns region_code, region_name, scenario, statement, indicator, verdict, verdict_zh, verdict_en; and names in both
        languages and the clause where it has them.
    """
    found = {}
    for row in frame.to_dict("records"):
        known = {str(name): "" if _missing(value) else str(value) for name, value in row.items()}
        if not known["verdict"]:
            continue
        key = f"{known['region_code']}/{known['scenario']}/{known['statement']}"
        found[key] = Verdict(
            region=known["region_name"], region_en=known.get("region_en") or known["region_name"],
            scenario=known.get("scenario_zh") or known["scenario"], scenario_en=known.get("scenario_en") or known["scenario"],
            indicator=known.get("indicator_zh") or known["indicator"], indicator_en=known.get("indicator_en") or known["indicator"],
            clause=known.get("clause") or known["statement"],
            verdict=known["verdict"], zh=known["verdict_zh"], en=known["verdict_en"],
        )  # fmt: skip
    return found


def _missing(value: Any) -> bool:
    # None, NaN and NA alike: NaN is not itself, and NA is neither true nor false
    return value is None or str(value) in ("nan", "<NA>", "NaT", "None")


def of_batch(folder: Path) -> dict[str, Verdict]:
    """Return the verdicts that a batch has published in `folder`; none where it has no summary.

    Raises
    ------
    OutputError
        The summary is broken.
    """
    from zhibiao.running import summary

    return verdicts(summary.read(folder))


def compared(before: Mapping[str, str], after: Mapping[str, Verdict]) -> list[Change]:
    """Return the targets whose verdict was known before and is another now, in the order of `after`."""
    return [Change(key, before[key], now) for key, now in after.items() if before.get(key, now.verdict) != now.verdict]
