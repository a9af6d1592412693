"""Asks the vendors in order until one has written a whole answer. No question is lost, nothing is spliced.

    who may hear it (policy) -> who is not resting (breaker) -> whose cost fits (budget)
      -> one call, within its limits (reading) -> whole? done : once more, or the next one from scratch
      -> once more those that rest, and those whose answer broke off -> nobody: the caller quotes the sources

A filter's objection ends the walk unless the vendor is set to "next": who filters, means it. A refusal does
not: it is one model's judgement, and the next one may see it differently. A prompt that was too long goes on
to vendors that read more at once only.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

from bot.errors import Cancelled, VendorError
from bot.models import Backend, Prompt
from bot.models.breaker import Breaker, Entry, Rest
from bot.models.budget import NOTHING, Budget, Usage, counted, expected
from bot.models.faults import RULES, Kind, pause, rest, say
from bot.models.ledger import Books, Ledger
from bot.models.policy import Need, admitted, concerned, conflict
from bot.models.reading import Reading, read
from bot.models.reasons import why
from bot.models.vendor import Price, Vendor
from bot.models.walk import Walk, Written
from bot.types import Attempt, Event
from retrieval.types import Language

__all__ = ["Clock", "Gateway", "Ledger", "Limits", "Need", "Rest", "VendorState", "Written"]

_REFRESH = 5.0  # seconds between two looks at what other processes know of the vendors
# Faults with which a vendor turns a request away. Nobody bills what was not begun.
_TURNED_AWAY = frozenset(
    ("connection", "rate_limit", "overload", "server", "quota", "auth", "not_found", "context", "bad_request")
)
_GREETING = Prompt("Answer in one word.", "Ready?", 200)  # to see whether a vendor answers at all


@dataclass(frozen=True, slots=True)
class Limits:
    """What all vendors together may take, and what a question about a vendor means for its own model."""

    deadline_s: float = 60.0
    daily_budget_usd: Decimal | None = None
    conflict: Literal["tell", "avoid"] = "tell"


@dataclass(frozen=True, slots=True)
class Clock:
    """Two clocks: one that never goes back, for rests; and Unix time, for what is remembered."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time

    def today(self) -> date:
        """The day to which costs are counted: UTC, the same for all processes."""
        return datetime.fromtimestamp(self.wall(), UTC).date()


@dataclass(frozen=True, slots=True)
class VendorState:
    """How a vendor stands. `seconds` it still rests; `last` is its latest fault in words, "" if none."""

    name: str
    via: str
    model: str
    owner: str
    may_hear: str
    regions: tuple[str, ...]
    state: Literal["ready", "resting", "probing", "not usable"]
    seconds: float
    last: str
    price: Price | None


