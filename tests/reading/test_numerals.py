"""Numerals: exact, Chinese ones there and back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.reading.numerals import number_of

SIGNS = "零一二三四五六七八九"


def spoken(number: int) -> str:
    """A whole number in Chinese words; the opposite of what is tested."""
    if number >= 10**8:
        high, rest = divmod(number, 10**8)
        return spoken(high) + "亿" + (("零" if rest < 10**7 else "") + spoken(rest) if rest else "")
    if number >= 10**4:
        high, rest = divmod(number, 10**4)
        return spoken(high) + "万" + (("零" if rest < 1000 else "") + spoken(rest) if rest else "")
    for size, word in ((1000, "千"), (100, "百"), (10, "十")):
        if number >= size:
            high, rest = divmod(number, size)
            return SIGNS[high] + word + (("零" if rest * 10 < size and size > 10 else "") + spoken(rest) if rest else "")
    return SIGNS[number]


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_chinese_numerals_come_back(number: int) -> None:
    assert number_of(spoken(number)) == number


@given(st.integers(min_value=0, max_value=10**9), st.integers(min_value=0, max_value=999))
def test_arabic_numerals_with_separators(whole: int, fraction: int) -> None:
    assert number_of(f"{whole:,}.{fraction:03d}") == Decimal(f"{whole}.{fraction:03d}")


@pytest.mark.parametrize(
    ("written", "value"),
    [("十", 10), ("十五", 15), ("二十", 20), ("两百", 200), ("三百二", 320), ("三百零二", 302), ("两千", 2000), ("三点五", "3.5"), ("二〇二五", 2025), ("一万五千", 15000)],
)
def test_numerals_as_people_write_them(written: str, value: object) -> None:
    assert number_of(written) == Decimal(str(value))


@pytest.mark.parametrize("written", ["", "多", "十百千", "3.5.1", "点五", "三点", "abc", "1,23"])
def test_what_is_no_numeral(written: str) -> None:
    with pytest.raises(ValueError, match="numeral"):
        number_of(written)
