"""The tints behind verdicts: house colours, light enough for black text, one for each verdict in both languages."""

from __future__ import annotations

import pytest

from zhibiao.assessing.standing import VERDICTS as ORDER
from zhibiao.showing.theme import LOOKS
from zhibiao.showing.tones import TONES, tone_of, words
from zhibiao.showing.words import VERDICTS


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_every_verdict_has_a_tint_in_both_languages():
    assert set(TONES) == set(ORDER) == set(VERDICTS)
    for code, pair in VERDICTS.items():
        assert [tone_of(word) for word in pair] == [TONES[code]] * 2
    assert words("zh")["已达到"] == words("en")["met"] == TONES["met"]


@pytest.mark.parametrize("tint", sorted(set(TONES.values())))
def test_black_text_is_read_on_every_tint(tint):
    assert (luminance(tint) + 0.05) / (luminance("#1A1A1A") + 0.05) > 7


def test_tints_are_those_of_the_charts():
    assert {LOOKS["region"].colour, LOOKS["second region"].colour, LOOKS["yearly"].colour, LOOKS["unknown"].colour} <= set(TONES.values())
