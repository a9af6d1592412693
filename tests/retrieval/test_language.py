from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language import detect, grams, sentences, sound, stem, words


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("what's our risk if OpenAI falters?", "en"),
        ("Was ist unser Risiko, wenn OpenAI strauchelt?", "de"),
        ("Wer haftet bei Ausfall?", "de"),
        ("Kündigungsfrist Mistral?", "de"),
        ("Who owns the Anthropic contract", "en"),
        ("Notice period for Azure OpenAI", "en"),
    ],
)
def test_short_questions_are_told_apart(text, language):
    assert detect(text) == language


@pytest.mark.parametrize("default", ["de", "en"])
@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (
            "Kosten OpenAI|Ferrum Kosten|Ausfall Anthropic|Vertrag Mistral|Besitzer?|Gemini Kosten|danke!",
            "de",
        ),
        ("Ausstieg Google|Vertragsende Google|Notfallplan Lotse|Anbieter Vergleich|Hallo!", "de"),
        ("OpenAI cost|Ferrum cost|Anthropic outage|Mistral contract|Owner?|ChatGPT price|thanks!", "en"),
        ("Gemini contract|fallback Greta|emergency plan|vendor comparison|deadline Azure", "en"),
    ],
)
def test_of_one_or_two_words_those_tell_that_one_language_has(texts, language, default):
    assert {each: detect(each, default) for each in texts.split("|")} == dict.fromkeys(
        texts.split("|"), language
    )


@pytest.mark.parametrize("default", ["de", "en"])
@pytest.mark.parametrize("text", ["Anthropic?", "OpenAI Mistral", "Greta", "2026", "", "Plan", "plan OpenAI"])
def test_what_both_languages_or_neither_have_tells_nothing(text, default):
    assert detect(text, default) == default


def test_german_abbreviations_and_ordinals_do_not_end_a_sentence():
    text = "Am 16. Februar 2026 meldete Axios das z. B. mit 14 Mrd. Dollar. Danach kam Nr. 5."
    assert [text[a:b] for a, b in sentences(text, "de")] == [
        "Am 16. Februar 2026 meldete Axios das z. B. mit 14 Mrd. Dollar.",
        "Danach kam Nr. 5.",
    ]


@given(st.text(max_size=400), st.sampled_from(["de", "en"]))
def test_sentences_hold_all_that_is_not_space_in_order(text, language):
    spans = sentences(text, language)
    assert all(a < b for a, b in spans)
    assert all(left[1] <= right[0] for left, right in zip(spans, spans[1:], strict=False))
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())


@pytest.mark.parametrize("marks", ['""', "''", "„“", "()"])
def test_a_stray_mark_and_the_next_of_its_kind_do_not_swallow_the_sentences_between(marks):
    first = f"Er nannte {marks[0]}z. B. Nr. 5 und 14 Mrd. Dollar."
    rest = [f"Danach kam im {n}. Jahrhundert noch ein Satz." for n in range(1, 20)]
    last = f"Der Schluss{marks[1]} kommt."
    text = " ".join([first, *rest, last])
    assert [text[a:b] for a, b in sentences(text, "de")] == [first, *rest, last]


def test_a_quote_of_several_short_sentences_stays_whole():
    text = 'He said: "It rains. It pours. It stops." Then he left.'
    assert [text[a:b] for a, b in sentences(text, "en")] == [text[:40], "Then he left."]


@given(st.text("aB .!?\"„“()'", min_size=600, max_size=1500), st.sampled_from(["de", "en"]))
def test_long_sentences_hold_all_that_is_not_space_in_order(text, language):
    spans = sentences(text, language)
    assert all(left[1] <= right[0] for left, right in zip(spans, spans[1:], strict=False))
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())


def test_the_sentences_of_a_very_long_line_stay_whole():
    said = [f"Im 19. Jahrhundert zahlte Nr. {i} nach „Recht.“ genau {i} Taler." for i in range(2_000)]
    text = " ".join(said)
    assert len(text) > 100_000
    assert [text[a:b] for a, b in sentences(text, "de")] == said


def test_only_a_run_without_an_end_is_cut_in_a_very_long_line():
    before, after = "Before it all was said. " * 1_000, "After it all was said. " * 1_000
    text = f"{before}{'wort ' * 5_000}. {after}"
    said = [text[a:b] for a, b in sentences(text, "en")]
    assert said[:1_000] == ["Before it all was said."] * 1_000
    assert said[-1_000:] == ["After it all was said."] * 1_000
    assert all(set(each.split()) <= {"wort", "."} for each in said[1_000:-1_000])


def test_stray_marks_in_a_very_long_line_cost_no_square_of_its_length():
    # Segmented as one line this took 105 s; in windows one second.
    marks = Random(1).choices("aB .!?\"„“()'[]«»", k=320_000)
    text = "".join(marks)
    spans = sentences(text, "de")
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())


@pytest.mark.parametrize("space", ["\u00a0", "\u2028", "\u202f", "\u3000", "\x85"])
def test_a_wide_space_before_a_full_stop_is_as_good_as_another(space):
    text = f"Das sagt Herr B{space}. Dann schweigt er."
    assert sentences(text, "de") == sentences(text.replace(space, " "), "de")


def test_a_line_without_an_end_is_cut_at_spaces():
    text = "wort " * 40_000
    spans = sentences(text, "de")
    assert max(b - a for a, b in spans) <= 1_200
    assert "".join(text[a:b] for a, b in spans).replace(" ", "") == text.replace(" ", "")


def test_stems_join_umlaut_plurals():
    assert stem("städte", "de") == stem("stadt", "de")
    assert stem("risiken", "de") == stem("risiken", "de")


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=30))
def test_grams_cover_a_word_with_its_edges(word):
    found = grams(word.lower())
    assert found
    rebuilt = found[0] + "".join(each[-1] for each in found[1:])
    assert rebuilt == f"_{sound(word.lower())}_"


def test_words_are_letters_and_digits():
    assert words("MAI-1: 37,5 Mrd. $!") == ["mai", "1", "37", "5", "mrd"]


def test_a_text_whose_words_do_not_tell_is_classified():
    assert detect("Lieferkettenrisiko Anthropic Rechenleistung Microsoft") == "de"
    assert detect("supply chain hazard Anthropic computing Microsoft") == "en"


def test_german_ordinals_do_not_end_a_sentence():
    text = "Im 19. Jahrhundert wuchs die Stadt. Der 5. Platz war gut. Er wohnte in Haus 7. Danach zog er um."
    assert [text[a:b] for a, b in sentences(text, "de")] == [
        "Im 19. Jahrhundert wuchs die Stadt.",
        "Der 5. Platz war gut.",
        "Er wohnte in Haus 7.",
        "Danach zog er um.",
    ]
