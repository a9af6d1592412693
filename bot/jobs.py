"""Durable work. What is accepted is on disk when `accept` returns, and is finished whatever dies in between.

accept(kind, key, payload)   one row in the database's queue; the same key again is refused
  -> worker thread           at most `workers` at a time in each process
    -> handler(run, payload) run(name, step) remembers each step's result
       | raises something that may pass   it is queued again for later, with the steps that are done
       | raises for good                  give_up(kind, payload, reference), once
       | its process dies                 the next start goes on (SQLite), or another replica (PostgreSQL)
       | and so do those after it         after `recoveries` of them: give_up

A step in flight when its process dies runs again: steps must bear that. One in flight when its process is
stopped, or taken for dead, may run beside its second self: `run.check()` ends it before it does what shows.
"""

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.errors import SlackError, StateError, StrategistError
from bot.queue import Queue
from bot.state.presence import Presence, enter
from bot.steps import HandedOver, Json, OtherSteps, Steps, values
from retrieval.errors import StoreError

__all__ = ["GiveUp", "Handler", "JobSettings", "Jobs", "Json", "Run", "reference"]

Run = Steps
Handler = Callable[[Run, Json], None]
GiveUp = Callable[[str, Json, str], None]

_JOB, _FAREWELL = "job", "farewell"
_MAY_PASS = (SlackError, StateError, StoreError)
_SETTLE_S = 2.0  # for the last jobs to be entered as finished
_BATCH = 500  # finished jobs deleted in one transaction
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_log = logging.getLogger("strategist.jobs")


@dataclass(frozen=True, slots=True)
class JobSettings:
    """`url` as for State. `pauses` are the seconds before each further attempt at what may pass."""

    url: str
    name: str = "strategist"
    replica: str = "replica"
    workers: int = 16
    lease_s: float = 20.0
    recoveries: int = 5
    pauses: tuple[float, ...] = (2.0, 15.0, 60.0, 300.0, 600.0)
    keep_days: float = 7.0


@dataclass(frozen=True, slots=True)
class _Job:
    kind: str
    key: str
    payload: str  # JSON
    attempt: int = 1
    done: str = "{}"  # JSON: the steps that earlier attempts have done

    @property
    def reference(self) -> str:
        return reference(self.kind, self.key)

    def name(self, mark: str) -> str:
        """The first attempt bears the name by which a second delivery is known."""
        first = mark == "#" and self.attempt == 1
        return f"{self.kind}:{self.key}" + ("" if first else f"{mark}{self.attempt}")

    def arguments(self) -> tuple[str | int, ...]:
        return (self.kind, self.key, self.payload, self.attempt, self.done)


