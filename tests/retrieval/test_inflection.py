import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.inflection import base, infinitives


@pytest.mark.parametrize(
    ("form", "infinitive"),
    [
        ("ging", "gehen"),
        ("gingen", "gehen"),
        ("ausgegangen", "ausgehen"),
        ("vergangenen", "vergehen"),
        ("begonnene", "beginnen"),
        ("übernahm", "übernehmen"),
        ("zurückgezogen", "zurückziehen"),
        ("enthält", "enthalten"),
        ("einzurichten", "einrichten"),
        ("abzusehen", "absehen"),
    ],
)
def test_a_german_strong_form_finds_its_infinitive(form, infinitive):
    assert base(form, "de") == infinitive


@pytest.mark.parametrize(
    "noun",
    "einnahmen ausgaben angaben unterlagen anlagen sprachen bestand unterschied betrieb vertrag stahl "
    "hinzufügen zunehmen umzug anzug ausfuhren einfuhr griff aufgaben mistral azure".split(),
)
def test_nouns_and_infinitives_that_look_like_forms_stay_themselves(noun):
    assert base(noun, "de") == noun


@pytest.mark.parametrize(
    ("form", "first"),
    [("went", "go"), ("began", "begin"), ("taught", "teach"), ("children", "child"), ("crises", "crisis")],
)
def test_an_english_irregular_form_finds_its_base(form, first):
    assert base(form, "en") == first
    assert base(first, "en") == first


def test_weak_forms_and_inflected_participles_may_come_from_their_infinitive():
    assert "leben" in infinitives("lebte")
    assert "spenden" in infinitives("gespendete")
    assert "regeln" in infinitives("geregelt")
    assert "ausbauen" in infinitives("ausgebaut")


@given(st.text(max_size=30), st.sampled_from(["de", "en"]))
def test_any_word_has_a_base(word, language):
    assert isinstance(base(word, language), str)
    assert all(map(str.isascii, list(infinitives("x"))))
