from pathlib import Path

import pytest

from retrieval.errors import ParseFailed, StoreError
from retrieval.vocabulary import Named, Vocabulary, mentioned

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
        {"rpo": ("a", "b"), "a": ("RPO", "b"), "b": ("RPO", "a")},
    )
    assert put("glossary.tsv", "RPO\tpoint\ta;b\n").result == "unchanged"
    changed = put("glossary.tsv", "# comment\nRPO\tpoint\tc\nRTO\ttime\n")
    assert (changed.result, changed.reason) == ("changed", "2 entries")
    assert vocabulary.synonyms() == {"rpo": ("c",), "c": ("RPO",), "rto": ()}


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


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "vendors: {}\n", "vendors: []\n", "- a\n- b\n", "- name: OpenAI\n"]
)
def test_a_list_without_vendors_leaves_the_old_one(put, vocabulary, text):
    put("vendors.yaml", VENDORS)
    before = vocabulary.vendors()
    with pytest.raises(ParseFailed, match=r"vendors\.yaml"):
        put("vendors.yaml", text)
    assert vocabulary.vendors() == before != ()


@pytest.mark.parametrize("name", ["glossary.tsv", "vendors.yaml"])
@pytest.mark.parametrize("data", [b"\xff\xfe", None])
def test_a_kept_file_that_cannot_be_read_is_damage_in_the_data_folder(put, tmp_path, name, data):
    put("glossary.tsv", "RPO\tpoint\ta\n")
    put("vendors.yaml", VENDORS)
    folder = tmp_path / "home" / "vocabulary"
    (folder / name).unlink()
    if data is None:
        (folder / name).mkdir()
    else:
        (folder / name).write_bytes(data)
    for read in (Vocabulary(folder).synonyms, Vocabulary(folder).systems):
        with pytest.raises(StoreError, match=name):
            read()


# Vendors by name

LIST = """
OpenAI:
  name: OpenAI
  aliases: [Open AI]
  products: [ChatGPT]
  models: [GPT-4o, o3, GPT]
microsoft: {name: Microsoft, products: [Azure OpenAI, Azure]}
google: {name: Google, models: [Gemini 2.5 Pro]}
"""


def test_vendors_come_with_every_name_they_have(put, vocabulary):
    assert vocabulary.vendors() == ()
    put("vendors.yaml", LIST)
    openai, *others = vocabulary.vendors()
    assert openai == Named("openai", "OpenAI", ("Open AI", "ChatGPT", "GPT-4o", "o3", "GPT"))
    assert [each.key for each in others] == ["microsoft", "google"]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("What if OpenAI falters?", "openai"),
        ("OpenAIs Verluste", "openai"),
        ("openai's losses, and OPEN-AI", "openai"),
        ("Der OpenAI-Vertrag", "openai"),
        ("Is Azure OpenAI safe?", "openai microsoft"),
        ("Was kostet GPT-4o, was GPT-5?", "openai"),
        ("Die GPTs von Googles Rivalen", "openai google"),
        ("Gemini 2.5\nPro", "google"),
        ("Gemini 2.5 alone", ""),
        ("o3s and openairs and reopenai", ""),
        ("", ""),
    ],
)
def test_a_text_is_about_the_vendors_that_it_names(put, vocabulary, text, keys):
    put("vendors.yaml", LIST)
    assert mentioned(text, vocabulary.vendors()) == frozenset(keys.split())


def test_a_name_without_a_letter_is_in_no_text():
    assert mentioned("!!! what", [Named("odd", "!!!", ("",))]) == frozenset()


def test_the_mark_changes_with_the_files(put, vocabulary):
    before = vocabulary.mark()
    put("glossary.tsv", "RPO\tpoint\ta\n")
    assert vocabulary.mark() != before == Vocabulary(vocabulary._folder / "none").mark()


def test_a_term_whose_meaning_names_a_vendor_is_a_system(put, vocabulary):
    assert vocabulary.systems() == ()
    put("glossary.tsv", "RPO\tpoint\ta\nGreta\tservice desk, runs on ChatGPT\n# Old\ton OpenAI\nLotse\n")
    assert vocabulary.systems() == ()
    put("vendors.yaml", VENDORS)
    assert vocabulary.systems() == (Named("greta", "Greta"),)
    put("glossary.tsv", "Lotse\tguide on OpenAI\n")
    assert vocabulary.systems() == (Named("lotse", "Lotse"),)
