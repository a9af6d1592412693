"""What was said before in a thread: the questions people asked us, and our own answers there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import SlackError
from bot.slack import mrkdwn
from bot.slack.intake import Bot, is_direct, mentions, spoken
from bot.slack.pacing import Slack
from bot.slack.place import Place, marked

Message = Mapping[str, Any]
MOST = 20  # earlier questions that are remembered
_PAGE = 200
_PEOPLE = (None, "", "file_share", "thread_broadcast")


@dataclass(frozen=True, slots=True)
class Ours:
    """Our messages in a thread: by the key in their metadata, and those that bear none (yet)."""

    marked: Mapping[str, str]
    unmarked: tuple[str, ...] = ()


def messages(slack: Slack, channel: str, thread: str, oldest: str = "") -> Iterator[Message]:
    """All messages of one thread, page after page, oldest first as Slack gives them.

    Without a thread: the latest messages of the channel itself.
    """
    asked: dict[str, Any] = {"channel": channel, "limit": _PAGE, "include_all_metadata": True}
    asked["oldest"] = oldest or None
    if thread:
        found = slack.pages("conversations.replies", "messages", ts=thread, **asked)
    else:
        found = iter(slack.call("conversations.history", **asked).get("messages") or ())
    return (each for each in found if isinstance(each, dict))


def ours(slack: Slack, bot: Bot, place: Place) -> Ours:
    """Which of our messages already stand under a question."""
    known: dict[str, str] = {}
    unmarked: list[str] = []
    since = place.since or place.ts
    for each in messages(slack, place.channel, place.thread, since):
        ts = str(each.get("ts", ""))
        if not _is_ours(each, bot) or before(ts, since):
            continue
        if key := marked(each):
            known.setdefault(key, ts)
        else:
            unmarked.append(ts)
    return Ours(known, tuple(unmarked))


def earlier(
    slack: Slack,
    bot: Bot,
    place: Place,
    remembered: Sequence[str],
    engaged: bool,
) -> tuple[str, ...]:
    """The questions asked before in this thread, oldest first: from memory, or else from Slack itself."""
    if place.thread == place.ts:
        return ()
    if remembered:
        return tuple(remembered)[-MOST:]
    try:
        said = messages(slack, place.channel, place.thread)
        return tuple(_questions(said, bot, place, lambda: engaged))[-MOST:]
    except SlackError:
        return ()  # an answer without memory is better than none


def _questions(said: Iterator[Message], bot: Bot, place: Place, engaged: Callable[[], bool]) -> Iterator[str]:
    asked = False
    for each in said:
        if not before(str(each.get("ts", "")), place.ts):
            return
        if each.get("subtype") not in _PEOPLE or each.get("bot_id") or each.get("user") in (None, bot.user):
            continue
        addressed = mentions(each, bot) or is_direct({"channel": place.channel})
        if addressed or (asked and engaged()):
            asked = True
            if text := mrkdwn.read(spoken(each), bot.user):
                yield text


def _is_ours(message: Message, bot: Bot) -> bool:
    return message.get("user") == bot.user or bool(bot.bot_id and message.get("bot_id") == bot.bot_id)


def before(ts: str, other: str) -> bool:
    """Whether one time of Slack's is before another."""
    return _moment(ts) < _moment(other)


def _moment(ts: str) -> tuple[int, int]:
    whole, _, fraction = ts.partition(".")
    if not whole.isdigit():
        return (0, 0)
    return int(whole), int(fraction.ljust(6, "0")[:6]) if fraction.isdigit() else 0
