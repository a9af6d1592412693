"""The catalogue: what the library knows, in SQL. The truth, vectors included; every other index is a cache.

Reads of text take an audience; each method is one transaction, and every error is one of ours.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from retrieval import embeddings, ledger, lookup
from retrieval.changes import Fingerprint
from retrieval.database import Database
from retrieval.embeddings import Embedded, Vector
from retrieval.migrate import migrate
from retrieval.rows import to_passage, to_source
from retrieval.tables import documents
from retrieval.types import Document, Passage, Source
from retrieval.visibility import Audience, may_see, visibility_class, visible

__all__ = ["Catalogue", "ChangedPassage", "Embedded", "Known", "View"]


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalogue holds of a uri. `digest` is the sha256 of the original's bytes."""

    id: str
    fingerprint: Fingerprint
    digest: str
    passages: int
    state: Literal["active", "gone"]


@dataclass(frozen=True, slots=True)
class ChangedPassage:
    """A passage that a cache has to take up. `vector` (d,) is None where there is none, or none was asked."""

    passage: Passage
    source: Source
    visibility_class: str
    generation: int
    vector: Vector | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What an audience may search, at a generation: visibility classes, and how many passages they hold."""

    generation: int
    classes: tuple[str, ...]
    passages: int


class Catalogue:
    """Documents, passages and vectors behind one URL: sqlite:///file.db or postgresql://user@host/name.

    A SQLite file in a folder that cannot be written is opened for reading only, also unasked.
    """

    def __init__(self, url: str, read_only: bool = False) -> None:
        self._database = Database(url, read_only)
        self.read_only = self._database.read_only
        self._holdings: tuple[int, dict[str, int]] = (-1, {})

    def migrate(self) -> None:
        """Make or update the tables; StoreError when a newer release wrote them."""
        migrate(self._database)

    def close(self) -> None:
        """Give the database back."""
        self._database.close()

    # What is known

    def known(self, uri: str) -> Known | None:
        """What the catalogue holds of a uri, gone documents included."""
        with self._database.reading() as connection:
            row = connection.execute(select(documents).where(documents.c.uri == uri)).one_or_none()
        if row is None:
            return None
        prints = Fingerprint(row.text_digest, row.metadata_digest)
        return Known(row.id, prints, row.digest, row.passages, row.state)

    def same_content(self, digest: str) -> tuple[Source, ...]:
        """Active documents whose originals had these bytes (sha256): for finding twins at ingest."""
        with self._database.reading() as connection:
            query = select(documents).where(documents.c.digest == digest, documents.c.state == "active")
            return tuple(map(to_source, connection.execute(query.order_by(documents.c.uri))))

    def generation(self) -> int:
        """The number of the last change; caches compare theirs with it."""
        with self._database.reading() as connection:
            return int(lookup.meta_value(connection, "generation"))

    def identity(self) -> str:
        """A random name given once: a cache that follows another catalogue must be rebuilt."""
        with self._database.reading() as connection:
            return lookup.meta_value(connection, "identity")

    def view(self, audience: Audience) -> View:
        """What this audience may search, as it is now."""
        with self._database.reading() as connection:
            generation = int(lookup.meta_value(connection, "generation"))
            known = self._holdings
            if known[0] != generation:  # every change of a document takes a new one, in its transaction
                known = self._holdings = (generation, lookup.holdings(connection))
        seen = visible(known[1], audience)
        return View(generation, tuple(map(visibility_class, seen)), sum(known[1][each] for each in seen))

    def visibility_classes(self, audience: Audience) -> tuple[str, ...]:
        """The classes in use that this audience may see."""
        return self.view(audience).classes

    def sources(self, audience: Audience, include_gone: bool = False) -> tuple[Source, ...]:
        """The documents that this audience may see, by title."""
        with self._database.reading() as connection:
            seen = lookup.visibilities(connection, audience, include_gone)
            query = select(documents).where(documents.c.visibility.in_(seen))
            if not include_gone:
                query = query.where(documents.c.state == "active")
            rows = connection.execute(query.order_by(documents.c.title, documents.c.uri))
            return tuple(map(to_source, rows))

    def passages(self, ids: Sequence[str], audience: Audience) -> dict[str, tuple[Passage, Source]]:
        """Those that are active and that this audience may see: the last check before anyone reads."""
        return self.chosen(ids, audience, list)

    def chosen(
        self, ids: Sequence[str], audience: Audience, choose: Callable[[Mapping[str, Source]], Sequence[str]]
    ) -> dict[str, tuple[Passage, Source]]:
        """As `passages`, those that `choose` picks by their documents, in its order; it sees no text."""
        with self._database.reading() as connection:
            found = _active(lookup.sources_of(connection, ids))
            sources = {id: found[id] for id in ids if id in found}
            seen = {id: each for id, each in sources.items() if may_see(each.visibility, audience)}
            picked = choose(seen)
            rows = {row.id: row for row in lookup.passages_by_id(connection, picked)}
        return {id: (to_passage(rows[id]), seen[id]) for id in picked}

    # Changes

    def replace(self, document: Document, new: Sequence[Passage], embedded: Embedded | None = None) -> None:
        """Take a document in, or put its new text in place of the old: one transaction, all or nothing.

        Passages whose id and content are as before are kept; those that vanished leave tombstones.
        """
        vectors = embedded.by_id([passage.id for passage in new]) if embedded else {}
        with self._database.writing() as connection:
            ledger.replace(connection, document, new)
            if embedded is not None:
                embeddings.store(connection, embedded.embedder, vectors)

    def relabel(self, document: Document) -> None:
        """Change only what is said of a document, or bring it back: ids and vectors stay. NotFound."""
        with self._database.writing() as connection:
            ledger.relabel(connection, document)

    def mark_gone(self, document_ids: Iterable[str]) -> None:
        """Documents whose originals vanished: kept, but found no more until they come back."""
        with self._database.writing() as connection:
            for document_id in document_ids:
                ledger.withdraw(connection, document_id)

    def remove(self, document_id: str) -> bool:
        """Delete a document, its texts, vectors and history for good; False when there is none."""
        with self._database.writing() as connection:
            found = ledger.withdraw(connection, document_id)
            ledger.erase(connection, document_id)
        if found:
            self._database.forget_deleted()
        return found

    def store_embeddings(self, embedder: str, vectors: Mapping[str, tuple[Vector, Vector]]) -> None:
        """Add an embedder's vectors to passages that are here: id -> ((d,), (m, d))."""
        with self._database.writing() as connection:
            embeddings.store(connection, embedder, vectors)
            ledger.renew(connection, list(vectors))

    # What the caches follow

    def changed_passages(self, since: int, embedder: str | None = None) -> Iterator[ChangedPassage]:
        """Active passages that changed after a generation, in order of change, with vectors if asked."""

        def finish(connection: Connection, rows: lookup.Rows) -> list[ChangedPassage]:
            sources = _active(lookup.sources(connection, (row.document_id for row in rows)))
            rows = [row for row in rows if row.document_id in sources]
            ids = [row.id for row in rows]
            vectors = embeddings.of_passages(connection, ids, embedder) if embedder else {}
            return [_changed(row, sources[row.document_id], vectors.get(row.id)) for row in rows]

        return lookup.changed(self._database, since, finish)

    def tombstones(self, since: int) -> tuple[tuple[str, str], ...]:
        """(passage id, visibility class) of what a cache has to drop after a generation."""
        with self._database.reading() as connection:
            return lookup.buried(connection, since)

    # Vectors

    def check(self, embedder: str) -> None:
        """Look at the whole file, and at every vector of an embedder. StoreDamaged."""
        self._database.check()
        with self._database.reading() as connection:
            embeddings.check(connection, embedder)

    def vectors(self, visibility_class: str, embedder: str) -> tuple[list[str], Vector]:
        """All active passages of one class: ids, and their vectors (n, d) in the same order, read-only."""
        with self._database.reading() as connection:
            return embeddings.of_class(connection, visibility_class, embedder)

    def passage_vectors(self, passage_ids: Sequence[str], embedder: str) -> dict[str, Vector]:
        """Vectors (d,) of passages, by id, read-only; those that have none are left out."""
        with self._database.reading() as connection:
            return embeddings.of_passages(connection, passage_ids, embedder)

    def sentence_vectors(self, passage_ids: Sequence[str], embedder: str) -> dict[str, Vector]:
        """Vectors of the passages' sentences (m, d), by passage id; read-only."""
        with self._database.reading() as connection:
            return embeddings.of_sentences(connection, passage_ids, embedder)

    def count(self, visibility_classes: Sequence[str], embedder: str | None = None) -> int:
        """Active passages in these classes; with an embedder, those that have its vector."""
        with self._database.reading() as connection:
            return embeddings.count(connection, visibility_classes, embedder)

    def without_embedding(self, embedder: str) -> Iterator[tuple[Passage, Source]]:
        """Active passages without this embedder's vector; `store_embeddings` may be called meanwhile."""

        def finish(connection: Connection, rows: lookup.Rows) -> list[tuple[Passage, Source]]:
            sources = _active(lookup.sources(connection, (row.document_id for row in rows)))
            kept = [row for row in rows if row.document_id in sources]
            return [(to_passage(row), sources[row.document_id]) for row in kept]

        return lookup.without(self._database, embedder, finish)


def _active(sources: Mapping[str, Source]) -> dict[str, Source]:
    return {id: source for id, source in sources.items() if source.state == "active"}


def _changed(row: Row[Any], source: Source, vector: Vector | None) -> ChangedPassage:
    group = visibility_class(source.visibility)
    return ChangedPassage(to_passage(row), source, group, row.generation, vector)
