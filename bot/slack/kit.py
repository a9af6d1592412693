"""The pieces of Block Kit we use, as the dicts that Slack takes, each within its limits. Pure.

Texts come in dead (see mrkdwn.escape) or are our own. `verbatim` keeps Slack from looking for addresses,
channels and people in a text by itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]

SECTION, CONTEXT, PLAIN, BUTTON, TITLE = 3_000, 2_000, 75, 75, 150  # characters
CHILDREN = 10  # blocks in a container
_ENTITY_AT_END = re.compile(r"&[a-z]{0,4}$")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message: its blocks, and the text that notifications and screen readers use instead."""

    text: str
    blocks: tuple[Block, ...]


def clip(text: str, most: int) -> str:
    """The beginning of a text, at a word if there is one, never within an entity."""
    if len(text) <= most:
        return text
    cut = text[: most - 2]
    cut = cut[: cut.rfind(" ")] if cut.rfind(" ") > most // 2 else cut
    return f"{_ENTITY_AT_END.sub('', cut).rstrip()} …"


def mrkdwn(text: str, most: int = SECTION) -> Block:
    """A text object in Slack's own notation."""
    return {"type": "mrkdwn", "text": clip(text, most) or " ", "verbatim": True}


def plain(text: str, most: int = PLAIN) -> Block:
    """A text object without notation."""
    return {"type": "plain_text", "text": clip(text, most) or " ", "emoji": False}


def markdown(text: str) -> Block:
    """The block that speaks standard Markdown. `text` is the output of mrkdwn.safe or built of such."""
    return {"type": "markdown", "text": text}


def section(text: str, accessory: Block | None = None) -> Block:
    """A paragraph, with a button at its side if there is one."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return block | {"accessory": accessory} if accessory else block


def context(*texts: str) -> Block:
    """Small grey lines."""
    return {"type": "context", "elements": [mrkdwn(each, CONTEXT) for each in texts[:10]]}


def header(text: str) -> Block:
    """A large line."""
    return {"type": "header", "text": plain(text, TITLE)}


def divider() -> Block:
    """A rule."""
    return {"type": "divider"}


def button(text: str, action: str, value: str, style: str = "", confirm: Block | None = None) -> Block:
    """A button. `value` is an id and never content: everybody in the channel could read it."""
    block: Block = {"type": "button", "text": plain(text, BUTTON), "action_id": action, "value": value}
    return block | ({"style": style} if style else {}) | ({"confirm": confirm} if confirm else {})


def actions(buttons: Sequence[Block]) -> list[Block]:
    """A row of buttons; no row without buttons."""
    return [{"type": "actions", "elements": list(buttons)}] if buttons else []


def confirmation(title: str, text: str, yes: str, no: str) -> Block:
    """A question that Slack asks before it sends the click."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }


def container(title: str, children: Sequence[Block], collapsed: bool = True) -> Block:
    """Blocks under a title that opens and closes."""
    return {
        "type": "container",
        "title": plain(title, TITLE),
        "is_collapsible": True,
        "default_collapsed": collapsed,
        "child_blocks": list(children[:CHILDREN]),
    }


def link(address: str, title: str) -> str:
    """A link in Slack's own notation. Both are dead and on one line; the title cannot end it."""
    words = " ".join(title.replace("|", "¦").replace("`", "'").split())
    return f"<{address.replace('&', '&amp;')}|{words}>"
