"""Alembic's entry point; `retrieval.migrate` hands it the open connection and owns the transaction."""

from alembic import context

from bot.state.store import SCHEMA
from bot.state.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=SCHEMA.version_table,
)
with context.begin_transaction():
    context.run_migrations()
