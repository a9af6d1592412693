"""Answers to a response_url: five of them in half an hour, private unless the app says otherwise."""

import time
from typing import Any

from bot.demo import chat
from bot.demo.messages import Messages
from bot.demo.world import Hook, World
from bot.errors import SlackError

Json = dict[str, Any]


def respond(world: World, token: str, told: Json) -> tuple[int, str]:
    """What a post to a response_url does: status and word."""
    with world.lock:
        hook = world.hooks.get(token)
        if hook is None:
            return 404, "no_service"
        if not hook.left or time.monotonic() > hook.until:
            return 404, "used_url" if not hook.left else "expired_url"
        hook.left -= 1
        try:
            answered(world, hook, told)
        except SlackError as error:
            return 400 if error.problem != "no_text" else 200, error.problem
        return 200, "ok"


def answered(world: World, hook: Hook, told: Json) -> None:
    """Show an answer: in place of the message that was clicked, to all, or to the person alone."""
    old = hook.message
    if told.get("delete_original") and old is not None:
        _taken_back(world, hook, old)
    elif told.get("replace_original") and old is not None:
        _replaced(world, hook, old, chat.fields(world, told))
    else:
        _added(world, hook, told)
    world.touch()


def _added(world: World, hook: Hook, told: Json) -> None:
    message = chat.composed(world, told)
    thread = told.get("thread_ts") or (hook.message or {}).get("thread_ts")
    if thread:
        message["thread_ts"] = thread
    if told.get("response_type") == "in_channel":
        chat.arrive(world, world.directory.channel(hook.channel), message)
    else:
        world.messages.whisper(hook.channel, hook.user, message)


def _replaced(world: World, hook: Hook, old: Json, new: Json) -> None:
    if "ephemeral_to" in old:
        old |= new
    else:
        chat.change(world, world.directory.channel(hook.channel), old, new)


def _taken_back(world: World, hook: Hook, old: Json) -> None:
    if "ephemeral_to" in old:
        _forget(world.messages, old)
    else:
        world.messages.remove(hook.channel, old["ts"])


def _forget(messages: Messages, old: Json) -> None:
    messages.hidden = [each for each in messages.hidden if each is not old]
