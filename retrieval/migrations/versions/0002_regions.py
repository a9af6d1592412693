"""Documents may say where their text may be worked on. Those that are here said nothing: anywhere."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty for every document."""
    op.add_column("documents", sa.Column("regions", sa.JSON, nullable=False, server_default="[]"))
