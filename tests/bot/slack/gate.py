"""Looks at what would be posted, with eyes of its own: what is alive in it, and what Slack would refuse."""

import json
import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "injections"
MENTION = re.compile(r"<\s*(?:[!@#]|subteam|date\^)")
ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.\-]{1,20}://|(?:javascript|data|vbscript|mailto|file):)[^\s<>|)\]\"`]+", re.I
)
BARE = re.compile(
    r"(?<![\w.@-])(?:[\w-]{1,63}\.)+(?:com|org|net|example|dev|xyz|de|info|app|cloud|tk|ru|test|onion)(?![\w-])",
    re.I,
)


_FORMAT = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_ODD = re.compile("[^ -~\n\t]")


def rows(name):
    """The lines of a file of hostile data; skips by name where it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def texts(value):
    """Every string in a JSON value that a person or Slack's parser would read."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in ("type", "action_id", "block_id", "callback_id", "style"):
                yield from texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)


def alive(text, links=()):
    """What in a text would notify somebody or lead anywhere but to `links`."""
    return _alive(text, tuple(links))


@cache
def _alive(text, links):
    allowed = {link for each in links for link in (each, each.replace("&", "&amp;"))}
    shown = [text] if text.isascii() else [text, unicodedata.normalize("NFKC", _FORMAT.sub("", text))]
    found = [hit.group() for each in shown for hit in MENTION.finditer(each)]
    without = re.sub(r"(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,200}", "", text)
    for pattern in (ADDRESS, BARE):
        rest = without
        for link in sorted(allowed, key=len, reverse=True):
            rest = rest.replace(link, "")
        found += [hit.group() for hit in pattern.finditer(rest)]
    return found + [letter for letter in _ODD.findall(text) if _unseen(letter)]


def _unseen(letter):
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs") and letter not in "\n\t\u200d"


def all_alive(messages, links=()):
    """The same for whole messages or views."""
    values = [each if isinstance(each, dict) else [each.text, each.blocks] for each in messages]
    return [hit for value in values for text in texts(value) for hit in alive(text, links)]


def refused(messages):
    """What Slack would refuse, in words."""
    return [problem for each in messages for problem in _refused(each.text, each.blocks, 50)]


def refused_view(view):
    """The same for a modal or a Home."""
    return [*_refused("x", view["blocks"], 100), *_by_the_sdk(view["blocks"])]


def _refused(text, blocks, most):
    if not text.strip() or len(text) > 4_000:
        yield f"text of {len(text)}"
    if not blocks or len(blocks) > most:
        yield f"{len(blocks)} blocks"
    markdown = sum(len(each["text"]) for each in blocks if each["type"] == "markdown")
    if markdown > 12_000:
        yield f"{markdown} characters of Markdown"
    rendered = sum(len(each) for each in _rendered(blocks))
    headings = sum(len(re.findall(r"^#+ ", b["text"], re.M)) for b in blocks if b["type"] == "markdown")
    if rendered + 100 * headings > 13_200 and most == 50:
        yield f"{rendered} characters, {headings} headings"
    for block in blocks:
        yield from _block(block)
    yield from _by_the_sdk(blocks)


def _rendered(value):
    if isinstance(value, dict):
        for key, each in value.items():
            if key in ("text", "title") and isinstance(each, str):
                yield each
            yield from _rendered(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _rendered(each)


def _block(block):
    kind = block["type"]
    if kind == "markdown" and not block["text"].strip():
        yield "empty markdown"
    if kind == "section" and not 1 <= len(block["text"]["text"]) <= 3_000:
        yield f"section of {len(block['text']['text'])}"
    if kind == "context" and not 1 <= len(block["elements"]) <= 10:
        yield "context"
    if kind == "container":
        if not 1 <= len(block["child_blocks"]) <= 10 or len(block["title"]["text"]) > 150:
            yield "container"
        for child in block["child_blocks"]:
            yield from _block(child)
    for each in _buttons(block):
        if len(each["text"]["text"]) > 75 or not 1 <= len(each["value"]) <= 2_000:
            yield f"button {each}"


def _buttons(value):
    if isinstance(value, dict):
        if value.get("type") == "button":
            yield value
        for each in value.values():
            yield from _buttons(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _buttons(each)


def buttons(messages):
    """All buttons, by action id."""
    return {each["action_id"]: each for message in messages for each in _buttons(message.blocks)}


def _by_the_sdk(blocks):
    from slack_sdk.errors import SlackObjectFormationError
    from slack_sdk.models.blocks import Block

    for each in blocks:
        try:
            parsed = Block.parse(each)
            if parsed is None:
                yield f"unknown block {each['type']}"
            else:
                parsed.to_dict()
        except SlackObjectFormationError as error:
            yield str(error)
