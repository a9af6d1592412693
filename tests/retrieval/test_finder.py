from datetime import date

import pytest
from sample_documents import document
from shelves import ALL, ids, item, opened, titles

from retrieval.finder import Finder
from retrieval.types import Passage
from retrieval.visibility import Audience

TODAY = date(2026, 11, 1)


@pytest.fixture
def library(tmp_path):
    with opened(tmp_path / "home", today=lambda: TODAY) as library:
        yield library


def several(name, texts, language="en"):
    made = document(name, visibility="public", language=language)
    spans = [tuple((start, start + len(part)) for start, part in sentences(text)) for text in texts]
    return made, [Passage(f"{name}-{n}", name, n, text, spans[n], language) for n, text in enumerate(texts)]


def sentences(text):
    at = 0
    for part in text.split("|"):
        yield at, part
        at += len(part) + 1


def test_the_passage_with_the_words_comes_first_with_a_score_between_0_and_1(library):
    library.put_many([item("a", text="Mistral is French."), item("b", text="OpenAI lost money.")])
    found = library.search("Who lost money?", ALL)
    assert titles(found)[0] == "b"
    assert all(0 <= hit.score <= 1 for hit in found.hits)
    assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)


def test_each_sentence_has_its_own_similarity(library):
    library.put(*several("a", ["OpenAI lost money.|The weather was fine."]))
    [hit] = library.search("OpenAI lost money", ALL).hits
    assert len(hit.sentence_scores) == 2
    assert hit.sentence_scores[0] > 0.99
    assert hit.sentence_scores[0] > hit.sentence_scores[1]


def test_a_german_question_finds_an_english_passage(library):
    library.put_many(
        [item("a", text="The insurance pays for the damage."), item("b", text="Google is a large company.")]
    )
    assert titles(library.search("Zahlt die Versicherung den Schaden?", ALL, 1)) == ["a"]


def test_an_english_question_finds_a_german_passage(library):
    made, passages = several("a", ["Die Versicherung zahlt den Schaden."], "de")
    library.put_many([(made, passages), item("b", text="Google is a large company.")])
    assert titles(library.search("Does the insurance pay?", ALL, 1)) == ["a"]


def test_of_equals_the_newer_comes_first(library):
    old = document("old", visibility="public", published=date(2020, 1, 1), title="Note")
    new = document("new", visibility="public", published=date(2026, 10, 1), title="Note")
    text = "OpenAI lost money."
    for each in (old, new):
        library.put(each, [Passage(f"{each.id}-0", each.id, 0, text, ((0, len(text)),), "en")])
    assert [hit.source.id for hit in library.search("OpenAI lost money", ALL).hits] == ["new", "old"]


def test_hits_are_spread_over_documents(library):
    texts = [f"OpenAI lost money in quarter {n}." for n in range(4)]
    library.put_many([several("many", texts), item("one", text="OpenAI lost money this year.")])
    assert "one" in titles(library.search("OpenAI lost money", ALL, 2))


def test_what_a_reader_may_not_see_gives_a_word_no_weight(tmp_path):
    weights = []
    for name in ("Zephyrix", "Borealis"):
        with opened(tmp_path / name) as library:
            hidden = [item(f"h{n}", "group:legal", f"{name} was repaired.") for n in range(20)]
            library.put_many([item("a", text="The lights of the hall were repaired."), *hidden])
            reader, insider = Audience.of(), Audience.of("group:legal")
            told = [
                library.covers("Zephyrix lights", each)("The lights.", "en") for each in (reader, insider)
            ]
            weights.append(told)
    assert weights[0][0] == weights[1][0]
    assert weights[0][1] != weights[1][1]


def test_a_document_that_is_gone_is_not_found_even_by_a_cache_that_knows_it(library):
    library.put(*item("a"))
    library._catalogue.mark_gone(["a"])  # the caches have not followed
    assert library.search("OpenAI", ALL).hits == ()


def test_a_passage_that_only_the_words_find_has_its_true_similarity(library):
    class Blind:
        """Indexes whose vector side finds nothing."""

        def __init__(self, inner):
            self.lexical, self.matching, self.cosines = inner.lexical, inner.matching, inner.cosines

        def nearest(self, *_):
            return []

    library.put(*item("a"))
    finder = Finder(library._catalogue, Blind(library._indexes), library._bridge, {}, today=lambda: TODAY)
    [hit] = finder.find("OpenAI lost money", ALL, 5, owner=False).hits
    assert hit.sentence_scores[0] > 0.99


def test_an_empty_library_is_sure_of_nothing(library):
    found = library.search("OpenAI", ALL)
    assert (found.hits, found.answerable, found.confidence) == ((), False, 0.0)


def test_what_is_there_is_surer_than_what_is_not(library):
    library.put_many(item(f"d{n}", text=f"OpenAI lost {n} million dollars in 2026.") for n in range(10))
    there = library.search("How many dollars did OpenAI lose in 2026?", ALL)
    missing = library.search("Which whale is the heaviest animal of the ocean?", ALL)
    assert there.confidence > missing.confidence
    assert not missing.answerable
    assert 0 <= missing.confidence <= there.confidence <= 1


def test_a_question_of_function_words_alone_is_not_answerable(library):
    library.put(*item("a"))
    assert not library.search("what is it?", ALL).answerable


def test_the_glossary_brings_other_names_along(library, tmp_path):
    library.put_many([item("a", text="The restore point is one hour."), item("b", text="OpenAI lost money.")])
    assert library.search("RPO", ALL, 1).hits[0].score < 0.9
    glossary = tmp_path / "glossary.tsv"
    glossary.write_text("RPO\trecovery point objective\trestore point\n")
    list(library.ingest([str(glossary)]))
    assert titles(library.search("RPO", ALL, 1)) == ["a"]


def test_the_same_question_gets_the_same_answer(library):
    library.put_many(item(f"d{n}", text="OpenAI lost money.") for n in range(20))
    assert ids(library.search("OpenAI", ALL)) == ids(library.search("OpenAI", ALL))


def test_a_passage_without_sentences_is_found_all_the_same(library):
    made = document("a", visibility="public")
    library.put(made, [Passage("a-0", "a", 0, "OpenAI lost money.", (), "en")])
    [hit] = library.search("OpenAI lost money", ALL).hits
    assert hit.sentence_scores == ()
