"""The catalogue's vectors: float32 blobs in SQL, numpy arrays outside. Functions over an open connection.

The vectors are kept beside the texts so that every cache can be rebuilt without embedding anything.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Exists, delete, func, insert, select

from retrieval.errors import StoreDamaged
from retrieval.tables import documents, embeddings, passages, sentence_embeddings

Vector = NDArray[np.float32]

_FLOAT = np.dtype("<f4")  # little-endian on every machine: a catalogue may be copied to another
_SLACK = 0.02  # of a squared length; every embedder normalises
_ABSURD = 1e9  # a squared length that is refused at every reading; `check` asks for 1
_CHUNK = 500  # ids in one IN list; SQLite's limit is 32,766 parameters, and 500 measured no slower


@dataclass(frozen=True, slots=True)
class Embedded:
    """What an embedder made of a document's passages, in their order.

    `passage_vectors` is (n, d); `sentence_vectors` holds one (m_i, d) array for each passage.
    """

    embedder: str
    passage_vectors: Vector
    sentence_vectors: tuple[Vector, ...]

    def __post_init__(self) -> None:
        if len(self.passage_vectors) != len(self.sentence_vectors):
            raise ValueError("as many arrays of sentence vectors as passage vectors are needed")
        if not all(np.isfinite(each).all() for each in (self.passage_vectors, *self.sentence_vectors)):
            raise ValueError(f"{self.embedder} made a vector that is not finite")

    def by_id(self, ids: Sequence[str]) -> dict[str, tuple[Vector, Vector]]:
        """The vectors under the ids of their passages: id -> ((d,), (m, d))."""
        return dict(zip(ids, zip(self.passage_vectors, self.sentence_vectors, strict=True), strict=True))


def chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Stretches of ids, short enough for one IN list."""
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))


def store(connection: Connection, embedder: str, vectors: Mapping[str, tuple[Vector, Vector]]) -> None:
    """Set one embedder's vectors of passages: id -> ((d,), (m, d)); what it had made before is replaced."""
    if not vectors:
        return
    for table in (embeddings, sentence_embeddings):
        for some in chunks(list(vectors)):
            mine = table.c.passage_id.in_(some) & (table.c.embedder == embedder)
            connection.execute(delete(table).where(mine))
    whole = [_row(embedder, id, vector=_blob(vector)) for id, (vector, _) in vectors.items()]
    connection.execute(insert(embeddings), whole)
    parts = [
        _row(embedder, id, sentences=len(sentences), vectors=_blob(sentences))
        for id, (_, sentences) in vectors.items()
    ]
    connection.execute(insert(sentence_embeddings), parts)


def of_class(connection: Connection, visibility_class: str, embedder: str) -> tuple[list[str], Vector]:
    """Every active passage of one visibility class: ids, and their vectors (n, d), read-only, same order."""
    query = (
        select(embeddings.c.passage_id, embeddings.c.vector)
        .join(passages, passages.c.id == embeddings.c.passage_id)
        .join(documents, documents.c.id == passages.c.document_id)
        .where(documents.c.visibility_class == visibility_class, documents.c.state == "active")
        .where(embeddings.c.embedder == embedder)
        .order_by(documents.c.id, passages.c.ordinal)
    )
    ids, blobs = [], []
    for id, blob in connection.execute(query):
        ids.append(id)
        blobs.append(blob)
    if len(set(map(len, blobs))) > 1:
        raise _damaged(embedder, "differ in length")
    return ids, _matrix(b"".join(blobs), len(ids), embedder)


def of_sentences(connection: Connection, ids: Sequence[str], embedder: str) -> dict[str, Vector]:
    """Sentence vectors (m, d) of passages, by id; those that have none are left out."""
    table = sentence_embeddings
    found: dict[str, Vector] = {}
    for some in chunks(ids):
        mine = table.c.passage_id.in_(some) & (table.c.embedder == embedder)
        for id, count, blob in connection.execute(
            select(table.c.passage_id, table.c.sentences, table.c.vectors).where(mine)
        ):
            found[id] = _matrix(blob, count, id)
    return found


def of_passages(connection: Connection, ids: Sequence[str], embedder: str) -> dict[str, Vector]:
    """Passage vectors (d,), by id; those that have none are left out."""
    found: dict[str, Vector] = {}
    for some in chunks(ids):
        mine = embeddings.c.passage_id.in_(some) & (embeddings.c.embedder == embedder)
        query = select(embeddings.c.passage_id, embeddings.c.vector).where(mine)
        found |= {id: _matrix(blob, 1, id)[0] for id, blob in connection.execute(query)}
    return found


def check(connection: Connection, embedder: str) -> None:
    """Read every vector of an embedder once. StoreDamaged."""
    whole = select(embeddings.c.passage_id, embeddings.c.vector).where(embeddings.c.embedder == embedder)
    for id, blob in connection.execute(whole):
        _check_unit(_matrix(blob, 1, id), id)
    table = sentence_embeddings
    parts = select(table.c.passage_id, table.c.sentences, table.c.vectors)
    for id, count, blob in connection.execute(parts.where(table.c.embedder == embedder)):
        _check_unit(_matrix(blob, count, id), id)


def count(connection: Connection, classes: Sequence[str], embedder: str | None) -> int:
    """How many active passages the classes hold; with an embedder, only those that have its vector."""
    active = documents.c.visibility_class.in_(classes) & (documents.c.state == "active")
    if embedder is None:
        total = select(func.coalesce(func.sum(documents.c.passages), 0)).where(active)
        return int(connection.execute(total).scalar_one())
    both = passages.join(documents, documents.c.id == passages.c.document_id)
    query = select(func.count()).select_from(both).where(active, has_vector(embedder))
    return int(connection.execute(query).scalar_one())


def has_vector(embedder: str) -> Exists:
    """The condition that a passage has a vector of this embedder."""
    mine = (embeddings.c.passage_id == passages.c.id) & (embeddings.c.embedder == embedder)
    return select(embeddings.c.passage_id).where(mine).exists()


def _row(embedder: str, id: str, **columns: object) -> dict[str, object]:
    return {"passage_id": id, "embedder": embedder, **columns}


def _blob(vectors: Vector) -> bytes:
    return np.ascontiguousarray(vectors, dtype=_FLOAT).tobytes()


def _matrix(blob: bytes, rows: int, resource: str) -> Vector:
    if len(blob) % (max(rows, 1) * _FLOAT.itemsize):
        raise _damaged(resource, "have the wrong length")
    made = np.frombuffer(blob, dtype=_FLOAT).reshape(rows, -1 if rows else 0)
    # Measured: 2 ms for 20,000 vectors. A single flipped exponent (3e38) gave wrong answers.
    if not (_squares(made) < _ABSURD).all():
        raise _damaged(resource, "hold numbers that no embedder makes")
    return made


def _squares(vectors: Vector) -> Vector:
    with np.errstate(over="ignore", invalid="ignore"):
        squares: Vector = np.einsum("ij,ij->i", vectors, vectors)
    return squares


def _check_unit(vectors: Vector, resource: str) -> None:
    squares = _squares(vectors)
    if not ((np.abs(squares - 1) < _SLACK) | (squares == 0)).all():
        raise _damaged(resource, "are not of length 1")


def _damaged(resource: str, problem: str) -> StoreDamaged:
    advice = "Move catalogue.db away and ingest the sources again, or restore a backup"
    return StoreDamaged(f"catalogue, vectors of {resource}", f"they {problem}: it is damaged", advice)
