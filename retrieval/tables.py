"""The catalogue's tables. Types are portable: SQLite by default, PostgreSQL by URL.

A change here needs a migration in `retrieval/migrations/versions`; a test compares the two.

A passage's visibility is its document's and is stored only there: two places would one day disagree.
`embeddings` and `sentence_embeddings` are two tables because an exact scan reads the first one whole.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A point in time, UTC in and UTC out; SQLite alone would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC."""
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that it is UTC, where the database kept no zone."""
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


metadata = MetaData()

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

documents = Table(
    "documents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("uri", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("published", Date),
    Column("review", Date),
    Column("language", Text, nullable=False),
    Column("vendors", JSON, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("visibility_class", Text, nullable=False),
    Column("confidentiality", Text, nullable=False),
    Column("sample", Boolean, nullable=False),
    Column("digest", Text, nullable=False),  # of the original's bytes
    Column("text_digest", Text, nullable=False),  # changes.Fingerprint.digest
    Column("metadata_digest", Text, nullable=False),  # changes.Fingerprint.metadata
    Column("state", Text, nullable=False),  # active | gone
    Column("version", Integer, nullable=False),
    Column("ingested_at", Moment, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("regions", JSON, nullable=False, server_default="[]"),  # where the text may be worked on
    UniqueConstraint("uri", name="documents_uri"),
    Index("documents_by_class", "visibility_class", "state", "id"),
    Index("documents_by_state", "state", "visibility"),
    Index("documents_by_digest", "digest"),
)

versions = Table(
    "versions",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("ingested_at", Moment, nullable=False),
)

passages = Table(
    "passages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("sentences", JSON, nullable=False),  # [[start, end], ...] half-open spans in text
    Column("language", Text, nullable=False),
    Column("headings", JSON, nullable=False),
    Column("page", Integer),
    Column("start", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("generation", BigInteger, nullable=False),  # of the last change that the caches must follow
    Index("passages_by_document", "document_id", "ordinal"),
    Index("passages_by_generation", "generation", "id"),
)

embeddings = Table(
    "embeddings",
    metadata,
    Column("passage_id", ForeignKey("passages.id", ondelete="CASCADE"), primary_key=True),
    Column("embedder", Text, primary_key=True),
    Column("vector", LargeBinary, nullable=False),  # float32, little-endian, (d,)
)

sentence_embeddings = Table(
    "sentence_embeddings",
    metadata,
    Column("passage_id", ForeignKey("passages.id", ondelete="CASCADE"), primary_key=True),
    Column("embedder", Text, primary_key=True),
    Column("sentences", Integer, nullable=False),  # n
    Column("vectors", LargeBinary, nullable=False),  # float32, little-endian, (n, d)
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("passage_id", Text, primary_key=True),  # no foreign key: it outlives its passage
    Column("visibility_class", Text, primary_key=True),
    Column("generation", BigInteger, nullable=False),
    Index("tombstones_by_generation", "generation"),
)
