"""Turns what a database, the disk or a damaged file raises into our StoreErrors, at one boundary."""

import errno
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from retrieval.errors import DiskFull, StoreBusy, StoreDamaged, StoreError, StoreReadOnly

_SQLITE: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_READONLY: StoreReadOnly,
    sqlite3.SQLITE_PERM: StoreReadOnly,
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_BUSY: StoreBusy,
    sqlite3.SQLITE_LOCKED: StoreBusy,
    sqlite3.SQLITE_CORRUPT: StoreDamaged,
    sqlite3.SQLITE_NOTADB: StoreDamaged,
}
# PostgreSQL's SQLSTATE codes, appendix A of its manual.
_SQLSTATE: dict[str, type[StoreError]] = {
    "25006": StoreReadOnly,
    "42501": StoreReadOnly,
    "53100": DiskFull,
    "55P03": StoreBusy,
    "40001": StoreBusy,
    "40P01": StoreBusy,
    "XX001": StoreDamaged,
    "XX002": StoreDamaged,
}
_ERRNO: dict[int, type[StoreError]] = {
    errno.ENOSPC: DiskFull,
    errno.EDQUOT: DiskFull,
    errno.EROFS: StoreReadOnly,
    errno.EACCES: StoreReadOnly,
    errno.EPERM: StoreReadOnly,
    errno.EAGAIN: StoreBusy,
}
_PROBLEM = {
    StoreReadOnly: "cannot be written",
    StoreBusy: "another process is writing to it",
    StoreDamaged: "is damaged",
    StoreError: "cannot be used",
}
_ADVICE = {
    StoreReadOnly: "Make the folder writable, or choose another data folder; reading goes on without it",
    StoreBusy: "Wait until it has finished and try again",
    StoreDamaged: "Move the file away and ingest the sources again, or restore a backup",
    DiskFull: "Free some space and run the same command again: what was finished is kept",
    StoreError: "Check that the path or URL is right and that the database is running",
}


@contextmanager
def translated(resource: str, folder: Path | None = None) -> Iterator[None]:
    """Raise foreign errors as StoreErrors about `resource`; `folder` is where free space is measured."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise fault(error, resource, folder) from error
    except ValueError as error:  # of JSON, UTF-8, or a date that SQLAlchemy cannot read
        problem = f"{_PROBLEM[StoreDamaged]} (a row cannot be read: {error})"
        raise StoreDamaged(resource, problem, _ADVICE[StoreDamaged]) from error


@contextmanager
def mapped(folder: Path, judge: Callable[[str, Path], StoreError]) -> Iterator[None]:
    """Around calls of a package that is Rust inside: its errors and panics become what `judge` makes of them.

    `judge` gets the first line of what the package said. A panic is a BaseException of a class without a
    home, so it is known by its name.
    """
    try:
        yield
    except StoreError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise judge(_first_line(error), folder) from error


def fault(error: Exception, resource: str, folder: Path | None = None) -> StoreError:
    """Our error for a foreign one, with the foreign wording kept for whoever has to look closer."""
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    kind = _kind(original)
    problem = _full(folder) if kind is DiskFull else _PROBLEM[kind]
    return kind(resource, f"{problem} ({_first_line(original)})", _ADVICE[kind])


def _kind(error: BaseException) -> type[StoreError]:
    # Extended result codes carry the primary one in their low byte (sqlite.org/rescode.html).
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & 0xFF, StoreError)
    if isinstance(error, OSError):
        return _ERRNO.get(error.errno or 0, StoreError)
    return _SQLSTATE.get(getattr(error, "sqlstate", None) or "", StoreError)


def _full(folder: Path | None) -> str:
    if folder is None:
        return "no space left"
    return f"no space left, {shutil.disk_usage(folder).free / 2**20:.1f} MiB free in {folder}"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
