import pytest

from retrieval.errors import ParseFailed
from retrieval.formats import parse
from retrieval.formats.labels import check_unread, meant
from retrieval.types import Fetched

LABELS = "title: x\nvisibility: group:legal"
PAGE = "<html><head>{}</head><body><p>Text of the page.</p></body></html>"


def read(media_type: str, text: str) -> dict[str, str]:
    return dict(parse(Fetched("x", text.encode(), media_type, "")).metadata)


@pytest.mark.parametrize(
    "text",
    [
        f" ---\n{LABELS}\n ---\nBody",
        f"----\n{LABELS}\n----\nBody",
        f"--\n{LABELS}\n--\nBody",
        f"\u2014\n{LABELS}\n\u2014\nBody",
        '+++\ntitle = "x"\nvisibility = "group:legal"\n+++\nBody',
        f"```yaml\n{LABELS}\n```\nBody",
        '{\n  "visibility": "group:legal"\n}\nBody',
        f"<!-- who\nknows -->\n---\n{LABELS}\n---\nBody",
        f"---\n\n---\n{LABELS}\n---\nBody",
        "----\nconfidentiality: internal\n----\nBody",
        "----\nvisbility: group:legal\n----\nBody",
        f"{LABELS}\n\nBody",
        "\ufeff\nVisibility: group:legal\n\nBody",
    ],
)
@pytest.mark.parametrize("media_type", ["text/markdown", "text/plain"])
def test_labels_that_would_not_be_read_keep_the_document_out(media_type: str, text: str):
    with pytest.raises(ParseFailed, match=r"is not read.*three hyphens"):
        read(media_type, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Prose about visibility: who sees what.",
        "# Labels\n\nvisibility: group:legal is a label.",
        "***\nProse\n\n***",
        "A title\n=======\nvisibility: group:legal",
        "Owner: me\nDate: today\n\nvisibility: group:legal",
        "----\n" + "prose\n" * 21 + "visibility: group:legal",
    ],
)
def test_prose_is_no_label(text: str):
    check_unread(text, "x")


def test_long_lines_cost_nothing():
    check_unread("a" + "-" * 2_000_000, "x")
    check_unread("-" + " " * 2_000_000 + "x", "x")


@pytest.mark.parametrize("name", ["visibility", "reviewer", "resource", "subtitle", "author", "tags", "date"])
def test_a_word_of_its_own_is_no_mistyped_key(name: str):
    assert meant(name) == ""


def test_a_page_says_its_labels_in_its_head():
    head = (
        '<meta name="Visibility" content="group:legal"><meta name="regions" content="eu, local">'
        '<meta property="confidentiality" content="internal"><meta name="geo.region" content="DE-NW">'
    )
    found = read("text/html", PAGE.format(head))
    assert (found["visibility"], found["confidentiality"], found["regions"]) == (
        "group:legal",
        "internal",
        "eu, local",
    )
    assert "geo.region" not in found


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ('<meta name="visibility">', "visibility is empty"),
        ('<meta name="visbility" content="group:legal">', "Write visibility"),
        ('<meta name="visibility" content="a"><meta name="visibility" content="b">', "given twice"),
    ],
)
def test_a_page_whose_labels_are_in_doubt_is_kept_out(head: str, said: str):
    with pytest.raises(ParseFailed, match=said):
        read("text/html", PAGE.format(head))


def test_front_matter_over_a_page_is_read():
    page = f"---\nvisibility: group:legal\n---\n{PAGE.format('')}"
    assert read("text/html", page)["visibility"] == "group:legal"
    with pytest.raises(ParseFailed, match="is not read"):
        read("text/html", page.replace("---", "+++"))
