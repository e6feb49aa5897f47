"""SDMX-CSV comes in: our own field by field with every vintage, others' as far as their codes leave no doubt."""

import datetime as dt
import re
from pathlib import Path

import pytest

from zhibiao.catalogue.load import load
from zhibiao.errors import RegistryError
from zhibiao.publishing.handover import Asked, handover
from zhibiao.reading.freetable import NOTHING_GIVEN, Given
from zhibiao.reading.importing import import_observations, judge_file

REGISTRY = load()
TODAY = dt.date(2026, 11, 23)
HEADER = "region,indicator,period,basis,value,qualifier,unit,status,confidence,source,published,recorded,reason\n"
MINE = (
    "500101,enrolment,2022,at_end,1.50,eq,万人,final,medium,own-report,2023-01-05,2026-11-20,\n"
    "500101,enrolment,2022,at_end,1.60,ge,万人,final,high,own-report,,2026-11-21,=核定\n"
    "500101,enrolment,2022,at_end,16500,eq,人,final,high,own-report,,2026-11-22,\"年报,再核\"\n"
    "500101,intake,2023-Q3,year_to_date,300,about,名,preliminary,low,own-report,,2026-11-20,\n"
    "500101,employment_rate,2023-09,in_period,98.10,gt,%,derived,high,own-report,,2026-11-20,\n"
)


