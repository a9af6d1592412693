"""From a path to bytes: regular files inside the allowed roots, of bounded size, that hold still."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from retrieval.errors import ChangedWhileRead, NotFound, Refused
from retrieval.formats.clean import clean
from retrieval.formats.sniff import media_type
from retrieval.types import Fetched

MAX_BYTES = 32 * 1024 * 1024
ATTACHMENT = "attachment:"  # how the uri of a file begins that came with a question
_FILE = "file://"
_LONGEST_NAME = 200  # characters
_SUFFIXES = {"text/markdown": ".md", "text/html": ".html"}  # of a name that has none
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def fetch(uri_or_path: str, roots: Sequence[Path] = (), limit: int = MAX_BYTES) -> Fetched:
    """Read one local file of at most `limit` bytes; with `roots`, only from inside one of them.

    The uri is the file's real place, so that two ways to a file are one document. Raises NotFound,
    Refused (not a file, outside the roots, empty, too large, no rights, unsupported type) and
    ChangedWhileRead.
    """
    path = confine(uri_or_path, roots)
    data = _read_at_rest(path, uri_or_path, limit)
    uri = _FILE + path.as_posix()
    return Fetched(uri, data, media_type(path.name, data, uri), hashlib.sha256(data).hexdigest())


def received(data: bytes, name: str, kind: str, limit: int = MAX_BYTES) -> Fetched:
    """Bytes that came with a question, under the uri "attachment:NAME". Raises Refused.

    `kind` is the media type that the sender gave: it counts only where neither content nor name tells.
    """
    plain = " ".join(clean(PurePosixPath(name.replace("\\", "/")).name)[0].split())[:_LONGEST_NAME] or "file"
    uri = ATTACHMENT + plain
    _check_size(len(data), uri, limit)
    told = _SUFFIXES.get(kind.partition(";")[0].strip().lower(), "")
    named = plain if PurePosixPath(plain).suffix else plain + told
    return Fetched(uri, data, media_type(named, data, uri), hashlib.sha256(data).hexdigest())


def confine(uri_or_path: str, roots: Sequence[Path]) -> Path:
    """The file's real place. Raises Refused when that is outside all of the roots, if any; NotFound."""
    path = _real_path(uri_or_path)
    if not roots or any(path.is_relative_to(root.resolve()) for root in roots):
        return path
    if Path(uri_or_path.removeprefix(_FILE)).is_symlink():
        advice = f"Name the {'folder' if _is_folder(path) else 'file'} itself to take it in"
        raise Refused(uri_or_path, "is a link that leads out of the folder", advice)
    allowed = ", ".join(map(str, roots))
    raise Refused(uri_or_path, "lies outside the folders that may be read", f"Allowed: {allowed}")


def uri_of(uri_or_path: str) -> str:
    """The uri that `fetch` gives to this file, also when it no longer exists."""
    return _FILE + Path(uri_or_path.removeprefix(_FILE)).resolve().as_posix()


def expand(paths: Sequence[str]) -> Iterator[str]:
    """The files that are meant: files as they are, folders as the files below them, sorted.

    Hidden files and folders below a folder are left out. Links are not followed into folders: such a
    link comes out by itself, for `fetch` to refuse. A path that does not exist comes out too.
    """
    for given in paths:
        path = Path(given.removeprefix(_FILE))
        if not _is_folder(path):
            yield given
        else:
            yield from map(str, _below(path))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _below(folder: Path) -> Iterator[Path]:
    """Files under a folder in order; a folder that may not be listed comes out itself, to be refused."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        yield folder
        return
    for entry in entries:
        if entry.name.startswith(".") and not entry.name.startswith(".."):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _below(entry)
        else:
            yield entry


def _real_path(given: str) -> Path:
    """Resolve links and "..", so that what is checked is what is read."""
    if _SCHEME.match(given) and not given.startswith(_FILE):
        raise Refused(given, "is no local file", "Save the page or document and ingest the saved file")
    try:
        path = Path(given.removeprefix(_FILE)).resolve(strict=True)
        path.as_posix().encode()
    except UnicodeEncodeError:
        raise Refused(ascii(given), "has a name that is not valid UTF-8", "Rename the file") from None
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise NotFound(given, "no such file", "Check the path") from None
    except PermissionError:
        raise _unreadable(given) from None
    except (OSError, RuntimeError) as error:  # a loop of links, a name that is too long
        raise NotFound(given, f"cannot be reached: {error}", "Check the path") from None
    return path


def _read_at_rest(path: Path, given: str, limit: int) -> bytes:
    """Read twice at most: a file that changes during both is still being written."""
    for _ in range(2):
        data = _read(path, given, limit)
        if data is not None:
            return data
    raise ChangedWhileRead(given, "changed while it was read", "Ingest it again when it is complete")


def _read(path: Path, given: str, limit: int) -> bytes | None:
    """The bytes, or None if the file was not the same before and after."""
    try:
        before = path.stat()
        _check(before, given, limit)
        # O_NONBLOCK: a FIFO put in the file's place since then must not make us wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            opened = os.fstat(file.fileno())
            _check(opened, given, limit)
            data = file.read(limit + 1)
            after = os.fstat(file.fileno())
        same = _mark(before) == _mark(opened) == _mark(after) == _mark(path.stat())
    except FileNotFoundError:
        raise NotFound(given, "no such file", "Check the path") from None
    except PermissionError:
        raise _unreadable(given) from None
    except OSError as error:
        raise Refused(given, f"cannot be read: {error.strerror}", "Check the file and its disk") from None
    return data if same and len(data) == after.st_size and path.resolve() == path else None


def _check(status: os.stat_result, given: str, limit: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        advice = "Name the folder itself, not a link to it, to take in its files"
        raise Refused(given, "is a folder", advice)
    if not stat.S_ISREG(status.st_mode):
        raise Refused(given, "is no regular file (a device, pipe or socket)", "Name a document")
    _check_size(status.st_size, given, limit)


def _check_size(size: int, given: str, limit: int) -> None:
    if size > limit:
        problem = f"has {size:,} bytes; the limit is {limit:,} ({limit // 2**20} MiB)"
        raise Refused(given, problem, "Split it into parts")
    if size == 0:
        raise Refused(given, "is empty", "Fill it or leave it out")


def _mark(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ino


def _unreadable(given: str) -> Refused:
    advice = "Give the account that runs this the right to read it, for example with chmod +r"
    return Refused(given, "may not be read: permission denied", advice)
