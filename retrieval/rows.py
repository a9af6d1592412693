"""Between our values and the catalogue's rows. Pure."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from retrieval.changes import fingerprint
from retrieval.types import Document, Passage, Source
from retrieval.visibility import visibility_class

Values = dict[str, Any]


def document_values(document: Document, version: int, passages: int, now: datetime) -> Values:
    """The columns of `documents` for an active document."""
    prints = fingerprint(document)
    return {
        "id": document.id,
        "uri": document.uri,
        "title": document.title,
        "source": document.source,
        "publisher": document.publisher,
        "published": document.published,
        "review": document.review,
        "language": document.language,
        "vendors": list(document.vendors),
        "visibility": document.visibility,
        "visibility_class": visibility_class(document.visibility),
        "confidentiality": document.confidentiality,
        "sample": document.sample,
        "digest": document.digest,
        "text_digest": prints.digest,
        "metadata_digest": prints.metadata,
        "state": "active",
        "version": version,
        "ingested_at": now,
        "passages": passages,
        "regions": list(document.regions),
    }


def passage_values(passage: Passage) -> Values:
    """The columns of `passages`, apart from the generation."""
    return {
        "id": passage.id,
        "document_id": passage.document_id,
        "ordinal": passage.ordinal,
        "text": passage.text,
        "sentences": [list(span) for span in passage.sentences],
        "language": passage.language,
        "headings": list(passage.headings),
        "page": passage.page,
        "start": passage.start,
        "kind": passage.kind,
    }


def to_passage(row: Row[Any]) -> Passage:
    """A row of `passages` as a value."""
    return Passage(
        id=row.id,
        document_id=row.document_id,
        ordinal=row.ordinal,
        text=row.text,
        sentences=tuple((start, end) for start, end in row.sentences),
        language=row.language,
        headings=tuple(row.headings),
        page=row.page,
        start=row.start,
        kind=row.kind,
    )


def to_source(row: Row[Any]) -> Source:
    """A row of `documents` as a value, without what only the catalogue needs."""
    return Source(
        id=row.id,
        uri=row.uri,
        title=row.title,
        language=row.language,
        visibility=row.visibility,
        confidentiality=row.confidentiality,
        source=row.source,
        publisher=row.publisher,
        published=row.published,
        review=row.review,
        vendors=tuple(row.vendors),
        sample=row.sample,
        passages=row.passages,
        state=row.state,
        regions=tuple(row.regions),
    )
