"""The anchor's table: the region's own figures, and whether the nation ever was there."""

import pytest

from zhibiao.notebook import setup


def test_the_page_says_that_the_city_lies_outside_what_the_nation_has_seen() -> None:
    table = setup().anchor()
    text = table.plain()
    assert "3.30人，在全国2000—2021年的2.1—2.9之外" in text
    assert ">3万人（2017）" in text
    assert "76.7%—98.5%" in text and "1.0%—16.9%" in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_nation_lies_within_its_own_range(lang: str) -> None:
    text = setup(region="全国", lang=lang).anchor().plain()
    assert ("之内" if lang == "zh" else "lie within") in text


def test_a_region_without_a_pair_says_so() -> None:
    assert "无从锚定" in setup(region="江津").anchor().plain()
