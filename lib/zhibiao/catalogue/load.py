"""Reading the registry's folders into one `Registry`, checking as it goes."""

from __future__ import annotations

import contextlib
import gc
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from zhibiao.catalogue import breakdowns, checks, csvfile, tracing, yamlfile
from zhibiao.catalogue.explaining import explained
from zhibiao.catalogue.registry import Registry
from zhibiao.errors import RegistryError
from zhibiao.model import Indicator, MeasureStatus, Observation, Plan, Region, Scenario, Source
from zhibiao.model.breakdown import Breakdown
from zhibiao.model.record import Record

OBSERVATION_COLUMNS = (
    "region", "indicator", "period", "basis", "value", "qualifier", "unit", "status", "confidence", "source", "published", "recorded", "reason",
)  # fmt: skip
STATUS_COLUMNS = ("plan", "measure", "status", "date", "note", "evidence")
DRAFT = "draft"
"""The key that marks a plan file which nobody has reviewed yet; `zhibiao extract` writes it."""
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
    named = data if data not in (None, "") else os.environ.get("ZHIBIAO_DATA")
    if not named:
        return ()
    folder = Path(named).expanduser().resolve()
    if not folder.is_dir():
        raise RegistryError("数据目录不存在 overlay folder does not exist (--data, ZHIBIAO_DATA)", where=str(folder))
    return (folder,)


def load(data: str | os.PathLike[str] | None = None) -> Registry:
    """Read the shipped registry with the user's overlay laid over it.

    In an overlay an indicator, plan, scenario, breakdown, source or region of the same id replaces the shipped one; observations are added.

    Raises
    ------
    RegistryError
        The first fault found: file:line, what is wrong, what is allowed, the nearest match.
    """
    return read((shipped(), *overlays(data)))


Wanted = Callable[[Path, Mapping[str, Plan]], bool]
"""Whether a file of documents or figures is to be read, given the documents read so far."""


def read(folders: Sequence[Path], wanted: Wanted | None = None) -> Registry:
    """Read these folders, later ones over earlier ones; of documents and figures only the files that are `wanted`, default all."""
    with tracing.reading(), _all_kept():
        registry = _read(folders, wanted)
    tracing.watch(folders)
    return registry


@contextlib.contextmanager
def _all_kept() -> Iterator[None]:
    """Look for no garbage: among a hundred thousand records that all stay the search takes a quarter of the time of reading."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _read(folders: Sequence[Path], wanted: Wanted | None) -> Registry:
    indicators: dict[str, Indicator] = {}
    regions: dict[str, Region] = {}
    plans: dict[str, Plan] = {}
    sources: dict[str, Source] = {}
    scenarios: dict[str, Scenario] = {}
    observations: list[Observation] = []
    statuses: list[MeasureStatus] = []
    drafts: list[Path] = []
    broken_down: dict[str, Breakdown] = {}
    places: dict[str, str] = {}
    for folder in folders:
        for path in files(folder, "catalogue", ".yaml"):
            _merge(indicators, _listed(path, Indicator, places, "indicator"))
        for path in files(folder, "", ".yaml", only="sources.yaml"):
            _merge(sources, _listed(path, Source, places, "source"))
        for path in files(folder, "", ".csv", only="regions.csv"):
            _merge(regions, [_row(line, row, path, places) for line, row in csvfile.rows(path, REGION_COLUMNS)])
        for path in files(folder, "plans", ".yaml"):
            if wanted is not None and not wanted(path, plans):
                continue
            document = yamlfile.Document(path)
            if isinstance(document.content, dict) and document.content.get(DRAFT) is True:
                drafts.append(path)  # nothing is accepted before somebody has read it and removed the mark
            else:
                _merge(plans, [_plan(document, places)])
        _merge(scenarios, [_scenario(path, places) for path in files(folder, "scenarios", ".yaml")])
        for path in files(folder, "breakdowns", ".yaml"):
            found = breakdowns.breakdown(path)
            _place(places, path, f"breakdown:{found.id}", found.origin)
            _merge(broken_down, [found])
        for path in files(folder, "observations", ".csv"):
            if wanted is None or wanted(path, plans):
                observations.extend(read_observations(path))
        for path in files(folder, "status", ".csv"):
            statuses.extend(_status(line, row, path) for line, row in csvfile.rows(path, STATUS_COLUMNS[:4], STATUS_COLUMNS[4:]))
    registry = Registry(tuple(folders), indicators, regions, plans, sources, scenarios, tuple(observations), tuple(statuses), tuple(drafts), broken_down)
    checks.check(registry, places)
    breakdowns.check(registry)
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
        raise explained(error, Observation, lambda _: where, raw) from None


def number(cell: str, where: str) -> Decimal:
    """Read a plain number; units, commas inside numbers and words are refused with a hint."""
    value = Decimal(cell) if re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,2})?", cell) else None
    if value is None:
        hint = "留空的年份请删去整行 leave the whole row out where there is no figure" if not cell else "只写数字，单位写在 unit 列 digits only, the unit has its own column"
        raise RegistryError(f"value {cell!r} 不是数字 is not a number；{hint}", where=where, allowed=["9.9", "105000"])
    return value


def files(folder: Path, sub: str, suffix: str, only: str | None = None) -> list[Path]:
    """The files of one kind in a registry's folder, in the order in which they are read.

    Raises
    ------
    RegistryError
        The name of one is not UTF-8, as after unpacking an archive from another system: it could be named in no output.
    """
    place = folder / sub if sub else folder
    if only is not None:
        return [place / only] if (place / only).is_file() else []
    endings = (suffix, ".yml") if suffix == ".yaml" else (suffix,)
    found = place.iterdir() if place.is_dir() else ()
    chosen = sorted((path for path in found if path.suffix.lower() in endings and not path.name.startswith(("~", "."))), key=lambda path: path.name)
    for path in chosen:
        if not is_utf8(path.name):
            where = os.fsencode(path).decode("utf-8", "backslashreplace")
            raise RegistryError("文件名不是 UTF-8，请改名 the file's name is not UTF-8: rename it", where=where)
    return chosen


def is_utf8(name: str) -> bool:
    """Whether a file's name can be written down."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _listed(path: Path, model: type[RecordT], places: dict[str, str], kind: str) -> list[RecordT]:
    document = yamlfile.Document(path)
    if not isinstance(document.content, list):
        empty = "文件为空 the file is empty" if document.content is None else "文件不是列表 the file is no list"
        raise RegistryError(f"{empty}；应是一个列表 should be a list of {kind}s, each beginning with '- id:'", where=f"{path}:1")
    records = []
    for index in range(len(document.content)):
        record = yamlfile.validated(model, document, (index,))
        _place(places, path, f"{kind}:{_identity(record)}", document.where((index, "id")))
        records.append(record)
    return records


