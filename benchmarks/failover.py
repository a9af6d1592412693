"""What a faltering vendor costs: ours and LangChain's with_fallbacks, same clients, same wall, same faults.

The wall is the tests' loopback server that speaks the vendors' protocols and misbehaves on command. Both
sides get the clients that bot.models.vendors builds, with the same time-outs and no retries of their own.
"""

import logging
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import metrics
from benchmarks.product import Options
from benchmarks.report import Table, Target
from bot.models import Prompt
from bot.models.failover import Gateway, Limits, Need, Rest
from bot.models.vendor import Vendor
from bot.models.vendors import connect
from bot.types import Attempt

_TESTS = Path(__file__).resolve().parents[1] / "tests"
_OURS, _THEIRS = "**AI Strategist**", "LangChain with_fallbacks"
_PROTOCOLS = ("openai", "anthropic", "gemini", "ollama")
_OUTCOMES = ("complete", "floor", "wrong shown", "lost")
_LIMITS: dict[str, Any] = {"first_token_s": 1.0, "gap_s": 0.5}
_PROMPT = Prompt(
    "Answer from the passages.", "What if OpenAI falters? " + "A passage of some length. " * 60, 500
)
_NEED = Need("internal")
# What goes wrong by chance. A wrong key or an empty account does not: those are in the first table.
_MIX = (
    "429",
    "500",
    "503",
    "reset",
    "hang",
    "cut",
    "truncated",
    "stall",
    "malformed",
    "empty",
    "error-event",
)
_SHARES = ((0, 0), (10, 0), (30, 5), (50, 10), (100, 10), (100, 100))  # % of calls of A and B that fail
_QUESTIONS, _AT_ONCE = 300, 6
_ROUNDS, _WARM = 300, 20
_PROMISED_MS = 5.0

Server = Any  # of the tests' folder, which is no package and has no types
Model = Any  # LangChain's types for a chain of chat models are wider than any use of them
Ask = Callable[[], str | None]  # the text that is shown as the answer; None: the sources are quoted instead


@dataclass(frozen=True, slots=True)
class Shown:
    """What one question brought, and in how many seconds."""

    outcome: str
    seconds: float


class _Ledger:
    """Forgets everything: what a database takes is not the gateway's."""

    def spent(self, day: date) -> Decimal:
        return Decimal(0)

    def spend(self, day: date, attempt: Attempt) -> None:
        """Nothing is kept."""

    def rests(self) -> Mapping[str, Rest]:
        return {}

    def rest(self, name: str, rest: Rest | None) -> None:
        """Nothing is kept."""


def run(options: Options) -> list[Table]:
    """Each fault in each protocol; a campaign of faults by chance; and what it costs when nothing fails."""
    if str(_TESTS) not in sys.path:
        sys.path.append(str(_TESTS))
    logging.getLogger("langchain_google_genai").setLevel(logging.ERROR)  # it warns of each fault
    wall = import_module("wall")
    return [_cells(wall, options), _campaign(wall, options), _overhead(wall, options)]


def _cells(wall: Server, options: Options) -> Table:
    faults = [each for each in wall.FAULTS if each != "ok"][: options.limit]
    shown: dict[str, list[Shown]] = defaultdict(list)
    with wall.Wall() as made:
        cells = [(via, fault) for via in _PROTOCOLS for fault in faults]
        with ThreadPoolExecutor(4) as pool:
            for results in pool.map(lambda cell: _cell(made, wall.TEXT, *cell), cells):
                for who, result in results.items():
                    shown[who].append(result)
    rows = [(who, *_row(results)) for who, results in shown.items()]
    notes = (
        f"{len(faults)} faults in {len(_PROTOCOLS)} protocols ({', '.join(_PROTOCOLS)}); the vendor that has "
        "the fault is asked first, a healthy one of another protocol second. First text within 1 s, gaps "
        f"0.5 s. langchain-core {version('langchain-core')}.",
        "floor: no model's text is shown, the sources are quoted instead (a content filter's objection ends "
        "it so, by default). wrong shown: half an answer or none at all, given out as the answer.",
    )
    return Table("Every fault in every protocol", ("who", *_COLUMNS), tuple(rows), notes, _targets(shown))


_COLUMNS = (*_OUTCOMES, "p50, s", "p95, s")


def _cell(made: Server, text: str, via: str, fault: str) -> dict[str, Shown]:
    first = made.vendor(f"{via}-{fault}", via, **_LIMITS)
    other = "anthropic" if via == "openai" else "openai"
    second = made.vendor(f"{via}-{fault}-b", other, context_tokens=900_000, **_LIMITS)
    made.always(first.name, fault)
    with _asking((first, second)) as asks:
        return {who: _asked(ask, text) for who, ask in asks.items()}


