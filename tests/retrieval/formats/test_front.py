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
        ("visibility:group:legal", "line 2: expected lines such as"),
    ],
)
def test_broken_front_matter_is_a_failure_that_says_where(head: str, said: str):
    with pytest.raises(ParseFailed, match=said):
        front(head)


def test_front_matter_that_never_closes_is_a_failure_because_it_may_hold_the_visibility():
    with pytest.raises(ParseFailed, match="never closed"):
        split_front_matter("---\nvisibility: admins\n\nText", "x")
    with pytest.raises(ParseFailed, match="opens in line 2 and is never closed"):
        split_front_matter("\n---\n# who\n'Visibility': admins\n\nText", "x")


@pytest.mark.parametrize("before", ["", "\n", "\ufeff", "\ufeff\n \t\n", "\n\ufeff"])
@pytest.mark.parametrize("mark", ["---", "--- ", "--- # metadata", "---\t#"])
def test_front_matter_is_seen_after_blank_lines_and_with_a_comment(before: str, mark: str):
    text = f"{before}{mark}\nvisibility: group:legal\n{mark}\nBody"
    assert split_front_matter(text, "x") == ({"visibility": "group:legal"}, "Body", ())


def test_lines_are_counted_from_the_top_of_the_file():
    with pytest.raises(ParseFailed, match="line 4"):
        split_front_matter("\n\n---\na: b: c\n---\n", "x")


KEYS = "title source publisher published language vendors visibility confidentiality review sample".split()


@pytest.mark.parametrize("key", [*KEYS, "Visibility"])
@pytest.mark.parametrize(
    "value", ["{group: legal}", "[group: legal]", "\n  group: legal", "[[a]]", "\n- a: b"]
)
def test_a_nested_value_of_a_documented_key_is_a_failure(key: str, value: str):
    with pytest.raises(ParseFailed, match=rf"line 3: {key.lower()} is nested.*`visibility: group:legal`"):
        front(f"x: 1\n{key}: {value}")


@pytest.mark.parametrize("key", ["visibility", "confidentiality"])
@pytest.mark.parametrize("value", ["", "~", "null", "''", "[]", "[~]", '"\\0"', "!!null group:legal"])
def test_an_empty_restriction_is_a_failure(key: str, value: str):
    with pytest.raises(ParseFailed, match=f"line 2: {key} is empty.*remove {key}"):
        front(f"{key}: {value}")


def test_no_python_object_is_ever_made():
    assert front("a: !!python/object/apply:os.system ['echo x']") == {"a": "echo x"}


def test_nested_values_of_other_keys_are_left_out_with_a_note():
    metadata, _, notes = split_front_matter("---\na: {b: 1}\nc: 2\n---\n", "x")
    assert (metadata, notes) == (
        {"c": "2"},
        ("front matter: a is nested and was left out", "front matter: not read: c"),
    )


@pytest.mark.parametrize("value", ["", "[]", "~", "[~]", '""'])
def test_regions_without_a_word_are_refused_by_line(value: str):
    with pytest.raises(
        ParseFailed, match=r"line 3: regions is empty. Give it.* such as `regions: \[eu, local\]`"
    ):
        front(f"title: x\nregions: {value}")


def test_nested_regions_are_refused():
    with pytest.raises(ParseFailed, match="regions is nested"):
        front("regions: {eu: true}")


@pytest.mark.parametrize(
    ("key", "likely"),
    [
        ("visbility", "visibility"),
        ("Visiblity", "visibility"),
        ("confidential", "confidentiality"),
        ("region", "regions"),
        ("vendor", "vendors"),
        ("reviews", "review"),
    ],
)
@pytest.mark.parametrize("value", ["group:legal", "{a: b}", ""])
def test_a_key_that_is_nearly_one_of_ours_is_a_failure_that_names_both(key: str, likely: str, value: str):
    with pytest.raises(ParseFailed, match=f"line 3: {key.lower()} is no key. Write {likely}, or"):
        front(f"title: x\n{key}: {value}")


def test_keys_of_other_programs_are_taken_with_a_note_that_names_them():
    metadata, _, notes = split_front_matter("---\ntitle: x\nauthor: y\nReviewer: z\n---\n", "x")
    assert metadata["title"] == "x"
    assert notes == ("front matter: not read: author, reviewer",)
    assert split_front_matter("---\ntitle: x\nregions: eu\n---\n", "x")[2] == ()
