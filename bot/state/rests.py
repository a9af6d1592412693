"""Which vendors rest, so that another replica, or the next start, does not have to find out again."""

from collections.abc import Mapping

from sqlalchemy import delete, select

from bot.models.breaker import Rest
from bot.state.store import Room, put
from bot.state.tables import rests


class Rests(Room):
    """The breakers' shared memory."""

    def rests(self) -> Mapping[str, Rest]:
        """Every vendor that was told to rest, also where the rest is over by now."""
        with self._store.reading() as connection:
            rows = connection.execute(select(rests)).all()
        return {row.vendor: Rest(row.until, row.seconds, row.kind) for row in rows}

    def rest(self, name: str, rest: Rest | None) -> None:
        """Remember a rest, or with None that it is over."""
        with self._store.writing() as connection:
            if rest is None:
                connection.execute(delete(rests).where(rests.c.vendor == name))
                return
            row = {"vendor": name, "until": rest.until, "seconds": rest.seconds, "kind": rest.kind}
            put(connection, rests, row, replace=True)
