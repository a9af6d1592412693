"""What the app hears: events in their envelope; payloads of clicks, commands, modals and shortcuts."""

import itertools
import time
from typing import Any

from bot.demo.directory import APP, BOT_USER, TEAM, Channel, User
from bot.demo.messages import shown
from bot.demo.world import World

Json = dict[str, Any]
_SUBSCRIPTION = {
    "channel": "message.channels",
    "group": "message.groups",
    "mpim": "message.mpim",
    "im": "message.im",
}
_IDS = itertools.count(1)


def heard(world: World, event: Json, subscription: str, channel: Channel | None = None) -> None:
    """Send an event to the app, if it subscribed to its kind."""
    if subscription in world.subscriptions:
        world.send("events_api", envelope(event, channel))


def envelope(event: Json, channel: Channel | None = None, **over: object) -> Json:
    """The event_callback around an event; `over` replaces fields of it."""
    shared = channel is not None and channel.shared
    authorization = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}
    return {
        "token": "demo",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{next(_IDS):08X}",
        "event_time": int(time.time()),
        "authorizations": [authorization | {"is_enterprise_install": False}],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{event['type']}-{next(_IDS)}",
    } | over


def message(world: World, channel: Channel, said: Json) -> None:
    """A new message: to a conversation that the bot is in, and once more where it is mentioned."""
    if not channel.has_bot:
        return
    event = shown(said) | {"channel": channel.id, "event_ts": said["ts"]}
    mention = f"<@{BOT_USER}>" in said["text"] or f"<@{BOT_USER}|" in said["text"]
    if mention and channel.kind != "im" and said.get("user") != BOT_USER:
        named = {key: value for key, value in event.items() if key != "subtype"}
        heard(world, named | {"type": "app_mention"}, "app_mention", channel)
    heard(world, event | {"channel_type": channel.kind}, _SUBSCRIPTION[channel.kind], channel)


def changed(world: World, channel: Channel, new: Json, old: Json) -> None:
    """A message was edited, or updated by a bot."""
    event = {"subtype": "message_changed", "message": shown(new), "previous_message": shown(old)}
    _hidden(world, channel, event)


def deleted(world: World, channel: Channel, old: Json) -> None:
    """A message was taken away."""
    event = {"subtype": "message_deleted", "previous_message": shown(old), "deleted_ts": old["ts"]}
    _hidden(world, channel, event)


def _hidden(world: World, channel: Channel, event: Json) -> None:
    if channel.has_bot:
        ts = world.messages.clock.ts()
        event |= {"type": "message", "hidden": True, "channel": channel.id, "channel_type": channel.kind}
        heard(world, event | {"ts": ts, "event_ts": ts}, _SUBSCRIPTION[channel.kind], channel)


def home_opened(world: World, user: str, tab: str, channel: Channel) -> None:
    """Somebody opened the app's page: its home, or its messages."""
    event: Json = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": tab}
    if tab == "home" and user in world.homes:
        event["view"] = world.homes[user]
    heard(world, event | {"event_ts": world.messages.clock.ts()}, "app_home_opened")


def context_changed(world: World, user: str, channel: Channel, entities: list[Json]) -> None:
    """Somebody who has the app open beside looks at something else."""
    event: Json = {"type": "app_context_changed", "user": user, "channel": channel.id}
    event |= {"context": {"entities": entities}, "event_ts": world.messages.clock.ts()}
    heard(world, event, "app_context_changed")


def stopped(world: World, user: str, channel: str, thread: str, streams: list[str]) -> None:
    """Somebody pressed Stop while the bot was at work."""
    event: Json = {"type": "agent_session_stopped", "user": user, "channel": channel, "thread_ts": thread}
    event |= {"streaming_message_ts": streams, "event_ts": world.messages.clock.ts()}
    heard(world, event, "agent_session_stopped")


def _who(user: User) -> Json:
    name = user.name.lower().replace(" ", ".")
    return {"id": user.id, "username": name, "name": name, "team_id": user.team}


def _interaction(world: World, kind: str, user: User) -> Json:
    team = {"id": TEAM, "domain": "demo"}
    common = {"type": kind, "token": "demo", "api_app_id": APP, "team": team, "user": _who(user)}
    return common | {"enterprise": None, "is_enterprise_install": False, "trigger_id": world.trigger(user.id)}


def _place(channel: Channel) -> Json:
    return {"id": channel.id, "name": channel.name or ("directmessage" if channel.kind == "im" else "")}


def block_actions(world: World, user: User, action: Json, message: Json, channel: Channel) -> Json:
    """A click on something in a message. Of one that only one person sees, Slack sends no content."""
    private = "ephemeral_to" in message
    container = {"type": "message", "message_ts": message["ts"], "channel_id": channel.id}
    container["is_ephemeral"] = private
    if "thread_ts" in message:
        container["thread_ts"] = message["thread_ts"]
    payload = _interaction(world, "block_actions", user) | {"container": container, "actions": [action]}
    payload |= {"channel": _place(channel), "state": {"values": {}}}
    payload["response_url"] = world.hook(channel.id, user.id, message)
    return payload if private else payload | {"message": shown(message)}


def view_actions(world: World, user: User, action: Json, view: Json) -> Json:
    """A click on something in a modal or on the home page."""
    container = {"type": "view", "view_id": view["id"]}
    payload = _interaction(world, "block_actions", user) | {"container": container, "actions": [action]}
    return payload | {"view": view}


def view_submission(world: World, user: User, view: Json) -> Json:
    """A modal was sent off; `view` has its state."""
    return _interaction(world, "view_submission", user) | {"view": view, "response_urls": []}


def shortcut(world: World, user: User, callback_id: str, message: Json, channel: Channel) -> Json:
    """Something was chosen in the menu of a message."""
    payload = _interaction(world, "message_action", user) | {"callback_id": callback_id}
    payload |= {"message": shown(message), "message_ts": message["ts"], "channel": _place(channel)}
    payload["action_ts"] = world.messages.clock.ts()
    return payload | {"response_url": world.hook(channel.id, user.id, message)}


def command(world: World, user: User, name: str, text: str, channel: Channel) -> Json:
    """A slash command: flat, as a form."""
    who = _who(user)
    return {
        "token": "demo",
        "team_id": TEAM,
        "team_domain": "demo",
        "channel_id": channel.id,
        "channel_name": {"im": "directmessage", "group": "privategroup"}.get(channel.kind, channel.name),
        "user_id": user.id,
        "user_name": who["name"],
        "command": name,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": world.hook(channel.id, user.id),
        "trigger_id": world.trigger(user.id),
    }
