"""A burst of questions for the Slack bot while its model hangs: is each acknowledged in time, and kept?"""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks import metrics, stage
from benchmarks.crowd import Crowd, gathered
from benchmarks.product import Options
from benchmarks.report import Table, Target
from bot.demo.deliveries import Delivery

_SIZES = ((100, True), (100, False), (200, True))  # questions, and whether one was asked before
_PROMISED_EVENTS, _PROMISED_ACK_MS = 200, 1_000.0
_COLUMNS = (
    *("process", "questions", "events", "within, s", "acknowledged p50, ms", "p99, ms"),
    *("kept", "answered once", "after, s", "calls that hung"),
)


@dataclass(frozen=True, slots=True)
class Burst:
    """So many questions at once, and what became of them."""

    questions: int
    warm: bool
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


def table(served: stage.Installation, options: Options) -> Table:
    """Bursts of two sizes, and one into a process that has only just started."""
    sizes = [(options.limit or count, warm) for count, warm in _SIZES]
    bursts = [_burst_of(count, warm, served) for count, warm in sizes]
    rows = (
        (
            *(
                "warm" if each.warm else "just started",
                str(each.questions),
                str(2 * each.questions),
                f"{each.took:.1f}",
            ),
            *(f"{each.ack(share):.0f}" for share in (0.5, 0.99)),
            *(str(each.kept), str(each.answered), f"{each.over:.0f}", str(each.hung)),
        )
        for each in bursts
    )
    return Table(
        "A burst while the model hangs, PostgreSQL",
        _COLUMNS,
        tuple(rows),
        (
            "Each question is a mention, which Slack delivers as two events. The model takes the connection "
            "and never says a word; after the first failures the gateway spares it, and sources are quoted.",
            "kept: answered, or known to the jobs' database when the last event was acknowledged. Slack "
            "waits 3 s for one and delivers again.",
            "warm: one question was answered before. just started: no more than a greeting was said, "
            "so that the first questions of the burst load the embedder, the indexes and the model's client.",
        ),
        targets(bursts),
    )


def targets(bursts: Sequence[Burst]) -> tuple[Target, ...]:
    """What was promised of acknowledgements for bursts of that size, and of answers for all of them."""
    asked = sum(each.questions for each in bursts)
    kept, answered = sum(each.kept for each in bursts), sum(each.answered for each in bursts)
    return (
        *(_in_time(each) for each in bursts if 2 * each.questions <= _PROMISED_EVENTS),
        Target("all kept", f"{kept} of {asked}", kept == asked),
        Target("each answered once", f"{answered} of {asked}", answered == asked),
    )


def _in_time(burst: Burst) -> Target:
    which = "warm" if burst.warm else "just started"
    promise = f"{2 * burst.questions} events in a second are acknowledged at p99 in {_PROMISED_ACK_MS:.0f} ms"
    return Target(f"{promise}, {which}", f"{burst.ack(0.99):.0f} ms", burst.ack(0.99) < _PROMISED_ACK_MS)


def _burst_of(count: int, warm: bool, served: stage.Installation) -> Burst:
    with ExitStack() as stack:
        calls, vendor = stack.enter_context(stage.hanging())
        crowd = stack.enter_context(gathered())
        process = stack.enter_context(served.serving(crowd.slack, **vendor))
        crowd.greet()
        crowd.ask(int(warm), 1)
        process.settle()
        before = len(crowd.events())
        began = time.monotonic()
        asked = [_at(began + number / count, crowd) for number in range(count)]
        took = time.monotonic() - began
        crowd.slack.wait_for(lambda: len(first_acks(crowd.events()[before:])) == 2 * count, 30)
        kept = _kept(crowd, process, asked)
        process.settle(120)
        answered = sum(len(crowd.replies(*each)) == 1 for each in asked)
        acks = tuple(first_acks(crowd.events()[before:]))
        return Burst(count, warm, took, acks, kept, answered, time.monotonic() - began, calls())


def first_acks(events: Sequence[Delivery]) -> list[float]:
    """Of each event, however often it was delivered: from its first delivery to its first acknowledgement."""
    first: dict[str, float] = {}
    acked: dict[str, float] = {}
    for each in events:
        name = each.payload["event_id"]
        first.setdefault(name, each.at)
        if each.acked_at is not None:
            acked[name] = min(each.acked_at, acked.get(name, each.acked_at))
    return [at - first[name] for name, at in acked.items()]


def _at(moment: float, crowd: Crowd) -> tuple[str, str]:
    time.sleep(max(0.0, moment - time.monotonic()))
    return crowd.says()


def _kept(crowd: Crowd, process: stage.Process, asked: Sequence[tuple[str, str]]) -> int:
    """How many are in the database or answered. Looked at in this order, none is missed, some twice."""
    pending = int(process.health().get("pending") or 0)
    answered = sum(bool(crowd.replies(*each)) for each in asked)
    return min(len(asked), pending + answered)
