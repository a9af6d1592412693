"""Brings a catalogue to this release's tables, and refuses one that a newer release has written."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from retrieval.database import Database
from retrieval.errors import StoreError, StoreReadOnly

HEAD = "0001"  # the newest file in migrations/versions; a test compares the two
VERSION_TABLE = "catalogue_version"  # not Alembic's usual name: the database may be shared
_LOCK = 0x5374726174  # any number of our own: PostgreSQL's advisory lock for "somebody is migrating"


def migrate(database: Database) -> None:
    """Do nothing, and import no Alembic, when the tables are already this release's (measured: 1 ms)."""
    with database.reading() as connection:
        revision = _stored(connection)
    if revision == HEAD:
        return
    if database.read_only:
        raise StoreReadOnly(
            database.resource,
            "was made by an earlier release and cannot be brought up to date here",
            "Make the data folder writable once and try again",
        )
    with database.writing() as connection:
        if database.dialect == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        _upgrade(connection, database.resource)


def _stored(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608


def _upgrade(connection: Connection, resource: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    revision = _stored(connection)
    if revision is not None and revision not in known:
        problem = f"was written by a newer release (revision {revision}; this one knows {HEAD})"
        advice = "Install that release, or start a new catalogue and ingest the sources again"
        raise StoreError(resource, problem, advice)
    command.upgrade(config, HEAD)
