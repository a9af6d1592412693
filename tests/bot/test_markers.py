from hypothesis import given
from hypothesis import strategies as st

from bot import markers

KNOWN = ("p1", "p2", "p3")


def read(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.text, each.keys) for each in markers.read(text, KNOWN, "en")]


def test_all_forms_of_markers():
    assert read("One fails [p1]. Two fail [p2, p3]. Three fail [p1][p2].") == [
        ("One fails.", ("p1",)),
        ("Two fail.", ("p2", "p3")),
        ("Three fail.", ("p1", "p2")),
    ]


def test_a_marker_behind_the_full_stop_belongs_to_the_sentence_before_it():
    assert read("One fails. [p1] Two fail. [p2]") == [("One fails.", ("p1",)), ("Two fail.", ("p2",))]


def test_an_unmarked_sentence_inherits_in_its_list_item_only():
    assert read("- One fails. It hurts [p1].\n- Two fail.") == [
        ("One fails.", ("p1",)),
        ("It hurts.", ("p1",)),
        ("Two fail.", ()),
    ]
    assert read("One fails. It hurts [p1].")[0] == ("One fails.", ())


def test_unknown_keys_are_kept_for_the_verdict():
    assert read("One fails [p9].") == [("One fails.", ("p9",))]


def test_other_brackets_stay_text():
    assert read("He [sic] wrote [this](https://x.test) [p1].") == [
        ("He [sic] wrote [this](https://x.test).", ("p1",))
    ]


def test_headings_and_lines_that_lead_to_a_list_are_no_statements():
    assert read("## Risks\n**Short:**\nThe risks are:\n\n1. One fails [p1].") == [("One fails.", ("p1",))]


def test_table_rows_are_statements():
    assert read("| System | Tier |\n|---|---|\n| Greta | 1 [p1] |")[-1] == ("Greta; 1", ("p1",))


def test_emphasis_is_removed():
    assert read("**Greta** stops [p1].") == [("Greta stops.", ("p1",))]


@given(st.text(max_size=300))
def test_any_text_can_be_read(text):
    for each in markers.read(text, KNOWN, "en"):
        assert each.text
