"""The desk at which questions from Slack are worked on: the connected bot with all it needs at hand."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from bot.errors import SlackError
from bot.slack import texts
from bot.slack.access import Admission, Rules, Surface, admit, is_admin
from bot.slack.files import Attached, Depot, File
from bot.slack.intake import Bot
from bot.slack.pacing import Slack, passing
from bot.slack.parts import Parts
from bot.slack.people import Directory
from bot.slack.running import Running
from bot.slack.texts import Locale
from retrieval.types import Hit

logger = logging.getLogger(__name__)
T = TypeVar("T")
_LONGEST_SLEEP_S = 30.0


@dataclass(frozen=True, slots=True)
class Desk:
    """One connected bot. `executor` does what nobody waits for; `check` ends work that others have by now."""

    parts: Parts
    slack: Slack
    bot: Bot
    people: Directory
    depot: Depot
    executor: Executor
    running: Running
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    check: Callable[[], None] = lambda: None

    @property
    def rules(self) -> Rules:
        """What the company decided about access."""
        settings = self.parts.settings
        return Rules(settings.external, settings.admins, settings.large_channel)

    def locale(self, user: str) -> Locale:
        """The language in which somebody uses Slack."""
        person = self.people.person(user)
        return texts.locale_of(person.locale if person else "")

    def admit(self, user: str, channel: str, *, alone: bool = False, external: bool = False) -> Admission:
        """For whom an answer there is written."""
        return admit(Surface(user, channel, alone, external), self.people, self.rules)

    def is_admin(self, user: str) -> bool:
        """Whether somebody is an administrator."""
        return is_admin(self.people.person(user), self.rules)

    def engaged(self, channel: str, thread: str) -> bool:
        """Whether a message in this thread is for us without a mention."""
        return self.follows(channel) and self.parts.state.engaged(channel, thread)

    def follows(self, channel: str) -> bool:
        """Whether follow-ups in this channel need no mention."""
        chosen = self.parts.state.follow_ups(channel)
        return self.parts.settings.follow_ups if chosen is None else chosen

    def engage(self, channel: str, thread: str) -> None:
        """Take part in a thread from now on."""
        if not self.parts.state.engaged(channel, thread):
            self.parts.state.engage(channel, thread)

    def attached(self, files: Sequence[File], question: str) -> Attached:
        """What files that came with a question say about it."""
        parts = self.parts

        def examine(data: bytes, name: str, media_type: str) -> tuple[Hit, ...]:
            return parts.library.examine(data, name, media_type, question, parts.rules, parts.defaults)

        return self.depot.read(files, examine) if files else Attached()

    def too_many(self, user: str, key: str) -> bool:
        """Count a question; whether it is one too many today."""
        today = self.parts.now().date()
        return self.parts.state.counted(user, today, key) > self.parts.settings.questions_per_day

    def is_late(self, ts: str) -> bool:
        """Whether a message was written so long ago that its answer should say so."""
        written, now = float(ts) if ts.replace(".", "", 1).isdigit() else 0.0, self.parts.now().timestamp()
        return now - written > timedelta(hours=1).total_seconds()

    def patiently(self, work: Callable[[], T]) -> T:
        """Do something in Slack, again and again while Slack is down, within the limit of patience."""
        until, wait = self.clock() + self.parts.settings.patience_s, 1.0
        while True:
            self.check()
            try:
                return work()
            except SlackError as error:
                if not passing(error) or self.clock() + wait > until:
                    raise
            self.sleep(wait)
            wait = min(2 * wait, _LONGEST_SLEEP_S)

    def soon(self, work: Callable[[], object], what: str) -> None:
        """Do something that nobody waits for and nothing depends on."""
        try:
            self.executor.submit(self._guarded, work, what)
        except RuntimeError:
            logger.info("%s is left out: the program ends", what)

    def _guarded(self, work: Callable[[], object], what: str) -> None:
        with self.quietly(what):
            work()

    def close(self) -> None:
        """Wait for what nobody waits for. Listeners and jobs must have ended."""
        self.executor.shutdown(wait=True, cancel_futures=True)

    @contextmanager
    def quietly(self, what: str) -> Iterator[None]:
        """Let a failure of something secondary be known in the log only."""
        try:
            yield
        except SlackError as error:
            logger.warning("%s failed: %s", what, error)
        except Exception:
            logger.exception("%s failed", what)


def open_desk(parts: Parts, clock: Callable[[], float] = time.monotonic) -> Desk:
    """Connect to Slack's Web API and learn who we are. SlackError when the token is refused."""
    from concurrent.futures import ThreadPoolExecutor

    from slack_sdk import WebClient

    settings = parts.settings
    client = WebClient(
        token=settings.bot_token, base_url=settings.api_url, timeout=settings.call_s, retry_handlers=[]
    )
    slack = Slack(client, settings.pace, clock)
    known = slack.call("auth.test")
    names = ("user_id", "bot_id", "team_id", "enterprise_id")
    bot = Bot(*(str(known.get(name) or "") for name in names))
    return Desk(
        parts,
        slack,
        bot,
        Directory(slack, bot, clock),
        Depot(slack, settings.bot_token, settings.api_url, settings.file_bytes),
        ThreadPoolExecutor(settings.threads, thread_name_prefix="slack"),
        Running(parts.state),
    )
