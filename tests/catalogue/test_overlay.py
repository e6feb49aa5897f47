"""A user's folder laid over the shipped registry: figures are added, vintages kept, plans and indicators of the same id replaced."""

from decimal import Decimal

import pytest

from zhibiao.catalogue.load import load, overlays, read, shipped
from zhibiao.errors import RegistryError
from zhibiao.model import Period

HEAD = "region,indicator,period,basis,value,qualifier,unit,status,confidence,source,published,recorded,reason\n"
SOURCE = "- {id: bureau, publisher: 市人社局, title: 统计月报, year: 2024, terms: 内部}\n"


@pytest.fixture
def overlay(tmp_path):
    """A function that writes files of an overlay and returns its folder."""
    folder = tmp_path / "mine"
    folder.mkdir()

    def write(**files):
        for name, text in {"sources": SOURCE, **files}.items():
            path = folder / {"sources": "sources.yaml", "figures": "observations/mine.csv"}.get(name, f"{name.replace('__', '/')}.yaml")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return folder

    return write


def values(registry, indicator="enrolment"):
    return {str(p.period): p.base_value for p in registry.series("500000", indicator).points}


def test_a_new_figure_is_added_and_moves_as_of(overlay):
    before = read([shipped()])
    after = load(overlay(figures=HEAD + "500000,enrolment,2024,at_end,10.2,eq,万人,final,high,bureau,,2025-02-01,\n"))
    assert values(after) == {**values(before), "2024": Decimal(102000)}
    assert (before.newest_year("500000"), after.newest_year("500000")) == (2023, 2024)
    assert after.folders == (shipped(), overlay())
    assert after.observations[-1].origin.endswith("mine.csv:2")


def test_a_correction_speaks_and_the_older_vintage_stays(overlay):
    registry = load(overlay(figures=HEAD + "500000,enrolment,2020,at_end,98500,eq,人,final,high,bureau,,2027-01-05,口径核实\n"))
    assert values(registry)["2020"] == 98500
    kept = [o for o in registry.observed("500000") if o.indicator == "enrolment" and o.period == Period(2020)]
    assert [(o.value, o.reason) for o in kept] == [(Decimal("9.9"), None), (Decimal(98500), "口径核实")]
    assert registry.series("500000", "enrolment").conflicting == frozenset()


def test_an_older_vintage_that_comes_later_does_not_speak(overlay):
    registry = load(overlay(figures=HEAD + "500000,enrolment,2020,at_end,9.7,eq,万人,final,high,bureau,,2021-01-05,\n"))
    assert values(registry)["2020"] == 99000


def test_two_sources_of_one_day_conflict_and_the_surer_one_speaks(overlay):
    row = "500000,enrolment,2020,at_end,9.7,eq,万人,final,{},bureau,,2026-11-22,\n"
    unsure = load(overlay(figures=HEAD + row.format("medium"))).series("500000", "enrolment")
    assert unsure.conflicting == {Period(2020)}
    assert unsure.at(2020).base_value == 99000
    sure = load(overlay(figures=HEAD + row.format("high"))).series("500000", "enrolment")
    assert sure.at(2020).base_value == 97000


def test_two_sources_that_agree_do_not_conflict(overlay):
    registry = load(overlay(figures=HEAD + "500000,enrolment,2020,at_end,99000,eq,人,final,high,bureau,,2026-11-22,\n"))
    assert registry.series("500000", "enrolment").conflicting == frozenset()
    assert len(registry.series("500000", "enrolment").points) == 2


def test_the_same_row_again_is_refused(overlay):
    row = "500000,enrolment,2024,at_end,10.2,eq,万人,final,high,bureau,,2025-02-01,\n"
    with pytest.raises(RegistryError, match=r"mine\.csv:3: .*same observation stands at .*mine\.csv:2"):
        load(overlay(figures=HEAD + row + row))


