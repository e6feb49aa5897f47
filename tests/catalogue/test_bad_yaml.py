"""Slips in registry files: each is told in one message that names the line, what is wrong, what is allowed, what is nearest.

``§`` in a case marks the line that has to be named.
"""

import pytest

from zhibiao.catalogue.load import read
from zhibiao.catalogue.yamlfile import Document
from zhibiao.errors import RegistryError

PLAN, CATALOGUE, MORE, SOURCES = "plans/one.yaml", "catalogue/a.yaml", "scenarios/more.yaml", "sources.yaml"
BASELINE = "  - {id: enrolment-2020, kind: baseline"
TRAINING = "  - {id: training-total"
KEEP = "  - {id: employment-keep"
RANGE = "  - {id: intake-range"
RULE = "  - {id: intake-rule"

CASES = {
    # the text of the file
    "tab": (PLAN, "short: 1号", "§\tshort: 1号", ["YAML", "tab", "空格"]),
    "unclosed bracket": (PLAN, "issuer: [甲局]", "§issuer: [甲局", ["YAML", "flow sequence"]),
    "unclosed brace": (PLAN, "period: 2021-2025, locator: 二, evidence: 培训75万人次}", "period: 2021-2025§, locator: 二", ["YAML", "flow mapping"]),
    "unclosed quote": (PLAN, 'region: "500000"', '§region: \'500000', ["YAML", "quoted scalar"]),
    "control character": (PLAN, "short: 1号", "§short: 1\x7f号", ["YAML", "not allowed"]),
    "two documents": (PLAN, "statements:\n", "§---\nstatements:\n", ["YAML", "another document"]),
    "duplicate key": (PLAN, "short: 1号", "short: 1号\n§short: 2号", ["duplicate key 'short'"]),
    "duplicate key of a statement": (PLAN, "    unit: 万人\n", "    unit: 万人\n§    unit: 人\n", ["duplicate key 'unit'"]),
    "key that is a list": (PLAN, "short: 1号", "§? [short]\n: 1号", ["键"]),
    "tag on a value": (PLAN, "title: 甲规划", "§title: !!python/object/apply:os.system [ls]", ["!!python/object/apply:os.system", "not allowed"]),
    "tag on a mapping": (PLAN, "title: 甲规划", "§title: !!python/object:os.stat {a: 1}", ["!!python/object:os.stat", "not allowed"]),
    "alias that leads into itself": (PLAN, "issuer: [甲局]", "§issuer: &x [甲局, *x]", ["alias"]),
    "empty file": (PLAN, None, "§", ["文件为空", "empty"]),
    "only a comment": (PLAN, None, "§# 待补\n", ["文件为空", "empty"]),
    "list where a mapping is expected": (PLAN, None, "§- id: plan-one\n", ["键值表", "mapping of Plan"]),
    "text where a mapping is expected": (PLAN, None, "§规划\n", ["键值表", "mapping of Plan"]),
    "mapping where a list is expected": (CATALOGUE, None, "§id: intake\n", ["列表", "- id:"]),
    "empty catalogue": (CATALOGUE, None, "§", ["文件为空", "- id:"]),
    "item that is no mapping": (CATALOGUE, "# a small catalogue\n", "§- intake\n", ["mapping of Indicator"]),
    # keys and words
    "unknown key of the plan": (PLAN, "short: 1号", "§shrot: 1号", ["unknown key 'shrot'", "nearest: short"]),
    "unknown key of a statement": (PLAN, "    scope: point", "§    scoop: point", ["enrolment-2025", "unknown key 'scoop'", "nearest: scope"]),
    "unknown key beside value": (PLAN, "    value: 10.5", "§    valeu: 10.5", ["unknown key 'valeu'", "nearest: value"]),
    "key that only reading fills in": (PLAN, "    scope: point", "    scope: point\n§    origin: 别处", ["unknown key 'origin'"]),
    "missing key": (PLAN, "    comparator: gt\n", "", ["comparator", "missing", "enrolment-2025"]),
    "unknown comparator": (PLAN, "    comparator: gt", "§    comparator: gte", ["'gte'", "gt, ge, eq", "nearest: gt"]),
    "unknown comparator of a range": (PLAN, RANGE, "§" + RANGE, ["'betwen'", "nearest: between"], ("between", "betwen")),
    "unknown scope": (PLAN, "    scope: point", "§    scope: piont", ["'piont'", "nearest: point"]),
    "unknown kind": (PLAN, "    kind: target", "§    kind: goal", ["'goal'", "target, baseline, achieved"]),
    "identifier in Chinese": (PLAN, "id: plan-one", "§id: 规划一", ["'规划一'", "lower case"]),
    "region code without quotes": (PLAN, 'region: "500000"', "§region: 500000", ["500000", "加引号", "quotes"]),
    "short region code": (PLAN, 'region: "500000"', '§region: "5000"', ["'5000'", "six-digit"]),
    "text that is a bool": (PLAN, "short: 1号", "§short: no", ["False", "加引号"]),
    "empty text": (PLAN, "    locator: 专栏1·2", '§    locator: ""', ["locator", "must not be empty"]),
    "list that is text": (PLAN, "issuer: [甲局]", "§issuer: 甲局", ["'甲局'", "should be a list"]),
    "bool that is text": (PLAN, "    scope: point", "    scope: point\n§    strive: 是", ["'是'", "true or false"]),
    "statement that is no mapping": (PLAN, TRAINING, "§  - training\n" + TRAINING, ["should be a mapping"]),
    "date that is none": (PLAN, "issued: 2021-12-31", "§issued: 2021-13-31", ["2021-13-31", "no date"]),
    "date written in digits": (PLAN, "issued: 2021-12-31", '§issued: "20211231"', ["'20211231'", "no date", "2022-07-22"]),
    # values and units
    "unit that does not fit": (PLAN, TRAINING, "§" + TRAINING, ["'万人'", "training", "人次, 万人次"], ("unit: 万人次", "unit: 万人")),
    "unknown unit": (PLAN, "    unit: 万人\n", "§    unit: 万人此\n", ["'万人此'", "nearest: 万人"]),
    "scale before a share": (PLAN, KEEP, "§" + KEEP, ["'万%'"], ('unit: "%"', 'unit: "万%"')),
    "value as text": (PLAN, "    value: 10.5", '§    value: "10.5"', ["'10.5'", "is not a number"]),
    "value with its unit": (PLAN, "    value: 10.5", "§    value: 10.5万", ["'10.5万'", "unit"]),
    "value that is a date": (PLAN, "    value: 10.5", "§    value: 2025-01-01", ["2025-01-01", "is not a number"]),
    "value and low": (PLAN, "    value: 10.5", "§    value: 10.5\n    low: 9", ["not both"]),
    "no value": (PLAN, "    value: 10.5\n", "", ["enrolment-2025", "value is missing"]),
    "low as text": (PLAN, "    value: 10.5", '§    low: "10.5"', ["'10.5'", "is not a number"]),
    "NaN": (PLAN, "    value: 10.5", "§    value: .nan", ["'.nan'", "finite"]),
    "infinity": (PLAN, "    value: 10.5", "§    value: -.inf", ["'-.inf'", "finite"]),
    "absurd number": (PLAN, "    value: 10.5", "§    value: 1.0e+900", ["'1.0e+900'", "finite"]),
    "very long number": (PLAN, "    value: 10.5", "§    value: " + "9" * 5000, ["finite"]),
    "between without a range": (PLAN, RANGE, "§" + RANGE, ["3", "between", "[3, 5]"], ("[3, 5]", "3")),
    "between with three": (PLAN, RANGE, "§" + RANGE, ["[3, 4, 5]", "between"], ("[3, 5]", "[3, 4, 5]")),
    "range without between": (PLAN, "    value: 10.5", "§    value: [10, 10.5]", ["[10, 10.5]", "must be between"]),
    "range upside down": (PLAN, RANGE, "§" + RANGE, ["upside down", "5 > 3"], ("[3, 5]", "[5, 3]")),
    "rate above 100": (PLAN, KEEP, "§" + KEEP, ["198%", "out of range", "0 … 100 %"], ("value: 98", "value: 198")),
    "negative value": (PLAN, BASELINE, "§" + BASELINE, ["-9.9万人", "out of range"], ("value: 9.9", "value: -9.9")),
    "rate that is summed": (PLAN, KEEP, "§" + KEEP, ["cannot be cumulative"], ("scope: annual, maintain: true", "scope: cumulative")),
    # years
    "target year outside the plan": (PLAN, "    period: 2025\n", "§    period: 2035\n", ["2035", "2021-2025", "note"]),
    "point over several years": (PLAN, "    period: 2025\n", "§    period: 2021-2025\n", ["a point has one year"]),
    "target without a year": (PLAN, "    scope: point\n    period: 2025\n", "§    scope: point\n", ["needs a year or a period"]),
    "cumulative without period": (PLAN, TRAINING, "§" + TRAINING, ["cumulative value needs its period"], ("period: 2021-2025, ", "")),
    "standing with a period": (PLAN, RULE, "§" + RULE, ["standing rule has no period"], ("scope: standing,", "scope: standing, period: 2025,")),
    "maintain with point": (PLAN, KEEP, "§" + KEEP, ["maintain needs scope annual"], ("annual, maintain: true, period: 2021-2025", "point, maintain: true, period: 2025")),
    "mean with maintain": (PLAN, KEEP, "§" + KEEP, ["mean needs scope annual"], ("maintain: true", "maintain: true, mean: true")),
    "year of four thousand": (PLAN, "    period: 2025\n", "§    period: 4025\n", ["4025", "1949–2100"]),
    "span upside down": (PLAN, "period: 2021-2025\nissued", "§period: 2025-2021\nissued", ["2025-2021", "starts after it ends"]),
    "span of a month": (PLAN, "period: 2021-2025\nissued", "§period: 2021-09\nissued", ["'2021-09'", "2021-2025"]),
    # what leads nowhere
    "evidence too long": (PLAN, "    evidence: 在校生>10.5万人", "§    evidence: " + "证" * 25, ["25", "24", "evidence is longer"]),
    "duplicate statement": (PLAN, "  - id: enrolment-2025", "§  - id: enrolment-2020", ["duplicate statement id 'enrolment-2020'"], ("headline:\n  - enrolment-2025", "headline: []"), ("baseline: enrolment-2020", "note: x")),
    "baseline that is no statement": (PLAN, "    baseline: enrolment-2020", "§    baseline: enrolment-2021", ["unknown statement 'enrolment-2021'", "nearest: enrolment-2020"]),
    "baseline that is a target": (PLAN, "    baseline: enrolment-2020", "§    baseline: enrolment-2025", ["unknown statement"]),
    "baseline of another indicator": (PLAN, "    baseline: enrolment-2020", "§    baseline: training-total", ["another indicator"]),
    "statement that repeats itself": (PLAN, "    baseline: enrolment-2020", "§    repeats: enrolment-2025", ["unknown statement 'enrolment-2025'"]),
    "headline that is no statement": (PLAN, "  - enrolment-2025\n", "§  - enrolment-2026\n", ["'enrolment-2026'", "no target", "nearest: enrolment-2025"]),
    "headline that is no target": (PLAN, "  - enrolment-2025\n", "§  - enrolment-2020\n", ["'enrolment-2020'", "no target"]),
    "unknown indicator": (PLAN, TRAINING, "§" + TRAINING, ["'trianing'", "nearest: training"], ("indicator: training", "indicator: trianing")),
    "unknown region": (PLAN, 'region: "500000"', '§region: "500110"', ["'500110'", "unknown", "nearest: 500101"]),
    "unknown region of a statement": (PLAN, TRAINING, "§" + TRAINING, ["'500102'", "nearest: 500101"], ("kind: target", 'kind: target, region: "500102"')),
    "duplicate measure": (PLAN, "  - {id: train,", "§  - {id: widen-intake,", ["duplicate measure id 'widen-intake'"]),
    "measure of an unknown statement": (PLAN, "  - {id: train,", "§  - {id: train,", ["'training-totals'", "nearest: training-total"], ("[training-total]", "[training-totals]")),
    "unknown key of a measure": (PLAN, "  - {id: train, title", "§  - {id: train, titel", ["train · titel", "unknown key 'titel'", "nearest: title"]),
    # other files
    "duplicate indicator": (CATALOGUE, "- {id: training", "§- {id: intake", ["duplicate id 'intake'", "a.yaml:2"]),
    "indicator unit with a scale": (CATALOGUE, "- {id: intake", "§- {id: intake", ["'万人'", "has a scale", "allowed: 人"], ("unit: 人,", "unit: 万人,")),
    "rate without its end": (CATALOGUE, "  kind: rate\n  upper: 100\n", "§  kind: rate\n", ["lower and upper"]),
    "bounds upside down": (CATALOGUE, "  upper: 100\n", "  upper: 100\n§  lower: 101\n", ["not below"]),
    "unknown direction": (CATALOGUE, "  kind: rate", "  kind: rate\n§  direction: upp", ["'upp'", "nearest: up"]),
    "year of a source as text": (SOURCES, "- {id", "§- {id", ["'2021'", "whole number"], ("year: 2021", 'year: "2021"')),
    "scenario with an unknown key": (MORE, "zh: 多招", "§zhh: 多招", ["'zhh'", "nearest: zh"]),
    "unknown lever": (MORE, "  - {lever: intake", "§  - {lever: intakes", ["'intakes'", "nearest: intake"]),
    "lever set twice": (MORE, "  - {lever: enrolment_floor", "§  - {lever: intake", ["more than once"]),
    "lever with value and statement": (MORE, "  - {lever: intake,", "§  - {lever: intake, statement: plan-one/intake-range,", ["either statement"]),
    "lever of another unit": (MORE, "  - {lever: intake", "§  - {lever: intake", ["'万人次'", "intake"], ("unit: 万人", "unit: 万人次")),
    "lever of another indicator": (MORE, "  - {lever: enrolment_floor", "§  - {lever: enrolment_floor", ["enrolment_floor", "'training'"], ("enrolment-2025", "training-total")),
    "unknown statement of a scenario": (MORE, "  - {lever: enrolment_floor", "§  - {lever: enrolment_floor", ["'plan-one/enrolment-2026'", "nearest: plan-one/enrolment-2025"], ("enrolment-2025", "enrolment-2026")),
    "unknown region of a scenario": (MORE, 'regions: ["500000"]', 'regions:\n  - "500000"\n§  - "510000"', ["'510000'"]),
}  # fmt: skip


