import pytest

from bot.asked import asked, held

ORDINARY = {"head", "service", "halden", "this", "vendor", "works", "digital", "der", "die", "laut"}


def ordinary(word: str) -> bool:
    return word.lower() in ORDINARY


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("Who owns the OpenAI relationship?", {"person"}),
        ("Wer ist bei uns für Google zuständig?", {"person"}),
        ("When does the contract end?", {"date"}),
        ("Seit wann gilt der Vertrag?", {"date"}),
        ("Wann läuft der Vertrag mit Mistral aus?", {"date"}),
        ("How much do we pay for Ferrum?", {"money"}),
        ("Kosten OpenAI", {"money"}),
        ("How many seats do we pay for?", {"number"}),
        ("Wie viele Tage brauchen wir?", {"number"}),
        ("How long is the notice period?", {"length"}),
        ("Kündigungsfrist Google", {"length"}),
        ("Who tested it, and when?", {"person", "date"}),
        ("what's our risk if OpenAI falters?", set()),
        ("What happens when a vendor fails?", set()),
        ("Was passiert, wenn OpenAI ausfällt?", set()),
    ],
)
def test_a_question_asks_for_kinds_of_things(question, kinds):
    assert asked(question) == kinds


@pytest.mark.parametrize(
    ("kind", "text", "language", "holds"),
    [
        ("person", "The owner is Miriam Osterkamp, Head of Digital Service.", "en", True),
        ("person", "Halden Werke runs a Service Desk.", "en", False),
        ("person", "Die Forscherin Zoë Hitzig ging.", "de", True),
        ("date", "It ends on 28 February 2027.", "en", True),
        ("date", "OpenAI ist laut dem Artikel vom Februar 2026 abhängig.", "de", False),
        ("date", "Die Vorschauen liefen im August 2025.", "de", True),
        ("money", "It costs 27,500 EUR per month.", "en", True),
        ("money", "It has 16 GPUs.", "en", False),
        ("money", "Das sind 14 Milliarden Dollar.", "de", True),
        ("number", "Greta is a Tier 1 system on Llama 3.3.", "en", False),
        ("number", "Ferrum has 16 GPUs.", "en", True),
        ("number", "It ends on 28 February 2027.", "en", False),
        ("length", "The notice period is 90 days.", "en", True),
        ("length", "Support answers within 8 business hours.", "en", True),
        ("length", "It was approved on 18 March 2026.", "en", False),
    ],
)
def test_a_text_holds_a_kind_of_thing_or_not(kind, text, language, holds):
    assert (kind in held(frozenset({kind}), text, language, ordinary)) is holds


def test_nothing_is_looked_for_where_nothing_is_asked():
    assert held(frozenset(), "28 February 2027", "en", ordinary) == frozenset()
