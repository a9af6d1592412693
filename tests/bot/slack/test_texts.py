import re
import string

import pytest

from bot.slack.texts import _TEXTS, keys, knows, locale_of, say


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", _TEXTS)
def test_both_languages_say_the_same_things(key):
    english, german = _TEXTS[key]
    assert english.strip() and german.strip()
    assert fields(english) == fields(german)
    assert say(key, "en", **dict.fromkeys(fields(english), "x")) != ""


@pytest.mark.parametrize("key", _TEXTS)
def test_words_are_plain(key):
    for text in _TEXTS[key]:
        assert "!" not in text
        assert not re.search(
            r"\b(?:error|exception|timeout|retry|token|API|backend|payload|null|Fehler|Exception)\b", text
        )
        assert not re.search(r"[<>&]", text)


def test_the_languages_differ():
    same = [key for key, (english, german) in _TEXTS.items() if english == german]
    assert set(same) <= {"part", "home.title"}


@pytest.mark.parametrize("key", [each for each in _TEXTS if each.startswith("button.")])
def test_a_button_is_short(key):
    assert all(len(each) <= 30 for each in _TEXTS[key])


@pytest.mark.parametrize("key", ["feedback.title", "another.title", "button.send", "button.cancel"])
def test_a_window_title_is_at_most_24_letters(key):
    assert all(len(each) <= 24 for each in _TEXTS[key])


@pytest.mark.parametrize(
    ("slack", "ours"),
    [
        ("de-DE", "de"),
        ("de_AT", "de"),
        ("DE", "de"),
        ("en-US", "en"),
        ("fr-FR", "en"),
        ("", "en"),
        (None, "en"),
        ("den", "en"),
    ],
)
def test_the_locale_is_one_of_ours(slack, ours):
    assert locale_of(slack) == ours


def test_the_texts_can_be_looked_up():
    assert knows("working") and not knows("nonsense")
    assert set(keys()) == set(_TEXTS)
    with pytest.raises(KeyError):
        say("nonsense", "en")
