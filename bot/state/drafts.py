"""Answers in the making, and what readers want of them: any replica may hear it, and the writer heeds it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import ColumnElement, Table, delete, select, tuple_, update

from bot.state.store import Room, alone, put, written
from bot.state.tables import drafts, withdrawals

Why = Literal["stopped", "edited", "deleted"]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An answer is not wanted any more.

    `ts` is the question's, or its thread's where that was stopped; `at` is when, by Slack's clock.
    """

    channel: str
    ts: str
    why: Why
    at: str


@dataclass(frozen=True, slots=True)
class Drafting:
    """Who writes, or wrote, the answer to a question as it stood after that edit."""

    edit: str
    writer: str
    withdrawn: bool  # it ended for the sake of an edit, which must be answered in its place


class Drafts(Room):
    """Channels and times are Slack's. Rows are needed for minutes; `forget_drafts` takes them away."""

    def withdraw(self, channel: str, ts: str, why: Why, at: str) -> str:
        """Make it known; the latest time that is known of it, for edits need not come in their order."""
        known = select(withdrawals.c.at).where(_is(withdrawals, channel, ts), withdrawals.c.why == why)
        row = {"channel": channel, "ts": ts, "why": why, "noted_at": written(datetime.now(UTC))}
        with self._store.writing() as connection:
            alone(connection, f"withdraw {channel} {ts}")
            latest = max(at, connection.execute(known).scalar() or "")
            put(connection, withdrawals, row | {"at": latest}, replace=True)
        return latest

    def reinstate(self, channel: str, ts: str, why: Why, at: str) -> None:
        """Take it back, unless a later one is known."""
        same = (withdrawals.c.why == why, withdrawals.c.at == at)
        with self._store.writing() as connection:
            connection.execute(delete(withdrawals).where(_is(withdrawals, channel, ts), *same))

    def withdrawals(self, places: Collection[tuple[str, str]]) -> frozenset[Withdrawal]:
        """All that are known of these pairs of a channel and a time."""
        here = tuple_(withdrawals.c.channel, withdrawals.c.ts).in_(sorted(places))
        with self._store.reading() as connection:
            rows = connection.execute(select(withdrawals).where(here)).all()
        return frozenset(Withdrawal(row.channel, row.ts, row.why, row.at) for row in rows)

    def draft_begins(self, channel: str, ts: str, edit: str, writer: str) -> None:
        """From now on `writer` is at the answer; whoever was before it is dead or has ended."""
        row = {"channel": channel, "ts": ts, "edit": edit, "writer": writer, "withdrawn": False}
        with self._store.writing() as connection:
            put(connection, drafts, row | {"begun_at": written(datetime.now(UTC))}, replace=True)

    def draft_ends(self, channel: str, ts: str, writer: str, withdrawn: bool) -> None:
        """It is not at it any more."""
        mine = (_is(drafts, channel, ts), drafts.c.writer == writer)
        change = update(drafts).values(withdrawn=True) if withdrawn else delete(drafts)
        with self._store.writing() as connection:
            connection.execute(change.where(*mine))

    def draft(self, channel: str, ts: str) -> Drafting | None:
        """Who is at the answer to this question, or left it to an edit."""
        with self._store.reading() as connection:
            row = connection.execute(select(drafts).where(_is(drafts, channel, ts))).one_or_none()
        return Drafting(row.edit, row.writer, row.withdrawn) if row else None

    def forget_drafts(self, before: datetime) -> None:
        """Delete what is older than that: it concerns nobody any more, or its writer died."""
        limit = written(before)
        with self._store.writing() as connection:
            connection.execute(delete(withdrawals).where(withdrawals.c.noted_at < limit))
            connection.execute(delete(drafts).where(drafts.c.begun_at < limit))


def _is(table: Table, channel: str, ts: str) -> ColumnElement[bool]:
    return (table.c.channel == channel) & (table.c.ts == ts)
