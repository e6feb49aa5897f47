"""What is handed over comes back equal through other readers, to the last digit and field; a folder appears whole or not at all."""

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhibiao.catalogue.load import load
from zhibiao.catalogue.registry import Registry
from zhibiao.errors import OutputError, ParameterError
from zhibiao.model import Observation, Statement, unit_of
from zhibiao.model.unit_codes import CODES
from zhibiao.model.units import BASES, SCALES
from zhibiao.publishing.handover import FORMATS, Asked, handover
from zhibiao.publishing.handover.files import MARK
from zhibiao.running.exported import put_export

STATUS = {"A": "final", "P": "preliminary", "E": "derived"}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


def written(folder: Path, registry: Registry, asked: Asked) -> Path:
    made = handover(registry, asked)
    return put_export(folder, made.files, MARK)


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


def observation(row: dict[str, object]) -> dict[str, object]:
    """The fields of an observation as some reader gave them, checked and dumped by the model."""
    fields = {name: value for name, value in row.items() if name in Observation.model_fields and value not in (None, "")}
    fields["value"] = Decimal(str(fields["value"]))
    return Observation.model_validate(fields).model_dump()


def known(registry: Registry) -> list[dict[str, object]]:
    ordered = sorted(registry.observations, key=lambda o: (o.region, o.indicator, o.period, o.basis, o.recorded, o.source))
    return [o.model_dump() for o in ordered]


def from_sdmx(row: dict[str, str]) -> dict[str, object]:
    return {
        "region": row["REF_AREA"], "indicator": row["INDICATOR"], "period": row["TIME_PERIOD"], "basis": row["BASIS"], "value": row["OBS_VALUE"],
        "qualifier": row["QUALIFIER"], "unit": row["UNIT_WRITTEN"], "status": STATUS[row["OBS_STATUS"]], "confidence": row["CONFIDENCE"],
        "source": row["SOURCE"], "published": row["PUBLISHED"], "recorded": row["VINTAGE"], "reason": row["COMMENT_OBS"],
    }  # fmt: skip


def of_parquet(content: bytes, folder: Path) -> list[dict[str, object]]:
    path = folder / "read.parquet"
    path.write_bytes(content)
    with duckdb.connect(":memory:") as database:
        read = database.execute("SELECT * FROM read_parquet(?)", [str(path)])
        names = [column[0] for column in read.description]
        return [dict(zip(names, row, strict=True)) for row in read.fetchall()]


