"""The Slack bot under load: first words, questions a minute, memory, open files, and a model that hangs.

The bot is `strategist serve` with its default settings, in a process of its own; PostgreSQL flushes each
commit; Slack is the one on loopback, in this process. All of them share the same two cores.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import burst, metrics, stage
from benchmarks.crowd import CHANNELS, Crowd, Round, gathered
from benchmarks.product import MODEL, Options
from benchmarks.report import Table, Target
from bot.demo.deliveries import Delivery
from retrieval.embed import export

_OURS, _BARE = "**AI Strategist**", "bare Bolt listener, a fixed text"
_CORES = 2
# Slack takes one post a second and channel. The bare listener is quicker, and needs more of them.
_MANY_CHANNELS = 640
_WARM, _QUESTIONS, _SOAK = CHANNELS, 200, 2_000
_ASKERS = (1, 4, 8, 16)
_ROUND = 80  # questions of a row
_PROMISED_MS, _PROMISED_MB, _PROMISED_FILES = 400.0, 50.0, 5


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
            burst.table(served, options),
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


def _first_words(
    place: Path, sqlite: stage.Installation, served: stage.Installation, options: Options
) -> Table:
    count = options.limit or _QUESTIONS
    rows: dict[str, tuple[Round, list[float]]] = {}
    with gathered(_MANY_CHANNELS) as crowd, stage.listening(crowd.slack, place):
        rows[_BARE] = _one_by_one(crowd, count)
    for name, installation in ((f"{_OURS}, SQLite", sqlite), (f"{_OURS}, PostgreSQL", served)):
        with gathered() as crowd, installation.serving(crowd.slack):
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
    with gathered(_MANY_CHANNELS) as crowd, stage.listening(crowd.slack, place) as process:
        bare = _climb(crowd, process, count)
    with gathered() as crowd, served.serving(crowd.slack) as process:
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
            f"what comes sooner. So the questions go round {CHANNELS} channels ({_MANY_CHANNELS} for the "
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
    with gathered() as crowd, served.serving(crowd.slack) as process:
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
