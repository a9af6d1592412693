"""Who did what that others may ask about one day. Only added to, and chained: a row seals the one before."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Row, insert, select

from bot.state.store import Room, alone, read, storable, written
from bot.state.tables import audit

_FIRST = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row: the actor (a user id, or "strategist"), what was done, to what, and more words on it."""

    n: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str
    digest: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What an examination found: how many rows, the last digest, and the first row that is wrong, if any.

    Rows cut off at the very end leave a whole chain: compare `rows` and `last` with a note kept elsewhere.
    """

    rows: int
    last: str
    broken: int | None = None


class Audit(Room):
    """Neither this class nor the database itself changes or deletes a row."""

    def audit(self, actor: str, action: str, subject: str, detail: str = "") -> None:
        """Add a row."""
        words = [storable(each) for each in (actor, action, subject, detail)]
        with self._store.writing() as connection:
            alone(connection, "audit")
            n, before = _last(connection)
            at = written(datetime.now(UTC))
            row = dict(zip(("actor", "action", "subject", "detail"), words, strict=True))
            digest = _digest(before, n + 1, at, *words)
            connection.execute(insert(audit).values(n=n + 1, at=at, digest=digest, **row))

    def audits(self, limit: int = 50) -> tuple[AuditEntry, ...]:
        """The newest rows, newest first."""
        query = select(audit).order_by(audit.c.n.desc()).limit(limit)
        with self._store.reading() as connection:
            return tuple(_entry(row) for row in connection.execute(query))

    def verify(self) -> Chain:
        """Go through all rows: one that was changed, added between others or taken out breaks the chain."""
        before, n = _FIRST, 0
        with self._store.reading() as connection:
            for row in connection.execute(select(audit).order_by(audit.c.n)):
                n += 1
                words = (row.actor, row.action, row.subject, row.detail)
                if (row.n, row.digest) != (n, _digest(before, n, row.at, *words)):
                    return Chain(n, before, broken=n)
                before = row.digest
        return Chain(n, before)


def _last(connection: Connection) -> tuple[int, str]:
    query = select(audit.c.n, audit.c.digest).order_by(audit.c.n.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return (row.n, row.digest) if row else (0, _FIRST)


def _digest(before: str, n: int, *words: str) -> str:
    # As JSON: no two rows are written alike, wherever the words begin and end.
    return hashlib.sha256(json.dumps([before, n, *words]).encode()).hexdigest()


def _entry(row: Row[tuple[object, ...]]) -> AuditEntry:
    return AuditEntry(row.n, read(row.at), row.actor, row.action, row.subject, row.detail, row.digest)
