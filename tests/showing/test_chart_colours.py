"""Colours that are shown together are told apart by readers of every kind of sight, and without any colour at all.

What a colour-blind reader sees is simulated with the matrices of Machado, Oliveira and Fernandes (2009, severity 1), in linear light; what
is told apart is measured in CIELAB. Where two colours come too near, another sign must do: a hatch, a dash, a marker.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from zhibiao.showing.card_pictures import ROLES
from zhibiao.showing.theme import LOOKS

SIGHTS = {
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "grey print": [[0.2126, 0.7152, 0.0722]] * 3,
    "full colour": np.eye(3).tolist(),
}
APART = 11.0
"""CIELAB distance from which two areas or lines are plainly different."""

TOGETHER = {
    "lines of a fan": ["observed", "projected", "target", "no figures"],
    "bands of a fan": ["band inner", "band", "band outer"],
    "targets": ["target", "other target"],
    "gaps": ["missing", "met", "unknown", "unscaled"],
    "schedule": ["on schedule", "behind", "time", "beyond"],
    "verdicts": sorted(set(ROLES.values())),
    "scenario over the path with no lever moved": ["band", "unmoved band", "projected", "unmoved", "target"],
    "lines of methods": ["curve", "second curve", "third curve", "fourth curve", "pace"],
    "maps": ["region", "second region", "curve", "second curve", "third curve", "fourth curve"],
    "tornado": ["second region", "band", "unmoved", "target"],
    "stairs": ["yearly", "pace", "needed", "target"],
}


def lab(colour: str, sight: str) -> np.ndarray:
    """CIELAB of a colour as that sight sees it."""
    encoded = np.array(to_rgb(colour))
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(SIGHTS[sight]) @ linear, 0, 1)
    xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]) @ seen
    scaled = xyz / np.array([0.95047, 1.0, 1.08883])
    f = np.where(scaled > (6 / 29) ** 3, np.cbrt(scaled), scaled / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, sight: str) -> float:
    return float(np.linalg.norm(lab(one, sight) - lab(other, sight)))


def sign(role: str) -> tuple[object, ...]:
    """What is left of a role without its colour."""
    look = LOOKS[role]
    return str(look.marker), look.filled, str(look.line), look.hatch


def test_the_simulation_is_the_published_one():
    """White stays white in every sight, and red and green of one lightness fall together for those who lack one of the two."""
    for sight in SIGHTS:
        assert distance("#FFFFFF", "#FFFFFF", sight) == 0
        assert lab("#FFFFFF", sight)[0] == pytest.approx(100, abs=0.5)
    assert distance("#A05050", "#607820", "full colour") > 2 * distance("#A05050", "#607820", "deuteranopia")
    assert lab("#FF0000", "full colour") == pytest.approx([53.24, 80.09, 67.20], abs=0.05)


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("group", TOGETHER)
def test_what_is_shown_together_is_told_apart(group, sight):
    near = [
        (one, other, round(distance(LOOKS[one].colour, LOOKS[other].colour, sight), 1))
        for one, other in itertools.combinations(TOGETHER[group], 2)
        if distance(LOOKS[one].colour, LOOKS[other].colour, sight) < APART and sign(one) == sign(other)
    ]
    assert near == []


@pytest.mark.parametrize("sight", [name for name in SIGHTS if name != "grey print"])
@pytest.mark.parametrize(
    ("one", "other"),
    [("met", "behind"), ("on schedule", "behind"), ("target", "projected"), ("curve", "second curve"), ("second curve", "third curve"), ("curve", "third curve"), ("region", "second region")],
)
def test_good_and_bad_and_first_and_second_differ_in_colour_alone(one, other, sight):
    """The pairs that carry the message differ by colour for every reader, not by their second sign only."""
    assert distance(LOOKS[one].colour, LOOKS[other].colour, sight) > APART


@pytest.mark.parametrize("role", ["observed", "projected", "target", "met", "behind", "curve", "second curve", "third curve", "fourth curve", "pace", "no figures"])
def test_lines_and_marks_stand_out_from_white_paper(role):
    assert distance(LOOKS[role].colour, "#FFFFFF", "grey print") > 35


def test_a_planted_pair_is_found():
    """Two lines of the same dash in red and green of one lightness would be seen as one."""
    assert distance("#B8604A", "#7B7D2A", "deuteranopia") < 2 * APART < distance("#B8604A", "#7B7D2A", "full colour")


def test_one_colour_for_one_thing_everywhere():
    """A path under the scenario asked for is blue, the path with no lever moved grey, a target orange, in every chart."""
    blue = {LOOKS[role].colour for role in ("projected", "curve")} | {LOOKS[role].edge for role in ("band inner", "band", "band outer")}
    grey = {LOOKS[role].colour for role in ("unmoved", "baseline", "pace")}
    orange = {LOOKS[role].colour for role in ("target", "other target", "needed")}
    assert [len(colours) for colours in (blue, grey, orange)] == [1, 1, 1]
    assert len(blue | grey | orange) == 3
