"""The answers that are being written, and how they end before their time: stopped, edited, deleted.

Slack tells one replica, and perhaps another one writes. What is heard takes effect in this process at once; a
row in the state tells the others, who look once a second while they write, and once more before they post.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal
from uuid import uuid4

from bot.errors import StateError
from bot.slack.place import Place

if TYPE_CHECKING:
    from bot.state import State

Why = Literal["", "stopped", "edited", "deleted"]
Earlier = Literal["", "writing", "withdrawn"]
logger = logging.getLogger(__name__)
_GLANCE_S: Final = 1.0


@dataclass(slots=True)
class Halt:
    """One answer in progress: why it should end, if it should, and whether it has ended.

    `edit` tells to which edit of the question it is: "" to the question as it was first.
    """

    place: Place
    edit: str = ""
    event: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    why: Why = ""
    writer: str = field(default_factory=lambda: uuid4().hex)

    def __call__(self, why: Why) -> None:
        """Ask it to end."""
        self.why = self.why or why
        self.event.set()

    def answers(self, channel: str, ts: str, edit: str) -> bool:
        """Whether it answers what this question said before that edit."""
        return (self.place.channel, self.place.ts) == (channel, ts) and self.edit < edit

    def heed(self, channel: str, ts: str, why: Why, at: str) -> bool:
        """End, if it is meant. A Stop is for what was asked in its thread before it, also after a crash."""
        place = self.place
        here = (channel, ts) == (place.channel, place.thread if why == "stopped" else place.ts)
        since = max(place.ts, self.edit) if why == "stopped" else self.edit if why == "edited" else ""
        meant = here and (why == "deleted" or since < at)
        if meant:
            self(why)
        return meant


class Running:
    """All of them in this process, and through `state` those of the other replicas."""

    def __init__(self, state: "State", glance_s: float = _GLANCE_S) -> None:
        self._state = state
        self._glance_s = glance_s
        self._lock = threading.Lock()
        self._halts: list[Halt] = []
        self._over: threading.Event | None = None  # ends the look-out when nothing is being written
        self._once: set[str] = set()
        self._blind = False

    @contextmanager
    def entered(self, place: Place, edit: str = "") -> Iterator[Halt]:
        """Work on an answer. `edit`: to which edit of the question; a later one may be known already."""
        halt = Halt(place, edit)
        self._enter(halt)
        try:
            # First the row, then the look: whoever withdraws does it the other way round, and neither misses
            # the other.
            self._state.draft_begins(place.channel, place.ts, edit, halt.writer)
            self.look(halt)
            yield halt
        finally:
            self._leave(halt)
            with self._lenient():
                self._state.draft_ends(place.channel, place.ts, halt.writer, halt.why == "edited")
            halt.ended.set()

    def stop(self, channel: str, thread: str, at: str) -> int:
        """Stop what is written in a thread; how many answers that were here."""
        return self._withdraw(channel, thread, "stopped", at)[0]

    def delete(self, channel: str, ts: str, at: str) -> int:
        """A question was deleted: its answer ends, also one that has not begun yet."""
        return self._withdraw(channel, ts, "deleted", at)[0]

    def edited(self, channel: str, ts: str, edit: str) -> bool:
        """A question was edited: what answers it as it was ends. False where a later edit is known."""
        return self._withdraw(channel, ts, "edited", edit)[1] <= edit

    def earlier(self, channel: str, ts: str, edit: str, wait_s: float) -> Earlier:
        """What became of the answer to what a question said before: still at it, withdrawn, or nothing known.

        Waits for an answer of this process to end.
        """
        for halt in self._all():
            if halt.answers(channel, ts, edit):
                halt.ended.wait(wait_s)
        found = self._state.draft(channel, ts)
        if found is None:
            return ""
        return "writing" if found.edit < edit and not found.withdrawn else "withdrawn"

    def forgotten(self, channel: str, ts: str, edit: str) -> bool:
        """Take an edit back to which there is nothing; False where an answer began just then and heeds it."""
        self._state.reinstate(channel, ts, "edited", edit)
        if self._state.draft(channel, ts) is None:
            return True
        self.edited(channel, ts, edit)
        return False

    def look(self, *halts: Halt) -> None:
        """Heed what other replicas have heard of these. Without a database the answer just goes on."""
        places = {
            (each.place.channel, ts) for each in halts for ts in (each.place.ts, each.place.thread) if ts
        }
        with self._lenient():
            for known in self._state.withdrawals(places):
                for halt in halts:
                    halt.heed(known.channel, known.ts, known.why, known.at)

    @contextmanager
    def once(self, key: str) -> Iterator[bool]:
        """Whether nobody here does this already: two clicks at once are one."""
        with self._lock:
            first = key not in self._once
            self._once.add(key)
        try:
            yield first
        finally:
            if first:
                with self._lock:
                    self._once.discard(key)

    def __len__(self) -> int:
        with self._lock:
            return len(self._halts)

    def _withdraw(
        self, channel: str, ts: str, why: Literal["stopped", "edited", "deleted"], at: str
    ) -> tuple[int, str]:
        concerned = sum(halt.heed(channel, ts, why, at) for halt in self._all())
        return concerned, self._state.withdraw(channel, ts, why, at)

    def _all(self) -> tuple[Halt, ...]:
        with self._lock:
            return tuple(self._halts)

    def _enter(self, halt: Halt) -> None:
        with self._lock:
            self._halts.append(halt)
            if self._over is None:
                self._over = threading.Event()
                threading.Thread(target=self._watch, args=(self._over,), name="look-out", daemon=True).start()

    def _leave(self, halt: Halt) -> None:
        with self._lock:
            self._halts.remove(halt)
            if not self._halts and self._over is not None:
                self._over.set()
                self._over = None

    def _watch(self, over: threading.Event) -> None:
        """One query a second for all that is being written here, none while nothing is."""
        while not over.wait(self._glance_s):
            self.look(*self._all())

    @contextmanager
    def _lenient(self) -> Iterator[None]:
        """A database that is away must not cost an answer; it is told once."""
        try:
            yield
            self._blind = False
        except StateError as error:
            if not self._blind:
                logger.warning("what other replicas hear cannot be seen: %s", error)
            self._blind = True
