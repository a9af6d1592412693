"""The answers that this process is working on, so that they can be stopped."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from bot.slack.place import Place

Why = Literal["", "stopped", "edited", "deleted"]


@dataclass(slots=True)
class Halt:
    """One answer in progress: why it should end, if it should, and whether it has ended."""

    place: Place
    event: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    why: Why = ""

    def __call__(self, why: Why) -> None:
        """Ask it to end."""
        self.why = self.why or why
        self.event.set()


class Running:
    """All of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._halts: list[Halt] = []

    @contextmanager
    def entered(self, place: Place) -> Iterator[Halt]:
        """Work on an answer."""
        halt = Halt(place)
        with self._lock:
            self._halts.append(halt)
        try:
            yield halt
        finally:
            with self._lock:
                self._halts.remove(halt)
            halt.ended.set()

    def stop(self, channel: str, thread: str) -> int:
        """Stop what is written in a thread; how many answers that were."""
        return self._halt("stopped", lambda place: (place.channel, place.thread) == (channel, thread))

    def withdraw(self, channel: str, ts: str, why: Why, wait_s: float = 0) -> int:
        """Stop the answer to one question, and wait until it has ended."""
        return self._halt(why, lambda place: (place.channel, place.ts) == (channel, ts), wait_s)

    def _halt(self, why: Why, concerns: Callable[[Place], bool], wait_s: float = 0) -> int:
        with self._lock:
            concerned = [halt for halt in self._halts if concerns(halt.place)]
        for halt in concerned:
            halt(why)
        for halt in concerned if wait_s else ():
            halt.ended.wait(wait_s)
        return len(concerned)

    def __len__(self) -> int:
        with self._lock:
            return len(self._halts)
