"""chat.startStream, appendStream and stopStream: a message that grows, for as long as its stream lives."""

import time
from typing import Any

from bot.demo import chat, events
from bot.demo.blocks import with_ids
from bot.demo.limits import markdown, required
from bot.demo.messages import posted, shown
from bot.demo.world import World
from bot.errors import SlackError

Json = dict[str, Any]
STATUSES = ("processing", "active", "suspended", "closed")


def start(world: World, arguments: Json) -> Json:
    """chat.startStream: in channels it must be said for whom; the session begins to be at work."""
    world.need("chat:write")
    required(arguments, ["channel", "thread_ts"])
    channel = chat.writable(world, arguments["channel"])
    if channel.kind != "im":
        for name in ("recipient_team_id", "recipient_user_id"):
            if not arguments.get(name):
                raise SlackError(name, f"missing_{name}")
    message = posted("", []) | {"thread_ts": world.messages.head(channel.id, arguments["thread_ts"])}
    world.limits.may_post(channel.id)
    message |= {"streaming_state": "in_progress", "streaming_since": time.monotonic()}
    _grow(world, message, arguments)
    world.sessions[(channel.id, message["thread_ts"])] = "processing"
    chat.arrive(world, channel, message)
    return {"channel": channel.id, "ts": message["ts"]}


def append(world: World, arguments: Json) -> Json:
    """chat.appendStream."""
    world.need("chat:write")
    required(arguments, ["channel", "ts"])
    if not arguments.get("markdown_text") and not arguments.get("chunks"):
        raise SlackError("markdown_text", "no_text")
    message = _open(world, arguments)
    _grow(world, message, arguments)
    return {"channel": arguments["channel"], "ts": message["ts"]}


def stop(world: World, arguments: Json) -> Json:
    """chat.stopStream: the last words, the blocks below them, and what becomes of the session."""
    world.need("chat:write")
    required(arguments, ["channel", "ts"])
    message, channel = _open(world, arguments), world.directory.for_bot(arguments["channel"])
    status = arguments.get("session_status", "active")
    if status not in STATUSES:
        raise SlackError(str(status), "invalid_arguments")
    old = dict(message)
    end = chat.fields(world, {key: arguments[key] for key in ("blocks", "metadata") if key in arguments})
    _grow(world, message, arguments, end.get("blocks", []))
    if not message["text"] and not message.get("blocks"):
        raise SlackError("markdown_text", "no_text")
    message |= {"streaming_state": "completed"}
    message |= {"metadata": end["metadata"]} if "metadata" in end else {}
    world.sessions[(channel.id, message["thread_ts"])] = status
    events.changed(world, channel, message, old)
    return {"channel": channel.id, "ts": message["ts"], "message": shown(message, metadata=True)}


def expire(world: World, message: Json) -> None:
    """End a stream whose time is over, if it is; Slack does so whatever the app does."""
    running = message.get("streaming_state") == "in_progress"
    if running and time.monotonic() - message["streaming_since"] > world.limits.stream_lifetime:
        message["streaming_state"] = "errored"


def _open(world: World, arguments: Json) -> Json:
    channel = world.directory.for_bot(arguments["channel"])
    message = chat.own(world, channel, arguments["ts"], "message_not_owned_by_app")
    expire(world, message)
    if message.get("streaming_state") != "in_progress":
        raise SlackError(str(arguments["ts"]), "message_not_in_streaming_state")
    return message


def _grow(world: World, message: Json, arguments: Json, last: list[Json] | None = None) -> None:
    text, added = message["text"] + markdown(arguments.get("markdown_text") or ""), list(last or ())
    tasks = {each["id"]: each for each in message.get("tasks", ())}
    for chunk in arguments.get("chunks") or ():
        text += markdown(chunk.get("text", "")) if chunk.get("type") == "markdown_text" else ""
        added += chunk.get("blocks", ()) if chunk.get("type") == "blocks" else ()
        if chunk.get("type") == "task_update":
            _advance(tasks, chunk)
        elif chunk.get("type") not in ("markdown_text", "blocks", "plan_update"):
            raise SlackError(str(chunk.get("type")), "invalid_chunks")
    if len(text) > world.limits.largest_message:
        raise SlackError(f"{len(text)} characters", "msg_too_long")
    below = [*message.get("below", ()), *with_ids(added)]
    world.limits.fits([*_words(text), *below])
    message |= {"text": text, "below": below, "blocks": [*with_ids(_words(text)), *below]}
    message |= {"tasks": list(tasks.values())} if tasks else {}


def _words(text: str) -> list[Json]:
    """A text of more than one block's size as several."""
    return [{"type": "markdown", "text": text[at : at + 12_000]} for at in range(0, len(text), 12_000)]


def _advance(tasks: dict[str, Json], chunk: Json) -> None:
    """A task's title and status are replaced, its details go on."""
    if not chunk.get("id") or len(str(chunk.get("title", ""))) > 256:
        raise SlackError("task_update", "invalid_chunks")
    old = tasks.get(chunk["id"], {})
    details = old.get("details", "") + chunk.get("details", "")
    tasks[chunk["id"]] = old | {key: value for key, value in chunk.items() if key != "type"}
    if details:
        tasks[chunk["id"]]["details"] = details


METHODS = {"chat.startStream": start, "chat.appendStream": append, "chat.stopStream": stop}
