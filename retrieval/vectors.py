"""Chroma: nearest passages by cosine, one collection for each visibility class. A cache of the catalogue.

A query asks the collections of the classes it was given and no others; there is no filter to forget. The
store holds ids and vectors only. Only the process that owns the folder (`retrieval.owner`) may open it: a
second reader misses the newest documents without an error (facts: chroma#3792, measured).
"""

import hashlib
import re
import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from retrieval import soundness, stamp
from retrieval.errors import DiskFull, StoreBusy, StoreDamaged, StoreError, StoreReadOnly
from retrieval.faults import mapped, translated
from retrieval.soundness import Finding, Verdict

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

Vector = NDArray[np.float32]
T = TypeVar("T")

# Measured on clustered 384-d vectors, 250 asked, recall of the true 100 / p50: 10,000 vectors .973 / 3.6 ms
# with ef_search 250 and .999 / 5.8 with 1000; 100,000: .849 / 5.6 and .956 / 10.7 (of the true 10: 1.0
# always). max_neighbors 32 and ef_construction 200 gave .960 at 100,000, but built 2.5 to 3.6 times slower.
_HNSW: "CreateHNSWConfiguration" = {
    "space": "cosine",
    "max_neighbors": 16,
    "ef_construction": 100,
    "ef_search": 1000,
}
_BATCH = 2000  # vectors a call; chromadb allows 5,461
_SURPLUS = 50  # asked beyond twice the k: Chroma may leave live records out (chroma#7758, open)
_ADVICE = "Rebuild it from the catalogue (`rebuild`); nothing has to be embedded again"


class VectorIndex:
    """The store in one folder, for one embedder. Nothing is opened, or imported, before it is needed.

    Every opening is preceded by `soundness.examine`; a store that fails it raises StoreDamaged, and
    `quarantine` then makes room for a new one, whose generation is 0.
    """

    def __init__(self, folder: Path, embedder: str, dimension: int, catalogue: str = "") -> None:
        self._folder = folder
        self._expected = stamp.fresh(embedder, dimension, catalogue)
        self._prefix = _prefix(embedder)
        self._stamp: stamp.Stamp | None = None
        self._client: Client | None = None
        self._collections: dict[str, Collection] = {}
        self._lock = threading.RLock()

    def examine(self) -> Verdict:
        """What a look at the folder says, before anything is opened; `doctor` prints it."""
        return soundness.examine(self._folder, self._expected)

    def generation(self) -> int:
        """The catalogue's generation that this store has taken up; 0 when there is no store of this kind."""
        known = self._stamp or stamp.read(self._folder)
        return known.generation if known and known.identity == self._expected.identity else 0

    def set_generation(self, generation: int) -> None:
        """Record, once `apply` has returned, how far the store has come."""
        with self._lock:
            self._open()
            self._write(replace(self._state(), generation=generation))

    def apply(self, added: Iterable[tuple[str, str, Vector]], removed: Iterable[tuple[str, str]]) -> None:
        """Drop (id, class), then take up (id, class, vector (d,)); doing it again changes nothing."""
        with self._lock:
            self._open()
            self._write(replace(self._state(), clean=False))
            for group, ids in _batches((group, id) for id, group in removed):
                self._drop(group, ids)
            for group, pairs in _batches((group, (id, vector)) for id, group, vector in added):
                self._add(group, dict(pairs))

    def search(self, query: Vector, classes: Sequence[str], k: int) -> list[tuple[str, float]]:
        """The k passages of these classes with the highest cosine to the query (d,), best first."""
        if not classes or k <= 0:
            return []
        self._open()
        found: dict[str, float] = {}
        for group in classes:
            found |= self._nearest(group, query, 2 * k + _SURPLUS)
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:k]

    def count(self, visibility_class: str) -> int:
        """How many passages the store holds of a class."""
        self._open()
        collection = self._collections.get(visibility_class)
        with _mapped(self._folder):
            return collection.count() if collection else 0

    def close(self) -> None:
        """Close the store and note how its files lie, so that the next opening need not probe it."""
        with self._lock:
            if self._client is None:
                return
            with _mapped(self._folder):
                self._client.close()
            state = self._state()
            self._client, self._collections = None, {}
            # Without room for the note the store counts as left in the middle, and is probed before it opens.
            with suppress(DiskFull, StoreReadOnly), translated(str(self._folder), self._folder):
                # Only read: checksums are as they were, and only Chroma's own note of the opening is new.
                still = stamp.touched if state.clean else stamp.closed
                self._write(still(self._folder, state))
            self._stamp = None

    def quarantine(self) -> Path | None:
        """Set a bad store aside, and return where; the next opening starts an empty one."""
        with self._lock:
            if self._client is not None:
                with _mapped(self._folder):
                    self._client.close()
            self._client, self._stamp, self._collections = None, None, {}
            with translated(str(self._folder), self._folder.parent):
                return soundness.set_aside(self._folder) if self._folder.exists() else None

    def _add(self, group: str, vectors: dict[str, Vector]) -> None:
        matrix = np.asarray(list(vectors.values()), dtype=np.float32)
        if matrix.shape[1:] != (self._expected.dimension,):
            raise ValueError(f"vectors must have {self._expected.dimension} numbers, not {matrix.shape[1:]}")
        with _mapped(self._folder):
            if group not in self._collections:
                self._collections[group] = self._make(group)
            self._collections[group].upsert(ids=list(vectors), embeddings=matrix)

    def _drop(self, group: str, ids: list[str]) -> None:
        if group in self._collections:
            with _mapped(self._folder):
                self._collections[group].delete(ids=ids)

    def _make(self, group: str) -> "Collection":
        assert self._client is not None
        name = self._prefix + group
        return self._client.get_or_create_collection(
            name, embedding_function=None, configuration={"hnsw": _HNSW}
        )

    def _nearest(self, group: str, query: Vector, k: int) -> dict[str, float]:
        collection = self._collections.get(group)
        if collection is None:
            return {}
        with _mapped(self._folder):
            found = collection.query(query_embeddings=query[np.newaxis], n_results=k, include=["distances"])
        distances = found["distances"] or [[]]
        return {id: 1.0 - distance for id, distance in zip(found["ids"][0], distances[0], strict=True)}

    def _state(self) -> stamp.Stamp:
        return self._stamp or self._expected

    def _write(self, state: stamp.Stamp) -> None:
        if state != self._stamp:
            with translated(str(self._folder), self._folder):
                stamp.write(self._folder, state)
        self._stamp = state

    def _open(self) -> None:
        # Looked at before the lock, too: a search must not wait until a long `apply` has returned.
        if self._client is not None:
            return
        with self._lock:
            if self._client is not None:
                return
            with translated(str(self._folder)):
                self._admit()
            with _mapped(self._folder):
                client = connect(self._folder)
                self._collections = {
                    name.removeprefix(self._prefix): client.get_collection(name, embedding_function=None)
                    for name in (each.name for each in client.list_collections())
                    if name.startswith(self._prefix)
                }
            self._client = client
            if self._state().clean:
                self._write(stamp.touched(self._folder, self._state()))

    def _admit(self) -> None:
        verdict = self.examine()
        if verdict.finding is Finding.OTHER:
            shutil.rmtree(self._folder)  # a cache of ours that is of no more use to anybody
        elif not verdict.sound:
            raise StoreDamaged(str(self._folder), f"{verdict.finding}: {verdict.reason}", _ADVICE)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._stamp = stamp.read(self._folder)
        if self._stamp is None:
            self._write(self._expected)


