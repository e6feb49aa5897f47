"""Bulletins as observations: the right schools, the right year, nothing guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhibiao.catalogue.load import read, shipped
from zhibiao.catalogue.registry import Registry
from zhibiao.errors import RegistryError
from zhibiao.reading.bulletins import Placement, observations, report, subject
from zhibiao.reading.extract import Extraction, extract_text

BULLETIN = """# 2016年全国教育事业发展统计公报

## 四、高中阶段教育

全国普通高中1.34万所，比上年增加143所；招生802.92万人。

中等职业教育（包括普通中专、技工学校）共有学校1.09万所。其中，普通中等专业学校3398所；技工学校2526所，比上年减少19所。

职业高中、技工学校招生278.63万人。

技工学校招生127.21万人，在校生323.15万人，毕业生93.07万人，上年的毕业生为94.6万人。技工学校教职工26.51万人，专任教师19.64万人。
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return read((shipped(),))


@pytest.fixture(scope="module")
def extraction(registry: Registry) -> Extraction:
    return extract_text(BULLETIN, "2016", registry)


@pytest.fixture(scope="module")
def placed(extraction: Extraction, registry: Registry) -> Placement:
    return observations(extraction, registry)


def test_figures_of_technical_schools_are_placed(placed: Placement) -> None:
    assert {(row["indicator"], row["value"], row["unit"], row["basis"]) for row in placed.rows} == {
        ("schools", Decimal("2526"), "所", "at_end"),
        ("intake", Decimal("127.21"), "万人", "in_period"),
        ("enrolment", Decimal("323.15"), "万人", "at_end"),
        ("graduates", Decimal("93.07"), "万人", "in_period"),
        ("staff", Decimal("26.51"), "万人", "at_end"),
        ("teachers", Decimal("19.64"), "万人", "at_end"),
    }
    assert {(row["region"], row["period"], row["source"], row["confidence"]) for row in placed.rows} == {("100000", "2016", "moe-bulletin-2016", "medium")}


def test_what_found_no_place_is_told(placed: Placement, extraction: Extraction) -> None:
    reasons = " ".join(item.reason for item in placed.unplaced)
    assert "普通高中" in reasons
    assert "职业高中、技工学校" in reasons
    assert "2015" in reasons
    assert next(iter(report(placed, extraction))).startswith("2016: 列为观测 placed 6")


def test_changes_are_no_observations(placed: Placement) -> None:
    assert not any(item.candidate.change for item in placed.unplaced)
    assert Decimal(19) not in {row["value"] for row in placed.rows}


def test_two_figures_for_one_indicator_are_left_to_a_reader(registry: Registry) -> None:
    raw = BULLETIN + "\n技工学校在校生300万人。\n"
    found = observations(extract_text(raw, "2016", registry), registry)
    assert "enrolment" not in {row["indicator"] for row in found.rows}
    assert sum("在校生" in item.candidate.evidence and "数" in item.reason for item in found.unplaced) >= 2


def test_a_plan_is_no_bulletin(registry: Registry) -> None:
    with pytest.raises(RegistryError, match="no bulletin"):
        observations(extract_text("某市“十四五”规划\n\n在校生达到3万人。", "x", registry), registry)


def test_the_school_named_last_counts() -> None:
    assert subject("中等职业教育(包括技工学校)招生") == "中等职业"
    assert subject("职业高中、技工学校招生") == "职业高中、技工学校"
    assert subject("招生") is None
