"""Brings a database to this release's tables, and refuses one that a newer release has written."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from retrieval.database import Database
from retrieval.errors import StoreError, StoreReadOnly

HEAD = "0002"  # the newest file in migrations/versions; a test compares the two
VERSION_TABLE = "catalogue_version"  # not Alembic's usual name: the database may be shared
_LOCK = 0x5374726174  # any number of our own: PostgreSQL's advisory lock for "somebody is migrating"


@dataclass(frozen=True, slots=True)
class Schema:
    """A set of tables: its migrations, the newest of them, and the table that says which were applied."""

    folder: Path
    head: str
    version_table: str
    anew: str  # the advice where a newer release has been at work: how to start anew


CATALOGUE = Schema(
    Path(__file__).parent / "migrations",
    HEAD,
    VERSION_TABLE,
    "start a new catalogue and ingest the sources again",
)


def migrate(database: Database, schema: Schema = CATALOGUE) -> None:
    """Do nothing, and import no Alembic, when the tables are already this release's (measured: 1 ms)."""
    with database.reading() as connection:
        revision = _stored(connection, schema)
    if revision == schema.head:
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
        _upgrade(connection, database.resource, schema)


def _stored(connection: Connection, schema: Schema) -> str | None:
    if not inspect(connection).has_table(schema.version_table):
        return None
    return connection.execute(text(f"SELECT version_num FROM {schema.version_table}")).scalar()  # noqa: S608


def _upgrade(connection: Connection, resource: str, schema: Schema) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(schema.folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    revision = _stored(connection, schema)
    if revision is not None and revision not in known:
        problem = f"was written by a newer release (revision {revision}; this one knows {schema.head})"
        raise StoreError(resource, problem, f"Install that release, or {schema.anew}")
    command.upgrade(config, schema.head)
