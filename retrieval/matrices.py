"""The vectors of each visibility class in memory, following the catalogue."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from retrieval.bridge import Vectors
from retrieval.catalogue import Catalogue

_FEW = 500  # changed passages that are put in place one by one; for more, all are read again


@dataclass(frozen=True, slots=True)
class Matrix:
    """The passages of one class as the catalogue held them at a generation: `vectors[rows[id]]`."""

    generation: int
    ids: tuple[str, ...]
    vectors: Vectors
    rows: dict[str, int] = field(repr=False)

    @classmethod
    def of(cls, generation: int, ids: Sequence[str], vectors: Vectors) -> "Matrix":
        """A matrix whose rows are in the order of the ids."""
        return cls(generation, tuple(ids), vectors, {id: row for row, id in enumerate(ids)})

    def without(self, ids: set[str]) -> tuple[list[str], Vectors]:
        """What is left when some passages are taken out."""
        kept = [row for row, id in enumerate(self.ids) if id not in ids]
        return [self.ids[row] for row in kept], self.vectors[kept]


class Matrices:
    """One matrix a class, read when it is first asked for. Safe across threads."""

    def __init__(self, catalogue: Catalogue, embedder: str) -> None:
        self._catalogue = catalogue
        self._embedder = embedder
        self._known: dict[str, Matrix] = {}
        self._lock = threading.Lock()

    def of(self, visibility_class: str, generation: int) -> Matrix:
        """The matrix of a class, not older than the catalogue's generation that is asked for."""
        known = self._known.get(visibility_class)
        if known is not None and known.generation == generation:
            return known
        with self._lock:  # one thread reads, the others wait for what it read
            known = self._known.get(visibility_class)
            if known is None or known.generation != generation:
                known = self._known[visibility_class] = self._read(visibility_class, known, generation)
            return known

    def known(self, visibility_class: str, generation: int) -> Matrix | None:
        """The matrix of a class if it is in memory and as the catalogue was at that generation."""
        found = self._known.get(visibility_class)
        return found if found and found.generation == generation else None

    def refresh(self, generation: int) -> None:
        """Bring up to date what was ever asked for."""
        for each in list(self._known):
            self.of(each, generation)

    def _read(self, group: str, known: Matrix | None, generation: int) -> Matrix:
        if known is not None and known.generation < generation:
            changed = self._changed(known, group)
            if changed is not None:
                return Matrix.of(generation, *changed)
        return Matrix.of(generation, *self._catalogue.vectors(group, self._embedder))

    def _changed(self, known: Matrix, group: str) -> tuple[list[str], Vectors] | None:
        """The ids and vectors after a few changes, without reading the rest again; None when there are many.

        As the other caches do: drop what left a tombstone, then take up what changed. What is committed
        between the two reads has a later generation than the one asked for, and is looked at again.
        """
        removed = {id for id, left in self._catalogue.tombstones(known.generation) if left == group}
        changes = self._catalogue.changed_passages(known.generation, self._embedder)
        changed = list(islice(changes, _FEW + 1))
        if len(changed) + len(removed) > _FEW:
            return None
        added = {
            each.passage.id: each.vector
            for each in changed
            if each.visibility_class == group and each.vector is not None
        }
        ids, vectors = known.without(removed | {each.passage.id for each in changed})
        parts = ([vectors] if ids else []) + ([np.stack(list(added.values()))] if added else [])
        return [*ids, *added], np.concatenate(parts) if parts else vectors[:0]
