"""What Slack tells us: which of it is a question to us, under which key, and what is left alone. Pure.

The same message may arrive as a mention and as a message, again after a retry, and at two replicas: its key
is made of the message, not of the delivery, so that all of these are one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

from bot.courtesy import asks
from bot.slack.mrkdwn import read

Event = Mapping[str, Any]
Kind = Literal["question", "edit", "deleted", "stop", "home", "context"]
Engaged = Callable[[str, str], bool]

_HUMAN = (None, "", "file_share", "thread_broadcast")  # subtypes under which people speak
_SLACKBOT = "USLACKBOT"
_MOST_FILES = 30
_FILE_FIELDS = (
    *("id", "name", "title", "mimetype", "filetype", "size", "mode", "file_access"),
    *("url_private", "url_private_download"),
)


@dataclass(frozen=True, slots=True)
class Bot:
    """Who we are in this workspace."""

    user: str
    bot_id: str = ""
    team: str = ""
    enterprise: str = ""


@dataclass(frozen=True, slots=True)
class Accept:
    """Something to be done, once for each key. The payload is JSON."""

    kind: Kind
    key: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ignore:
    """Something that is none of our business, and why."""

    reason: str


def decide(event: Event, body: Event, bot: Bot, engaged: Engaged) -> Accept | Ignore:
    """Whether an event is ours. `engaged(channel, thread)`: follow-ups there need no mention."""
    kind = event.get("type")
    if kind in ("app_mention", "message"):
        return _message(event, body, bot, engaged)
    if kind == "agent_session_stopped":
        return _stop(event)
    if kind == "app_home_opened":
        return _home(event)
    if kind == "app_context_changed":
        return Accept("context", "", {"user": _text(event, "user"), "context": event.get("context") or {}})
    return Ignore(f"event {kind}")


def _message(event: Event, body: Event, bot: Bot, engaged: Engaged) -> Accept | Ignore:
    if not _text(event, "channel") or not _text(event, "ts"):
        return Ignore("no channel or no time")
    subtype = event.get("subtype")
    if subtype == "message_changed":
        return _edited(event, body, bot, engaged)
    if subtype == "message_deleted":
        return _deleted(event)
    if subtype not in _HUMAN or event.get("hidden"):
        return Ignore(f"subtype {subtype or 'hidden'}")
    if reason := _not_a_person(event, bot):
        return Ignore(reason)
    if reason := _not_addressed(event, bot, engaged):
        return Ignore(reason)
    return Accept("question", question_key(event, body), _question(event, body, bot))


def _edited(event: Event, body: Event, bot: Bot, engaged: Engaged) -> Accept | Ignore:
    message, before = event.get("message") or {}, event.get("previous_message") or {}
    inner = {**message, "channel": event["channel"], "channel_type": event.get("channel_type", "")}
    if message.get("subtype") not in _HUMAN or not _text(message, "ts"):
        return Ignore("an edit of something else")
    if reason := _not_a_person(inner, bot):
        return Ignore(reason)
    edited = message.get("edited") or {}
    if not edited or (before and spoken(before) == spoken(message)):
        return Ignore("nothing was edited")  # a preview was attached, a reply was counted
    if reason := _not_addressed(inner, bot, engaged):
        return Ignore(reason)
    payload = _question(inner, body, bot)
    asked_before = not before or not _not_addressed({**inner, **before}, bot, engaged)
    if not asked_before:  # the mention came with the edit: a question, and its mention may arrive as well
        return Accept("question", question_key(inner, body), payload)
    when = _text(edited, "ts") or event["ts"]
    key = f"edit:{_team(inner, body)}:{inner['channel']}:{inner['ts']}:{when}"
    more = {"question_key": question_key(inner, body), "edited": when}
    return Accept("edit", key, {**payload, **more})


def _deleted(event: Event) -> Accept | Ignore:
    ts = _text(event, "deleted_ts") or _text(event.get("previous_message") or {}, "ts")
    if not ts:
        return Ignore("an unknown message was deleted")
    told = {"channel": event["channel"], "ts": ts, "at": _text(event, "event_ts")}
    return Accept("deleted", f"deleted:{event['channel']}:{ts}", told)


def _stop(event: Event) -> Accept | Ignore:
    channel, thread = _text(event, "channel"), _text(event, "thread_ts")
    if not channel or not thread:
        return Ignore("no session to stop")
    at = _text(event, "event_ts")
    payload = {"channel": channel, "thread": thread, "user": _text(event, "user"), "at": at}
    return Accept("stop", f"stop:{channel}:{thread}:{at}", payload)


def _home(event: Event) -> Accept | Ignore:
    if not _text(event, "user"):
        return Ignore("nobody opened it")
    payload = {name: _text(event, name) for name in ("user", "channel", "tab")}
    return Accept("home", "", payload)


def _not_a_person(event: Event, bot: Bot) -> str:
    user = _text(event, "user")
    if user == bot.user or (bot.bot_id and event.get("bot_id") == bot.bot_id):
        return "our own message"
    if any(event.get(mark) for mark in ("bot_id", "bot_profile", "app_id")):
        return "another bot"
    if user == _SLACKBOT:
        return "Slackbot"
    return "" if user else "nobody said it"


def _not_addressed(event: Event, bot: Bot, engaged: Engaged) -> str:
    if event.get("type") == "app_mention" or mentions(event, bot) or is_direct(event):
        return ""
    thread = _text(event, "thread_ts")
    if not thread or thread == event.get("ts"):
        return "not addressed to us"
    if re.match(r"\s*<[@!]", spoken(event)):
        return "addressed to somebody else"
    if not event.get("files") and not asks(read(spoken(event), bot.user)):
        return "nothing is asked"
    return "" if engaged(event["channel"], thread) else "a thread we are not part of"


def _question(event: Event, body: Event, bot: Bot) -> dict[str, Any]:
    files = event.get("files") or ()
    kept = [{name: each[name] for name in _FILE_FIELDS if name in each} for each in files if _is_map(each)]
    return {
        "team": _team(event, body),
        "channel": event["channel"],
        "ts": event["ts"],
        "thread": _text(event, "thread_ts") or event["ts"],
        "user": event["user"],
        "text": spoken(event),
        "files": kept[:_MOST_FILES],
        "direct": is_direct(event),
        "mentioned": event.get("type") == "app_mention" or mentions(event, bot),
        "external": _external(event, body, bot),
    }


def _external(event: Event, body: Event, bot: Bot) -> bool:
    """Whether the event itself says that somebody from outside is there."""
    home = {bot.team, bot.enterprise, _text(body, "team_id"), ""}
    foreign = {_text(event, name) for name in ("user_team", "source_team")} - home
    return bool(body.get("is_ext_shared_channel") or event.get("is_ext_shared_channel") or foreign)


def question_key(event: Event, body: Event) -> str:
    """The key of a question: its team, its channel and its time."""
    return f"question:{_team(event, body)}:{event['channel']}:{event['ts']}"


def is_direct(event: Event) -> bool:
    """Whether a message stands in a conversation with the bot alone."""
    kind = event.get("channel_type")
    return kind == "im" if kind else _text(event, "channel").startswith("D")


def mentions(event: Event, bot: Bot) -> bool:
    """Whether a message mentions the bot."""
    return bool(re.search(rf"<@{re.escape(bot.user)}(\|[^>]*)?>", spoken(event)))


def spoken(event: Event) -> str:
    """What a message says: its text, or else the text of its rich-text blocks, as Slack wrote it."""
    return _text(event, "text") or " ".join(_rich(event.get("blocks"))).strip()


def _rich(node: object) -> list[str]:
    if isinstance(node, list | tuple):
        return [text for each in node for text in _rich(each)]
    if not _is_map(node):
        return []
    if node.get("type") == "user" and node.get("user_id"):
        return [f"<@{node['user_id']}>"]
    if node.get("type") in ("text", "link") and (node.get("text") or node.get("url")):
        return [str(node.get("text") or node.get("url"))]
    return _rich(node.get("elements"))


def _team(event: Event, body: Event) -> str:
    return _text(body, "team_id") or _text(event, "team")


def _text(event: Event, name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) else ""


def _is_map(value: object) -> TypeGuard[Event]:
    return isinstance(value, Mapping)
