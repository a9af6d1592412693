import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from retrieval import migrate as migration
from retrieval import tables
from retrieval.catalogue import Catalogue
from retrieval.errors import (
    StoreError,
)


def test_the_migrations_make_the_tables_of_this_release(url):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    catalogue = Catalogue(url)
    catalogue.migrate()
    with catalogue._database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": migration.VERSION_TABLE})
        assert compare_metadata(context, tables.metadata) == []
    catalogue.close()


def test_head_is_the_newest_migration():
    from alembic.script import ScriptDirectory

    folder = Path(migration.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == migration.HEAD


def test_a_database_of_a_newer_release_is_refused_by_name(catalogue, url):
    with catalogue._database.writing() as connection:
        connection.execute(sa.text(f"UPDATE {migration.VERSION_TABLE} SET version_num = '0099'"))
    again = Catalogue(url)
    with pytest.raises(StoreError, match=r"newer release \(revision 0099; this one knows 0002\)"):
        again.migrate()
    again.close()


def test_alembic_is_left_alone_when_there_is_nothing_to_do(local, path):
    code = (
        "import sys; from retrieval.catalogue import Catalogue\n"
        "c = Catalogue(sys.argv[1]); c.migrate(); c.generation()\n"
        "print([m for m in ('alembic', 'chromadb', 'tantivy', 'psycopg') if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, f"sqlite:///{path}"], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


def test_two_processes_may_migrate_at_once(url):
    catalogues = [Catalogue(url) for _ in range(4)]
    threads = [threading.Thread(target=each.migrate) for each in catalogues]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in catalogues:
        assert each.generation() == 0
        each.close()
