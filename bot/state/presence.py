"""Who does the work: one process alone, on a SQLite file, or several replicas that share a PostgreSQL."""

from pathlib import Path
from typing import Protocol
from uuid import uuid4

from bot.state.replicas import Replicas
from bot.state.store import Store, mapped
from retrieval.database import Database
from retrieval.owner import Owner


class Presence(Protocol):
    """`name` is this process's among all that ever worked on the database."""

    name: str

    def alive(self) -> None:
        """Say that this process lives; StateError when the database cannot be reached."""

    def others(self) -> frozenset[str] | None:
        """The replicas that live, this one too; None where there can be no other."""

    def leave(self) -> None:
        """Say good-bye: what this process has not finished may be taken at once."""


def enter(url: str, replica: str, lease_s: float) -> Presence:
    """Make the database ready for work, and be present there until `leave`."""
    if url.startswith("sqlite"):
        return Alone(url)
    return Among(url, replica, lease_s)


class Alone:
    """Holds a lock on the file's folder that the kernel frees when the process dies."""

    name = "alone"  # always the same: whatever is unfinished in the file was this process's predecessor's

    def __init__(self, url: str) -> None:
        with mapped():
            database = Database(url)
            try:
                # The first connection makes the file, and has it write ahead for good: commits are cheaper.
                with database.writing():
                    pass
                self._owner = Owner(_lock(database.path)).__enter__()
            finally:
                database.close()

    def alive(self) -> None:
        """Nobody asks."""

    def others(self) -> None:
        """There are none."""

    def leave(self) -> None:
        """Free the lock."""
        self._owner.__exit__(None, None, None)


class Among:
    """A row in the table of replicas, renewed by `alive`."""

    def __init__(self, url: str, replica: str, lease_s: float) -> None:
        # Never the name of an earlier process: its unfinished work must not look like ours.
        self.name = f"{replica}.{uuid4().hex[:8]}"
        self._lease_s = lease_s
        self._store = Store.open(url)
        self._replicas = Replicas(self._store)
        try:
            self.alive()
        except BaseException:
            self._store.close()
            raise

    def alive(self) -> None:
        """Renew the row."""
        self._replicas.alive(self.name)

    def others(self) -> frozenset[str]:
        """All that renewed theirs within a lease."""
        return self._replicas.living(self._lease_s) | {self.name}

    def leave(self) -> None:
        """Take the row away."""
        try:
            self._replicas.left(self.name, self._lease_s)
        finally:
            self._store.close()


def _lock(path: Path | None) -> Path:
    assert path is not None
    return path.with_name(path.name + ".lock")
