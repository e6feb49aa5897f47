"""The signs and words of plan language as they are typed: folded to half width, numbers, units, and one way to complain."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import NoReturn

from zhibiao.errors import ParameterError, closest
from zhibiao.model.record import IMPLAUSIBLE
from zhibiao.model.units import ALIASES, BASES, SCALES, UNSCALED

LONGEST = 2000
"""Characters: nobody types more."""

OTHERS = str.maketrans({"【": "[", "】": "]", "〔": "[", "〕": "]", "—": "-", "–": "-", "−": "-", "―": "-", "‐": "-", "〜": "~", "∼": "~", "≧": "≥", "≦": "≤", "：": ":"})
"""Signs that mean the same and that compatibility forms leave as they are."""

NUMBER = r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2}(?![0-9]))?"

_BASES = sorted((*BASES, *ALIASES), key=len, reverse=True)
_UNITS = [f"{scale}{base}" for scale in SCALES for base in _BASES if not (scale and ALIASES.get(base, base) in UNSCALED)]
UNIT = "|".join(re.escape(unit) for unit in sorted({*_UNITS, *(scale for scale in SCALES if scale)}, key=len, reverse=True))
"""Every unit with every scale, the longest first; a bare scale (10.5万) leaves the base unit to the rest of the question."""


def folded(text: str) -> str:
    """The text in half width, character for character, so that positions stay."""
    parts = (unicodedata.normalize("NFKC", sign) for sign in text)
    return "".join(part if len(part) == 1 else sign for part, sign in zip(parts, text, strict=True)).translate(OTHERS)


def number(written: str, where: str, at: int) -> Decimal:
    """A number as written, exact."""
    value = Decimal(written.replace(",", ""))
    if abs(value) >= IMPLAUSIBLE or (value and abs(value) < 1 / IMPLAUSIBLE):
        refuse(written, where, at, "数值不可信 is not a plausible number", ())
    return value


def refuse(text: str, where: str, at: int, why: str, allowed: tuple[str, ...], words: tuple[str, ...] = ()) -> NoReturn:
    """Raise the one message: which character, what stands there, what is allowed, the nearest known word."""
    rest = text[at:].strip() or text.strip()
    shown = rest[:20] + ("…" if len(rest) > 20 else "")
    match = re.match(r"[A-Za-z]+|[^\W\d]+", rest)
    near = closest(match[0], words) if match and words else None
    raise ParameterError(f"第{at + 1}字 at character {at + 1}: {shown!r} {why}", where=where, allowed=allowed or None, nearest=near)


def measured(text: str, where: str) -> str:
    """The folded text, refused where it is empty or longer than anybody types."""
    if not text.strip():
        raise ParameterError("没有内容 there is nothing in it", where=where)
    if len(text) > LONGEST:
        raise ParameterError(f"{len(text)} 字，至多 {LONGEST} 字 is longer than {LONGEST} characters", where=where)
    return folded(text)