def of_workbook(content: bytes, sheet: str) -> list[dict[str, object]]:
    rows = list(openpyxl.load_workbook(io.BytesIO(content))[sheet].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def with_dates(row: dict[str, object]) -> dict[str, object]:
    """A spreadsheet's dates bear a time of day, and its whole numbers no kind of their own."""
    dated = {name: str(row[name])[:10] for name in ("recorded", "published") if row[name] is not None}
    return {**row, **dated, "period": str(row["period"])}


def read_back(registry: Registry, form: str, folder: Path) -> list[dict[str, object]]:
    files = handover(registry, Asked(form)).files
    if form == "datapackage":
        return [observation(row) for row in csv_rows(files["data/observations.csv"])]
    if form == "sdmx-csv":
        return [observation(from_sdmx(row)) for row in csv_rows(files["observations.csv"])]
    if form == "parquet":
        return [observation({**row, "value": format(row["value"].normalize(), "f")}) for row in of_parquet(files["observations.parquet"], folder)]
    return [observation(with_dates(row)) for row in of_workbook(files["zhibiao.xlsx"], "observations")]


# --- the shipped registry ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["datapackage", "sdmx-csv", "parquet", "xlsx"])
def test_when_handed_over_then_every_observation_comes_back_equal(registry: Registry, form: str, tmp_path: Path) -> None:
    assert read_back(registry, form, tmp_path) == known(registry)


def statement_from(row: dict[str, object]) -> dict[str, object]:
    fields = {name: value for name, value in row.items() if name in Statement.model_fields and value not in (None, "")}
    for name in ("low", "high"):
        if name in fields:
            fields[name] = Decimal(str(fields[name]))
    for name in ("maintain", "mean", "strive"):
        fields[name] = fields[name] in (True, "true")
    if not isinstance(fields["responsible"], list):
        fields["responsible"] = json.loads(str(fields["responsible"]))
    if row["year_end"] not in (None, ""):
        fields["period"] = f"{row['year_start']}-{row['year_end']}"
    return Statement.model_validate(fields).model_dump()


@pytest.mark.parametrize("form", ["datapackage", "sdmx-csv", "parquet", "xlsx"])
def test_when_handed_over_then_every_statement_comes_back_equal(registry: Registry, form: str, tmp_path: Path) -> None:
    files = handover(registry, Asked(form)).files
    if form == "datapackage":
        rows: list[dict[str, object]] = list(csv_rows(files["data/statements.csv"]))
    elif form == "parquet":
        rows = of_parquet(files["statements.parquet"], tmp_path)
    elif form == "xlsx":
        rows = of_workbook(files["zhibiao.xlsx"], "statements")
    else:
        names = {"STATEMENT": "id", "DOCUMENT": "document", "REF_AREA": "region", "UNIT_WRITTEN": "unit"}
        rows = [{names.get(name, name.lower()): cell for name, cell in row.items()} for row in csv_rows(files["statements.csv"])]
    assert [statement_from(row) for row in rows] == [s.model_dump() for s in registry.statements()]


def test_when_validated_by_frictionless_then_no_error_and_the_values_are_the_registrys(registry: Registry, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    folder = written(tmp_path / "package", registry, Asked("datapackage", scenarios=("baseline",), gaps=True))
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.stats["errors"] == 0, report.flatten(["type", "note"])[:5]
    package = frictionless.Package(str(folder / "datapackage.json"))
    rows = package.get_resource("observations").read_rows()
    assert [observation({**row, "recorded": str(row["recorded"]), "published": row["published"] and str(row["published"])}) for row in rows] == known(registry)
    assert all(row["base_value"] == unit_of(row["unit"]).to_base(row["value"]) for row in rows)
    terms = {source["id"]: source["terms"] for source in json.loads((folder / "datapackage.json").read_text("utf-8"))["sources"]}
    assert terms == {source.id: source.terms for source in registry.sources.values()}


def test_when_handed_over_then_measures_their_status_and_scenarios_are_the_registrys(registry: Registry, tmp_path: Path) -> None:
    from zhibiao.model import Measure, MeasureStatus

    measure = registry.measures()[0]
    said = MeasureStatus(plan=measure.plan, measure=measure.id, status="in_progress", date="2024-01-05", note="=进行中\n第二行", evidence="a,b")
    files = handover(replace(registry, statuses=(said, said.model_copy(update={"status": "done"}))), Asked("datapackage")).files
    found = []
    for row in csv_rows(files["data/measures.csv"]):
        fields = {name: json.loads(row[name]) if name in ("lead", "responsible", "statements") else row[name] for name in row if name in Measure.model_fields and row[name]}
        if row["year_end"]:
            fields["period"] = f"{row['year_start']}-{row['year_end']}"
        found.append((row["key"], Measure.model_validate(fields).model_dump()))
    assert found == [(m.key, m.model_dump()) for _, plan in sorted(registry.plans.items()) for m in plan.measures]
    statuses = csv_rows(files["data/statuses.csv"])
    assert [(row["measure"], row["status"], row["date"], row["note"], row["evidence"]) for row in statuses] == [
        (said.key, stage, "2024-01-05", said.note, said.evidence) for stage in ("in_progress", "done")
    ]
    assert {row["id"]: row["zh"] for row in csv_rows(files["data/scenarios.csv"])} == {s.id: s.zh for s in registry.scenarios.values()}


def test_when_a_reference_is_broken_then_frictionless_sees_it(registry: Registry, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    folder = written(tmp_path / "package", registry, Asked("datapackage", ("沧州",)))
    assert frictionless.validate(str(folder / "datapackage.json")).valid
    path = folder / "data" / "statements.csv"
    path.write_bytes(path.read_bytes().replace(b",130900,", b",130999,", 1))
    found = {kind for (kind,) in frictionless.validate(str(folder / "datapackage.json")).flatten(["type"])}
    assert "foreign-key" in found


def structure_of(folder: Path) -> dict[str, object]:
    import msgspec
    from pysdmx.io.json.sdmxjson2.messages import JsonStructureMessage

    # pysdmx's own reader asks for the schemas even where it is told not to validate; this is what it reads with
    message = msgspec.json.decode((folder / "structures.json").read_bytes(), type=JsonStructureMessage).to_model()
    return {f"{type(item).__name__}:{item.id}": item for item in message.structures}


def test_when_sdmx_is_read_back_then_the_data_keep_to_their_structure(registry: Registry, tmp_path: Path) -> None:
    folder = written(tmp_path / "sdmx", registry, Asked("sdmx-csv", scenarios=("baseline", "plan_2021")))
    found = structure_of(folder)
    for flow in ("OBSERVATIONS", "STATEMENTS", "PROJECTIONS"):
        components = found[f"DataStructureDefinition:{flow}"].components
        assert found[f"Dataflow:{flow}"].structure.id == flow
        rows = csv_rows((folder / f"{flow.lower()}.csv").read_bytes())
        assert rows
        assert list(rows[0]) == ["STRUCTURE", "STRUCTURE_ID", "ACTION", *(c.id for c in (*components.dimensions, *components.measures, *components.attributes))]
        assert {(row["STRUCTURE"], row["STRUCTURE_ID"], row["ACTION"]) for row in rows} == {("dataflow", f"ZHIBIAO:{flow}(1.0.0)", "I")}
        keys = [tuple(row[d.id] for d in components.dimensions) for row in rows]
        assert len(set(keys)) == len(keys)
        for component in components:
            cells = {row[component.id] for row in rows}
            assert not component.required or "" not in cells, component.id
            if component.enumeration is not None:
                assert cells - {""} <= {code.id for code in component.enumeration.codes}, component.id
        for row in rows:
            if flow != "STATEMENTS":
                assert Decimal(row["OBS_VALUE"]).scaleb(int(row["UNIT_MULT"])) == Decimal(row.get("BASE_VALUE") or row["OBS_VALUE"])
    assert {code.id: code.name for code in found["Codelist:CL_REF_AREA"].codes}["500116"] == "江津区 Jiangjin"


def test_when_written_as_iamc_then_the_rules_of_the_format_hold(registry: Registry, tmp_path: Path) -> None:
    folder = written(tmp_path / "iamc", registry, Asked("iamc", ("重庆", "全国"), ("baseline", "plan_2021")[:1]))
    frame = pd.read_csv(folder / "iamc.csv", dtype={"region": str})
    assert list(frame.columns) == ["model", "scenario", "region", "variable", "unit", "year", "value"]
    assert not frame.isna().any().any()
    assert frame.dtypes["year"].kind == "i"
    assert frame.dtypes["value"].kind == "f"
    assert not frame.duplicated(list(frame.columns[:6])).any()
    assert (frame.groupby("variable")["unit"].nunique() == 1).all()
    assert set(frame["region"]) == {"CN-500000", "CN-100000"}
    wide = frame[(frame.region == "CN-100000") & (frame.year == 2025) & (frame.scenario == "baseline") & frame.variable.str.startswith("enrolment|")]
    levels = wide.set_index("variable")["value"]
    assert levels["enrolment|Quantile 0.1"] < levels["enrolment|Median"] < levels["enrolment|Quantile 0.9"]
    observed = frame[frame.scenario == "observed"]
    series = {(o.region, o.indicator): {p.period.year: float(p.base_value) for p in registry.series(o.region, o.indicator).annual} for o in registry.observations}
    for row in observed.itertuples():
        assert series[row.region.removeprefix("CN-"), row.variable.removesuffix("|Observed")][row.year] == row.value


def test_when_the_projections_are_handed_over_then_they_are_the_fans_own(registry: Registry, tmp_path: Path) -> None:
    from zhibiao.catalogue.study import study
    from zhibiao.simulating.scenario import simulate

    fans = simulate(study(registry, "重庆", scenario="baseline")).fans
    rows = csv_rows(handover(registry, Asked("datapackage", ("重庆",), ("baseline",))).files["data/projections.csv"])
    assert {row["indicator"] for row in rows} == set(fans)
    for row in rows:
        fan = fans[row["indicator"]]
        assert float(row["value"]) == fan.quantile(float(row["quantile"]))[int(row["year"]) - int(fan.years[0])]
        assert (row["observed"] == "true") == bool(fan.observed[int(row["year"]) - int(fan.years[0])])


def test_when_regions_lack_the_figures_of_a_scenario_then_they_are_passed_over_unless_named(registry: Registry) -> None:
    made = handover(registry, Asked("datapackage", (), ("intake_low",)))
    projected = {row["region"] for row in csv_rows(made.files["data/projections.csv"])}
    assert {"100000", "500000"} <= projected
    assert "130900" not in projected
    assert "130900 intake_low" in made.passed_over
    # for whom a scenario is not meant is no loss
    assert handover(registry, Asked("datapackage", (), ("plan_2021",))).passed_over == ()
    with pytest.raises(ParameterError, match="沧州"):
        handover(registry, Asked("datapackage", ("沧州",), ("intake_low",)))


@pytest.mark.parametrize("form", FORMATS)
def test_when_handed_over_twice_then_the_bytes_are_the_same(registry: Registry, form: str) -> None:
    asked = Asked(form, ("沧州",), ("baseline",), gaps=form not in ("sdmx-csv", "iamc"))
    assert handover(registry, asked).files == handover(registry, asked).files


def test_when_codes_of_units_are_counted_then_each_unit_has_one_of_its_own() -> None:
    assert set(CODES) == set(BASES)
    assert len(set(CODES.values())) == len(CODES)
    from zhibiao.publishing.handover.sdmx import _power

    assert {scale: _power(f"{scale}人") for scale in SCALES} == {scale: int(value.log10()) for scale, value in SCALES.items()}


# --- made-up figures --------------------------------------------------------------------------------------------------

PERIODS = st.one_of(
    st.integers(1949, 2100).map(str),
    st.tuples(st.integers(1949, 2100), st.integers(1, 4)).map(lambda t: f"{t[0]}-Q{t[1]}"),
    st.tuples(st.integers(1949, 2100), st.integers(1, 12)).map(lambda t: f"{t[0]}-{t[1]:02d}"),
)
ODD = st.one_of(
    st.sampled_from(['=1+1', '-0.2', '@SUM(1)', 'a"b', 'a,b', 'a\nb', "'", "NA", "null", "true", "#N/A", "\u202e反", "\u200b", "万", "🏫", "a;b|c", '["x"]', "1e5", "2023-01-01"]),
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=40),
).map(str.strip)
VALUES = st.one_of(
    st.sampled_from([Decimal(0), Decimal("-0.2"), Decimal("0.10"), Decimal("999999999999999"), Decimal("-999999999999999"), Decimal("0.000000000000001")]),
    st.decimals(-(10**12), 10**12, places=3),
    st.decimals(-1, 1, places=15),
)


@st.composite
def figures(draw: st.DrawFn) -> list[Observation]:
    found: dict[object, Observation] = {}
    for _ in range(draw(st.integers(0, 8))):
        period = draw(PERIODS)
        basis = draw(st.sampled_from(["at_end", "in_period"] + (["year_to_date"] if "-" in period else [])))
        made = Observation(
            region=draw(st.sampled_from(["500000", "100000", "130900"])), indicator=draw(st.sampled_from(["enrolment", "intake", "schools"])),
            period=period, basis=basis, value=draw(VALUES), qualifier=draw(st.sampled_from(["eq", "ge", "gt", "about"])),
            unit=draw(st.sampled_from(["人", "万人", "%", "亿元", "名", "个百分点", "人/人", "十万本"])), status=draw(st.sampled_from(["final", "preliminary", "derived"])),
            confidence=draw(st.sampled_from(["high", "medium", "low"])), source=draw(st.sampled_from(["moe-bulletin-1998", "own-report"])),
            published=draw(st.none() | st.dates().map(str)), recorded=draw(st.dates().map(str)), reason=draw(ODD) or None,
        )  # fmt: skip
        found[(*made.key, made.source, made.recorded)] = made
    return list(found.values())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=figures(), form=st.sampled_from(["datapackage", "sdmx-csv", "parquet"]))
def test_when_odd_figures_are_handed_over_then_they_come_back_equal(registry: Registry, made: list[Observation], form: str, tmp_path: Path) -> None:
    odd = replace(registry, observations=tuple(made))
    assert read_back(odd, form, tmp_path) == known(odd)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=figures())
