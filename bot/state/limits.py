"""How much somebody asked today, and how lately another bot was answered."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from bot.state.store import Room, alone, put, written
from bot.state.tables import bots, counts

QUIET = timedelta(minutes=10)


class Limits(Room):
    """Counts are kept by key: a question that is delivered twice counts once."""

    def count(self, user: str, day: date) -> int:
        """How much this user has asked on that day."""
        with self._store.reading() as connection:
            return _count(connection, user, day)

    def counted(self, user: str, day: date, key: str) -> int:
        """Count a question, the same key only once; how many there are now."""
        with self._store.writing() as connection:
            alone(connection, f"count {user}")  # two at once would each see the other's place as free
            put(connection, counts, {"user": user, "day": day.isoformat(), "key": key})
            return _count(connection, user, day)

    def posted_to_bot(self, channel: str, bot: str, at: datetime) -> None:
        """We answered another bot in that channel."""
        with self._store.writing() as connection:
            put(connection, bots, _posted(channel, bot, at), replace=True)

    def bot_quiet(self, channel: str, bot: str, at: datetime, quiet: timedelta = QUIET) -> bool:
        """Whether to say nothing to that bot: it had an answer of ours less than `quiet` ago."""
        query = select(bots.c.posted_at).where(bots.c.channel == channel, bots.c.bot == bot)
        with self._store.reading() as connection:
            latest = connection.execute(query).scalar()
        return latest is not None and latest > written(at - quiet)


def _count(connection: Connection, user: str, day: date) -> int:
    query = select(func.count()).where(counts.c.user == user, counts.c.day == day.isoformat())
    return connection.execute(query).scalar_one()


def _posted(channel: str, bot: str, at: datetime) -> dict[str, str]:
    return {"channel": channel, "bot": bot, "posted_at": written(at)}
