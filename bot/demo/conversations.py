"""conversations.*: what may be read of channels, their members and their messages, a page at a time."""

import base64
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from bot.demo.directory import Channel
from bot.demo.limits import required
from bot.demo.messages import instant, shown
from bot.demo.world import World
from bot.errors import SlackError

Json = dict[str, Any]
Item = TypeVar("Item")
_SCOPES = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
_TYPES = {"channel": "public_channel", "group": "private_channel", "im": "im", "mpim": "mpim"}


def info(world: World, arguments: Json) -> Json:
    """conversations.info."""
    channel = readable(world, arguments, "read")
    return {"channel": channel.shown()}


def members(world: World, arguments: Json) -> Json:
    """conversations.members."""
    channel = readable(world, arguments, "read")
    page, cursor = paged(channel.members, arguments, most=1000, usual=100)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def listed(world: World, arguments: Json) -> Json:
    """conversations.list: public ones, and others that the bot is in."""
    kinds = str(arguments.get("types", "public_channel")).replace(" ", "").split(",")
    for kind, name in _TYPES.items():
        if name in kinds:
            world.need(f"{_SCOPES[kind]}:read")
    found = [
        each
        for each in world.directory.channels.values()
        if _TYPES[each.kind] in kinds
        and (each.has_bot or not each.private)
        and not _left_out(each, arguments)
    ]
    page, cursor = paged(found, arguments, most=1000, usual=100)
    return {"channels": [each.shown() for each in page], "response_metadata": {"next_cursor": cursor}}


def history(world: World, arguments: Json) -> Json:
    """conversations.history: newest first."""
    channel = readable(world, arguments, "history", member=True)
    found = _between(world.messages.history(channel.id), arguments)
    page, cursor = paged(found, arguments, most=999, usual=100)
    return _messages(page, cursor, arguments)


def replies(world: World, arguments: Json) -> Json:
    """conversations.replies: oldest first, and the first message of the thread always leads."""
    required(arguments, ["ts"])
    channel = readable(world, arguments, "history", member=True)
    ts = str(arguments["ts"])
    asked = world.messages.find(channel.id, ts, "thread_not_found")
    if asked.get("thread_ts", ts) != ts:  # the time stamp of a reply gives that reply alone
        return _messages([asked], "", arguments)
    head, *rest = world.messages.thread(channel.id, ts)
    page, cursor = paged([head, *_between(rest, arguments)], arguments, most=1000, usual=1000)
    return _messages(page, cursor, arguments)


def opened(world: World, arguments: Json) -> Json:
    """conversations.open: the direct message with one user."""
    world.need("im:write")
    users = str(arguments.get("users") or "").split(",")
    if arguments.get("channel"):
        return {"channel": {"id": world.directory.for_bot(arguments["channel"]).id}}
    if len(users) != 1:
        raise SlackError("users", "method_not_supported_for_channel_type")
    channel = world.directory.direct(world.directory.user(users[0]).id)
    return {"channel": channel.shown() if arguments.get("return_im") else {"id": channel.id}}


def readable(world: World, arguments: Json, what: str, member: bool = False) -> Channel:
    """A channel that the bot may read, by scope and by membership."""
    required(arguments, ["channel"])
    channel = world.directory.for_bot(arguments["channel"])
    world.need(f"{_SCOPES[channel.kind]}:{what}")
    if member and not channel.has_bot:
        raise SlackError(channel.id, "not_in_channel")
    return channel


def paged(found: Sequence[Item], arguments: Json, most: int, usual: int) -> tuple[list[Item], str]:
    """One page and the cursor of the next one ("" at the end)."""
    limit, start = _number(arguments.get("limit") or usual), _start(arguments.get("cursor"))
    limit = min(limit, most)
    end = start + limit
    cursor = base64.b64encode(f"next:{end}".encode()).decode() if end < len(found) else ""
    return list(found[start:end]), cursor


def _number(limit: object) -> int:
    if not str(limit).isdigit() or int(str(limit)) < 1:
        raise SlackError(str(limit), "invalid_limit")
    return int(str(limit))


def _start(cursor: object) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(str(cursor), validate=True).decode().partition(":")
    except ValueError:
        word, number = "", ""
    if word != "next" or not number.isdigit():
        raise SlackError(str(cursor), "invalid_cursor")
    return int(number)


def _left_out(channel: Channel, arguments: Json) -> bool:
    return channel.archived and truth(arguments.get("exclude_archived"))


def _between(found: Iterable[Json], arguments: Json) -> list[Json]:
    """The messages after `oldest` and before `latest`, with these two themselves if `inclusive`."""
    inclusive = truth(arguments.get("inclusive"))
    oldest, latest = arguments.get("oldest"), arguments.get("latest")
    return [
        each
        for each in found
        if (not oldest or _apart(each["ts"], oldest, inclusive))
        and (not latest or _apart(latest, each["ts"], inclusive))
    ]


def _apart(later: object, sooner: object, inclusive: bool) -> bool:
    a, b = instant(later), instant(sooner)
    return a > b or (inclusive and a == b)


def _messages(page: list[Json], cursor: str, arguments: Json) -> Json:
    whole = truth(arguments.get("include_all_metadata"))
    answer: Json = {"messages": [shown(each, metadata=whole) for each in page], "has_more": bool(cursor)}
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def truth(value: object) -> bool:
    """A flag as forms and JSON write it."""
    return value in (True, 1, "1", "true", "True")


METHODS = {
    "conversations.info": info,
    "conversations.members": members,
    "conversations.list": listed,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.open": opened,
}
