"""Messages of all conversations, oldest first, and the private ones that only one person sees."""

import itertools
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from bot.demo.directory import APP, BOT_ID, BOT_NAME, BOT_USER, TEAM, User
from bot.errors import SlackError

Json = dict[str, Any]
_INNER = ("streaming_state", "streaming_since", "below", "ephemeral_to")  # ours: no answer shows them


class Clock:
    """Time stamps as Slack gives them: unique, growing, six digits behind the point."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def ts(self) -> str:
        """The next one."""
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1000)
            return f"{self._last // 1_000_000}.{self._last % 1_000_000:06}"


@dataclass(slots=True)
class Messages:
    """Every message by channel and time stamp, in the order of time. The owner holds the lock."""

    clock: Clock = field(default_factory=Clock)
    channels: dict[str, dict[str, Json]] = field(default_factory=dict)
    replies: dict[tuple[str, str], list[Json]] = field(default_factory=dict)  # by channel and head
    hidden: list[Json] = field(default_factory=list)  # ephemeral ones, with `ephemeral_to` and `channel`

    def add(self, channel: str, message: Json) -> Json:
        """Keep a message; a reply is entered at the head of its thread."""
        message.setdefault("ts", self.clock.ts())
        self.channels.setdefault(channel, {})[message["ts"]] = message
        if "thread_ts" in message:
            head = message["thread_ts"]
            self.replies.setdefault((channel, head), []).append(message)
            message.setdefault("parent_user_id", self.find(channel, head, "thread_not_found").get("user"))
            self._recount(channel, head)
        return message

    def find(self, channel: str, ts: object, error: str = "message_not_found") -> Json:
        """A message, or Slack's word for its absence."""
        found = self.channels.get(channel, {}).get(str(ts))
        if found is None:
            raise SlackError(f"{channel}/{ts}", error)
        return found

    def head(self, channel: str, ts: object) -> str:
        """The time stamp of the thread in which a message stands; a thread must have a first message."""
        found = self.find(channel, ts, "thread_not_found")
        return str(found.get("thread_ts", found["ts"]))

    def thread(self, channel: str, ts: str) -> list[Json]:
        """The first message and its replies, oldest first."""
        first = self.channels.get(channel, {}).get(ts)
        return [*([first] if first else []), *self.replies.get((channel, ts), ())]

    def history(self, channel: str) -> list[Json]:
        """What stands in the channel itself, newest first, as conversations.history gives it."""
        found = self.channels.get(channel, {}).values()
        return [each for each in found if each.get("thread_ts", each["ts"]) == each["ts"]][::-1]

    def remove(self, channel: str, ts: str) -> Json:
        """Take a message away; a thread's first message leaves a tombstone, as in Slack."""
        message = self.find(channel, ts)
        if message.get("reply_count"):
            self.channels[channel][ts] = tombstone(message)
        else:
            del self.channels[channel][ts]
        head = message.get("thread_ts", ts)
        if head != ts:
            kept = [each for each in self.replies[channel, head] if each is not message]
            self.replies[channel, head] = kept
            self._recount(channel, head)
        return message

    def whisper(self, channel: str, user: str, message: Json) -> Json:
        """Keep a message that only one person sees."""
        message.setdefault("ts", self.clock.ts())
        message |= {"channel": channel, "ephemeral_to": user}
        self.hidden.append(message)
        return message

    def _recount(self, channel: str, head: str) -> None:
        parent = self.find(channel, head, "thread_not_found")
        replies = self.replies.get((channel, head), [])
        people = list(dict.fromkeys(each.get("user", "") for each in replies))
        parent |= {"thread_ts": head, "reply_count": len(replies), "reply_users": people}
        parent |= {"reply_users_count": len(people), "latest_reply": replies[-1]["ts"] if replies else head}


def instant(ts: object) -> tuple[int, int]:
    """A time stamp as numbers that can be compared without rounding."""
    whole, _, fraction = str(ts or "0").partition(".")
    number = fraction.ljust(6, "0")
    if not (whole.isdigit() and number.isdigit()):
        raise SlackError(str(ts), "invalid_arguments")
    return int(whole), int(number)


def tombstone(message: Json) -> Json:
    """What is left of a deleted message that has replies."""
    kept = {key: value for key, value in message.items() if key.startswith(("reply", "latest", "thread"))}
    return kept | {
        "type": "message",
        "subtype": "tombstone",
        "user": "USLACKBOT",
        "text": "This message was deleted.",
        "hidden": True,
        "ts": message["ts"],
    }


def said(user: User, text: str, thread: str | None = None, files: tuple[Json, ...] = ()) -> Json:
    """A message as a person writes it; other bots write theirs with a bot_id."""
    message: Json = {"type": "message", "user": user.id, "text": text, "team": user.team}
    message |= {"blocks": [rich_text(text)]} if text else {}
    if user.bot:
        message |= {"bot_id": user.bot_id, "app_id": f"A{user.bot_id}"}
        message["bot_profile"] = {"id": user.bot_id, "name": user.name, "team_id": user.team}
    else:
        message["client_msg_id"] = str(uuid4())
    if thread:
        message["thread_ts"] = thread
    if files:
        message |= {"subtype": "file_share", "files": list(files), "upload": False, "display_as_bot": False}
    return message


def posted(text: str, blocks: list[Json]) -> Json:
    """A message of our own bot."""
    profile = {"id": BOT_ID, "app_id": APP, "name": BOT_NAME, "team_id": TEAM, "deleted": False}
    message: Json = {"type": "message", "user": BOT_USER, "bot_id": BOT_ID, "app_id": APP, "team": TEAM}
    return message | {"text": text, "bot_profile": profile} | ({"blocks": blocks} if blocks else {})


def rich_text(text: str) -> Json:
    """The block that Slack makes of what a person types, with mentions as elements of their own."""
    parts: list[Json] = []
    for index, part in enumerate(f" {text}".split("<@")):
        mention, closed, rest = part.partition(">")
        if index and closed:
            parts.append({"type": "user", "user_id": mention.partition("|")[0]})
            part = rest
        part = part.removeprefix(" ") if not index else part
        if part:
            parts.append({"type": "text", "text": part})
    section = {"type": "rich_text_section", "elements": parts}
    return {"type": "rich_text", "block_id": block_id(), "elements": [section]}


_BLOCK_IDS = itertools.count(1)


def block_id() -> str:
    """An id for a block that came without one."""
    return f"b{next(_BLOCK_IDS):04x}"


def shown(message: Json, metadata: bool = False) -> Json:
    """A message as the Web API gives it: without our own marks, with metadata only where asked for."""
    left_out = _INNER if metadata else (*_INNER, "metadata")
    return {key: value for key, value in message.items() if key not in left_out}
