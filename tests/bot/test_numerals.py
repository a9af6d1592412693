import pytest

from bot import numerals


@pytest.mark.parametrize(
    ("word", "language", "value"),
    [
        ("twelve", "en", 12),
        ("ninety-nine", "en", 99),
        ("einundzwanzig", "de", 21),
        ("halbe", "de", 0.5),
        ("vendor", "en", None),
    ],
)
def test_cardinals(word, language, value):
    assert numerals.cardinal(word, language) == value


@pytest.mark.parametrize(
    ("word", "language", "value"),
    [
        ("third", "en", 3),
        ("dritten", "de", 3),
        ("zweitgrößte", "de", 2),
        ("dreijährige", "de", 3),
        ("first", "en", None),
        ("dreist", "de", None),
    ],
)
def test_ordinals_and_derived_words(word, language, value):
    assert numerals.ordinal(word, language) == value


def test_a_billion_is_a_thousand_times_more_in_german():
    assert numerals.scale("Billion", "de") == 1000 * numerals.scale("billion", "en")


def test_some_words_imply_a_number():
    assert (numerals.implied("beide"), numerals.implied("ii"), numerals.implied("vendor")) == (2, 2, None)
