"""Units as Chinese documents write them: a scale (万, 亿, …) before a base unit (人, 人次, 所, …).

万 and 亿 are scales, not units. The code computes in base units and prints in the unit of the document.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from zhibiao.errors import RegistryError, closest

SCALES: dict[str, Decimal] = {
    "": Decimal(1),
    "百": Decimal(10) ** 2,
    "千": Decimal(10) ** 3,
    "万": Decimal(10) ** 4,
    "十万": Decimal(10) ** 5,
    "百万": Decimal(10) ** 6,
    "千万": Decimal(10) ** 7,
    "亿": Decimal(10) ** 8,
}

BASES: dict[str, str] = {
    "人": "persons", "人次": "person-times", "%": "%", "百分点": "percentage points", "所": "schools", "个": "", "家": "firms",
    "项": "items", "次": "times", "本": "books", "种": "kinds", "条": "chains", "学时": "class hours", "年": "years", "位": "rank",
    "月": "months", "门": "courses", "件": "items", "套": "sets", "台": "machines", "支": "teams", "元": "yuan", "平方米": "m²", "亩": "mu",
    "人/人": "persons per person", "枚": "medals", "届": "editions", "处": "sites", "场": "events", "期": "rounds", "例": "cases",
    "倍": "times as many",
}  # fmt: skip
"""Base units, Chinese to English. 个 counts things; English needs no word for it."""

ALIASES: dict[str, str] = {"名": "人", "％": "%", "个百分点": "百分点", "个月": "月"}
"""Other ways to write the same base unit."""

UNSCALED = ("%", "百分点", "位", "届", "年", "月", "人/人", "倍")
"""Shares, ranks and ratios: nobody counts them by the ten thousand."""


@dataclass(frozen=True)
class Unit:
    """A unit as written, its scale and the base unit beneath.

    >>> unit_of("万人次").base, int(unit_of("万人次").scale)
    ('人次', 10000)
    """

    written: str
    scale: Decimal
    base: str

    def to_base(self, value: Decimal) -> Decimal:
        """Scale a written value to base units, exactly.

        >>> unit_of("万人").to_base(Decimal("0.57"))
        Decimal('5700.00')
        """
        return value * self.scale

    def label(self, lang: str) -> str:
        """Return the unit's name in a language; English writes the scale out.

        >>> unit_of("万人").label("en")
        '×10,000 persons'
        """
        if lang == "zh":
            return self.written
        times = "" if self.scale == 1 else f"×{self.scale:,f} "
        return f"{times}{BASES[self.base]}".strip()


@lru_cache(maxsize=512)
def unit_of(written: str) -> Unit:
    """Read a unit as written.

    Raises
    ------
    RegistryError
        The unit is none that the project knows; the nearest is named.
    """
    for scale in sorted(SCALES, key=len, reverse=True):
        rest = written[len(scale) :]
        base = ALIASES.get(rest, rest)
        if written.startswith(scale) and base in BASES and not (scale and base in UNSCALED):
            return Unit(written, SCALES[scale], base)
    known = [*BASES, *ALIASES, "万人", "万人次", "万元", "亿元"]
    raise RegistryError(f"未知单位 unknown unit {written!r}", allowed=known, nearest=closest(written, known))
