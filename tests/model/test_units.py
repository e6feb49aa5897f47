from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibiao.errors import RegistryError
from zhibiao.model.units import BASES, SCALES, UNSCALED, unit_of


@pytest.mark.parametrize(
    ("written", "scale", "base"),
    [("万人", 10**4, "人"), ("万人次", 10**4, "人次"), ("人次", 1, "人次"), ("名", 1, "人"), ("万名", 10**4, "人"), ("亿元", 10**8, "元"),
     ("百万元", 10**6, "元"), ("千人", 10**3, "人"), ("百人", 100, "人"), ("%", 1, "%"), ("％", 1, "%"), ("百分点", 1, "百分点"), ("个百分点", 1, "百分点"),
     ("学时", 1, "学时"), ("人/人", 1, "人/人")],
)  # fmt: skip
def test_a_unit_is_a_scale_before_a_base(written, scale, base):
    unit = unit_of(written)
    assert (unit.scale, unit.base, unit.written) == (scale, base, written)


@pytest.mark.parametrize("written", ["", "万", "人万", "wan", "万 人", "万%", "亿百分点", "万人/人", "十人", "人人"])
def test_what_is_no_unit_is_told(written):
    with pytest.raises(RegistryError, match="unknown unit"):
        unit_of(written)


def test_the_nearest_unit_is_named():
    with pytest.raises(RegistryError, match="nearest: 万人次"):
        unit_of("万人次数")


@given(st.decimals(0, 10**6, places=4), st.sampled_from(list(SCALES)), st.sampled_from([b for b in BASES if b not in UNSCALED]))
def test_scaling_is_exact(value, scale, base):
    assert unit_of(f"{scale}{base}").to_base(value) / SCALES[scale] == value


def test_no_float_gets_in_between():
    assert unit_of("万人").to_base(Decimal("0.57")) == 5700
    assert unit_of("万人").to_base(Decimal("10.1")) == 101000


def test_english_writes_the_scale_out():
    assert [unit_of(u).label("en") for u in ("万人", "亿元", "百人", "个", "%", "万个")] == [
        "×10,000 persons", "×100,000,000 yuan", "×100 persons", "", "%", "×10,000",
    ]  # fmt: skip
    assert unit_of("万人").label("zh") == "万人"
