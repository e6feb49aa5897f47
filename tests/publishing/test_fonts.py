from __future__ import annotations

import pytest

from zhibiao.errors import OutputError
from zhibiao.publishing.fonts import FONT_FILES, check_svg, font_folder


def svg(inside: str) -> str:
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {names}>{inside}</svg>"


def test_the_private_folder_holds_the_two_free_fonts_alone():
    assert sorted(path.name for path in font_folder().iterdir()) == sorted(FONT_FILES.values())
    assert all(path.stat().st_size > 1_000_000 for path in font_folder().iterdir())


@pytest.mark.parametrize(
    "inside",
    [
        "<text style=\"font: 10px 'Noto Sans CJK SC', sans-serif; text-anchor: middle\">指标</text>",
        "<text style=\"font: italic 700 10.5px/1.2 'Noto Serif CJK SC'\">指标</text>",
        "<g font-family='Noto Sans CJK SC'><text>指<tspan style='font-size: 8px'>标</tspan></text></g>",
        "<text style='font-family: Noto Sans CJK SC'>指标</text>",
        "<style>*{stroke-linejoin: round}</style><path d='M0 0'/><text> </text><use xlink:href='#m1'/>",
    ],
)
def test_allowed_fonts_pass(inside):
    check_svg(svg(inside), "cell 1")


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ("<text style=\"font: 10px 'SimHei', 'Noto Sans CJK SC'\">指标</text>", "SimHei"),
        ("<text style=\"font: 12px 'DejaVu Sans'\">10</text>", "DejaVu Sans"),
        ("<text>指标</text>", "none named"),
        ("<text style='font-family: sans-serif'>指标</text>", "none named"),
        ("<style>text {font-family: Arial}</style>", "Arial"),
        ("<text font-family='Noto Sans CJK SC'>指<tspan font-family='cmr10'>x</tspan></text>", "cmr10"),
    ],
)
def test_other_fonts_are_refused_by_name(inside, named):
    with pytest.raises(OutputError, match=named) as caught:
        check_svg(svg(inside), "cell 7")
    assert "cell 7" in str(caught.value)


def test_a_figure_may_not_point_outside_itself():
    with pytest.raises(OutputError, match="refers to another file"):
        check_svg(svg("<image xlink:href='file:///etc/passwd'/>"), "cell 1")
    check_svg(svg("<image xlink:href='data:image/png;base64,AAAA'/>"), "cell 1")


def test_a_broken_svg_names_its_cell():
    with pytest.raises(OutputError, match="cell 3"):
        check_svg("<svg>", "cell 3")


def test_what_matplotlib_writes_is_allowed(build):
    check_svg(build.drawing("svg"), "cell 1")
