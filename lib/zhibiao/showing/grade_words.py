"""The vocabularies of the methods in Chinese and English; each method keeps its own."""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

STANCES: Words = {"on_track": ("赶得上", "on track"), "off_track": ("赶不上", "off track"), "silent": ("不能说", "silent")}

_ESCAP: Words = {"will_meet": ("将达到", "will meet"), "accelerate": ("须加快", "accelerate"), "no_progress": ("无进展", "no progress")}

GRADES: Mapping[str, Words] = {
    "chance": {"likely": ("可能性较大", "likely"), "about_even": ("可能与不可能相当", "about even"), "unlikely": ("可能性较小", "unlikely")},
    "eurostat_cagr": {
        "significant": ("显著进展", "significant progress"),
        "moderate": ("中等进展", "moderate progress"),
        "insufficient": ("进展不足", "insufficient progress"),
        "away": ("背离目标", "movement away"),
        "no_progress": ("无进展", "no progress"),
        "moderate_away": ("中等背离", "moderate movement away"),
        "significant_away": ("显著背离", "significant movement away"),
    },
    "open_sdg": {
        "achieved": ("已达标", "target achieved"),
        "on_track": ("按期", "on track"),
        "acceleration_needed": ("有进展须加快", "acceleration needed"),
        "limited": ("进展有限", "limited progress"),
        "deterioration": ("恶化", "deterioration"),
    },
    "unsd_2022": {
        "substantial": ("实质进展", "substantial progress"),
        "fair": ("尚可", "fair progress"),
        "limited": ("有限或无进展", "limited or no progress"),
        "deterioration": ("恶化", "deterioration"),
    },
    "unsd_2023": {"3": ("3（按期或已达标）", "3 (on track or met)"), "2": ("2（中等偏离）", "2 (moderately off)"), "1": ("1（停滞或倒退）", "1 (stagnation or regression)")},
    "escap_csi": _ESCAP,
    "escap_api": _ESCAP,
    "escap_api_weighted": _ESCAP,
    "sdsn": {"↑": ("↑ 按期", "↑ on track"), "➚": ("➚ 中等改善", "➚ moderately improving"), "→": ("→ 停滞", "→ stagnating"), "↓": ("↓ 下降", "↓ decreasing")},
    "destatis": {"sun": ("晴", "sun"), "sun_cloud": ("晴间多云", "sun and cloud"), "cloud": ("多云", "cloud"), "storm": ("雷雨", "thunderstorm")},
}  # fmt: skip
