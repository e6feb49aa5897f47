"""A small registry of its own, on disk, for tests that break it."""

from pathlib import Path

import pytest

SMALL = {
    "catalogue/a.yaml": """\
# a small catalogue
- {id: intake, zh: 年招生规模, en: annual intake, definition: 新生, unit: 人, kind: flow}
- {id: enrolment, zh: 在校生规模, en: enrolment, definition: 在校学生, unit: 人, kind: stock}
- {id: training, zh: 开展职业培训, en: training, definition: 人次, unit: 人次, kind: flow}
- id: employment_rate
  zh: 毕业生就业率
  en: employment rate
  definition: 就业者占比
  unit: "%"
  kind: rate
  upper: 100
""",
    "regions.csv": "code,zh,en,parent,level\n100000,全国,National,,nation\n500000,重庆,Chongqing,100000,province\n500101,万州区,Wanzhou,500000,county\n",
    "sources.yaml": "- {id: yearbook-2021, publisher: 局, title: 年鉴, year: 2021, terms: 注明出处}\n",
    "plans/one.yaml": """\
# a small plan
id: plan-one
title: 甲规划
title_en: plan one
short: 1号
number: 渝〔2021〕1号
issuer: [甲局]
region: "500000"
period: 2021-2025
issued: 2021-12-31
headline:
  - enrolment-2025
statements:
  - {id: enrolment-2020, kind: baseline, indicator: enrolment, value: 9.9, comparator: eq, unit: 万人, scope: point, period: 2020, locator: 一, evidence: 在校生9.9万人}
  - id: enrolment-2025
    kind: target
    indicator: enrolment
    value: 10.5
    comparator: gt
    unit: 万人
    scope: point
    period: 2025
    baseline: enrolment-2020
    locator: 专栏1·2
    evidence: 在校生>10.5万人
  - {id: training-total, kind: target, indicator: training, value: 75, comparator: ge, unit: 万人次, scope: cumulative, period: 2021-2025, locator: 二, evidence: 培训75万人次}
  - {id: employment-keep, kind: target, indicator: employment_rate, value: 98, comparator: ge, unit: "%", scope: annual, maintain: true, period: 2021-2025, locator: 三, evidence: 保持在98%以上}
  - {id: intake-range, kind: target, indicator: intake, value: [3, 5], comparator: between, unit: 万人, scope: point, period: 2025, locator: 四, evidence: 3—5万人}
  - {id: intake-rule, kind: target, indicator: intake, value: 1, comparator: ge, unit: 万人, scope: standing, locator: 五, evidence: 1万人以上}
measures:
  - {id: widen-intake, title: 扩大招生, locator: 六, lead: [甲局], statements: [intake-range]}
  - {id: train, title: 开展培训, locator: 七, statements: [training-total]}
""",
    "status/all.csv": "plan,measure,status,date,note,evidence\nplan-one,widen-intake,in_progress,2023-05-01,,\nplan-one,train,done,2023-06-01,,\n",
    "scenarios/baseline.yaml": "id: baseline\nzh: 基准\nen: baseline\ndescription: 无\ndescription_en: none\n",
    "scenarios/more.yaml": """\
id: more
zh: 多招
en: more
description: 多
description_en: more
regions: ["500000"]
overrides:
  - {lever: intake, value: 4, unit: 万人, source: 设想, year: 2025}
  - {lever: enrolment_floor, statement: plan-one/enrolment-2025, year: 2025}
""",
    "observations/all.csv": (
        "region,indicator,period,basis,value,qualifier,unit,status,confidence,source,published,recorded,reason\n"
        "500000,enrolment,2020,at_end,9.9,eq,万人,final,high,yearbook-2021,2022-01-05,2024-03-01,\n"
        "500000,enrolment,2021,at_end,10.0,eq,万人,final,high,yearbook-2021,,2024-03-01,\n"
        "500000,training,2021,in_period,12,eq,万人次,final,high,yearbook-2021,,2024-03-01,\n"
    ),
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The folder of a small registry that is in order."""
    for name, text in SMALL.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path
