"""Reading only what concerns one region: of thousands of counties' files a notebook needs a handful."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from zhibiao.catalogue import csvfile
from zhibiao.catalogue.load import REGION_COLUMNS, files, overlays, read, shipped
from zhibiao.catalogue.registry import Registry
from zhibiao.errors import ParameterError, RegistryError
from zhibiao.model import Region

FEW = 200
"""Documents and tables that are read whole; the shipped registry holds fewer."""

_WIDE = (b"\xff\xfe", b"\xfe\xff")
"""How text in UTF-16 begins, in which digits are not found as bytes."""

_ID = re.compile(rb"^id:\s*[\"']?([\w-]+)", re.MULTILINE)


def load_for(region: object, data: str | os.PathLike[str] | None = None) -> Registry:
    """Read the registry as far as it concerns a region: its own documents and figures, those of the regions above it
    and directly below it.

    Whatever else is asked of the registry is read when it is asked for (`Registry.whole`), so that answers are those of `load`. A small
    registry is read whole, and so is one in which anything is amiss: the fault is told as `load` tells it. Faults in files that do not
    concern the region are not looked for here; `zhibiao doctor` and every batch read all of it first.

    Parameters
    ----------
    region : str
        Code or name, as in `Registry.region`; where no region has it everything is read.
    data : path, optional
        As in `zhibiao.catalogue.load.load`.

    Raises
    ------
    RegistryError
        As in `zhibiao.catalogue.load.load`.
    """
    folders = (shipped(), *overlays(data))
    large = [folder for folder in folders if len(files(folder, "plans", ".yaml")) + len(files(folder, "observations", ".csv")) > FEW]
    if not large:
        return read(folders)
    try:
        regions = _regions(folders)
        scope = _scope(regions, region)
        found = read(folders, partial(_concerns, tuple(large), [code.encode() for code in scope]))
    except (RegistryError, ParameterError):
        return read(folders)
    return replace(found, unread=frozenset(regions) - scope, beyond=partial(read, folders))


def _concerns(large: Sequence[Path], scope: Sequence[bytes], path: Path, known: Mapping[str, object]) -> bool:
    """Whether to read a file: it names a region in scope, or replaces a document that was read; what cannot be told is read.

    A code within a longer number reads a file too many, which does no harm.
    """
    if path.parents[1] not in large:
        return True
    content = path.read_bytes()
    if content.startswith(_WIDE) or any(code in content for code in scope):
        return True
    own = None if path.suffix.lower() == ".csv" else _ID.search(content)
    return own is not None and own[1].decode("utf-8", "replace") in known


def _regions(folders: Sequence[Path]) -> dict[str, Region]:
    paths = [folder / "regions.csv" for folder in folders if (folder / "regions.csv").is_file()]
    rows = (row for path in paths for _, row in csvfile.rows(path, REGION_COLUMNS))
    known = ({name: cell for name, cell in row.items() if cell} for row in rows)
    try:
        return {row["code"]: Region.model_validate(row) for row in known}
    except (KeyError, ValueError) as error:  # `read` says what is wrong and where
        raise RegistryError(str(error)) from None


def _scope(regions: Mapping[str, Region], name: object) -> frozenset[str]:
    place: Region | None = Registry((), {}, regions, {}, {}, {}, ()).region(name)
    # every region is held against its nation
    found = {other.code for other in regions.values() if other.level == "nation" or (place is not None and other.parent == place.code)}
    above: set[str] = set()
    while place is not None and place.code not in above:
        above.add(place.code)
        place = regions.get(place.parent or "")
    return frozenset(found | above)
