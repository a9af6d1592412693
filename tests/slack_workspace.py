"""The Slack on loopback of bot.demo, in a hurry, with the questions that tests ask of it."""

import socket
import time

from bot.demo.people import Person, Response
from bot.demo.workspace import Workspace as _Workspace

__all__ = ["Person", "Response", "Workspace", "hang_up"]
_QUIET = 0.3  # seconds without a change after which an answer counts as complete


class Workspace(_Workspace):
    """With U1 (Ada), U2 (Bob), a guest and an admin, #general, a private channel, and short retries."""

    @classmethod
    def start(cls, port=0, seeded=True):
        slack = cls(port)
        slack.rules.retry_after = (0.0, 0.2, 0.5)
        if seeded:
            seed(slack)
        return slack

    def answers(self, channel, thread):
        """What the bot has said in a thread so far, oldest first."""
        return [each for each in self.messages(channel, thread) if each.get("user") == self.bot_user]

    def answer_to(self, channel, ts, seconds=5.0, until=lambda messages: True):
        """The bot's messages in the thread of `ts`, once they are complete: nothing streams, the session is
        not at work, no words stand under the thread, and nothing there has changed for a moment."""
        deadline = time.monotonic() + seconds
        while self.wait_for(lambda: self.complete(channel, ts, until), deadline - time.monotonic()):
            found = self.answers(channel, ts)
            if not self.wait_for(lambda: self.answers(channel, ts) != found, _QUIET):  # noqa: B023
                return found
        raise AssertionError(f"no complete answer in {channel}/{ts}: {self.messages(channel, ts)}")

    def complete(self, channel, ts, until=lambda messages: True):
        """Whether the bot has answered in a thread and is not at work there."""
        found = self.answers(channel, ts)
        running = any(each.get("streaming_state") == "in_progress" for each in found)
        working = self.session(channel, ts) == "processing" or self.status(channel, ts)
        return bool(found) and not running and not working and until(found)


def seed(slack):
    """The people and places that most tests need."""
    slack.add_user("U1", name="Ada")
    slack.add_user("U2", name="Bob", locale="de-DE")
    slack.add_user("U9", name="Root", admin=True)
    slack.add_user("UG", name="Guest", restricted=True)
    slack.add_channel("C1", name="general", members=("U1", "U2", "U9"))
    slack.add_channel("G1", name="strategy-private", private=True, members=("U1", "U9"))


def hang_up(client):
    """Close Slack's own socket client at once: by itself it waits for the end of a read, up to 3 s."""
    client.auto_reconnect_enabled = False
    client.closed = True
    if client.current_session is not None and client.current_session.sock is not None:
        client.current_session.sock.shutdown(socket.SHUT_RDWR)
    client.close()
