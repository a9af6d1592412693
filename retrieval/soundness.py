"""Whether a vector store may be opened: ours, without code in it, and able to answer. Imports no chromadb.

stamp? --> same identity? --> names no embedding function --> left clean and as it was? --> ok
                                                              left in the middle --> probe --> ok | damaged

- A Chroma store may name a Python class, with a model folder whose code then runs on add (CVE-2026-45829;
  no release has the fix), so the schema is read with plain sqlite3 first.
- A flipped bit in a segment kills the process that opens it, so a doubtful store is opened by a child.

Not detected: flipped bits in the vectors of a store whose last writer was killed (they give wrong neighbours,
which the exact scores from the catalogue then reorder); somebody who writes a false stamp on purpose.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from retrieval import stamp
from retrieval.stamp import SQLITE, Stamp

PROBE_SECONDS = 60.0
_MIB = 1 << 20
_HARMLESS = ("legacy", "unknown")  # what Chroma writes when the caller brings the vectors


class Finding(StrEnum):
    """What a look at a store's folder says."""

    OK = "ok"
    ABSENT = "absent"  # nothing there yet
    OTHER = "other"  # ours, but of another embedder, catalogue or chromadb: to be made anew
    FOREIGN = "foreign"  # not made by us, or changed by somebody: never to be opened
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding, and the reason for it, for the admin."""

    finding: Finding
    reason: str = ""

    @property
    def sound(self) -> bool:
        """Whether the store may be opened, or made."""
        return self.finding in (Finding.OK, Finding.ABSENT)


_OK = Verdict(Finding.OK)


def examine(folder: Path, expected: Stamp) -> Verdict:
    """Everything that must hold before this process opens the store; cheap when it was closed in order."""
    verdict = inspect(folder, expected)
    if verdict.finding is not Finding.OK:
        return verdict
    known = stamp.read(folder)
    if known is None or not known.clean:
        return probe(folder)
    found = stamp.survey(folder)
    changed = sorted(name for name in {*found, *known.files} if found.get(name) != known.files.get(name))
    if changed in ([], [SQLITE]):
        return probe(folder) if changed else _OK
    return Verdict(Finding.DAMAGED, f"{', '.join(changed)}: not as it was written")


def inspect(folder: Path, expected: Stamp | None = None) -> Verdict:
    """Whether a store is ours, of the expected identity, and free of code. Opens it with sqlite3 only."""
    known = stamp.read(folder)
    if not (folder / SQLITE).exists():
        return _without_database(folder, known)
    if known is None:
        return Verdict(Finding.FOREIGN, "there is no stamp of ours in it")
    if expected is not None and known.identity != expected.identity:
        return Verdict(Finding.OTHER, f"it was made for {known.embedder} by chromadb {known.chromadb}")
    try:
        functions = sorted(set(_embedding_functions(folder / SQLITE)))
    except (sqlite3.Error, ValueError, RecursionError) as error:
        return Verdict(Finding.DAMAGED, f"{SQLITE} cannot be read ({error})")
    if functions:
        return Verdict(Finding.FOREIGN, f"it names code to be run: {', '.join(functions)}")
    return _OK


def probe(folder: Path, seconds: float = PROBE_SECONDS) -> Verdict:
    """Open the store in a child process and ask it for stored vectors; whatever happens, happens there."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    limits = [str(4096 * _MIB + 4 * size), str(256 * _MIB + 4 * size), str(int(seconds) + 1)]
    command = [sys.executable, "-m", "retrieval.probe", str(folder.absolute()), *limits]
    try:
        child = subprocess.run(
            command,
            cwd=Path(__file__).parents[1],  # where this package is found, installed or not
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Verdict(Finding.DAMAGED, f"it did not answer within {seconds:.0f} s")
    return _OK if child.returncode == 0 else Verdict(Finding.DAMAGED, _last_words(child))


def set_aside(folder: Path) -> Path:
    """Rename a bad store to <name>.damaged-<n>, for whoever wants to look; only the newest one is kept."""
    older = sorted(folder.parent.glob(f"{folder.name}.damaged-*"), key=_number)
    aside = folder.with_name(f"{folder.name}.damaged-{_number(older[-1]) + 1 if older else 1}")
    folder.rename(aside)
    for each in older:
        shutil.rmtree(each)
    return aside


def _without_database(folder: Path, known: Stamp | None) -> Verdict:
    # A missing chroma.sqlite3 opens as a new, empty store, without a word.
    if known is not None and known.generation > 0:
        return Verdict(Finding.DAMAGED, f"{SQLITE} is missing")
    strangers = known is None and folder.exists() and any(folder.iterdir())
    return (
        Verdict(Finding.FOREIGN, "there are files of others in it") if strangers else Verdict(Finding.ABSENT)
    )


def _embedding_functions(database: Path) -> Iterator[str]:
    for text in _schemas(database):
        yield from _named(json.loads(text))


def _schemas(database: Path) -> Iterator[str]:
    # Not `immutable`, and not blind to a journal: what a killed writer left there is what Chroma would see.
    for mode in ("ro", "rw"):
        try:
            with closing(
                sqlite3.connect(f"{database.absolute().as_uri()}?mode={mode}", uri=True)
            ) as connection:
                rows = connection.execute("SELECT config_json_str, schema_str FROM collections").fetchall()
        except sqlite3.OperationalError:
            if mode == "rw":
                raise
        else:
            return iter([text for row in rows for text in row if text])
    return iter(())


def _named(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _named(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key == "embedding_function" and not _harmless(each):
                yield json.dumps(each)[:200]
            yield from _named(each)


def _harmless(function: object) -> bool:
    if function is None:
        return True
    return isinstance(function, dict) and set(function) == {"type"} and function["type"] in _HARMLESS


def _last_words(child: subprocess.CompletedProcess[str]) -> str:
    if child.returncode < 0:
        return f"it kills the process that opens it (signal {-child.returncode})"
    lines = child.stderr.strip().splitlines()
    return lines[-1][:300] if lines else f"the probe ended with code {child.returncode}"


def _number(path: Path) -> int:
    digits = path.name.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0
