"""A stream of pieces that any thread may close, also while another waits for its next piece.

A vendor that sends signs of life without text keeps a reading thread busy for as long as it likes: its client
swallows them. Whoever gives up therefore ends the connection under it.
"""

import socket
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import Self

from bot.models import Piece

_here = threading.local()  # .stream: the one whose next piece this thread waits for


class Stream(Iterator[Piece]):
    """The pieces of one call. Close it from wherever; its reader then finds it at its end."""

    def __init__(self, pieces: Generator[Piece]) -> None:
        self._pieces = pieces
        self._reading = threading.Lock()
        self._state = threading.Lock()
        self._wire: object = None
        self._closed = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Piece:
        with self._reading:
            if self._closed:
                self._pieces.close()
            _here.stream = self
            try:
                return next(self._pieces)
            except BaseException:
                self._answered(None)  # the connection may serve somebody else now
                if self._closed:
                    raise StopIteration from None
                raise
            finally:
                _here.stream = None

    def close(self) -> None:
        """End the call and its connection. Never waits for whoever reads."""
        with self._state:
            self._closed = True
            _hang_up(self._wire)
        if self._reading.acquire(blocking=False):
            try:
                self._pieces.close()
            finally:
                self._reading.release()

    def _answered(self, wire: object) -> None:
        with self._state:
            self._wire = wire
            if self._closed:
                _hang_up(wire)


def listen(response: object) -> None:
    """A hook for HTTP clients, called with each response: tells the stream that waits in this thread."""
    stream = getattr(_here, "stream", None)
    if stream is not None:
        stream._answered(getattr(response, "extensions", {}).get("network_stream"))


def _hang_up(wire: object) -> None:
    ask = getattr(wire, "get_extra_info", None)
    line = ask("socket") if ask else None
    if isinstance(line, socket.socket):
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
