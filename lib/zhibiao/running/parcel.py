"""What travels between the runner and a cluster: an order with its notebook, the overlay, what was made, and the fingerprint of the code."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from zhibiao.catalogue.load import overlays
from zhibiao.errors import OutputError, RegistryError
from zhibiao.running.job import Answer, Order
from zhibiao.running.manifest import Surroundings, sha256

LARGEST = 256 << 20
"""Bytes of one run's files at most: they pass through the memory of worker, scheduler and runner."""

KEYS = "zhibiao-order-"
"""How Dask's keys of orders begin."""

OVERLAY = "data/"
"""How the fingerprint labels the overlay's files."""

_MATTERS = ("dask", "distributed")
"""Packages that carry orders: they make no page, so the cache does not ask for them, but both ends must speak alike."""


@dataclass(frozen=True)
class Parcel:
    """One order, with all that a worker elsewhere needs; the overlay comes apart from it, once for a worker.

    Attributes
    ----------
    number : int
        Of the order within the batch, to say of which one an event speaks.
    topic : str
        Under which the worker says that it begins.
    order : Order
        Its notebook is a name, its folder nothing: where they lie is for the worker to say.
    notebook : bytes
        Content of the notebook.
    limit : float
        Seconds for the whole run.
    overlay : str
        SHA-256 of the overlay's content, empty where there is none.
    code : mapping of str to str
        Fingerprint of the runner's code, which the worker's must equal.
    """

    number: int
    topic: str
    order: Order
    notebook: bytes
    limit: float
    overlay: str
    code: Mapping[str, str]


@dataclass(frozen=True)
class Made:
    """What comes back: the files, and the answer or the error that took its place.

    Attributes
    ----------
    files : bytes
        A zip of the run's folder.
    answer : Answer, optional
        Of the worker.
    lost : tuple
        Name of the error's class, its message, and whether it may pass, where the local worker gave no answer.
    """

    files: bytes
    answer: Answer | None = None
    lost: tuple[str, str, bool] | None = None


class Differs(Exception):
    """A worker has other code than the runner: (its address, what differs)."""


def pack(folder: Path, names: Iterable[str] | None = None) -> bytes:
    """Return a zip of a folder: of these files, or of all.

    Raises
    ------
    OSError
        A file cannot be read.
    OutputError
        It is larger than `LARGEST`.
    """
    chosen = (
        sorted(path for path in folder.rglob("*") if path.is_file())
        if names is None
        else [folder / name for name in names]
    )
    if sum(path.stat().st_size for path in chosen) > LARGEST:
        raise OutputError(f"一次运行的文件超过 the files of one run are larger than {LARGEST >> 20} MB")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in chosen:
            # not with the times of the disk: the same files are the same bytes, and zip knows no year before 1980
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix())
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes(), compresslevel=1)
    return target.getvalue()


def unpack(content: bytes, folder: Path) -> None:
    """Write the files of a zip into a folder.

    Raises
    ------
    OSError
        A file cannot be written.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            target = folder / entry.filename
            if not target.resolve().is_relative_to(folder.resolve()):
                raise OSError(f"路径在目录之外 outside the folder: {entry.filename}")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(entry))


def pack_overlay(data: Path | None, around: Surroundings) -> bytes:
    """Return a zip of the overlay's files that the registry reads; empty where there is no overlay.

    Raises
    ------
    RegistryError
        A file has changed since the fingerprint was taken.
    """
    labels = [label for label in around.inputs if label.startswith(OVERLAY)]
    for folder in overlays(data):
        try:
            for label in labels:
                if sha256(folder / label.removeprefix(OVERLAY)) != around.inputs[label]:
                    raise OSError
            return pack(folder, [label.removeprefix(OVERLAY) for label in labels])
        except OSError:
            raise RegistryError(
                "数据刚刚有改动，请再执行一次 the figures have just changed: run it again", where=label
            ) from None
    return b""


def code_of(around: Surroundings) -> dict[str, str]:
    """Return the part of a fingerprint that must be the same on every worker: library, shipped registry, lock, versions."""
    import dask
    import distributed

    files = {label: digest for label, digest in around.inputs.items() if not label.startswith(OVERLAY)}
    versions = {**around.versions, "python": ".".join(around.versions["python"].split(".")[:2])}
    carriers = {name: module.__version__ for name, module in zip(_MATTERS, (dask, distributed), strict=True)}
    return {**files, **versions, **carriers}


def differences(mine: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    """Return what differs, in words: versions with both values, files by name.

    >>> differences({"pandas": "3.0.1", "lib/a.py": "e5"}, {"pandas": "3.0.2"})
    ['lib/a.py 缺 missing', 'pandas 3.0.2 ≠ 3.0.1']
    """
    said = []
    for name in sorted({*mine, *theirs}):
        ours, other = mine.get(name), theirs.get(name)
        if ours == other:
            continue
        if other is None:
            said.append(f"{name} 缺 missing")
        elif ours is None:
            said.append(f"{name} 多 not here")
        else:
            said.append(f"{name} 不同 differs" if "." in name else f"{name} {other} ≠ {ours}")
    return said
