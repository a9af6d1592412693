"""The one quiet line under an answer: as of when, how much is borne out, by whom, at what cost. Pure."""

from collections.abc import Iterator
from decimal import Decimal

from bot.phrases import long_date
from bot.types import Answer, Skipped
from retrieval.types import Language

_TEXT: dict[Language, dict[str, str]] = {
    "en": {
        "as_of": "As of {day}",
        "supported": "{some}/{all} supported",
        "by": "{model} ({backend})",
        "cost": "{tokens} tokens, {usd}",
        "unpriced": "{tokens} tokens, cost unknown",
    },
    "de": {
        "as_of": "Stand {day}",
        "supported": "{some}/{all} belegt",
        "by": "{model} ({backend})",
        "cost": "{tokens} Token, {usd}",
        "unpriced": "{tokens} Token, Kosten unbekannt",
    },
}


def parts(answer: Answer) -> Iterator[str]:
    """The pieces of the line, in order; the caller joins them."""
    say = _TEXT[answer.language]
    yield say["as_of"].format(day=long_date(answer.as_of, answer.language))
    if answer.statements:
        some = sum(each.verdict == "supported" for each in answer.statements)
        yield say["supported"].format(some=some, all=len(answer.statements))
    yield say["by"].format(model=answer.model, backend=answer.backend) if answer.model else answer.backend
    yield from (skipped(each) for each in answer.skipped)
    yield f"{answer.seconds:.2f} s"
    if answer.tokens:
        usd = answer.usd
        line = say["unpriced"] if usd is None else say["cost"]
        tokens = f"{answer.tokens:,}".replace(",", "." if answer.language == "de" else ",")
        yield line.format(tokens=tokens, usd="" if usd is None else dollars(usd))


def skipped(each: Skipped) -> str:
    """A backend that was not used, and why."""
    return f"{each.backend}: {each.reason}"


def dollars(usd: Decimal) -> str:
    """Dollars with as many digits as a small sum needs: $0, <$0.0001, $0.0004, $0.05, $12.30."""
    if usd == 0:
        return "$0"
    if usd < Decimal("0.0001"):
        return "<$0.0001"
    return f"${usd:.4f}" if usd < Decimal("0.01") else f"${usd:.2f}"
