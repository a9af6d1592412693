"""What a reader should know before relying on an answer: old or invented sources, and who wrote it. Pure."""

from collections.abc import Collection, Iterable
from datetime import date

from bot.phrases import say
from bot.types import Answer, Brief
from retrieval.types import Hit
from retrieval.vocabulary import Named


def cautions(answer: Answer, brief: Brief, review_days: int) -> Iterable[str]:
    """What a reader should know of the sources an answer rests on: old, undated, or invented samples."""
    cited = {citation.uri for citation in answer.citations}
    hits = [hit for hit in brief.hits if hit.source.uri in cited]
    groups = {
        "stale": [hit for hit in hits if stale(hit, brief.as_of, review_days)],
        "undated": [hit for hit in hits if hit.source.published is None],
        "future": [hit for hit in hits if hit.source.published and hit.source.published > brief.as_of],
        "sample": [hit for hit in hits if hit.source.sample],
    }
    for key, concerned in groups.items():
        titles = dict.fromkeys(hit.source.title for hit in concerned)
        if titles:
            yield say(key, answer.language, titles=", ".join(titles), days=review_days)


def stale(hit: Hit, today: date, review_days: int) -> bool:
    """Whether a source is past its own review date, or without one older than the review period."""
    if hit.source.review is not None:
        return hit.source.review < today
    published = hit.source.published
    return published is not None and (today - published).days > review_days


def owned(answer: Answer, about: Collection[str], vendors: Collection[Named]) -> Iterable[str]:
    """That an answer about a vendor was written by a model of this vendor's."""
    if answer.owner and answer.owner in about:
        name = next((each.name for each in vendors if each.key == answer.owner), answer.owner)
        yield say("owned", answer.language, name=name)
