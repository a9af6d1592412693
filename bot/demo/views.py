"""views.*: modals, opened by a trigger_id that soon expires, and the home page."""

import time
from typing import Any
from uuid import uuid4

from bot.demo.blocks import with_ids
from bot.demo.directory import APP, BOT_ID, TEAM
from bot.demo.limits import required
from bot.demo.world import World
from bot.errors import SlackError

Json = dict[str, Any]


def opened(world: World, arguments: Json) -> Json:
    """views.open."""
    user = _user(world, arguments)
    view = checked(world, arguments.get("view"), "modal")
    view |= {"user": user, "root_view_id": view["id"], "previous_view_id": None}
    world.views[view["id"]] = view
    return {"view": public(view)}


def pushed(world: World, arguments: Json) -> Json:
    """views.push: one more modal on top of the user's last one, three in all."""
    user = _user(world, arguments)
    stack = [each for each in world.views.values() if each["user"] == user]
    if not stack or len(stack) >= 3:
        raise SlackError("view", "push_limit_reached" if stack else "not_found")
    view = checked(world, arguments.get("view"), "modal")
    view |= {"user": user, "root_view_id": stack[0]["id"], "previous_view_id": stack[-1]["id"]}
    world.views[view["id"]] = view
    return {"view": public(view)}


def updated(world: World, arguments: Json) -> Json:
    """views.update, by view_id or by external_id."""
    wanted = arguments.get("view_id") or arguments.get("external_id")
    known = [each for each in world.views.values() if wanted in (each["id"], each["external_id"])]
    if not wanted or not known:
        raise SlackError(str(wanted), "not_found")
    if arguments.get("hash") and arguments["hash"] != known[0]["hash"]:
        raise SlackError(str(wanted), "hash_conflict")
    return {"view": public(replaced(world, known[0], arguments.get("view")))}


def published(world: World, arguments: Json) -> Json:
    """views.publish: the home page of one user."""
    required(arguments, ["user_id", "view"])
    user = world.directory.user(arguments["user_id"])
    old = world.homes.get(user.id)
    if old and arguments.get("hash") and arguments["hash"] != old["hash"]:
        raise SlackError(user.id, "hash_conflict")
    view = checked(world, arguments["view"], "home")
    if old:
        view["id"] = old["id"]
    world.homes[user.id] = view
    return {"view": view}


def replaced(world: World, old: Json, new: object) -> Json:
    """A modal with new content in the place of an old one."""
    view = checked(world, new, "modal")
    keep = {key: old[key] for key in ("id", "user", "root_view_id", "previous_view_id")}
    world.views[old["id"]] = view | keep
    return world.views[old["id"]]


def public(view: Json) -> Json:
    """A view as the app sees it."""
    return {key: value for key, value in view.items() if key != "user"}


def checked(world: World, view: object, kind: str) -> Json:
    """A view of the right kind, complete with id and hash, or Slack's refusal."""
    if not isinstance(view, dict) or view.get("type") != kind:
        raise SlackError(f"view must be a {kind} [json-pointer:/view/type]", "invalid_arguments")
    if kind == "modal":
        _title(view)
    world.limits.fits(view.get("blocks", []), kind)
    if len(view.get("private_metadata", "")) > 3000 or len(view.get("callback_id", "")) > 255:
        raise SlackError("private_metadata or callback_id [json-pointer:/view]", "invalid_arguments")
    if len(str(view)) > 250_000:
        raise SlackError("view", "view_too_large")
    known = {"private_metadata": "", "callback_id": "", "external_id": "", "state": {"values": {}}}
    ours: Json = {"id": f"V{uuid4().hex[:10].upper()}", "team_id": TEAM, "app_id": APP, "bot_id": BOT_ID}
    ours |= {"hash": f"{time.time_ns()}", "blocks": with_ids(view.get("blocks", []))}
    return known | view | ours


def _title(view: Json) -> None:
    for key in ("title", "submit", "close"):
        text = view.get(key, {}).get("text", "") if key in view else "" if key == "title" else "-"
        if not 1 <= len(text) <= 24:
            raise SlackError(f"must be 1 to 24 characters [json-pointer:/view/{key}]", "invalid_arguments")
    if "submit" not in view and any(each.get("type") == "input" for each in view.get("blocks", ())):
        raise SlackError("submit is required with inputs [json-pointer:/view/submit]", "invalid_arguments")


def _user(world: World, arguments: Json) -> str:
    required(arguments, ["trigger_id"])
    known = world.triggers.get(str(arguments["trigger_id"]))
    if known is None:
        raise SlackError("trigger_id", "invalid_trigger_id")
    user, until = known
    if time.monotonic() > until:
        raise SlackError("trigger_id", "expired_trigger_id")
    world.triggers[str(arguments["trigger_id"])] = (user, 0.0)  # good once
    return user


METHODS = {
    "views.open": opened,
    "views.push": pushed,
    "views.update": updated,
    "views.publish": published,
}