def test_when_odd_figures_go_through_a_workbook_then_they_come_back_equal(registry: Registry, made: list[Observation], tmp_path: Path) -> None:
    odd = replace(registry, observations=tuple(made))
    assert read_back(odd, "xlsx", tmp_path) == known(odd)


def test_when_a_value_has_more_digits_than_parquet_holds_then_nothing_is_rounded(registry: Registry) -> None:
    long = registry.observations[0].model_copy(update={"value": Decimal("0.1234567890123456")})
    with pytest.raises(OutputError, match=r"observations\.value.*0\.1234567890123456"):
        handover(replace(registry, observations=(long,)), Asked("parquet"))


def test_when_a_text_is_longer_than_a_cell_then_nothing_is_cut_off(registry: Registry) -> None:
    long = registry.observations[0].model_copy(update={"reason": "长" * 32_768})
    with pytest.raises(OutputError, match=r"observations\.reason.*32768"):
        handover(replace(registry, observations=(long,)), Asked("xlsx"))


# --- the folder -------------------------------------------------------------------------------------------------------


def test_when_our_own_export_stands_there_then_it_is_replaced(registry: Registry, tmp_path: Path) -> None:
    folder = written(tmp_path / "out", registry, Asked("datapackage"))
    written(tmp_path / "out", registry, Asked("parquet", ("沧州",)))
    assert (folder / "observations.parquet").is_file()
    assert not (folder / "datapackage.json").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("foreign", ["mine.xlsx", "sub/mine.txt", ".hidden"])
