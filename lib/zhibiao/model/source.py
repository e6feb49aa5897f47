"""Who published what, when, where, under what terms."""

from __future__ import annotations

from zhibiao.model.record import Day, Identifier, Record, Text, Year


class Source(Record):
    """A publication. An address is given only where it is the publisher's own."""

    id: Identifier
    publisher: Text
    title: Text
    year: Year
    date: Day | None = None
    url: str | None = None
    terms: Text
    note: str | None = None
