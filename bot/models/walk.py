"""One question on its way through the vendors: how long it may take, who was asked, who was not and why."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.errors import Cancelled
from bot.models import Prompt
from bot.models.faults import SHORT_WAIT, say
from bot.models.policy import Need
from bot.models.reading import Patience
from bot.models.reasons import why
from bot.models.vendor import Vendor
from bot.types import Attempt, Delta, Event, Skipped, Writing

_SPREAD = 0.2  # seconds over which those who ask the same vendor again are spread
# Faults that may be gone at once, and that did not cost the reader a long wait.
_PASSING = frozenset(("connection", "cut", "truncated", "empty", "malformed", "overload", "server"))
_LOOK = 0.05  # seconds between two looks whether the reader has asked to stop
_SHORTEST = 0.2  # seconds that must be left for another call to be worth its price


@dataclass(frozen=True, slots=True)
class Written:
    """A model's text and who wrote it. text == "": nobody did; `skipped` says why.

    `cut_off`: the model reached its own limit, so that the end is missing.
    """

    text: str
    vendor: Vendor | None
    attempts: tuple[Attempt, ...]
    skipped: tuple[Skipped, ...]
    cut_off: bool = False


@dataclass(slots=True)
class Walk:
    """What is known of one question so far. Used by one thread."""

    prompt: Callable[[Vendor], Prompt]
    need: Need
    listen: Callable[[Event], None]
    stop: threading.Event | None
    deadline: float  # monotonic, of the real clock
    attempts: list[Attempt] = field(default_factory=list)
    over: bool = False  # nobody else is to be asked
    _skipped: dict[str, str] = field(default_factory=dict)
    _void: str = ""  # why what was shown so far is void
    _too_small: int = 0  # tokens that a model reads at once for which the prompt was too long

    def skip(self, name: str, key: str, **values: object) -> None:
        """Remember why a vendor was not asked, in the reader's language; if it was, how that failed stays."""
        if not any(each.vendor == name for each in self.attempts):
            self._skipped[name] = why(key, self.need.language, **values)

    def refuse(self, skipped: Skipped) -> None:
        """The same, when the words are there already."""
        self._skipped[skipped.backend] = skipped.reason

    def obstacle(self, vendor: Vendor) -> str | None:
        """Why a vendor need not be asked now: the key of a reason, or None. Cancelled on a stop."""
        self._check()
        if self.deadline - time.monotonic() <= _SHORTEST:
            return "late"
        return "context" if vendor.context_tokens <= self._too_small else None

    def calls(self, vendor: Vendor) -> int:
        """How often it was called for this question."""
        return sum(each.vendor == vendor.name for each in self.attempts)

    def broke(self, vendor: Vendor) -> bool:
        """Whether its one call failed in a way that a second one may not."""
        outcomes = [each.outcome for each in self.attempts if each.vendor == vendor.name]
        return len(outcomes) == 1 and outcomes[0] in _PASSING

    def patience(self, vendor: Vendor) -> Patience:
        """How long this vendor may keep us waiting."""
        return Patience(vendor.first_token_s, vendor.gap_s, self.deadline)

    def begin(self, vendor: Vendor) -> None:
        """Tell the reader who writes now, and why what was shown of another is void."""
        self.listen(Writing(vendor.name, self._void))

    def tell(self, text: str) -> None:
        """Show more of the text."""
        self.listen(Delta(text))

    def failed(self, vendor: Vendor, kind: str, late: bool) -> None:
        """A call failed: whatever it has shown is void."""
        reason = why("cut short", self.need.language) if late else say(kind, self.need.language)
        self._skipped[vendor.name] = reason
        self._void = f"{vendor.name} {reason}"
        if kind == "context":
            self._too_small = max(self._too_small, vendor.context_tokens)

    def wait(self, seconds: float) -> bool:
        """Wait before the same vendor is asked again; False when there is no time for that."""
        pause = min(seconds + random.uniform(0, _SPREAD), SHORT_WAIT)  # noqa: S311 (hides nothing)
        if time.monotonic() + pause >= self.deadline:
            return False
        (self.stop or threading.Event()).wait(pause)
        self._check()
        return True

    def attend(self, event: threading.Event | None, seconds: float) -> None:
        """Wait for an event of another question, but not longer than so many seconds."""
        if self.over:
            return
        until = min(time.monotonic() + seconds, self.deadline)
        while event and not event.wait(min(_LOOK, max(until - time.monotonic(), 0.0))):
            self._check()
            if time.monotonic() >= until:
                return

    def _check(self) -> None:
        if self.stop is not None and self.stop.is_set():
            raise Cancelled("", "The reader asked to stop")

    def end(self, text: str = "", vendor: Vendor | None = None, cut_off: bool = False) -> Written:
        """The result: a text and its vendor, or nothing."""
        others = self._skipped.items()
        skipped = tuple(Skipped(*each) for each in others if vendor is None or each[0] != vendor.name)
        return Written(text, vendor, tuple(self.attempts), skipped, cut_off)
