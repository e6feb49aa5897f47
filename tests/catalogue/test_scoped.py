"""What is read for one region answers as the whole registry does; whatever lies outside is read when it is asked for."""

import datetime as dt
from pathlib import Path

import pytest

from zhibiao.catalogue import scoped
from zhibiao.catalogue.load import load
from zhibiao.catalogue.scoped import load_for
from zhibiao.errors import ParameterError, RegistryError
from zhibiao.projecting import moves
from zhibiao.projecting.reference import load as reference_classes
from zhibiao.rehearsing.overlay import write_overlay

COUNTY, OTHER, PREFECTURE = "910101", "910201", "910100"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("scoped") / "data"
    write_overlay(folder, 16, seed=3)
    return folder


@pytest.fixture
def overlay(drawn, monkeypatch) -> Path:
    monkeypatch.setattr(scoped, "FEW", 20)  # more than the shipped registry has, fewer than the overlay
    return drawn


def content(registry, code):
    return registry.plans_for(code), registry.observed(code), registry.newest_year(code), registry.vintages(code)


@pytest.mark.parametrize("name", [COUNTY, "模拟甲省01市01县", PREFECTURE, "910000", "900000", "重庆", "全国"])
def test_a_region_and_those_above_and_below_are_there_without_reading_the_rest(overlay, name):
    whole, found = load(overlay), load_for(name, overlay)
    place = whole.region(name)
    around = [place.code, "100000", *(r.code for r in whole.regions.values() if r.parent == place.code)]
    while place.parent:
        place = whole.regions[place.parent]
        around.append(place.code)
    for code in around:
        assert content(found, code) == content(whole, code)
    assert "whole" not in vars(found)
    assert found.regions == whole.regions and len(found.plans) < len(whole.plans)


def test_whatever_else_is_asked_for_is_read_then(overlay):
    whole = load(overlay)
    assert content(load_for(COUNTY, overlay), OTHER) == content(whole, OTHER)
    assert load_for(COUNTY, overlay).plan(f"simulated-{OTHER}") == whole.plan(f"simulated-{OTHER}")
    key = f"simulated-{OTHER}/intake-2025"
    assert load_for(COUNTY, overlay).statement(key) == whole.statement(key)
    day = dt.date(2022, 1, 1)
    assert content(load_for(COUNTY, overlay).known_on(day), OTHER) == content(whole.known_on(day), OTHER)
    assert content(whole.known_on(day), OTHER)[1] == ()
    entry = next(c.entry for c in reference_classes([f / "reference" for f in whole.folders]).values() if "intake" in c.entry.observed)
    assert moves.observed(load_for(COUNTY, overlay), entry) == moves.observed(whole, entry)


def test_faults_are_told_as_they_are(overlay, tmp_path):
    with pytest.raises(ParameterError) as full:
        load(overlay).region("模拟丁省")
    with pytest.raises(ParameterError) as part:
        load_for("模拟丁省", overlay).region("模拟丁省")
    assert str(part.value) == str(full.value)
    broken = tmp_path / "data"
    write_overlay(broken, 16, seed=3)
    table = broken / "observations" / f"simulated-{COUNTY}.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",人,", ",头,", 1), encoding="utf-8")
    with pytest.raises(RegistryError, match=rf"simulated-{COUNTY}\.csv:3"):
        load_for(COUNTY, broken)
    with pytest.raises(RegistryError, match=rf"simulated-{COUNTY}\.csv:3"):
        load_for(OTHER, broken).observed(COUNTY)


def test_a_document_that_replaces_a_shipped_one_is_read_for_every_region(overlay, tmp_path):
    data = tmp_path / "data"
    write_overlay(data, 16, seed=3)
    shipped = load("").plans["jiangjin-2022-62"]
    text = Path(shipped.origin).read_text(encoding="utf-8").replace(shipped.title, "改过的题目", 1)
    (data / "plans" / "own.yaml").write_text(text.replace(shipped.region, COUNTY), encoding="utf-8")
    assert load_for(OTHER, data).plan("jiangjin-2022-62").title == load(data).plan("jiangjin-2022-62").title == "改过的题目"
    assert load_for(shipped.region, data).plans_for(shipped.region) == load(data).plans_for(shipped.region)


def test_a_table_in_another_encoding_is_read(overlay, tmp_path):
    data = tmp_path / "data"
    write_overlay(data, 16, seed=3)
    table = data / "observations" / f"simulated-{COUNTY}.csv"
    table.write_text(table.read_text(encoding="utf-8"), encoding="utf-16")
    assert load_for(COUNTY, data).observed(COUNTY)


def test_a_small_registry_is_read_whole(drawn):
    assert load_for(COUNTY, drawn) == load(drawn)


def test_a_value_that_looks_like_the_nations_code_makes_nobody_read_everything(overlay, tmp_path):
    data = tmp_path / "data"
    write_overlay(data, 16, seed=3)
    table = data / "observations" / f"simulated-{OTHER}.csv"
    head, *rows = (line for line in table.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    rows[0] = rows[0].replace(rows[0].split(",")[4], "100000", 1)
    table.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    found = load_for(COUNTY, data)
    assert found.observed("100000") and "whole" not in vars(found)
