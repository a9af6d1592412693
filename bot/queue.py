"""The lasting part of the jobs: a queue of workflows in a database. The only home of DBOS.

DBOS is one per process, and so is a Queue. Workflows' arguments and step results are texts.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from bot.errors import StateError
from bot.state.store import mapped
from bot.steps import HandedOver, OtherSteps
from retrieval.faults import translated

if TYPE_CHECKING:
    from dbos import DBOS

Arguments = tuple[str | int, ...]
Work = Callable[..., None]

# Pinned: by default DBOS would leave work that an earlier release accepted to that release.
_VERSION = "1"
_QUEUE = "jobs"
_POLL_S = 0.05  # measured: 25 ms of added latency are not felt, and an idle process takes 3 % of a core
_LOST = "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
_UNFINISHED = ["ENQUEUED", "DELAYED", "PENDING"]
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", _LOST]
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Lost:
    """A workflow that is not tried any more: too many processes died over it."""

    id: str
    work: str
    arguments: Arguments


class Queue:
    """Opened for a process's name and its functions; work begins at once, `workers` at a time."""

    def __init__(self, url: str, name: str, process: str, workers: int) -> None:
        self._url, self._name = url, name
        self._process, self._workers = process, workers
        self._dbos: DBOS | None = None
        # SQLite has whoever is second sleep, each time longer; in line, a burst is taken sooner.
        self._one = Lock() if url.startswith("sqlite") else nullcontext()

    def launch(self, works: Mapping[str, Work], recoveries: int) -> None:
        """Begin. What this process's name has left unfinished is queued again."""
        from dbos import DBOS

        _quiet()
        try:
            with _mapped(self._url):
                self._dbos = _configured(self._url, self._name, self._process)
                for name, work in works.items():
                    DBOS.workflow(name=name, max_recovery_attempts=recoveries)(_function(work))
                DBOS.launch()
                DBOS.register_queue(
                    _QUEUE,
                    worker_concurrency=self._workers,
                    polling_interval_sec=_POLL_S,
                    on_conflict="always_update",
                )
        except BaseException:
            self.close()
            raise

    def put(
        self,
        work: str,
        id: str,
        arguments: Arguments,
        delay: float | None = None,
        new: bool = False,
    ) -> bool:
        """Queue a workflow. With `new`, False where its id is known; without, that is no matter."""
        from dbos import DBOS, EnqueueOptions, error

        options: EnqueueOptions = {
            "workflow_name": work,
            "queue_name": _QUEUE,
            "workflow_id": id,
            "workflow_id_reuse_policy": "reject" if new else "return-existing",
            "app_version": _VERSION,
        }
        if delay is not None:
            options["delay_seconds"] = delay
        try:
            with _mapped(self._url), self._one:
                # In a context of its own: put by a running workflow, it would count as one of its steps.
                Context().run(DBOS.enqueue_workflow_with_options, options, *arguments)
        except error.DBOSWorkflowIDInUseError:
            return False
        return True

    def remember(self, label: str, outcome: Callable[[], str]) -> str:
        """Run a step of the workflow that this thread is in; if it ran before, only read its result."""
        from dbos import DBOS, error

        try:
            return DBOS.run_step({"name": label}, outcome)
        except error.DBOSUnexpectedStepError as fault:
            raise OtherSteps(str(fault)) from fault
        except error.DBOSWorkflowConflictIDError as fault:
            # Somebody else has it now. DBOS would have this thread wait for what becomes of it, for ever.
            raise HandedOver from fault

    def remembered(self, id: str) -> dict[str, str]:
        """What the steps of a workflow were, by their labels."""
        from dbos import DBOS

        with _mapped(self._url):
            steps = Context().run(DBOS.list_workflow_steps, id)
        return {each["function_name"]: each["output"] for each in steps if each["output"]}

    def unfinished(self) -> int:
        """How many workflows wait or run, in all processes."""
        from dbos import DBOS

        with _mapped(self._url):
            found = DBOS.list_workflows(status=_UNFINISHED, limit=_MOST, load_input=False, load_output=False)
        return len(found)

    def workers(self) -> frozenset[str]:
        """The names of all processes that have something running, or had when they died."""
        from dbos import DBOS

        with _mapped(self._url):
            found = DBOS.list_workflows(status="PENDING", limit=_MOST, load_input=False, load_output=False)
        return frozenset(each.executor_id for each in found if each.executor_id)

    def holds(self, id: str) -> bool:
        """Whether this workflow still runs here and nowhere else. Waits for a database that is away."""
        from dbos import DBOS

        with _mapped(self._url):
            found = Context().run(
                DBOS.list_workflows,
                workflow_ids=[id],
                status="PENDING",
                executor_id=self._process,
                load_input=False,
                load_output=False,
            )
        return bool(found)

    def requeue(self, processes: frozenset[str]) -> int:
        """Queue again what these had running. Two may ask for the same: only one of them gets it to run."""
        from dbos import DBOS

        with _mapped(self._url):
            return len(DBOS._recover_pending_workflows(sorted(processes)))

    def lost(self) -> tuple[Lost, ...]:
        """What is not tried any more."""
        from dbos import DBOS

        with _mapped(self._url):
            found = DBOS.list_workflows(status=_LOST, limit=_MOST, load_output=False)
        return tuple(
            Lost(each.workflow_id, each.name, tuple(each.input["args"])) for each in found if each.input
        )

    def forget(self, before: datetime, limit: int) -> int:
        """Delete some of what was finished before that; how many."""
        from dbos import DBOS

        when = before.astimezone(UTC).isoformat()
        with _mapped(self._url):
            found = DBOS.list_workflows(
                status=_FINISHED, completed_before=when, limit=limit, load_input=False, load_output=False
            )
            if found:
                DBOS.delete_workflows([each.workflow_id for each in found])
        return len(found)

    def halt(self) -> None:
        """Begin nothing more; what runs goes on, and more may still be put."""
        if self._dbos is not None:
            for each in self._dbos.background_thread_stop_events:
                each.set()

    def close(self) -> None:
        """Let go of the database. A function that still runs is stopped by its next step."""
        from dbos import DBOS

        self._dbos = None
        with _mapped(self._url):
            DBOS.destroy(destroy_registry=True)


def _configured(url: str, name: str, process: str) -> "DBOS":
    from dbos import DBOS, DBOSPortableJSONSerializer

    return DBOS(
        config={
            "name": name,
            "system_database_url": url,
            "application_version": _VERSION,
            "executor_id": process,
            "use_listen_notify": False,  # we send no messages between workflows
            "serializer": DBOSPortableJSONSerializer(),  # the default, pickle, runs what it reads
            "log_level": "WARNING",
            "enable_otlp": False,
        }
    )


def _function(work: Work) -> Work:
    # DBOS writes notes onto functions; a method bears none.
    return lambda *arguments: work(*arguments)


def _quiet() -> None:
    # Without a handler of its own DBOS adds one that writes past ours.
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


@contextmanager
def _mapped(url: str) -> Iterator[None]:
    from dbos import error

    try:
        with mapped(), translated(_plain(url)):
            yield
    except error.DBOSWorkflowIDInUseError:
        raise
    except error.DBOSException as fault:
        advice = "Check that the database is running and can be written"
        raise StateError(_plain(url), f"jobs cannot be kept there ({fault})", advice) from fault


def _plain(url: str) -> str:
    """Without user and password."""
    head, at, tail = url.rpartition("@")
    return f"{head.partition('://')[0]}://{tail}" if at else url
