"""Who is alive: each replica says so every few seconds, by the clock of the database they share."""

from typing import Any

from sqlalchemy import ColumnElement, Float, cast, delete, func, insert, select, update

from bot.state.store import Room
from bot.state.tables import replicas

_LONG_DEAD = 100  # leases
_EPOCH = 2440587.5  # 1 January 1970 as a Julian day


class Replicas(Room):
    """A replica that has not been seen for a lease is taken for dead: others finish its work."""

    def alive(self, replica: str) -> None:
        """This replica lives."""
        now = self._now()
        with self._store.writing() as connection:
            known = update(replicas).where(replicas.c.replica == replica).values(seen=now)
            if not connection.execute(known).rowcount:
                connection.execute(insert(replicas).values(replica=replica, seen=now))

    def living(self, lease_s: float) -> frozenset[str]:
        """All that were seen within a lease."""
        query = select(replicas.c.replica).where(replicas.c.seen > self._now() - lease_s)
        with self._store.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def left(self, replica: str, lease_s: float) -> None:
        """This replica goes; with it, the names of those that went long ago without a word."""
        gone = replicas.c.seen < self._now() - lease_s * _LONG_DEAD
        with self._store.writing() as connection:
            connection.execute(delete(replicas).where((replicas.c.replica == replica) | gone))

    def _now(self) -> ColumnElement[Any]:
        if self._store.dialect == "postgresql":
            return cast(func.extract("epoch", func.clock_timestamp()), Float)
        return (func.julianday("now", type_=Float) - _EPOCH) * 86_400.0
