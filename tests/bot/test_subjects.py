import pytest

from bot.subjects import Names, proper, subject
from retrieval.vocabulary import Named

NAMES = Names.of(
    [
        Named("openai", "OpenAI", ("Open AI", "GPT")),
        Named("microsoft", "Microsoft", ("Azure OpenAI",)),
        Named("odd", "!!!", ("",)),
    ],
    [Named("greta", "Greta"), Named("gpt", "GPT")],
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Is Azure OpenAI safe?", [("Azure OpenAI", "microsoft", "vendor")]),
        ("OpenAIs Verluste", [("OpenAI", "openai", "vendor")]),
        ("der OPEN-AI-Vertrag", [("OPEN-AI", "openai", "vendor")]),
        ("greta on GPT!!!", [("greta", "greta", "system"), ("GPT", "openai", "vendor")]),
        ("openairs and reopenai", []),
    ],
)
def test_names_are_known_in_every_spelling_and_as_whole_words(text, found):
    assert [(each.text, each.key, each.kind) for each in NAMES.known(text)] == found
    assert all(text[each.start : each.end] == each.text for each in NAMES.known(text))


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("What does Zephyr cost?", "en", ["Zephyr"]),
        ("Does the EU AI Act bind Halden Werke?", "en", ["Act", "Halden Werke"]),
        ("When does the contract end in December?", "en", []),
        ("What is the SLA in EUR?", "en", []),
        ("Who Owns The Big Contract Now?", "en", []),
        ("WHO OWNS IT?", "en", []),
        ("Zephyr?", "en", ["Zephyr"]),
        ("Contract?", "en", []),
        ("Was kostet Zephyr?", "de", ["Zephyr"]),
        ("Wie hoch ist der Umsatz der Firma?", "de", []),
        ("Was passiert bei Ausfall?", "de", []),
        ("Gibt es Ersatz für Nordlicht?", "de", ["Nordlicht"]),
    ],
)
def test_capitals_tell_a_name_that_nobody_listed(text, language, names):
    assert [each.text for each in proper(text, language)] == names


def test_a_subject_is_a_phrase_of_up_to_three_names():
    assert subject(NAMES.known("Greta and OpenAI and GPT"), "en") == "Greta and OpenAI"
    assert subject(NAMES.known("Greta, OpenAI, Azure OpenAI"), "de") == "Greta, OpenAI und Azure OpenAI"
    assert subject((), "en") == ""
    four = [*NAMES.known("Greta OpenAI Azure OpenAI"), *proper("what of Zephyr?", "en")]
    assert subject(four, "en") == ""
