"""The answers that this process is working on, so that they can be stopped."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from bot.slack.place import Place

Why = Literal["", "stopped", "edited", "deleted"]
T = TypeVar("T")


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

    def __call__(self, why: Why) -> None:
        """Ask it to end."""
        self.why = self.why or why
        self.event.set()


_MOST = 1_000  # messages whose fate is remembered


def _remember(known: "OrderedDict[tuple[str, str], T]", key: tuple[str, str], value: T) -> None:
    known[key] = value
    known.move_to_end(key)
    while len(known) > _MOST:
        known.popitem(last=False)


class Running:
    """All of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._halts: list[Halt] = []
        self._once: set[str] = set()
        self._deleted: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._withdrawn: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._edited: OrderedDict[tuple[str, str], str] = OrderedDict()

    @contextmanager
    def entered(self, place: Place, edit: str = "") -> Iterator[Halt]:
        """Work on an answer. `edit`: to which edit of the question; a later one may be known already."""
        halt = Halt(place, edit)
        with self._lock:
            self._halts.append(halt)
            if (place.channel, place.ts) in self._deleted:
                halt("deleted")
            elif edit and edit < self._edited.get((place.channel, place.ts), ""):
                halt("edited")
                _remember(self._withdrawn, (place.channel, place.ts), None)
        try:
            yield halt
        finally:
            with self._lock:
                self._halts.remove(halt)
            halt.ended.set()

    def stop(self, channel: str, thread: str) -> int:
        """Stop what is written in a thread; how many answers that were."""
        here = (channel, thread)
        return self._halt("stopped", lambda halt: (halt.place.channel, halt.place.thread) == here)

    def delete(self, channel: str, ts: str) -> int:
        """A question was deleted: its answer ends, also one that has not begun yet."""
        with self._lock:
            _remember(self._deleted, (channel, ts), None)
        return self.withdraw(channel, ts, "deleted")

    def latest(self, channel: str, ts: str, edit: str) -> bool:
        """Whether no later edit of a message is known; edits need not come in their order."""
        with self._lock:
            known = self._edited.get((channel, ts), "")
            if edit >= known:
                _remember(self._edited, (channel, ts), edit)
            return edit >= known

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

    def withdraw(self, channel: str, ts: str, why: Why, wait_s: float = 0, before: str = "") -> int:
        """Stop the answer to one question, and wait until it has ended.

        `before`: only what answers an earlier edit. A late one must not end the answer to the last.
        """

        def concerned(halt: Halt) -> bool:
            mine = (halt.place.channel, halt.place.ts) == (channel, ts)
            return mine and (not before or halt.edit < before)

        return self._halt(why, concerned, wait_s)

    def withdrawn(self, channel: str, ts: str) -> bool:
        """Whether an answer was withdrawn for the sake of an edit, so that the edit must be answered."""
        with self._lock:
            return (channel, ts) in self._withdrawn

    def _halt(self, why: Why, concerns: Callable[[Halt], bool], wait_s: float = 0) -> int:
        with self._lock:
            concerned = [halt for halt in self._halts if concerns(halt)]
            for halt in concerned:
                halt(why)
                if why == "edited":
                    _remember(self._withdrawn, (halt.place.channel, halt.place.ts), None)
        for halt in concerned if wait_s else ():
            halt.ended.wait(wait_s)
        return len(concerned)

    def __len__(self) -> int:
        with self._lock:
            return len(self._halts)
