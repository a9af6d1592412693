"""Files that come with a question: read, ranked, not kept."""

import pytest
from shelves import ALL, item, opened

from retrieval.documents import Defaults
from retrieval.errors import ParseFailed, Refused
from retrieval.ingest import Rules
from retrieval.sandbox import Limits

GIVEN = Defaults("channel:C1", "confidential")
NOTE = "# Contract\n\nThe OpenAI contract ends in May.\n\n# Weather\n\nIt rained on the harbour all day.\n"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("home")) as library:
        library.put(*item("d0", text="Mistral is French."))
        yield library


def examined(library, data=NOTE, name="note.md", question="When does the OpenAI contract end?", **more):
    data = data if isinstance(data, bytes) else data.encode()
    kind, rules = more.pop("media_type", ""), more.pop("rules", None)
    return library.examine(data, name, kind, question, rules, GIVEN, **more)


def test_the_passage_that_answers_comes_first_with_its_sentences_compared(library):
    best, *others = examined(library)
    assert best.passage.text == "The OpenAI contract ends in May."
    assert best.passage.headings == ("Contract",)
    assert [len(hit.sentence_scores) for hit in (best, *others)] == [1, 1]
    assert 1 >= best.score > others[0].score >= 0


def test_a_german_question_finds_the_english_passage(library):
    best, *_ = examined(library, question="Wann endet der Vertrag?")
    assert "contract" in best.passage.text


def test_the_source_tells_what_it_is_and_is_labelled_as_given(library):
    source = examined(library)[0].source
    assert (source.uri, source.title) == ("attachment:note.md", "Contract")
    assert (source.visibility, source.confidentiality, source.regions) == ("channel:C1", "confidential", ())


@pytest.mark.parametrize(
    ("own", "labels"),
    [
        ("visibility: public\nconfidentiality: public", ("channel:C1", "confidential", ())),
        ("confidentiality: secret\nregions: [eu]", ("channel:C1", "secret", ("eu",))),
    ],
)
def test_its_own_words_can_ask_for_more_care_and_never_for_less(library, own, labels):
    source = examined(library, f"---\n{own}\n---\n{NOTE}")[0].source
    assert (source.visibility, source.confidentiality, source.regions) == labels


def test_nothing_of_it_is_kept(library):
    before = library._catalogue.generation()
    examined(library)
    assert library._catalogue.generation() == before
    assert [each.id for each in library.sources(ALL)] == ["d0"]
    assert all(hit.source.id == "d0" for hit in library.search("OpenAI contract", ALL).hits)


def test_of_a_long_file_the_end_is_found_too(library):
    parts = [*(f"# Part {n}\n\nHarbour note {n} on rain." for n in range(300)), "# End", "OpenAI ends."]
    data = "\n\n".join(parts)
    best, *others = examined(library, data, question="OpenAI ends?", k=3)
    assert best.passage.text == "OpenAI ends."
    assert len(others) == 2


@pytest.mark.parametrize(
    ("name", "media_type", "uri"),
    [
        ("../../etc/no te.md", "", "attachment:no te.md"),
        ("C:\\notes\\a.txt", "", "attachment:a.txt"),
        ("", "text/plain", "attachment:file"),
        ("snippet", "text/markdown; charset=utf-8", "attachment:snippet"),
        ("a\u200b\n.md", "", "attachment:a .md"),
    ],
)
def test_names_are_made_harmless(library, name, media_type, uri):
    assert examined(library, name=name, media_type=media_type)[0].source.uri == uri


def test_a_file_without_a_heading_is_called_by_its_name(library):
    assert examined(library, "OpenAI ends.", "plan B.txt")[0].source.title == "plan B"


@pytest.mark.parametrize(
    ("data", "name", "kind", "words"),
    [
        (b"", "a.md", Refused, "is empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "a.png", Refused, "PNG image"),
        (b"x" * 2000, "a.txt", Refused, "the limit is 1,000"),
        (b"%PDF-1.4 broken", "a.pdf", ParseFailed, "attachment:a.pdf"),
        (b"---\nregions: mars\n---\ntext", "a.md", Refused, "regions: 'mars' is not allowed"),
        (b"---\ntitle: [\n---\ntext", "a.md", ParseFailed, "front matter"),
        (b"\n \n", "a.md", ParseFailed, "holds no text"),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(library, data, name, kind, words):
    with pytest.raises(kind, match=words):
        examined(library, data, name, rules=Rules(bytes=1000))


def test_the_limits_of_the_sandbox_hold(library):
    with pytest.raises(ParseFailed, match="more than 10 characters"):
        examined(library, rules=Rules(limits=Limits(characters=10)))
