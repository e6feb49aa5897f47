"""One spelling for a text however it was copied: full width, traditional characters, line breaks, pinyin in brackets.

The folded text is for finding things; every folded character knows where it stands in the raw text, so that what is found is
reported in raw characters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from zhibiao.reading.pages import page_noise

DASHES = "-‐‑‒–—―−─━﹘⸺⸻ー~∼〜"
QUOTES = "\"'“”„‟‘’‚‛「」『』〝〞〟＂`´"
DROPPED = "*_#|\\"
"""Marks of Markdown: emphasis, headings, cell borders, escapes. ``>`` stays: plans write it before a value."""

SAME = {
    **dict.fromkeys(DASHES, "-"),
    **dict.fromkeys(QUOTES, '"'),
    **dict.fromkeys(DROPPED, ""),
    **dict.fromkeys("〔【〖", "["),
    **dict.fromkeys("〕】〗", "]"),
    **dict.fromkeys("・•‧∙⋅", "·"),
    "≧": "≥", "⩾": "≥", "≦": "≤", "⩽": "≤",
}  # fmt: skip

RADICALS = dict(
    zip("⺠⻓⻔⻅⻋⻉⻘⻚⻛⻜⻝⻢⻤⻥⻦⻨⻩⻬⻰⻄⻆⻁", "民长门见车贝青页风飞食马鬼鱼鸟麦黄齐龙西角虎", strict=True)
)
"""Radicals that PDF writers put in place of the character and that Unicode's compatibility forms leave alone."""

TONES = "̀́̄̆̌"
LONGEST_SYLLABLE = 12
"""Characters of the longest syllable in a bracket, tone marks written apart included."""

SYLLABLE = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ueng|ang|eng|ing|ong|ian|iao|uai|uan|üan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|üe|ui|un|ün|uo|[aeiouü])|ng|hng|hm|[mn]"
)


@dataclass(frozen=True)
class Normal:
    """A folded text and the way back.

    Attributes
    ----------
    text : str
        The folded text.
    places : tuple of int
        For each folded character the index of the raw character it came from; never decreasing.
    """

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The raw characters from the first to the last of ``text[start:end]``, noise between them included.

        >>> normalised("城(chéng)\\n市").span(0, 2)
        (0, 10)
        """
        return self.places[start], self.places[end - 1] + 1


def normalised(text: str) -> Normal:
    """Fold a text: one width, one script, one dash, one quotation mark; no white space, pinyin, emphasis or page numbers.

    Folding a folded text changes nothing.

    >>> normalised("技工(gōng)教育： **３．５萬人**，\\n5－20％").text
    '技工教育:3.5万人,5-20%'
    """
    found: list[str] = []
    places: list[int] = []
    noise = iter([*page_noise(text), (len(text), len(text))])
    start, end = next(noise)
    for index, raw in enumerate(text):
        if index >= end and end < len(text):
            start, end = next(noise)
        if start <= index < end:
            continue
        for character in folded_character(raw):
            if character == "-" and found and found[-1] == "-":
                continue
            opened = _pinyin_begins(found) if character == ")" else None
            if opened is not None:
                del found[opened:], places[opened:]
                continue
            found.append(character)
            places.append(index)
    return Normal("".join(found), tuple(places))


@lru_cache(maxsize=32768)
def folded_character(raw: str) -> str:
    """What one raw character becomes; nothing where it is noise."""
    # ① and ² are no digits of the number they stand beside: 15 with a footnote mark is not 152
    forms = raw if unicodedata.category(raw) == "No" else unicodedata.normalize("NFKC", raw)
    return "".join(_folded(form) for form in forms)


def _folded(character: str) -> str:
    if character in SAME:
        return SAME[character]
    if (
        character.isspace()
        or unicodedata.category(character) in ("Cc", "Cf")
        or character in "\ufffe\uffff"
        or "\ufe00" <= character <= "\ufe0f"
    ):
        return ""
    if character in RADICALS:
        return RADICALS[character]
    return simplified(character) if is_han(character) else character


def is_han(character: str) -> bool:
    """Whether a character is Chinese, punctuation apart."""
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff" or character == "〇"


def simplified(character: str) -> str:
    """The simplified form of one character; the same where it has none."""
    converter = _converter()
    # twice: a rare form may lead to another traditional one first (薴 苧 苎)
    return str(converter.convert(converter.convert(character)))


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def _pinyin_begins(found: list[str]) -> int | None:
    """Where the bracket that is about to close began, if it holds one syllable of pinyin after a Chinese character."""
    for opened in range(len(found) - 1, max(len(found) - 2 - LONGEST_SYLLABLE, 0), -1):
        if found[opened] == "(":
            return opened if is_han(found[opened - 1]) and is_syllable("".join(found[opened + 1 :])) else None
    return None


def is_syllable(text: str) -> bool:
    """Whether a text is one lower-case syllable of pinyin, with or without its tone.

    >>> [is_syllable(text) for text in ("chéng", "le", "lǜ", "MOHRSS", "app", "a")]
    [True, True, True, False, False, False]
    """
    apart = unicodedata.normalize("NFD", text.replace("ɡ", "g").replace("ɑ", "a"))
    bare = unicodedata.normalize("NFC", "".join(c for c in apart if c not in TONES)).replace("v", "ü")
    toned = len(apart) > len(unicodedata.normalize("NFD", bare))
    return SYLLABLE.fullmatch(bare) is not None and (toned or len(bare) > 1)
