"""A bot at work in the Slack on loopback: real sockets, real jobs on SQLite, a small real library."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, field

import shelf
from slack_workspace import Workspace

from bot.assistant import Assistant
from bot.errors import Cancelled
from bot.jobs import Jobs, JobSettings
from bot.slack import create_app
from bot.slack.connection import Connection
from bot.slack.desk import open_desk
from bot.slack.pacing import Pace
from bot.slack.parts import Parts, SlackSettings
from bot.slack.workflows import give_up, handlers
from bot.state import State
from bot.types import Answer, Statement
from retrieval.documents import Defaults

EMPLOYEES, BOARD = Defaults("employees", "internal", ""), Defaults("group:board", "secret", "")
HURRY = Pace(tries=4, first_wait_s=0.05, longest_wait_s=2.0, post_gap_s=0.0)
STAFF = """---
title: "Handbook for the staff"
published: 2026-11-12
---
# Handbook for the staff

The Heliotrope contract ends in June 2027 and costs 40,000 euros a year.
"""
SECRET = """---
title: "Minutes of the board"
published: 2026-11-13
---
# Minutes of the board

The Nightjar merger was called off because the auditors found a hole of nine million euros.
"""
RESTRICTED = {"staff": (STAFF, EMPLOYEES), "secret": (SECRET, BOARD)}


@dataclass
class Office:
    """One process of the bot. `assistant` replaces the real one."""

    slack: Workspace
    home: object
    library: object
    assistant: object = None
    settings: dict = field(default_factory=dict)
    instances: int = 1
    models: tuple = ()
    workers: int = 16
    url: str = ""  # of the state, where several share one

    def __enter__(self):
        with ExitStack() as stack:
            self.state = State.open(self.url or f"sqlite:///{self.home / 'state.db'}")
            stack.callback(self.state.close)
            self.desk = open_desk(self._parts())
            stack.callback(self.desk.close)
            jobs = f"sqlite:///{self.home / 'jobs.db'}"
            settings = JobSettings(jobs, workers=self.workers, pauses=(0.2, 0.5))
            self.jobs = Jobs(settings, handlers(self.desk), give_up(self.desk))
            self.jobs.start()
            stack.callback(self.jobs.stop, 5)
            self.connections = [self._connected(stack) for _ in range(self.instances)]
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def _parts(self):
        given = {"pace": HURRY, "patience_s": 3.0, **self.settings}
        settings = SlackSettings(
            self.slack.bot_token, self.slack.app_token, api_url=self.slack.api_url, **given
        )
        assistant = self.assistant or Assistant(self.library, 180, lambda: shelf.TODAY)
        return Parts(
            settings, assistant, self.library, self.state, models=lambda: self.models, defaults=shelf.OPEN
        )

    def _connected(self, stack):
        connection = Connection(create_app(self.desk, self.jobs), self.desk.parts.settings)
        connection.open()
        stack.callback(connection.close)
        return connection


def texts(messages):
    """All that these messages say, in their texts and blocks."""
    return "\n".join(_strings(each.get("blocks") or each.get("text")) for each in messages)


def _strings(value):
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "\n".join(_strings(value[key]) for key in value if key in _SPEAKING)
    return "\n".join(_strings(each) for each in value or ())


_SPEAKING = ("text", "title", "elements", "blocks", "child_blocks", "fields", "accessory", "rows")


def until(holds, seconds=5.0):
    """Wait for something that no change in Slack announces."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


def written(text="It is written.", status="answered"):
    """An answer as a model gives it."""
    return Answer(
        status=status,
        language="en",
        as_of=shelf.TODAY,
        headline="The headline",
        statements=(Statement(text, "supported", ()),),
        backend="Aurora",
        model="aurora-1",
    )


class Scripted:
    """An assistant that follows a script: events are told, numbers are seconds of thought, errors are raised.

    `asked` has every (question, audience, asking). A stop ends a thought, as a gateway's does.
    """

    def __init__(self, *script, answer=None):
        self.script, self.answer, self.asked = script, answer or written(), []

    def ask(self, question, audience, asking=None, listen=None, stop=None):
        self.asked.append((question, audience, asking))
        for step in self.script:
            if isinstance(step, Exception):
                raise step
            if callable(step):
                step()
            elif not isinstance(step, int | float):
                listen(step)
            elif stop is not None and stop.wait(step):
                raise Cancelled("answer", "stopped")
            elif stop is None:
                time.sleep(step)
        return self.answer

    def may_see_more(self, question, wide, narrow):
        return False


class Stage:
    """An assistant whose part another one plays in each test, so that one office serves a whole file."""

    def __init__(self):
        self.actor = Scripted()

    def ask(self, *given):
        return self.actor.ask(*given)

    def compare(self, *given):
        return self.actor.compare(*given)

    def may_see_more(self, *given):
        return self.actor.may_see_more(*given)
