import pytest

from retrieval.errors import ParseFailed
from retrieval.formats.front import split_front_matter


def front(head: str) -> dict[str, str]:
    return split_front_matter(f"---\n{head}\n---\nBody", "x")[0]


def test_values_stay_as_written_and_lists_are_joined():
    metadata = front('Title: "A: B"\nvendors: [openai, Mistral AI]\npublished: 2026-02-16\nsample: true')
    assert metadata == {
        "title": "A: B",
        "vendors": "openai, Mistral AI",
        "published": "2026-02-16",
        "sample": "true",
    }


def test_block_lists_and_empty_values():
    metadata = front("vendors:\n  - a\n  - b\nreview:\nsource: ~")
    assert metadata == {"vendors": "a, b", "review": "", "source": ""}


def test_the_body_is_what_follows():
    assert split_front_matter("---\na: 1\n---\nBody\n---\nMore", "x")[1] == "Body\n---\nMore"


@pytest.mark.parametrize("text", ["No front matter", "---\n\nA rule", "---\nA rule\n---\nProse", ""])
def test_text_without_front_matter_is_left_alone(text: str):
    assert split_front_matter(text, "x") == ({}, text, ())


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("title: x\nvendors: [a", "line 3"),
        ("a: b: c", "line 2"),
        ("a: 1\nb: 2\nA: 3", "line 2: a is given twice"),
        ("a: &x [1]\nb: *x", "anchors"),
        ("- a\n- b", "expected lines such as"),
        ("a: " + "x" * 20_000, "longer than 16,384"),
        ("a: \x07", "front matter"),
    ],
)
def test_broken_front_matter_is_a_failure_that_says_where(head: str, said: str):
    with pytest.raises(ParseFailed, match=said):
        front(head)


def test_front_matter_that_never_closes_is_a_failure_because_it_may_hold_the_visibility():
    with pytest.raises(ParseFailed, match="never closed"):
        split_front_matter("---\nvisibility: admins\n\nText", "x")


def test_no_python_object_is_ever_made():
    assert front("a: !!python/object/apply:os.system ['echo x']") == {"a": "echo x"}


def test_nested_values_are_left_out_with_a_note():
    metadata, _, notes = split_front_matter("---\na: {b: 1}\nc: 2\n---\n", "x")
    assert (metadata, notes) == ({"c": "2"}, ("front matter: a is nested and was left out",))
