import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from retrieval.cohesion import SHARED_WORDS, WITHIN_PARAGRAPH, likeness, reluctance
from retrieval.language import sentences

counts = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 9)).map(Counter)


def costs(text, language="en"):
    return reluctance(text, sentences(text, language), language)


def test_a_cut_between_paragraphs_costs_less_than_one_within():
    within = costs("The orchard ripens. A harbour sleeps.")[1]
    between = costs("The orchard ripens.\nA harbour sleeps.")[1]
    assert (within, between) == (WITHIN_PARAGRAPH, 0.0)


def test_a_cut_costs_more_the_more_words_the_two_sides_share():
    same, other = "Apples ripen late.", "Ships sail early."
    assert costs(f"{same}\n{same}")[1] == SHARED_WORDS
    assert 0.0 < costs(f"{same}\nApples ship early.")[1] < SHARED_WORDS
    assert costs(f"{same}\n{other}")[1] == 0.0


def test_forms_of_a_word_count_as_the_same_and_function_words_do_not_count():
    assert costs("Die Verträge enden.\nDer Vertrags-Anhang bleibt.", "de")[1] > 0.0
    assert costs("Das ist von der Art.\nDas ist bei der Bank.", "de")[1] == 0.0


def test_only_sentences_nearby_are_compared():
    far = "Apples ripen late."
    filler = "\n".join(f"Ships sail early past cape {letter * 5} every day." for letter in "bcdfghjk")
    near = costs(f"{far}\n{far}")
    assert costs(f"{far}\n{filler}\n{far}")[-1] < near[-1]
    assert costs(f"{far}\n{filler}\n{far}")[-1] == 0.0


@given(st.text("abc ABC.\n", min_size=300, max_size=2500))
def test_each_place_weighs_the_words_of_300_characters_on_either_side(text):
    text = text.translate({ord(letter): letter * 3 for letter in "abcABC"})
    spans = sentences(text, "en")

    def side(places):
        size, found = 0, Counter()
        for begin, end in (spans[place] for place in places):
            found += Counter(each.lower()[:6] for each in re.findall("[a-zA-Z]{3,}", text[begin:end]))
            size += end - begin
            if size >= 300:
                break
        return found

    for place, cost in list(enumerate(reluctance(text, spans, "en")))[1:]:
        expected = likeness(side(range(place - 1, -1, -1)), side(range(place, len(spans))))
        within = "\n" not in text[spans[place - 1][1] : spans[place][0]]
        assert cost == WITHIN_PARAGRAPH * within + SHARED_WORDS * expected


@given(counts, counts)
def test_likeness_is_symmetric_and_a_share(left, right):
    assert likeness(left, right) == likeness(right, left)
    assert 0.0 <= likeness(left, right) <= 1.0 + 1e-9
    assert not left or abs(likeness(left, left) - 1.0) < 1e-9


@given(st.text("ab .\n", max_size=300))
def test_every_sentence_has_a_cost_and_the_first_none(text):
    found = costs(text)
    assert len(found) == len(sentences(text, "en"))
    assert not any(found[:1])
    assert all(0.0 <= each <= WITHIN_PARAGRAPH + SHARED_WORDS + 1e-9 for each in found)
