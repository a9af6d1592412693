"""chat.*: posting, changing and taking back messages."""

from typing import Any

from bot.demo import events
from bot.demo.blocks import with_ids
from bot.demo.directory import BOT_USER, Channel
from bot.demo.limits import LONGEST_TEXT, markdown, required
from bot.demo.messages import posted, shown
from bot.demo.world import World
from bot.errors import SlackError

Json = dict[str, Any]


def post_message(world: World, arguments: Json) -> Json:
    """chat.postMessage."""
    world.need("chat:write")
    required(arguments, ["channel"])
    channel = writable(world, arguments["channel"])
    message = composed(world, arguments)
    if arguments.get("thread_ts"):
        message["thread_ts"] = world.messages.head(channel.id, arguments["thread_ts"])
    world.limits.may_post(channel.id)
    arrive(world, channel, message)
    return {"channel": channel.id, "ts": message["ts"], "message": shown(message, metadata=True)}


def post_ephemeral(world: World, arguments: Json) -> Json:
    """chat.postEphemeral: one person sees it, nobody can update it."""
    world.need("chat:write")
    required(arguments, ["channel", "user"])
    channel, user = writable(world, arguments["channel"]), world.directory.user(arguments["user"])
    if user.id not in channel.members:
        raise SlackError(user.id, "user_not_in_channel")
    message = composed(world, arguments)
    if arguments.get("thread_ts"):
        message["thread_ts"] = world.messages.head(channel.id, arguments["thread_ts"])
    world.messages.whisper(channel.id, user.id, message)
    return {"message_ts": message["ts"]}


def update(world: World, arguments: Json) -> Json:
    """chat.update: only our own message; blocks and metadata that are not named stay as they are."""
    world.need("chat:write")
    required(arguments, ["channel", "ts"])
    channel = world.directory.for_bot(arguments["channel"])
    message = own(world, channel, arguments["ts"], "cant_update_message")
    if message.get("streaming_state") == "in_progress":
        raise SlackError(str(arguments["ts"]), "streaming_state_conflict")
    change(world, channel, message, fields(world, arguments))
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": shown(message)}


def delete(world: World, arguments: Json) -> Json:
    """chat.delete: only our own message."""
    world.need("chat:write")
    required(arguments, ["channel", "ts"])
    channel = world.directory.for_bot(arguments["channel"])
    own(world, channel, arguments["ts"], "cant_delete_message")
    events.deleted(world, channel, world.messages.remove(channel.id, str(arguments["ts"])))
    return {"channel": channel.id, "ts": arguments["ts"]}


def permalink(world: World, arguments: Json) -> Json:
    """chat.getPermalink."""
    required(arguments, ["channel", "message_ts"])
    channel = world.directory.for_bot(arguments["channel"])
    message = world.messages.find(channel.id, arguments["message_ts"])
    link = f"https://demo.slack.com/archives/{channel.id}/p{message['ts'].replace('.', '')}"
    thread = message.get("thread_ts")
    return {
        "channel": channel.id,
        "permalink": f"{link}?thread_ts={thread}&cid={channel.id}" if thread else link,
    }


def writable(world: World, name: object) -> Channel:
    """A conversation that the bot may write to."""
    channel = world.directory.for_bot(name)
    if channel.archived:
        raise SlackError(channel.id, "is_archived")
    if not channel.has_bot and "chat:write.public" not in world.scopes:
        raise SlackError(channel.id, "not_in_channel")
    return channel


def own(world: World, channel: Channel, ts: object, error: str) -> Json:
    """A message of the bot itself."""
    message = world.messages.find(channel.id, ts)
    if message.get("user") != BOT_USER:
        raise SlackError(str(ts), error)
    return message


def composed(world: World, arguments: Json) -> Json:
    """A message of the bot from the arguments of a call."""
    found = fields(world, arguments)
    if not (found.get("text") or found.get("blocks") or arguments.get("attachments")):
        raise SlackError("text", "no_text")
    message = posted(found.get("text", ""), found.get("blocks", []))
    return message | ({"metadata": found["metadata"]} if "metadata" in found else {})


def fields(world: World, arguments: Json) -> Json:
    """The fields that a call sets, checked: text cut to its limit, blocks with ids."""
    found: Json = {}
    if "markdown_text" in arguments:
        if arguments.get("text") or arguments.get("blocks"):
            raise SlackError("markdown_text", "markdown_text_conflict")
        text = markdown(arguments["markdown_text"])
        found |= {"text": text, "blocks": [{"type": "markdown", "text": text}]}
    if arguments.get("text") is not None:
        found["text"] = str(arguments["text"])[:LONGEST_TEXT]
    if arguments.get("blocks") is not None:
        found["blocks"] = arguments["blocks"]
    if "blocks" in found:
        world.limits.fits(found["blocks"])
        found["blocks"] = with_ids(found["blocks"])
    if arguments.get("metadata") is not None:
        found["metadata"] = _metadata(arguments["metadata"])
    return found


def _metadata(metadata: object) -> Json:
    whole = isinstance(metadata, dict) and (not metadata or {"event_type", "event_payload"} <= set(metadata))
    if not isinstance(metadata, dict) or not (whole or "entities" in metadata):
        raise SlackError("metadata", "invalid_metadata_format")
    if len(str(metadata)) > 16_384:
        raise SlackError("metadata", "metadata_too_large")
    return metadata


def arrive(world: World, channel: Channel, message: Json) -> None:
    """Enter a message, and tell the app of it; words under the thread go away with the first post."""
    world.messages.add(channel.id, message)
    world.status.pop((channel.id, message.get("thread_ts", "")), None)
    events.message(world, channel, message)


def change(world: World, channel: Channel, message: Json, new: Json) -> None:
    """Put new fields into a message, and tell the app of it."""
    old = dict(message)
    message |= new | {"edited": {"user": message["user"], "ts": world.messages.clock.ts()}}
    if message.get("blocks") == []:
        del message["blocks"]
    events.changed(world, channel, message, old)


METHODS = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.delete": delete,
    "chat.getPermalink": permalink,
}