class Gateway:
    """The vendors in the order in which they are asked. Any number of threads may write at once."""

    def __init__(
        self,
        vendors: Sequence[Vendor],
        connect: Callable[[Vendor], Backend],
        rules: Limits,
        ledger: Ledger,
        clock: Clock | None = None,
    ) -> None:
        self._vendors = tuple(vendors)
        self._connect = connect
        self._rules = rules
        self._books = Books(ledger)
        self._clock = clock or Clock()
        self._budget = Budget(rules.daily_budget_usd, self._books.spent, self._books.hold)
        self._breakers = {each.name: Breaker(self._clock.monotonic) for each in self._vendors}
        self._backends: dict[str, Backend] = {}
        self._unusable: dict[str, str] = {}
        self._connecting = threading.Lock()
        self._refreshed = float("-inf")
        self._resting: frozenset[str] = frozenset()  # of whom others knew that they rest, at the last look

    def write(
        self,
        prompt: Callable[[Vendor], Prompt],
        need: Need,
        listen: Callable[[Event], None],
        stop: threading.Event | None = None,
    ) -> Written:
        """A whole text of the first vendor that brings one; Cancelled when `stop` is set.

        `listen` hears who writes and what, in this thread. What it heard is void when another begins.
        """
        walk = Walk(prompt, need, listen, stop, time.monotonic() + self._rules.deadline_s)
        self._refresh()
        try:
            for vendor, entry in self._turns(self._candidates(walk), walk):
                written = self._ask(vendor, entry, walk)
                if written:
                    return written
        except Cancelled as stopped:
            stopped.attempts = tuple(walk.attempts)  # they are paid all the same
            raise
        return walk.end()

    def _candidates(self, walk: Walk) -> tuple[Vendor, ...]:
        allowed, refused = admitted(self._vendors, walk.need)
        for each in refused:
            walk.refuse(each)
        if self._rules.conflict == "tell":
            return allowed
        partial = [each for each in allowed if concerned(each, walk.need)]
        if not partial or not any(self._usable(each) for each in allowed if each not in partial):
            return allowed
        for vendor in partial:
            walk.refuse(conflict(vendor, walk.need))
        return tuple(each for each in allowed if each not in partial)

    def _usable(self, vendor: Vendor) -> bool:
        try:
            self._backend(vendor)
        except VendorError:
            return False
        return True

    def _turns(self, vendors: Sequence[Vendor], walk: Walk) -> Iterator[tuple[Vendor, Entry]]:
        """Whose turn it is, with leave to call: who does not rest, and at last who may be up again."""
        met = {each.name: self._breakers[each.name].generation for each in vendors}
        resting = []
        for vendor in vendors:
            if self._hindered(vendor, walk):
                continue
            entry = self._breakers[vendor.name].enter()
            if entry:
                yield vendor, entry
            else:
                resting.append(vendor)
                self._rests(vendor, walk)
        left = [each for each in vendors if each in resting or walk.broke(each)]
        # Those that another question is probing come last: its end tells whether it is worth asking them.
        for vendor in sorted(left, key=lambda each: self._breakers[each.name].verdict() is not None):
            walk.attend(self._breakers[vendor.name].verdict(), vendor.first_token_s)
            if not self._hindered(vendor, walk):
                entry = self._breakers[vendor.name].enter_anyway(met[vendor.name])
                if entry:
                    yield vendor, entry

    def _hindered(self, vendor: Vendor, walk: Walk) -> bool:
        obstacle = None if walk.over else walk.obstacle(vendor)
        if obstacle:
            walk.skip(vendor.name, obstacle)
        return walk.over or obstacle is not None

    def _rests(self, vendor: Vendor, walk: Walk) -> None:
        report = self._breakers[vendor.name].report()
        key = "probing" if report.standing == "probing" else "resting"
        walk.skip(vendor.name, key, seconds=max(1, round(report.seconds)))

    def _ask(self, vendor: Vendor, entry: Entry | None, walk: Walk) -> Written | None:
        """Ask one vendor, if need be twice; None when it brought no whole answer."""
        while entry:
            reading = self._call(vendor, entry, walk)
            if reading is None:
                return None
            problem = reading.problem()
            if problem is None:
                return walk.end(reading.text, vendor, reading.cut_off)
            walk.failed(vendor, problem, reading.late)
            walk.over = not _onward(vendor, problem)
            seconds = _pause(reading)
            if walk.over or walk.calls(vendor) > 1 or seconds is None or not walk.wait(seconds):
                return None
            entry = self._breakers[vendor.name].enter()
        return None

    def _call(self, vendor: Vendor, entry: Entry, walk: Walk) -> Reading | None:
        """One call, if the budget bears it and the vendor is set up. Nothing stays taken afterwards."""
        reserved = None
        try:
            prompt = walk.prompt(vendor)
            cost = expected(vendor, prompt)
            objection = self._budget.reserve(vendor, cost, self._clock.today())
            if objection:
                walk.skip(vendor.name, objection)
                return None
            reserved = cost
            return self._read(vendor, entry, prompt, walk)
        except VendorError:
            walk.skip(vendor.name, "unusable")
            return None
        finally:
            self._budget.release(reserved)
            self._breakers[vendor.name].leave(entry)

    def _read(self, vendor: Vendor, entry: Entry, prompt: Prompt, walk: Walk) -> Reading:
        backend = self._backend(vendor)
        reading = Reading()
        walk.begin(vendor)
        try:
            read(backend, prompt, walk.patience(vendor), reading, walk.tell, walk.stop)
        except VendorError:
            raise  # nothing was asked
        except BaseException:
            self._record(vendor, prompt, reading, walk, "cancelled")
            raise
        self._record(vendor, prompt, reading, walk, reading.problem() or "complete")
        self._judge(vendor, entry, reading)
        return reading

    def _backend(self, vendor: Vendor) -> Backend:
        """The vendor's client, made when it is needed first; VendorError when that cannot be."""
        with self._connecting:
            if vendor.name not in self._backends:
                try:
                    self._backends[vendor.name] = self._connect(vendor)
                except VendorError as error:
                    self._unusable[vendor.name] = f"{error.problem}. {error.advice}".strip()
                    raise
                self._unusable.pop(vendor.name, None)
            return self._backends[vendor.name]

    def _record(self, vendor: Vendor, prompt: Prompt, reading: Reading, walk: Walk, outcome: str) -> None:
        attempt = _attempt(vendor, prompt, reading, outcome)
        walk.attempts.append(attempt)
        self._books.spend(self._clock.today(), attempt)

    def _judge(self, vendor: Vendor, entry: Entry, reading: Reading) -> None:
        """Tell the breaker, and the ledger if a rest begins or ends. Who turns a text down is up, too."""
        breaker, problem = self._breakers[vendor.name], reading.problem()
        if reading.late:
            return
        if problem and RULES[problem].blames:
            # Whoever is asked once more in a moment is not left alone yet.
            alone = 0.0 if _pause(reading) is not None else rest(problem, reading.wait)
            changed = breaker.fail(entry, problem, alone)
        else:
            changed = breaker.succeed(entry)
        if changed:
            written = self._books.rest(vendor.name, breaker.memory(self._clock.wall()))
            self._resting |= {vendor.name} if written else set()

    def _refresh(self) -> None:
        """Take over what other processes know of rests and their ends, at most every few seconds."""
        if self._clock.monotonic() - self._refreshed < _REFRESH:
            return
        self._refreshed = self._clock.monotonic()
        rests = self._books.rests()
        for name, breaker in self._breakers.items():
            if name in rests:
                breaker.recall(rests[name], self._clock.wall())
            elif name in self._resting:
                breaker.forgive()
        self._resting = frozenset(rests)

    def states(self, language: Language = "en") -> tuple[VendorState, ...]:
        """How each vendor stands, as far as that is known without asking it."""
        self._refresh()
        return tuple(self._state(each, language) for each in self._vendors)

    def _state(self, vendor: Vendor, language: Language) -> VendorState:
        report = self._breakers[vendor.name].report()
        last = say(report.kind, language) if report.kind else ""
        problem = self._unusable.get(vendor.name, "")
        if vendor.key_env and not vendor.key.get_secret_value():
            problem = why("key", language, variable=vendor.key_env)
        return VendorState(
            name=vendor.name,
            via=vendor.via,
            model=vendor.model,
            owner=vendor.owner,
            may_hear=vendor.max_confidentiality,
            regions=tuple(sorted(vendor.regions)),
            state="not usable" if problem else report.standing,
            seconds=report.seconds,
            last=problem or last,
            price=vendor.price,
        )

    def probe(self, vendor_name: str) -> Attempt:
        """One tiny question to one vendor, also while it rests; VendorError when it cannot be asked.

        It is entered in the ledger like any other, but no budget holds it back.
        """
        vendor = next((each for each in self._vendors if each.name == vendor_name), None)
        if vendor is None:
            known = ", ".join(each.name for each in self._vendors) or "none"
            raise VendorError(vendor_name, "There is no such vendor", f"Configured are: {known}")
        self._refresh()  # so that a good end also ends a rest that another process has begun
        deadline = time.monotonic() + self._rules.deadline_s
        walk = Walk(lambda _: _GREETING, Need("public"), lambda _: None, None, deadline)
        self._read(vendor, self._breakers[vendor.name].insist(), _GREETING, walk)
        return walk.attempts[-1]

    def prepare(self) -> None:
        """Make all clients, so that no question has to wait while their packages are loaded."""
        for each in self._vendors:
            self._usable(each)

    def close(self) -> None:
        """Close the connections of all clients; calls in flight fail."""
        with self._connecting:
            for each in self._backends.values():
                close = getattr(each, "close", None)
                if close:
                    close()
            self._backends.clear()


