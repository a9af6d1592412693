"""Opens the catalogue's database: SQLite with its pragmas, or PostgreSQL; for reading only where it must."""

import errno
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from retrieval.errors import StoreDamaged, StoreError, StoreReadOnly
from retrieval.faults import fault, translated

BUSY_SECONDS = 10.0  # one commit takes milliseconds; whoever waits longer should hear why
_READERS = 16  # connections kept: a server's threads; opening one costs more than a search's reads
_SHARED_MEMORY = 64 * 1024  # bytes; SQLite's -shm file takes 32 KiB and grows with the log

# FULL: after a power cut NORMAL may lose commits that were acknowledged. A document reported as taken in
# would be missing, and the caches ahead of the truth. It costs one fsync (about 5 ms) per document.
# secure_delete: `remove` promises that a text is gone, also from the file's free pages.
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


class Database:
    """A database and its two ways in: `reading()` and `writing()`, each one transaction, errors mapped."""

    def __init__(self, url: str, read_only: bool = False) -> None:
        parsed = _parse(url)
        self.resource = parsed.render_as_string(hide_password=True)
        self.path = Path(parsed.database) if _is_sqlite(parsed) and parsed.database else None
        self.folder = self.path.parent if self.path else None
        with translated(self.resource):
            self._full = self.path is not None and _no_room(self.path)
            self.read_only = read_only or self._full or (self.path is not None and not _writable(self.path))
            if self.path and not self.path.exists():
                _refuse_missing(self.path, read_only, self.read_only)
            self._engine = self._sqlite(self.path) if self.path else self._server(parsed)

    @property
    def dialect(self) -> str:
        """sqlite or postgresql."""
        return self._engine.dialect.name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view: what another process commits meanwhile is not seen."""
        with translated(self.resource, self.folder), self._engine.connect() as connection:
            if self.dialect == "postgresql":
                options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                connection = connection.execution_options(**options)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that is committed whole or not at all."""
        if self._full:
            raise fault(OSError(errno.ENOSPC, "it was opened for reading only"), self.resource, self.folder)
        if self.read_only:
            advice = "Make the data folder writable and try again"
            raise StoreReadOnly(self.resource, "is open for reading only", advice)
        with (
            translated(self.resource, self.folder),
            self._engine.connect() as connection,
            connection.execution_options(immediate=True).begin(),
        ):
            yield connection

    def forget_deleted(self) -> None:
        """Carry deletions from SQLite's write-ahead log into the file, so that no copy of a text is left."""
        if self.dialect == "sqlite" and not self.read_only:
            with translated(self.resource, self.folder), self._engine.connect() as connection:
                driver = connection.connection.driver_connection
                assert driver is not None
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def check(self) -> None:
        """Read every page of a SQLite file and compare tables with their indexes. StoreDamaged."""
        if self.dialect == "sqlite":
            with self.reading() as connection:
                found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
            if found != "ok":
                advice = "Move the file away and ingest the sources again, or restore a backup"
                raise StoreDamaged(self.resource, f"is damaged ({' '.join(str(found).split())})", advice)

    def close(self) -> None:
        """Give back every connection; the last one out folds SQLite's write-ahead log into the file."""
        self._engine.dispose()

    def _sqlite(self, path: Path) -> Engine:
        if not self.read_only:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        uri = path.absolute().as_uri() + ("?mode=rwc" if not self.read_only else _read_only_flags(path))
        engine = create_engine(
            "sqlite://",
            poolclass=QueuePool,
            pool_size=_READERS,
            creator=lambda: _connect(uri, self.read_only),
        )
        event.listen(engine, "begin", _begin)
        return engine

    def _server(self, url: URL) -> Engine:
        try:
            return create_engine(url, pool_pre_ping=True)
        except (ModuleNotFoundError, NoSuchModuleError) as error:
            advice = "Install the driver: pip install 'ai-strategist[postgres]'"
            raise StoreError(self.resource, f"no driver for this database ({error})", advice) from error


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        advice = "Write sqlite:///path/to/file.db or postgresql://user@host/name"
        raise StoreError("database URL", "cannot be understood", advice) from error
    if _is_sqlite(parsed) and parsed.database in (None, "", ":memory:"):
        raise StoreError("database URL", "names no file", "Write sqlite:///path/to/file.db")
    names = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
    return parsed.set(drivername=names.get(parsed.drivername, parsed.drivername))


def _refuse_missing(path: Path, asked: bool, read_only: bool) -> None:
    if asked:
        raise StoreError(str(path), "there is no catalogue yet", "Ingest some sources first")
    if read_only:
        advice = "Make it writable, or choose another data folder"
        raise StoreReadOnly(str(path.parent), "no catalogue can be made in it: it cannot be written", advice)


def _is_sqlite(url: URL) -> bool:
    return url.drivername.split("+")[0] == "sqlite"


def _writable(path: Path) -> bool:
    folder = next(each for each in path.absolute().parents if each.exists())
    return os.access(folder, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))


def _no_room(path: Path) -> bool:
    # Even a reader of a WAL database makes a -shm file of 32 KiB; on a full disk that is an I/O error.
    opened_by_others = path.with_name(path.name + "-shm").exists()
    return path.exists() and not opened_by_others and shutil.disk_usage(path.parent).free < _SHARED_MEMORY


def _read_only_flags(path: Path) -> str:
    # A WAL database needs its -shm file; in a folder we cannot write, only `immutable` reads without one.
    # `immutable` ignores the log, so with commits still waiting there SQLite must try, and may refuse.
    log = path.with_name(path.name + "-wal")
    waiting = log.exists() and log.stat().st_size > 0
    reader = waiting or (os.access(path.parent, os.W_OK) and not _no_room(path))
    return "?mode=ro" if reader else "?mode=ro&immutable=1"


def _connect(uri: str, read_only: bool) -> sqlite3.Connection:
    # isolation_level None: Python's own BEGIN comes too late to give reads one consistent view.
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        for pragma in () if read_only else _PRAGMAS:
            _set(connection, pragma)
    except BaseException:
        connection.close()
        raise
    return connection


def _set(connection: sqlite3.Connection, pragma: str) -> None:
    """SQLite does not wait for its turn at WAL: two processes that begin a file meet "database is locked"."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _begin(connection: Connection) -> None:
    # IMMEDIATE: a writer that starts as a reader fails with "database is locked" without waiting.
    options: dict[str, Any] = dict(connection.get_execution_options())
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("immediate") else "BEGIN")
