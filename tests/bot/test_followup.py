import pytest

from bot.followup import join, language, leans, stand_alone
from retrieval.vocabulary import Named

VENDORS = (
    Named("openai", "OpenAI", ("Open AI", "GPT-5")),
    Named("anthropic", "Anthropic", ("Claude",)),
    Named("mistral", "Mistral AI", ("Mistral",)),
)


@pytest.mark.parametrize(
    "question",
    [
        "And Anthropic?",
        "Und Anthropic?",
        "What about Mistral?",
        "Was ist mit Mistral?",
        "Wie sieht es bei Mistral aus?",
        "Und nach einer Woche?",
        "After a week?",
        "Why?",
        "Seit wann?",
        "Who owns it?",
        "Wem gehört sie?",
        "What does that cost, and who pays for this?",
        "Was kostet das?",
        "Wer ist dafür zuständig?",
        "How long would they take?",
        "Anthropic?",
    ],
)
def test_a_question_that_leans_on_the_one_before(question):
    assert leans(question)


@pytest.mark.parametrize(
    "question",
    [
        "What if OpenAI falters?",
        "Was passiert, wenn OpenAI ausfällt?",
        "Which systems are Tier 1?",
        "Wie hoch ist das Risiko bei Mistral?",
        "Welche Verträge enden dieses Jahr?",
        "Können Sie die Tier-1-Systeme nennen?",
        "Which contracts end this year?",
        "Is it true that Microsoft holds a share of OpenAI since October 2025 and leads the board?",
    ],
)
def test_a_question_that_stands_alone(question):
    assert not leans(question)
    assert stand_alone(question, ("Something else entirely?",), VENDORS) == question


@pytest.mark.parametrize(
    ("question", "before", "joined"),
    [
        ("And Anthropic?", "What if OpenAI falters?", "What if Anthropic falters?"),
        ("Und Claude?", "Was, wenn OpenAI ausfällt?", "Was, wenn Claude ausfällt?"),
        ("What about Mistral?", "What if GPT-5 falters?", "What if Mistral falters?"),
        (
            "Und nach einer Woche?",
            "Was passiert nach einer Stunde ohne OpenAI?",
            "Was passiert nach einer Woche ohne OpenAI?",
        ),
        ("After a week?", "What happens after an hour?", "What happens after a week?"),
        (
            "And Anthropic after a day?",
            "What if OpenAI falters for an hour?",
            "What if Anthropic falters after a day?",
        ),
        ("Who owns it?", "What is Greta?", "What is Greta? Who owns it?"),
        ("And its price?", "What if OpenAI falters?", "What if OpenAI falters? And its price?"),
        ("And Mistral?", "Is OpenAI or Anthropic better?", "Is OpenAI or Anthropic better? And Mistral?"),
        ("And OpenAI?", "What if OpenAI falters?", "What if OpenAI falters? And OpenAI?"),
    ],
)
def test_two_questions_are_joined(question, before, joined):
    assert join(question, before, VENDORS) == joined


def test_a_chain_of_follow_ups_keeps_what_was_not_changed():
    thread = ("What if OpenAI falters after an hour?", "And after a day?")
    assert stand_alone("And Anthropic?", thread, VENDORS) == "What if Anthropic falters after a day?"


def test_a_new_subject_starts_anew():
    thread = ("What if OpenAI falters?", "Which contracts end in 2027?")
    assert stand_alone("Who owns them?", thread, VENDORS) == "Which contracts end in 2027? Who owns them?"


def test_without_a_conversation_a_question_is_what_it_is():
    assert stand_alone("And Anthropic?", (), VENDORS) == "And Anthropic?"
    assert (
        stand_alone("And Anthropic?", ("What if OpenAI falters?",))
        == "What if OpenAI falters? And Anthropic?"
    )


def test_a_short_question_has_the_language_of_the_conversation():
    assert language("Anthropic?", ("Was, wenn OpenAI ausfällt?",)) == "de"
    assert language("Anthropic?", ()) == "en"
    assert language("And what about the price?", ("Was, wenn OpenAI ausfällt?",)) == "en"