def _place(places: dict[str, str], path: Path, name: str, where: str) -> None:
    """Remember where a thing stands; a second one in the same folder is a slip."""
    within = f"{path.parent}:{name}"
    if within in places:
        raise RegistryError(f"编号重复 duplicate id {name.partition(':')[2]!r}, already at {places[within]}", where=where)
    places[within] = places[name] = where


def _identity(record: Record) -> str:
    return str(getattr(record, "id", None) or getattr(record, "code", ""))


def _merge(into: dict[str, RecordT], records: Iterable[RecordT]) -> None:
    into.update({_identity(record): record for record in records})


def _row(line: int, row: dict[str, str], path: Path, places: dict[str, str]) -> Region:
    where = f"{path}:{line}"
    raw = {name: cell for name, cell in row.items() if cell != ""}
    try:
        region = Region.model_validate(raw)
    except ValidationError as error:
        raise explained(error, Region, lambda _: where, raw) from None
    _place(places, path, f"region:{region.code}", where)
    return region


def _plan(document: yamlfile.Document, places: dict[str, str]) -> Plan:
    plan = yamlfile.validated(Plan, document, (), {"origin": str(document.path)})
    _place(places, document.path, f"plan:{plan.id}", document.where(("id",)))
    places[f"plan:{plan.id}:region"] = document.where(("region",))
    statements = []
    for index, statement in enumerate(plan.statements):
        where = document.where(("statements", index))
        region = statement.region or plan.region
        statements.append(
            statement.model_copy(update={"plan": plan.id, "region": region, "issued": plan.issued, "origin": where})
        )
    measures = [
        measure.model_copy(update={"plan": plan.id, "origin": document.where(("measures", index))})
        for index, measure in enumerate(plan.measures)
    ]
    return plan.model_copy(update={"statements": tuple(statements), "measures": tuple(measures)})


def _status(line: int, row: dict[str, str], path: Path) -> MeasureStatus:
    where = f"{path}:{line}"
    raw: dict[str, Any] = {name: cell for name, cell in row.items() if cell != ""}
    try:
        return MeasureStatus.model_validate({**raw, "origin": where})
    except ValidationError as error:
        raise explained(error, MeasureStatus, lambda _: where, raw) from None


def _scenario(path: Path, places: dict[str, str]) -> Scenario:
    document = yamlfile.Document(path)
    scenario = yamlfile.validated(Scenario, document, ())
    _place(places, path, f"scenario:{scenario.id}", document.where(("id",)))
    for part, items in (("regions", scenario.regions), ("overrides", scenario.overrides)):
        for index in range(len(items)):
            places[f"scenario:{scenario.id}:{part}:{index}"] = document.where((part, index))
    return scenario
