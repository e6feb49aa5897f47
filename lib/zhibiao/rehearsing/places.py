"""Made-up provinces, prefectures and counties."""

from __future__ import annotations

from dataclasses import dataclass

from zhibiao.errors import ParameterError
from zhibiao.model.region import SYNTHETIC, Region

COUNTIES_EACH = 14
"""Counties of a prefecture; the country has about 8.5, and more of them keep the codes within nine provinces."""

PREFECTURES_EACH = 30
"""Prefectures of a province."""

PROVINCES = "甲乙丙丁戊己庚辛壬"
LETTERS = "ABCDEFGHI"

MOST = len(PROVINCES) * PREFECTURES_EACH * COUNTIES_EACH
"""Counties at most: 3780, which is more than the country has."""

NATION = Region(code=f"{SYNTHETIC}00000", zh="模拟全国", en="Synthetic nation", parent=None, level="nation")


@dataclass(frozen=True)
class Places:
    """All made-up regions, each above those that belong to it."""

    regions: tuple[Region, ...]

    @property
    def counties(self) -> tuple[Region, ...]:
        return tuple(region for region in self.regions if region.level == "county")


def places(counties: int) -> Places:
    """Make up regions for so many counties: codes are built as in GB/T 2260, two digits for each level, but begin with 9.

    GB/T 2260 gives no code that begins with 9 (its first digits, 1 to 8, are the great regions of the country), so a made-up region
    is told from a real one by its code alone: `zhibiao.model.region.is_synthetic`.

    Raises
    ------
    ParameterError
        Fewer counties than one, or more than `MOST`.

    Examples
    --------
    >>> [f"{region.code} {region.zh}" for region in places(1).regions]
    ['900000 模拟全国', '910000 模拟甲省', '910100 模拟甲省01市', '910101 模拟甲省01市01县']
    """
    if not 1 <= counties <= MOST:
        raise ParameterError(f"{counties} 超出范围 is out of range", where="--counties", allowed=[f"1…{MOST}"])
    found = [NATION]
    for number in range(counties):
        prefecture, county = divmod(number, COUNTIES_EACH)
        province, prefecture = divmod(prefecture, PREFECTURES_EACH)
        zh, en = f"模拟{PROVINCES[province]}省", f"Synthetic province {LETTERS[province]}"
        above = f"{SYNTHETIC}{province + 1}"
        if county == 0 and prefecture == 0:
            found.append(Region(code=f"{above}0000", zh=zh, en=en, parent=NATION.code, level="province"))
        place = f"{LETTERS[province]}{prefecture + 1:02d}"
        if county == 0:
            found.append(
                Region(
                    code=f"{above}{prefecture + 1:02d}00", zh=f"{zh}{prefecture + 1:02d}市", en=f"Synthetic city {place}", parent=f"{above}0000",
                    level="prefecture",
                )
            )  # fmt: skip
        found.append(
            Region(
                code=f"{above}{prefecture + 1:02d}{county + 1:02d}", zh=f"{zh}{prefecture + 1:02d}市{county + 1:02d}县",
                en=f"Synthetic county {place}-{county + 1:02d}", parent=f"{above}{prefecture + 1:02d}00", level="county",
            )
        )  # fmt: skip
    return Places(tuple(found))
