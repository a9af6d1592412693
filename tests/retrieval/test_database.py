import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from sample_documents import ALL, EMPLOYEE, document, put

from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.errors import (
    DiskFull,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreReadOnly,
)


def test_reading_goes_on_where_nothing_can_be_written(local, path):
    put(local)
    local.close()
    reader = Catalogue(f"sqlite:///{path}", read_only=True)
    reader.migrate()
    assert len(reader.passages(["d1-Three"], EMPLOYEE)) == 1
    for write in (put, lambda c: c.remove("d1"), lambda c: c.mark_gone(["d1"])):
        with pytest.raises(StoreReadOnly, match="reading only"):
            write(reader)
    reader.close()


def _protect(folder):
    folder.chmod(0o555)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write everywhere (root)")


def test_a_folder_that_cannot_be_written_is_read_unasked(local, path):
    put(local)
    local.close()
    path.chmod(0o444)
    _protect(path.parent)
    code = (
        "import sys; from retrieval.catalogue import Catalogue; from retrieval.visibility import Audience\n"
        "c = Catalogue(sys.argv[1]); c.migrate()\n"
        "print(c.read_only, len(c.sources(Audience.whole_library())))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, f"sqlite:///{path}"], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "True 1"


def test_an_empty_folder_that_cannot_be_written_says_so(path):
    _protect(path.parent)
    with pytest.raises(StoreReadOnly):
        Catalogue(f"sqlite:///{path}")


def test_a_read_only_catalogue_must_exist(path):
    with pytest.raises(StoreError, match="no catalogue yet"):
        Catalogue(f"sqlite:///{path}", read_only=True)


def test_an_older_catalogue_cannot_be_updated_read_only(path):
    sqlite3.connect(path).close()
    path.touch()
    reader = Catalogue(f"sqlite:///{path}", read_only=True)
    with pytest.raises(StoreReadOnly, match="earlier release"):
        reader.migrate()
    reader.close()


@pytest.mark.parametrize("url", ["nonsense", "sqlite://", "oracle2://x/y", "sqlite:///:memory:"])
def test_a_url_that_cannot_be_used_says_how_it_should_look(url):
    with pytest.raises(StoreError):
        Catalogue(url)


def test_a_password_is_in_no_message():
    database = Database("postgresql://ann:geheim@127.0.0.1:1/none")
    with pytest.raises(StoreError) as error, database.reading():
        pass
    assert "geheim" not in str(error.value)
    database.close()


def test_a_damaged_file_is_named(path):
    path.write_bytes(b"This is no database. " * 1000)
    catalogue = Catalogue(f"sqlite:///{path}")
    with pytest.raises(StoreDamaged, match=r"catalogue\.db"):
        catalogue.migrate()
    catalogue.close()


def test_flipped_pages_are_damage_not_nonsense(local, path):
    for number in range(40):
        put(local, f"d{number}")
    local.close()
    data = bytearray(path.read_bytes())
    data[4096 : len(data)] = bytes(255 - byte for byte in data[4096:])
    path.write_bytes(data)
    catalogue = Catalogue(f"sqlite:///{path}")
    with pytest.raises(StoreDamaged):
        catalogue.known(document().uri)
    catalogue.close()


def test_a_writer_that_does_not_let_go_is_reported(local, path):
    local._database._engine.dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with local._database._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=50")
        with pytest.raises(StoreBusy, match="another process is writing"):
            put(local)
        assert local.generation() == 0


def test_a_full_disk_names_what_is_free_and_loses_nothing(local, path):
    put(local)
    with local._database._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(DiskFull, match=r"[\d.]+ MiB free"):
        put(local, "d2", texts=[f"{number:05d} " + "words " * 500 for number in range(50)])
    assert [each.id for each in local.sources(ALL)] == ["d1"]
    assert local.generation() == 1


def test_a_row_that_is_no_json_is_damage(local, path):
    put(local)
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE passages SET sentences = '[[0,'")
        database.commit()
    with pytest.raises(StoreDamaged):
        local.passages(["d1-Three"], ALL)
