"""Who and what is there: auth.test, users.*, usergroups.*, team.info, bots.info, reactions."""

from typing import Any

from bot.demo.conversations import paged, truth
from bot.demo.directory import APP, BOT_ID, BOT_USER, TEAM
from bot.demo.limits import required
from bot.demo.world import World
from bot.errors import SlackError

Json = dict[str, Any]
_TYPES = {"channel": "public_channel", "group": "private_channel", "im": "im", "mpim": "mpim"}


def auth_test(world: World, _: Json) -> Json:
    """auth.test."""
    handle = world.directory.users[BOT_USER].shown()["name"]
    place = {"url": "https://demo.slack.com/", "team": "Demo", "team_id": TEAM}
    return place | {"user": handle, "user_id": BOT_USER, "bot_id": BOT_ID, "is_enterprise_install": False}


def open_connection(world: World, _: Json) -> Json:
    """apps.connections.open: the address of a socket, good for one connection."""
    return {"url": world.connect()}


def user_info(world: World, arguments: Json) -> Json:
    """users.info."""
    world.need("users:read")
    required(arguments, ["user"])
    return {"user": world.directory.user(arguments["user"]).shown(truth(arguments.get("include_locale")))}


def users(world: World, arguments: Json) -> Json:
    """users.list."""
    world.need("users:read")
    page, cursor = paged(list(world.directory.users.values()), arguments, most=1000, usual=1000)
    shown = [each.shown(truth(arguments.get("include_locale"))) for each in page]
    return {"members": shown, "response_metadata": {"next_cursor": cursor}}


def user_conversations(world: World, arguments: Json) -> Json:
    """users.conversations: those of a user or of the bot; private ones only where the bot is, too."""
    kinds = str(arguments.get("types", "public_channel")).replace(" ", "").split(",")
    user = world.directory.user(arguments.get("user") or BOT_USER)
    found = [
        each
        for each in world.directory.of(user.id)
        if _TYPES[each.kind] in kinds and (each.has_bot or not each.private)
    ]
    page, cursor = paged(found, arguments, most=999, usual=100)
    return {"channels": [each.shown() for each in page], "response_metadata": {"next_cursor": cursor}}


def groups(world: World, arguments: Json) -> Json:
    """usergroups.list."""
    world.need("usergroups:read")
    disabled, members = truth(arguments.get("include_disabled")), truth(arguments.get("include_users"))
    found = [each for each in world.directory.groups.values() if disabled or not each.disabled]
    return {"usergroups": [each.shown(members) for each in found]}


def group_users(world: World, arguments: Json) -> Json:
    """usergroups.users.list."""
    world.need("usergroups:read")
    required(arguments, ["usergroup"])
    found = world.directory.groups.get(str(arguments["usergroup"]))
    if found is None:
        raise SlackError(str(arguments["usergroup"]), "no_such_subteam")
    return {"users": list(found.users)}


def team_info(world: World, _: Json) -> Json:
    """team.info."""
    world.need("team:read")
    return {"team": {"id": TEAM, "name": "Demo", "domain": "demo", "url": "https://demo.slack.com/"}}


def bot_info(world: World, arguments: Json) -> Json:
    """bots.info."""
    world.need("users:read")
    wanted = arguments.get("bot") or BOT_ID
    found = next((each for each in world.directory.users.values() if each.bot_id == wanted), None)
    if found is None:
        raise SlackError(str(wanted), "bot_not_found")
    app = APP if wanted == BOT_ID else f"A{wanted}"
    return {"bot": {"id": wanted, "user_id": found.id, "app_id": app, "name": found.name, "deleted": False}}


def react(world: World, arguments: Json) -> Json:
    """reactions.add."""
    found = _reaction(world, arguments)
    if found in world.reactions:
        raise SlackError(found[2], "already_reacted")
    world.reactions.append(found)
    return {}


def unreact(world: World, arguments: Json) -> Json:
    """reactions.remove."""
    found = _reaction(world, arguments)
    if found not in world.reactions:
        raise SlackError(found[2], "no_reaction")
    world.reactions.remove(found)
    return {}


def _reaction(world: World, arguments: Json) -> tuple[str, str, str]:
    world.need("reactions:write")
    required(arguments, ["channel", "timestamp", "name"])
    channel = world.directory.for_bot(arguments["channel"])
    if not channel.has_bot:
        raise SlackError(channel.id, "not_in_channel")
    message = world.messages.find(channel.id, arguments["timestamp"])
    return channel.id, message["ts"], str(arguments["name"]).strip(":")


METHODS = {
    "auth.test": auth_test,
    "apps.connections.open": open_connection,
    "users.info": user_info,
    "users.list": users,
    "users.conversations": user_conversations,
    "usergroups.list": groups,
    "usergroups.users.list": group_users,
    "team.info": team_info,
    "bots.info": bot_info,
    "reactions.add": react,
    "reactions.remove": unreact,
}
