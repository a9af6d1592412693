"""The JSON that others script against: field names are documented in the README and only ever added to."""

from dataclasses import asdict
from datetime import date
from typing import Any

from bot.types import Answer
from retrieval.types import Found, IngestResult, Source


def answer(value: Answer) -> dict[str, Any]:
    """The object of `ask --json`."""
    return {
        "status": value.status,
        "language": value.language,
        "as_of": value.as_of.isoformat(),
        "headline": value.headline,
        "statements": [
            {"text": each.text, "verdict": each.verdict, "citations": list(each.citations)}
            for each in value.statements
        ],
        "citations": [_plain(asdict(each)) for each in value.citations],
        "backend": value.backend,
        "skipped": [asdict(each) for each in value.skipped],
        "cautions": list(value.cautions),
        "nearest": [asdict(each) for each in value.nearest],
        "seconds": value.seconds,
    }


def found(query_id: object, query: str, value: Found) -> dict[str, Any]:
    """One line of `search --json` and `search --batch`; the id goes back as it came, number or text."""
    hits = [
        {
            "uri": hit.source.uri,
            "passage": hit.passage.id,
            "text": hit.passage.text,
            "score": round(hit.score, 6),
            "title": hit.source.title,
            "locator": hit.passage.locator,
        }
        for hit in value.hits
    ]
    return {
        "id": query_id,
        "query": query,
        "hits": hits,
        "answerable": value.answerable,
        "confidence": round(value.confidence, 4),
    }


def ingested(value: IngestResult) -> dict[str, Any]:
    """One line of `ingest --json`."""
    return asdict(value)


def source(value: Source) -> dict[str, Any]:
    """One line of `sources --json`."""
    return _plain(asdict(value))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: each.isoformat() if isinstance(each, date) else each for key, each in values.items()}
