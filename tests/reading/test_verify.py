"""Every bridge, every way a statement can fail, and the shipped plans against their documents."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pypandoc
import pytest
import typst

from zhibiao.catalogue.load import load
from zhibiao.catalogue.registry import Registry
from zhibiao.errors import OutputError, ParameterError, RegistryError
from zhibiao.model import Plan, Statement
from zhibiao.publishing.fonts import font_folder
from zhibiao.reading.evidence import read_record, words_hash, write_record
from zhibiao.reading.matching import Copy, choose
from zhibiao.reading.normal import normalised
from zhibiao.reading.verdict import printed
from zhibiao.reading.verify import Finding, VerifyReport, verify

DOCUMENTS = Path(__file__).parents[3] / "shared" / "plans"
SHIPPED = Path(__file__).parents[2] / "indicators"

TEXT = """测试区技工教育规划
测规〔2021〕9号
一、发展基础
（一）现状。在校生9.9万人，年均招生3万余人，技工院校41所。
二、主要目标
（一）规模。到2025年在校生超过10.5万人，组建3—5个技工教育联盟。
（二）质量。毕业生就业率保持在98%以上，开设一年以上非全日制班。
专栏1 主要指标
1.年招生学生规模(万人)

3

>3.5
附件：任务清单
毕业生就业率保持在98%以上。
"""

PLAN = """\
id: test-plan
title: 测试区技工教育规划
title_en: test plan
short: 测试
number: 测规〔2021〕9号
issuer: [测试区]
region: "500000"
period: 2021-2025
issued: 2021-12-31
statements:
  - {id: enrolment-2020, kind: baseline, indicator: enrolment, value: 9.9, comparator: eq, unit: 万人, scope: point, period: 2020, locator: 一(一), evidence: 在校生9.9万人}
  - {id: intake-mean, kind: achieved, indicator: intake, value: 3, comparator: gt, unit: 万人, scope: annual, mean: true, period: 2016-2020, locator: 一(一), evidence: 年均招生3万余人}
  - {id: schools, kind: achieved, indicator: schools, value: 41, comparator: eq, unit: 所, scope: point, period: 2020, locator: 一(一), evidence: 技工院校41所}
  - {id: enrolment-2025, kind: target, indicator: enrolment, value: 10.5, comparator: gt, unit: 万人, scope: point, period: 2025, locator: 二(一), evidence: 在校生超过10.5万人}
  - {id: alliances, kind: target, indicator: alliances, value: [3, 5], comparator: between, unit: 个, scope: point, period: 2025, locator: 二(一), evidence: 3—5个技工教育联盟}
  - {id: employment, kind: target, indicator: employment_rate, value: 98, comparator: ge, unit: "%", scope: annual, maintain: true, period: 2021-2025, locator: 二(二), evidence: 毕业生就业率保持在98%以上}
  - {id: part-time, kind: target, indicator: part_time_length, value: 1, comparator: ge, unit: 年, scope: standing, locator: 二(二), evidence: 一年以上非全日制班}
  - {id: intake-2025, kind: target, indicator: intake, value: 3.5, comparator: gt, unit: 万人, scope: point, period: 2025, locator: 专栏1·1, evidence: "年招生学生规模(万人)3>3.5"}
  - {id: employment-annex, kind: target, indicator: employment_rate, value: 98, comparator: ge, unit: "%", scope: annual, maintain: true, period: 2021-2025, locator: 附件·1, evidence: 毕业生就业率保持在98%以上, repeats: employment}
