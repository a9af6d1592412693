import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outline import Point, clean, finished, read

KEYS = ("p1", "p2", "p3", "p4")


def outline(text, language="en", **options):
    return read(text, KEYS, language, **options)


def test_an_answer_is_a_first_line_points_and_what_is_missing():
    found = outline(
        "Claims go on by paper [p1].\n\n"
        "- After an hour paper forms are used [p1].\n"
        "- Inference: A day costs money [p2, p3].\n"
        "- Assumption: Nobody has tested it.\n"
        "Missing: what it costs.\n"
        "- **Missing:** who decides [p2].\n"
    )
    assert found.headline == Point("fact", "Claims go on by paper [p1].", listed=False)
    assert found.points == (
        Point("fact", "After an hour paper forms are used [p1]."),
        Point("inference", "A day costs money [p2, p3]."),
        Point("assumption", "Nobody has tested it."),
    )
    assert found.missing == ("what it costs.", "who decides.")


def test_german_labels_are_read_too():
    found = outline("Es geht [p1].\n* Schlussfolgerung: A [p1].\n* **Annahme**: B.\nEs fehlt: C.", "de")
    assert [(each.kind, each.text) for each in found.points] == [
        ("inference", "A [p1]."),
        ("assumption", "B."),
    ]
    assert found.missing == ("C.",)


@pytest.mark.parametrize(
    "text", ["Missing inference: none.", "Missing parts arrive in May [p1].", "Facts count [p1]."]
)
def test_a_word_that_is_no_label_stays(text):
    assert outline(text).headline.text == text


def test_headings_rules_and_fences_are_no_statements():
    text = "## Answer\n\n**Summary**\n\n---\n```\nIt works [p1].\n```\n1. First [p2].\n2) Second [p3].\n"
    found = outline(text)
    assert found.headline.text == "It works [p1]."
    assert [each.text for each in found.points] == ["First [p2].", "Second [p3]."]


def test_lines_that_belong_together_are_joined():
    found = outline("It works\non both sides [p1].\n- One\n  two [p2].")
    assert found.headline.text == "It works on both sides [p1]."
    assert found.points[0].text == "One two [p2]."


def test_an_answer_that_begins_with_a_point_has_no_first_line():
    assert outline("- Only this [p1].").headline is None
    assert outline("Inference: Only this [p1].").headline is None
    assert outline("Inference: Only this [p1].").points[0].kind == "inference"


def test_an_answer_says_at_most_four_things_are_missing_in_few_words():
    found = outline("\n".join(f"Missing: {n} {'x' * 900}" for n in range(9)))
    assert len(found.missing) == 4
    assert max(map(len, found.missing)) == 300


@pytest.mark.parametrize(
    ("written", "marker"),
    [
        ("[p1]", "[p1]"),
        ("[P1]", "[p1]"),
        ("[1]", "[p1]"),
        ("[1, 3]", "[p1, p3]"),
        ("[p1][p3]", "[p1][p3]"),
        ("[sic] [p3]", "[sic] [p3]"),
        ("[p1; p3]", "[p1, p3]"),
        ("[p1 and p3]", "[p1, p3]"),
        ("[p1-p3]", "[p1, p2, p3]"),
        ("[passage p2]", "[p2]"),
        ("【p2】", "[p2]"),
        ("【2†source】", "[p2]"),
        ("(p2)", "[p2]"),
        ("(p1, p2)", "[p1, p2]"),
        ("(2)", "(2)"),
        ("(p9)", "(p9)"),
        ("[p9]", "[p9]"),
        ("[2026]", "[2026]"),
        ("[sic]", "[sic]"),
        ("[p3](https://evil.example)", "[p3]"),
        ("[[1]](https://evil.example)", "[p1]"),
    ],
)
def test_markers_come_in_one_form(written, marker):
    assert clean(f"It works {written}.", KEYS, "en") == f"It works {marker}."


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("See [x](https://evil.example/?d=1)", "See x"),
        ("See ![x](https://evil.example/i.png)", "See x"),
        ("See [x][r]\n\n[r]: https://evil.example/?d=1 'y'", "See x\n\n"),
        ("See <https://evil.example|https://openai.com>", "See (link removed)"),
        ("See <https://evil.example|the contract>", "See the contract"),
        ("See <https://evil.example>", "See (link removed)"),
        ('See <a href="https://evil.example">this</a>', "See this"),
        ("See https://evil.example/?d=1&e=2 now", "See (link removed) now"),
        ("See HTTPS&#58;//evil.example", "See (link removed)"),
        ("See [t](HTTPS&#58;//evil.example)", "See t"),
        ("See www.evil.example", "See (link removed)"),
        ("See evil.example/?d=SECRET", "See (link removed)"),
        ("See javascript:alert(1)", "See (link removed)(1)"),
        ("See slack://open?x", "See (link removed)"),
        ("See mailto:a@b.example", "See (link removed)"),
        ("<!channel> hello", " hello"),
        ("< !channel> hello", " hello"),
        ("&lt;!channel&gt; hello", " hello"),
        ("<@W012A3CDE> <#C1|x> hello", "  hello"),
        ("@here hello @channel", " hello "),
        ("<!date^1^{date}^https://evil.example/|now> x", " x"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("a\u200bb\u202ec\U000e0041d\x07e", "abcde"),
    ],
)
def test_nothing_that_acts_on_a_reader_is_left(written, left):
    assert clean(written, KEYS, "en") == left


