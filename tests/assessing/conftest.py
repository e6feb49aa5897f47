"""Small registries made of what a test says, for asking where a target stands."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest

from zhibiao.assessing.semantics import Condition, condition
from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.study import Study, study
from zhibiao.model import Indicator, Observation, Plan, Region, Scenario, Statement

RECORDED = dt.date(2030, 1, 1)
KINDS = {
    "level": {"unit": "人", "kind": "stock"},
    "rate": {"unit": "%", "kind": "rate", "upper": 100},
    "flow": {"unit": "人次", "kind": "flow"},
    "falling": {"unit": "%", "kind": "rate", "upper": 100, "direction": "down"},
    "steered": {"unit": "所", "kind": "count", "direction": "none"},
    "things": {"unit": "个", "kind": "count"},
}
BASES = {"stock": "at_end", "flow": "in_period", "rate": "in_period", "count": "at_end"}
INDICATORS = {
    name: Indicator.model_validate({"id": name, "zh": name, "en": name, "definition": name, **parts}) for name, parts in KINDS.items()
}


def _statement(name: str = "target", indicator: str = "level", **parts: object) -> Statement:
    """A target; `comparator` gt and scope point of 2025 unless told."""
    base = {"id": name, "kind": "target", "indicator": indicator, "unit": KINDS[indicator]["unit"], "comparator": "gt", "scope": "point",
            "locator": "一", "evidence": "1"}  # fmt: skip
    if parts.get("scope") != "standing":
        base["period"] = {"annual": "2021-2025", "cumulative": "2021-2025"}.get(str(parts.get("scope")), 2025)
    return Statement.model_validate({**base, **parts})


def _figure(year: object, value: object, indicator: str = "level", **parts: object) -> Observation:
    """An observed value of the region; whole-year, exact, final and surely known unless told."""
    kind = KINDS[indicator]["kind"]
    row = {"region": "500000", "indicator": indicator, "period": year, "basis": BASES[str(kind)], "value": Decimal(str(value)),
           "unit": KINDS[indicator]["unit"], "source": "s", "recorded": RECORDED}  # fmt: skip
    return Observation.model_validate({**row, **parts})


def _asked(*statements: Statement, figures: tuple[Observation, ...] = (), as_of: int | None = None, issued: str = "2021-06-30", later: tuple[Statement, ...] = ()) -> Study:
    """A study of one plan (2021-2025) with these statements, and of a `later` one, with these figures."""
    plans = {}
    for name, day, parts in (("plan", issued, statements), ("later", "2022-07-22", later)):
        if parts or name == "plan":
            head = {"id": name, "title": name, "title_en": name, "short": name, "issuer": ("局",), "region": "500000", "period": "2021-2025", "issued": day}
            plan = Plan.model_validate({**head, "statements": parts})
            filled = tuple(s.model_copy(update={"plan": name, "region": "500000", "issued": plan.issued}) for s in parts)
            plans[name] = plan.model_copy(update={"statements": filled})
    regions = {"500000": Region(code="500000", zh="重庆", en="Chongqing", level="province")}
    scenarios = {"baseline": Scenario(id="baseline", zh="基准", en="baseline", description="无", description_en="none")}
    registry = Registry((), INDICATORS, regions, plans, {}, scenarios, figures)
    return study(registry, as_of=as_of)


@pytest.fixture(scope="session")
def statement() -> Callable[..., Statement]:
    return _statement


@pytest.fixture(scope="session")
def figure() -> Callable[..., Observation]:
    return _figure


@pytest.fixture(scope="session")
def asked() -> Callable[..., Study]:
    return _asked


@pytest.fixture(scope="session")
def indicators() -> Mapping[str, Indicator]:
    return INDICATORS


@pytest.fixture(scope="session")
def ask() -> Callable[..., Condition]:
    """What a statement asks; a rate above 98 in 2025 unless told."""

    def made(comparator: str = "gt", value: object = 98, indicator: str = "rate", **parts: object) -> Condition:
        return condition(_statement(indicator=indicator, comparator=comparator, value=value, **parts), INDICATORS[indicator])

    return made
