"""Targets and series as they are typed: what is read, what is refused and how, and nothing else ever."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zhibiao.assessing.asking import series
from zhibiao.assessing.asking.signs import SCALES
from zhibiao.assessing.asking.target import EXAMPLES, KNOWN, Target, parse
from zhibiao.errors import ParameterError
from zhibiao.model import Span
from zhibiao.model.units import BASES, UNSCALED


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (">10.5@2025", ">10.5@2025"),
        ("＞１０．５＠２０２５", ">10.5@2025"),
        ("超过10.5万人@2025", ">10.5万人@2025"),
        ("到2025年，超过10.5万人。", ">10.5万人@2025"),
        ("2025年不低于98%", ">=98%@2025"),
        ("≥98％@2025", ">=98%@2025"),
        ("10.5万以上@2025", ">=10.5万@2025"),
        ("at least 10.5 by 2025", ">=10.5@2025"),
        ("不超过5%@2025", "<=5%@2025"),
        ("<5@2025", "<5@2025"),
        ("10.5@2025", "=10.5@2025"),
        ("1,000人@2025", "=1000人@2025"),
        (">[15]@2021-2025", ">[15]@2021-2025"),
        ("【15】万人次@2021—2025", "=[15]万人次@2021-2025"),
        ("累计超过15万人次 2021-2025", ">[15]万人次@2021-2025"),
        (">=98 each 2021-2025", "each >=98@2021-2025"),
        ("每年≥98%，2021—2025年", "each >=98%@2021-2025"),
        ("keep >=98@2021-2025", "keep >=98@2021-2025"),
        ("保持98%@2021-2025", "keep =98%@2021-2025"),
        ("保持98%", "=98%"),
        ("mean 20@2021-2025", "mean =20@2021-2025"),
        ("年均20人@2021-2025", "mean =20人@2021-2025"),
        ("8-10@2025", "=8~10@2025"),
        ("8—10个@2025", "=8~10个@2025"),
        ("3至5所@2025", "=3~5所@2025"),
        ("~5@2025", "~5@2025"),
        ("约5", "~5"),
        ("5个左右@2025", "~5个@2025"),
        ("2x students each", "=2x students"),
        ("每年不低于在校生的2倍@2021-2025", "each >=2x 在校生@2021-2025"),
        ("3x overseas@2025", "=3x overseas@2025"),
        (">=50", ">=50"),
        ("力争100人@2025", "strive for =100人@2025"),
        (">-5@2025", ">-5@2025"),
        ("降低30%@2025", "reduce by =30%@2025"),
        ("到2025年提高5个百分点", "increase by =5个百分点@2025"),
        ("增加超过2万人@2025", "increase by >2万人@2025"),
    ],
)
def test_what_is_read(text, canonical):
    assert str(parse(text)) == canonical
    assert parse(canonical) == parse(text)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (">=98 eech 2021-2025", 6, "nearest: each"),
        ("不底于98%@2025", 1, "nearest: 不"),
        ("98@2021-2025", 13, "does not say whether each year"),
        ("[15]", 5, "needs its years"),
        ("mean 20", 8, "needs its years"),
        ("[15@2021-2025", 1, "one square bracket"),
        (">10>5@2025", 4, "compares a second time"),
        (">10 20@2025", 5, "second value"),
        ("10@2025@2026", 8, "a second time"),
        ("10.5@", 5, "needs a year"),
        ("10.5@25", 5, "needs a year"),
        ("10@1800", 3, "1949"),
        ("10-5@2025", 1, "upside down"),
        (">8-10@2025", 1, "takes no comparator"),
        ("8个-10所@2025", 1, "two units"),
        ("2x", 1, "of which indicator"),
        ("每年保持累计5@2021-2025", 1, "only one of"),
        (">1e20@2025", 2, "not a plausible number"),
        ("students", 1, "cannot be read"),
        ("@2025", 1, "has no value"),
        ("10 parsecs@2025", 4, "cannot be read"),
        ("降低30%", 1, "one value at one year"),
        ("提高降低5%@2025", 3, "once"),
    ],
)
def test_what_is_refused_and_where(text, place, words):
    with pytest.raises(ParameterError) as caught:
        parse(text)
    assert f"at character {place}:" in str(caught.value) and words in str(caught.value)
    assert caught.value.where == "--target"


NUMBERS = st.decimals(min_value=-10**9, max_value=10**9, places=3, allow_nan=False)
UNITS = st.none() | st.sampled_from([*BASES, *(f"{scale}{base}" for scale in SCALES for base in BASES if base not in UNSCALED), "万"]).filter(lambda unit: unit != "倍")
SPANS = st.tuples(st.integers(1949, 2100), st.integers(0, 20)).map(lambda pair: Span(pair[0], min(pair[0] + pair[1], 2100)))


@st.composite
def targets(draw):
    comparator = draw(st.sampled_from(["gt", "ge", "eq", "lt", "le", "about", "between"]))
    scope = draw(st.sampled_from(["point", "annual", "cumulative", "standing"]))
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    period = None if scope == "standing" else draw(SPANS)
    ratio = draw(st.sampled_from([None, "students", "在校生"])) if scope != "cumulative" and comparator != "between" else None
    change = draw(st.sampled_from([None, "up", "down"])) if scope == "point" and comparator != "between" and not ratio and min(low, high) >= 0 else None
    kept = draw(st.sampled_from(["", "maintain", "mean"])) if scope == "annual" else ""
    return Target(
        comparator,
        None if comparator in ("lt", "le") else low,
        None if comparator in ("gt", "ge") else high if comparator == "between" else low,
        None if ratio else draw(UNITS),
        scope,
        Span(period.end, period.end) if scope == "point" and period else period,
        maintain=kept == "maintain",
        mean=kept == "mean",
        strive=draw(st.booleans()),
        ratio_to=ratio,
        change=change,
    )


@given(targets())
def test_what_is_printed_reads_back(target):
    assert parse(str(target)) == target


PIECES = st.lists(st.one_of(st.sampled_from([*KNOWN, *EXAMPLES, "@2025", "2021-2025", "[", "]", "10.5", "1e9", "万", "%", "倍", "x", " ", "-", "年"]), st.text(max_size=6)), max_size=10).map("".join)


@given(PIECES)
@example("﷽")
@example("@")
@example("९८@2025")
@example("8~")
@example("x" * 5000)
def test_any_text_is_read_or_refused_in_one_way(text):
    found, refusal = _read(parse, text)
    if refusal is None:
        assert parse(str(found)) == found
    else:
        assert "\n" not in refusal


def _read(read, text):
    """What was read, and the words of the refusal where nothing was."""
    try:
        return read(text), None
    except ParameterError as error:
        return None, str(error)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("2020=9.9 2022=10.1", [("2020", "eq", "9.9", None), ("2022", "eq", "10.1", None)]),
        ("2022=10.1;2020：９．９，2021 = 10", [("2020", "eq", "9.9", None), ("2021", "eq", "10", None), ("2022", "eq", "10.1", None)]),
        ("2020=0.57万、2021=5,700人", [("2020", "eq", "0.57", "万"), ("2021", "eq", "5700", "人")]),
        ("2023>=98 2022~10 2021>3", [("2021", "gt", "3", None), ("2022", "about", "10", None), ("2023", "ge", "98", None)]),
        ("2023年=98%以上", [("2023", "ge", "98", "%")]),
        ("2023-09=5 2023年3月=2 2023-Q2=4", [("2023-03", "eq", "2", None), ("2023-Q2", "eq", "4", None), ("2023-09", "eq", "5", None)]),
        ("2020=1 2020=1", [("2020", "eq", "1", None)]),
        ("2020=1 2020=2", [("2020", "eq", "1", None), ("2020", "eq", "2", None)]),
        ("2020=-3.5e2", [("2020", "eq", "-350", None)]),
    ],
)
def test_series_that_are_read(text, figures):
    assert [(str(f.period), f.qualifier, f.value, f.unit) for f in series.parse(text)] == [(p, q, Decimal(v), u) for p, q, v, u in figures]


@pytest.mark.parametrize(("text", "place", "words"), [
    ("2020=x", 1, "cannot be read"), ("2023<98", 1, "upper limits"), ("2020=9 2021", 8, "cannot be read"), ("1800=3", 1, "1949"), ("2020-13=3", 1, "2020-13"),
    ("2020=9.9 parsecs", 10, "cannot be read"), ("2020=1e30", 1, "plausible"), ("2020>98左右", 1, "qualified twice"),
])  # fmt: skip
def test_series_that_are_refused(text, place, words):
    with pytest.raises(ParameterError) as caught:
        series.parse(text)
    assert f"at character {place}:" in str(caught.value) and words in str(caught.value)


def test_a_named_series():
    name, figures = series.parse_named("students: 2020=9.9", "--ratio-to")
    assert (name, len(figures)) == ("students", 1)
    assert series.parse_named("2020:9.9", "--ratio-to")[0] is None


@given(st.lists(st.one_of(st.sampled_from(["2020", "=", ">=", "9.9", "万人", " ", ",", "-09", "Q2", "年", "~"]), st.text(max_size=4)), max_size=12).map("".join))
def test_any_series_is_read_or_refused_in_one_way(text):
    for read in (series.parse, lambda line: series.parse_named(line, "--ratio-to")):
        assert "\n" not in (_read(read, text)[1] or "")


@pytest.mark.parametrize(
    ("text", "low", "unit", "change"),
    [
        ("翻一番@2025", "100", "%", "up"),
        ("到2025年翻番", "100", "%", "up"),
        ("翻两番@2030", "300", "%", "up"),
        ("一半以上@2025", "50", "%", None),
        ("超过七成@2025", "70", "%", None),
        ("达到百分之九十五@2025", "95", "%", None),
        ("不低于百分之十@2025", "10", "%", None),
        ("四分之三@2025", "75", "%", None),
    ],
)
def test_shares_and_doublings_in_words(text, low, unit, change):
    found = parse(text)
    size = found.low if found.low is not None else found.high
    assert (size, found.unit, found.change) == (Decimal(low), unit, change)
    assert parse(str(found)) == found


@pytest.mark.parametrize(
    ("series", "asked"),
    [("2020=99000 2022=101000", "10.5万以上@2025"), ("2020=9.9 2022=10.1", "105000人@2025"), ("2021=150000 2022=3", "[15]万人@2021-2025")],
)
def test_figures_a_thousandfold_off_the_target_are_of_another_unit(series, asked, zhibiao):
    done = zhibiao("grade", series, "--target", asked)
    assert done.returncode == 2 and "write its unit" in done.stderr and not done.stdout
