"""People who ask the Slack bot of a benchmark, and how long they wait for its first words."""

import itertools
import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import metrics, stage
from bot.demo.deliveries import Delivery
from bot.demo.workspace import Workspace

_GOLDEN = Path(__file__).resolve().parents[1] / "tests" / "data" / "golden.jsonl"
CHANNELS = 64
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Round:
    """Some questions and how long each waited for its first words; `lost` ones waited in vain."""

    askers: int
    waits: tuple[float, ...]  # seconds
    wall: float  # seconds
    lost: int = 0
    spent: float = 0.0  # seconds of processor time of the bot

    @property
    def rate(self) -> float:
        """Questions a minute."""
        return 60 * len(self.waits) / self.wall

    def wait(self, share: float) -> float:
        """A percentile of the waits, in milliseconds."""
        return metrics.percentile(self.waits, share) * 1e3 if self.waits else float("nan")


@dataclass(slots=True)
class Crowd:
    """People who ask, one question after the other, each in the next channel and by the next person."""

    slack: Workspace
    questions: Sequence[str]
    channels: int = CHANNELS
    patience_s: float = _PATIENCE_S
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def ask(self, count: int, askers: int) -> Round:
        """So many questions by so many at once; each waits for its first words and asks the next one."""
        left = iter(range(count))
        began = time.perf_counter()
        with ThreadPoolExecutor(askers) as pool:
            waits = [each for found in pool.map(lambda _: self._asker(left), range(askers)) for each in found]
        wall = time.perf_counter() - began
        known = tuple(each for each in waits if each is not None)
        return Round(askers, known, wall, len(waits) - len(known))

    def _asker(self, left: Iterator[int]) -> list[float | None]:
        return [self._asked() for _ in left]

    def _asked(self) -> float | None:
        channel, ts = self.says()
        self.slack.wait_for(lambda: self.replies(channel, ts), self.patience_s)
        return next((float(each) - float(ts) for each in self.replies(channel, ts)), None)

    def says(self) -> tuple[str, str]:
        """Ask the next question and wait for nothing."""
        number = next(self.numbers)
        channel, question = f"C{number % self.channels:03}", self.questions[number % len(self.questions)]
        person = self.slack.person(f"U{number % stage.PEOPLE:03}")
        return channel, person.says(channel, f"<@{self.slack.bot_user}> {question}")

    def greet(self) -> None:
        """Mention the bot without a question: it greets, and no model is asked."""
        ts = self.slack.person("U000").says("C000", f"<@{self.slack.bot_user}>")
        self.slack.wait_for(lambda: self.replies("C000", ts), self.patience_s)

    def replies(self, channel: str, ts: str) -> list[str]:
        """The times of the bot's messages with words in a thread: Slack stamps when they came in."""
        found = self.slack.messages(channel, ts)
        return [each["ts"] for each in found if each["user"] == self.slack.bot_user and each["text"]]

    def events(self) -> list[Delivery]:
        """What Slack has told the bot of the questions, each of them twice: as a mention and as a message."""
        own = self.slack.bot_user
        return [each for each in self.slack.log if each.payload["event"].get("user") != own]


@contextmanager
def gathered(channels: int = CHANNELS) -> Iterator[Crowd]:
    """People in a new Slack, with the questions of the golden set."""
    asked = [json.loads(line)["question"] for line in _GOLDEN.read_text(encoding="utf-8").splitlines()]
    with stage.workspace(channels) as slack:
        yield Crowd(slack, asked, channels)
