import json
from pathlib import Path

import pytest

import bot.slack
from bot.slack.commands import _FOLLOW_UPS, _WORDS, Order, parsed
from bot.slack.texts import say


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("", Order("help")),
        ("  help ", Order("help")),
        ("HELP me", Order("help", "me")),
        ("ask", Order("help")),
        ("ask what if?", Order("ask", "what if?")),
        ("Ask  what if?", Order("ask", "what if?")),
        ("what if OpenAI falters", Order("ask", "what if OpenAI falters")),
        ("why?", Order("ask", "why?")),
        ("frobnicate", Order("unknown", "frobnicate")),
        ("sources", Order("sources")),
        ("status", Order("status")),
        ("help me choose a vendor", Order("ask", "help me choose a vendor")),
        ("status of OpenAI?", Order("ask", "status of OpenAI?")),
        ("sources for the EU act", Order("ask", "sources for the EU act")),
        ("ask\nwhat if?", Order("ask", "what if?")),
        ("Hilfe", Order("help")),
        ("quellen", Order("sources")),
        ("follow-ups", Order("follow-ups")),
        ("Follow-ups  OFF", Order("follow-ups", "off")),
        ("follow-ups on", Order("follow-ups", "on")),
        ("follow-ups of the outage?", Order("ask", "follow-ups of the outage?")),
    ],
)
def test_what_a_command_means(text, order):
    assert parsed(text) == order


def test_each_word_is_named_where_people_look_for_it():
    manifest = json.loads(Path(bot.slack.__file__).with_name("manifest.json").read_text())
    hint = manifest["features"]["slash_commands"][0]["usage_hint"]
    for word in (*_WORDS, _FOLLOW_UPS):
        assert word in hint
        for locale in ("en", "de"):
            assert word in say("failure.unknown_command", locale)
            assert word == "help" or f"/strategy {word}" in say("help.ways", locale)
