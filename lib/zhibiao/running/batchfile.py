"""Batch files: which notebooks, for which regions, under which scenarios; checked to the last parameter before anything runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from zhibiao.catalogue.load import load
from zhibiao.catalogue.registry import Registry
from zhibiao.catalogue.yamlfile import Document, Location, validated
from zhibiao.errors import ParameterError, RegistryError, closest
from zhibiao.model.record import Identifier, Record, Text
from zhibiao.running.history import HISTORY, Keep
from zhibiao.running.job import DOCUMENTS, SINGLE, Form, Limits, Task
from zhibiao.running.run import stems, task

ALL = "all"


def _name(value: object) -> object:
    # a code written without quotes is a number in YAML
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _names(value: object) -> object:
    if not isinstance(value, list):
        raise ValueError(f"应为列表 should be a list such as [a, b], not {value!r}")
    if not value:
        raise ValueError("列表为空 the list is empty")
    return [_name(item) for item in value]


def _notebooks(value: object) -> object:
    return (ALL,) if value == ALL else _names(value)


def _parameters(value: object) -> object:
    if not isinstance(value, dict):
        raise ValueError(f"应为键值表 should be a mapping, not {value!r}")
    for name in ("region", "scenario"):
        if name in value:
            raise ValueError(f"{name} 写在 regions、scenarios 或 runs 中 belongs to regions, scenarios or runs")
    return {name: _plain(item) for name, item in value.items()}


def _plain(value: object) -> object:
    """Turn what YAML gives into a literal a notebook can be handed."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        raise ValueError("参数只能是文字、数或列表 a parameter is text, a number or a list of them")
    return value


Name = Annotated[Text, BeforeValidator(_name)]
Names = Annotated[tuple[Text, ...], BeforeValidator(_names)]
Notebooks = Annotated[tuple[Text, ...], BeforeValidator(_notebooks)]
Parameters = Annotated[dict[str, Any], BeforeValidator(_parameters)]


def _documents(value: object) -> object:
    found = _names(value)
    if isinstance(found, list) and "pdf" not in found:
        raise ValueError("须有 pdf must have pdf, for example [pdf] or [pdf, docx]")
    return found


Documents = Annotated[tuple[Form, ...], BeforeValidator(_documents)]


class Part(Record):
    """One region with scenarios, and perhaps notebooks and parameters, of its own."""

    region: Name
    scenarios: Names = ("baseline",)
    notebooks: Notebooks | None = None
    """Default: the batch's."""
    parameters: Parameters = Field(default_factory=dict)
    """Over the batch's."""


class BatchFile(Record):
    """A batch: every notebook for every region under every scenario, and the parts beside them."""

    name: Identifier
    """The folder below outputs."""
    notebooks: Notebooks
    """Names in ``notebooks/``, or ``all``."""
    regions: Names = ()
    """Names or codes."""
    scenarios: Names = ("baseline",)
    parameters: Parameters = Field(default_factory=dict)
    """Handed to every notebook that has them."""
    runs: tuple[Part, ...] = ()
    documents: Documents = DOCUMENTS
    """What runs are published as; Word takes a third of a briefing's time, PNG beside SVG a tenth of every run's."""
    limits: Limits = Limits()
    jobs: int = Field(default=2, ge=1, le=64)
    """Notebooks at a time."""
    keep: Keep | None = None
    """Which published states are kept in ``outputs/history``; default: none."""

    @field_validator("name")
    @classmethod
    def _not_taken(cls, name: str) -> str:
        if name == SINGLE:
            raise ValueError(f"{SINGLE} 是单次运行的目录 is the folder of single runs")
        if name == HISTORY:
            raise ValueError(f"{HISTORY} 是留存历史的目录 is the folder of kept states")
        return name


@dataclass(frozen=True)
class Batch:
    """A batch file and its tasks, all of them checked."""

    file: BatchFile
    tasks: tuple[Task, ...]
    registry: Registry
    """In which they were checked."""

    @property
    def undated(self) -> bool:
        """Whether the file leaves the date that pages print to whoever starts it, for at least one run."""
        return any(_undated(task) for task in self.tasks)

    def dated(self, day: str) -> Batch:
        """Return the batch with the date that pages print, in every run for which the file gives none."""
        tasks = (
            replace(task, parameters={**task.parameters, "report_date": day}) if _undated(task) else task
            for task in self.tasks
        )
        return replace(self, tasks=tuple(tasks))


def _undated(task: Task) -> bool:
    # a notebook without the parameter prints no date
    return task.parameters.get("report_date", "none") in (None, "")


@dataclass(frozen=True)
class _Wish:
    """One combination, and where in the file each part of it stands."""

    notebook: str
    region: str
    scenario: str
    parameters: Mapping[str, Any]
    places: Mapping[str, Location]


