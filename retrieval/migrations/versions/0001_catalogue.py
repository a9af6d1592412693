"""The first catalogue: documents, their versions, passages, vectors, tombstones.

Frozen: it must go on making the tables of its own day, so it does not import `retrieval.tables`.
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and give the catalogue an identity and a generation counter."""
    meta = op.create_table(
        "meta", sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
    )
    op.bulk_insert(meta, [{"key": "identity", "value": uuid4().hex}, {"key": "generation", "value": "0"}])
    _documents()
    _passages()
    _embeddings()
    op.create_table(
        "tombstones",
        sa.Column("passage_id", sa.Text, primary_key=True),
        sa.Column("visibility_class", sa.Text, primary_key=True),
        sa.Column("generation", sa.BigInteger, nullable=False),
    )
    op.create_index("tombstones_by_generation", "tombstones", ["generation"])


def _documents() -> None:
    words = ("title", "source", "publisher")
    labels = ("language", "visibility", "visibility_class", "confidentiality")
    digests = ("digest", "text_digest", "metadata_digest", "state")
    op.create_table(
        "documents",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("uri", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in (*words, *labels, *digests)),
        sa.Column("published", sa.Date),
        sa.Column("review", sa.Date),
        sa.Column("vendors", sa.JSON, nullable=False),
        sa.Column("sample", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passages", sa.Integer, nullable=False),
        sa.UniqueConstraint("uri", name="documents_uri"),
    )
    op.create_index("documents_by_class", "documents", ["visibility_class", "state", "id"])
    op.create_index("documents_by_state", "documents", ["state", "visibility"])
    op.create_index("documents_by_digest", "documents", ["digest"])
    op.create_table(
        "versions",
        sa.Column("document_id", sa.Text, _of("documents"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False),
    )


def _passages() -> None:
    op.create_table(
        "passages",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("document_id", sa.Text, _of("documents"), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sentences", sa.JSON, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("headings", sa.JSON, nullable=False),
        sa.Column("page", sa.Integer),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
    )
    op.create_index("passages_by_document", "passages", ["document_id", "ordinal"])
    op.create_index("passages_by_generation", "passages", ["generation", "id"])


def _embeddings() -> None:
    op.create_table(
        "embeddings",
        sa.Column("passage_id", sa.Text, _of("passages"), primary_key=True),
        sa.Column("embedder", sa.Text, primary_key=True),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "sentence_embeddings",
        sa.Column("passage_id", sa.Text, _of("passages"), primary_key=True),
        sa.Column("embedder", sa.Text, primary_key=True),
        sa.Column("sentences", sa.Integer, nullable=False),
        sa.Column("vectors", sa.LargeBinary, nullable=False),
    )


def _of(table: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
