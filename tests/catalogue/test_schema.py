import datetime as dt
import re
from decimal import Decimal

import jsonschema
import pytest

from zhibiao.catalogue import schema
from zhibiao.catalogue.load import shipped
from zhibiao.catalogue.yamlfile import Document

FOLDER = shipped() / "schema"
OF_FOLDER = {"catalogue": "catalogue", "plans": "plan", "scenarios": "scenario"}
"""Which schema the files of a folder follow; reference/classes.yaml belongs to the projections and has none."""
FILES = [path for folder in OF_FOLDER for path in sorted((shipped() / folder).glob("*.y*ml"))] + [shipped() / "sources.yaml"]
STATEMENT = {"id": "a", "kind": "target", "indicator": "i", "comparator": "gt", "unit": "人", "scope": "point", "period": 2025,
             "locator": "一", "evidence": "1人"}  # fmt: skip


def name_of(path):
    return OF_FOLDER.get(path.parent.name, path.stem)


def as_json(content):
    """What an editor sees: dates are text, decimals numbers."""
    if isinstance(content, dict):
        return {key: as_json(value) for key, value in content.items()}
    if isinstance(content, list):
        return [as_json(item) for item in content]
    if isinstance(content, dt.date):
        return content.isoformat()
    return float(content) if isinstance(content, Decimal) else content


def accepts(name, content):
    return not list(jsonschema.Draft202012Validator(schema.schema(name)).iter_errors(content))


@pytest.mark.parametrize("name", schema.FILES)
def test_a_schema_file_is_in_step_with_the_models(name):
    path = FOLDER / f"{name}.json"
    assert path.is_file() and path.read_text(encoding="utf-8") == schema.text(name), (
        f"{path.name} is out of step with the models; mend it with: python -m zhibiao.catalogue.schema"
    )


def test_the_folder_holds_no_other_schema(tmp_path):
    assert {path.name for path in FOLDER.iterdir()} == {path.name for path in schema.write(tmp_path / "schema")}


@pytest.mark.parametrize("name", schema.FILES)
def test_a_schema_is_one(name):
    jsonschema.Draft202012Validator.check_schema(schema.schema(name))
    assert '"origin"' not in schema.text(name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_shipped_file_follows_its_schema_and_names_it_in_its_first_line(path):
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", path.read_text(encoding="utf-8").split("\n")[0])
    assert found, "the first line names no schema"
    assert (path.parent / found[1]).resolve() == (FOLDER / f"{name_of(path)}.json").resolve()
    assert (path.parent / found[1]).is_file()
    errors = jsonschema.Draft202012Validator(schema.schema(name_of(path))).iter_errors(as_json(Document(path).content))
    assert [f"{list(error.path)}: {error.message[:200]}" for error in errors] == []


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ({"value": 3.5}, True),
        ({"value": [3, 5]}, True),
        ({"low": 3.5}, True),
        ({"low": 3, "high": 5}, True),
        ({}, False),
        ({"value": "3.5"}, False),
        ({"value": [3]}, False),
        ({"value": 3, "low": 3}, False),
        ({"value": 3, "plan": "x"}, False),
        ({"value": 3, "comparator": "more"}, False),
        ({"value": 3, "evidence": "证" * 25}, False),
    ],
)
def test_a_statement_gives_one_value_in_one_of_its_forms(value, fits):
    plan = {"id": "p", "title": "甲", "title_en": "a", "short": "1号", "issuer": ["乙"], "region": "500000", "period": "2021-2025",
            "issued": "2021-01-01", "statements": [{**STATEMENT, **value}]}  # fmt: skip
    assert accepts("plan", plan) is fits


def test_regions_and_observations_have_a_schema_too():
    row = {"region": "500000", "indicator": "enrolment", "period": "2023-09", "basis": "at_end", "value": 9.9, "unit": "万人", "source": "s",
           "recorded": "2024-01-05"}  # fmt: skip
    assert accepts("observation", row)
    assert not accepts("observation", {**row, "period": "2023-13"})
    assert accepts("region", {"code": "500000", "zh": "重庆", "en": "Chongqing", "level": "province"})
    assert not accepts("region", {"code": "5000", "zh": "重庆", "en": "Chongqing", "level": "province"})
