"""The JSON that others script against: field names are documented in the README and only ever added to."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bot.types import Answer, Attempt, Citation, Nearest, Skipped, Statement
from retrieval.types import Found, IngestResult, Source

if TYPE_CHECKING:
    from bot.compare import Comparison, Group
    from bot.models.failover import VendorState


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
    """The answer that was written as such an object: for whatever keeps answers as JSON."""
    return Answer(
        status=value["status"],
        language=value["language"],
        as_of=date.fromisoformat(value["as_of"]),
        headline=value["headline"],
        statements=tuple(Statement(**_tuples(each, "citations", "problems")) for each in value["statements"]),
        citations=tuple(_citation(each) for each in value["citations"]),
        backend=value["backend"],
        skipped=tuple(Skipped(**each) for each in value["skipped"]),
        seconds=value["seconds"],
        cautions=tuple(value["cautions"]),
        nearest=tuple(Nearest(**each) for each in value["nearest"]),
        missing=tuple(value["missing"]),
        model=value["model"],
        owner=value["owner"],
        attempts=tuple(_attempt(each) for each in value["attempts"]),
        id=value["id"],
    )


def _tuples(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: tuple(each) if key in names else each for key, each in values.items()}


def _citation(values: Mapping[str, Any]) -> Citation:
    published = values["published"]
    return Citation(**{**values, "published": date.fromisoformat(published) if published else None})


def _attempt(values: Mapping[str, Any]) -> Attempt:
    usd = values["usd"]
    return Attempt(**{**values, "usd": None if usd is None else Decimal(str(usd))})


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
