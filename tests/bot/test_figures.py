import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import figures
from retrieval.types import Language


def readings(text: str, language: Language) -> list[tuple[float, str]]:
    return [each.readings[-1] for each in figures.find(text, language)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "14 Mrd. $"),
        ("de", "14 Milliarden Dollar"),
        ("de", "14 Mrd. US-Dollar"),
        ("de", "14-Milliarden-Dollar-Vertrag"),
        ("en", "$14 billion"),
        ("en", "$14bn"),
        ("en", "US$ 14 billion"),
        ("en", "14-billion-dollar deal"),
        ("en", "USD 14 billion"),
    ],
)
def test_one_amount_reads_the_same_in_every_notation(language, text):
    assert readings(text, language) == [(14e9, "usd")]


@pytest.mark.parametrize(
    ("language", "text", "value", "unit"),
    [
        ("de", "37,5", 37.5, ""),
        ("en", "37.5", 37.5, ""),
        ("de", "15.000", 15_000, ""),
        ("en", "15,000", 15_000, ""),
        ("de", "1.234.567,89 €", 1_234_567.89, "eur"),
        ("en", "€1,234,567.89", 1_234_567.89, "eur"),
        ("de", "1 000 km", 1_000, "km"),
        ("de", "27 %", 27, "%"),
        ("de", "27-prozentig", 27, "%"),
        ("en", "27 percent", 27, "%"),
        ("de", "3 Prozentpunkte", 3, "points"),
        ("de", "siebenundzwanzig", 27, ""),
        ("en", "twenty-seven", 27, ""),
        ("de", "zwei Dutzend", 24, ""),
        ("de", "anderthalb Millionen", 1.5e6, ""),
        ("de", "eine Milliarde", 1e9, ""),
        ("en", "half a million", 0.5e6, ""),
        ("en", "the 3rd", 3, ""),
        ("de", "die dritte", 3, ""),
        ("en", "90 days", 90, "day"),
        ("de", "eine Billion", 1e12, ""),
        ("en", "a billion", 1e9, ""),
        ("en", "40k", 40_000, ""),
        ("en", "06:00", 360, "time"),
        ("en", "8 pm", 1_200, "time"),
        ("de", "20 Uhr", 1_200, "time"),
    ],
)
def test_a_figure_is_read_by_scale_unit_and_locale(language, text, value, unit):
    assert readings(text, language) == [(value, unit)]


@pytest.mark.parametrize("text", ["GPT-4", "MAI-1", "H100", "5G", "an hour", "one of them", "the first"])
def test_names_and_articles_are_no_figures(text):
    assert figures.find(text, "en") == ()


def test_a_range_lends_its_unit_to_its_first_number():
    first, last = figures.find("zwischen 20 und 25 Prozent", "de")
    assert (20.0, "%") in first.readings
    assert last.readings == ((25.0, "%"),)


def test_a_range_lends_its_scale_to_its_first_number():
    first, _ = figures.find("2 to 3 billion dollars", "en")
    assert (2e9, "usd") in first.readings


def supported(claim: str, source: str, language: Language = "en") -> bool:
    claimed = figures.find(claim, language)
    return all(any(figures.supports(s, c) for s in figures.supporting(source, language)) for c in claimed)


def test_a_hedged_figure_may_be_five_percent_off():
    assert supported("about 20 billion", "19.8 billion")
    assert supported("rund 410 Tausend", "409.500", "de")
    assert not supported("about 20 billion", "18 billion")


def test_a_figure_without_a_hedge_must_be_exact():
    assert not supported("20 billion", "19.8 billion")
    assert supported("20 billion dollars", "close to 20 billion dollars")


def test_units_must_agree_where_both_have_one():
    assert not supported("27 %", "27 engineers")
    assert not supported("$14 billion", "€14 billion")
    assert not supported("5 days", "5 weeks")
    assert supported("14 billion", "$14 billion")


def test_a_word_may_stand_for_a_number_only_in_the_source():
    assert supported("2 vendors", "both vendors")
    assert supported("1 hour", "after an hour")
    assert not supported("1 inspector", "a plant with inspectors")


def test_table_cells_have_the_unit_of_their_heading():
    assert supported("27 %", "| share in % |\n| 27 |")


def test_the_half_is_fifty_percent():
    assert supported("50 %", "die Hälfte der Kosten", "de")


@given(st.integers(min_value=1, max_value=10**9))
def test_grouped_digits_mean_the_same_in_both_languages(number):
    english = f"{number:,}"
    german = english.replace(",", ".")
    assert figures.read(english, "en") == figures.read(german, "de") == number


@given(st.text(max_size=200), st.sampled_from(["de", "en"]))
def test_any_text_can_be_read_and_spans_are_literal(text, language):
    for each in figures.find(text, language):
        assert text[slice(*each.span)].strip() == each.text
