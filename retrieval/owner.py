"""One process owns the embedded caches: a lock that the kernel frees when its holder dies, kill -9 too."""

import fcntl
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from retrieval.errors import StoreBusy
from retrieval.faults import translated

_FILE = "owner.lock"
_POLL_SECONDS = 0.05
_PATIENCE = 1.0  # seconds: another process may just be bringing its caches up to date


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock: process id, what it runs, and since when (UTC, ISO 8601)."""

    pid: int
    command: str
    since: str

    def __str__(self) -> str:
        return f"process {self.pid} ({self.command}), since {self.since}"


class Owner:
    """Ownership of a folder, as a context manager that may be entered again after it was left.

    >>> with Owner(folder):
    ...     index.apply(added, removed)
    """

    def __init__(self, folder: Path, wait: float = 0.0) -> None:
        self.path = folder / _FILE
        self.wait = wait
        self._handle: int | None = None

    def __enter__(self) -> Self:
        """StoreBusy, at once or after `wait` seconds, when another process owns the folder."""
        if self._handle is not None:
            raise RuntimeError("this Owner is already entered")
        with translated(str(self.path.parent), self.path.parent.parent):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Python's handles are not inherited: a parser's child must not keep the lock of a dead parent.
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            self._acquire(handle)
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Free the folder. The file stays: deleted, two processes could lock two files of one name."""
        if self._handle is not None:
            # Not by closing alone: a child that is just being started still has the handle.
            fcntl.flock(self._handle, fcntl.LOCK_UN)
            os.close(self._handle)
            self._handle = None

    def _acquire(self, handle: int) -> None:
        until = time.monotonic() + self.wait
        while not _locked(handle):
            if time.monotonic() >= until:
                raise _busy(self.path)
            time.sleep(_POLL_SECONDS)
        _sign(handle)


class Hold:
    """One process's hold on a folder, shared by its threads: one of them works in it at a time.

    `taken` is called each time the folder was not ours before.
    """

    def __init__(self, folder: Path, taken: Callable[[], None]) -> None:
        self._owner = Owner(folder)
        self._taken = taken
        self._work = threading.RLock()
        self._depth = 0

    @property
    def held(self) -> bool:
        """Whether this process owns the folder now."""
        return self._depth > 0

    @contextmanager
    def working(self, wait: bool = True) -> Iterator[None]:
        """Own the folder and be the only thread that changes it. StoreBusy: another process owns it, or,
        unless we `wait` for it, another thread is at work."""
        if not self._work.acquire(blocking=wait):
            raise _busy(self._owner.path)
        try:
            with self.kept(_PATIENCE if wait else 0.0):
                yield
        finally:
            self._work.release()

    @contextmanager
    def kept(self, patience: float = 0.0) -> Iterator[None]:
        """Own the folder while threads take turns to work in it. StoreBusy after `patience` seconds."""
        with self._work:
            self._enter(patience)
        try:
            yield
        finally:
            with self._work:
                self._leave()

    def _enter(self, patience: float) -> None:
        if self._depth == 0:
            self._owner.wait = patience
            self._owner.__enter__()
            try:
                self._taken()
            except BaseException:
                self._owner.__exit__(None, None, None)
                raise
        self._depth += 1

    def _leave(self) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._owner.__exit__(None, None, None)


def holder(folder: Path) -> Holder | None:
    """Who owns the folder now; None when nobody does. For a report: it may have changed a moment later."""
    path = folder / _FILE
    if not path.exists():
        return None
    with translated(str(folder)):
        handle = os.open(path, os.O_RDONLY)
        try:
            return None if _locked(handle, fcntl.LOCK_SH) else _read(path)
        finally:
            os.close(handle)


def _locked(handle: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(handle: int) -> None:
    since = datetime.now(UTC).isoformat(sep=" ", timespec="seconds")
    words = json.dumps(asdict(Holder(os.getpid(), _command(), since)))
    # A full disk must not keep anybody from the folder: the lock holds without a name in it.
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, words.encode(), 0)


def _command() -> str:
    # Program and subcommand only: the next word may be somebody's question.
    words = [Path(sys.argv[0]).name, *sys.argv[1:2]]
    return " ".join(word for word in words if word and not word.startswith("-")) or "python"


def _read(path: Path) -> Holder:
    try:
        words = json.loads(path.read_text())
        return Holder(int(words["pid"]), str(words["command"]), str(words["since"]))
    except (ValueError, KeyError, TypeError):
        return Holder(0, "it has not said which", "a moment ago")


def _busy(path: Path) -> StoreBusy:
    problem = f"another process owns it: {_read(path)}"
    advice = "Wait until it has finished, or stop it, and run this again; questions can be asked meanwhile"
    return StoreBusy(str(path.parent), problem, advice)
