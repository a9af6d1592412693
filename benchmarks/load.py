"""The Slack bot under load: first words, questions a minute, memory, open files, and a model that hangs.

The bot is `strategist serve` with its default settings, in a process of its own; PostgreSQL flushes each
commit; Slack is the one on loopback, in this process. All of them share the same two cores.
"""

import itertools
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import metrics, stage
from benchmarks.product import MODEL, Options
from benchmarks.report import Table, Target
from bot.demo.deliveries import Delivery
from bot.demo.workspace import Workspace
from retrieval.embed import export

_GOLDEN = Path(__file__).resolve().parents[1] / "tests" / "data" / "golden.jsonl"
_OURS, _BARE = "**AI Strategist**", "bare Bolt listener, a fixed text"
_CORES = 2
# Slack takes one post a second and channel. The bare listener is quicker, and needs more of them.
_CHANNELS, _MANY_CHANNELS = 64, 640
_WARM, _QUESTIONS, _SOAK = _CHANNELS, 200, 2_000
_ASKERS = (1, 4, 8, 16)
_ROUND = 80  # questions of a row
_PATIENCE_S = 60.0
_BURSTS = (100, 200)  # questions
_PROMISED_MS, _PROMISED_MB, _PROMISED_FILES, _PROMISED_ACK_MS = 400.0, 50.0, 5, 1_000.0


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
    channels: int = _CHANNELS
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


def run(options: Options) -> list[Table]:
    """Four tables; a limit makes the questions of each so many."""
    models = options.cache / "models"
    models.mkdir(parents=True, exist_ok=True)
    export(MODEL, models)
    with _two_cores(), TemporaryDirectory(prefix="bench-") as folder, ExitStack() as stack:
        place = Path(folder)
        url = stack.enter_context(stage.postgres(place / "postgres"))
        sqlite = stage.Installation.make(place / "sqlite", models)
        served = stage.Installation.make(place / "served", models, database=url)
        return [
            _first_words(place, sqlite, served, options),
            _rates(place, served, options),
            _soak(served, options),
            _burst(served, options),
        ]


