import pytest

from bot import rates
from bot.check import verify
from retrieval.lexicon import load

LEXICON = load()


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("40 tickets per month", "month"),
        ("40 tickets a week", "week"),
        ("$40/year", "year"),
        ("monatlich 40 Tickets", "month"),
        ("40 Tickets pro Quartal", "quarter"),
        ("40 Tickets am Tag", "day"),
        ("ein jährlicher Beitrag", "year"),
    ],
)
def test_periods_are_read(text, period):
    assert [each for each, _ in rates.find(text)] == [period]


@pytest.mark.parametrize(
    ("claim", "source", "wrong"),
    [
        ("Greta costs $40 per year.", "Greta costs $40 per month.", True),
        ("Greta kostet jährlich 40 €.", "Greta kostet monatlich 40 €.", True),
        ("Greta kostet 40 € im Jahr.", "Greta costs 40 EUR a month.", True),
        ("Greta kostet 40 € im Monat.", "Greta costs 40 EUR a month.", False),
        ("Greta costs $40 each month.", "Greta costs $40 per month, not per year.", False),
        ("Greta costs $40.", "Greta costs $40 per month.", False),
    ],
)
def test_another_period_than_the_sentence_has_is_a_problem(claim, source, wrong):
    found = [each.rule for each in verify(claim, [source], LEXICON).problems]
    assert ("rate" in found) == wrong