def connect(folder: Path) -> "Client":
    """Open Chroma in a folder that was found sound."""
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    return cast("Client", chromadb.PersistentClient(path=str(folder.absolute()), settings=settings))


def _prefix(embedder: str) -> str:
    # The hash, because "a/b" and "a-b" have the same slug.
    slug = re.sub(r"[^a-z0-9]+", "-", embedder.lower()).strip("-")[:80] or "embedder"
    return f"{slug}-{hashlib.sha256(embedder.encode()).hexdigest()[:8]}-"


def _batches(pairs: Iterable[tuple[str, T]]) -> Iterator[tuple[str, list[T]]]:
    """Gather (class, thing) into (class, things), at most one batch of each class in memory."""
    waiting: dict[str, list[T]] = {}
    for group, thing in pairs:
        waiting.setdefault(group, []).append(thing)
        if len(waiting[group]) == _BATCH:
            yield group, waiting.pop(group)
    yield from waiting.items()


def _mapped(folder: Path) -> AbstractContextManager[None]:
    """Around calls of Chroma."""
    return mapped(folder, _fault)


def _fault(text: str, folder: Path) -> StoreError:
    signs: tuple[tuple[str, type[StoreError], str], ...] = (
        (r"disk is full|no space left|os error 28", DiskFull, "Free some space and try again"),
        (r"readonly|read-only|permission denied", StoreReadOnly, "Make the folder writable and try again"),
        (r"database is locked", StoreBusy, "Another program has it open: stop it and try again"),
    )
    for sign, kind, advice in signs:
        if re.search(sign, text.lower()):
            free = f", {shutil.disk_usage(folder).free / 2**20:.1f} MiB free" if kind is DiskFull else ""
            return kind(str(folder), f"{text}{free}", advice)
    return StoreDamaged(str(folder), f"Chroma failed ({text})", _ADVICE)
