import pytest
from gate import all_alive, refused

from bot.slack import notices, texts

FAILURES = [each.removeprefix("failure.") for each in sorted(texts.keys()) if each.startswith("failure.")]


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("key", FAILURES)
def test_a_failure_says_what_happened_and_what_to_do_and_its_reference(key, locale):
    rendered = notices.failure(key, locale, "R-<!here>", name="<!channel>.pdf", reason="https://evil.example")
    assert not refused([rendered])
    assert not all_alive([rendered])
    assert len(rendered.text.split(". ")) + rendered.text.count("?") + rendered.text.count(": ") >= 2
    assert "R-&lt;!here&gt;" in rendered.blocks[1]["elements"][0]["text"]


def test_an_unknown_failure_is_ours():
    assert notices.failure("nonsense", "en").text == notices.failure("internal", "en").text


def test_without_a_reference_none_is_named():
    assert len(notices.failure("share", "en").blocks) == 1


@pytest.mark.parametrize("locale", ["en", "de"])
def test_short_messages_are_complete(locale):
    made = [
        *(notices.working(locale, step) for step in ("working", "reading")),
        notices.stopped(locale),
        notices.given_up(locale, "R-1"),
        notices.limit_reached(locale, 200),
        notices.shared(locale),
        notices.thanks(locale),
    ]
    assert not refused(made)
    assert "200" in notices.limit_reached(locale, 200).text
    assert "R-1" in str(notices.given_up(locale, "R-1").blocks)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        *(("hello", "greeting"), ("", "greeting"), ("?", "greeting"), ("help", "help.title")),
        *(
            ("https://a.example", "failure.empty"),
            ("thanks!", "welcome"),
            (":+1:", "welcome"),
            ("👍", "welcome"),
        ),
    ],
)
@pytest.mark.parametrize("locale", ["en", "de"])
def test_each_courtesy_gets_its_words(text, key, locale):
    assert notices.courteous(text, locale).text == texts.say(key, locale)


def test_a_question_gets_none():
    assert notices.courteous("what if?", "en") is None
