"""Chroma: nearest passages by cosine, one collection for each visibility class. A cache of the catalogue.

A query asks the collections of the classes it was given and no others; there is no filter to forget. The
store holds ids and vectors only. Only the process that owns the folder (`retrieval.owner`) may open it: a
second reader misses the newest documents without an error (facts: chroma#3792, measured).
"""

import hashlib
import re
import resource
import shutil
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrieval import soundness, stamp
from retrieval.errors import DiskFull, StoreDamaged, StoreError, StoreReadOnly
from retrieval.faults import translated
from retrieval.soundness import Finding, Verdict

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

Vector = NDArray[np.float32]

# Measured on clustered 384-d vectors, 250 asked, recall of the true 100 / p50: 10,000 vectors .973 / 3.6 ms
# with ef_search 250 and .999 / 5.8 with 1000; 100,000: .849 / 5.6 and .956 / 10.7 (of the true 10: 1.0
# always). max_neighbors 32 and ef_construction 200 gave .960 at 100,000, but built 2.5 to 3.6 times slower.
_HNSW = {"space": "cosine", "max_neighbors": 16, "ef_construction": 100, "ef_search": 1000}
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
        self._client: ClientAPI | None = None
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
        with self._lock, self._mapped():
            self._open()
            self._write(replace(self._state(), generation=generation))

    def apply(
        self, added: Iterable[tuple[str, str, Vector]], removed: Iterable[tuple[str, str]]
    ) -> None:
        """Drop (id, class), then take up (id, class, vector (d,)); doing it again changes nothing."""
        with self._lock, self._mapped():
            self._open()
            self._write(replace(self._state(), clean=False))
            for group, ids in _grouped(((group, id) for id, group in removed)):
                if group in self._collections:
                    self._collections[group].delete(ids=ids)
            for group, pairs in _grouped(((group, (id, vector)) for id, group, vector in added)):
                self._add(group, dict(pairs))

    def search(self, query: Vector, classes: Sequence[str], k: int) -> list[tuple[str, float]]:
        """The k passages of these classes with the highest cosine to the query (d,), best first."""
        if not classes or k <= 0:
            return []
        with self._mapped():
            self._open()
            found: dict[str, float] = {}
            for group in classes:
                found |= self._nearest(group, query, 2 * k + _SURPLUS)
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:k]

    def count(self, visibility_class: str) -> int:
        """How many passages the store holds of a class."""
        with self._mapped():
            self._open()
            collection = self._collections.get(visibility_class)
            return collection.count() if collection else 0

    def close(self) -> None:
        """Close the store and note how its files lie, so that the next opening need not probe it."""
        with self._lock:
            if self._client is None:
                return
            with self._mapped():
                self._client.close()
                self._client, self._collections = None, {}
                state, self._stamp = self._state(), None
                self._write(stamp.closed(self._folder, state))
                self._stamp = None

    def quarantine(self) -> Path | None:
        """Set a bad store aside, and return where; the next opening starts an empty one."""
        with self._lock, translated(str(self._folder), self._folder.parent):
            if self._client is not None:
                self._client.close()
            self._client, self._stamp, self._collections = None, None, {}
            return soundness.set_aside(self._folder) if self._folder.exists() else None

    def _add(self, group: str, vectors: dict[str, Vector]) -> None:
        matrix = np.asarray(list(vectors.values()), dtype=np.float32)
        if matrix.shape[1:] != (self._expected.dimension,):
            raise ValueError(f"vectors of {self._expected.dimension} numbers are needed, not {matrix.shape[1:]}")
        if group not in self._collections:
            self._collections[group] = self._make(group)
        self._collections[group].upsert(ids=list(vectors), embeddings=matrix)

    def _make(self, group: str) -> "Collection":
        assert self._client is not None
        name, hnsw = self._prefix + group, dict(_HNSW)
        return self._client.get_or_create_collection(
            name, embedding_function=None, configuration={"hnsw": hnsw}  # type: ignore[typeddict-item]
        )

    def _nearest(self, group: str, query: Vector, k: int) -> dict[str, float]:
        collection = self._collections.get(group)
        if collection is None:
            return {}
        found = collection.query(query_embeddings=[query], n_results=k, include=["distances"])
        distances = found["distances"] or [[]]
        return {id: 1.0 - distance for id, distance in zip(found["ids"][0], distances[0], strict=True)}

    def _state(self) -> stamp.Stamp:
        return self._stamp or self._expected

    def _write(self, state: stamp.Stamp) -> None:
        if state != self._stamp:
            stamp.write(self._folder, state)
        self._stamp = state

    def _open(self) -> None:
        with self._lock:
            if self._client is not None:
                return
            self._admit()
            self._client = connect(self._folder)
            names = [each.name for each in self._client.list_collections()]
            mine = [name for name in names if name.startswith(self._prefix)]
            self._collections = {
                name.removeprefix(self._prefix): self._client.get_collection(name, embedding_function=None)
                for name in mine
            }
            if self._state().clean:
                self._write(stamp.touched(self._folder, self._state()))

    def _admit(self) -> None:
        verdict = self.examine()
        if verdict.finding is Finding.OTHER:
            shutil.rmtree(self._folder)  # a cache of ours that nobody has a use for
        elif not verdict.sound:
            raise StoreDamaged(str(self._folder), f"{verdict.finding}: {verdict.reason}", _ADVICE)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._stamp = stamp.read(self._folder)
        if self._stamp is None:
            self._write(self._expected)

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        with translated(str(self._folder), self._folder.parent):
            try:
                yield
            except (StoreError, ValueError, OSError):
                raise
            except BaseException as error:
                if not _of_chroma(error):
                    raise
                raise _fault(error, self._folder) from error


def connect(folder: Path) -> "ClientAPI":
    """Open Chroma in a folder that was found sound."""
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    return chromadb.PersistentClient(path=str(folder.absolute()), settings=settings)