def test_a_removed_link_is_told_in_the_language_of_the_answer():
    assert clean("Siehe https://evil.example", KEYS, "de") == "Siehe (Link entfernt)"


@pytest.mark.parametrize(
    "text",
    [
        "Value: {question} $x",
        "5 < 6 > 4",
        "A: b",
        "data: 5 GB",
        "Tel: 5",
        "price/performance 1:2",
        "[p1]: It works.",
    ],
)
def test_other_text_stays_as_it_is(text):
    assert clean(text, KEYS, "en") == text


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("It works [p1].", "It works [p1]."),
        ("It works. [p1]", "It works. [p1]"),
        ("It works. And it", "It works. "),
        ("A [p1].\n- One [p2].\n- Two is", "A [p1].\n- One [p2].\n"),
        ("A [p1].\n- One [p2]. Two [p", "A [p1].\n- One [p2]. "),
        ("It has", ""),
        ("", ""),
    ],
)
def test_a_sentence_without_an_end_is_left_out(written, left):
    assert finished(written, "en") == left


def test_what_a_model_thought_aloud_is_not_its_answer():
    found = outline("<think>\nPerhaps [p2]?\n- Or not.\n</think>\n\nIt works [p1].")
    assert (found.headline.text, found.points) == ("It works [p1].", ())
    assert outline("<thinking>Perhaps [p2]? It never ended").headline is None


def test_only_an_answer_that_was_cut_off_loses_it():
    text = "It works [p1].\n- And it also"
    assert len(outline(text).points) == 1
    assert outline(text, cut_off=True).points == ()


@given(st.text(max_size=600), st.booleans())
def test_any_text_is_taken_apart(text, cut_off):
    found = outline(text, cut_off=cut_off)
    said = [each.text for each in (*found.points, *filter(None, [found.headline]))]
    assert not [each for each in said if "\n" in each or "<!" in each]


@pytest.mark.parametrize("text", ["[" * 20_000, "<" * 20_000, "[a]" * 7_000, "a:" * 9_000, "-\n" * 9_000])
def test_a_text_made_to_take_long_does_not(text):
    outline(text)


@pytest.mark.parametrize("mark", ["think", "thinking", "reasoning"])
def test_a_thought_that_only_ends_is_none_of_the_answer_either(mark):
    found = outline(f"Perhaps [p2]?\n- Or not [p2].\n</{mark}>\n\nIt works [p1].")
    assert (found.headline.text, found.points) == ("It works [p1].", ())


def test_each_row_of_a_table_is_a_point_of_its_own():
    found = outline("| when | what |\n|---|---|\n| hour | It stops [p1]. |\n| day | It waits [p2]. |")
    assert [each.text for each in (found.headline, *found.points)] == [
        "| when | what |",
        "| hour | It stops [p1]. |",
        "| day | It waits [p2]. |",
    ]


@pytest.mark.parametrize("fence", ["{}", "```json\n{}\n```"])
def test_an_answer_in_json_is_read_as_its_sentences(fence):
    said = {
        "headline": "It stops [p1].",
        "points": [{"text": "It waits.", "citations": ["p2", "p1"], "n": 3}],
    }
    found = outline(fence.format(json.dumps(said)))
    assert [each.text for each in found.points] == ["It stops [p1].", "It waits. [p2, p1]"]
    assert found.headline is None


@pytest.mark.parametrize("text", ["[p1] It stops.", "{It stops [p1].}", "[" * 5_000, '{"a b": '])
def test_what_only_looks_like_json_stays_text(text):
    found = outline(text)
    assert found.points or found.headline or text[1] == "["
