"""The manifest against what Slack takes (the limits of its schema 2.0), and against what the code does."""

import ast
import re
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from bot.slack import clicks, listing
from bot.slack.intake import Bot, Ignore, decide
from bot.slack.manifest import manifest

ROOM = Path(__file__).parents[3] / "bot" / "slack"
BOT = Bot("UBOT", "BBOT")
HISTORY = frozenset({"channels:history", "groups:history", "im:history", "mpim:history"})
READ = frozenset({"channels:read", "groups:read", "im:read", "mpim:read"})
# What Slack's documentation asks for each method.
SCOPES = {
    method: frozenset(scopes)
    for methods, scopes in (
        ("auth.test views.open views.publish views.update apps.connections.open", ()),
        ("chat.postMessage chat.postEphemeral chat.update chat.delete", ("chat:write",)),
        ("chat.startStream chat.appendStream chat.stopStream", ("chat:write",)),
        ("agents.sessions.setStatus agents.sessions.rename assistant.threads.setStatus", ("chat:write",)),
        ("assistant.threads.setSuggestedPrompts assistant.threads.setTitle", ("assistant:write",)),
        ("conversations.history conversations.replies", HISTORY),
        ("conversations.info conversations.members", READ),
        ("conversations.open", ("im:write",)),
        ("users.info users.list", ("users:read",)),
        ("usergroups.list usergroups.users.list", ("usergroups:read",)),
        ("files.info", ("files:read",)),
    )
    for method in methods.split()
}
EVENTS = {
    "app_mention": {"app_mentions:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "message.mpim": {"mpim:history"},
    "app_home_opened": set(),
    "app_context_changed": {"assistant:write"},
    "agent_session_stopped": {"assistant:write"},
}


def text(least, most, pattern=""):
    return {
        "type": "string",
        "minLength": least,
        "maxLength": most,
        **({"pattern": pattern} if pattern else {}),
    }


def record(required=(), **fields):
    return {"type": "object", "required": list(required), "properties": fields, "additionalProperties": False}


def several(of, most, least=0):
    return {"type": "array", "items": of, "minItems": least, "maxItems": most}


FLAG, URL = {"type": "boolean"}, text(1, 3_000, r"^https?://")
PROMPT = record(("title", "message"), title={"type": "string"}, message={"type": "string"})
SHORTCUT = record(
    ("name", "type", "callback_id", "description"),
    name=text(1, 24),
    type={"enum": ["message", "global"]},
    callback_id=text(1, 255),
    description=text(1, 150),
)
COMMAND = record(
    ("command", "description"),
    command=text(2, 32, "^/"),
    url=URL,
    description=text(1, 2_000),
    usage_hint=text(1, 1_000),
    should_escape=FLAG,
)
LIMITS = record(
    ("display_information",),
    _metadata=record(major_version={"type": "integer"}, minor_version={"type": "integer"}),
    display_information=record(
        ("name",),
        name=text(1, 35),
        description=text(1, 140),
        background_color=text(4, 7, "^#[0-9a-fA-F]{3,6}$"),
        long_description=text(175, 4_000),
    ),
    features=record(
        agent_view=record(agent_description=text(1, 300), suggested_prompts=several(PROMPT, 4)),
        app_home=record(
            home_tab_enabled=FLAG, messages_tab_enabled=FLAG, messages_tab_read_only_enabled=FLAG
        ),
        bot_user=record(("display_name",), display_name=text(1, 80), always_online=FLAG),
        shortcuts=several(SHORTCUT, 10, 1),
        slash_commands=several(COMMAND, 50, 1),
    ),
    oauth_config=record(
        scopes=record(bot=several(text(1, 50), 255), bot_optional=several(text(1, 50), 255)),
    ),
    settings=record(
        event_subscriptions=record(request_url=URL, bot_events=several(text(1, 50), 100)),
        interactivity=record(("is_enabled",), is_enabled=FLAG, request_url=URL),
        org_deploy_enabled=FLAG,
        socket_mode_enabled=FLAG,
        token_rotation_enabled=FLAG,
    ),
)


def scopes():
    return set(manifest()["oauth_config"]["scopes"]["bot"])


def events():
    return set(manifest()["settings"]["event_subscriptions"]["bot_events"])


def strings():
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def called():
    """The methods of Slack's Web API whose names stand in the code of the Slack room."""
    rooms = "agents|apps|assistant|auth|bots|chat|conversations|files|reactions|team|usergroups|users|views"
    names = {each for each in strings() if re.fullmatch(rf"(?:{rooms})(?:\.[a-z]+[A-Za-z]*)+", each)}
    return names - {"files.slack.com"}


@pytest.mark.parametrize("address", ["", "https://bot.example/slack/events"])
def test_slack_would_take_it(address):
    errors = [
        f"{list(each.path)}: {each.message}"
        for each in Draft7Validator(LIMITS).iter_errors(manifest(address))
    ]
    assert not errors


def test_a_wrong_manifest_would_be_noticed():
    made = manifest()
    made["features"]["shortcuts"][0]["name"] = "x" * 25
    made["unknown"] = 1
    assert len(list(Draft7Validator(LIMITS).iter_errors(made))) == 2


def test_over_http_every_way_in_has_the_address():
    address = "https://bot.example/slack/events"
    made = manifest(address)
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert {each["url"] for each in made["features"]["slash_commands"]} == {address}
    assert address not in str(manifest())


def test_the_methods_that_are_called_are_found():
    assert {"chat.postMessage", "users.info", "conversations.replies"} <= called()


def test_every_method_has_its_scopes_and_no_scope_is_idle():
    unknown = called() - SCOPES.keys()
    assert not unknown, f"add their scopes: {unknown}"
    needed = {scope for method in called() for scope in SCOPES[method]}
    needed |= {scope for event in events() for scope in EVENTS[event]}
    assert scopes() == needed | {"commands"}


def test_every_event_is_listened_to():
    for name in events():
        event = {
            "type": name.partition(".")[0],
            "channel": "C1",
            "ts": "1.0",
            "user": "U1",
            "thread_ts": "1.0",
        }
        decided = decide(
            {**event, "thread_ts": "1.0"},
            {"event_id": "E1", "team_id": "T1"},
            BOT,
            lambda channel, thread: True,
        )
        assert not (isinstance(decided, Ignore) and decided.reason.startswith("event ")), name


@pytest.mark.parametrize("name", ["file_shared", "reaction_added", "member_joined_channel", "team_join"])
def test_no_other_event_is_waited_for(name):
    assert name not in events()
    assert decide({"type": name}, {}, BOT, lambda *_: True) == Ignore(f"event {name}")


def test_the_shortcut_and_the_command_are_known_to_the_code():
    made = manifest()["features"]
    assert [each["callback_id"] for each in made["shortcuts"]] == [clicks.ASK_ABOUT]
    assert any(made["slash_commands"][0]["command"] in each for each in strings())


def test_the_suggested_prompts_are_the_examples():
    assert manifest()["features"]["agent_view"]["suggested_prompts"] == listing.prompts("en")


def test_nothing_is_promised_that_is_not_there():
    words = str(manifest()).lower()
    assert not [each for each in ("digest", "add to sources", "add <url>", "schedule") if each in words]
