import pytest

from bot.slack.courtesy import courtesy
from bot.slack.notices import courteous
from bot.slack.texts import say


@pytest.mark.parametrize("text", ["", "?", " ... ", ":wave:", "👍🏽", ":+1: :tada:", "—", "``` ```"])
def test_without_a_letter_nothing_is_asked(text):
    assert courtesy(text) == "nothing"


@pytest.mark.parametrize("text", ["https://example.com/x", "see", "example (https://example.com/x)"])
def test_an_address_alone_asks_nothing(text):
    assert courtesy(text) == ("address" if text.startswith("https") else "")


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "Hi there!",
        "thanks!",
        "ok great :+1:",
        "Danke dir",
        "Guten Morgen zusammen",
        "lol",
        "perfekt, danke",
    ],
)
def test_politeness_asks_nothing(text):
    assert courtesy(text) == "greeting"


@pytest.mark.parametrize("text", ["help", "Hilfe!", "Who are you?", "what can you do", "Was kannst du?"])
def test_asking_what_can_be_asked_is_helped(text):
    assert courtesy(text) == "help"


@pytest.mark.parametrize(
    "text",
    [
        "and Anthropic?",
        "und Mistral?",
        "Hi, what is our risk if OpenAI falters?",
        "ok and in the EU",
        "thanks, but why?",
        "why?",
        "helpdesk risk",
        "https://example.com/x is that true?",
        "no fallback?",
        "Hallodri",
        "2027",
    ],
)
def test_a_question_stays_one(text):
    assert courtesy(text) == ""


@pytest.mark.parametrize(
    ("text", "key"), [("hello", "greeting"), ("help", "help.title"), ("https://a.example", "failure.empty")]
)
@pytest.mark.parametrize("locale", ["en", "de"])
def test_each_courtesy_gets_its_words(text, key, locale):
    assert courteous(text, locale).text == say(key, locale)


def test_a_question_gets_none():
    assert courteous("what if?", "en") is None
