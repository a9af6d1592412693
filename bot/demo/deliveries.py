"""Hands payloads to the app: once to one of its ears, again when nobody acknowledges, all of it logged."""

import heapq
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

Json = dict[str, Any]


@dataclass(slots=True)
class Delivery:
    """One attempt to hand over one payload."""

    envelope_id: str
    kind: str  # "events_api" | "interactive" | "slash_commands"
    payload: Json
    attempt: int = 0
    reason: str = ""
    to: str = ""  # the socket or the address that got it
    at: float = field(default_factory=time.monotonic)
    acked_at: float | None = None
    answer: Json = field(default_factory=dict)  # what came with the acknowledgement

    @property
    def latency(self) -> float | None:
        """Seconds until it was acknowledged; None: it was not."""
        return None if self.acked_at is None else self.acked_at - self.at


@dataclass(slots=True)
class Parcel:
    """One payload with all attempts to hand it over."""

    kind: str
    payload: Json
    deliveries: list[Delivery] = field(default_factory=list)
    missed: bool = False  # nobody was there at first
    refused: bool = False  # an answer said not to try again
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def acked(self) -> Delivery | None:
        """The attempt that was acknowledged."""
        return next((each for each in self.deliveries if each.acked_at is not None), None)


class Carrier(Protocol):
    """A way to the app: sockets, or a request URL. `tells`: it says itself when a delivery failed."""

    tells: bool

    def carry(self, delivery: Delivery) -> str:
        """Hand it over; the name of who has it, or "" when nobody is there."""


@dataclass(slots=True)
class Rules:
    """How patient Slack is. `again` deliveries more of each event come although it was acknowledged."""

    ack_within: float = 3.0
    retry_after: tuple[float, ...] = (0.0, 60.0, 300.0)
    again: int = 0


class Courier:
    """Carries parcels in a thread of its own; what nobody can take waits until somebody is there."""

    def __init__(self, rules: Rules, note: Callable[[], None]) -> None:
        self.rules = rules
        self._log: deque[Delivery] = deque()
        self.carrier: Carrier | None = None
        self._note = note
        self._due: list[tuple[float, int, _Try]] = []  # when, order, what
        self._waiting: list[_Try] = []
        self._held: list[Parcel] | None = None
        self._open: dict[str, tuple[Parcel, Delivery]] = {}
        self._order = itertools.count()
        self._stopped = False
        self._lock = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="demo-courier")
        self._thread.start()

    def send(self, kind: str, payload: Json) -> Parcel:
        """Hand a payload over as soon as possible."""
        parcel = Parcel(kind, payload)
        with self._lock:
            if self._held is not None and kind == "events_api":
                self._held.append(parcel)
            else:
                self._first(parcel)
        return parcel

    def hold(self) -> None:
        """Keep events back until they are released."""
        with self._lock:
            self._held = [] if self._held is None else self._held

    def release(self, order: Callable[[list[Parcel]], Sequence[Parcel]] = list) -> int:
        """Let held events go, in the order that a function gives them. How many they were."""
        with self._lock:
            held, self._held = self._held or [], None
            going = list(order(held))
            for each in going:
                self._first(each)
        return len(going)

    def acked(self, envelope_id: str, answer: Json) -> None:
        """Somebody acknowledged; a second acknowledgement changes nothing."""
        with self._lock:
            parcel, delivery = self._open.pop(envelope_id, (None, None))
            if parcel is None or delivery is None:
                return
            delivery.acked_at, delivery.answer = time.monotonic(), answer
            parcel.done.set()
        self._note()

    def failed(self, envelope_id: str, reason: str, final: bool = False) -> None:
        """A delivery failed in a way that shows at once; unless it is final, the next attempt is due."""
        with self._lock:
            parcel, delivery = self._open.pop(envelope_id, (None, None))
            if parcel is not None and delivery is not None:
                parcel.refused = final
                self._retry(parcel, delivery.attempt, reason, time.monotonic())
        self._note()

    def arrived(self) -> None:
        """Somebody is there now: what waited goes out."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
            for each in waiting:
                self._put(0.0, each)

    def pending(self) -> int:
        """How many parcels wait for somebody to be there, or are held."""
        with self._lock:
            return len(self._waiting) + len(self._held or ())

    def delivered(self) -> list[Delivery]:
        """Every attempt that met somebody, in order."""
        with self._lock:
            return list(self._log)

    def forget(self, most: int) -> None:
        """Remember only so many attempts from now on."""
        with self._lock:
            self._log = deque(self._log, most)

    def stop(self) -> None:
        """Carry nothing more."""
        with self._lock:
            self._stopped = True
            self._lock.notify_all()
        self._thread.join()

    def _first(self, parcel: Parcel) -> None:
        again = self.rules.again if parcel.kind == "events_api" else 0
        self._put(0.0, _Try(parcel))
        for attempt in range(1, 1 + again):
            self._put(0.0, _Try(parcel, attempt, "timeout", forced=True))

    def _put(self, after: float, attempt: "_Try") -> None:
        heapq.heappush(self._due, (time.monotonic() + after, next(self._order), attempt))
        self._lock.notify_all()

    def _retry(self, parcel: Parcel, attempt: int, reason: str, at: float) -> None:
        """The next attempt of an event, as long as Slack's patience lasts."""
        rules = self.rules
        if parcel.kind != "events_api" or parcel.refused or attempt >= len(rules.retry_after):
            return
        self._put(at - time.monotonic() + rules.retry_after[attempt], _Try(parcel, attempt + 1, reason))

    def _work(self) -> None:
        while True:
            with self._lock:
                while not self._stopped and not (self._due and self._due[0][0] <= time.monotonic()):
                    self._lock.wait(self._due[0][0] - time.monotonic() if self._due else None)
                if self._stopped:
                    return
                _, _, attempt = heapq.heappop(self._due)
            if attempt.forced or attempt.parcel.acked is None:
                self._attempt(attempt)

    def _attempt(self, attempt: "_Try") -> None:
        parcel = attempt.parcel
        late = parcel.missed and not attempt.number  # Slack counts the attempt that met nobody
        number, why = (1, "timeout") if late else (attempt.number, attempt.reason)
        delivery = Delivery(str(uuid4()), parcel.kind, parcel.payload, number, why)
        with self._lock:  # before it is carried: the acknowledgement may be quicker than we are
            self._open[delivery.envelope_id] = (parcel, delivery)
            parcel.deliveries.append(delivery)
            self._log.append(delivery)
        delivery.to = self.carrier.carry(delivery) if self.carrier is not None else ""
        with self._lock:
            if not delivery.to:
                self._missed(attempt, delivery)
            elif not (attempt.forced or parcel.done.is_set() or (self.carrier and self.carrier.tells)):
                self._retry(parcel, delivery.attempt, "timeout", delivery.at + self.rules.ack_within)
        self._note()

    def _missed(self, attempt: "_Try", delivery: Delivery) -> None:
        parcel = attempt.parcel
        del self._open[delivery.envelope_id]
        parcel.deliveries.remove(delivery)
        if delivery in self._log:
            self._log.remove(delivery)
        parcel.missed = True
        if parcel.kind == "events_api":
            self._waiting.append(attempt)
        else:
            parcel.done.set()  # a click or a command that meets nobody is lost at once


@dataclass(frozen=True, slots=True)
class _Try:
    parcel: Parcel
    number: int = 0
    reason: str = ""
    forced: bool = False
