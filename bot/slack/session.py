"""The words "is searching" under a thread, and the Stop button there: shown early, taken away for sure."""

from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from bot.slack.pacing import Slack
from bot.slack.place import Place

_LONGEST_WAIT_S = 10


@dataclass(slots=True)
class Session:
    """One answer being worked on, as Slack shows it. Nobody waits for it: the calls go on another thread."""

    slack: Slack
    executor: Executor
    place: Place
    words: str
    stops: bool = True  # whether it can be stopped, so that there should be a button for that
    _begun: Future[None] | None = field(default=None)

    def __enter__(self) -> Self:
        self._begun = _submitted(self.executor, self._begin)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if _submitted(self.executor, self.end) is None:
            self.end()

    def _begin(self) -> None:
        place = self.place
        if self.stops:
            self.slack.attempt(
                "agents.sessions.setStatus",
                channel_id=place.channel,
                thread_ts=place.thread,
                status="processing",
                initiator_user_id=place.user,
            )
        self.slack.attempt(
            "assistant.threads.setStatus",
            channel_id=place.channel,
            thread_ts=place.thread,
            status=self.words,
        )

    def end(self) -> None:
        """Take the words and the button away; Slack would leave the button for an hour."""
        if self._begun is not None:
            wait([self._begun], timeout=_LONGEST_WAIT_S)
        where = {"channel_id": self.place.channel, "thread_ts": self.place.thread}
        if self.stops:
            self.slack.insist("agents.sessions.setStatus", status="active", **where)
        self.slack.insist("assistant.threads.setStatus", status="", **where)


def _submitted(executor: Executor, work: "object") -> Future[None] | None:
    """Hand work to the executor; None when it takes none, because the program ends."""
    try:
        return executor.submit(work)  # type: ignore[arg-type]
    except RuntimeError:
        return None
