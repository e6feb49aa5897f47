"""A series as it is typed: 2020=9.9 2022=10.1, 2023>=98, 2022~10, 2023-09=0.8万人, with a name before it where it needs one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from zhibiao.assessing.asking.signs import NUMBER, UNIT, measured, number, refuse
from zhibiao.errors import ParameterError
from zhibiao.model import Period

EXAMPLES = ("2020=9.9 2022=10.1", "2020=0.99万人, 2022=10100人", "2023>=98", "2022~10", "2023-09=0.8")

SIGNS = {">=": "ge", "=>": "ge", "≥": "ge", ">": "gt", "==": "eq", "=": "eq", ":": "eq", "~": "about", "≈": "about", "约": "about", "为": "eq"}
_SIGN = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True))
AFTER = {"以上": "ge", "及以上": "ge", "左右": "about"}
_ITEM = re.compile(
    r"(?P<year>[0-9]{4})(?:\s*年\s*(?P<cmonth>[0-9]{1,2})\s*月|-?Q(?P<quarter>[1-4])|-(?P<month>[0-9]{1,2})|\s*年)?\s*"
    rf"(?P<sign>{_SIGN})\s*(?P<value>{NUMBER})(?:\s*(?P<unit>{UNIT}))?(?P<after>及以上|以上|左右)?"
)
_BLANK = re.compile(r"[\s,;，；、。]*")
_NAME = re.compile(r"\s*(?P<name>[^\s:=0-9][^:=]*?)\s*:")


@dataclass(frozen=True)
class Figure:
    """One value of the series, as written."""

    period: Period
    qualifier: str
    value: Decimal
    unit: str | None


def parse(text: str, where: str = "SERIES") -> tuple[Figure, ...]:
    """Read a series; figures come back in order of period, each that is written twice alike once.

    Raises
    ------
    ParameterError
        Says at which character what was not understood and what is allowed.
    """
    return _figures(measured(text, where), 0, where)


def parse_named(text: str, where: str) -> tuple[str | None, tuple[Figure, ...]]:
    """Read a series with its name before a colon: ``students: 2020=9.9 2022=10.1``."""
    line = measured(text, where)
    match = _NAME.match(line)
    return (match["name"], _figures(line, match.end(), where)) if match else (None, _figures(line, 0, where))


def _figures(line: str, at: int, where: str) -> tuple[Figure, ...]:
    found: list[Figure] = []
    while (at := _blank(line, at)) < len(line):
        match = _ITEM.match(line, at)
        if match is None:
            why = "不能作观测数 upper limits are no observations" if re.match(r"[0-9]{4}\s*(<|≤)", line[at:]) else "看不懂 cannot be read"
            refuse(line, where, at, why, EXAMPLES)
        found.append(_figure(match, where, at))
        at = match.end()
        if at < len(line) and _blank(line, at) == at:
            refuse(line, where, at, "看不懂 cannot be read", EXAMPLES)
    if not found:
        refuse(line, where, 0, "没有数 holds no figure", EXAMPLES)
    return tuple(sorted(dict.fromkeys(found), key=lambda figure: figure.period))


def _blank(line: str, at: int) -> int:
    match = _BLANK.match(line, at)
    return match.end() if match else at


def _figure(match: re.Match[str], where: str, at: int) -> Figure:
    month = match["cmonth"] or match["month"]
    written = match["year"] + (f"-Q{match['quarter']}" if match["quarter"] else f"-{int(month):02d}" if month else "")
    try:
        period = Period.parse(written)
    except ValueError as error:
        raise ParameterError(f"第{at + 1}字 at character {at + 1}: {error}", where=where, allowed=EXAMPLES) from None
    qualifier, after = SIGNS[match["sign"]], match["after"]
    if after and qualifier not in ("eq", AFTER[after]):
        refuse(match.string, where, at, "限定说了两次 is qualified twice", EXAMPLES)
    return Figure(period, AFTER[after] if after else qualifier, number(match["value"], where, at), match["unit"])
