"""The colours that stand behind a verdict in tables and spreadsheets: the word says it, the colour only helps the eye find it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from zhibiao.showing.words import VERDICTS

ACCENT = "#1B4B72"
"""House blue of headers and titles."""

TONES: Mapping[str, str] = MappingProxyType(
    {
        "met": "#C4E6DA", "holding": "#C4E6DA", "on_schedule": "#D3E9F7", "level": "#F9D3B4", "behind": "#F9D3B4", "missed": "#F2B68A",
        "not_reported": "#EDEDED", "unknown": "#F4F4F4",
    }
)  # fmt: skip
"""Tints of the colours of `zhibiao.showing.theme` (Okabe and Ito's green, blue and orange), light enough for black text and for a grey printer."""

_BY_WORD: Mapping[str, str] = MappingProxyType({word: TONES[code] for code, words in VERDICTS.items() for word in words})


def tone_of(text: str) -> str | None:
    """The tint behind a cell that holds just a verdict, in either language; None for all other texts.

    >>> tone_of("进度滞后"), tone_of("behind schedule"), tone_of("在校生进度滞后")
    ('#F9D3B4', '#F9D3B4', None)
    """
    return _BY_WORD.get(text)


def words(lang: str) -> dict[str, str]:
    """The verdicts of a language and their tints."""
    return {pair[0 if lang == "zh" else 1]: TONES[code] for code, pair in VERDICTS.items()}
