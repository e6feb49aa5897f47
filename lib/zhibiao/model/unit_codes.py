"""Codes of base units: formats that other programs read want ASCII, and a name of their own for each unit."""

from __future__ import annotations

CODES: dict[str, str] = {
    "人": "PERSONS", "人次": "PERSON_TIMES", "%": "PCT", "百分点": "PCT_POINTS", "所": "SCHOOLS", "个": "NUMBER", "家": "FIRMS", "项": "ITEMS",
    "次": "TIMES", "本": "BOOKS", "种": "KINDS", "条": "CHAINS", "学时": "CLASS_HOURS", "年": "YEARS", "位": "RANK", "月": "MONTHS",
    "门": "COURSES", "件": "PIECES", "套": "SETS", "台": "MACHINES", "支": "TEAMS", "元": "CNY", "平方米": "SQ_M", "亩": "MU",
    "人/人": "PERSONS_PER_PERSON", "枚": "MEDALS", "届": "EDITIONS", "处": "SITES", "场": "EVENTS", "期": "ROUNDS", "例": "CASES",
    "倍": "RATIO",
}  # fmt: skip
"""Base unit to code, one to one; a test holds it against `zhibiao.model.units.BASES`."""


def code_of(base: str) -> str:
    """The code of a base unit.

    >>> code_of("人"), code_of("%")
    ('PERSONS', 'PCT')
    """
    return CODES[base]
