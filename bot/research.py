"""What is known before anybody writes: the passages for a question, and who may be told them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.models.failover import Need
from bot.plan import Search
from retrieval.library import Library
from retrieval.types import Found, Hit
from retrieval.visibility import CONFIDENTIALITY, Audience

EVIDENCE = 16  # passages that a backend gets


@dataclass(frozen=True, slots=True)
class Findings:
    """What the searches brought. `question`: the search that an answer in quotes goes by."""

    question: str
    hits: tuple[Hit, ...]
    answerable: bool


def look_up(
    library: Library, searches: Sequence[Search], audience: Audience, attached: Sequence[Hit] = ()
) -> Findings:
    """Search for each, and take the best of all; what came with the question goes first."""
    found = [library.search(s.text, audience, EVIDENCE, s.since, s.vendors) for s in searches]
    surest = max(range(len(found)), key=lambda n: (found[n].answerable, n == 0, found[n].confidence))
    return Findings(
        question=searches[surest].text,
        hits=(*attached, *_best(found)),
        answerable=bool(attached) or any(each.answerable for each in found),
    )


def _best(found: Sequence[Found]) -> tuple[Hit, ...]:
    """The best of several searches by their best scores; one search keeps its own order."""
    if len(found) == 1:
        return found[0].hits
    best: dict[str, Hit] = {}
    for hit in sorted((hit for each in found for hit in each.hits), key=lambda hit: -hit.score):
        best.setdefault(hit.passage.id, hit)
    return tuple(best.values())[:EVIDENCE]


def regions(hits: Sequence[Hit]) -> tuple[frozenset[str], ...]:
    """For each document that says so, where it may be worked on."""
    return tuple(dict.fromkeys(frozenset(hit.source.regions) for hit in hits if hit.source.regions))


def highest(words: Sequence[str]) -> str:
    """The most confidential of these; a word that nobody knows is the most confidential of all."""
    rank = {word: n for n, word in enumerate(CONFIDENTIALITY)}
    return max(words, key=lambda word: rank.get(word, len(rank)))


def needed(hits: Sequence[Hit], asked: Need) -> Need:
    """The need of asking with these passages, when the question alone has another."""
    labels = [asked.confidentiality, *(hit.source.confidentiality for hit in hits)]
    return Need(highest(labels), (*asked.regions, *regions(hits)), asked.about, asked.only, asked.language)
