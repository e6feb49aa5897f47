"""A made-up registry loads, is the same every time, is marked wherever it speaks, and can be taken for no real region."""

import hashlib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibiao.assessing.gaps import gap_table
from zhibiao.catalogue.load import load
from zhibiao.catalogue.study import study
from zhibiao.errors import OutputError, ParameterError
from zhibiao.model.region import is_synthetic
from zhibiao.notebook import setup
from zhibiao.publishing.frontmatter import FrontMatter
from zhibiao.rehearsing.figures import BASE, county
from zhibiao.rehearsing.overlay import MARK, write_overlay
from zhibiao.rehearsing.places import MOST, places

COUNTIES = 60


@pytest.fixture(scope="module")
def overlay(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "up"
    write_overlay(folder, COUNTIES, seed=1)
    return folder


def digest(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(overlay, tmp_path):
    write_overlay(tmp_path / "again", COUNTIES, seed=1)
    write_overlay(tmp_path / "other", COUNTIES, seed=2)
    assert digest(tmp_path / "again") == digest(overlay)
    one, two = digest(overlay), digest(tmp_path / "other")
    differing = {name for name in one if one[name] != two.get(name)}
    assert {name.split("/")[0] for name in differing} == {"plans", "observations"}


def test_a_longer_registry_leaves_the_first_counties_as_they_are(overlay, tmp_path):
    write_overlay(tmp_path / "longer", COUNTIES + 20, seed=1)
    one, two = digest(overlay), digest(tmp_path / "longer")
    assert [name for name in one if name.startswith(("plans/", "observations/")) and one[name] != two[name]] == []


def test_it_loads_beside_the_shipped_registry_and_every_code_is_none_of_a_real_region(overlay):
    registry, shipped = load(overlay), load("")
    made = {code for code, region in registry.regions.items() if region.synthetic}
    assert not made & set(shipped.regions) and not any(is_synthetic(code) for code in shipped.regions)
    levels = Counter(registry.regions[code].level for code in made)
    assert levels == {"nation": 1, "province": 1, "prefecture": 5, "county": COUNTIES}
    for code in made:
        region = registry.regions[code]
        assert region.zh.startswith("模拟") and region.en.startswith("Synthetic") and registry.region(region.zh) == registry.region(region.en) == region
        assert region.parent is None or region.parent in made
        assert all(MARK in plan.title and "synthetic" in plan.title_en for plan in registry.plans_for(code))
        assert all(MARK in registry.sources[row.source].title for row in registry.observed(code))


def test_evidence_is_missing_short_and_conflicting_on_purpose_and_no_data_is_no_pass(overlay):
    registry = load(overlay)
    seen: Counter[str] = Counter()
    for region in places(COUNTIES).counties:
        drawn = county(region.code, 1)
        seen[drawn.evidence] += 1
        rows = gap_table(study(registry, region.code), {})
        assert len(rows) == len(drawn.aims)
        if drawn.evidence == "none":
            assert {row.standing.verdict for row in rows} == {"unknown"} and all(row.standing.latest is None for row in rows)
        if drawn.evidence == "conflicting":
            assert "conflicting" in {row.standing.state for row in rows}
        if drawn.evidence == "short":
            assert registry.newest_year(region.code) == BASE
    assert set(seen) == {"full", "none", "short", "conflicting"}


def test_everything_of_a_made_up_region_says_so_in_front(overlay, monkeypatch):
    monkeypatch.setenv("ZHIBIAO_DATA", str(overlay))
    for lang, word in (("zh", "模拟数据，仅供测量 synthetic data, for measuring only"), ("en", "synthetic data, for measuring only")):
        front = setup("910101", lang=lang).front
        assert front["note"] == word
        assert ({"zh": "注意", "en": "Note"}[lang], [word]) == FrontMatter(lang, "t", note=front["note"]).facts[0]
    assert "note" not in setup("重庆").front


def test_batch_files_name_every_county_and_scenario(overlay, tmp_path):
    from zhibiao.running.batchfile import read
    from zhibiao.running.run import NOTEBOOKS

    whole = read(overlay / "notebooks/batches/nationwide.yaml", notebooks=NOTEBOOKS, data=overlay)
    scenarios = {task.scenario for task in whole.tasks}
    assert len(whole.tasks) == COUNTIES * len(scenarios) and "baseline" in scenarios and len(scenarios) > 1
    small = read(overlay / "notebooks/batches/rehearsal.yaml", notebooks=NOTEBOOKS, data=overlay)
    assert {task.scenario for task in small.tasks} == {"baseline"}


@settings(max_examples=60, deadline=None)
@given(counties=st.integers(1, MOST))
def test_codes_are_built_as_in_gb_t_2260_but_begin_with_nine(counties):
    made = places(counties)
    codes = [region.code for region in made.regions]
    assert len(made.counties) == counties and len(set(codes)) == len(codes) == len({region.zh for region in made.regions})
    for region in made.regions:
        province, prefecture, last = region.code[:2], region.code[2:4], region.code[4:]
        assert region.synthetic and len(region.code) == 6
        above = {"county": f"{province}{prefecture}00", "prefecture": f"{province}0000", "province": "900000", "nation": None}[region.level]
        assert region.parent == above
        assert (prefecture == "00", last == "00") == {"county": (False, False), "prefecture": (False, True)}.get(region.level, (True, True))


@settings(max_examples=60, deadline=None)
@given(number=st.integers(0, MOST - 1), seed=st.integers(0, 2**32 - 1))
def test_figures_are_possible(number, seed):
    drawn = county(f"91{number:04d}", seed)
    for figure in drawn.figures:
        assert figure.value >= 0 and (figure.unit != "%" or figure.value <= 100) and 2015 <= figure.year <= 2023
    assert all(value > 0 for value in drawn.aims.values()) and drawn.aims["employment_rate"] <= 100
    assert drawn == county(f"91{number:04d}", seed)


@pytest.mark.parametrize("counties", [0, -1, MOST + 1])
def test_other_numbers_are_refused(tmp_path, counties):
    with pytest.raises(ParameterError, match="--counties"):
        write_overlay(tmp_path / "x", counties, 1)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_left_alone_and_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    used = tmp_path / "used"
    used.mkdir()
    (used / "mine.csv").write_text("1")
    with pytest.raises(OutputError, match="not empty"):
        write_overlay(used, 3, 1)
    assert [path.name for path in used.iterdir()] == ["mine.csv"]
    monkeypatch.setattr("zhibiao.rehearsing.overlay._plan", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OutputError, match="No space"):
        write_overlay(tmp_path / "full", 3, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["used"]


def test_the_command(zhibiao, tmp_path):
    said = zhibiao("simulate-regions", "--counties", "3", "--seed", "1", "--out", str(tmp_path / "made"))
    assert said.returncode == 0 and "模拟数据，仅供测量" in said.stdout
    assert len(list((tmp_path / "made" / "plans").iterdir())) == 3
    again = zhibiao("simulate-regions", "--counties", "3", "--out", str(tmp_path / "made"))
    assert again.returncode == 7 and "Traceback" not in again.stderr