def read(path: Path, *, notebooks: Path, data: Path | None = None) -> Batch:
    """Read a batch file and check every combination.

    Parameters
    ----------
    path : Path
        The file.
    notebooks : Path
        The folder in which its notebooks are looked up.
    data : Path, optional
        The overlay.

    Raises
    ------
    ParameterError
        The first fault, with file:line, what is allowed and the nearest match.
    RegistryError
        The registry or the overlay is broken.
    """
    try:
        document = Document(path)
        file = validated(BatchFile, document, ())
    except RegistryError as error:
        raise ParameterError(error.what, where=error.where, allowed=error.allowed, nearest=error.nearest) from None
    if not file.regions and not file.runs:
        raise ParameterError("没有地区 names no region: regions or runs", where=document.where(()))
    registry = load(data)
    known = _known(file, notebooks, document)
    tasks: dict[str, Task] = {}
    for wish in _wishes(file, stems(notebooks)):
        notebook = (notebooks / f"{wish.notebook}.ipynb").resolve()
        given = {name: value for name, value in wish.parameters.items() if name in known[wish.notebook]}
        try:
            found = task(
                notebook,
                {**given, "region": wish.region, "scenario": wish.scenario},
                batch=file.name,
                registry=registry,
                data=data,
            )
        except ParameterError as error:
            raise _placed(error, wish, document) from None
        if str(found.folder) in tasks:
            where = document.where(wish.places["scenario"])
            raise ParameterError(f"重复 appears twice: {found.name}", where=where)
        tasks[str(found.folder)] = found
    return Batch(file, tuple(replace(found, documents=file.documents) for found in tasks.values()), registry)


def _known(file: BatchFile, folder: Path, document: Document) -> dict[str, set[str]]:
    """Return the parameters of every notebook; refuse a notebook that is not there, and a parameter that none has."""
    from zhibiao.notebook import parameters_of

    there = stems(folder)
    known: dict[str, set[str]] = {}
    lists: list[tuple[tuple[str, ...], Location]] = [(file.notebooks, ("notebooks",))]
    lists += [(part.notebooks, ("runs", n, "notebooks")) for n, part in enumerate(file.runs) if part.notebooks]
    for names, place in lists:
        for number, name in enumerate(there if names == (ALL,) else names):
            if name not in there:
                raise ParameterError(
                    f"没有笔记本 no notebook {name!r}",
                    where=document.where((*place, number)), allowed=there, nearest=closest(name, there),
                )  # fmt: skip
            known[name] = set(parameters_of(folder / f"{name}.ipynb"))
    if not known:
        raise ParameterError(f"没有笔记本 there is no notebook in {folder.name}", where=document.where(("notebooks",)))
    every = set().union(*known.values())
    given: list[tuple[str, Location]] = [(name, ("parameters", name)) for name in file.parameters]
    given += [(name, ("runs", n, "parameters", name)) for n, part in enumerate(file.runs) for name in part.parameters]
    for name, place in given:
        if name not in every:
            raise ParameterError(
                f"没有笔记本有参数 no notebook has a parameter {name!r}",
                where=document.where(place), allowed=sorted(every), nearest=closest(name, every),
            )  # fmt: skip
    return known


def _wishes(file: BatchFile, there: list[str]) -> Iterator[_Wish]:
    """Yield every combination in the order of the file."""

    def combined(
        names: tuple[str, ...],
        place: Location,
        region: str,
        scenario: str,
        own: Mapping[str, Any],
        at: dict[str, Location],
    ) -> Iterator[_Wish]:
        for number, name in enumerate(there if names == (ALL,) else names):
            spot = place if names == (ALL,) else (*place, number)
            yield _Wish(name, region, scenario, {**file.parameters, **own}, {**at, "notebook": spot})

    shared: dict[str, Location] = {name: ("parameters", name) for name in file.parameters}
    for r, region in enumerate(file.regions):
        for s, scenario in enumerate(file.scenarios):
            at: dict[str, Location] = {**shared, "region": ("regions", r), "scenario": ("scenarios", s)}
            yield from combined(file.notebooks, ("notebooks",), region, scenario, {}, at)
    for p, part in enumerate(file.runs):
        own: dict[str, Location] = {name: ("runs", p, "parameters", name) for name in part.parameters}
        for s, scenario in enumerate(part.scenarios):
            at = {**shared, **own, "region": ("runs", p, "region"), "scenario": ("runs", p, "scenarios", s)}
            names, place = (
                (part.notebooks, ("runs", p, "notebooks")) if part.notebooks else (file.notebooks, ("notebooks",))
            )
            yield from combined(names, place, part.region, scenario, part.parameters, at)


def _placed(error: ParameterError, wish: _Wish, document: Document) -> ParameterError:
    """Say where in the batch file the fault comes from: its own key where it has one, else the notebook's."""
    name = error.where or ""
    place = wish.places.get(name, wish.places["notebook"])
    return ParameterError(
        f"{wish.notebook} · {name}: {error.what}",
        where=document.where(place),
        allowed=error.allowed,
        nearest=error.nearest,
    )
