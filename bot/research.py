"""What is known before anybody writes: the passages for a question, and who may be told them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.focus import Focus
from bot.models.policy import Need
from bot.plan import Search
from retrieval.library import Library
from retrieval.types import Found, Hit
from retrieval.visibility import CONFIDENTIALITY, Audience

EVIDENCE = 16  # passages that a backend gets
# Share of the best passage's score below which a passage is not told to a model: whatever it holds is not
# the answer, and it may be why nobody may be asked. Measured on the golden questions: 12 passages instead of
# 16 keep 99 % of those that hold an expected fact, and a third fewer questions touch something confidential.
_WORTH_TELLING = 0.5
_AS_GOOD = 0.9  # of the best score: what has it may answer as well


@dataclass(frozen=True, slots=True)
class Findings:
    """What the searches brought. `question`: the search that an answer in quotes goes by."""

    question: str
    hits: tuple[Hit, ...]
    answerable: bool
    attached: int = 0  # how many of the hits came with the question; they are the first

    @property
    def telling(self) -> tuple[Hit, ...]:
        """The passages that are worth telling a model."""
        found = self.hits[self.attached :]
        floor = _WORTH_TELLING * max((hit.score for hit in found), default=0.0)
        return (*self.hits[: self.attached], *(hit for hit in found if hit.score >= floor))

    def best(self) -> tuple[Hit, ...]:
        """The passages that are as good as the best one, or nearly."""
        floor = _AS_GOOD * max((hit.score for hit in self.hits), default=0.0)
        return tuple(hit for hit in self.hits if hit.score >= floor)


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
        attached=len(attached),
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


def worth_telling(findings: Findings, asked: Need, focus: Focus) -> tuple[Hit, ...]:
    """The passages worth telling a model, but for those beside the subject that would ask for more trust.

    A confidential note on another vendor must not keep a model from a question about an internal one.
    """
    worth = findings.telling
    mine = findings.hits[: findings.attached]
    on = [hit for hit in worth if hit in mine or focus.touches(f"{hit.above} {hit.passage.text}")]
    if not on:
        return worth
    least = needed(on, asked)
    return tuple(hit for hit in worth if hit in on or needed([*on, hit], asked) == least)