def _file(tmp_path: Path, text: str, name: str = "data.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def _taken(path: Path, given: Given = NOTHING_GIVEN) -> list[str]:
    return [f"{o.region} {o.indicator} {o.period} {o.basis} {o.qualifier} {o.value:f}{o.unit} {o.status}" for o in judge_file(REGISTRY, path, TODAY, given)[1].taken]


def test_when_our_own_export_comes_back_then_every_vintage_is_equal(tmp_path: Path) -> None:
    first = tmp_path / "first" / "observations"
    first.mkdir(parents=True)
    (first / "mine.csv").write_text(HEADER + MINE, encoding="utf-8")
    registry = load(tmp_path / "first")
    exported = tmp_path / "observations.csv"
    exported.write_bytes(handover(registry, Asked("sdmx-csv")).files["observations.csv"])
    lines = list(import_observations(exported, tmp_path / "second", today=TODAY))
    assert lines[-1] == f"已导入 imported 5；已有 already known {len(REGISTRY.observations)}；未填 left empty 0"
    fields = [sorted(map(str, (o.model_dump() for o in load(tmp_path / name).observations))) for name in ("first", "second")]
    assert fields[0] == fields[1]
    again = list(import_observations(exported, tmp_path / "second", today=TODAY))
    assert again[-1].startswith("已导入 imported 0；")


VERSION_1 = "DATAFLOW,FREQ,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,UNIT_MULT,OBS_STATUS\n"
VERSION_2 = "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,UNIT_MULT\n"


def test_when_it_is_version_1_of_others_then_codes_without_doubt_are_taken(tmp_path: Path) -> None:
    text = VERSION_1 + (
        "XX:EDU(1.0),A,CN-50,enrolment,2022,10.1,PS,4,A\nXX:EDU(1.0),A,500101,技工院校数,2021-A1,3,所,0,\nXX:EDU(1.0),M,500101,enrolment,2023-M09,1.5,PERSONS,4,P\n"
        "XX:EDU(1.0),A,500101,schools,2022,NaN,SCHOOLS,0,A\n"
    )
    assert _taken(_file(tmp_path, text)) == [
        "500000 enrolment 2022 at_end eq 10.1万人 final", "500101 schools 2021 at_end eq 3所 final", "500101 enrolment 2023-09 at_end eq 1.5万人 preliminary",
    ]  # fmt: skip


def test_when_labels_stand_beside_the_codes_then_the_codes_count(tmp_path: Path) -> None:
    text = (
        "STRUCTURE;STRUCTURE_ID;ACTION;REF_AREA: Reference area;INDICATOR: Indicator;TIME_PERIOD: Time;OBS_VALUE: Value;UNIT_MEASURE: Unit;UNIT_MULT: Multiplier\n"
        "dataflow;XX:EDU(1.0): Education;I;500101: Wanzhou;TVET_ENR: Enrolment;2022;1.5;PERSONS: Persons;4: Ten thousands\n"
    )
    assert _taken(_file(tmp_path, text), Given(aliases={"TVET_ENR": "enrolment"})) == ["500101 enrolment 2022 at_end eq 1.5万人 final"]


def _row(**changed: str) -> str:
    cells = {"STRUCTURE": "dataflow", "STRUCTURE_ID": "XX:E(1.0)", "ACTION": "I", "REF_AREA": "500101", "INDICATOR": "enrolment", "TIME_PERIOD": "2022", "OBS_VALUE": "1.5", "UNIT_MEASURE": "PERSONS", "UNIT_MULT": "4"}
    cells |= changed
    return ",".join(cells) + "\n" + ",".join(cells.values()) + "\n"


FAULTS = {
    "unknown indicator": (_row(INDICATOR="TVET_ENR"), r"data\.csv:2: 未知指标 unknown indicator 'TVET_ENR'.*--map"),
    "unknown area": (_row(REF_AREA="JPN"), r"data\.csv:2: 未知地区"),
    "unknown dimension": (_row(SEX="T"), r"data\.csv:1: 不知 'SEX' 列的含义.*--ignore SEX"),
    "unknown unit": (_row(UNIT_MEASURE="XDC"), r"data\.csv:2: 未知单位 unknown unit 'XDC'"),
    "odd multiplier": (_row(UNIT_MULT="9"), r"data\.csv:2: UNIT_MULT '9'"),
    "a share in ten thousands": (_row(INDICATOR="employment_rate", UNIT_MEASURE="PCT"), r"data\.csv:2: UNIT_MULT '4' 与单位 % 不合"),
    "estimated by others": (_row(OBS_STATUS="E"), r"data\.csv:2: OBS_STATUS 'E' 不收"),
    "missing value": (_row(OBS_STATUS="M", OBS_VALUE="1"), r"data\.csv:2: OBS_STATUS 'M' 不收"),
    "deleted": (_row(ACTION="D"), r"data\.csv:2: ACTION 'D' 不收"),
    "half a year": (_row(TIME_PERIOD="2022-S1"), r"data\.csv:2: TIME_PERIOD '2022-S1' 不收"),
    "not a number": (_row(OBS_VALUE="1,5x"), r"data\.csv:\d: "),
    "without a basis": (_row(INDICATOR="intake", TIME_PERIOD="2022-09"), r"data\.csv:2: .*没有 BASIS.*--basis"),
    "no unit": (_row(UNIT_MEASURE="", UNIT_MULT=""), r"data\.csv:2: .*没有单位"),
    "no value column": ("DATAFLOW,REF_AREA,INDICATOR,TIME_PERIOD\nX,500101,enrolment,2022\n", r"data\.csv:1: 缺少列 missing column 'OBS_VALUE'"),
}


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS)
def test_what_is_in_doubt_is_named_once(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(RegistryError) as caught:
        judge_file(REGISTRY, _file(tmp_path, text), TODAY)
    faults = [str(fault) for fault in caught.value.faults]  # type: ignore[attr-defined]
    assert re.search(message, faults[0]), faults
    assert len(faults) == 1


def test_when_what_is_in_doubt_is_explained_then_it_is_taken(tmp_path: Path) -> None:
    text = _row(SEX="T", INDICATOR="TVET_ENR", UNIT_MEASURE="XDC", UNIT_MULT="")
    assert _taken(_file(tmp_path, text), Given(ignore=("SEX",), aliases={"TVET_ENR": "enrolment", "XDC": "万人"})) == ["500101 enrolment 2022 at_end eq 1.5万人 final"]


def test_when_a_statement_flow_of_ours_is_given_then_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "statements.csv"
    path.write_bytes(handover(REGISTRY, Asked("sdmx-csv")).files["statements.csv"])
    with pytest.raises(RegistryError, match=r"missing column|含义"):
        judge_file(REGISTRY, path, TODAY)
