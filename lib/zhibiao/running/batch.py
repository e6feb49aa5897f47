"""Running a batch file."""

from __future__ import annotations

from pathlib import Path

from zhibiao.errors import ParameterError
from zhibiao.running import batchfile
from zhibiao.running.cluster import MOST, parse
from zhibiao.running.execute import carry_out
from zhibiao.running.job import BatchResult
from zhibiao.running.report import reporter
from zhibiao.running.run import NOTEBOOKS
from zhibiao.running.store import is_url, opened


def batch(
    file: Path,
    *,
    out: Path | str,
    data: Path | None = None,
    jobs: int | None = None,
    force: bool = False,
    quiet: bool = False,
    notebooks: Path = NOTEBOOKS,
    report_date: str | None = None,
    scheduler: str | None = None,
    only_failed: bool = False,
) -> BatchResult:
    """Run every notebook of a batch for every region and scenario it names.

    Each run is published to ``out/<batch>/<region code>/<scenario>/<notebook>``, whole or not at all; one that fails leaves what it
    has in ``<notebook>.failed`` and does not stop the others. ``out/index.html`` links everything.

    Parameters
    ----------
    file : Path
        The batch file.
    out : Path or str
        The outputs: a folder, or a URL that fsspec knows.
    data : Path, optional
        The overlay.
    jobs : int, optional
        Notebooks at a time; default: the file's.
    force : bool
        Run even what is still good.
    quiet : bool
        Print nothing.
    notebooks : Path
        The folder of the notebooks.
    report_date : str, optional
        The date that pages print, ``2026-12-05``, where the batch file gives none; default: the period up to which figures are known.
    scheduler : str, optional
        Of a Dask cluster, ``tcp://host:port``; or ``local``, ``local:4`` for one on this machine. An address takes as many runs at a
        time as the cluster has threads, unless `jobs` is given.
    only_failed : bool
        Run only what failed last time, or what a batch that was stopped never came to; the rest is left alone, whatever has changed.

    Returns
    -------
    BatchResult
        Its ``exit_code`` tells the kind of failure.

    Raises
    ------
    ParameterError
        The batch file is wrong: file:line; the cluster has no worker or other code; the URL is of no known kind. Nothing was started.
    RegistryError
        The registry or the overlay is broken; nothing was started.
    OutputError
        The outputs cannot be written, or another process is writing there.
    """
    if scheduler is not None and parse(scheduler) is None:
        jobs = jobs or MOST
    checked = batchfile.read(file, notebooks=notebooks, data=data)
    if report_date is not None:
        checked = checked.dated(report_date)
    if checked.file.keep is not None and is_url(str(out)):
        raise ParameterError(
            "keep 只用于本机目录，网址请用存储自己的版本管理 keep is for a local folder; at a URL use the store's own versions", where=file.name
        )
    with opened(out) as (folder, store):
        return carry_out(
            checked.tasks,
            registry=checked.registry,
            out=folder,
            data=data,
            jobs=jobs or checked.file.jobs,
            force=force,
            limits=checked.file.limits,
            show=reporter(folder, quiet),
            scheduler=scheduler,
            store=store,
            keep=checked.file.keep,
            only_failed=only_failed,
        )
