import pytest

from bot.focus import NO_FOCUS, Focus
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
