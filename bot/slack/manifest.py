"""The manifest from which a workspace makes the app: for Socket Mode as it stands, for HTTP with an address.

With Socket Mode the app also needs an app-level token with the scope connections:write.
"""

import json
from importlib.resources import files
from typing import Any


def manifest(address: str = "") -> dict[str, Any]:
    """The manifest as Slack takes it. `address`: where Slack reaches the bot in HTTP mode, with its path."""
    text = files("bot.slack").joinpath("manifest.json").read_text("utf-8")
    made: dict[str, Any] = json.loads(text)
    return _over_http(made, address) if address else made


def _over_http(made: dict[str, Any], address: str) -> dict[str, Any]:
    """The same app, called at one address instead of over its own socket."""
    settings, features = made["settings"], made["features"]
    return {
        **made,
        "features": {
            **features,
            "slash_commands": [{**each, "url": address} for each in features["slash_commands"]],
        },
        "settings": {
            **settings,
            "event_subscriptions": {**settings["event_subscriptions"], "request_url": address},
            "interactivity": {**settings["interactivity"], "request_url": address},
            "socket_mode_enabled": False,
        },
    }
