"""Rankings and counts say what the summary says: nothing unknown ranks, nothing counts twice, rates are never added."""

import json
from pathlib import Path

import pytest

from zhibiao.errors import OutputError, ParameterError
from zhibiao.running import regionpage, summary
from zhibiao.running.ranking import GROUP_COLUMNS, REGION_COLUMNS, Question, ranking
from zhibiao.showing.statement_records import COLUMNS
from zhibiao.showing.words import VERDICTS

EMPTY = dict.fromkeys(COLUMNS)
PROVINCE = {"province": "910000", "province_zh": "模拟甲省", "province_en": "A"}
CITY = {**PROVINCE, "prefecture": "910100", "prefecture_zh": "模拟甲省01市", "prefecture_en": "A01"}


def record(code: str, level: str = "county", scenario: str = "baseline", **told: object) -> dict[str, object]:
    whole = {
        **EMPTY, "region_code": code, "region_name": f"地{code}", "region_en": f"R{code}", "level": level, "scenario": scenario, "scenario_zh": "基准",
        "scenario_en": "baseline", "statement": f"p{code}/intake", "plan": "p", "clause": "1号", "headline": True, "indicator": "intake",
        "indicator_zh": "年招生规模", "indicator_en": "intake", "kind": "flow", "rollup": "sum", "unit": "人", "unit_en": "persons", "scale": 1.0,
        "base": "人", "base_en": "persons", "target": ">100", "target_low": 100.0, "scope": "point", "target_year": 2025, "latest": 90.0, "latest_year": 2023,
        "gap": 10.0, "share": 0.5, "chance": 0.4, "verdict": "behind", "as_of": 2023, "synthetic": True,
    }  # fmt: skip
    whole |= told
    zh, en = VERDICTS[str(whole["verdict"])]
    return {**whole, "verdict_zh": zh, "verdict_en": en}


@pytest.fixture
def batch(tmp_path) -> Path:
    folder = tmp_path / "trial"
    for told in (
        record("910101", **CITY, parent="910100", latest=1.2, unit="万人", scale=10000.0, target_low=1.0, gap=0.0, share=0.0, verdict="met"),
        record("910102", **CITY, parent="910100"),
        record("910103", **CITY, parent="910100", latest=None, latest_year=None, gap=10.0, share=0.1, verdict="unknown"),
        record("910104", **CITY, parent="910100", latest_year=2020, share=0.0, gap=0.0, verdict="unknown"),
        record("910100", "prefecture", **CITY, parent="910000", latest=99999.0),
        record("910000", "province", **PROVINCE, parent="900000", latest=99999.0),
        record("920000", "province", province="920000", province_zh="模拟乙省", province_en="B", verdict="level", share=0.2),
        record("900000", "nation", latest=99999.0),
    ):
        place = folder / str(told["region_code"]) / "baseline" / "09_briefing"
        place.mkdir(parents=True)
        other = {**told, "statement": "q/older", "headline": False, "governed_by": "p/x", "latest": 1.0}
        rate = {**told, "statement": "p/rate", "indicator": "employment_rate", "rollup": "weighted_mean", "unit": "%", "scale": 1.0, "base": "%"}
        (place / "statements.json").write_text(json.dumps([other, told, rate]), encoding="utf-8")
        (place / "manifest.json").write_text('{"key": "k"}', encoding="utf-8")
    summary.update(folder)
    return folder


def test_who_cannot_be_judged_has_no_rank_and_no_invented_gap(batch):
    found = ranking(batch, Question("intake"))
    assert [(row["rank"], row["region_code"]) for row in found[:3]] == [(1, "910101"), (2, "920000"), (3, "900000")]
    unranked = {row["region_code"]: (row["reached"], row["gap"], row["share"]) for row in found if row["rank"] is None}
    assert unranked == {"910103": (None, None, None), "910104": (90.0, 0.0, 0.0)}
    assert [row["region_code"] for row in found[-2:]] == ["910103", "910104"]
    assert all(tuple(row) == REGION_COLUMNS and row["statement"] != "q/older" for row in found)


