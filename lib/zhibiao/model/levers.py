"""The levers that a scenario may move: what each is, its unit, and the range within which the model has a meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, get_args

LeverId = Literal[
    "intake", "length", "retention", "capacity", "enrolment_floor",
    "training", "high_skill", "employment",
    "certificate_share", "high_skill_share", "student_teacher_ratio",
]  # fmt: skip


@dataclass(frozen=True)
class Lever:
    """One lever.

    Attributes
    ----------
    base : str
        Base unit of its value.
    low, high : Decimal or None
        Range of the value in base units; None where only the indicator bounds it.
    change : str or None
        Base unit of a change from where the region stands (``change: true``); None where only values make sense. A change in % of a
        value in persons is relative.
    change_low, change_high : Decimal
        Range of that change.
    indicator : str or None
        The indicator whose statements may give the value; None where no indicator says the same.
    flow : bool
        The lever belongs to the pipe of intake and enrolment; the others set an indicator of their own, or what follows from graduates.
    """

    zh: str
    en: str
    base: str
    low: Decimal | None
    high: Decimal | None
    change: str | None = None
    change_low: Decimal = Decimal(0)
    change_high: Decimal = Decimal(0)
    indicator: str | None = None
    flow: bool = True


def _d(value: int) -> Decimal:
    return Decimal(value)


LEVERS: Mapping[LeverId, Lever] = MappingProxyType(
    {
        "intake": Lever("年招生", "yearly intake", "人", _d(0), None, "%", _d(-90), _d(300), "intake"),
        "length": Lever("平均学制", "mean programme length", "年", _d(1), _d(8), "年", _d(-3), _d(3)),
        "retention": Lever("年保留率", "yearly retention", "%", _d(50), _d(100), "百分点", _d(-30), _d(30)),
        "capacity": Lever("学位数", "places", "人", _d(0), None, "%", _d(-90), _d(300)),
        "enrolment_floor": Lever("在校生下限", "floor under enrolment", "人", _d(0), None, indicator="enrolment"),
        "training": Lever("年培训人次", "training a year", "人次", _d(0), None, "%", _d(-90), _d(300), "social_training", flow=False),
        "high_skill": Lever("年培养高技能人才", "high-skill output a year", "人", _d(0), None, "%", _d(-90), _d(300), "high_skill_trained", flow=False),
        "employment": Lever("就业率", "employment rate", "%", _d(0), _d(100), "百分点", _d(-30), _d(30), "employment_rate", flow=False),
        "certificate_share": Lever("毕业生取证率", "graduates with a certificate", "%", _d(0), _d(100), flow=False),
        "high_skill_share": Lever("毕业生高级工以上占比", "graduates of senior level", "%", _d(0), _d(100), flow=False),
        "student_teacher_ratio": Lever("生师比", "students per teacher", "人/人", _d(1), _d(100), flow=False),
    }
)
"""In the order in which they are shown."""

assert set(LEVERS) == set(get_args(LeverId))