def test_a_plan_an_indicator_and_a_scenario_of_the_same_id_replace(overlay):
    plan = (
        "id: chongqing-2022-32\ntitle: 修订稿\ntitle_en: revised\nshort: 32号\nissuer: [局]\nregion: '500000'\nperiod: 2021-2025\n"
        "issued: 2023-01-01\nstatements:\n  - {id: enrolment-keep, kind: target, indicator: enrolment, value: 11, comparator: ge, unit: 万人, "
        "scope: point, period: 2025, locator: 一, evidence: 11万人}\n"
    )
    indicator = "- {id: enrolment, zh: 全口径在校生, en: all students, definition: 含非全日制, unit: 人, kind: stock}\n"
    scenario = "id: plan_2022\nzh: 新\nen: new\ndescription: 无\ndescription_en: none\n"
    registry = load(overlay(plans__new=plan, catalogue__new=indicator, scenarios__new=scenario))
    assert registry.plan("chongqing-2022-32").title == "修订稿"
    assert [s.key for s in registry.statements([registry.plan("32号")])] == ["chongqing-2022-32/enrolment-keep"]
    assert list(registry.plans) == list(read([shipped()]).plans)
    assert registry.indicator("enrolment").zh == "全口径在校生"
    assert registry.indicator("intake").zh == "年招生规模"
    assert registry.scenario("plan_2022").overrides == ()


def test_an_indicator_that_shipped_statements_do_not_fit_is_told_at_the_statement(overlay):
    indicator = "- {id: enrolment, zh: 在校生, en: students, definition: 人次, unit: 人次, kind: stock}\n"
    with pytest.raises(RegistryError, match=r"chongqing-2021-452\.yaml:\d+: .*does not fit 'enrolment'"):
        load(overlay(catalogue__new=indicator))


def test_the_environment_names_the_overlay_and_the_argument_goes_before_it(overlay, tmp_path, monkeypatch):
    folder = overlay(figures=HEAD + "500000,enrolment,2024,at_end,10.2,eq,万人,final,high,bureau,,2025-02-01,\n")
    monkeypatch.setenv("ZHIBIAO_DATA", str(folder))
    assert load().newest_year("500000") == 2024
    (tmp_path / "empty").mkdir()
    assert load(tmp_path / "empty").newest_year("500000") == 2023
    monkeypatch.setenv("ZHIBIAO_DATA", "")
    assert overlays() == overlays("") == ()


def test_an_overlay_that_is_not_there_is_told(tmp_path, monkeypatch):
    with pytest.raises(RegistryError, match=r"nowhere: .*does not exist \(--data, ZHIBIAO_DATA\)"):
        load(tmp_path / "nowhere")
    monkeypatch.setenv("ZHIBIAO_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(RegistryError, match="nowhere"):
        load()


def test_endings_in_capitals_are_read_and_drafts_are_not(overlay):
    folder = overlay(figures=HEAD)
    row = "500000,enrolment,2024,at_end,10.2,eq,万人,final,high,bureau,,2025-02-01,\n"
    (folder / "observations" / "B.CSV").write_text(HEAD + row, encoding="utf-8")
    (folder / "observations" / "~$lock.csv").write_text("x", encoding="utf-8")
    (folder / "observations" / ".import-1.csv").write_text("x", encoding="utf-8")
    assert load(folder).newest_year("500000") == 2024


def series(overlay, indicator, *rows):
    lines = "".join(f"500000,{indicator},{period},{basis},{value},eq,{unit},final,high,bureau,,2027-01-05,\n" for period, basis, value, unit in rows)
    return load(overlay(figures=HEAD + lines)).series("500000", indicator)


def test_what_came_in_within_a_month_says_nothing_of_the_year(overlay):
    found = series(overlay, "intake", ("2023-09", "in_period", 2.8, "万人"), ("2023-09", "year_to_date", 2.9, "万人"))
    assert (found.latest.period, found.to_date.base_value) == (Period(2020), 29000)
    assert found.at(2023) is None


def test_what_is_counted_at_the_end_of_a_month_is_the_latest_level(overlay):
    found = series(overlay, "enrolment", ("2023-09", "at_end", 10.1, "万人"))
    assert found.latest.period == Period(2023, month=9)
    assert [p.period.year for p in found.annual] == [2017, 2020]


def test_a_year_to_date_through_december_is_the_year_unless_the_year_is_there(overlay):
    rows = [("2023-12", "year_to_date", 3.1, "万人"), ("2022-Q4", "year_to_date", 3.0, "万人"), ("2022", "in_period", 3.05, "万人")]
    found = series(overlay, "intake", *rows)
    assert {p.period.year: int(p.base_value) for p in found.annual} == {2020: 30000, 2022: 30500, 2023: 31000}
    assert found.to_date is None and found.latest.base_value == 31000


def test_where_a_year_has_two_bases_the_one_that_is_asked_for_speaks(overlay):
    rows = [("2022", "at_end", 43, "所"), ("2022", "in_period", 2, "所")]
    for order in (rows, rows[::-1]):
        found = series(overlay, "schools", *order).known_by(2022)
        assert found.at(2022).base_value == found.latest.base_value == 43
