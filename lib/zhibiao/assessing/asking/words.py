"""Words of plan language in typed targets: comparators, scopes and changes, Chinese and English."""

from __future__ import annotations

COMPARATORS = {
    "gt": (">", "超过", "大于", "高于", "多于", "突破", "more than", "over", "above"),
    "ge": (">=", "=>", "≥", "不低于", "不少于", "不小于", "至少", "at least", "not less than"),
    "lt": ("<", "低于", "小于", "少于", "less than", "below", "under"),
    "le": ("<=", "=<", "≤", "不超过", "不高于", "不大于", "不多于", "至多", "最多", "控制在", "at most", "not more than"),
    "about": ("~", "≈", "大约", "约", "about"),
    "eq": ("==", "=", "达到", "达", "为", "equals"),
}
AFTER = {"ge": ("及以上", "以上", "or more"), "le": ("及以下", "以下", "以内", "or less"), "about": ("左右", "上下")}
"""Words behind the value."""
SCOPES = {
    "maintain": ("keep", "maintain", "保持在", "保持", "维持在", "维持", "稳定在"),
    "annual": ("each year", "every year", "each", "per year", "yearly", "每年", "逐年"),
    "mean": ("on average", "average", "mean", "年均"),
    "cumulative": ("cumulative", "in total", "累计"),
    "strive": ("strive for", "力争"),
}
CHANGES = {
    "down": ("reduce by", "cut by", "down by", "降低", "下降", "减少"),
    "up": ("increase by", "raise by", "up by", "增长", "提高", "增加", "上升"),
}
"""Words before a change: 30% is a share of the baseline, 30个百分点 and 2万人 are added to it."""
SYMBOLS = {"gt": ">", "ge": ">=", "eq": "=", "lt": "<", "le": "<=", "about": "~", "between": "="}

WORDS = sorted(
    [(word, "comparator", code) for code, words in COMPARATORS.items() for word in words]
    + [(word, "after", code) for code, words in AFTER.items() for word in words]
    + [(word, "scope", code) for code, words in SCOPES.items() for word in words]
    + [(word, "change", code) for code, words in CHANGES.items() for word in words],
    key=lambda entry: -len(entry[0]),
)
KNOWN = tuple(word for word, _, _ in WORDS)
