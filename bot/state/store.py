"""The database under the state: opened, its tables brought up to date, every error mapped to StateError."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from bot.errors import StateError
from retrieval.database import Database
from retrieval.errors import DiskFull, StoreBusy, StoreDamaged, StoreError, StoreReadOnly
from retrieval.faults import fault
from retrieval.migrate import Schema, migrate

HEAD = "0002"  # the newest file in migrations/versions; a test compares the two
SCHEMA = Schema(
    Path(__file__).parent / "migrations",
    HEAD,
    "state_version",
    "move this database away: a new one is begun, without the old questions and answers",
)
_LOCKS = 0x5374  # any number of our own: the class of our advisory locks
_ADVICE: dict[type[StoreError], str] = {
    DiskFull: "Free some space; what was kept until now is safe",
    StoreReadOnly: "Make the data folder writable for this user",
    StoreBusy: "Wait a moment and try again",
    StoreDamaged: "Restore a backup, or move the file away: a new one is begun",
    StoreError: "Check that the path or URL is right and that the database is running",
}


class Store:
    """Two ways in, `reading()` and `writing()`, each one transaction, committed whole or not at all."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.path = database.path

    @classmethod
    def open(cls, url: str) -> Self:
        """Open, and make or update the tables; any number of processes may do so at the same time."""
        with mapped():
            database = Database(url)
        try:
            with mapped():
                if database.read_only:
                    raise StoreReadOnly(database.resource, "cannot be written")
                migrate(database, SCHEMA)
        except BaseException:
            database.close()
            raise
        return cls(database)

    @property
    def dialect(self) -> str:
        """sqlite or postgresql."""
        return self._database.dialect

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view."""
        with mapped(), self._database.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction; on SQLite it is alone from its first statement on."""
        with mapped(), self._database.writing() as connection:
            yield connection

    def forget_deleted(self) -> None:
        """Leave no copy of a deleted text behind in SQLite's log."""
        with mapped():
            self._database.forget_deleted()

    def close(self) -> None:
        """Give back every connection."""
        self._database.close()


class Room:
    """What each noun of the state is made on: a store."""

    def __init__(self, store: Store) -> None:
        self._store = store


@contextmanager
def mapped() -> Iterator[None]:
    """Raise what the library's database raises as StateErrors, with advice that fits what is kept here."""
    try:
        yield
    except StoreError as error:
        raise state_error(error) from error
    # Raised between the store and us where no StoreError was made of it: a value that the driver refuses.
    except DBAPIError as error:
        raise state_error(fault(error, "state")) from error


def state_error(error: StoreError) -> StateError:
    """Ours for the library's. Only a plain StoreError may know better than we do what to do next."""
    known = type(error) is StoreError and error.advice
    advice = error.advice if known else _ADVICE.get(type(error), _ADVICE[StoreError])
    return StateError(error.resource, error.problem, advice)


def put(connection: Connection, table: Table, row: dict[str, Any], replace: bool = False) -> bool:
    """Insert a row; if its key is there, replace it or leave it alone. True when a row was written."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(table).values(**row)
    keys = [column.name for column in table.primary_key]
    others = {name: statement.excluded[name] for name in row if name not in keys}
    if replace and others:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=others)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    return bool(connection.execute(statement).rowcount)


def alone(connection: Connection, key: str) -> None:
    """Wait until no other transaction works under this key. SQLite lets only one write at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCKS, func.hashtext(key))))


def written(moment: datetime) -> str:
    """A moment as it is stored: UTC, of one length, so that the order of texts is the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def read(text: str) -> datetime:
    """The moment of such a text."""
    return datetime.fromisoformat(text)


def storable(text: str) -> str:
    """Without what PostgreSQL refuses in texts: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
