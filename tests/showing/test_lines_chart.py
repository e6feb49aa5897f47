import itertools

from zhibiao.showing.lines_chart import LinesPicture, NamedLine, lines


def test_lines_are_named_and_a_line_without_numbers_is_left_out():
    chart = lines(
        LinesPicture("标题", ["3", "6", "全部"], "已知几个数", "份额", [NamedLine("本套", "curve", [0.8, 0.81, 0.79]), NamedLine("无", "pace", [None] * 3), NamedLine("Naive", "third curve", [None, 0.5, 0.6])], 0.8, "应为80%")
    )
    assert list(chart.data.columns) == ["已知几个数", "本套", "Naive"]
    assert "应为80%" in chart.alt
    assert chart.image("png") == chart.image("png")
    texts = [text.get_text() for axes in chart.figure.axes for text in axes.texts]
    assert {"本套", "Naive", "应为80%"} <= set(texts) and "无" not in texts


def test_labels_of_lines_that_end_together_do_not_lie_on_each_other():
    chart = lines(LinesPicture("t", ["1", "2"], "x", "y", [NamedLine(f"line {n}", "curve", [0.1, 0.5]) for n in range(5)]))
    heights = sorted(text.get_position()[1] for axes in chart.figure.axes for text in axes.texts if text.get_text().startswith("line"))
    assert len(heights) == 5
    assert all(above - below > 0.14 for below, above in itertools.pairwise(heights))
