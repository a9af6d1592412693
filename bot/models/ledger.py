"""What is remembered between questions and processes: what a day has cost, and who rests.

A ledger that cannot be read or written must not cost anybody an answer: `Books` then goes on with what
this process knows by itself.
"""

import logging
import threading
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Protocol

from bot.errors import StateError
from bot.models.breaker import Rest
from bot.models.vendor import Vendor
from bot.types import Attempt

_log = logging.getLogger(__name__)


class Ledger(Protocol):
    """Where spending and rests are kept; used by several threads. StateError when it cannot be reached."""

    def spent(self, day: date) -> Decimal:
        """Dollars of all attempts of a day whose price is known."""

    def spend(self, day: date, attempt: Attempt) -> None:
        """Add an attempt to its day."""

    def rests(self) -> Mapping[str, Rest]:
        """The rests of all vendors, by name."""

    def rest(self, name: str, rest: Rest | None) -> None:
        """Remember a vendor's rest, or that it has none any more."""


class Unopened:
    """A ledger that could not be opened: what it is asked or told, it refuses for that reason."""

    def __init__(self, error: StateError) -> None:
        self._error = error

    def spent(self, day: date) -> Decimal:
        """StateError."""
        raise self._error

    def spend(self, day: date, attempt: Attempt) -> None:
        """StateError."""
        raise self._error

    def rests(self) -> Mapping[str, Rest]:
        """StateError."""
        raise self._error

    def rest(self, name: str, rest: Rest | None) -> None:
        """StateError."""
        raise self._error


class Books:
    """A ledger that never fails: what it does not take is kept here until the process ends."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._unwritten: dict[date, Decimal] = {}
        self._rests: Mapping[str, Rest] = {}
        self._known: dict[date, Decimal] = {}  # what the ledger said last, and what was written since

    def spent(self, day: date) -> Decimal:
        """What the day has cost, as far as anybody knows."""
        try:
            known = self._ledger.spent(day)
        except StateError:
            _log.warning("The day's spending cannot be read; going on with what this process knows")
            with self._lock:
                return self._known.get(day, Decimal(0)) + self._unwritten.get(day, Decimal(0))
        with self._lock:
            self._known = {day: known}
            return known + self._unwritten.get(day, Decimal(0))

    def spend(self, day: date, attempt: Attempt) -> None:
        """Write an attempt down."""
        written = True
        try:
            self._ledger.spend(day, attempt)
        except StateError:
            _log.warning("An attempt of %s cannot be written down", attempt.vendor)
            written = False
        with self._lock:
            kept = self._known if written else self._unwritten
            kept[day] = kept.get(day, Decimal(0)) + (attempt.usd or Decimal(0))

    def hold(self, day: date, vendor: Vendor, usd: Decimal) -> None:
        """Count what a call may cost, and with less than nothing that it has ended."""
        self.spend(day, Attempt(vendor.name, vendor.model, "held" if usd > 0 else "given back", 0.0, usd=usd))

    def rests(self) -> Mapping[str, Rest]:
        """The rests that are remembered; when that cannot be told, those that were known last."""
        try:
            self._rests = self._ledger.rests()
        except StateError:
            _log.warning("The vendors' rests cannot be read; going on with what this process knows")
        return self._rests

    def rest(self, name: str, rest: Rest | None) -> bool:
        """Remember a rest, or its end. False when that cannot be written down."""
        try:
            self._ledger.rest(name, rest)
        except StateError:
            _log.warning("The rest of %s cannot be written down", name)
            return False
        return True
