"""A question in, an answer out: search, write, and say how old and how sure it is."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from bot.errors import QuestionError
from bot.models import extractive
from bot.phrases import say
from bot.types import Answer, Brief, Citation, Nearest
from retrieval.language import detect
from retrieval.library import Library
from retrieval.types import Found, Hit
from retrieval.visibility import Audience

EVIDENCE = 16  # passages that a backend gets
MOST_CHARACTERS = 4_000  # of a question; what is longer is a document, and belongs in the library
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Assistant:
    """Answers from a library, for an audience. `review_days`: the age at which a source counts as old."""

    library: Library
    review_days: int
    today: Callable[[], date] = date.today

    def ask(self, question: str, audience: Audience) -> Answer:
        """Answer from what the audience may see; QuestionError for an empty or endless question."""
        started = time.perf_counter()
        text = _checked(question)
        found = self.library.search(text, audience, EVIDENCE)
        brief = Brief(text, detect(text), found.hits, self.today())
        answer = self._write(brief, found)
        return replace(answer, seconds=round(time.perf_counter() - started, 3))

    def _write(self, brief: Brief, found: Found) -> Answer:
        if not found.answerable:
            return unknown(brief)
        answer = extractive.write(brief, self.library.covers(brief.question))
        if answer.status == "unknown":
            return unknown(brief)
        return replace(answer, cautions=tuple(cautions(answer, brief, self.review_days)))


def _checked(question: str) -> str:
    text = question.strip()
    if not text:
        raise QuestionError(
            "", "The question is empty", 'Ask something, for example "what if OpenAI falters?"'
        )
    if len(text) > MOST_CHARACTERS:
        problem = f"The question has {len(text):,} characters; {MOST_CHARACTERS:,} are the most"
        raise QuestionError("", problem, "Shorten it, or ingest the text as a document and ask about it")
    return text


def unknown(brief: Brief) -> Answer:
    """The fixed answer when nothing fits, with the titles that come nearest; no backend is asked."""
    nearest = dict.fromkeys(Nearest(hit.source.title, hit.source.uri) for hit in brief.hits)
    return Answer(
        status="unknown",
        language=brief.language,
        as_of=brief.as_of,
        headline=say("unknown", brief.language),
        backend=extractive.NAME,
        nearest=tuple(nearest)[:_NEAREST],
    )


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


def supported(answer: Answer) -> int:
    """Statements whose citations bear them out."""
    return sum(statement.verdict == "supported" for statement in answer.statements)


def by_source(answer: Answer) -> dict[str, list[Citation]]:
    """The citations of each source, sources in the order of their first citation."""
    grouped: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        grouped.setdefault(citation.uri, []).append(citation)
    return grouped
