"""A target in plan language: >10.5@2025, >[15]@2021-2025, >=98 each 2021-2025, 保持98%@2021-2025, 8—10个@2025, 约5, 2x students each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from zhibiao.assessing.asking.signs import NUMBER, UNIT, measured, number, refuse
from zhibiao.assessing.asking.words import CHANGES, KNOWN, SYMBOLS, WORDS
from zhibiao.errors import ParameterError
from zhibiao.model import Span

WHERE = "--target"

EXAMPLES = (
    ">10.5@2025", "不低于98%@2025", ">[15]@2021-2025", ">=98 each 2021-2025", "keep >=98@2021-2025", "mean 20@2021-2025", "8-10@2025", "~5@2025",
    "2x students each", "降低30%@2025", ">=50",
)  # fmt: skip

_YEARS = r"(?P<start>[0-9]{4})\s*年?(?:\s*(?:-|~|至|到|to)\s*(?P<end>[0-9]{4})(?![0-9.])\s*年?)?(?:底|末|期间)?(?![0-9.])"
_TIME = re.compile(rf"(?P<mark>@|(?:到|至|by\b|in\b|for\b))?\s*{_YEARS}")
_VALUE = re.compile(
    rf"(?P<open>\[)?\s*(?P<low>{NUMBER})\s*(?P<unit>{UNIT})?\s*(?:(?:-|~|至|到|to)\s*(?P<high>{NUMBER})\s*(?P<unit2>{UNIT})?)?\s*(?P<close>\])?\s*(?P<unit3>{UNIT})?"
)
_DOUBLED = re.compile(r"翻(?:(?P<times>[一二两三四])番|番)|double|quadruple")
_PART = re.compile(r"(?P<below>[二三四五六七八九十])分之(?P<above>[一二三四五六七八九])|(?P<half>一半|半数|half)|(?P<tenths>[一二三四五六七八九])成|百分之(?P<hundredths>[一二三四五六七八九十]{1,3})")
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九十")} | {"两": 2}
_TIMES = re.compile(rf"(?P<low>{NUMBER})\s*(?:x(?![A-Za-z])|X(?![A-Za-z])|×|倍|times\b)(?:\s*(?:于|of\b|the\b))*")
_NAME = re.compile(r"[^\s@\[\]<>=≥≤~≈,;:，；、。0-9]+")
_NAME_BEFORE = re.compile(rf"(?P<name>[^\s@\[\]<>=≥≤~≈,;:，；、。0-9]+?)\s*的?\s*(?={NUMBER}\s*倍)")
_BLANK = re.compile(r"[\s,;:，；、。]*")


@dataclass(frozen=True)
class Target:
    """What a typed target asks for, values as written.

    Attributes
    ----------
    low, high : Decimal or None
        As in `zhibiao.model.Statement`: the ends the comparator has.
    unit : str or None
        As written; None where the text names none. A bare scale such as 万 is possible.
    scope : {"point", "annual", "cumulative", "standing"}
        ``standing`` where no year is named.
    ratio_to : str or None
        The other indicator of which the value is a multiple.
    change : {"up", "down"} or None
        The value is a change of the baseline: a share of it where the unit is %, else added to it.
    """

    comparator: str
    low: Decimal | None
    high: Decimal | None
    unit: str | None = None
    scope: str = "point"
    period: Span | None = None
    maintain: bool = False
    mean: bool = False
    strive: bool = False
    ratio_to: str | None = None
    change: str | None = None

    def __str__(self) -> str:
        """The target in one canonical form, which reads back to the same target.

        >>> str(parse("到2025年超过１０．５万人"))
        '>10.5万人@2025'
        """
        value = format(self.low if self.low is not None else self.high or Decimal(0), "f")
        if self.comparator == "between" and self.high is not None:
            value = f"{value}~{self.high:f}"
        if self.scope == "cumulative":
            value = f"[{value}]"
        value += f"x {self.ratio_to}" if self.ratio_to else self.unit or ""
        words = [word for word, said in (("strive for", self.strive), ("keep", self.maintain), ("mean", self.mean)) if said]
        if self.scope == "annual" and not self.maintain and not self.mean:
            words.append("each")
        if self.change is not None:
            words.append(CHANGES[self.change][0])
        return " ".join((*words, f"{SYMBOLS[self.comparator]}{value}")) + (f"@{self.period}" if self.period else "")


@dataclass
class _Said:
    """What has been read so far."""

    comparator: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str | None = None
    bracket: bool = False
    period: Span | None = None
    ratio_to: str | None = None
    ratio: bool = False
    change: str | None = None
    scopes: set[str] = field(default_factory=set)


def parse(text: str) -> Target:
    """Read a target.

    Raises
    ------
    ParameterError
        Says at which character what was not understood, what is allowed and the nearest known word.
    """
    line = measured(text, WHERE)
    said, at = _Said(), 0
    while (at := _blank(line, at)) < len(line):
        step = _time(line, at, said) or _doubled(line, at, said) or _part(line, at, said) or _word(line, at, said) or _times(line, at, said) or _value(line, at, said) or _name(line, at, said)
        if not step:
            refuse(line, WHERE, at, "看不懂 cannot be read", EXAMPLES, KNOWN)
        at = step
    return _target(line, said)


def _blank(line: str, at: int) -> int:
    match = _BLANK.match(line, at)
    return match.end() if match else at


def _time(line: str, at: int, said: _Said) -> int:
    """A year or years: behind @ or a word, written with 年, or bare once the value is known; not where a value is due."""
    match = _TIME.match(line, at)
    if match is None:
        if line[at] == "@":
            refuse(line, WHERE, at, "@ 后须有年份 needs a year or years behind @", EXAMPLES)
        return 0
    due = said.comparator is not None and said.low is None
    if not match["mark"] and ((due or "年" not in match[0]) and said.low is None):
        return 0
    if said.period is not None:
        refuse(line, WHERE, at, "年份说了两次 names years a second time", EXAMPLES)
    try:
        said.period = Span.parse(f"{match['start']}-{match['end'] or match['start']}")
    except ValueError as error:
        refuse(line, WHERE, at, str(error), ())
    return match.end()


def _word(line: str, at: int, said: _Said) -> int:
    for word, kind, code in WORDS:
        if not line.startswith(word, at) or (word.isascii() and word.isalpha() and line[at + len(word) : at + len(word) + 1].isalpha()):
            continue
        if kind == "scope":
            said.scopes.add(code)
        elif kind == "change":
            if said.change is not None or said.low is not None:
                refuse(line, WHERE, at, "应在数值之前说一次 belongs before the value, once", EXAMPLES)
            said.change = code
        elif said.comparator is not None and not (kind == "after" and said.comparator == "eq" and said.low is not None):
            refuse(line, WHERE, at, "比较词说了两次 compares a second time", EXAMPLES)
        elif kind == "after" and said.low is None:
            refuse(line, WHERE, at, "前面没有数值 has no value before it", EXAMPLES)
        elif kind == "comparator" and said.low is not None:
            refuse(line, WHERE, at, "应在数值之前 belongs before the value", EXAMPLES)
        else:
            said.comparator = code
        return at + len(word)
    return 0


def _doubled(line: str, at: int, said: _Said) -> int:
    """翻一番 is a rise by 100 %, 翻两番 by 300 %."""
    match = _DOUBLED.match(line, at)
    if match is None:
        return 0
    _fresh(line, at, said)
    times = 2 if match[0] == "quadruple" else _DIGITS[match["times"]] if match["times"] else 1
    said.change, said.low, said.unit = "up", Decimal(100) * (2**times - 1), "%"
    return match.end()


def _part(line: str, at: int, said: _Said) -> int:
    """A share in words, 三分之一, 一半, 七成, 百分之九十, in per cent."""
    match = _PART.match(line, at)
    if match is None:
        return 0
    _fresh(line, at, said)
    if match["half"]:
        share = Decimal(50)
    elif match["tenths"]:
        share = Decimal(10) * _DIGITS[match["tenths"]]
    elif match["hundredths"]:
        tens, _, ones = match["hundredths"].rpartition("十")
        share = Decimal(_DIGITS[ones] if "十" not in match["hundredths"] else 10 * _DIGITS[tens or "一"] + _DIGITS[ones or "零"])
    else:
        share = Decimal(100) * _DIGITS[match["above"]] / _DIGITS[match["below"]]
    said.low, said.unit = share, "%"
    return match.end()


def _times(line: str, at: int, said: _Said) -> int:
    match = _TIMES.match(line, at)
    if match is None:
        return 0
    _fresh(line, at, said)
    said.low, said.ratio = number(match["low"], WHERE, at), True
    return match.end()


def _value(line: str, at: int, said: _Said) -> int:
    match = _VALUE.match(line, at)
    if match is None:
        return 0
    _fresh(line, at, said)
    if bool(match["open"]) != bool(match["close"]):
        refuse(line, WHERE, at, "方括号不成对 has one square bracket", EXAMPLES)
    units = {unit for unit in (match["unit"], match["unit2"], match["unit3"]) if unit}
    if len(units) > 1:
        refuse(line, WHERE, at, "有两个单位 has two units", EXAMPLES)
    said.low, said.unit, said.bracket = number(match["low"], WHERE, at), next(iter(units), None), bool(match["open"])
    if match["high"]:
        said.high = number(match["high"], WHERE, at)
        if said.low > said.high:
            refuse(line, WHERE, at, "范围倒置 is upside down", EXAMPLES)
    return match.end()


def _fresh(line: str, at: int, said: _Said) -> None:
    if said.low is not None:
        refuse(line, WHERE, at, "是第二个数值 is a second value", EXAMPLES)


def _name(line: str, at: int, said: _Said) -> int:
    """The other indicator of a ratio: behind 2x, or before 2倍."""
    if said.ratio_to is not None:
        return 0
    match = _NAME.match(line, at) if said.ratio else _NAME_BEFORE.match(line, at) if said.low is None else None
    if match is None or any(len(word) > 1 and not word.isascii() and word in match[0] for word in KNOWN):
        return 0
    said.ratio_to = match[0] if said.ratio else match["name"]
    return match.end()


def _target(line: str, said: _Said) -> Target:
    """Put together what was read, and refuse what does not go together."""
    low, end = said.low, len(line.rstrip())
    if low is None:
        refuse(line, WHERE, 0, "没有数值 has no value", EXAMPLES, KNOWN)
    if said.ratio != (said.ratio_to is not None):
        refuse(line, WHERE, 0, "没有写是哪项指标的几倍 does not say of which indicator it is a multiple", ("2x students each", "不低于在校生的2倍"))
    comparator = said.comparator or "eq"
    if said.high is not None:
        if comparator != "eq":
            refuse(line, WHERE, 0, "范围前后没有比较词 a range takes no comparator", ("8-10@2025",))
        comparator = "between"
    scope = _scope(line, said, end)
    if said.change is not None and (scope != "point" or comparator == "between" or said.ratio or low < 0):
        refuse(line, WHERE, 0, "相对基期的变化只用于某年的一个值 a change of the baseline is one value at one year", ("降低30%@2025", "reduce by 30%@2025"))
    return Target(
        comparator,
        None if comparator in ("lt", "le") else low,
        None if comparator in ("gt", "ge") else said.high if said.high is not None else low,
        said.unit,
        scope,
        said.period,
        maintain="maintain" in said.scopes and scope == "annual",
        mean="mean" in said.scopes,
        strive="strive" in said.scopes,
        ratio_to=said.ratio_to,
        change=said.change,
    )


def _scope(line: str, said: _Said, end: int) -> str:
    period, scopes = said.period, said.scopes - {"strive"}
    summed = said.bracket or "cumulative" in scopes
    if len(scopes - {"annual"}) + said.bracket * ("cumulative" not in scopes) > 1 or (summed and "annual" in scopes):
        refuse(line, WHERE, 0, "每年、保持、年均、累计只能是一种 can be only one of each, keep, mean, cumulative", EXAMPLES)
    if (summed or "mean" in scopes) and period is None:
        refuse(line, WHERE, end, "须写期间 needs its years, @2021-2025", EXAMPLES)
    if period is None:
        return "standing"
    if summed:
        return "cumulative"
    if scopes:
        return "annual"
    if period.start != period.end:
        refuse(line, WHERE, end, f"{period} 须说明是每年、保持、年均还是累计 does not say whether each year, keep, mean or cumulative [ ] is meant", EXAMPLES)
    return "point"


def target(text: str | None) -> Target | None:
    """The target, or None where none is asked about."""
    if text is not None and text.strip() in ("none", "无"):
        return None
    if text is None:
        raise ParameterError("没有给目标 no target is given；没有目标则写 none", where=WHERE, allowed=EXAMPLES)
    return parse(text)
