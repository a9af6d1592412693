"""Questions and their answers, as they were given."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select

from bot.state.store import Room, put, read, storable, written
from bot.state.tables import answers, counts, feedback, messages, threads

PRIVATE = "ephemeral"  # the surface of answers that only their asker could see


@dataclass(frozen=True, slots=True)
class Kept:
    """One question, the answer it got (the JSON of bot.contract.answer), and where and for whom.

    `thread` and `ts` are Slack's: of the conversation, and of the message that asked. `audience` holds what
    the readers held when it was answered. The attempts of all models are in the answer.
    """

    id: str
    asked_at: datetime
    question: str
    status: str
    answer: dict[str, Any] = field(default_factory=dict)
    surface: str = ""
    team: str = ""
    channel: str = ""
    thread: str = ""
    ts: str = ""
    asker: str = ""
    confidentiality: str = ""
    audience: tuple[str, ...] = ()


class Answers(Room):
    """Kept under their ids; what is recorded again replaces what was there."""

    def record(self, kept: Kept) -> None:
        """Keep an answer; the same id again, as after an edited question, replaces it."""
        with self._store.writing() as connection:
            put(connection, answers, _row(kept), replace=True)

    def answer(self, answer_id: str) -> Kept | None:
        """The answer of that id, if it is kept (still)."""
        with self._store.reading() as connection:
            row = connection.execute(select(answers).where(answers.c.id == answer_id)).one_or_none()
        return _kept(row) if row else None

    def unanswered(self, limit: int = 50) -> tuple[Kept, ...]:
        """The newest questions to which the sources had no answer: what admins should add documents for."""
        return self._newest(limit, answers.c.status == "unknown")

    def recent(self, limit: int = 50) -> tuple[Kept, ...]:
        """The newest questions, whatever became of them."""
        return self._newest(limit)

    def thread_questions(self, channel: str, thread: str, limit: int = 20) -> tuple[str, ...]:
        """The latest questions of a conversation, oldest first. What was asked privately is left out."""
        conditions = (answers.c.channel == channel, answers.c.thread == thread, answers.c.surface != PRIVATE)
        return tuple(each.question for each in reversed(self._newest(limit, *conditions)))

    def forget(self, before: datetime) -> int:
        """Delete questions, answers and opinions older than that, with all that points to them."""
        limit = written(before)
        with self._store.writing() as connection:
            gone = connection.execute(delete(answers).where(answers.c.asked_at < limit)).rowcount
            connection.execute(delete(feedback).where(feedback.c.at < limit))
            connection.execute(delete(messages).where(messages.c.bound_at < limit))
            connection.execute(delete(threads).where(threads.c.engaged_at < limit))
            connection.execute(delete(counts).where(counts.c.day < limit[:10]))
        self._store.forget_deleted()
        return gone

    def _newest(self, limit: int, *conditions: ColumnElement[bool]) -> tuple[Kept, ...]:
        newest = (answers.c.asked_at.desc(), answers.c.id)
        query = select(answers).where(*conditions).order_by(*newest).limit(limit)
        with self._store.reading() as connection:
            return tuple(_kept(row) for row in connection.execute(query))


def _row(kept: Kept) -> dict[str, Any]:
    places = ("id", "status", "surface", "team", "channel", "thread", "ts", "asker", "confidentiality")
    return {
        **{name: storable(getattr(kept, name)) for name in places},
        "asked_at": written(kept.asked_at),
        "question": storable(kept.question),
        # Escaped: neither a NUL nor half a character reaches the database.
        "answer": json.dumps(kept.answer),
        "audience": json.dumps(kept.audience),
    }


def _kept(row: Row[Any]) -> Kept:
    values = dict(row._mapping)
    values["asked_at"] = read(values["asked_at"])
    values["answer"] = json.loads(values["answer"])
    values["audience"] = tuple(json.loads(values["audience"]))
    return Kept(**values)
