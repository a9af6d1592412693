"""What is being done, in words under a thread, and the Stop button: shown early, taken away for sure."""

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
    _last: Future[None] | None = field(default=None)  # the latest of the calls, which follow each other

    def __enter__(self) -> Self:
        self._last = _submitted(self.executor, self._begin)
        return self

    def say(self, words: str) -> None:
        """Other words from now on: the work has come to its next step."""
        if words != self.words:
            self.words, before = words, self._last
            self._last = _submitted(self.executor, lambda: self._say(words, before)) or before

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
        self._say(self.words, None)

    def _say(self, words: str, before: Future[None] | None) -> None:
        if before is not None:
            wait([before], timeout=_LONGEST_WAIT_S)
        self.slack.attempt(
            "assistant.threads.setStatus",
            channel_id=self.place.channel,
            thread_ts=self.place.thread,
            status=words,
        )

    def end(self) -> None:
        """Take the words and the button away; Slack would leave the button for an hour."""
        if self._last is not None:
            wait([self._last], timeout=_LONGEST_WAIT_S)
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
