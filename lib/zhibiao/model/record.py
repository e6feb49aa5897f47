"""The base of every record: frozen, no unknown keys, no silent conversion of text to numbers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from zhibiao.errors import RegistryError
from zhibiao.model.units import unit_of

IMPLAUSIBLE = Decimal(10) ** 15
"""No figure of a plan reaches this; a number that does is a slip of the finger."""


class Fault(ValueError):
    """What is wrong with a record, and at which of its parts, so that a message can name the line.

    Parameters
    ----------
    what : str
        What is wrong, in one sentence.
    at : str or int
        Keys and positions from the record down to the part.
    allowed, nearest
        As in `zhibiao.errors.ZhibiaoError`.
    """

    def __init__(self, what: str, *at: str | int, allowed: Iterable[object] | None = None, nearest: str | None = None) -> None:
        super().__init__(what)
        self.what, self.at, self.nearest = what, at, nearest
        self.allowed = None if allowed is None else list(allowed)


def shown(value: object) -> str:
    """A value as the file writes it, shortened.

    >>> shown(Decimal("3.50")), shown("三万")
    ('3.50', "'三万'")
    """
    if isinstance(value, list | tuple):
        return f"[{', '.join(shown(item) for item in value[:4])}{', …' if len(value) > 4 else ''}]"
    text = format(value, "f") if isinstance(value, Decimal) else (str(value) if isinstance(value, dt.date) else repr(value))
    return text if len(text) <= 60 else f"{text[:60]}…"


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Fault(f"{shown(value)} 不是数字 is not a number；只写数字，单位写在 unit digits only, the unit has its own place")
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) >= IMPLAUSIBLE:
        raise Fault(f"{shown(value)} 不是可信的有限数 is not a plausible finite number")
    return value


def _unit(written: str) -> str:
    try:
        unit_of(written)
    except RegistryError as error:
        raise Fault(error.what, allowed=error.allowed, nearest=error.nearest) from None
    return written


def _day(value: object) -> object:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        # bare digits would be taken for seconds since 1970
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
            return dt.date.fromisoformat(value.strip())
    except ValueError:
        pass
    raise Fault(f"{shown(value)} 不是日期 is no date", allowed=["2022-07-22"])


Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_\-]*$", max_length=64)]
"""An ASCII name that may become part of a path or a key: lower case letters, digits, ``-`` and ``_``."""

RegionCode = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
"""A GB/T 2260 code."""

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

UnitText = Annotated[Text, AfterValidator(_unit)]
"""A unit as written that `zhibiao.model.units` can read."""

Number = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema({"type": "number"})]
"""A finite number; text is refused even where it spells one."""

Year = Annotated[int, Field(strict=True, ge=1949, le=2100)]

Day = Annotated[dt.date, BeforeValidator(_day)]
"""A date, or text of the form ``2022-07-22``."""


class Record(BaseModel):
    """A frozen record that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)
