"""Reads of the catalogue's documents and passages. Functions over an open connection."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from retrieval import embeddings
from retrieval.database import Database
from retrieval.embeddings import chunks
from retrieval.rows import to_source
from retrieval.tables import documents, meta, passages, tombstones
from retrieval.types import Source
from retrieval.visibility import Audience, visible

_PAGE = 500  # passages; with their vectors about 1 MB

T = TypeVar("T")
Rows = list[Row[Any]]
Finish = Callable[[Connection, Rows], list[T]]


def meta_value(connection: Connection, key: str) -> str:
    """One line of `meta`."""
    value: str = connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one()
    return value


def visibilities(connection: Connection, audience: Audience, gone: bool = False) -> tuple[str, ...]:
    """The visibilities in use that this audience may see; `gone` counts gone documents in."""
    query = select(documents.c.visibility).distinct().order_by(documents.c.visibility)
    if not gone:
        query = query.where(documents.c.state == "active")
    return visible(connection.execute(query).scalars(), audience)


def holdings(connection: Connection) -> dict[str, int]:
    """The visibilities in use, in order, and how many passages of active documents each has."""
    total = func.sum(documents.c.passages)
    query = select(documents.c.visibility, total).where(documents.c.state == "active")
    rows = connection.execute(query.group_by(documents.c.visibility).order_by(documents.c.visibility))
    return {visibility: int(passages) for visibility, passages in rows}


def sources(connection: Connection, document_ids: Iterable[str]) -> dict[str, Source]:
    """Documents by id."""
    ids = sorted(set(document_ids))
    return {
        row.id: to_source(row)
        for some in chunks(ids)
        for row in connection.execute(select(documents).where(documents.c.id.in_(some)))
    }


def sources_of(connection: Connection, passage_ids: Sequence[str]) -> dict[str, Source]:
    """The document of each passage, by passage id, without reading any text."""
    both = passages.join(documents, documents.c.id == passages.c.document_id)
    query = select(passages.c.id.label("passage"), documents).select_from(both)
    rows = [
        row
        for some in chunks(passage_ids)
        for row in connection.execute(query.where(passages.c.id.in_(some)))
    ]
    known = {row.id: row for row in rows}
    made = {id: to_source(row) for id, row in known.items()}
    return {row.passage: made[row.id] for row in rows}


def passages_by_id(connection: Connection, ids: Sequence[str]) -> Rows:
    """Rows of passages."""
    query = select(passages)
    return [row for some in chunks(ids) for row in connection.execute(query.where(passages.c.id.in_(some)))]


def buried(connection: Connection, since: int) -> tuple[tuple[str, str], ...]:
    """(passage id, visibility class) of the tombstones after a generation."""
    query = select(tombstones.c.passage_id, tombstones.c.visibility_class)
    rows = connection.execute(query.where(tombstones.c.generation > since))
    return tuple((id, group) for id, group in rows)


def changed(database: Database, since: int, finish: Finish[T]) -> Iterator[T]:
    """Passages changed after a generation, in order of change, as `finish` makes them of a page."""
    generation, id = passages.c.generation, passages.c.id
    query = select(passages).where(generation > since).order_by(generation, id)

    def later(row: Row[Any]) -> ColumnElement[bool]:
        return or_(generation > row.generation, and_(generation == row.generation, id > row.id))

    return _paged(database, query, later, finish)


def without(database: Database, embedder: str, finish: Finish[T]) -> Iterator[T]:
    """Passages that have no vector of this embedder, as `finish` makes them of a page."""
    query = select(passages).where(~embeddings.has_vector(embedder)).order_by(passages.c.id)
    return _paged(database, query, lambda row: passages.c.id > row.id, finish)


def _paged(
    database: Database,
    query: Select[Any],
    later: Callable[[Row[Any]], ColumnElement[bool]],
    finish: Finish[T],
) -> Iterator[T]:
    # A transaction for each page, over before its passages are handed out: one for the whole would hold a
    # snapshot, and keep SQLite's log growing, for as long as the caller embeds or indexes. No join with
    # documents: SQLite then sorts the whole table for every page (measured: 4.7 s instead of 0.5 at 10,000).
    following = query
    while True:
        with database.reading() as connection:
            rows = list(connection.execute(following.limit(_PAGE)))
            finished = finish(connection, rows)
        if not rows:
            return
        yield from finished
        following = query.where(later(rows[-1]))