def _onward(vendor: Vendor, problem: Kind) -> bool:
    if problem == "filter":
        return vendor.on_content_filter == "next"
    return RULES[problem].onward


def _pause(reading: Reading) -> float | None:
    """Seconds after which the same vendor gets a second chance, if its fault is one that passes quickly.

    Where text has been shown, the reader waits for more of it: the next vendor can begin at once.
    """
    problem = reading.problem()
    if problem is None or reading.late or reading.text.strip():
        return None
    return pause(problem, reading.wait)


def _attempt(vendor: Vendor, prompt: Prompt, reading: Reading, outcome: str) -> Attempt:
    """One call for the records. In words of our own: what vendors say may hold keys and passages."""
    usage = _usage(vendor, prompt, reading, outcome)
    notes = (
        ("cost estimated" if usage.estimated else ""),
        ("cut off at its own limit" if reading.cut_off else ""),
        ("ended by the deadline" if reading.late else ""),
        (f"asked to wait {reading.wait:.0f} s" if reading.wait else ""),
    )
    return Attempt(
        vendor=vendor.name,
        model=vendor.model,
        outcome=outcome,
        seconds=reading.seconds,
        tokens_in=usage.tokens_in,
        tokens_out=usage.tokens_out,
        usd=usage.usd,
        detail="; ".join(filter(None, notes)),
    )


def _usage(vendor: Vendor, prompt: Prompt, reading: Reading, outcome: str) -> Usage:
    said_nothing = not reading.text and reading.tokens_in is None
    if said_nothing and outcome in _TURNED_AWAY:
        return NOTHING
    return counted(vendor, reading.tokens_in, reading.tokens_out, prompt, reading.text)
