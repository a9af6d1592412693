"""What is kept besides documents: answers, drafts, feedback, threads, limits, spending, an audit trail.

One database, SQLite in the data folder or PostgreSQL for several replicas. Every method of State is one
transaction, any number of threads may call it, and every error is a StateError.
"""

from pathlib import Path
from typing import Self

from bot.state.answers import Answers, Kept
from bot.state.audit import Audit, AuditEntry, Chain
from bot.state.channels import Channels
from bot.state.drafts import Drafting, Drafts, Withdrawal
from bot.state.feedback import Feedback, Opinion
from bot.state.limits import Limits
from bot.state.replicas import Replicas
from bot.state.rests import Rests
from bot.state.spending import Spending
from bot.state.store import Store
from bot.state.threads import Threads

__all__ = ["AuditEntry", "Chain", "Drafting", "Kept", "Opinion", "State", "Withdrawal"]


class State(Answers, Audit, Channels, Drafts, Feedback, Limits, Replicas, Rests, Spending, Threads):
    """The whole of it. Each noun's methods are in the module of its name."""

    @classmethod
    def open(cls, url: str) -> Self:
        """Open and bring up to date; `url` is sqlite:///file.db or postgresql://user@host/name."""
        return cls(Store.open(url))

    @property
    def path(self) -> Path | None:
        """The file, where it is one."""
        return self._store.path

    def close(self) -> None:
        """Give back every connection."""
        self._store.close()
