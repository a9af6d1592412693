"""What Slack refuses for its size or its rate, and failures that a test writes into the script."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.demo.blocks import check, expanded, rendered, tables
from bot.errors import SlackError

Json = dict[str, Any]
LONGEST_TEXT = 40_000  # is cut there, without a word
LONGEST_MARKDOWN = 12_000
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}


@dataclass(slots=True)
class Fault:
    """A failure in the script: the next `left` calls of a method answer with it.

    Status 0 cuts the connection. With `done` the call is carried out all the same and only its answer is
    lost: what a crash on the way back looks like.
    """

    method: str
    status: int = 429
    error: str = "ratelimited"
    retry_after: float = 1
    left: int = 1
    done: bool = False
    hang: float = 0.0  # seconds before the answer


@dataclass(slots=True)
class Limits:
    """The knobs, the script of failures, and when each channel was last posted to."""

    stream_lifetime: float = 300.0
    trigger_lifetime: float = 3.0
    largest_message: int = 13_200  # rendered characters
    pace: float | None = None  # seconds between two posts to a channel; None: as fast as you like
    faults: list[Fault] = field(default_factory=list)
    forbidden: set[str] = field(default_factory=set)
    _posted: dict[str, float] = field(default_factory=dict)

    def fault(self, method: str) -> Fault | None:
        """The failure that is next in the script for a method, used up."""
        for each in self.faults:
            if each.method in (method, "*") and each.left > 0:
                each.left -= 1
                return each
        return None

    def may_post(self, channel: str) -> None:
        """Refuse a post that comes too soon after the last one in its channel."""
        now = time.monotonic()
        if self.pace is not None and now - self._posted.get(channel, 0.0) < self.pace:
            raise SlackError(channel, "ratelimited")
        self._posted[channel] = now

    def fits(self, blocks: list[Json], surface: str = "message") -> None:
        """Refuse blocks that are malformed, too many or too much."""
        check(blocks, surface)
        if len(blocks) > MOST_BLOCKS[surface] or expanded(blocks) > MOST_BLOCKS[surface]:
            most = MOST_BLOCKS[surface]
            raise SlackError(f"no more than {most} items allowed [json-pointer:/blocks]", "invalid_blocks")
        if surface == "message" and tables(blocks) > 1:
            raise SlackError("only_one_table_allowed", "invalid_attachments")
        if surface == "message" and rendered(blocks) > self.largest_message:
            raise SlackError(f"{rendered(blocks)} characters", "msg_blocks_too_long")


def markdown(text: object) -> str:
    """A markdown_text within its limit."""
    if len(str(text)) > LONGEST_MARKDOWN:
        raise SlackError(f"{len(str(text))} characters", "msg_too_long")
    return str(text)


def required(arguments: Json, names: Iterable[str]) -> None:
    """Refuse a call that lacks an argument, as Slack words it."""
    for name in names:
        if arguments.get(name) in (None, ""):
            raise SlackError(f"missing required field: {name}", "invalid_arguments")
