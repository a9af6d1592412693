from pathlib import Path

import pytest

from retrieval.errors import ParseFailed
from retrieval.vocabulary import Vocabulary

VENDORS = "vendors:\n  openai:\n    name: OpenAI\n    aliases: [Open AI]\n    products: [ChatGPT]\n"


@pytest.fixture
def vocabulary(tmp_path):
    return Vocabulary(tmp_path / "home" / "vocabulary")


@pytest.fixture
def put(tmp_path, vocabulary):
    def take(name, text):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return vocabulary.take(path, f"file://{path}")

    return take


def test_owns_its_two_files_by_name_wherever_they_lie(vocabulary):
    assert vocabulary.owns(Path("/anywhere/glossary.tsv"))
    assert vocabulary.owns(Path("vendors.yaml"))
    assert not vocabulary.owns(Path("glossary.md"))


def test_a_file_is_new_then_unchanged_then_changed(put, vocabulary):
    assert (put("glossary.tsv", "RPO\tpoint\ta;b\n").result, vocabulary.synonyms()) == (
        "new",
        {"rpo": ("a", "b")},
    )
    assert put("glossary.tsv", "RPO\tpoint\ta;b\n").result == "unchanged"
    changed = put("glossary.tsv", "# comment\nRPO\tpoint\tc\nRTO\ttime\n")
    assert (changed.result, changed.reason) == ("changed", "2 entries")
    assert vocabulary.synonyms() == {"rpo": ("c",), "rto": ()}


def test_products_and_aliases_lead_to_their_vendor(put, vocabulary):
    put("vendors.yaml", VENDORS)
    assert vocabulary.synonyms() == {"open ai": ("OpenAI",), "chatgpt": ("OpenAI",)}


def test_glossary_and_vendors_are_joined(put, vocabulary):
    put("vendors.yaml", VENDORS)
    put("glossary.tsv", "ChatGPT\tthe assistant\tassistant\n")
    assert vocabulary.synonyms()["chatgpt"] == ("assistant", "OpenAI")


def test_without_files_there_are_no_words(vocabulary):
    assert vocabulary.synonyms() == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("glossary.tsv", b"RPO\t\xff\xfe\n"),
        ("vendors.yaml", b"\xff\xfe"),
        ("vendors.yaml", "vendors: [\n"),
        ("vendors.yaml", "vendors: [1, 2]\n"),
        ("vendors.yaml", "vendors:\n  openai: OpenAI\n"),
        ("vendors.yaml", "vendors:\n  openai:\n    products: [ChatGPT]\n"),
        ("vendors.yaml", "vendors:\n  openai:\n    name: OpenAI\n    products: 3\n"),
        ("vendors.yaml", "vendors: !!python/object/apply:os.system [true]\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_the_old_one_stays(put, vocabulary, name, text):
    put("glossary.tsv", "RPO\tpoint\ta\n")
    put("vendors.yaml", VENDORS)
    before = vocabulary.synonyms()
    with pytest.raises(ParseFailed, match=name):
        put(name, text)
    assert vocabulary.synonyms() == before


@pytest.mark.parametrize("text", ["", "vendors: {}\n", "- a\n- b\n"])
def test_a_list_without_vendors_is_empty(put, vocabulary, text):
    assert put("vendors.yaml", text).reason == "0 entries"
    assert vocabulary.synonyms() == {}
