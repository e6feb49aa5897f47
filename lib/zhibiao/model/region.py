"""Where: the nation, a province, a prefecture, a county."""

from __future__ import annotations

from typing import Literal

from zhibiao.model.record import Record, RegionCode, Text

SYNTHETIC = "9"
"""What the code of a made-up region begins with: GB/T 2260 gives first digits 1 to 8 only, so no real region can be taken for one."""

SYNTHETIC_ZH, SYNTHETIC_EN = "模拟数据，仅供测量", "synthetic data, for measuring only"
"""What everything made of such a region says."""


class Region(Record):
    """A region by its GB/T 2260 code; 100000 is the nation."""

    code: RegionCode
    zh: Text
    en: Text
    parent: RegionCode | None = None
    level: Literal["nation", "province", "prefecture", "county"]

    @property
    def synthetic(self) -> bool:
        """Whether the region is made up, to measure with."""
        return is_synthetic(self.code)

    def name(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


def is_synthetic(code: str) -> bool:
    """Whether a code is one of a made-up region.

    >>> is_synthetic("900101"), is_synthetic("500000")
    (True, False)
    """
    return code.startswith(SYNTHETIC)
