"""The caches that follow the catalogue: Tantivy, and vectors in Chroma or one by one in memory.

Reading needs no lock: exact vectors come from the catalogue, and Tantivy's readers see whole commits.
Chroma is opened only by the process that owns the folder (facts: a second reader misses the newest
documents without an error), and asked only where comparing one by one would be slower.
"""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from retrieval import exact
from retrieval.analysis import Question, analyse
from retrieval.bridge import Bridge, Vectors
from retrieval.catalogue import Catalogue, ChangedPassage
from retrieval.errors import StoreDamaged
from retrieval.lexical import Entry, LexicalIndex
from retrieval.vectors import VectorIndex
from retrieval.visibility import Audience

EXACT_LIMIT = 20_000  # passages; measured: numpy .2 ms at 10,000 and 5 at 100,000, Chroma 2 to 4 anywhere


class Indexes:
    """Both caches of one library, and the rule which of the vector searches to use."""

    def __init__(
        self, home: Path, catalogue: Catalogue, bridge: Bridge, exact_limit: int = EXACT_LIMIT
    ) -> None:
        self._catalogue = catalogue
        self._bridge = bridge
        self._exact_limit = exact_limit
        self._matrices: dict[str, tuple[int, list[str], Vectors]] = {}
        self._home = home
        self._analysis = f"{catalogue.identity()}:{bridge.lexicon.version}"
        self.lexical = self._open_lexical()
        self.vectors = VectorIndex(
            home / "vectors", bridge.name, bridge.embedder.dimension, catalogue.identity()
        )

    def _open_lexical(self) -> LexicalIndex:
        folder = self._home / "lexical"
        try:
            return LexicalIndex(folder, self._analysis)
        except StoreDamaged:
            shutil.rmtree(folder)  # a cache: what was in it is in the catalogue
            return LexicalIndex(folder, self._analysis)

    def behind(self) -> bool:
        """Whether a cache has not seen the catalogue's last change."""
        now = self._catalogue.generation()
        return self.lexical.generation() != now or self.vectors.generation() != now

    def follow(self) -> None:
        """Bring both caches up to the catalogue; a damaged one is made anew. Only the owner may."""
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
        """Make both caches anew."""
        shutil.rmtree(self._home / "lexical", ignore_errors=True)
        self.lexical = self._open_lexical()
        self.vectors.quarantine()
        self.follow()

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

    def nearest(
        self, vector: Vectors, classes: Sequence[str], k: int, owner: bool
    ) -> list[tuple[str, float]]:
        """The k passages with the highest cosine among the classes: one by one, or by Chroma if many."""
        many = self._catalogue.count(classes) > self._exact_limit
        if many and owner and self.vectors.generation() == self._catalogue.generation():
            return self.vectors.search(vector, classes, k)
        found = [pair for each in classes for pair in exact.top(vector, *self._matrix(each), k)]
        return sorted(found, key=lambda pair: -pair[1])[:k]

    def _matrix(self, visibility_class: str) -> tuple[list[str], Vectors]:
        now = self._catalogue.generation()
        known = self._matrices.get(visibility_class)
        if known is None or known[0] != now:
            known = (now, *self._catalogue.vectors(visibility_class, self._bridge.name))
            self._matrices[visibility_class] = known
        return known[1], known[2]

    def matching(self, question: Question, classes: Sequence[str], k: int) -> list[tuple[str, float]]:
        """The k passages with the highest BM25 score among the classes."""
        return self.lexical.search(question, classes, k)

    def self_check(self, sample: int, owner: bool) -> int:
        """Of the first `sample` passages, how many are not among the nearest to their own vector."""
        classes = self._catalogue.visibility_classes(Audience.whole_library(), self._bridge.name)
        probes = [
            (key, vector)
            for each in classes
            for key, vector in list(zip(*self._matrix(each), strict=True))[:sample]
        ][:sample]
        return sum(key not in dict(self.nearest(vector, classes, 10, owner)) for key, vector in probes)

    def close(self) -> None:
        """Let go of files and threads."""
        self.vectors.close()
