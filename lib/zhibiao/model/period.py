"""Periods of observations (2023, 2023-Q3, 2023-09) and spans of statements (2025, 2021-2025)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering
from typing import Any

from pydantic_core import core_schema

FIRST_YEAR, LAST_YEAR = 1949, 2100
"""Years outside are slips of the finger."""


def _checked(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"年份 {year} 超出范围 year outside {FIRST_YEAR}–{LAST_YEAR}")
    return year


class _Written:
    """Lets pydantic read a period or a span from text or an integer year, and print it back as text."""

    @classmethod
    def parse(cls, written: object) -> Any:
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.parse,
            serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="always"),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {
            "anyOf": [
                {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR},
                {"type": "string", "pattern": cls.pattern()},
            ]
        }

    @classmethod
    def pattern(cls) -> str:
        """The regular expression a written one follows."""
        raise NotImplementedError


@total_ordering
@dataclass(frozen=True, eq=True)
class Period(_Written):
    """A year, a quarter or a month.

    >>> Period.parse("2023-Q3") < Period.parse("2023-10") < Period.parse(2023)
    True
    """

    year: int
    quarter: int | None = None
    month: int | None = None

    @classmethod
    def pattern(cls) -> str:
        return r"^(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?$"

    @classmethod
    def parse(cls, written: object) -> Period:
        """Read ``2023``, ``2023-Q3`` or ``2023-09``; ValueError otherwise."""
        if isinstance(written, Period):
            return written
        match = re.fullmatch(cls.pattern(), str(written).strip())
        if match is None or isinstance(written, bool):
            raise ValueError(f"期间 {str(written)!r} 无法识别 is no period，可写 write 2023, 2023-Q3, 2023-09")
        year, quarter, month = match.groups()
        return cls(_checked(int(year)), int(quarter) if quarter else None, int(month) if month else None)

    @property
    def last_month(self) -> int:
        """Month in which the period ends, 1 to 12."""
        return self.month or (self.quarter * 3 if self.quarter else 12)

    @property
    def first_month(self) -> int:
        """Month in which the period begins, 1 to 12."""
        return self.month or (self.quarter * 3 - 2 if self.quarter else 1)

    @property
    def is_year(self) -> bool:
        return self.quarter is None and self.month is None

    def _key(self) -> tuple[int, int, bool, bool]:
        return (self.year, self.last_month, self.is_year, self.quarter is not None)

    def __lt__(self, other: Period) -> bool:
        return self._key() < other._key()

    def __str__(self) -> str:
        if self.quarter:
            return f"{self.year}-Q{self.quarter}"
        return f"{self.year}-{self.month:02d}" if self.month else str(self.year)


@dataclass(frozen=True, order=True)
class Span(_Written):
    """One year or the years from start to end, both included.

    >>> len(Span.parse("2021-2025").years), str(Span.parse(2025))
    (5, '2025')
    """

    start: int
    end: int

    @classmethod
    def pattern(cls) -> str:
        return r"^(\d{4})(?:\s*[-–—]\s*(\d{4}))?$"

    @classmethod
    def parse(cls, written: object) -> Span:
        """Read ``2025`` or ``2021-2025``; ValueError otherwise."""
        if isinstance(written, Span):
            return written
        match = re.fullmatch(cls.pattern(), str(written).strip())
        if match is None or isinstance(written, bool):
            raise ValueError(f"期间 {str(written)!r} 无法识别 is no span of years，可写 write 2025, 2021-2025")
        start, end = _checked(int(match[1])), _checked(int(match[2] or match[1]))
        if start > end:
            raise ValueError(f"期间 {written!r} 起年晚于止年 starts after it ends")
        return cls(start, end)

    @property
    def years(self) -> range:
        return range(self.start, self.end + 1)

    def __str__(self) -> str:
        return str(self.end) if self.start == self.end else f"{self.start}-{self.end}"
