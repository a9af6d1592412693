import pytest

from retrieval.formats.hidden import (
    has_background,
    hidden_selectors,
    hides,
    selectors_of,
    style_hides,
    whitens,
)


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : None !important",
        "color:red; visibility: hidden",
        "opacity:0",
        "opacity: 0.01",
        "font-size:0",
        "font-size: 1px",
        "font-size:.1em",
        "position:absolute; left:-9999px",
        "text-indent:-5000px",
        "overflow:hidden;height:0",
    ],
)
def test_styles_that_hide(style: str):
    assert style_hides(style)


@pytest.mark.parametrize(
    "style", ["", "display:block", "opacity:0.6", "font-size:12px", "font-size:1em", "left:-4px", "height:0"]
)
def test_styles_that_do_not_hide(style: str):
    assert not style_hides(style)


def test_attributes_that_hide():
    assert hides({"hidden": ""})
    assert hides({"aria-hidden": "TRUE"})
    assert hides({"style": "display:none"})
    assert not hides({"aria-hidden": "false", "class": "hidden"})


@pytest.mark.parametrize("color", ["white", "#FFF", "#ffffff", "rgb(255, 255, 255)", "rgba(0,0,0,0)"])
def test_white_and_transparent_text(color: str):
    assert whitens(f"color: {color}")
    assert not has_background({"style": f"background: {color}"})


def test_other_colours_are_seen():
    assert not whitens("color:#333")
    assert not whitens("background-color:white")
    assert has_background({"bgcolor": "#000080"})
    assert has_background({"style": "background:url(x.png)"})


def test_simple_rules_of_a_style_sheet_count_but_not_those_for_some_screens():
    css = """
    .a, p.b, #c { display: none } /* .d { display: none } */
    @media print { .e { display: none } }
    .f > .g, .h { visibility: hidden }
    .i { color: red }
    """
    assert hidden_selectors(css) == {".a", "p.b", "#c", ".h"}


def test_selectors_of_an_element():
    assert selectors_of("p", {"class": "x y", "id": "z"}) == {".x", ".y", "#z", "p.x", "p.y", "p#z"}
