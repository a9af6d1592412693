from hypothesis import given
from hypothesis import strategies as st

from retrieval.analysis import analyse, ask, contents, is_content, synonyms
from retrieval.language import grams, words
from retrieval.lexicon import Lexicon

LEXICON = Lexicon([("verlust", "loss"), ("prognose", "forecast"), ("liefer", "supply"), ("kette", "chain")])


def test_a_question_asks_the_other_language_with_translations():
    question = ask("Welcher Verlust?", "de", LEXICON)
    assert "loss" in question.stems["en"]
    assert "verlust" in question.stems["de"]


def test_a_word_without_translation_asks_as_it_is():
    assert "openai" in ask("OpenAI Verlust", "de", LEXICON).stems["en"]


def test_function_words_are_no_concepts():
    assert [each.word for each in ask("Was ist der Verlust von OpenAI?", "de", LEXICON).concepts] == [
        "verlust",
        "openai",
    ]
    assert is_content("7", "en")


def test_compounds_are_indexed_by_their_parts_too():
    stems = analyse("Lieferkette", "de", LEXICON).stems
    assert set(stems) >= {"lieferkett", "lief", "kett"} or set(stems) >= {"lieferkett", "liefer", "kett"}


def test_glossary_terms_bring_their_other_names():
    glossary = {"agi": ("artificial general intelligence",)}
    assert synonyms("What about AGI?", glossary) == ("artificial general intelligence",)
    assert synonyms("What about agitation?", glossary) == ()
    assert "general" in ask("AGI?", "en", LEXICON, glossary).stems["en"]


def test_another_name_is_one_more_way_to_find_a_concept_and_no_further_concept():
    glossary = {"fallback": ("Ausweichlösung",), "ausweichlösung": ("fallback",)}
    [concept] = ask("Ausweichlösung?", "de", LEXICON, glossary).concepts
    assert "fallback" in concept.stems["en"]
    assert concept.stems["de"] > ask("Ausweichlösung?", "de", LEXICON).concepts[0].stems["de"]


def test_a_vendor_s_name_does_not_stand_for_its_product():
    [concept] = ask("Copilot?", "en", LEXICON, {"copilot": ("Microsoft",)}).concepts
    assert "microsoft" not in concept.stems["en"]


@given(st.text(), st.text())
def test_a_gram_stands_in_the_row_if_and_only_if_a_word_has_it(text, other):
    held = contents(text, "de", LEXICON)
    cut = {gram for word in words(text) for gram in grams(word)}
    for gram in cut | {gram for word in words(other) for gram in grams(word)}:
        assert (gram in held.row) == (gram in cut)


def test_contents_hold_the_stems_of_the_index():
    text = "Die Lieferkette der Anbieter"
    assert contents(text, "de", LEXICON).stems == set(analyse(text, "de", LEXICON).stems)


def test_numbers_and_words_that_no_lexicon_holds_are_names():
    concepts = ask("Welcher Verlust bei OpenAI 2026?", "de", LEXICON).concepts
    assert {each.word: each.named for each in concepts} == {
        "verlust": False,
        "openai": True,
        "2026": True,
    }
