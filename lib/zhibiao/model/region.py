"""Where: the nation, a province, a prefecture, a county."""

from __future__ import annotations

from typing import Literal

from zhibiao.model.record import Record, RegionCode, Text


class Region(Record):
    """A region by its GB/T 2260 code; 100000 is the nation."""

    code: RegionCode
    zh: Text
    en: Text
    parent: RegionCode | None = None
    level: Literal["nation", "province", "prefecture", "county"]

    def name(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en
