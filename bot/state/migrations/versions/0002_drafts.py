"""Answers in the making, and who wants which of them to end, for several replicas.

Frozen: it must go on making the tables of its own day, so it does not import `bot.state.tables`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "withdrawals",
        *_keys("channel", "ts", "why"),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "noted_at")),
    )
    op.create_index("withdrawals_by_time", "withdrawals", ["noted_at"])
    op.create_table(
        "drafts",
        *_keys("channel", "ts"),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("edit", "writer", "begun_at")),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
    )
    op.create_index("drafts_by_time", "drafts", ["begun_at"])


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, primary_key=True) for name in names]
