from pathlib import Path

import pytest

from retrieval.lexicon import PACKAGED, Lexicon, load, read_glossary, read_pairs

PAIRS = [
    ("lieferkette", "supply chain"),
    ("risiko", "risk"),
    ("stadt", "city"),
    ("fand", "found"),
    ("ausfall", "outage"),
    ("ausfall", "failure"),
    ("staat", "state"),
    ("oberhaupt", "head"),
]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon(PAIRS)


def test_inflected_forms_find_their_stem(lexicon):
    assert lexicon.translations("städte", "de") == ("city",)
    assert lexicon.translations("risks", "en") == ("risiko",)


def test_the_first_translation_listed_comes_first(lexicon):
    assert lexicon.translations("ausfall", "de") == ("outage", "failure")
    assert lexicon.translations("ausfall", "de", 1) == ("outage",)


def test_compounds_are_translated_by_their_parts(lexicon):
    assert lexicon.parts("staatsoberhaupt") == ("staats", "oberhaupt")
    assert lexicon.translations("staatsoberhaupt", "de") == ("state head",)
    assert lexicon.translations("lieferkettenrisiko", "de") == ("supply chain risk",)


def test_a_word_that_can_be_cut_in_very_many_ways_is_cut_at_once():
    lexicon = Lexicon([("a" * length, "x") for length in range(3, 12)])
    # Where cuts are tried anew for each head, this takes some 1.4 ** 79 of them: the test would not end.
    assert lexicon.parts("x" + "a" * 79) == ()
    assert lexicon.parts("a" * 80)[-1] == "a" * 11


def test_the_longest_words_of_german_are_cut_and_what_is_longer_is_not():
    lexicon = Lexicon([("rinder", "cattle"), ("gesetz", "law")])
    assert lexicon.parts("rinder" * 11 + "gesetz") == ("rinder",) * 11 + ("gesetz",)
    assert lexicon.parts("rinder" * 83 + "gesetz") == ()


def test_names_and_numbers_stay_in_a_gloss(lexicon):
    assert lexicon.gloss("Hitzig fand 27 Städte", "de") == "hitzig found 27 city"


def test_unknown_words_have_no_translation(lexicon):
    assert lexicon.translations("suleyman", "de") == ()
    assert lexicon.expand("suleyman", "de") == ((),)


def test_another_lexicon_has_another_version():
    assert Lexicon(PAIRS).version != Lexicon(PAIRS[1:]).version


def test_the_packaged_lexicon_is_large_and_clean():
    pairs = list(read_pairs(PACKAGED))
    assert len(pairs) >= 4_000
    assert len(set(pairs)) == len(pairs)
    assert all(each == each.strip().lower() and each for pair in pairs for each in pair)


def test_the_packaged_lexicon_knows_the_field():
    lexicon = load()
    assert "notice" in " ".join(lexicon.translations("kündigungsfrist", "de"))
    assert "loss" in lexicon.translations("verlust", "de")


def test_a_glossary_gives_other_names(tmp_path: Path):
    path = tmp_path / "glossary.tsv"
    path.write_text(
        "# term\tmeaning\talso\nAGI\tgeneral AI\tkünstliche allgemeine Intelligenz; AKI\n", "utf-8"
    )
    assert read_glossary(path) == {
        "agi": ("künstliche allgemeine Intelligenz", "AKI"),
        "künstliche allgemeine intelligenz": ("AGI", "AKI"),
        "aki": ("AGI", "künstliche allgemeine Intelligenz"),
    }


def test_a_name_of_two_terms_brings_the_names_of_both(tmp_path: Path):
    path = tmp_path / "glossary.tsv"
    rows = ("Fallback\tx\tErsatz", "Spare part\tx\tErsatz; Ersatzteil", "Fallback\tx\tfallback")
    path.write_text("\n".join(rows), "utf-8")
    assert read_glossary(path)["ersatz"] == ("Fallback", "Spare part", "Ersatzteil")
    assert read_glossary(path)["fallback"] == ("Ersatz",)


def test_a_line_with_very_many_names_brings_the_first_of_them(tmp_path: Path):
    path = tmp_path / "glossary.tsv"
    path.write_text("AGI\tx\t" + "; ".join(f"name{n}" for n in range(20_000)), "utf-8")
    found = read_glossary(path)
    assert len(found) == 20_001
    assert "AGI" in found["name19999"] and max(map(len, found.values())) == 30


def test_weak_verb_forms_find_their_infinitive():
    lexicon = Lexicon([("leben", "live"), ("ausbauen", "extend"), ("ändern", "change")])
    assert lexicon.translations("lebte", "de") == ("live",)
    assert lexicon.translations("ausgebaut", "de") == ("extend",)
    assert lexicon.translations("änderte", "de") == ("change",)
