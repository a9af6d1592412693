"""Conversations the bot takes part in, and which of its messages answers which question."""

from datetime import UTC, datetime

from sqlalchemy import select

from bot.state.store import Room, put, written
from bot.state.tables import messages, threads


class Threads(Room):
    """Channels, threads and timestamps are Slack's."""

    def engage(self, channel: str, thread: str) -> None:
        """From now on the bot takes part in this thread: somebody mentioned it there."""
        row = {"channel": channel, "thread": thread, "engaged_at": written(datetime.now(UTC))}
        with self._store.writing() as connection:
            put(connection, threads, row, replace=True)

    def engaged(self, channel: str, thread: str) -> bool:
        """Whether it does."""
        query = select(threads.c.thread).where(threads.c.channel == channel, threads.c.thread == thread)
        with self._store.reading() as connection:
            return connection.execute(query).first() is not None

    def bind(self, answer_id: str, channel: str, ts: str, message_ts: str) -> None:
        """The bot's message `message_ts` answers the question that was asked at `ts`."""
        row = {"channel": channel, "ts": ts, "answer_id": answer_id, "message_ts": message_ts}
        with self._store.writing() as connection:
            put(connection, messages, row | {"bound_at": written(datetime.now(UTC))}, replace=True)

    def message_of(self, channel: str, ts: str) -> str | None:
        """The bot's message that answers the question asked at `ts`."""
        query = select(messages.c.message_ts).where(messages.c.channel == channel, messages.c.ts == ts)
        with self._store.reading() as connection:
            return connection.execute(query).scalar()

    def answer_of(self, channel: str, message_ts: str) -> str | None:
        """The id of the answer that the bot's message shows."""
        query = select(messages.c.answer_id).where(
            messages.c.channel == channel, messages.c.message_ts == message_ts
        )
        with self._store.reading() as connection:
            return connection.execute(query).scalar()
