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
        ("half", "en", 0.5),
        ("half", "de", None),
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
        ("nineteenth", "en", 19),
        ("zwanzigste", "de", 20),
    ],
)
def test_ordinals_and_derived_words(word, language, value):
    assert numerals.ordinal(word, language) == value


def test_a_billion_is_a_thousand_times_more_in_german():
    assert numerals.scale("Billion", "de") == 1000 * numerals.scale("billion", "en")


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("beide", 2),
        ("ii", 2),
        ("vendor", None),
        ("zweispurige", 2),
        ("zweitniedrigste", 2),
        ("second-busiest", 2),
        ("vierzehn", None),
        ("viertel", None),
    ],
)
def test_some_words_imply_a_number(word, value):
    assert numerals.implied(word) == value
