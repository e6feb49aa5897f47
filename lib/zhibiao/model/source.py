"""Who published what, when, where, under what terms."""

from __future__ import annotations

import datetime as dt

from zhibiao.model.record import Identifier, Record, Text


class Source(Record):
    """A publication. An address is given only where it is the publisher's own."""

    id: Identifier
    publisher: Text
    title: Text
    year: int
    date: dt.date | None = None
    url: str | None = None
    terms: Text
    note: str | None = None