def test_when_the_folder_holds_anything_else_then_it_is_refused_and_stays(registry: Registry, tmp_path: Path, foreign: str) -> None:
    out = tmp_path / "out"
    written(out, registry, Asked("datapackage"))
    before = sorted(path.name for path in out.rglob("*"))
    (out / foreign).parent.mkdir(exist_ok=True)
    (out / foreign).write_text("mine")
    with pytest.raises(OutputError, match="not an unchanged export of ours"):
        written(out, registry, Asked("iamc"))
    assert (out / foreign).read_text() == "mine"
    assert (out / "datapackage.json").is_file()
    assert len(before) <= len(list(out.rglob("*")))
    plain = tmp_path / "plain"
    (plain / foreign).parent.mkdir(parents=True)
    (plain / foreign).write_text("mine")
    with pytest.raises(OutputError, match="not an unchanged export of ours"):
        written(plain, registry, Asked("iamc"))


def test_when_somebody_changed_a_file_of_an_export_then_it_is_not_lost(registry: Registry, tmp_path: Path) -> None:
    out = written(tmp_path / "out", registry, Asked("datapackage", ("沧州",)))
    (out / "data" / "regions.csv").write_text("mine")
    with pytest.raises(OutputError, match=r"such as 'data/regions\.csv'"):
        written(out, registry, Asked("datapackage", ("沧州",)))
    assert (out / "data" / "regions.csv").read_text() == "mine"


