"""What readers say of answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import select

from bot.state.store import Room, put, read, storable, written
from bot.state.tables import feedback

Verdict = Literal["helpful", "not_helpful"]


@dataclass(frozen=True, slots=True)
class Opinion:
    """One reader's word on one answer."""

    answer_id: str
    user: str
    verdict: Verdict
    reason: str
    at: datetime


class Feedback(Room):
    """One opinion per reader and answer: the latest counts."""

    def feedback(
        self,
        answer_id: str,
        user: str,
        verdict: Verdict,
        reason: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Keep an opinion. A reason may come later, with the same verdict."""
        row = {"answer_id": answer_id, "user": user, "verdict": verdict}
        with self._store.writing() as connection:
            put(connection, feedback, row | {"reason": storable(reason), "at": written(now())}, replace=True)

    def feedbacks(self, answer_id: str) -> tuple[Opinion, ...]:
        """All opinions on an answer, oldest first."""
        query = select(feedback).where(feedback.c.answer_id == answer_id).order_by(feedback.c.at)
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(Opinion(row.answer_id, row.user, row.verdict, row.reason, read(row.at)) for row in rows)