"""


def held(folder: Path, text: str = TEXT, plan: str = PLAN, name: str = "a.txt") -> VerifyReport:
    """Verify the made plan against the made document."""
    sources = folder / "sources"
    sources.mkdir(exist_ok=True)
    (sources / name).write_text(text, encoding="utf-8")
    return against(folder, sources, plan)


def against(folder: Path, sources: Path, plan: str = PLAN) -> VerifyReport:
    data = folder / "data"
    (data / "plans").mkdir(parents=True, exist_ok=True)
    (data / "plans" / "test.yaml").write_text(plan, encoding="utf-8")
    registry = load(data)
    return verify(registry, sources, [registry.plan("test-plan")])


def faults(report: VerifyReport) -> dict[str, str]:
    return {finding.statement.id: "；".join(finding.faults) for finding in report.failing}


def by_id(report: VerifyReport) -> dict[str, Finding]:
    return {finding.statement.id: finding for finding in report.findings}


def test_the_made_document_holds_and_every_span_is_its_phrase(tmp_path: Path) -> None:
    report = held(tmp_path)
    assert report.passed() and faults(report) == {}
    for finding in report.findings:
        assert finding.span is not None and finding.warnings == ()
        assert normalised(TEXT[slice(*finding.span)]).text == normalised(finding.statement.evidence).text
    found = by_id(report)
    assert found["employment"].span < found["employment-annex"].span  # type: ignore[operator]


TRADITIONAL = str.maketrans(
    "规划号发础现状万区标规模联盟业专栏学数据对质开设时实单务",
    "規劃號發礎現狀萬區標規模聯盟業專欄學數據對質開設時實單務",
)

BRIDGES: dict[str, Callable[[str], str]] = {
    "pinyin": lambda text: text.replace("工", "工(gōng)").replace("生", "生（shēng）").replace("业", "业(yè)"),
    "line breaks": lambda text: re.sub(r"(?<=[生过在])(?=.)", "\n", text),
    "page breaks": lambda text: text.replace("超过", "超\n\n— 12 —\n\n\f\n过").replace("就业率", "就业\n第 3 页\n率"),
    "full width": lambda text: text.translate({ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789.%>()"}),
    "traditional": lambda text: text.translate(TRADITIONAL),
    "dashes and quotes": lambda text: text.replace("—", "~"),
    "emphasis": lambda text: text.replace("98%", "**98%**").replace("9.9", "*9.9*"),
    "windows": lambda text: text.replace("\n", "\r\n"),
}


@pytest.mark.parametrize("bridge", BRIDGES)
def test_noise_is_bridged(bridge: str, tmp_path: Path) -> None:
    noisy = BRIDGES[bridge](TEXT)
    assert noisy != TEXT
    report = held(tmp_path, noisy)
    assert faults(report) == {} and report.passed()
    for finding in report.findings:
        assert finding.document is not None and finding.span is not None
        assert (
            normalised(finding.document.text[slice(*finding.span)]).text == normalised(finding.statement.evidence).text
        )


@pytest.mark.parametrize("kind", ["docx", "html", "pdf", "gbk"])
def test_every_kind_of_file_is_read(kind: str, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    if kind == "gbk":
        (sources / "a.txt").write_bytes(TEXT.encode("gbk"))
    elif kind == "pdf":
        source = tmp_path / "a.typ"
        words = re.sub(r"([#*_<>@$])", r"\\\1", TEXT).replace("\n", "\n\n")
        source.write_text(
            f'#set page(width: 8cm, height: 6cm, numbering: "— 1 —")\n#set text(font: "Noto Sans CJK SC")\n{words}',
            encoding="utf-8",
        )
        (sources / "a.pdf").write_bytes(
            typst.compile(str(source), font_paths=[str(font_folder())], ignore_system_fonts=True)
        )
    else:
        # blank lines: each line is a paragraph of its own
        pypandoc.convert_text(
            TEXT.replace("\n", "\n\n").replace(">", "\\>"),
            kind,
            format="markdown-fancy_lists-startnum",
            outputfile=str(sources / f"a.{kind}"),
        )
    assert faults(against(tmp_path, sources)) == {}


@pytest.mark.parametrize(
    ("there", "changed", "key", "words"),
    [
        ("10.5万人", "10.6万人", "enrolment-2025", "登记 10.5，文件 10.6"),
        ("10.5万人", "10.56万人", "enrolment-2025", "登记 10.5，文件 10.56"),
        ("3—5个", "13—5个", "alliances", "登记 3，文件 13"),
        ("3—5个", "3—6个", "alliances", "登记 5，文件 6"),
        ("41所", "410所", "schools", "登记 41，文件 410"),
        ("3万余人", "3余人", "intake-mean", "登记 万，文件 （无）"),
        ("一年以上", "二年以上", "part-time", "登记 一，文件 二"),
        ("一年以上", "十一年以上", "part-time", "number goes on"),
        ("超过10.5", "达到10.5", "enrolment-2025", "登记 超过，文件 达到"),
        (">3.5", ">3.8", "intake-2025", "登记 3.5，文件 3.8"),
        ("\n>3.5", "\n>3.51", "intake-2025", "登记 3.5，文件 3.51"),
    ],
)
def test_a_change_in_the_document_is_caught_and_named(
    there: str, changed: str, key: str, words: str, tmp_path: Path
) -> None:
    report = held(tmp_path, TEXT.replace(there, changed, 1))
    assert list(faults(report)) == [key]
    assert words in faults(report)[key]
    passage = by_id(report)[key].passage
    assert 0 < len(passage) <= 40
    assert changed.strip() in passage


@pytest.mark.parametrize("which", [0, 1])
def test_of_words_that_stand_twice_the_changed_place_is_told_by_its_section(which: int, tmp_path: Path) -> None:
    parts = TEXT.split("98%")
    changed = "98%".join(parts[: which + 1]) + "97%" + "98%".join(parts[which + 1 :])
    assert list(faults(held(tmp_path, changed))) == [["employment", "employment-annex"][which]]


def test_without_headings_words_that_are_repeated_must_still_stand_twice(tmp_path: Path) -> None:
    bare = re.sub(r"(?m)^(一、|二、|（.）|专栏1|附件：)", "", TEXT)
    report = held(tmp_path, bare)
    assert faults(report) == {}
    found = by_id(report)
    assert found["employment"].span != found["employment-annex"].span
    assert "stands 2 times" in "".join(found["employment"].warnings)
    assert list(faults(held(tmp_path, bare.replace("在98%以上。\n", "在97%以上。\n")))) == ["employment-annex"]


def test_a_phrase_that_moved_is_found_and_told(tmp_path: Path) -> None:
    moved = TEXT.replace("，组建3—5个技工教育联盟", "").replace("技工院校41所", "技工院校41所，组建3—5个技工教育联盟")
    report = held(tmp_path, moved)
    assert report.passed()
    assert "outside the section" in "".join(by_id(report)["alliances"].warnings)


@pytest.mark.parametrize(
    ("there", "changed", "key", "words"),
    [
        ("value: 10.5", "value: 10.6", "enrolment-2025", "登记 >10.6万人，短语中 in the phrase 10.5万"),
        ("value: [3, 5]", "value: [3, 6]", "alliances", "登记 3—6个"),
        ("value: 41", "value: 47", "schools", "value is not in the phrase"),
        (
            "value: 3, comparator: gt, unit: 万人",
            "value: 3, comparator: gt, unit: 人",
            "intake-mean",
            "value is not in the phrase",
        ),
        ("value: 1,", "value: 2,", "part-time", "value is not in the phrase"),
        ("value: 3.5", "value: 3", "intake-2025", "value is not in the phrase"),
        ("evidence: 在校生9.9万人", "evidence: 在校生9.8万人", "enrolment-2020", "登记 9.8，文件 9.9"),
        ("evidence: 一年以上", "evidence: 开设五年制", "part-time", "not in the document"),
        ("evidence: 技工院校41所", "evidence: 技工院校", "schools", "in the phrase （无 none）"),
        ("evidence: 技工院校41所", "evidence: 毫不相干之语41套", "schools", "nor anything like it"),
    ],
)
def test_a_change_in_the_registry_is_caught_and_named(
    there: str, changed: str, key: str, words: str, tmp_path: Path
) -> None:
    assert PLAN.count(there) == 1
    report = held(tmp_path, plan=PLAN.replace(there, changed))
    assert list(faults(report)) == [key]
    assert words in faults(report)[key]
    line = next(line for line in printed(report, "text") if line.startswith("✗"))
    number = next(n for n, text in enumerate(PLAN.splitlines(), 1) if f"id: {key}," in text)
    assert f"test.yaml:{number}: test-plan/{key}: " in line


@pytest.mark.parametrize(
    ("value", "comparator", "unit", "indicator", "evidence", "note"),
    [
        ("105000", "ge", "人", "enrolment", "在校生超过10.5万人", ""),
        ("10.5", "ge", "万人", "enrolment", "在校生超过105,000人", ""),
        ("2", "eq", "所", "schools", "两所学校", ""),
        ("15", "eq", "所", "schools", "十五所学校", ""),
        ("90", "ge", "'%'", "employment_rate", "百分之九十以上", ""),
        ("[3, 5]", "between", "所", "schools", "三至五所学校", ""),
        ("[3, 5]", "between", "万人", "enrolment", "在校生3～5万人", ""),
        ("[8, 10]", "between", "个", "alliances", "共建810个联盟", "复制件脱落短横，“810个”读作8—10个"),
        ("[8, 10]", "between", "个", "alliances", "共建810个联盟", "the dash is lost, 8–10 is meant"),
        ("100", "eq", "'%'", "employment_rate", "毕业生全部就业", "原文为“全部”，即100%"),
        ("0", "eq", "个", "alliances", "不让一个联盟掉队", ""),
    ],
)
def test_numbers_are_compared_as_values(
    value: str, comparator: str, unit: str, indicator: str, evidence: str, note: str, tmp_path: Path
) -> None:
    def plan(value: str, note: str) -> str:
        added = f"  - {{id: more, kind: target, indicator: {indicator}, value: {value}, comparator: {comparator}, unit: {unit}, scope: point, period: 2025, locator: 二(一), evidence: {json.dumps(evidence, ensure_ascii=False)}, note: {json.dumps(note, ensure_ascii=False) if note else 'null'}}}\n"
        return PLAN + added

    text = TEXT.replace("组建", f"{evidence}，组建")
    assert faults(held(tmp_path, text, plan(value, note))) == {}
    wrong = re.sub(r"\d+(?=\D*$)", lambda match: str(abs(int(match[0]) - 1)), value)
    assert list(faults(held(tmp_path, text, plan(wrong, note)))) == ["more"]
    if note:
        assert list(faults(held(tmp_path, text, plan(value, "")))) == ["more"]


def test_documents_are_told_by_content_whatever_they_are_called(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "test-plan.txt").write_text(
        "另一份文件，在校生9.9万人，技工院校41所，技工院校一年以上。", encoding="utf-8"
    )
    (tmp_path / "sources" / "notes.xyz").write_text("x", encoding="utf-8")
    report = held(tmp_path, name="会议照片 (3).md")
    assert report.passed()
    assert report.plans[0].document is not None and report.plans[0].document.name.endswith("会议照片 (3).md")
    assert report.plans[0].warnings == ()


def test_of_two_alike_the_better_is_taken_and_the_other_named(tmp_path: Path) -> None:
    held(tmp_path, TEXT.replace("10.5", "10.4"), name="a.txt")
    held(tmp_path, TEXT, name="b.txt")
    report = held(tmp_path, TEXT.replace("41所", "42所"), name="c.txt")
    assert report.passed()
    assert report.plans[0].document is not None and report.plans[0].document.name.endswith("b.txt")
    assert sorted(re.findall(r"[a-z]\.txt", " ".join(report.plans[0].warnings))) == ["a.txt", "c.txt"]


def test_the_same_text_in_another_file_is_no_second_document(tmp_path: Path) -> None:
    held(tmp_path, TEXT, name="a.txt")
    assert held(tmp_path, TEXT.replace("\n", "\n\n"), name="b.md").plans[0].warnings == ()


def test_a_document_all_of_whose_figures_changed_is_still_its_document(tmp_path: Path) -> None:
    report = held(tmp_path, re.sub(r"\d", lambda match: str((int(match[0]) + 1) % 10), TEXT))
    assert len(report.failing) >= 8
    assert report.missing == ()


def test_a_plan_without_its_document_fails_unless_that_is_allowed(tmp_path: Path) -> None:
    report = held(tmp_path, "毫不相干的文件，技工院校41所。")
    assert [plan.id for plan in report.missing] == ["test-plan"]
    assert not report.passed() and report.passed(allow_missing=True)
    assert "9 条未核对" in next(line for line in printed(report, "text") if line.startswith("✗"))
    assert next(iter(printed(report, "text", allow_missing=True))).startswith("提示")
    assert not any(line.startswith("✗") for line in printed(report, "text", allow_missing=True))


def test_few_phrases_do_not_make_a_document(tmp_path: Path) -> None:
    short = "".join(PLAN.splitlines(keepends=True)[:11])  # one statement
    assert held(tmp_path, "纪要：在校生9.9万人。", short).missing != ()
    assert held(tmp_path, "测规〔2021〕9号\n在校生9.9万人。", short).passed()


def test_a_file_that_cannot_be_read_is_named_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "broken.docx").write_bytes(b"no archive")
    report = held(tmp_path)
    assert report.passed()
    assert "broken.docx" in next(iter(printed(report, "text")))


def test_a_folder_that_is_missing_or_empty(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no such folder"):
        against(tmp_path, tmp_path / "nothing")
    (tmp_path / "sources").mkdir()
    with pytest.raises(ParameterError, match="no document there"):
        against(tmp_path, tmp_path / "sources")


def test_the_record_tells_when_the_document_changed_since(tmp_path: Path) -> None:
    report = held(tmp_path)
    write_record(tmp_path / "data" / "evidence.json", report.record({}))
    recorded = read_record([tmp_path / "data"])
    assert len(recorded) == 9
    assert TEXT[recorded["test-plan/schools"].start : recorded["test-plan/schools"].end] == "技工院校41所"
    assert recorded["test-plan/schools"].words == words_hash("技工院校41所")
    assert "技工" not in (tmp_path / "data" / "evidence.json").read_text(encoding="utf-8")
    assert held(tmp_path).plans[0].warnings == ()
    changed = held(tmp_path, TEXT + "\n又及。")
    assert changed.passed()
    assert "changed since it was recorded" in changed.plans[0].warnings[0]
    # what is not here keeps its record
    assert held(tmp_path, "毫不相干的文件。").record(recorded) == recorded


def test_of_alike_documents_the_recorded_one_is_held(tmp_path: Path) -> None:
    draft = TEXT.replace("41所", "42所")
    report = held(tmp_path, draft)
    write_record(
        tmp_path / "data" / "evidence.json", {f.statement.key: f.evidence for f in report.findings if f.evidence}
    )
    report = held(tmp_path, TEXT, name="final.txt")
    assert list(faults(report)) == ["schools"]
    assert "final.txt" in report.plans[0].warnings[0]


@pytest.mark.parametrize(
    ("content", "words"), [("{", "broken JSON"), ("[]", "should be a mapping"), ('{"a": [1, 2]}', "is no record")]
)
def test_a_broken_record_says_so(content: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "evidence.json").write_text(content, encoding="utf-8")
    with pytest.raises(RegistryError, match=words):
        read_record([tmp_path])


def test_a_record_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError):
        write_record(tmp_path / "file" / "evidence.json", {})


def test_json_holds_every_statement(tmp_path: Path) -> None:
    content = json.loads("".join(printed(held(tmp_path, TEXT.replace("41所", "42所")), "json")))
    assert (content["passed"], content["failing"], len(content["statements"])) == (False, 1, 9)
    row = next(row for row in content["statements"] if row["id"] == "test-plan/schools")
    assert row["start"] is None and "登记 41，文件 42" in row["faults"][0]
    with pytest.raises(ParameterError, match="nearest: json"):
        printed(held(tmp_path), "jsn")


def test_the_command_prints_a_line_for_each_failure_and_exits_by_the_outcome(
    tmp_path: Path, zhibiao: Callable[..., CompletedProcess[str]]
) -> None:
    held(tmp_path)
    command = (
        "verify",
        "--sources",
        str(tmp_path / "sources"),
        "--plan",
        "test-plan",
        "--data",
        str(tmp_path / "data"),
    )
    good = zhibiao(*command, "--record", str(tmp_path / "evidence.json"))
    assert (good.returncode, good.stderr) == (0, "") and good.stdout.startswith("✓ 9 条")
    assert len(read_record([tmp_path])) == 9
    held(tmp_path, TEXT.replace("41所", "42所").replace("10.5", "10.6"))
    bad = zhibiao(*command, "--record", str(tmp_path / "never.json"))
    lines = bad.stdout.splitlines()
    assert bad.returncode == 1
    assert [re.search(r"test-plan/[a-z0-9-]+", line)[0] for line in lines[:-1]] == [
        "test-plan/schools",
        "test-plan/enrolment-2025",
    ]  # type: ignore[index]
    assert lines[-1].startswith("✗ 9 条") and "2 条不符" in lines[-1]
    assert not (tmp_path / "never.json").exists()
    assert json.loads(zhibiao(*command, "--format", "json").stdout)["failing"] == 2
    assert zhibiao(*command, "--format", "jsn").returncode == 2
    others = zhibiao("verify", "--sources", str(tmp_path / "sources"))
    assert others.returncode == 1 and "chongqing-2021-452: 目录中没有这份文件" in others.stdout
    assert zhibiao("verify", "--sources", str(tmp_path / "sources"), "--allow-missing").returncode == 0


# the shipped registry against the documents it was read from


@pytest.fixture(scope="module")
def shipped() -> Registry:
    if not DOCUMENTS.is_dir():
        pytest.skip("the documents are not part of this checkout")
    return load("")


@pytest.fixture(scope="module")
def report(shipped: Registry) -> VerifyReport:
    return verify(shipped, DOCUMENTS)


def test_every_shipped_statement_stands_in_its_document(report: VerifyReport) -> None:
    assert [line for line in printed(report, "text", allow_missing=True) if line.startswith("✗")] == []
    assert len(report.plans) - len(report.missing) >= 3


def test_the_shipped_record_is_what_verify_finds(shipped: Registry, report: VerifyReport) -> None:
    mend = "mend with: zhibiao verify --sources ../shared/plans --record indicators/evidence.json"
    recorded = read_record([SHIPPED])
    assert report.record(recorded) == recorded, mend


def test_a_changed_digit_is_caught_in_each_of_twenty_statements(
    shipped: Registry, report: VerifyReport, tmp_path: Path
) -> None:
    found = [finding for finding in report.findings if finding.span and re.search(r"\d", finding.statement.evidence)]
    for finding in random.Random(20).sample(found, 20):
        statement, document = finding.statement, finding.document
        assert document is not None and finding.span is not None
        for changed in (_flipped_text(document.text, finding.span), None):
            plan = shipped.plans[statement.plan]
            text = document.text if changed is None else changed
            if changed is None:
                flipped = statement.model_copy(update={"evidence": _flip(statement.evidence)})
                plan = _with(plan, flipped)
            (tmp_path / "a.txt").write_text(text, encoding="utf-8", newline="\n")
            caught = [f.statement.id for f in verify(shipped, tmp_path, [plan]).failing]
            assert statement.id in caught, (statement.key, "registry" if changed is None else "document")


def test_a_changed_value_is_caught_in_each_of_twenty_statements(shipped: Registry, report: VerifyReport) -> None:
    copies = {f.document.sha256: Copy(f.document) for f in report.findings if f.document}
    chosen = random.Random(21).sample([f for f in report.findings if f.span], 20)
    for finding in chosen:
        statement = finding.statement
        shifted = {name: value + 1 for name in ("low", "high") if (value := getattr(statement, name)) is not None}
        plan = _with(shipped.plans[statement.plan], statement.model_copy(update=shifted))
        assert finding.document is not None
        assert choose(plan, list(copies.values()), None).copy == copies[finding.document.sha256]
        registry = replace(shipped, plans={plan.id: plan})
        assert [f.statement.id for f in verify(registry, DOCUMENTS).failing] == [statement.id]


def _with(plan: Plan, changed: Statement) -> Plan:
    return plan.model_copy(update={"statements": tuple(changed if s.id == changed.id else s for s in plan.statements)})


def _flip(text: str) -> str:
    """Another digit in place of the first."""
    return re.sub(r"\d", lambda match: str((int(match[0]) + 3) % 10), text, count=1)


def _flipped_text(text: str, span: tuple[int, int]) -> str:
    start, end = span
    return text[:start] + _flip(text[start:end]) + text[end:]
