"""A bot in a process of its own, to be killed. Arguments: API_URL BOT_TOKEN APP_TOKEN HOME SHELF [STATE].

A line on its standard input makes it deaf: it goes on with its work, and hears nothing more from Slack.
"""

import sys
import threading
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / each) for each in ("", "bot", "bot/slack"))]

import shelf  # noqa: E402
from fakes import FakeEmbedder  # noqa: E402
from office import Office, Scripted, written  # noqa: E402

from bot.types import Delta  # noqa: E402
from retrieval.library import Library  # noqa: E402


class Writer(Scripted):
    """Streams the answer to every other question, and gives the rest at once; says which question it was.

    Asked to take its time, it begins and falls into thought.
    """

    def ask(self, question, audience, asking=None, listen=None, stop=None):
        if "take your time" in question:
            return Scripted(Delta("one two "), 60).ask(question, audience, asking, listen, stop)
        number = int("".join(letter for letter in question if letter.isdigit()))
        writer = Scripted(*([Delta("some words "), 0.2, Delta("and more "), 0.2] if number % 2 else [0.02]))
        writer.answer = written(f"This answers number {number}.")
        return writer.ask(question, audience, asking, listen, stop)


def main(api_url, bot_token, app_token, home, library, url=""):
    slack = SimpleNamespace(api_url=api_url, bot_token=bot_token, app_token=app_token)
    with (
        Library.open(Path(library), FakeEmbedder(), today=lambda: shelf.TODAY) as opened,
        Office(slack, Path(home), opened, Writer(), workers=4, url=url) as office,
    ):
        print("ready", flush=True)
        for _ in sys.stdin:
            office.connections.pop().close()
        threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
