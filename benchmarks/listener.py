"""A bot that keeps nothing, checks nothing and looks nothing up: Bolt as its front page shows it.

python listener.py API_URL BOT_TOKEN APP_TOKEN; timed by load.py, so that what ours costs can be seen.
"""

import sys
import threading

from slack_bolt import App, Say
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

TEXT = "OpenAI earns far less than it spends, so a second vendor limits the risk. " * 6


def main(api_url: str, bot_token: str, app_token: str) -> None:
    """Answer every mention in its thread with the same words, for ever."""
    app = App(client=WebClient(token=bot_token, base_url=api_url))

    @app.event("app_mention")
    def _mentioned(event: dict[str, str], say: Say) -> None:
        say(text=TEXT, thread_ts=event["ts"])

    @app.event("message")
    def _heard() -> None:
        """Mentions come as messages, too."""

    SocketModeHandler(app, app_token).connect()  # type: ignore[no-untyped-call]
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
