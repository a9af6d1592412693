"""What one person sees of the workspace at one moment, as the page draws it."""

from typing import Any

from bot.demo import streams
from bot.demo.directory import BOT_USER, Channel, User
from bot.demo.messages import shown
from bot.demo.views import public
from bot.demo.world import World

Json = dict[str, Any]
_MOST = 200  # messages of a channel


def snapshot(world: World, user: User, place: str, thread: str, connected: bool) -> Json:
    """Everything on the page of a person who looks at a conversation, with one of its threads open."""
    with world.lock:
        channels = [each for each in world.directory.of(user.id) if not each.archived]
        found = next((each for each in channels if each.id == place), channels[0] if channels else None)
        told: Json = {"version": world.version, "me": user.id, "connected": connected}
        told |= {"people": [_person(each) for each in world.directory.users.values()]}
        told |= {"places": [_place(world, each) for each in channels]}
        told |= {"home": world.homes.get(user.id), "modal": _modal(world, user)}
        return told | (_inside(world, user, found, thread) if found is not None else {"place": ""})


def _inside(world: World, user: User, place: Channel, thread: str) -> Json:
    private = [each for each in world.messages.hidden if _whispered(each, user, place)]
    roots = world.messages.history(place.id)[:_MOST][::-1]
    told: Json = {"place": place.id, "prompts": world.prompts.get(place.id)}
    told["messages"] = _sorted(
        world, [*roots, *(each for each in private if not each.get("thread_ts"))], place
    )
    if thread in world.messages.channels.get(place.id, {}):
        inside = [each for each in private if each.get("thread_ts") == thread]
        told["thread"] = _sorted(world, [*world.messages.thread(place.id, thread), *inside], place)
    told["working"] = _threads(world.sessions, place, "processing")
    told["status"] = {ts: words for (channel, ts), words in world.status.items() if channel == place.id}
    told["titles"] = {ts: title for (channel, ts), title in world.titles.items() if channel == place.id}
    return told


def _threads(sessions: dict[tuple[str, str], str], place: Channel, status: str) -> list[str]:
    return [ts for (channel, ts), kept in sessions.items() if channel == place.id and kept == status]


def _whispered(message: Json, user: User, place: Channel) -> bool:
    return bool(message["ephemeral_to"] == user.id and message["channel"] == place.id)


def _sorted(world: World, found: list[Json], place: Channel) -> list[Json]:
    return [_message(world, each, place) for each in sorted(found, key=lambda each: str(each["ts"]))]


def _message(world: World, message: Json, place: Channel) -> Json:
    streams.expire(world, message)
    drawn = shown(message) | {"channel": place.id, "private": "ephemeral_to" in message}
    drawn["streaming"] = message.get("streaming_state") == "in_progress"
    drawn["reactions"] = [name for at, ts, name in world.reactions if (at, ts) == (place.id, message["ts"])]
    return drawn


def _person(user: User) -> Json:
    role = "bot" if user.bot else "guest" if user.guest else "admin" if user.admin else "employee"
    return {"id": user.id, "name": user.name, "role": role, "locale": user.locale}


def _place(world: World, channel: Channel) -> Json:
    newest = max(world.messages.channels.get(channel.id, {"0": None}), default="0")
    people = [each for each in channel.members if each != BOT_USER]
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "people": people,
        "bot": channel.has_bot,
        "shared": channel.shared,
        "newest": newest,
    }


def _modal(world: World, user: User) -> Json | None:
    mine = [each for each in world.views.values() if each["user"] == user.id]
    return public(mine[-1]) if mine else None
