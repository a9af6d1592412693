"""What calls cost, and whether the day's budget bears one more."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Literal

from bot.models import Prompt
from bot.models.vendor import Vendor

_CHARACTERS = 3  # a token; English has about 4, German about 3: rather too much than too little
_HERE = frozenset({"local"})

Objection = Literal["budget", "unpriced"]
Hold = Callable[[date, Vendor, Decimal], None]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call and its price in dollars, None where nobody knows it; counted or estimated."""

    tokens_in: int | None
    tokens_out: int | None
    usd: Decimal | None
    estimated: bool = False


NOTHING = Usage(0, 0, Decimal(0))  # of a request that was turned away: no vendor bills it


def tokens(characters: int) -> int:
    """About how many tokens so many characters are, rather too many than too few."""
    return ceil(characters / _CHARACTERS)


def expected(vendor: Vendor, prompt: Prompt) -> Decimal | None:
    """The most that a call will cost, in dollars; None without a price."""
    if vendor.price is None:
        return None
    most = min(prompt.most_tokens, vendor.most_tokens)
    return vendor.price.of(tokens(len(prompt.system) + len(prompt.user)), most)


def counted(
    vendor: Vendor, tokens_in: int | None, tokens_out: int | None, prompt: Prompt, text: str
) -> Usage:
    """What a call used: as the vendor counted, and where it did not, estimated from the characters."""
    estimated = tokens_in is None or tokens_out is None
    before = tokens(len(prompt.system) + len(prompt.user)) if tokens_in is None else tokens_in
    after = tokens(len(text)) if tokens_out is None else tokens_out
    usd = None if vendor.price is None else vendor.price.of(before, after)
    return Usage(before, after, usd, estimated)


class Budget:
    """The dollars of one day. What calls in flight may cost counts as spent until they end.

    `spent` says what the day has cost so far, over all processes, and `hold` tells them what a call of ours
    may cost, and with less than nothing that it has ended. Whoever dies in between has spent it, that day.
    """

    def __init__(
        self, limit: Decimal | None, spent: Callable[[date], Decimal], hold: Hold | None = None
    ) -> None:
        self._limit = limit
        self._spent = spent
        self._hold = hold or self._hold_here
        self._lock = threading.Lock()
        self._flying: list[tuple[date, Vendor, Decimal]] = []
        self._here = Decimal(0)

    def _hold_here(self, _: date, __: Vendor, cost: Decimal) -> None:
        self._here += cost

    def reserve(self, vendor: Vendor, cost: Decimal | None, today: date) -> Objection | None:
        """Set `cost` aside, or say why not. Whoever got None must `release` it when the call has ended."""
        if self._limit is None:
            return None
        if cost is None:
            # What runs on our own machine costs no dollars, though nobody wrote down that it costs 0.
            return None if vendor.regions == _HERE else "unpriced"
        if not cost:
            return None  # always within the budget, even when others have overdrawn it
        with self._lock:
            # First said, then looked: of two processes that do so at once, at least one sees the other.
            self._hold(today, vendor, cost)
            if self._spent(today) + self._here > self._limit:
                self._hold(today, vendor, -cost)
                return "budget"
            self._flying.append((today, vendor, cost))
            return None

    def release(self, cost: Decimal | None) -> None:
        """The call that this was set aside for is over, and what it cost is in the ledger."""
        with self._lock:
            held = next((each for each in self._flying if each[2] == cost), None)
            if held:
                self._flying.remove(held)
                self._hold(held[0], held[1], -held[2])
