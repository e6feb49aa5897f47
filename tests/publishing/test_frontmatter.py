from __future__ import annotations

import datetime

import pytest
from nbformat.v4 import new_output

from zhibiao.errors import ParameterError
from zhibiao.publishing.frontmatter import FrontMatter, front_matter, parameters, shown_cells


def test_later_parameters_win_over_earlier_ones(build):
    nb = build.notebook(
        build.code(tags=["parameters"], source='region = "重庆"\nlang: str = "zh"\nlevel = 40 * 2\nas_of = None'),
        build.code(tags=["injected-parameters"], source='region = "江津区"'),
    )
    assert parameters(nb) == {"region": "江津区", "lang": "zh", "as_of": None}
    nb.metadata["papermill"] = {"parameters": {"lang": "en"}}
    assert front_matter(nb).lang == "en"


def test_what_the_notebook_says_itself_wins_over_its_parameters(build, briefing):
    front = front_matter(briefing)
    assert (front.lang, front.region, front.title) == ("zh", "重庆市", "技工教育指标进展")
    assert front.documents == ("技工教育“十四五”规划",)
    briefing.metadata["zhibiao"]["title"] = "月报\n 九月"
    assert front_matter(briefing).title == "月报 九月"


def test_the_setup_line_may_say_it_in_its_output(build):
    told = new_output(
        "display_data", {"text/plain": ""}, metadata={"zhibiao": {"region_name": "江津区", "as_of": 2023}}
    )
    nb = build.notebook(build.code(told, tags=["setup"]), build.markdown("# 题"))
    front = front_matter(nb)
    assert (front.region, front.as_of, front.report_date) == ("江津区", "2023", "2023")
    nb.metadata["zhibiao"] = {"region_name": "合川区"}
    assert front_matter(nb).region == "合川区"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# **进展** `x` [连](a.ipynb)", "进展 x 连"),
        ("```\n# 代码\n```\n\n# 题 #", "题"),
        ("文字", "指标简报"),
        ("## 二级", "指标简报"),
    ],
)
def test_the_first_heading_is_the_title_where_none_is_told(build, text, title):
    assert front_matter(build.notebook(build.markdown(text))).title == title


def test_the_title_is_the_heading_of_the_language(briefing):
    assert front_matter(briefing, "en").title == "Progress of technical education"


def test_an_unknown_language_is_refused(briefing):
    with pytest.raises(ParameterError, match="fr"):
        front_matter(briefing, "fr")


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2024-03-31", (2024, 3, 31)),
        ("2023", (2023, 1, 1)),
        ("2023-Q3", (2023, 7, 1)),
        ("2023-09", (2023, 9, 1)),
        ("", (1970, 1, 1)),
        ("2023-13", (1970, 1, 1)),
    ],
)
def test_a_period_has_a_date(written, date):
    assert FrontMatter("zh", "题", report_date=written).date == datetime.date(*date)


def test_untagged_prose_is_shown_in_both_languages(build):
    nb = build.notebook(
        build.markdown("共"),
        build.markdown("中", "lang-zh"),
        build.markdown("en", "lang-en"),
        build.code(tags=["setup"]),
    )
    assert [cell.source for _, cell in shown_cells(nb, "zh")] == ["共", "中"]
    assert [(position, cell.source) for position, cell in shown_cells(nb, "en")] == [(1, "共"), (3, "en")]
