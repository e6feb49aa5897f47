"""Reading the registry's folders into one `Registry`, checking as it goes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from zhibiao.catalogue import checks, csvfile, yamlfile
from zhibiao.catalogue.registry import Registry
from zhibiao.errors import RegistryError
from zhibiao.model import Indicator, Observation, Plan, Region, Scenario, Source
from zhibiao.model.record import Record

OBSERVATION_COLUMNS = (
    "region", "indicator", "period", "basis", "value", "qualifier", "unit", "status", "confidence", "source", "published", "recorded", "reason",
)  # fmt: skip
REGION_COLUMNS = ("code", "zh", "en", "parent", "level")

RecordT = TypeVar("RecordT", bound=Record)


def shipped() -> Path:
    """The registry that comes with the suite: ``indicators/`` of the checkout this package is installed from.

    Raises
    ------
    RegistryError
        The package is not installed from a checkout.
    """
    folder = Path(__file__).resolve().parents[3] / "indicators"
    if not (folder / "catalogue").is_dir():
        raise RegistryError("找不到登记库 the registry indicators/ is missing; install with `pip install -e .` from a checkout", where=str(folder))
    return folder


def overlays(data: str | os.PathLike[str] | None = None) -> tuple[Path, ...]:
    """The user's overlay: `data`, or the environment's ``ZHIBIAO_DATA``, or none.

    Raises
    ------
    RegistryError
        The folder was named but is not there.
    """
    named = data if data is not None else os.environ.get("ZHIBIAO_DATA") or None
    if named is None:
        return ()
    folder = Path(named).expanduser().resolve()
    if not folder.is_dir():
        raise RegistryError("数据目录不存在 overlay folder does not exist (--data, ZHIBIAO_DATA)", where=str(folder))
    return (folder,)


def load(data: str | os.PathLike[str] | None = None) -> Registry:
    """Read the shipped registry with the user's overlay laid over it.

    In an overlay an indicator, plan, scenario, source or region of the same id replaces the shipped one; observations are added.

    Raises
    ------
    RegistryError
        The first fault found: file:line, what is wrong, what is allowed, the nearest match.
    """
    return read((shipped(), *overlays(data)))


def read(folders: Sequence[Path]) -> Registry:
    """Read these folders, later ones over earlier ones."""
    indicators: dict[str, Indicator] = {}
    regions: dict[str, Region] = {}
    plans: dict[str, Plan] = {}
    sources: dict[str, Source] = {}
    scenarios: dict[str, Scenario] = {}
    observations: list[Observation] = []
    places: dict[str, str] = {}
    for folder in folders:
        for path in _files(folder, "catalogue", ".yaml"):
            _merge(indicators, _listed(path, Indicator, places, "indicator"), path)
        for path in _files(folder, "", ".yaml", only="sources.yaml"):
            _merge(sources, _listed(path, Source, places, "source"), path)
        for path in _files(folder, "", ".csv", only="regions.csv"):
            _merge(regions, [_row(Region, line, row, path, places, "region") for line, row in csvfile.rows(path, REGION_COLUMNS)], path)
        plans.update(_unique(_files(folder, "plans", ".yaml"), _plan, places, "plan"))
        scenarios.update(_unique(_files(folder, "scenarios", ".yaml"), _scenario, places, "scenario"))
        for path in _files(folder, "observations", ".csv"):
            observations.extend(read_observations(path))
    registry = Registry(tuple(folders), indicators, regions, plans, sources, scenarios, tuple(observations))
    checks.check(registry, places)
    return registry


def read_observations(path: Path) -> list[Observation]:
    """Read one observations file; each row knows the line it stands on."""
    found = []
    for line, row in csvfile.rows(path, OBSERVATION_COLUMNS[:10], OBSERVATION_COLUMNS[10:]):
        where = f"{path}:{line}"
        found.append(observation_from(row, where))
    return found


def observation_from(row: dict[str, str], where: str) -> Observation:
    """Build an observation from the cells of a row.

    Raises
    ------
    RegistryError
        A cell is not what its column asks for.
    """
    raw: dict[str, Any] = {name: cell for name, cell in row.items() if cell != ""}
    raw["value"] = number(row["value"], where)
    try:
        return Observation.model_validate({**raw, "origin": where})
    except ValidationError as error:
        raise yamlfile.explained(error, Observation, lambda _: where, raw) from None


def number(cell: str, where: str) -> Decimal:
    """Read a plain number; units, commas inside numbers and words are refused with a hint."""
    try:
        value = Decimal(cell)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        hint = "留空的年份请删去整行 leave the whole row out where there is no figure" if not cell else "只写数字，单位写在 unit 列 digits only, the unit has its own column"
        raise RegistryError(f"value {cell!r} 不是数字 is not a number；{hint}", where=where, allowed=["9.9", "105000"])
    return value


def _files(folder: Path, sub: str, suffix: str, only: str | None = None) -> list[Path]:
    place = folder / sub if sub else folder
    if only is not None:
        return [place / only] if (place / only).is_file() else []
    return sorted(path for path in place.glob(f"*{suffix}") if not path.name.startswith(("~", "."))) if place.is_dir() else []


def _listed(path: Path, model: type[RecordT], places: dict[str, str], kind: str) -> list[RecordT]:
    document = yamlfile.Document(path)
    if not isinstance(document.content, list):
        raise RegistryError(f"文件应是一个列表 the file should be a list of {kind}s, each beginning with '- id:'", where=f"{path}:1")
    records = []
    for index in range(len(document.content)):
        record = yamlfile.validated(model, document, (index,))
        _place(places, f"{path.parent}:{kind}:{record.id}", f"{kind}:{record.id}", document.where((index,)))  # type: ignore[attr-defined]
        records.append(record)
    return records


def _place(places: dict[str, str], within: str, name: str, where: str) -> None:
    """Remember where a thing stands; a second one in the same folder is a slip."""
    if within in places:
        raise RegistryError(f"编号重复 duplicate id {name.partition(':')[2]!r}, already at {places[within]}", where=where)
    places[within] = places[name] = where


def _merge(into: dict[str, RecordT], records: list[RecordT], path: Path) -> None:
    for record in records:
        into[getattr(record, "id", None) or record.code] = record  # type: ignore[attr-defined]


def _row(model: type[RecordT], line: int, row: dict[str, str], path: Path, places: dict[str, str], kind: str) -> RecordT:
    where = f"{path}:{line}"
    raw = {name: cell for name, cell in row.items() if cell != ""}
    try:
        record = model.model_validate(raw)
    except ValidationError as error:
        raise yamlfile.explained(error, model, lambda _: where, raw) from None
    identity = getattr(record, "id", None) or record.code  # type: ignore[attr-defined]
    _place(places, f"{path.parent}:{kind}:{identity}", f"{kind}:{identity}", where)
    return record


def _unique(paths: list[Path], reader: Any, places: dict[str, str], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in paths:
        record = reader(path, places)
        _place(places, f"{path.parent}:{kind}:{record.id}", f"{kind}:{record.id}", f"{path}:1")
        found[record.id] = record
    return found


def _plan(path: Path, places: dict[str, str]) -> Plan:
    document = yamlfile.Document(path)
    plan = yamlfile.validated(Plan, document, (), {"origin": str(path)})
    statements = []
    for index, statement in enumerate(plan.statements):
        where = document.where(("statements", index))
        region = statement.region or plan.region
        statements.append(
            statement.model_copy(update={"plan": plan.id, "region": region, "issued": plan.issued, "origin": where})
        )
    return plan.model_copy(update={"statements": tuple(statements)})


def _scenario(path: Path, places: dict[str, str]) -> Scenario:
    return yamlfile.validated(Scenario, yamlfile.Document(path), ())
