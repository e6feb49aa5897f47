"""The chart of a reference class shows its own table, in both languages."""

import pytest

from zhibiao.catalogue.load import shipped
from zhibiao.projecting.reference import load
from zhibiao.showing.moves_chart import SHARES, moves

CLASSES = load(shipped() / "reference")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["enrolment", "schools"])
def test_the_lines_are_the_class(name: str, lang: str) -> None:
    import numpy as np

    reference = CLASSES[name]
    chart = moves(reference, lang, "source")
    assert list(chart.data.iloc[:, 0]) == list(reference.horizons)
    for column, share in enumerate(SHARES, start=1):
        expected = [np.expm1(float(reference.quantile(int(h), share))) for h in reference.horizons]
        np.testing.assert_allclose(chart.data.iloc[:, column], expected)
    assert f"{round(100 * chart.data.iloc[4, 1])}%" in chart.title
    assert chart.image("svg") == moves(reference, lang, "source").image("svg")
