"""The base of every record: frozen, no unknown keys, no silent conversion of text to numbers."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_\-]*$", max_length=64)]
"""An ASCII name that may become part of a path or a key: lower case letters, digits, ``-`` and ``_``."""

RegionCode = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
"""A GB/T 2260 code."""

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Record(BaseModel):
    """A frozen record that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)
