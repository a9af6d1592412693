import sqlite3

import pytest
import sqlalchemy as sa

from retrieval.errors import (
    DiskFull,
    NotFound,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreReadOnly,
)
from retrieval.faults import fault, translated


def _sqlite_error(code):
    error = sqlite3.OperationalError("no luck")
    error.sqlite_errorcode = code
    return sa.exc.OperationalError("SELECT", {}, error)


def _postgres_error(state):
    error = Exception("no luck")  # psycopg's errors carry the code in this attribute
    error.sqlstate = state
    return sa.exc.OperationalError("SELECT", {}, error)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (_sqlite_error(sqlite3.SQLITE_READONLY_DBMOVED), StoreReadOnly),
        (_sqlite_error(sqlite3.SQLITE_FULL), DiskFull),
        (_sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT), StoreBusy),
        (_sqlite_error(sqlite3.SQLITE_CORRUPT_INDEX), StoreDamaged),
        (_sqlite_error(sqlite3.SQLITE_NOTADB), StoreDamaged),
        (_sqlite_error(sqlite3.SQLITE_CANTOPEN), StoreError),
        (_postgres_error("53100"), DiskFull),
        (_postgres_error("25006"), StoreReadOnly),
        (_postgres_error("40P01"), StoreBusy),
        (_postgres_error("XX001"), StoreDamaged),
        (_postgres_error("08006"), StoreError),
        (OSError(28, "No space left on device"), DiskFull),
        (PermissionError(13, "Permission denied"), StoreReadOnly),
        (sa.exc.InvalidRequestError("odd"), StoreError),
    ],
)
def test_every_foreign_error_becomes_one_of_ours(error, kind, tmp_path):
    found = fault(error, "catalogue.db", tmp_path)
    assert type(found) is kind
    assert found.resource == "catalogue.db"
    assert found.advice


def test_our_own_errors_pass_through():
    with pytest.raises(NotFound), translated("catalogue.db"):
        raise NotFound("a", "b")
