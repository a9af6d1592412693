"""Leaves a failing vendor alone for a while, then lets one call find out whether it is back.

Two faults that blame the vendor, one right after the other, trip the breaker: the vendor rests. When the rest
is over, exactly one call goes through as a probe; its success ends the matter, its failure doubles the rest.
A vendor that says when to come back rests until then at once (not longer than five minutes), and one that
needs a person (no money, wrong key, no such model) for ten minutes.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

FIRM = frozenset({"quota", "auth", "not_found"})  # only a person can mend these: no last pass tries them
TRIP = 2  # faults in succession
FIRST = 20.0  # seconds of a first rest for which nobody has named another length
LONGEST = 300.0  # seconds of any rest but a firm one
FIRM_REST = 600.0
_HOPELESS = 4  # faults in succession from which the last pass, too, holds back ...
_QUIET = 5.0  # ... until the latest is so many seconds ago: a dead vendor must not slow down every question

Standing = Literal["ready", "resting", "probing"]


@dataclass(frozen=True, slots=True)
class Rest:
    """A rest as it is remembered between processes: until when (Unix time), how long it was, and why."""

    until: float
    seconds: float
    kind: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Leave to make one call. Given back with how the call ended, by `succeed`, `fail` or `leave`."""

    generation: int
    probe: bool


@dataclass(frozen=True, slots=True)
class Report:
    """How a vendor stands: for how many seconds it still rests, and its latest fault ("" if none)."""

    standing: Standing
    seconds: float
    kind: str


class Breaker:
    """One vendor's. Any number of threads may use it; `clock` must never go back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._faults = 0  # in succession
        self._until = 0.0
        self._seconds = 0.0  # length of the latest rest; 0 when the vendor is trusted
        self._kind = ""
        self._failed = float("-inf")  # when it failed last
        self._probe: threading.Event | None = None  # while one is under way; set when it has ended
        # Counts trips and recoveries: how a call ended that began before one of them says nothing new.
        self._generation = 0
        self._recalled: Rest | None = None

    @property
    def generation(self) -> int:
        """To be kept when a question begins, and shown to `enter` by its last pass."""
        with self._lock:
            return self._generation

    def enter(self) -> Entry | None:
        """Leave to call the vendor, or None while it rests or another call probes it."""
        with self._lock:
            if not self._seconds:
                return Entry(self._generation, probe=False)
            return self._begin_probe() if self._clock() >= self._until else None

    def enter_anyway(self, generation: int) -> Entry | None:
        """Leave to call a resting vendor because nobody else is left; `generation` is the asker's first.

        None if a probe has failed since the asker came: fifty askers must not send fifty probes.
        """
        with self._lock:
            quiet = self._faults < _HOPELESS or self._clock() - self._failed >= _QUIET
            if not self._seconds:
                return Entry(self._generation, probe=False)
            if self._kind in FIRM or generation != self._generation or not quiet:
                return None
            return self._begin_probe()

    def insist(self) -> Entry:
        """Leave to call the vendor however it stands, for an admin who wants to know."""
        with self._lock:
            return Entry(self._generation, probe=False)

    def verdict(self) -> threading.Event | None:
        """What will be set when the probe that is under way has ended; None if there is none."""
        with self._lock:
            return self._probe

    def _begin_probe(self) -> Entry | None:
        if self._probe:
            return None
        self._probe = threading.Event()
        return Entry(self._generation, probe=True)

    def _end_probe(self) -> None:
        if self._probe:
            self._probe.set()
            self._probe = None

    def succeed(self, entry: Entry) -> bool:
        """The call brought a whole answer. True when that ended a rest."""
        with self._lock:
            if entry.generation != self._generation:
                return False
            rested = bool(self._seconds)
            self._generation += rested
            self._faults, self._seconds, self._kind = 0, 0.0, ""
            self._end_probe()
            return rested

    def fail(self, entry: Entry, kind: str, rest: float = 0.0) -> bool:
        """The call failed by the vendor's fault. True when a rest begins: at once if `rest` names seconds."""
        with self._lock:
            if entry.generation != self._generation:
                return False
            self._faults, self._kind, self._failed = self._faults + 1, kind, self._clock()
            if not (rest or entry.probe or self._faults >= TRIP):
                return False
            self._rest(min(_most(kind), max(rest or FIRST, 2 * self._seconds)))
            return True

    def _rest(self, seconds: float) -> None:
        self._seconds, self._until = seconds, self._clock() + seconds
        self._generation += 1
        self._end_probe()

    def leave(self, entry: Entry) -> None:
        """The call ended without telling anything about the vendor: a probe may be sent again."""
        with self._lock:
            if entry.probe and entry.generation == self._generation:
                self._end_probe()

    def report(self) -> Report:
        """How it stands now."""
        with self._lock:
            left = max(0.0, self._until - self._clock()) if self._seconds else 0.0
            if self._probe:
                return Report("probing", 0.0, self._kind)
            return Report("resting" if left else "ready", left, self._kind)

    def memory(self, now: float) -> Rest | None:
        """The rest to be remembered, by the wall clock's `now`; None when there is none."""
        with self._lock:
            if not self._seconds:
                return None
            self._recalled = Rest(now + self._until - self._clock(), self._seconds, self._kind)
            return self._recalled

    def recall(self, rest: Rest, now: float) -> None:
        """Take over a rest that another process, or this one before its start, has remembered.

        The wall clock may have jumped: a rest is never longer than it was meant to be, nor taken over twice.
        """
        with self._lock:
            left = min(rest.until - now, rest.seconds, _most(rest.kind))
            if rest == self._recalled or self._seconds or left <= 0:
                return
            self._recalled, self._kind = rest, rest.kind
            self._rest(rest.seconds)
            self._until = self._clock() + left

    def forgive(self) -> None:
        """End a rest, because the vendor has answered to another process."""
        with self._lock:
            if self._seconds:
                self._faults, self._seconds, self._kind = 0, 0.0, ""
                self._generation += 1
                self._end_probe()


def _most(kind: str) -> float:
    """Seconds of the longest rest. Some vendors ask for a day."""
    return FIRM_REST if kind in FIRM else LONGEST
