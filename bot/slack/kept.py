"""Answers on their way into the state: what buttons under an answer need to know of it later."""

from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING

from bot import contract
from bot.slack.place import Place
from bot.types import Answer
from retrieval.types import Source
from retrieval.visibility import Audience

if TYPE_CHECKING:
    from bot.state import Kept

PRIVATE = "ephemeral"
ATTACHMENT = "attachment:"  # the scheme of files that came with a question


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
        answer=contract.answer(answer),
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


def sources_of(answer: Answer) -> frozenset[str]:
    """The addresses of the library's documents that an answer shows, by quote or by title."""
    shown = {each.uri for each in answer.citations} | {each.uri for each in answer.nearest}
    return frozenset(uri for uri in shown if not uri.startswith(ATTACHMENT))


def all_visible(answer: Answer, visible: tuple[Source, ...]) -> bool:
    """Whether an answer rests on nothing but these documents, and on no file that somebody attached."""
    attached = any(each.uri.startswith(ATTACHMENT) for each in answer.citations)
    return not attached and sources_of(answer) <= {source.uri for source in visible}
