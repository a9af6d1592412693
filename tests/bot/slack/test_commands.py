import pytest

from bot.slack.commands import Order, parsed


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
    ],
)
def test_what_a_command_means(text, order):
    assert parsed(text) == order
