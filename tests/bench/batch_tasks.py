"""The reports of the bench: the briefing for regions and scenarios of the shipped registry, no two alike."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import ZhibiaoError
from zhibiao.running.job import BRIEFING
from zhibiao.simulating.scenario import simulate

REGIONS = ("重庆", "全国", "江津", "沧州")
"""Those whose documents are registered. The first two have figures as well and give four or five pages, as most reports of this bench are."""
OTHERS = ("广东", "河南", "南京", "福建", "广州", "贵州", "陕西")
"""Figures and no document: one page. They come last."""
NAME = "bench"


@dataclass(frozen=True)
class Report:
    """One report to be made, and where `zhibiao batch` puts it."""

    code: str
    parameters: dict[str, Any]

    @property
    def folder(self) -> Path:
        return Path(NAME, self.code, str(self.parameters["scenario"]), BRIEFING)


def reports(count: int, turn: int) -> list[Report]:
    """So many different reports; of another turn the seeds differ, so that nothing kept from an earlier one can serve.

    Raises
    ------
    SystemExit
        The registry has no so many combinations of region and scenario.
    """
    registry = load()
    found: list[Report] = []
    for scenario, region in [*itertools.product(registry.scenarios, REGIONS), *itertools.product(registry.scenarios, OTHERS)]:
        if len(found) == count:
            return found
        seed = 1000 * turn + len(found)
        given = {"region": region, "scenario": scenario, "level": 80 + len(found) % 10, "seed": seed, "lang": "zh"}
        try:
            asked = study(registry, **given)
            simulate(asked)
        except ZhibiaoError:  # the scenario moves what the region has no figure of
            continue
        found.append(Report(asked.region.code, given))
    if len(found) < count:
        raise SystemExit(f"there are {len(found)} combinations of region and scenario; ask for fewer")
    return found


def batch_file(asked: Sequence[Report], *, word: bool = True) -> str:
    """The same reports as a batch file; `word`: with the Word files."""
    lines = [f"name: {NAME}", f"notebooks: [{BRIEFING}]", *([] if word else ["documents: [pdf]"]), "runs:"]
    for report in asked:
        own = ", ".join(f"{name}: {report.parameters[name]}" for name in ("level", "seed", "lang"))
        lines.append(f"  - {{region: {report.parameters['region']}, scenarios: [{report.parameters['scenario']}], parameters: {{{own}}}}}")
    return "\n".join(lines) + "\n"
