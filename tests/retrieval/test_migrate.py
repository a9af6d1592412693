import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sample_documents import ALL, document, embedded, passages

from retrieval import migrate as migration
from retrieval import tables
from retrieval.catalogue import Catalogue
from retrieval.changes import Change, decide, fingerprint
from retrieval.embeddings import store
from retrieval.errors import StoreError
from retrieval.rows import document_values, passage_values


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


def test_a_catalogue_of_the_first_release_keeps_its_documents(url):
    from alembic import command
    from alembic.config import Config

    old = Catalogue(url)
    with old._database.writing() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
        config.set_main_option("path_separator", "os")
        command.upgrade(config, "0001")
        values = document_values(document(), 1, 2, datetime(2026, 1, 1, tzinfo=UTC))
        del values["regions"]
        connection.execute(sa.insert(tables.documents).values(values))
        for passage in passages():
            row = {**passage_values(passage), "generation": 1}
            connection.execute(sa.insert(tables.passages).values(row))
        store(connection, "minilm", embedded(2).by_id([each.id for each in passages()]))
    old.migrate()
    [source] = old.sources(ALL)
    assert (source.title, source.vendors, source.regions) == ("d1", ("openai", "microsoft"), ())
    kept = old.passages([each.id for each in passages()], ALL)
    assert [passage for passage, _ in kept.values()] == passages()
    assert len(old.vectors("employees", "minilm")[0]) == 2
    assert decide(fingerprint(document()), old.known(document().uri).fingerprint) is Change.UNCHANGED
    old.close()
