"""How much somebody asked today."""

from datetime import date

from sqlalchemy import Connection, func, select

from bot.state.store import Room, alone, put
from bot.state.tables import counts


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


def _count(connection: Connection, user: str, day: date) -> int:
    query = select(func.count()).where(counts.c.user == user, counts.c.day == day.isoformat())
    return connection.execute(query).scalar_one()
