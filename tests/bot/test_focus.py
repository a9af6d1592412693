import pytest

from bot.focus import NO_FOCUS, Focus, missing, strangers
from retrieval.vocabulary import Named

VENDORS = (Named("openai", "OpenAI", ("GPT-5",)), Named("microsoft", "Microsoft", ("Azure OpenAI",)))
SYSTEMS = (Named("greta", "Greta"),)


@pytest.mark.parametrize(
    ("text", "above", "on"),
    [
        ("OpenAI may process public data.", "Vendors", True),
        ("GPT-5 is used at night.", "Vendors", True),
        ("Azure OpenAI is hosted in Sweden.", "Vendor note: OpenAI", False),
        ("The contract ends in May.", "Vendor note: OpenAI", True),
        ("The contract ends in May.", "Vendor note: Microsoft", False),
        ("Microsoft renews in May.", "Vendor note: OpenAI", False),
        ("Greta drafts answers.", "Vendor note: OpenAI", True),
        ("The office has green chairs.", "Facilities", False),
    ],
)
def test_a_sentence_is_about_the_vendor_it_names_or_else_its_heading(text, above, on):
    assert Focus.of("When does the OpenAI contract end?", VENDORS, SYSTEMS).on(text, above) is on


def test_a_system_is_a_name_as_well():
    focus = Focus.of("What is Greta's fallback?", VENDORS, SYSTEMS)
    assert focus.on("Greta falls back to Claude.", "Vendor note: OpenAI")
    assert not focus.on("The contract ends in May.", "Vendor note: OpenAI")


def test_a_question_that_names_nobody_takes_every_sentence():
    assert Focus.of("Which contract ends first?", VENDORS, SYSTEMS).on("Microsoft renews.", "")
    assert NO_FOCUS.on("Anything.", "") and NO_FOCUS.weight(True) == 1


def test_a_sentence_about_something_else_weighs_less():
    focus = Focus.of("OpenAI?", VENDORS, SYSTEMS)
    assert focus.weight(False) < focus.weight(True)
    assert focus.knows("Greta") and not focus.knows("Miriam")


WORDS = {"vertrag", "contract", "council", "works", "rechnung", "wegzug"}


@pytest.mark.parametrize(
    ("question", "language", "names"),
    [
        ("When does the contract with Cohere end?", "en", {"cohere"}),
        ("When does the contract with OpenAI end?", "en", set()),
        ("Cohere contract", "en", set()),
        ("Wann endet der Vertrag mit Cohere?", "de", {"cohere"}),
        ("Was steht im Vertrag und in der TV-Rechnung?", "de", set()),
        ("Was ist unser Risiko, wenn OpenAI ins Straucheln gerät?", "de", set()),
        ("Wie viel Verlust machte OpenAI 2031?", "de", {"2031"}),
        ("How many of the 14 AI systems?", "en", set()),
    ],
)
def test_names_that_nobody_listed_and_years_are_strangers(question, language, names):
    focus = Focus.of(question, VENDORS, SYSTEMS)
    known = WORDS | {"verlust", "systems"}
    assert strangers(question, language, focus, lambda word: word.lower() in known) == names


@pytest.mark.parametrize(
    ("name", "absent"),
    [
        ("cohere", True),
        ("mistral", False),
        ("mistrel", False),
        ("council", False),
        ("2026", False),
        ("2031", True),
    ],
)
def test_a_name_is_missing_where_neither_it_nor_another_word_for_it_nor_its_like_stands(name, absent):
    texts = ["The Mistral contract ends in 2026.", "Der Rat tagt."]
    assert missing({name}, texts, lambda word: ("Rat",) if word == "council" else ()) is absent
