"""The published methods of the panel, each with its version, its source and what its grades mean."""

from __future__ import annotations

from zhibiao.assessing.methods import destatis, escap, growth, sdsn, unsd
from zhibiao.assessing.methods.case import Method

_ESCAP = "UN ESCAP, Asia and the Pacific SDG Progress Report: current status index and anticipated progress index"

PUBLISHED = (
    Method(
        "eurostat_cagr", "statcan", "年均增长率之比", "ratio of growth rates",
        "Eurostat, Sustainable development in the European Union; grades and score as Statistics Canada and Eustat implement them",
        ("significant",), growth.eurostat,
    ),
    Method(
        "open_sdg", "2.4", "Open SDG 进展", "Open SDG progress",
        "Open SDG 2.4, docs/progress-methodology.md",
        ("achieved", "on_track"), growth.open_sdg,
    ),
    Method(
        "unsd_2022", "2022", "联合国统计司2022", "UN Statistics Division 2022",
        "UN Statistics Division, SDG Progress Chart 2022, technical note",
        ("substantial",), unsd.chart_2022,
    ),
    Method(
        "unsd_2023", "2023", "联合国统计司2023", "UN Statistics Division 2023",
        "UN Statistics Division, SDG Progress Chart 2023, technical note",
        ("3",), unsd.chart_2023,
    ),
    Method("escap_csi", "csi", "亚太经社会现状指数", "ESCAP current status index", _ESCAP, ("will_meet",), escap.current),
    Method("escap_api", "geometric", "亚太经社会预期指数", "ESCAP anticipated progress index", _ESCAP, ("will_meet",), escap.anticipated),
    Method(
        "escap_api_weighted", "time-weighted", "亚太经社会预期指数（时间加权）", "ESCAP anticipated progress index, time-weighted",
        _ESCAP, ("will_meet",), escap.anticipated_weighted,
    ),
    Method(
        "sdsn", "2021", "可持续发展报告箭头", "SDSN trend arrow",
        "Sustainable Development Report 2021 (SDSN), trend arrows",
        ("↑",), sdsn.arrow,
    ),
    Method(
        "destatis", "dns", "德国天气符号", "Destatis weather symbol",
        "Destatis, German Sustainable Development Strategy, status of indicators",
        ("sun", "sun_cloud"), destatis.weather,
    ),
)  # fmt: skip
"""In the order of the panel. Destatis itself calls sun, and sun with a cloud, on track."""