@contextmanager
def _asking(vendors: Sequence[Vendor]) -> Iterator[dict[str, Ask]]:
    """The two ways to ask the same clients."""
    chats = {each.name: connect(each) for each in vendors}
    gateway = Gateway(vendors, lambda each: chats[each.name], Limits(deadline_s=20), _Ledger())
    first, *others = (each._model for each in chats.values())
    chain = first.with_fallbacks(others) if others else first
    yield {_THEIRS: lambda: _stream(chain), _OURS: lambda: _write(gateway)}
    for each in chats.values():
        each.close()


def _stream(chain: Model) -> str:
    messages = [("system", _PROMPT.system), ("human", _PROMPT.user)]
    return "".join(f"{chunk.text}" for chunk in chain.stream(messages))


def _write(gateway: Gateway) -> str | None:
    return gateway.write(lambda _: _PROMPT, _NEED, lambda _: None).text or None


def _asked(ask: Ask, text: str) -> Shown:
    began = time.perf_counter()
    try:
        shown = ask()
        outcome = "floor" if shown is None else "complete" if shown == text else "wrong shown"
    except Exception:  # whatever it is: the question has no answer
        outcome = "lost"
    return Shown(outcome, time.perf_counter() - began)


def _row(results: Sequence[Shown]) -> tuple[str, ...]:
    counts = Counter(each.outcome for each in results)
    seconds = [each.seconds for each in results]
    shares = (f"{counts[each]} ({counts[each] / len(results):.1%})" for each in _OUTCOMES)
    return (*shares, *(f"{metrics.percentile(seconds, share):.2f}" for share in (0.5, 0.95)))


def _targets(shown: Mapping[str, Sequence[Shown]]) -> tuple[Target, ...]:
    counts = Counter(each.outcome for each in shown[_OURS])
    measured = f"{counts['lost']} lost, {counts['wrong shown']} wrong"
    return (Target("no question lost, nothing wrong shown", measured, measured == "0 lost, 0 wrong"),)


def _campaign(wall: Server, options: Options) -> Table:
    count = options.limit or _QUESTIONS
    rows: list[tuple[str, ...]] = []
    ours: list[Shown] = []
    for shares in _SHARES:
        for who in (_THEIRS, _OURS):
            results, calls = _shower(wall, shares, who, count)
            ours += results if who == _OURS else []
            rows.append((f"{shares[0]} / {shares[1]} %", who, *_row(results), f"{calls['a']} / {calls['b']}"))
    notes = (
        f"{count} questions a row, {_AT_ONCE} at once, one after the other without a pause; A speaks "
        f"OpenAI's protocol, B Anthropic's; a call that fails meets one of {', '.join(_MIX)}.",
        "With both down for good the sources are quoted; the breaker then spares both vendors and readers.",
    )
    columns = ("A / B failing", "who", *_COLUMNS, "calls of A / B")
    return Table("Faults by chance", columns, tuple(rows), notes, _targets({_OURS: ours}))


def _shower(wall: Server, shares: tuple[int, int], who: str, count: int) -> tuple[list[Shown], Counter[str]]:
    with wall.Wall() as made:
        vendors = made.vendor("a", "openai", **_LIMITS), made.vendor("b", "anthropic", **_LIMITS)
        with _asking(vendors) as asks:
            asks[who]()  # packages are loaded, connections made
            for seed, (vendor, share) in enumerate(zip(vendors, shares, strict=True)):
                made.script(vendor.name, _failing(share, seed))
            before = len(made.requests)
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                results = list(pool.map(lambda _: _asked(asks[who], wall.TEXT), range(count)))
        return results, Counter(each.vendor for each in made.requests[before:])


def _failing(share: int, seed: int) -> Callable[[Any], str]:
    chance = random.Random(seed)
    return lambda _: chance.choice(_MIX) if chance.random() * 100 < share else "ok"


def _overhead(wall: Server, options: Options) -> Table:
    rounds = options.limit or _ROUNDS
    seconds: dict[str, list[float]] = defaultdict(list)
    with wall.Wall() as made:
        made.answer("a", " ".join(f"word{number}" for number in range(60)))
        vendor = made.vendor("a", "openai", first_token_s=10, gap_s=10)
        with _asking((vendor,)) as asks:
            ways = {"LangChain's client": asks[_THEIRS], "the same under our gateway": asks[_OURS]}
            for number in range(_WARM + rounds):
                for name, way in ways.items():
                    began = time.perf_counter()
                    way()
                    if number >= _WARM:
                        seconds[name].append((time.perf_counter() - began) * 1e3)
    rows = [
        (name, *(f"{metrics.percentile(each, share):.1f}" for share in (0.5, 0.95)))
        for name, each in seconds.items()
    ]
    theirs, gateway = (metrics.percentile(each, 0.5) for each in seconds.values())
    promise = f"at most {_PROMISED_MS:.0f} ms at p50 over the bare client"
    targets = (Target(promise, f"{gateway - theirs:+.1f} ms", gateway - theirs <= _PROMISED_MS),)
    notes = (f"{rounds} answers of 60 words, in turn, from the wall; nothing is written to a database.",)
    return Table("When nothing fails", ("who", "p50, ms", "p95, ms"), tuple(rows), notes, targets)
