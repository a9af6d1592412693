"""Answers on their way into the state and back: what buttons under an answer need to know of it later."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeVar

from bot import contract
from bot.slack.place import Place
from bot.types import Answer, Citation, Nearest, Skipped, Statement
from retrieval.types import Source
from retrieval.visibility import Audience

if TYPE_CHECKING:
    from bot.state import Kept

Json = Mapping[str, Any]
PRIVATE = "ephemeral"
ATTACHMENT = "attachment:"  # the scheme of files that came with a question
T = TypeVar("T")


def kept(
    place: Place, question: str, answer: Answer, audience: Audience, surface: str, at: datetime
) -> "Kept":
    """What is remembered of an answer."""
    from bot.state import Kept

    return Kept(
        id=place.id,
        asked_at=at,
        question=question,
        status=answer.status,
        answer=frozen(answer),
        surface=surface,
        team=place.team,
        channel=place.channel,
        thread=place.thread,
        ts=place.ts,
        asker=place.user,
        audience=tuple(sorted(_shared(audience))),
    )


def _shared(audience: Audience) -> frozenset[str]:
    """What all readers hold."""
    if not audience.readers:
        return frozenset()
    return reduce(frozenset.__and__, audience.readers)


def frozen(answer: Answer) -> dict[str, Any]:
    """The documented JSON, and with it all that is needed to show the answer again."""
    more = {"missing": list(answer.missing), "model": answer.model, "owner": answer.owner, "id": answer.id}
    statements = [asdict(each) for each in answer.statements]
    return {**contract.answer(answer), **more, "statements": statements}


def thawed(values: Json) -> Answer:
    """The answer again; what an older version did not keep is left at its default."""
    return Answer(
        status=values.get("status", "unknown"),
        language=values.get("language", "en"),
        as_of=_day(values.get("as_of")) or date.min,
        headline=values.get("headline", ""),
        statements=tuple(_made(Statement, each) for each in values.get("statements", ())),
        citations=tuple(_made(Citation, each) for each in values.get("citations", ())),
        backend=values.get("backend", ""),
        skipped=tuple(_made(Skipped, each) for each in values.get("skipped", ())),
        cautions=tuple(values.get("cautions", ())),
        nearest=tuple(_made(Nearest, each) for each in values.get("nearest", ())),
        missing=tuple(values.get("missing", ())),
        model=values.get("model", ""),
        owner=values.get("owner", ""),
        seconds=values.get("seconds", 0.0),
        id=values.get("id", ""),
    )


def _made(kind: type[T], values: Json) -> T:
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    given = {name: _plain(name, value) for name, value in values.items() if name in known}
    return kind(**given)


def _plain(name: str, value: object) -> object:
    if name == "published":
        return _day(value)
    return tuple(value) if isinstance(value, list) else value


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def sources_of(answer: Answer) -> frozenset[str]:
    """The addresses of the library's documents that an answer shows, by quote or by title."""
    shown = {each.uri for each in answer.citations} | {each.uri for each in answer.nearest}
    return frozenset(uri for uri in shown if not uri.startswith(ATTACHMENT))


def all_visible(answer: Answer, visible: tuple[Source, ...]) -> bool:
    """Whether an answer rests on nothing but these documents, and on no file that somebody attached."""
    attached = any(each.uri.startswith(ATTACHMENT) for each in answer.citations)
    return not attached and sources_of(answer) <= {source.uri for source in visible}
