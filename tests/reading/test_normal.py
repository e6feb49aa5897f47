"""Folding: what is bridged, what must not be, and the way back to the raw text."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.reading.normal import is_syllable, normalised

PIECES = st.sampled_from(
    [
        "城(chéng)",
        "市（ shì ）",
        "(",
        ")",
        "（",
        "le",
        "(一)",
        "３．５",
        "萬",
        "人",
        "\n",
        "\n\n",
        "\f",
        " ",
        "　",
        "**",
        "—",
        "——",
        "-",
        "－",
        "~",
        "“",
        "」",
        "①",
        "15",
        "— 3 —",
        "第 3 页",
        "\u200b",
        "é",
        "⼈",
        "ﬃ",
        "薴",
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join))


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("城(chéng)市", "城市"),
        ("發(fā)展（ zhǎn ）了(le)", "发展了"),
        ("绿(lǜ)色，女(nv)工", "绿色,女工"),
        ("会(hui\u0300)", "会"),
        ("重庆\n市", "重庆市"),
        ("在校生\n— 12 —\n９．９萬人", "在校生9.9万人"),
        ("招生\n第 3 页 共 20 页\n3万人", "招生3万人"),
        ("爲産業", "为产业"),
        ("３—５个，５－２０％", "3-5个,5-20%"),
        ("——>[15]", "->[15]"),
        ("〔2021〕【1】", "[2021][1]"),
        ('“智能”「智能」『智能』"智能"', '"智能""智能""智能""智能"'),
        ("**在校生** _9.9_ 万人 | >10.5", "在校生9.9万人>10.5"),
        ("⼈⺠", "人民"),
        ("就业\u200b率\ufeff", "就业率"),
    ],
)
def test_what_is_bridged(raw: str, folded: str) -> None:
    assert normalised(raw).text == folded


@pytest.mark.parametrize(
    "text",
    ["(一)指导", "部(MOHRSS)", "等(3)", "图(a)", "(chéng)市", "A(chéng)", "软件(app)", "城(chéng shì)", "15②", "m²"],
)
def test_what_looks_like_noise_and_is_none(text: str) -> None:
    assert normalised(text).text == text.replace(" ", "")


def test_a_number_alone_on_a_line_is_a_cell_unless_pages_count_on() -> None:
    assert normalised("就业率\n98\n>98").text == "就业率98>98"
    assert normalised("就业率\n98\f>98\n招生").text == "就业率98>98招生"
    assert normalised("在校\n1\f生9.9\n2\f万人\n3").text == "在校生9.9万人"


def test_a_running_head_is_noise_on_three_pages_only() -> None:
    assert normalised("规划\n在校\f规划\n生9.9\f规划\n万人").text == "在校生9.9万人"
    assert normalised("规划\n在校\f规划\n生9.9").text == "规划在校规划生9.9"


@pytest.mark.parametrize("text", ["chéng", "zhuàng", "ér", "é", "lüè", "le", "men", "ɡāo", "nǚ"])
def test_syllables(text: str) -> None:
    assert is_syllable(text)


@pytest.mark.parametrize("text", ["", "a", "app", "Chéng", "chéngshì", "km", "3", "一"])
def test_no_syllables(text: str) -> None:
    assert not is_syllable(text)


@given(TEXTS)
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    once = normalised(text).text
    assert normalised(once).text == once


@given(TEXTS)
def test_places_never_go_back_and_lie_in_the_text(text: str) -> None:
    found = normalised(text)
    assert len(found.places) == len(found.text)
    assert list(found.places) == sorted(found.places)
    assert not found.places or 0 <= found.places[0] <= found.places[-1] < len(text)


@given(
    st.lists(PIECES, max_size=10).map("".join),
    st.sampled_from(["在校生9.9万人", "创建15所优质院校", "组建3-5个"]),
    st.lists(PIECES, max_size=10).map("".join),
)
def test_what_is_found_leads_back_to_the_raw_words(before: str, phrase: str, after: str) -> None:
    raw = f"{before}\n甲{phrase}乙\n{after}"
    found = normalised(raw)
    at = found.text.index(f"甲{phrase}乙") + 1
    start, end = found.span(at, at + len(phrase))
    assert raw[start:end] == phrase
    assert normalised(raw[start:end]).text == found.text[at : at + len(phrase)]


def test_a_long_text_is_folded_quickly_enough_to_be_read_whole() -> None:
    # brackets that never close and runs of blank lines must not make the work grow with the square of the length
    found = normalised("（" * 50_000 + "\n" * 50_000 + "人")
    assert found.text[-1] == "人" and len(found.text) == 50_001


def test_the_shipped_copies_fold_to_what_their_plans_say() -> None:
    folder = Path(__file__).parents[3] / "shared" / "plans"
    if not folder.is_dir():
        pytest.skip("the documents are not part of this checkout")
    text = normalised((folder / "national-2021-86.txt").read_text(encoding="utf-8")).text
    assert "全国有技工院校2423所(其中技师学院496所),在校生395.5万人,每年面向社会开展职业培训超过400万人次" in text
    assert not any(mark in text for mark in "āáǎàēéěèīíǐìōóǒòūúǔù")