def test_groups_count_the_lowest_regions_once_and_add_in_base_units(batch):
    (first, second) = ranking(batch, Question("intake", level="province"))
    assert tuple(first) == GROUP_COLUMNS
    assert (first["region_code"], first["level"], first["regions"]) == ("910000", "province", 4)
    assert (first["n_met"], first["n_behind"], first["n_unknown"], first["n_level"]) == (1, 1, 2, 0)
    # 12000 + 90 + 90; of 910103 nothing is known: neither its target nor a zero is added
    assert (first["known"], first["summed"], first["reached_sum"], first["target_sum"], first["gap_sum"]) == (3, 3, 12180.0, 10200.0, 10.0)
    assert (first["first_year"], first["last_year"]) == (2020, 2023)
    assert (second["region_code"], second["regions"], second["n_level"]) == ("920000", 1, 1)
    (all_of_them,) = ranking(batch, Question("intake", level="nation"))
    assert all_of_them["regions"] == first["regions"] + second["regions"]


def test_rates_are_never_added(batch):
    for level in ("prefecture", "province", "nation"):
        for row in ranking(batch, Question("employment_rate", level=level)):
            assert (row["summed"], row["reached_sum"], row["target_sum"], row["gap_sum"]) == (0, None, None, None)
            assert row["regions"] == sum(row[name] for name in GROUP_COLUMNS if name.startswith("n_"))


@pytest.mark.parametrize(("by", "first"), [("chance", "900000"), ("gap", "910101"), ("reached", "900000")])
def test_other_orders(batch, by, first):
    assert ranking(batch, Question("intake", by=by))[0]["region_code"] == first


@pytest.mark.parametrize(
    ("asked", "where", "near"),
    [(Question("intak"), "--indicator", "intake"), (Question("intake", "base"), "--scenario", "baseline"),
     (Question("intake", level="provinces"), "--level", "province"), (Question("intake", by="shares"), "--by", "share")],
)  # fmt: skip
def test_what_is_not_there_is_named_with_the_nearest(batch, asked, where, near):
    with pytest.raises(ParameterError) as caught:
        ranking(batch, asked)
    assert (caught.value.where, caught.value.nearest) == (where, near)


def test_without_a_summary_there_is_no_ranking(tmp_path):
    with pytest.raises(OutputError, match=r"nothing/summary\.parquet"):
        ranking(tmp_path / "nothing", Question("intake"))


def test_the_command_prints_what_it_is_asked_and_says_that_it_is_made_up(zhibiao, batch):
    said = zhibiao("ranking", str(batch), "--indicator", "intake", "--level", "province", "--format", "json")
    assert said.returncode == 0, said.stderr
    assert [row["region_name"] for row in json.loads(said.stdout)] == ["模拟甲省", "模拟乙省"]
    assert "模拟数据，仅供测量" in said.stderr
    table = zhibiao("ranking", str(batch), "--indicator", "intake").stdout
    (unknown,) = (line for line in table.splitlines() if "910103" in line)
    assert unknown.count("无数据 no data") == 3 and "无法判断" in unknown
    added = zhibiao("ranking", str(batch), "--indicator", "employment_rate", "--level", "province").stdout
    assert "不相加" in added and "无数据" not in added


def test_the_page_of_regions_holds_the_same_figures(batch):
    page = regionpage.update(batch)
    told = regionpage.content(batch)
    groups = [group for group in told["groups"] if group[0] == "province" and told["indicators"][group[6]][0] == "intake"]
    assert [(group[1], group[7], group[13]) for group in groups] == [("910000", 4, 12180.0), ("920000", 1, 90.0)]
    unknown = [row for row in told["rows"] if told["regions"][row[0]][0] == "910103"]
    assert {(row[6], row[8]) for row in unknown} == {(None, None)}
    text = page.read_text(encoding="utf-8")
    assert "无数据 no data" in text and "模拟数据，仅供测量" in text and "http" not in text
    before = page.stat().st_mtime_ns
    assert regionpage.update(batch) == page and page.stat().st_mtime_ns == before


def test_a_single_region_needs_no_page(batch):
    page = regionpage.update(batch)
    for path in batch.glob("9[12]*/*/*/statements.json"):
        path.unlink()
    summary.update(batch)
    assert regionpage.update(batch) is None and not page.exists()
