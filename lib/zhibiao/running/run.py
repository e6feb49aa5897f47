"""Running one notebook: found, checked, carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from zhibiao.catalogue.load import load
from zhibiao.catalogue.registry import Registry
from zhibiao.errors import ParameterError, closest
from zhibiao.running.execute import carry_out
from zhibiao.running.job import DOCUMENTS, ROOT, SINGLE, Form, Limits, RunResult, Task
from zhibiao.running.report import reporter
from zhibiao.running.store import opened

NOTEBOOKS = ROOT / "notebooks"


def run(
    notebook: Path,
    given: Mapping[str, object],
    *,
    out: Path | str,
    data: Path | None = None,
    force: bool = False,
    limits: Limits | None = None,
    documents: Sequence[str] = DOCUMENTS,
    quiet: bool = False,
) -> RunResult:
    """Run one notebook and publish it to ``out/run/<region code>/<scenario>/<stem>``.

    Parameters
    ----------
    notebook : Path
        A file, or the name of one in ``notebooks/``.
    given : mapping
        Parameters; the notebook's own are taken for the others.
    out : Path or str
        The outputs: a folder, or a URL that fsspec knows.
    data : Path, optional
        The overlay.
    force : bool
        Run even where an earlier result is still good.
    limits : Limits, optional
        In seconds.
    documents : sequence of str
        Each a `Form`: what the notebook is published as.
    quiet : bool
        Print nothing.

    Returns
    -------
    RunResult
        With the error of a run that failed.

    Raises
    ------
    ParameterError
        The notebook or a parameter is wrong; nothing was started.
    RegistryError
        The registry or the overlay is broken; nothing was started.
    OutputError
        The outputs cannot be written, or another process is writing there.
    KeyboardInterrupt
        The run was stopped; nothing of it is left.
    """
    for name in documents:
        if name not in get_args(Form):
            raise ParameterError(f"未知文件种类 unknown document {name!r}", where="--documents", allowed=get_args(Form), nearest=closest(name, get_args(Form)))
    registry = load(data)
    chosen = task(find(notebook), given, batch=SINGLE, registry=registry, data=data)
    chosen = replace(chosen, documents=tuple(dict.fromkeys(("pdf", *documents))))
    with opened(out) as (folder, store):
        result = carry_out(
            [chosen], registry=registry, out=folder, data=data, jobs=1, force=force, limits=limits or Limits(),
            show=reporter(folder, quiet), store=store,
        )  # fmt: skip
    if result.interrupted:
        raise KeyboardInterrupt
    if result.fault is not None:
        raise result.fault
    return result.runs[0]


def find(notebook: Path, folder: Path = NOTEBOOKS) -> Path:
    """Return the absolute path of a notebook given by path, or by its name in `folder`.

    Raises
    ------
    ParameterError
        There is none; the nearest is named.
    """
    for path in (notebook, folder / f"{notebook.name}.ipynb", folder / notebook.name):
        if path.suffix == ".ipynb" and path.is_file():
            return path.resolve()
    known = stems(folder)
    raise ParameterError(
        f"没有笔记本 no notebook {str(notebook)!r}",
        where="notebook",
        allowed=known,
        nearest=closest(notebook.stem, known),
    )


def stems(folder: Path) -> list[str]:
    """Return the names of the notebooks in a folder, in reading order."""
    return sorted(path.stem for path in folder.glob("*.ipynb") if not path.name.startswith("."))


def task(notebook: Path, given: Mapping[str, object], *, batch: str, registry: Registry, data: Path | None) -> Task:
    """Check parameters and say where the run will be published.

    Parameters
    ----------
    notebook : Path
        Absolute.
    given : mapping
        Parameters.
    batch : str
        The folder below outputs.
    registry : Registry
        Read from `data`.
    data : Path, optional
        The overlay.

    Raises
    ------
    ParameterError
        A parameter is unknown or wrong, or the notebook has none that says for which region it speaks.
    """
    from zhibiao.notebook import checked, heading

    complete = checked(notebook, given, data, registry=registry, alone=batch == SINGLE)
    if "region" not in complete:
        raise ParameterError("笔记本须有参数 region the notebook needs a parameter region", where=notebook.name)
    region = registry.region(complete["region"])
    scenario = registry.scenario(str(complete.get("scenario", "baseline")))
    title = heading(notebook, str(complete.get("lang", "zh")))
    return Task(notebook, complete, batch, region.code, region.zh, scenario.id, title)
