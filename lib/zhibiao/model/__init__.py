"""What the registry speaks of: indicators, regions, documents and their statements, observations, sources, scenarios, breakdowns, fans.

Every record is frozen and validated by pydantic; values as written stay `Decimal` and are scaled to base units exactly.
`zhibiao.model.fan` needs numpy and is therefore imported by name, where it is needed.
"""

from zhibiao.model.breakdown import Breakdown
from zhibiao.model.document import Measure, Plan, Statement
from zhibiao.model.indicator import Indicator
from zhibiao.model.levers import LEVERS, Lever, LeverId
from zhibiao.model.observation import Observation
from zhibiao.model.period import Period, Span
from zhibiao.model.region import Region
from zhibiao.model.scenario import Override, Scenario
from zhibiao.model.source import Source
from zhibiao.model.status import MeasureStatus
from zhibiao.model.units import Unit, unit_of

__all__ = [
    "LEVERS", "Breakdown", "Indicator", "Lever", "LeverId", "Measure", "MeasureStatus", "Observation", "Override", "Period", "Plan", "Region", "Scenario", "Source", "Span", "Statement", "Unit", "unit_of",
]  # fmt: skip
