"""Writes changes of documents into the catalogue. Functions over an open connection, inside a transaction.

Every change takes a new generation. Passages that the caches (Chroma, Tantivy) must take up carry it;
passages that they must drop leave a tombstone with it. A cache that knows the catalogue up to generation g
is brought up to date by dropping the tombstones after g and then taking up the passages after g.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, Text, cast, delete, insert, select, update

from retrieval.embeddings import chunks
from retrieval.errors import NotFound
from retrieval.rows import Values, document_values, passage_values
from retrieval.tables import documents, embeddings, meta, passages, sentence_embeddings, tombstones, versions
from retrieval.types import Document, Passage

_INDEXED = ("visibility_class", "title", "publisher", "state")  # the labels that the caches hold, too


def replace(connection: Connection, document: Document, new: Sequence[Passage]) -> None:
    """Put a document and its passages in place of what was known of it, if anything was."""
    generation = _next_generation(connection)
    old = _find(connection, document.id)
    before = _passage_ids(connection, document.id)
    _record(connection, document, old, len(new))
    vanished = _exchange(connection, document, new, generation)
    _announce(connection, document, old, before, vanished, generation)


def relabel(connection: Connection, document: Document) -> None:
    """Put a document's labels in place of the old ones; a document that was gone is active again."""
    old = _find(connection, document.id)
    if old is None:
        raise NotFound(document.uri, "is not in the catalogue", "Ingest it first")
    generation = _next_generation(connection)
    before = _passage_ids(connection, document.id)
    _record(connection, document, old, old.passages)
    _announce(connection, document, old, before, [], generation)


def withdraw(connection: Connection, document_id: str) -> bool:
    """Mark a document as gone; its texts stay, the caches drop it. False when there is none."""
    old = _find(connection, document_id)
    if old is None:
        return False
    generation = _next_generation(connection)
    _bury(connection, _passage_ids(connection, document_id), old.visibility_class, generation)
    mine = documents.c.id == document_id
    connection.execute(update(documents).where(mine).values(state="gone"))
    return True


def erase(connection: Connection, document_id: str) -> None:
    """Delete a document with its passages, vectors and history."""
    _drop(connection, _passage_ids(connection, document_id))
    connection.execute(delete(versions).where(versions.c.document_id == document_id))
    connection.execute(delete(documents).where(documents.c.id == document_id))


def renew(connection: Connection, ids: Sequence[str]) -> None:
    """Let the caches take up passages again."""
    generation = _next_generation(connection)
    for some in chunks(ids):
        mine = passages.c.id.in_(some)
        connection.execute(update(passages).where(mine).values(generation=generation))


def _next_generation(connection: Connection) -> int:
    # On PostgreSQL the row's lock also makes writers wait for each other, so numbers are seen in order.
    following = cast(cast(meta.c.value, BigInteger) + 1, Text)
    change = update(meta).where(meta.c.key == "generation").values(value=following)
    return int(connection.execute(change.returning(meta.c.value)).scalar_one())


def _find(connection: Connection, document_id: str) -> Row[Any] | None:
    return connection.execute(select(documents).where(documents.c.id == document_id)).one_or_none()


def _passage_ids(connection: Connection, document_id: str) -> list[str]:
    query = select(passages.c.id).where(passages.c.document_id == document_id).order_by(passages.c.ordinal)
    return list(connection.execute(query).scalars())


def _record(connection: Connection, document: Document, old: Row[Any] | None, count: int) -> None:
    now, version = datetime.now(UTC), old.version + 1 if old else 1
    values = document_values(document, version, count, now)
    if old is None:
        connection.execute(insert(documents).values(values))
    else:
        connection.execute(update(documents).where(documents.c.id == document.id).values(values))
    line = {"document_id": document.id, "version": version, "digest": document.digest, "ingested_at": now}
    connection.execute(insert(versions).values(line))


def _exchange(
    connection: Connection, document: Document, new: Sequence[Passage], generation: int
) -> list[str]:
    """Return the ids that vanished; a passage that is as it was keeps its row, generation and vectors."""
    rows = connection.execute(select(passages).where(passages.c.document_id == document.id))
    before = {row.id: row for row in rows}
    wanted = {passage.id: passage_values(passage) for passage in new}
    kept = {id for id, values in wanted.items() if id in before and _same(before[id], values)}
    _drop(connection, [id for id in before if id not in kept])
    fresh = [{**values, "generation": generation} for id, values in wanted.items() if id not in kept]
    if fresh:
        connection.execute(insert(passages), fresh)
    return [id for id in before if id not in wanted]


def _announce(
    connection: Connection,
    document: Document,
    old: Row[Any] | None,
    before: Sequence[str],
    vanished: Sequence[str],
    generation: int,
) -> None:
    """Tell the caches: drop what left its class; take up anew what they hold under other labels."""
    if old is None:
        return
    labels = document_values(document, old.version, old.passages, old.ingested_at)
    left = before if old.visibility_class != labels["visibility_class"] else vanished
    _bury(connection, left, old.visibility_class, generation)
    if any(getattr(old, name) != labels[name] for name in _INDEXED):
        mine = passages.c.document_id == document.id
        connection.execute(update(passages).where(mine).values(generation=generation))


def _bury(connection: Connection, ids: Sequence[str], visibility_class: str, generation: int) -> None:
    for some in chunks(ids):
        mine = tombstones.c.passage_id.in_(some) & (tombstones.c.visibility_class == visibility_class)
        connection.execute(delete(tombstones).where(mine))
    lines = [{"passage_id": id, "visibility_class": visibility_class, "generation": generation} for id in ids]
    if lines:
        connection.execute(insert(tombstones), lines)


def _drop(connection: Connection, ids: Sequence[str]) -> None:
    for some in chunks(ids):
        for table in (embeddings, sentence_embeddings):
            connection.execute(delete(table).where(table.c.passage_id.in_(some)))
        connection.execute(delete(passages).where(passages.c.id.in_(some)))


def _same(row: Row[Any], values: Values) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())
