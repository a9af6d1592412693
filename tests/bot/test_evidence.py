from bot.evidence import gather, is_content, plain, runs, tokenise
from retrieval.lexicon import Lexicon

LEXICON = Lexicon([("vertrag", "contract"), ("risiko", "risk")])


def test_context_adds_facts_but_no_sentences():
    evidence = gather([("It fails.", "en")], LEXICON, [("Note on Mistral, 2026-02-18", "en")])
    assert [each.text for each in evidence.sentences] == ["It fails."]
    assert "mistral" in evidence.tokens["en"]
    assert evidence.years == {2026}


def test_the_mark_of_a_list_item_is_no_part_of_a_sentence():
    evidence = gather([("- It fails.\n- It stops.", "en")], LEXICON)
    assert [each.text for each in evidence.sentences] == ["It fails.", "It stops."]


def test_names_with_digits_are_known_with_and_without_hyphen():
    joined = gather([("Die GPT-4-Modelle und Llama 3", "de")], LEXICON).joined
    assert {"gpt4", "llama3", "modelle"} <= joined


def test_compounds_are_known_by_their_parts():
    stems = gather([("Das Vertragsrisiko steigt.", "de")], LEXICON).stems["de"]
    assert {"vertrag", "risiko"} <= stems


def test_runs_of_capitals_end_at_any_other_sign():
    assert runs("said Sam Altman, Mira Murati and I") == [("Sam", "Altman"), ("Mira", "Murati"), ("I",)]


def test_tokens_are_compared_without_genitive_and_marks():
    assert (plain("Europe’s"), plain("Zürich"), plain("U.S.")) == ("europe", "zurich", "us")


def test_contractions_stay_one_word():
    assert tokenise("It isn’t so") == ["it", "isn't", "so"]


def test_function_words_say_nothing():
    assert [is_content(word, "en") for word in ("the", "x", "7", "risk")] == [False, False, True, True]
