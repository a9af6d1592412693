"""A Slack on loopback: for people without a workspace (`strategist demo`) and for the bot's own tests."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.demo.workspace import Workspace

__all__ = ["open_workspace"]
_REMEMBERED = 1_000  # calls and deliveries


def open_workspace(port: int = 0) -> "Workspace":
    """A workspace with sample people and channels, and a page in the browser: see its `page_url`.

    It runs until `stop()`, or the end of a `with`. A bot joins it with `api_url`, `bot_token`, `app_token`.
    """
    from bot.demo.page import Page
    from bot.demo.sample import furnish
    from bot.demo.workspace import Workspace

    slack = Workspace.start(port)
    slack.forget(_REMEMBERED)
    furnish(slack)
    slack.page_url = Page(slack).url
    return slack
