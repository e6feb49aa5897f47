"""Every figure of every notebook, for the regions with documents: nothing is cut or covered, and each language keeps to itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from matplotlib.text import Text

from zhibiao.answers import Report
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.showing.chart import Chart

REGIONS = ("重庆", "全国", "江津", "沧州")
LEVELS = ("enrolment", "intake", "employment_rate", "graduates", "social_training", "schools")
TOTALS = ("high_skill_trained", "social_training")
FIGURES = [
    ("cards",),
    *(("trajectory", name) for name in LEVELS),
    *(("cumulative", name) for name in TOTALS),
    ("gap_chart",),
    ("schedule_chart",),
    ("pair_map",),
    ("feasible_map",),
    ("small_multiples",),
    ("tornado",),
    ("milestone_chart", "enrolment"),
]
OF_ALL = [("reference", "enrolment"), ("hindcast_chart",), ("backtest_chart", 3), ("benchmark_errors", "countries", 3), ("benchmark_coverage", "m3")]
"""What is the same for every region."""
CODES = ["AutoETS", "AutoARIMA", "AutoTheta", "DynamicOptimizedTheta", "Theta", "ETS", "ARIMA", "Naive", "RandomWalkWithDrift"]
"""Names of methods, the same in both languages."""


@pytest.fixture(scope="module")
def registry():
    return load()


@pytest.fixture(scope="module")
def figures(registry):
    """Every figure by region, call and language; answers that are sentences left out."""
    found: dict[tuple[str, str, str], Chart] = {}
    for region in REGIONS:
        for lang in ("zh", "en"):
            report = Report(study(registry, region, lang=lang))
            next_plan = Report(study(registry, region, lang=lang, as_of=2025, horizon=2030))
            charts = {" ".join(map(str, call)): getattr(report, call[0])(*call[1:]) for call in [*FIGURES, *(OF_ALL if region == REGIONS[0] else ())]}
            charts["next plan"] = next_plan.trajectory("enrolment")
            found |= {(region, call, lang): chart for call, chart in charts.items() if isinstance(chart, Chart)}
    return found


def texts(chart: Chart) -> Iterable[str]:
    """All a reader of the chart reads or hears: what is drawn (lines joined), title, alt text, source, table of numbers."""
    drawn = [text.get_text() for text in chart.figure.findobj(Text)]
    return ["".join(drawn), chart.title, chart.alt, chart.source, chart.plain()]


def names(registry) -> list[str]:
    """Names that stay in their own language: documents, where in them a sentence stands, sources."""
    found = {source.title for source in registry.sources.values()} | set(CODES)
    for plan in registry.plans.values():
        found |= {plan.document, plan.title, plan.short, plan.number or ""} | {statement.locator for statement in plan.statements}
    return sorted(("".join(name.split()) for name in found if name), key=len, reverse=True)


def own_words(text: str, known: list[str]) -> str:
    """`text` without spaces and names."""
    text = "".join(text.split())
    for name in known:
        text = text.replace(name, "·")
    return re.sub("《[^》]*》", "·", text)


def test_there_are_figures_of_every_kind(figures):
    assert {call for _, call, _ in figures} >= {" ".join(map(str, call)) for call in [*FIGURES, *OF_ALL]}
    assert len(figures) >= 60


def test_english_figures_hold_no_chinese_but_names(figures, registry):
    known = names(registry)
    found = {(key, word) for key, chart in figures.items() if key[2] == "en" for text in texts(chart) for word in re.findall("[一-鿿]+", own_words(text, known))}
    assert found == set()


def test_chinese_figures_hold_no_english_but_codes(figures, registry):
    known = names(registry)
    found = {(key, word) for key, chart in figures.items() if key[2] == "zh" for text in texts(chart) for word in re.findall("[A-Za-z]{2,}", own_words(text, known))}
    assert found == set()


def test_a_planted_word_of_the_other_language_is_found(registry):
    assert re.findall("[一-鿿]+", own_words("target (452号 专栏1·2), 目标", names(registry))) == ["目标"]
    assert re.findall("[A-Za-z]{2,}", own_words("目标 AutoETS target", names(registry))) == ["target"]


def test_nothing_is_cut_or_covered(figures, faults_of):
    assert {key: found for key, chart in figures.items() if (found := faults_of(chart))} == {}


def test_every_figure_says_of_when_and_from_where_it_is(figures):
    """The line below the plot: source or documents, and the year of knowledge where the region's figures are shown."""
    bare = {key for key, chart in figures.items() if not chart.source.strip()}
    assert bare == set()
    undated = {
        key for key, chart in figures.items()
        if key[1].split()[0] not in ("reference", "backtest_chart", "benchmark_errors", "benchmark_coverage") and not re.search(r"截至\d{4}年|[Aa]s of \d{4}", chart.source)
    }  # fmt: skip
    assert undated == set()


def test_titles_name_the_region_whose_figures_they_tell(figures):
    of_all = [call[0] for call in OF_ALL]
    for (region, call, lang), chart in figures.items():
        if call.split()[0] not in of_all:
            place = {"重庆": "Chongqing", "全国": "China", "江津": "Jiangjin", "沧州": "Cangzhou"}[region] if lang == "en" else region
            assert place in chart.title, (call, chart.title)


def test_charts_of_both_languages_show_the_same_numbers(figures):
    """The same rows, and the same decimals wherever a column holds numbers."""
    for (region, call, lang), chart in figures.items():
        if lang == "zh":
            other = figures[region, call, "en"]
            assert chart.data.shape == other.data.shape, (region, call)
            numbers = chart.data.select_dtypes("number")
            assert (numbers.fillna(-1).to_numpy() == other.data.select_dtypes("number").fillna(-1).to_numpy()).all(), (region, call)
