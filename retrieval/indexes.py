"""The caches that follow the catalogue: Tantivy, and vectors in Chroma or one by one in memory.

Reading needs no lock: exact vectors come from the catalogue, and Tantivy's readers see whole commits.
Chroma is opened only by the process that owns the folder (facts: a second reader misses the newest
documents without an error), and asked only where comparing one by one would be slower.
"""

import shutil
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from retrieval import exact
from retrieval.analysis import Question, analyse
from retrieval.bridge import Bridge, Vectors
from retrieval.catalogue import Catalogue, ChangedPassage, View
from retrieval.errors import StoreDamaged
from retrieval.lexical import Entry, LexicalIndex
from retrieval.matrices import Matrices
from retrieval.types import Passage, Source
from retrieval.vectors import VectorIndex
from retrieval.visibility import Audience

EXACT_LIMIT = 20_000  # passages; measured: numpy .2 ms at 10,000 and 5 at 100,000, Chroma 2 to 4 anywhere
_EMBED_BATCH = 256  # passages embedded between two commits


class Indexes:
    """Both caches of one library, and the rule which of the vector searches to use."""

    def __init__(
        self, home: Path, catalogue: Catalogue, bridge: Bridge, exact_limit: int = EXACT_LIMIT
    ) -> None:
        self._catalogue = catalogue
        self._bridge = bridge
        self._exact_limit = exact_limit
        self._matrices = Matrices(catalogue, bridge.name)
        identity = catalogue.identity()
        self.lexical = LexicalIndex(home / "lexical", f"{identity}:{bridge.lexicon.version}")
        self.vectors = VectorIndex(home / "vectors", bridge.name, bridge.embedder.dimension, identity)

    def behind(self) -> bool:
        """Whether a cache has not seen the catalogue's last change."""
        return self.lexical.generation() != self._catalogue.generation() or self.vectors_behind()

    def vectors_behind(self) -> bool:
        """Whether the vectors have not seen the last change; if they have, this embedder lacks none."""
        return self.vectors.generation() != self._catalogue.generation()

    def many(self) -> bool:
        """Whether there are more passages than are compared one by one: then Chroma, and owning, pays."""
        return self._catalogue.view(Audience.whole_library()).passages > self._exact_limit

    def lacking(self) -> int:
        """Passages without a vector of this embedder; counting them takes 260 ms at 100,000."""
        classes = self._catalogue.visibility_classes(Audience.whole_library())
        return self._catalogue.count(classes) - self._catalogue.count(classes, self._bridge.name)

    def disown_newer(self) -> None:
        """Drop a cache that is ahead of the catalogue: a backup was restored, and its history is another.

        Only the owner may, and must before anything changes: the catalogue would catch up with the number.
        """
        now = self._catalogue.generation()
        if self.lexical.generation() > now:
            self.lexical.forget()
        if self.vectors.generation() > now:
            self._drop_vectors()

    def follow(self) -> None:
        """Bring both caches up to the catalogue; a damaged one is made anew. Only the owner may."""
        if self.vectors_behind():
            self._embed_missing()
        now = self._catalogue.generation()
        if self.lexical.generation() != now:
            self._follow_lexical(now)
        if self.vectors.generation() != now:
            try:
                self._follow_vectors(now)
            except StoreDamaged:
                self.vectors.quarantine()
                self._follow_vectors(now)

    def rebuild(self) -> None:
        """Make both caches anew, and the vectors that this embedder lacks."""
        self.lexical.forget()
        self._drop_vectors()
        self.follow()

    def _drop_vectors(self) -> None:
        aside = self.vectors.quarantine()
        if aside:
            shutil.rmtree(aside)  # nothing is wrong with it that anybody would want to look at

    def _embed_missing(self) -> None:
        """Vectors of what another embedder, or this one with another lexicon, took in; may be interrupted."""
        waiting = self._without_vectors(self.vectors.generation())
        while batch := list(islice(waiting, _EMBED_BATCH)):
            made = self._bridge.passages([(source.title, [passage]) for passage, source in batch])
            pairs = zip(batch, made, strict=True)
            vectors = {p.id: (each.passage_vectors[0], each.sentence_vectors[0]) for (p, _), each in pairs}
            self._catalogue.store_embeddings(self._bridge.name, vectors)

    def _without_vectors(self, since: int) -> Iterator[tuple[Passage, Source]]:
        if since == 0:
            return self._catalogue.without_embedding(self._bridge.name)
        # Another embedder's ingest that was killed before its store took the place of ours.
        changed = self._catalogue.changed_passages(since, self._bridge.name)
        return ((each.passage, each.source) for each in changed if each.vector is None)

    def _follow_lexical(self, now: int) -> None:
        since = self.lexical.generation()
        removed = (passage_id for passage_id, _ in self._catalogue.tombstones(since))
        added = map(self._entry, self._catalogue.changed_passages(since))
        self.lexical.apply(added, removed, now, fresh=since == 0)

    def _follow_vectors(self, now: int) -> None:
        since = self.vectors.generation()
        self.vectors.apply(self._embedded(since), self._catalogue.tombstones(since))
        self.vectors.set_generation(now)

    def _embedded(self, since: int) -> Iterator[tuple[str, str, Vectors]]:
        for each in self._catalogue.changed_passages(since, self._bridge.name):
            if each.vector is not None:
                yield each.passage.id, each.visibility_class, each.vector

    def _entry(self, changed: ChangedPassage) -> Entry:
        passage, source = changed.passage, changed.source
        text = "\n".join([source.title, source.publisher, *passage.headings, passage.text])
        return Entry(
            passage.id,
            changed.visibility_class,
            passage.language,
            analyse(text, passage.language, self._bridge.lexicon),
        )

    def nearest(self, vector: Vectors, view: View, k: int, owner: bool) -> list[tuple[str, float]]:
        """The k passages with the highest cosine in the view: one by one, or by Chroma if there are many."""
        many = owner and view.passages > self._exact_limit
        approximate = self._by_chroma(vector, view, k) if many else None
        if approximate is not None:
            return approximate
        matrices = [self._matrices.of(each, view.generation) for each in view.classes]
        found = [pair for each in matrices for pair in exact.top(vector, each.ids, each.vectors, k)]
        return sorted(found, key=lambda pair: -pair[1])[:k]

    def _by_chroma(self, vector: Vectors, view: View, k: int) -> list[tuple[str, float]] | None:
        """What Chroma finds; None when it is behind or damaged: then it is set aside for `follow`."""
        if self.vectors.generation() != view.generation:
            return None
        try:
            return self.vectors.search(vector, view.classes, k)
        except StoreDamaged:
            self.vectors.quarantine()
            return None

    def cosines(self, vector: Vectors, ids: Sequence[str], view: View) -> dict[str, float]:
        """The cosine of passages to a vector, by id; from memory where they are compared one by one."""
        held = [known for each in view.classes if (known := self._matrices.known(each, view.generation))]
        rows = {id: each.vectors[each.rows[id]] for each in held for id in ids if id in each.rows}
        missing = [id for id in ids if id not in rows]
        if missing:
            rows |= self._catalogue.passage_vectors(missing, self._bridge.name)
        if not rows:
            return {}
        return dict(zip(rows, exact.products(np.stack(list(rows.values())), vector).tolist(), strict=True))

    def refresh(self) -> None:
        """Take up what changed in the catalogue, so that no question has to wait for it."""
        self._matrices.refresh(self._catalogue.generation())

    def matching(self, question: Question, classes: Sequence[str], k: int) -> list[tuple[str, float]]:
        """The k passages with the highest BM25 score among the classes."""
        return self.lexical.search(question, classes, k)

    def self_check(self, sample: int, owner: bool) -> int:
        """Of the first `sample` passages, how many are not among the nearest to their own vector."""
        view = self._catalogue.view(Audience.whole_library())
        matrices = (self._matrices.of(each, view.generation) for each in view.classes)
        held = (pair for each in matrices for pair in zip(each.ids, each.vectors, strict=True))
        probes = islice(held, sample)
        return sum(key not in dict(self.nearest(vector, view, 10, owner)) for key, vector in probes)

    def close(self) -> None:
        """Let go of files and threads."""
        self.lexical.close()
        self.vectors.close()
