"""What readers are told of disagreeing documents, of levels and of measures, in both languages."""

import re
from pathlib import Path

import pytest

from zhibiao.assessing import delivery, governing, reconcile, rollup
from zhibiao.catalogue.load import read, shipped
from zhibiao.catalogue.study import study
from zhibiao.showing import delivery_tables, reconcile_tables, rollup_tables, unit_pages
from zhibiao.showing.table import FIGURES

REGISTRY = read([shipped()])
CHINESE = re.compile(r"[\u4e00-\u9fff]+")


@pytest.fixture
def city():
    put = study(REGISTRY, "重庆")
    return put, reconcile.reconcile(put)


def test_every_code_has_words_in_both_languages():
    assert set(reconcile_tables.RELATIONS) == set(reconcile.RELATIONS)
    assert set(reconcile_tables.REASONS) == set(governing.REASONS)
    assert set(rollup_tables.OBSTACLES) == set(rollup.OBSTACLES)
    assert set(delivery_tables.STAGE_WORDS) == set(delivery.STAGES)
    for words in (reconcile_tables.RELATIONS, reconcile_tables.REASONS, rollup_tables.OBSTACLES, delivery_tables.STAGE_WORDS):
        assert all(CHINESE.search(zh) and not CHINESE.search(en) for zh, en in words.values())


def test_findings_name_both_documents_the_difference_the_ruling_and_the_gap(city):
    lines = reconcile_tables.findings(*city).lines
    [enrolment] = [line for line in lines if line.startswith("在校生规模：452号 >10.5万人")]
    for part in ("32号 ≥12万人", "数字调高（+1.5万人）", "以32号为准（发布较晚、联合印发的部门更多）", "差距由0.6万人变为2.1万人", "32号的口径不明"):
        assert part in enrolment
    assert lines[-1].startswith("5项指标说法一致：")


def test_a_gap_that_nobody_knows_is_no_nought(city):
    table = reconcile_tables.effects(*city)
    [training] = [row for row in table.values() if row[0] == "开展职业培训"]
    assert training[3:5] == ["−25万人次", "—"]


def test_limits_are_named(city):
    put, found = city
    told = {d.relations: reconcile_tables.relation_text(put, d) for item in found for d in item.differences}
    assert told[("lowered", "other_level")] == "数字调低（−2所）；级别不同（32号限国家级）"


def test_one_document_has_nothing_to_reconcile():
    put = study(REGISTRY, "全国", lang="en")
    assert reconcile_tables.findings(put, reconcile.reconcile(put)).lines[0].startswith("Only one document")
    assert rollup_tables.shares(put, rollup.shares(put)).plain() == "China has no level above it."


def test_shares_and_obstacles_in_words():
    put = study(REGISTRY, "重庆", lang="en")
    results = {row[0]: row[-1] for row in rollup_tables.shares(put, rollup.shares(put)).values()}
    assert results["enrolment"] == "2.5% of it"
    assert results["graduate employment rate"].startswith("not comparable, because: a rate rolls up only with")


MEASURES = """\
id: p
title: 甲方案
title_en: plan
short: 甲方案
issuer: [甲局]
region: "500101"
period: 2021-2022
issued: 2021-06-30
statements:
  - {id: t, kind: target, indicator: intake, value: 1, comparator: ge, unit: 万人, scope: point, period: 2022, locator: 一, evidence: 1万人}
measures:
  - {id: m1, title: 扩招, title_en: widen, locator: 二, lead: [区教委], responsible: [区教委, 区财政局], statements: [t]}
  - {id: m2, title: "宣传|_月_", locator: 三}
"""


@pytest.fixture
def county(tmp_path: Path):
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "p.yaml").write_text(MEASURES, encoding="utf-8")
    registry = read([shipped(), tmp_path])

    def put(lang: str = "zh"):
        asked = study(registry, "500101", as_of=2022, lang=lang)
        return asked, delivery.delivery(asked)

    return put


def test_what_was_never_reported_is_not_called_done_nor_late(county):
    row = delivery_tables.measures(*county()).values()[0]
    assert row[1:4] == ["（2022）", "未报，期限已过", "区教委〔牵〕、区财政局"]
    assert "2项未报" in delivery_tables.overview(*county()).lines[0]


def test_loose_ends_name_what_is_missing(county):
    rows = delivery_tables.loose_ends(*county("en")).values()
    assert [row[0] for row in rows] == ["no unit", "no indicator"]


def test_each_unit_has_a_heading_and_a_table_and_files_get_one(county, monkeypatch):
    pages = unit_pages.unit_pages(*county())
    bundle = pages._repr_mimebundle_()
    assert re.findall(r"^### (.+)$", bundle["text/markdown"], re.M) == ["区教委", "区财政局"]
    assert "application/vnd.dataresource+json" not in bundle
    monkeypatch.setenv(FIGURES, "svg")
    data = pages._repr_mimebundle_()["application/vnd.dataresource+json"]["data"]
    assert [(row["unit"], row["role"], row["with"]) for row in data] == [("区教委", "牵头", "区财政局"), ("区财政局", "责任", "区教委")]


def test_documents_without_measures_say_so_once():
    put = study(REGISTRY, "重庆")
    found = delivery.delivery(put)
    assert "没有登记措施和责任单位" in delivery_tables.overview(put, found).lines[0]
    for made in (delivery_tables.measures, delivery_tables.late, delivery_tables.loose_ends, delivery_tables.units, unit_pages.unit_pages):
        assert made(put, found).plain() == "没有登记措施。"
