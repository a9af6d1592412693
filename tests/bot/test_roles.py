import pytest

from bot.check import verify
from retrieval.lexicon import load

LEXICON = load()
PAID = "Microsoft paid OpenAI 13 billion dollars in 2023."
GEZAHLT = "Microsoft zahlte OpenAI 2023 insgesamt 13 Milliarden Dollar."


def exchanged(claim, source):
    return [each.about for each in verify(claim, [source], LEXICON).problems if each.rule == "role"]


@pytest.mark.parametrize(
    ("claim", "source", "about"),
    [
        ("OpenAI paid Microsoft 13 billion dollars.", PAID, "OpenAI / Microsoft"),
        ("OpenAI zahlte Microsoft 13 Milliarden Dollar.", GEZAHLT, "OpenAI / Microsoft"),
        ("OpenAI finds Microsoft in Hagen.", "Microsoft findet OpenAI in Hagen.", "OpenAI / Microsoft"),
        (
            "The fallback of Mistral to Greta was tested.",
            "The fallback of Greta to Mistral was tested in June.",
            "Mistral / Greta",
        ),
        (
            "Sam Altman succeeded Satya Nadella in Hagen.",
            "Satya Nadella succeeded Sam Altman in Hagen.",
            "Sam Altman / Satya Nadella",
        ),
        (
            "Greta answered 40 tickets and Lotse 90 tickets.",
            "Greta answered 90 tickets and Lotse 40 tickets.",
            "40 / 90",
        ),
        ("Prices rose from 9 to 4 dollars.", "Prices rose from 4 to 9 dollars.", "9 / 4 dollar"),
    ],
)
def test_two_that_changed_places_are_seen(claim, source, about):
    assert about in exchanged(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Toby Keith sang the song Dust.", "Dust is a song recorded by the country music artist Toby Keith."),
        ("In 2023 Microsoft paid OpenAI 13 billion dollars.", PAID),
        ("OpenAI was paid 13 billion dollars by Microsoft.", PAID),
        ("2023 zahlte Microsoft an OpenAI 13 Milliarden Dollar.", GEZAHLT),
        ("OpenAI competes with Microsoft in Hagen.", "Microsoft competes with OpenAI in Hagen."),
        ("OpenAI and Microsoft share an office.", "Microsoft and OpenAI share an office."),
        ("Prices rose to 9 from 4 dollars.", "Prices rose from 4 to 9 dollars."),
    ],
)
def test_the_same_in_another_order_is_no_exchange(claim, source):
    assert exchanged(claim, source) == []
