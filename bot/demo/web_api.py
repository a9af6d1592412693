"""The Web API: reads a call, asks the one who answers that method, and words the answer as Slack does."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from bot.demo import agents, chat, conversations, files, lookups, streams, views
from bot.demo.limits import Fault
from bot.demo.world import Call, World
from bot.errors import SlackError

Json = dict[str, Any]
Method = Callable[[World, Json], Json]
METHODS: Mapping[str, Method] = {
    **agents.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **lookups.METHODS,
    **streams.METHODS,
    **views.METHODS,
}
_APP_TOKEN = ("apps.connections.open",)
_POINTED = ("invalid_blocks", "invalid_blocks_format", "invalid_arguments", "msg_too_long")
_OPEN = ("api.test",)


def arguments(query: str, kind: str, body: bytes) -> Json:
    """The arguments of a call: from the address, from a form, or from JSON; parts of a form may be JSON."""
    found: Json = dict(parse_qsl(query, keep_blank_values=True))
    if kind.startswith("application/json"):
        read = json.loads(body or b"{}")
        return found | read if isinstance(read, dict) else found
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return {key: _decoded(key, value) for key, value in (found | form).items()}


def _decoded(key: str, value: str) -> Any:  # noqa: ANN401 - whatever the caller wrote as JSON
    if key in ("text", "markdown_text", "status", "title") or value[:1] not in ("[", "{"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def answer(world: World, method: str, given: Json, token: str) -> tuple[Json, Fault | None]:
    """Carry out a call and write it down. A failure in the script comes back beside the answer."""
    with world.lock:
        fault = world.limits.fault(method)
        if fault is not None and not fault.done:
            told = refusal(SlackError(method, fault.error))
        else:
            told = _carried_out(world, method, given, token)
        status = fault.status if fault is not None else 429 if told.get("error") == "ratelimited" else 200
        error = told.get("error", "") or ("lost" if fault is not None else "")
        world.calls.append(Call(method, given, time.monotonic(), error, status, told))
        world.touch()
    return told, fault


def _carried_out(world: World, method: str, given: Json, token: str) -> Json:
    if method in world.limits.forbidden or method not in METHODS:
        return {"ok": False, "error": "unknown_method", "req_method": method}
    if not token:
        return {"ok": False, "error": "not_authed"}
    if token not in (world.bot_token, world.app_token):
        return {"ok": False, "error": "invalid_auth"}
    if (token == world.app_token) != (method in _APP_TOKEN):
        return {"ok": False, "error": "not_allowed_token_type"}
    try:
        return {"ok": True} | METHODS[method](world, given)
    except SlackError as error:
        return refusal(error, world)


def refusal(error: SlackError, world: World | None = None) -> Json:
    """The answer for an error, with the details that Slack gives for its kind."""
    told: Json = {"ok": False, "error": error.problem}
    if error.problem == "missing_scope" and world is not None:
        told |= {"needed": error.resource, "provided": ",".join(sorted(world.scopes))}
    if error.problem in _POINTED:
        told["response_metadata"] = {"messages": [f"[ERROR] {error.resource}"]}
    return told
