"""assistant.threads.* and agents.sessions.*: what the bot says it is doing, titles, suggested prompts."""

from typing import Any

from bot.demo.limits import required
from bot.demo.streams import STATUSES
from bot.demo.world import Status, World
from bot.errors import SlackError

Json = dict[str, Any]


def thread_status(world: World, arguments: Json) -> Json:
    """assistant.threads.setStatus: free words under the thread; "" takes them away."""
    required(arguments, ["channel_id", "thread_ts"])
    if "status" not in arguments:
        raise SlackError("missing required field: status", "invalid_arguments")
    loading = tuple(arguments.get("loading_messages") or ())
    if len(loading) > 10:
        raise SlackError("loading_messages: no more than 10 items allowed", "invalid_arguments")
    place = _place(world, arguments)
    text = str(arguments["status"])
    world.statuses.append(Status("assistant.threads.setStatus", *place, text, loading))
    if text:
        world.status[place] = text
    else:
        world.status.pop(place, None)
    return {}


def thread_title(world: World, arguments: Json) -> Json:
    """assistant.threads.setTitle."""
    required(arguments, ["channel_id", "thread_ts", "title"])
    world.titles[_place(world, arguments)] = str(arguments["title"])
    return {}


def suggested_prompts(world: World, arguments: Json) -> Json:
    """assistant.threads.setSuggestedPrompts: one to four, for the conversation or a thread of it."""
    required(arguments, ["channel_id", "prompts"])
    world.need("assistant:write")
    channel = world.directory.for_bot(arguments["channel_id"])
    prompts = arguments["prompts"]
    fits = isinstance(prompts, list) and 1 <= len(prompts) <= 4
    if not fits or not all(each.get("title") and each.get("message") for each in prompts):
        raise SlackError("prompts: 1 to 4 items with title and message", "invalid_arguments")
    world.prompts[channel.id] = {"title": arguments.get("title", ""), "prompts": prompts}
    return {}


def session_status(world: World, arguments: Json) -> Json:
    """agents.sessions.setStatus: stays until it is changed; while it is processing there is a Stop button."""
    required(arguments, ["channel_id", "status"])
    place, status = _place(world, arguments), str(arguments["status"])
    if status not in STATUSES:
        raise SlackError(status, "invalid_status")
    title = str(arguments.get("title") or "")
    if title:
        _name(world, place, title)
    world.statuses.append(Status("agents.sessions.setStatus", *place, status, title=title))
    world.sessions[place] = status
    return {}


def session_title(world: World, arguments: Json) -> Json:
    """agents.sessions.rename."""
    required(arguments, ["channel_id", "title"])
    _name(world, _place(world, arguments), str(arguments["title"]))
    return {}


def _name(world: World, place: tuple[str, str], title: str) -> None:
    if len(title) > 200:
        raise SlackError("title: at most 200 characters", "invalid_arguments")
    world.titles[place] = title


def _place(world: World, arguments: Json) -> tuple[str, str]:
    world.need("chat:write")
    channel = world.directory.for_bot(arguments["channel_id"])
    if not channel.has_bot:
        raise SlackError(channel.id, "not_in_channel")
    thread = arguments.get("thread_ts")
    return channel.id, world.messages.head(channel.id, thread) if thread else ""


METHODS = {
    "assistant.threads.setStatus": thread_status,
    "assistant.threads.setTitle": thread_title,
    "assistant.threads.setSuggestedPrompts": suggested_prompts,
    "agents.sessions.setStatus": session_status,
    "agents.sessions.rename": session_title,
}