def test_the_small_registry_is_in_order(small):
    assert len(read([small]).statements()) == 6


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_slip_is_told_with_its_line(small, case):
    file, old, new, words, *also = case
    path = small / file
    text = path.read_text(encoding="utf-8")
    if old is None:
        text = new
    else:
        assert text.count(old) == 1
        text = text.replace(old, new)
    for before, after in also:  # a change on the marked line, or one that the case needs elsewhere
        marked = text.find("§")
        at = text.find(before, marked if marked >= 0 and before in text[marked:] and text.count(before) > 1 else 0)
        assert at >= 0
        text = text[:at] + after + text[at + len(before) :]
    line = text[: text.find("§")].count("\n") + 1 if "§" in text else None
    path.write_text(text.replace("§", ""), encoding="utf-8")
    with pytest.raises(RegistryError) as caught:
        read([small])
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}: " if line else f"{path}:")
    message = message.removeprefix(str(path))
    for word in words:
        assert word in message
    assert len(message) <= 400
    assert "\n" not in message
    assert not any(trace in message for trace in ("Traceback", "validation error", "Decimal(", "type=", "Node(", "function-"))


def test_a_plan_of_the_same_id_in_a_second_file_is_told(small):
    (small / "plans" / "two.yaml").write_text("\n" + (small / PLAN).read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(RegistryError, match=r"two\.yaml:3: .*duplicate id 'plan-one', already at .*one\.yaml:2"):
        read([small])


def test_two_scenarios_of_the_same_id_are_told(small):
    (small / "scenarios" / "z.yml").write_text((small / MORE).read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(RegistryError, match=r"z\.yml:1: .*duplicate id 'more'"):
        read([small])


def test_a_plan_in_gbk_reads_the_same(small):
    before = read([small]).plan("plan-one")
    text = (small / PLAN).read_text(encoding="utf-8")
    (small / PLAN).write_bytes(text.replace("\n", "\r\n").encode("gbk", errors="strict"))
    assert read([small]).plan("plan-one") == before


def test_brackets_without_end_are_refused_before_the_parser_falls(tmp_path):
    path = tmp_path / "deep.yaml"
    path.write_text("# a plan\n" + "[" * 300_000, encoding="utf-8")
    with pytest.raises(RegistryError, match=r"deep\.yaml:2: .*nested too deeply"):
        Document(path)