class Jobs:
    """One per process. Any number of threads may call `accept`."""

    def __init__(self, settings: JobSettings, handlers: Mapping[str, Handler], give_up: GiveUp) -> None:
        self._settings = settings
        self._handlers = dict(handlers)
        self._give_up = give_up
        self._presence: Presence | None = None
        self._queue: Queue | None = None
        self._busy = _Busy()
        self._stopping = threading.Event()
        self._over = threading.Event()  # whoever is still at work must leave it to others
        self._left = threading.Event()
        self._reachable = True
        self._renewed = 0.0  # when others were last told that this process lives
        self._lapses = 0  # how often that was so late that they may have taken it for dead
        self._mourned: set[str] = set()
        self._tidied = _LONG_AGO
        self._keeper = threading.Thread(target=self._keep, name="jobs-keeper", daemon=True)

    def start(self) -> None:
        """Launch, and go on with what this process's predecessor or a dead replica left."""
        settings = self._settings
        presence = enter(settings.url, settings.replica, settings.lease_s)
        queue = Queue(settings.url, settings.name, presence.name, settings.workers)
        self._presence, self._queue, self._renewed = presence, queue, time.monotonic()
        try:
            queue.launch({_JOB: self._work, _FAREWELL: self._part}, settings.recoveries)
        except BaseException:
            self._queue = None
            presence.leave()
            raise
        self._keeper.start()

    def accept(self, kind: str, key: str, payload: Json) -> bool:
        """Keep a job for good, and have it done; False when this key was accepted before."""
        if kind not in self._handlers:
            raise ValueError(f"no handler for jobs of the kind {kind!r}")
        job = _Job(kind, key, json.dumps(payload))
        with self._busy:
            return self._open().put(_JOB, job.name("#"), job.arguments(), new=True)

    def pending(self) -> int:
        """How many jobs are not finished, over all replicas."""
        return self._queue.unfinished() if self._queue else 0

    @property
    def reachable(self) -> bool:
        """Whether the database was there when it was last asked, a few seconds ago."""
        return self._queue is not None and self._reachable

    def stop(self, seconds: float) -> int:
        """Accept nothing more, let what runs finish for so long, hand the rest over; how much that was."""
        self._stopping.set()
        queue, presence = self._queue, self._presence
        if queue is None or presence is None:
            return 0
        queue.halt()
        if self._busy.wait(seconds):
            _wait(lambda: presence.name not in queue.workers(), _SETTLE_S)
        self._over.set()
        try:
            return queue.requeue(frozenset([presence.name]))
        finally:
            self._leave(queue, presence)

    def _open(self) -> Queue:
        if self._stopping.is_set():
            raise StateError("jobs", "stopping: nothing more is accepted", "Deliver it again")
        if self._queue is None or not self._reachable:
            raise StateError("jobs", "the database cannot be reached", "Deliver it again")
        return self._queue

    def _leave(self, queue: Queue, presence: Presence) -> None:
        self._left.set()
        self._keeper.join(5)
        self._queue = None
        try:
            queue.close()
        finally:
            presence.leave()

    def _work(self, kind: str, key: str, payload: str, attempt: int, done: str) -> None:
        job = _Job(kind, key, payload, attempt, done)
        with self._busy:
            run = self._steps(job, job.name("#"))
            try:
                self._handler(job.kind)(run, json.loads(job.payload))
            except OtherSteps:
                self._afresh(job)
            except Exception as error:
                _tell(job, error)
                done = json.dumps(run.done)
                if not self._later(_JOB, "#", job, error, done):
                    self._put(_FAREWELL, "!", _Job(job.kind, job.key, job.payload))
            run.check()

    def _part(self, kind: str, key: str, payload: str, attempt: int, done: str) -> None:
        job = _Job(kind, key, payload, attempt, done)
        with self._busy:
            run = self._steps(job, job.name("!"))
            try:
                run("give up", lambda: self._give_up(job.kind, json.loads(job.payload), job.reference))
            except Exception as error:
                _tell(job, error)
                if not self._later(_FAREWELL, "!", job, error, "{}"):
                    _log.critical("Nobody could be told that job %s was given up", job.reference)
            run.check()

    def _steps(self, job: _Job, id: str) -> Steps:
        lapses = self._lapses

        def check() -> None:
            if self._over.is_set():
                raise HandedOver
            if (self._lapses > lapses or self._late()) and not self._open_queue().holds(id):
                raise HandedOver

        check()
        return Steps(self._open_queue().remember, json.loads(job.done), check)

    def _late(self) -> bool:
        return time.monotonic() - self._renewed > self._settings.lease_s

    def _open_queue(self) -> Queue:
        if self._queue is None:
            raise HandedOver
        return self._queue

    def _handler(self, kind: str) -> Handler:
        if kind not in self._handlers:
            raise StrategistError("jobs", f"this release knows no jobs of the kind {kind!r}")
        return self._handlers[kind]

    def _later(self, work: str, mark: str, job: _Job, error: Exception, done: str) -> bool:
        pauses = self._settings.pauses
        if not isinstance(error, _MAY_PASS) or job.attempt > len(pauses):
            return False
        again = _Job(job.kind, job.key, job.payload, job.attempt + 1, done)
        self._put(work, mark, again, pauses[job.attempt - 1])
        return True

    def _afresh(self, job: _Job) -> None:
        """Run it anew, under another name, with all steps whose names are still the same."""
        done = json.loads(job.done) | values(self._open_queue().remembered(job.name("#")))
        self._put(_JOB, "#", replace(job, attempt=job.attempt + 1, done=json.dumps(done)))

    def _put(self, work: str, mark: str, job: _Job, delay: float | None = None) -> None:
        self._open_queue().put(work, job.name(mark), job.arguments(), delay)

    def _keep(self) -> None:
        while not self._left.wait(min(5.0, self._settings.lease_s / 4)):
            try:
                self._look_around()
                self._reachable = True
            except Exception as error:
                self._reachable = False
                _log.error("The jobs' database cannot be reached: %s", error)

    def _look_around(self) -> None:
        presence, queue = self._presence, self._queue
        if presence is None or queue is None:
            return
        self._lapses += self._late()
        now = time.monotonic()
        presence.alive()
        self._renewed = now
        if not self._stopping.is_set():
            self._rescue(presence, queue)
            self._bury(queue)
            self._tidy(queue)

    def _rescue(self, presence: Presence, queue: Queue) -> None:
        """Queue again what dead replicas were at."""
        living = presence.others()
        dead = queue.workers() - living if living is not None else frozenset()
        if dead:
            _log.warning("Going on with %d jobs of %s", queue.requeue(dead), ", ".join(sorted(dead)))

    def _bury(self, queue: Queue) -> None:
        """Give up what has taken too many processes with it."""
        for each in queue.lost():
            if each.id not in self._mourned and each.work == _JOB:
                job = _Job(*each.arguments)  # type: ignore[arg-type]
                _tell(job, StrategistError("jobs", "every process that began it died"))
                self._put(_FAREWELL, "!", _Job(job.kind, job.key, job.payload))
            self._mourned.add(each.id)

    def _tidy(self, queue: Queue) -> None:
        """Once an hour, delete what was finished long ago."""
        now = datetime.now(UTC)
        if now - self._tidied < timedelta(hours=1):
            return
        if queue.forget(now - timedelta(days=self._settings.keep_days), _BATCH) < _BATCH:
            self._tidied = now


class _Busy:
    """Counts who is at work, and waits until nobody is."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            self._count += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self._count, seconds)


def reference(kind: str, key: str) -> str:
    """A short name for a job, to be told to people and found in the log."""
    return hashlib.sha256(f"{kind}:{key}".encode()).hexdigest()[:8]


def _wait(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)


def _tell(job: _Job, error: Exception) -> None:
    unexpected = None if isinstance(error, StrategistError) else error
    _log.error("Job %s (%s) failed: %s", job.reference, job.kind, error, exc_info=unexpected)