@contextmanager
def _two_cores() -> Iterator[None]:
    """Keep this process and its children to two cores, where that can be done."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(before)[:_CORES]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def _crowd(channels: int = _CHANNELS) -> Iterator[Crowd]:
    asked = [json.loads(line)["question"] for line in _GOLDEN.read_text(encoding="utf-8").splitlines()]
    with stage.workspace(channels) as slack:
        yield Crowd(slack, asked, channels)


def _first_words(
    place: Path, sqlite: stage.Installation, served: stage.Installation, options: Options
) -> Table:
    count = options.limit or _QUESTIONS
    rows: dict[str, tuple[Round, list[float]]] = {}
    with _crowd(_MANY_CHANNELS) as crowd, stage.listening(crowd.slack, place):
        rows[_BARE] = _one_by_one(crowd, count)
    for name, installation in ((f"{_OURS}, SQLite", sqlite), (f"{_OURS}, PostgreSQL", served)):
        with _crowd() as crowd, installation.serving(crowd.slack):
            rows[name] = _one_by_one(crowd, count)
    bare = rows[_BARE][0].wait(0.5)
    return Table(
        "First words in the thread",
        ("who", "p50, ms", "p95, ms", "p50 to the bare one's", "acknowledged p50, ms", "p95, ms", "lost"),
        tuple(
            (
                *(name, f"{each.wait(0.5):.0f}", f"{each.wait(0.95):.0f}", f"{each.wait(0.5) / bare:.1f}"),
                *(f"{metrics.percentile(acks, share) * 1e3:.0f}" for share in (0.5, 0.95)),
                str(each.lost),
            )
            for name, (each, acks) in rows.items()
        ),
        (
            f"{count} questions of the golden set one at a time, half of them German, after {_WARM} to warm "
            "up; from the person's post to the first message with words, both as Slack stamps them. No model "
            "is configured: answers quote the sample corpus, the words come with the whole answer.",
            "The bare listener keeps nothing, looks nobody up, searches and checks nothing: the difference "
            "is what durability, access, search and checks cost.",
        ),
        tuple(_promised(name, each) for name, (each, _) in rows.items() if name != _BARE),
    )


def _one_by_one(crowd: Crowd, count: int) -> tuple[Round, list[float]]:
    crowd.ask(_WARM, 4)
    before = len(crowd.events())
    done = crowd.ask(count, 1)
    return done, _latencies(crowd.events()[before:])


def _latencies(events: Sequence[Delivery]) -> list[float]:
    return [each.latency for each in events if each.latency is not None]


def _promised(name: str, each: Round) -> Target:
    promise = f"first words at p50 under {_PROMISED_MS:.0f} ms: {name.replace('**', '')}"
    measured = f"{each.wait(0.5):.0f} ms, {each.lost} lost"
    return Target(promise, measured, each.wait(0.5) < _PROMISED_MS and not each.lost)


def _rates(place: Path, served: stage.Installation, options: Options) -> Table:
    count = options.limit or _ROUND
    with _crowd(_MANY_CHANNELS) as crowd, stage.listening(crowd.slack, place) as process:
        bare = _climb(crowd, process, count)
    with _crowd() as crowd, served.serving(crowd.slack) as process:
        ours = _climb(crowd, process, count, process.settle)
    rows = [(name, *_rate_row(each)) for name, rounds in ((_BARE, bare), (_OURS, ours)) for each in rounds]
    best, theirs = (max(rounds, key=lambda each: each.rate) for rounds in (ours, bare))
    lost = sum(each.lost for each in ours)
    promise = "every question answered at every load; the most a minute"
    measured = (
        f"{lost} lost; {best.rate:.0f} a minute, 1/{theirs.rate / best.rate:.1f} of the bare listener's"
    )
    return Table(
        "Questions a minute on two cores, PostgreSQL",
        ("who", "askers", "questions a minute", "first words p50, ms", "p95, ms", "bot's CPU, ms", "lost"),
        tuple(rows),
        (
            f"Closed loop: each asker waits for the first words and asks the next question; {count} a row, "
            f"after {_WARM} to warm up, {stage.PEOPLE} people in turn. The loopback Slack, PostgreSQL and "
            "the bot share the two cores; the bot's CPU is that of its process for one question.",
            "Slack takes one post a second and channel; the bot keeps to it, and the loopback Slack refuses "
            f"what comes sooner. So the questions go round {_CHANNELS} channels ({_MANY_CHANNELS} for the "
            "bare listener), and none has to wait for it.",
        ),
        (Target(promise, measured, lost == 0),),
    )


def _climb(
    crowd: Crowd, process: stage.Process, count: int, settle: Callable[[], None] = lambda: None
) -> list[Round]:
    crowd.ask(_WARM, 4)
    rounds = []
    for askers in _ASKERS:
        settle()
        before = process.vitals().seconds
        done = crowd.ask(count, askers)
        settle()
        spent = process.vitals().seconds - before
        rounds.append(Round(done.askers, done.waits, done.wall, done.lost, spent))
    return rounds


def _rate_row(each: Round) -> tuple[str, ...]:
    waits = (f"{each.wait(share):.0f}" for share in (0.5, 0.95))
    cost = each.spent / max(1, len(each.waits)) * 1e3
    return (str(each.askers), f"{each.rate:.0f}", *waits, f"{cost:.0f}", str(each.lost))


def _soak(served: stage.Installation, options: Options) -> Table:
    total, askers = 10 * options.limit if options.limit else _SOAK, 8
    stops = [total // 10, *(total * part // 10 for part in (4, 7, 10))]
    seen: list[tuple[int, stage.Vitals, Round]] = []
    with _crowd() as crowd, served.serving(crowd.slack) as process:
        for before, stop in zip([0, *stops], stops, strict=False):
            done = crowd.ask(stop - before, askers)
            process.settle()
            seen.append((stop, process.vitals(), done))
    return _soak_table(seen, askers)


def _soak_table(seen: Sequence[tuple[int, stage.Vitals, Round]], askers: int) -> Table:
    rows = tuple(
        (
            *(f"{stop:,}", f"{vitals.megabytes:.0f}", str(vitals.files), str(vitals.threads)),
            *(f"{done.rate:.0f}", f"{done.wait(0.95):.0f}", str(done.lost)),
        )
        for stop, vitals, done in seen
    )
    (first, early, _), (last, late, _) = seen[0], seen[-1]
    between = f"from question {first:,} to {last:,}"
    growth, files = late.megabytes - early.megabytes, late.files - early.files
    return Table(
        "Memory and open files, PostgreSQL",
        ("after question", "resident, MB", "open files", "threads", "a minute since", "p95, ms", "lost"),
        rows,
        (
            f"A new process, {askers} askers at once; looked at when no question is open. The loopback "
            "Slack is another process.",
        ),
        (
            Target(
                f"resident memory grows by less than {_PROMISED_MB:.0f} MB {between}",
                f"{growth:+.1f} MB",
                growth < _PROMISED_MB,
            ),
            Target(
                f"open files stay within {_PROMISED_FILES} {between}",
                f"{files:+d}",
                abs(files) <= _PROMISED_FILES,
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class Burst:
    """So many questions at once, and what became of them."""

    questions: int
    took: float  # seconds until the last was asked
    acks: tuple[float, ...]  # seconds, of each event's first delivery
    kept: int
    answered: int  # exactly once
    over: float  # seconds until nothing was left to do
    hung: int  # calls of the model

    def ack(self, share: float) -> float:
        """A percentile of the acknowledgements, in milliseconds; infinite where one is missing."""
        whole = len(self.acks) == 2 * self.questions
        return metrics.percentile(self.acks, share) * 1e3 if whole else float("inf")


def _burst(served: stage.Installation, options: Options) -> Table:
    counts = (options.limit,) if options.limit else _BURSTS
    bursts = [_burst_of(count, served) for count in counts]
    rows = (
        (
            *(str(each.questions), str(2 * each.questions), f"{each.took:.1f}"),
            *(f"{each.ack(share):.0f}" for share in (0.5, 0.99)),
            *(str(each.kept), str(each.answered), f"{each.over:.0f}", str(each.hung)),
        )
        for each in bursts
    )
    return Table(
        "A burst while the model hangs, PostgreSQL",
        _BURST_COLUMNS,
        tuple(rows),
        (
            "Each question is a mention, which Slack delivers as two events. The model takes the connection "
            "and never says a word; after the first failures the gateway spares it, and sources are quoted.",
            "kept: answered, or known to the jobs' database when the last event was acknowledged. Slack "
            f"waits 3 s for one and delivers again; the promise is for {2 * counts[0]} events.",
        ),
        _burst_targets(bursts),
    )


def _burst_targets(bursts: Sequence[Burst]) -> tuple[Target, ...]:
    promised, asked = bursts[0], sum(each.questions for each in bursts)
    p99 = promised.ack(0.99)
    kept, answered = sum(each.kept for each in bursts), sum(each.answered for each in bursts)
    promise = (
        f"{2 * promised.questions} events in a second are acknowledged at p99 in {_PROMISED_ACK_MS:.0f} ms"
    )
    return (
        Target(promise, f"{p99:.0f} ms", p99 < _PROMISED_ACK_MS),
        Target("all kept", f"{kept} of {asked}", kept == asked),
        Target("each answered once", f"{answered} of {asked}", answered == asked),
    )


def _burst_of(count: int, served: stage.Installation) -> Burst:
    with ExitStack() as stack:
        calls, vendor = stack.enter_context(stage.hanging())
        crowd = stack.enter_context(_crowd())
        process = stack.enter_context(served.serving(crowd.slack, **vendor))
        crowd.greet()
        before = len(crowd.events())
        began = time.monotonic()
        asked = [_at(began + number / count, crowd) for number in range(count)]
        took = time.monotonic() - began
        crowd.slack.wait_for(lambda: len(_first_acks(crowd.events()[before:])) == 2 * count, 30)
        kept = _kept(crowd, process, asked)
        process.settle(120)
        answered = sum(len(crowd.replies(*each)) == 1 for each in asked)
        acks = tuple(_first_acks(crowd.events()[before:]))
        return Burst(count, took, acks, kept, answered, time.monotonic() - began, calls())


def _first_acks(events: Sequence[Delivery]) -> list[float]:
    """Of each event, however often it was delivered: from its first delivery to its first acknowledgement."""
    first: dict[str, float] = {}
    acked: dict[str, float] = {}
    for each in events:
        name = each.payload["event_id"]
        first.setdefault(name, each.at)
        if each.acked_at is not None:
            acked[name] = min(each.acked_at, acked.get(name, each.acked_at))
    return [at - first[name] for name, at in acked.items()]


_BURST_COLUMNS = (
    *("questions", "events", "within, s", "acknowledged p50, ms", "p99, ms"),
    *("kept", "answered once", "after, s", "calls that hung"),
)


def _at(moment: float, crowd: Crowd) -> tuple[str, str]:
    time.sleep(max(0.0, moment - time.monotonic()))
    return crowd.says()


def _kept(crowd: Crowd, process: stage.Process, asked: Sequence[tuple[str, str]]) -> int:
    """How many are in the database or answered. Looked at in this order, none is missed, some twice."""
    pending = int(process.health().get("pending") or 0)
    answered = sum(bool(crowd.replies(*each)) for each in asked)
    return min(len(asked), pending + answered)
