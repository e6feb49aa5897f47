"""The project's vocabulary in Chinese and English: states, verdicts, kinds, scopes. Codes stay codes in data, words are for readers."""

from __future__ import annotations

from collections.abc import Mapping

from zhibiao.showing.numbers import count

STATES: Mapping[str, tuple[str, str]] = {
    "assessed": ("可评估", "assessed"),
    "no_baseline": ("缺基期数", "no baseline"),
    "not_yet_reported": ("基期后未报数", "not yet reported"),
    "passed_not_reported": ("期满未报数", "horizon passed, not reported"),
    "too_few_points": ("起点后还没有数", "nothing since the start"),
    "estimate_only": ("仅有估计数", "estimate only"),
    "stale": ("数据过旧", "stale"),
    "conflicting": ("来源相抵", "sources conflict"),
    "definition_unclear": ("口径不明", "definition unclear"),
    "definition_changed": ("口径变了", "definition changed"),
}
VERDICTS: Mapping[str, tuple[str, str]] = {
    "met": ("已达到", "met"),
    "level": ("持平，须超过", "level, must exceed"),
    "holding": ("已报年份守住", "held so far"),
    "on_schedule": ("进度正常", "on schedule"),
    "behind": ("进度滞后", "behind schedule"),
    "missed": ("未达到", "missed"),
    "not_reported": ("期满未报", "not reported"),
    "unknown": ("无法判断", "cannot be judged"),
}
KINDS: Mapping[str, tuple[str, str]] = {"target": ("目标", "target"), "baseline": ("基期", "baseline"), "achieved": ("已实现", "achieved")}
SCOPES: Mapping[str, tuple[str, str]] = {
    "point": ("时点", "at a year"),
    "annual": ("逐年", "each year"),
    "cumulative": ("累计", "cumulative"),
    "standing": ("长期", "standing rule"),
}
QUALIFIERS: Mapping[str, str] = {"eq": "", "ge": "≥", "gt": ">", "about": "≈"}
CONFIDENCE: Mapping[str, tuple[str, str]] = {"high": ("高", "high"), "medium": ("中", "medium"), "low": ("低", "low")}
BASES: Mapping[str, tuple[str, str]] = {
    "at_end": ("期末数", "at end of period"),
    "in_period": ("期间数", "in the period"),
    "year_to_date": ("年初至今", "year to date"),
}


def word(vocabulary: Mapping[str, tuple[str, str]], code: str, lang: str) -> str:
    """The word for a code.

    >>> word(VERDICTS, "level", "zh")
    '持平，须超过'
    """
    zh, en = vocabulary[code]
    return zh if lang == "zh" else en


def counted(number: int, noun: str) -> str:
    """An English number with its noun.

    >>> counted(1, "indicator"), counted(3, "yearly figure"), counted(0, "target")
    ('1 indicator', '3 yearly figures', '0 targets')
    """
    return f"{count(number)} {noun}" if number == 1 else f"{count(number)} {noun}s"


def opening(text: str) -> str:
    """An English name at the beginning of a sentence.

    >>> opening("annual intake"), opening("5-year programmes")
    ('Annual intake', '5-year programmes')
    """
    return text[:1].upper() + text[1:]


def between(low: object, high: object, lang: str) -> str:
    """Two ends, printed already, with the dash that the language sets between them.

    >>> between(3, 5, "zh"), between(3, 5, "en")
    ('3—5', '3–5')
    """
    return f"{low}{dash(lang)}{high}"


def dash(lang: str) -> str:
    """An em dash in Chinese, an en dash in English."""
    return "—" if lang == "zh" else "–"


def years_text(years: tuple[int, ...], lang: str) -> str:
    """Years with runs drawn together.

    >>> years_text((2021, 2022, 2023, 2025), "zh"), years_text((2021, 2022, 2025), "en")
    ('2021—2023、2025', '2021–2022, 2025')
    """
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ("、" if lang == "zh" else ", ").join(str(run[0]) if len(run) == 1 else between(run[0], run[-1], lang) for run in runs)
