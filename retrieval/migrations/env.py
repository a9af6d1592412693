"""Alembic's entry point; `retrieval.migrate` hands it the open connection and owns the transaction."""

from alembic import context

from retrieval.migrate import VERSION_TABLE
from retrieval.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSION_TABLE
)
with context.begin_transaction():
    context.run_migrations()
