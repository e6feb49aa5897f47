"""How far a measure has come, as its users keep it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from zhibiao.model.record import Day, Identifier, Record

Stage = Literal["not_started", "in_progress", "done", "stopped"]


class MeasureStatus(Record):
    """One entry of a status file: what was said of a measure on a day, and what shows it. Older entries stay."""

    plan: Identifier
    measure: Identifier
    status: Stage
    date: Day
    note: str | None = None
    evidence: str | None = None
    origin: str = Field(default="", exclude=True)

    @property
    def key(self) -> str:
        """``plan/measure``."""
        return f"{self.plan}/{self.measure}"
