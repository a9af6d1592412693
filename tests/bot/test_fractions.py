import pytest

from bot.fractions import find


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Two-thirds of the models failed", 2 / 3),
        ("two thirds failed", 2 / 3),
        ("one-third failed", 1 / 3),
        ("a third of them", 1 / 3),
        ("rund zwei Drittel der Anfragen", 2 / 3),
        ("ein Viertel der Anfragen", 1 / 4),
        ("drei Viertel aller Kunden", 3 / 4),
        ("3/4 der Kunden", 3 / 4),
        ("three-quarters of requests", 3 / 4),
    ],
)
def test_a_fraction_is_read_in_words_and_with_a_stroke(text, value):
    [(found, (start, end))] = find(text)
    assert found == pytest.approx(value)
    assert text[start:end].strip() == text[start:end]


@pytest.mark.parametrize(
    "text",
    [
        *("a third vendor", "ein Drittel-Lieferant", "for three quarters in a row"),
        *("24/7 support", "2/3/2026", "AI-1/2"),
    ],
)
def test_what_only_looks_like_one_is_none(text):
    assert list(find(text)) == []
