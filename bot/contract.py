"""The JSON that others script against: field names are documented in the README and only ever added to."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from bot.types import Answer, Attempt, Citation, Nearest, Skipped, Statement
from retrieval.types import Found, IngestResult, Source

if TYPE_CHECKING:
    from bot.compare import Comparison, Group
    from bot.models.failover import VendorState

T = TypeVar("T")


def answer(value: Answer) -> dict[str, Any]:
    """The object of `ask --json`."""
    return {
        "status": value.status,
        "language": value.language,
        "as_of": value.as_of.isoformat(),
        "headline": value.headline,
        "statements": [
            {
                "text": each.text,
                "verdict": each.verdict,
                "citations": list(each.citations),
                "kind": each.kind,
                "problems": list(each.problems),
            }
            for each in value.statements
        ],
        "citations": [_plain(asdict(each)) for each in value.citations],
        "missing": list(value.missing),
        "backend": value.backend,
        "model": value.model,
        "owner": value.owner,
        "skipped": [asdict(each) for each in value.skipped],
        "cautions": list(value.cautions),
        "nearest": [asdict(each) for each in value.nearest],
        "attempts": [attempt(each) for each in value.attempts],
        "tokens": value.tokens,
        "usd": _dollars(value.usd) if value.attempts else None,
        "seconds": value.seconds,
        "id": value.id,
    }


def read_answer(value: Mapping[str, Any]) -> Answer:
    """The answer that was written as such an object: for whatever keeps answers as JSON.

    What an older version did not write is left at its default; what a newer one added is left out.
    """
    least = {"status": "unknown", "language": "en", "as_of": date.min, "headline": ""}
    answer = _made(Answer, {**least, **value})
    return replace(
        answer,
        statements=_all(Statement, value, "statements"),
        citations=_all(Citation, value, "citations"),
        skipped=_all(Skipped, value, "skipped"),
        nearest=_all(Nearest, value, "nearest"),
        attempts=_all(Attempt, value, "attempts"),
    )


def _all(kind: type[T], value: Mapping[str, Any], name: str) -> tuple[T, ...]:
    return tuple(_made(kind, each) for each in value.get(name, ()))


def _made(kind: type[T], values: Mapping[str, Any]) -> T:
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: _read(name, value) for name, value in values.items() if name in known})


def _read(name: str, value: object) -> object:
    if isinstance(value, list):
        return tuple(value)
    if name in ("published", "as_of") and isinstance(value, str):
        return date.fromisoformat(value)
    return Decimal(str(value)) if name == "usd" and value is not None else value


def comparison(value: "Comparison") -> dict[str, Any]:
    """The object of `ask --compare … --json`."""
    return {
        "answers": [answer(each) for each in value.answers],
        "agreed": [_group(each) for each in value.agreed],
        "differing": [_group(each) for each in value.differing],
    }


def _group(value: "Group") -> dict[str, Any]:
    return {"text": value.text, "backends": list(value.backends)}


def attempt(value: Attempt) -> dict[str, Any]:
    """One call of a vendor's model: an item of `attempts`, a line of `models test --json`."""
    return {**asdict(value), "usd": _dollars(value.usd)}


def vendor(value: "VendorState") -> dict[str, Any]:
    """One line of `models --json`."""
    price = value.price.model_dump(mode="json") if value.price else None
    return {**asdict(value), "regions": list(value.regions), "price": price}


def _dollars(usd: Decimal | None) -> float | None:
    return None if usd is None else float(usd)


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
