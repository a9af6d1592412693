"""The two small windows: why an answer did not help, and which model to ask instead. Pure.

`private_metadata` holds the answer's id, which is all that the submission needs to find it again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.slack import clicks, kit
from bot.slack.citing import one_line
from bot.slack.kit import Block
from bot.slack.texts import Locale, say

REASONS = ("wrong", "incomplete", "sources", "old", "unclear")
EXTRACTIVE = "extractive"
_WORDS = 1_000
_MODELS = 10  # radio buttons that Slack shows


def reason(answer_id: str, locale: Locale) -> Block:
    """Asks what was wrong with an answer. Both fields may stay empty."""
    options = [_option(say(f"feedback.{each}", locale), each) for each in REASONS]
    radio = {"type": "radio_buttons", "action_id": clicks.INPUT, "options": options}
    words = {"type": "plain_text_input", "action_id": clicks.INPUT, "multiline": True, "max_length": _WORDS}
    blocks = [
        _input(clicks.REASON_BLOCK, say("feedback.reason", locale), radio),
        _input(clicks.WORDS_BLOCK, say("feedback.words", locale), words),
    ]
    return _modal(clicks.REASON_VIEW, say("feedback.title", locale), answer_id, blocks, locale)


def another_model(answer_id: str, models: Sequence[str], locale: Locale, used: str = "") -> Block:
    """Asks which model to ask instead of the one that was `used`; quoting without a model is always there."""
    names = [each for each in models if each not in (used, EXTRACTIVE)][: _MODELS - 1]
    options = [_option(one_line(each), each) for each in names]
    if used != EXTRACTIVE:
        options.append(_option(say("another.extractive", locale), EXTRACTIVE))
    radio = {"type": "radio_buttons", "action_id": clicks.INPUT, "options": options}
    block = _input(clicks.MODEL_BLOCK, say("another.which", locale), radio, optional=False)
    return _modal(clicks.MODEL_VIEW, say("another.title", locale), answer_id, [block], locale)


def reason_of(view: Mapping[str, Any]) -> tuple[str, str]:
    """From a submitted window: the answer's id, and the reason in words (ours, then the person's)."""
    chosen = _value(view, clicks.REASON_BLOCK)
    words = " ".join(_value(view, clicks.WORDS_BLOCK).split())[:_WORDS]
    known = chosen if chosen in REASONS else ""
    return str(view.get("private_metadata") or ""), ": ".join(filter(None, [known, words]))


def model_of(view: Mapping[str, Any]) -> tuple[str, str]:
    """From a submitted window: the answer's id, and the vendor's name."""
    return str(view.get("private_metadata") or ""), _value(view, clicks.MODEL_BLOCK)


def _value(view: Mapping[str, Any], block: str) -> str:
    values = (view.get("state") or {}).get("values") or {}
    field = (values.get(block) or {}).get(clicks.INPUT) or {}
    chosen = field.get("selected_option") or {}
    return str(field.get("value") or chosen.get("value") or "")


def _option(text: str, value: str) -> Block:
    return {"text": kit.plain(text), "value": value}


def _input(block: str, text: str, element: Block, optional: bool = True) -> Block:
    return {
        "type": "input",
        "block_id": block,
        "label": kit.plain(text, 2_000),
        "optional": optional,
        "element": element,
    }


def _modal(callback: str, title: str, answer_id: str, blocks: Sequence[Block], locale: Locale) -> Block:
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": answer_id,
        "title": kit.plain(title, 24),
        "submit": kit.plain(say("button.send", locale), 24),
        "close": kit.plain(say("button.cancel", locale), 24),
        "blocks": list(blocks),
    }
