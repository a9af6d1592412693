"""Starts the parts in order, waits for a signal, and stops them in order without losing what was accepted."""

import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Protocol

from bot.serve.health import Health, Vitals, serve_health

_EXIT_S = 3.0  # beyond the time for open answers: closing down takes no longer, or is cut short
_HOUR_S = 3600.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
logger = logging.getLogger("strategist.serve")


class Intake(Protocol):
    """How questions come in: a socket to Slack, or a web server."""

    @property
    def connected(self) -> bool:
        """Whether they can come in at this moment."""

    def open(self) -> None:
        """Begin; may raise."""

    def close(self) -> None:
        """Take nothing more in."""


class Work(Protocol):
    """bot.jobs.Jobs."""

    def start(self) -> None:
        """Begin, and go on with what was left."""

    def stop(self, seconds: float) -> int:
        """Finish within so long, hand the rest over; how much that was."""

    def pending(self) -> int:
        """How much is not finished."""


@dataclass(frozen=True, slots=True)
class Serving:
    """The parts of the process. `close` is called last, once nothing works any more."""

    work: Work
    intake: Intake
    vitals: Vitals
    health_port: int = 0
    stop_s: float = 12.0
    close: Callable[[], None] = lambda: None
    ready: Callable[[int], None] = lambda port: None  # told the port of /healthz when all is up
    hourly: Callable[[], None] = lambda: None  # housekeeping, the first time at the start


def serve(serving: Serving, leave: Callable[[int], None] = os._exit) -> int:
    """Serve until SIGTERM or SIGINT; the exit code. A second signal leaves at once, with 128 + its number."""
    health = Health(serving.vitals)
    web = serve_health(health, serving.health_port)
    with _signals(leave) as asked, contextlib.ExitStack() as opened:
        opened.enter_context(_deadline(asked, serving.stop_s + _EXIT_S, leave))
        opened.callback(serving.close)
        web.open()
        opened.callback(web.close)
        serving.work.start()
        opened.callback(_finish, serving)
        serving.intake.open()
        opened.callback(_shut, serving.intake, health)
        serving.ready(web.port)
        _wait(asked, serving.hourly)
        logger.info("Stopping: open answers have %g seconds", serving.stop_s)
    _go(leave)
    return 0


def _wait(asked: threading.Event, hourly: Callable[[], None]) -> None:
    while not asked.is_set():
        try:
            hourly()
        except Exception as error:
            logger.error("The hourly housekeeping failed: %s", type(error).__name__)
        asked.wait(_HOUR_S)


def _shut(intake: Intake, health: Health) -> None:
    health.stopping()
    try:
        intake.close()
    except Exception as error:
        logger.error("The intake did not close cleanly: %s", type(error).__name__)


def _finish(serving: Serving) -> None:
    left = serving.work.stop(serving.stop_s)
    if left:
        logger.warning("%d unfinished questions are left to the next start or another replica", left)


@contextlib.contextmanager
def _signals(leave: Callable[[int], None]) -> Iterator[threading.Event]:
    asked = threading.Event()

    def heard(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            leave(128 + number)
        asked.set()

    before = {number: signal.signal(number, heard) for number in _SIGNALS}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _deadline(asked: threading.Event, seconds: float, leave: Callable[[int], None]) -> Iterator[None]:
    """Whatever hangs while stopping: the process ends. What it accepted is kept, so that is no failure."""
    done = threading.Event()

    def watch() -> None:
        asked.wait()
        if not done.wait(seconds):
            logger.error("Stopping took too long and was cut short")
            leave(0)

    threading.Thread(target=watch, name="deadline", daemon=True).start()
    try:
        yield
    finally:
        done.set()
        asked.set()


def _go(leave: Callable[[int], None]) -> None:
    """Without Python's own farewell: it waits for every thread of every pool, also for one that hangs."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    leave(0)
