import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import state as package
from bot.errors import StateError
from bot.state import State, store, tables

OPEN = "import sys; from bot.state import State; s = State.open(sys.argv[1]); s.engage('C1', '1'); s.close()"


def test_the_migrations_make_the_tables_of_this_release(state):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with state._store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": store.SCHEMA.version_table})
        assert compare_metadata(context, tables.metadata) == []


def test_head_is_the_newest_migration():
    from alembic.script import ScriptDirectory

    folder = Path(package.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == store.HEAD


def test_processes_that_start_first_together_do_not_collide(state_url):
    code = [sys.executable, "-c", OPEN, state_url]
    started = [subprocess.Popen(code, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [(each.communicate(timeout=60)[1], each.returncode) for each in started] == [("", 0)] * 3


def test_a_state_of_a_newer_release_is_refused_by_name(state, state_url):
    with state._store.writing() as connection:
        connection.execute(sa.text(f"UPDATE {store.SCHEMA.version_table} SET version_num = '0099'"))
    with pytest.raises(StateError, match=r"newer release \(revision 0099; this one knows 0002\)") as error:
        State.open(state_url)
    assert "new one is begun" in error.value.advice


def test_a_state_of_an_earlier_release_is_brought_up_to_date_with_all_that_it_holds(state, state_url):
    state.engage("C1", "1")
    with state._store.writing() as connection:
        for table in (tables.drafts, tables.withdrawals):
            table.drop(connection)
        connection.execute(sa.text(f"UPDATE {store.SCHEMA.version_table} SET version_num = '0001'"))
    later = State.open(state_url)
    assert later.engaged("C1", "1")
    assert later.withdraw("C1", "1", "stopped", "2.0") == "2.0"
    later.close()


def test_it_may_lie_in_the_catalogues_database(state, state_url):
    from retrieval.catalogue import Catalogue

    catalogue = Catalogue(state_url)
    catalogue.migrate()
    assert catalogue.generation() == 0
    catalogue.close()
    State.open(state_url).close()


def test_many_threads_write_and_none_is_refused(state):
    with ThreadPoolExecutor(16) as pool:
        counts = list(pool.map(lambda n: state.counted("U1", datetime(2026, 11, 22), str(n)), range(96)))
    assert sorted(counts) == list(range(1, 97))


def _protect(folder):
    folder.chmod(0o555)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write everywhere (root)")


def test_a_folder_that_cannot_be_written_is_named_with_advice(local, path):
    local.close()
    path.chmod(0o444)
    _protect(path.parent)
    with pytest.raises(StateError, match=r"state\.db.*cannot be written.*Make the data folder writable"):
        State.open(f"sqlite:///{path}")


def test_a_full_disk_is_named_and_nothing_is_lost(local):
    local.engage("C1", "1")
    with local._store._database._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 1}")
    with pytest.raises(StateError, match=r"no space left.*Free some space"):
        local.audit("U1", "remove", "x" * 100_000)
    assert local.engaged("C1", "1")
    assert local.audits() == ()


def test_a_writer_that_does_not_let_go_is_reported(local, path):
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with local._store._database._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=50")
        with pytest.raises(StateError, match="another process is writing to it"):
            local.engage("C1", "1")


def test_a_damaged_file_is_named(path):
    path.write_bytes(b"This is no database. " * 1000)
    with pytest.raises(StateError, match=r"state\.db.*Restore a backup"):
        State.open(f"sqlite:///{path}")


@pytest.mark.parametrize("url", ["nonsense", "sqlite://", "oracle2://x/y", "sqlite:///:memory:"])
def test_a_url_that_cannot_be_used_says_how_it_should_look(url):
    with pytest.raises(StateError):
        State.open(url)


def test_a_server_that_is_away_is_named_without_its_password():
    pytest.importorskip("psycopg", reason="PostgreSQL: the driver is not installed")
    with pytest.raises(StateError, match=r"127\.0\.0\.1.*that the database is running") as error:
        State.open("postgresql://ann:geheim@127.0.0.1:1/none")
    assert "geheim" not in str(error.value)


def test_texts_that_a_database_refuses_are_kept_readable(state):
    state.audit("U1", "add", "half \ud800 and nul \0 and ä")
    [entry] = state.audits()
    assert entry.subject == "half ? and nul \ufffd and ä"
    assert state.verify().broken is None


def test_what_the_driver_refuses_is_a_state_error(state):
    if state._store.dialect == "sqlite":
        pytest.skip("SQLite takes it")
    with pytest.raises(StateError):
        state.engage("C\0", "1")


def test_moments_sort_as_time_does():
    zone = timezone(timedelta(hours=2))
    moments = [datetime(2026, 11, 22, 1, tzinfo=zone), datetime(2026, 11, 22, 0, 30, tzinfo=UTC)]
    texts = [store.written(each) for each in moments]
    assert texts == sorted(texts)
    assert [store.read(each) for each in texts] == moments


def test_nothing_is_left_open(state_url):
    before = threading.active_count()
    made = State.open(state_url)
    made.engage("C1", "1")
    made.close()
    assert threading.active_count() == before
