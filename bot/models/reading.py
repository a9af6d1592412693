"""One call of a model: its text as it comes, within the limits of time, and how it ended.

A thread of its own reads the model, so that the caller can stop waiting at any moment. Time is real time
here, also in tests: it is real sockets that are waited for.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import cast

from bot.errors import Cancelled, VendorError, VendorFault
from bot.models import Backend, Piece, Prompt
from bot.models.faults import Kind, classify, judge, midway

_LOOK = 0.05  # seconds between two looks whether the reader has asked to stop
_GRACE = 1.0  # seconds for what follows the finish reason: counts of tokens, an end nobody needs
_WORDY = 12  # characters a token; a model that writes more than its limit allows is cut off


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds until the first text and between two texts, and the moment (monotonic) when all must end."""

    first_s: float
    gap_s: float
    deadline: float


@dataclass(slots=True)
class Reading:
    """What one call gave: its text so far, the vendor's own word for its end, its counts, or its fault.

    `late`: the deadline of the whole answer ended it, which tells nothing about the vendor.
    """

    text: str = ""
    finish: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    fault: Kind | None = None
    wait: float | None = None
    late: bool = False
    seconds: float = 0.0
    _began: float = field(default_factory=time.monotonic)

    def take(self, piece: Piece) -> None:
        """Add what came."""
        self.text += piece.text
        self.finish = piece.finish or self.finish
        self.tokens_in = self.tokens_in if piece.tokens_in is None else piece.tokens_in
        self.tokens_out = self.tokens_out if piece.tokens_out is None else piece.tokens_out

    def failed(self, error: Exception) -> None:
        """The call ended with an error. After a finish reason that takes nothing away from the text."""
        if isinstance(error, VendorError):
            raise error
        if self.finish:
            return
        if isinstance(error, VendorFault):
            self.fault, self.wait = cast(Kind, error.kind), error.wait
        else:
            kind, self.wait = classify(error)
            self.fault = midway(kind) if self.text.strip() else kind

    def problem(self) -> Kind | None:
        """What is wrong with it; None when the text is whole, or whole but for the model's own limit."""
        if self.fault:
            return self.fault
        if not self.finish:
            # Every client takes a stream that just ends for a success: it is half an answer.
            return "truncated" if self.text.strip() else "empty"
        judged = judge(self.finish)
        if judged != "complete" and judged != "length":
            return judged
        return None if self.text.strip() else "empty"

    @property
    def cut_off(self) -> bool:
        """Whether the model has reached its own limit, so that the end of a good text is missing."""
        return self.problem() is None and judge(self.finish) == "length"


class _Line:
    """The thread that reads, and the queue between it and the caller."""

    def __init__(self, backend: Backend, prompt: Prompt) -> None:
        self._backend, self._prompt = backend, prompt
        self._queue: SimpleQueue[Piece | Exception | None] = SimpleQueue()
        self._pieces: Iterator[Piece] | None = None
        self._dropped = threading.Event()
        # A daemon: a socket that says nothing must not keep the program from ending.
        threading.Thread(target=self._read, name="model", daemon=True).start()

    def _read(self) -> None:
        try:
            self._pieces = self._backend.stream(self._prompt)
            try:
                self._pass_on(self._pieces)
            finally:
                self._close()
        except Exception as error:
            self._queue.put(error)
        else:
            self._queue.put(None)

    def _pass_on(self, pieces: Iterator[Piece]) -> None:
        for piece in pieces:
            if self._dropped.is_set():
                return
            self._queue.put(piece)

    def next(self, until: float, stop: threading.Event | None) -> Piece | Exception | None:
        """What comes next; None at the end. TimeoutError at `until`, Cancelled on a stop."""
        while True:
            if stop is not None and stop.is_set():
                raise Cancelled("", "The reader asked to stop")
            left = until - time.monotonic()
            try:
                return self._queue.get(timeout=max(0.0, left if stop is None else min(left, _LOOK)))
            except Empty:
                if time.monotonic() >= until:
                    raise TimeoutError from None

    def drop(self) -> None:
        """Nobody waits any more: close the stream, under the reading thread if need be."""
        self._dropped.set()
        # A plain generator cannot be closed while it runs: its reading thread does it, at the next piece.
        with suppress(ValueError):
            self._close()

    def _close(self) -> None:
        close = getattr(self._pieces, "close", None)
        if close:
            close()


def read(
    backend: Backend,
    prompt: Prompt,
    patience: Patience,
    reading: Reading,
    tell: Callable[[str], None],
    stop: threading.Event | None = None,
) -> None:
    """Fill `reading` until the model has ended or failed. `tell` hears each text; Cancelled on a stop.

    The reading is the caller's, so that what was used up is known also when the call is broken off.
    """
    line = _Line(backend, prompt)
    try:
        _follow(line, patience, prompt.most_tokens * _WORDY, reading, tell, stop)
    finally:
        line.drop()
        reading.seconds = round(time.monotonic() - reading._began, 3)


def _follow(
    line: _Line,
    patience: Patience,
    most: int,
    reading: Reading,
    tell: Callable[[str], None],
    stop: threading.Event | None,
) -> None:
    limit = time.monotonic() + patience.first_s
    while True:
        try:
            got = line.next(min(limit, patience.deadline), stop)
        except TimeoutError:
            return _timed_out(reading, limit > patience.deadline)
        if got is None:
            return None
        if isinstance(got, Exception):
            return reading.failed(got)
        reading.take(got)
        if got.text:
            tell(got.text)
        if len(reading.text) > most:
            reading.finish = "length"
            return None
        # Only text counts: an empty chunk every second keeps no call alive.
        if reading.finish:
            limit = min(limit, time.monotonic() + _GRACE)
        elif got.text.strip():
            limit = time.monotonic() + patience.gap_s


def _timed_out(reading: Reading, late: bool) -> None:
    if not reading.finish:
        reading.fault = "stall" if reading.text.strip() else "timeout"
        reading.late = late