def test_when_the_disk_fails_midway_then_the_old_export_stays_and_nothing_lies_about(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    written(out, registry, Asked("datapackage"))
    before = {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    real, count = Path.write_bytes, 0

    def full(self: Path, content: bytes) -> int:
        nonlocal count
        count += 1
        if count == 3:
            raise OSError(28, "No space left on device")
        return real(self, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="No space left"):
        put_export(out, handover(registry, Asked("sdmx-csv")).files, MARK)
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


# --- the command ------------------------------------------------------------------------------------------------------


def test_when_the_question_is_wrong_then_one_message_says_what_is_allowed(registry: Registry) -> None:
    with pytest.raises(ParameterError, match=r"unknown format 'sdmx'.*nearest: sdmx-csv"):
        handover(registry, Asked("sdmx"))
    with pytest.raises(ParameterError, match="重庆"):
        handover(registry, Asked("iamc", ("重庆布",)))
    with pytest.raises(ParameterError, match="no gap table"):
        handover(registry, Asked("iamc", gaps=True))
    with pytest.raises(ParameterError, match=r"not meant for|nearest"):
        handover(registry, Asked("parquet", ("沧州",), ("plan_2021",)))


def test_when_called_from_the_command_line_then_it_says_what_was_written(zhibiao, tmp_path: Path) -> None:
    done = zhibiao("export", "--format", "sdmx-csv", "--region", "重庆", "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert "observations 18" in done.stdout
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["export.json", "observations.csv", "statements.csv", "structures.json"]
    refused = zhibiao("export", "--format", "parquet", "--out", str(tmp_path))
    assert refused.returncode == 7
    assert len(refused.stderr.strip().splitlines()) == 1
