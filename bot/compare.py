"""Several models' answers from the same passages, side by side: what they agree on, and what only some say.

Agreement is judged by what is said, not by how: the same figures and dates, no opposite, and the same
sentence cited, or nearly the same words, or nearly the same meaning. Two agreeing models may both be wrong.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

from bot import coverage, facts, polarity
from bot.evidence import Evidence, gather
from bot.facts import Facts
from bot.models import extractive
from bot.types import Answer, Statement
from retrieval.language import words
from retrieval.lexicon import Lexicon
from retrieval.types import Language

_ALIKE = 0.5  # share of words in common from which two statements say the same
_ALIKE_CITED = 0.2  # the same, if both rest on the same sentence
_SIMILAR = 0.8  # cosine from which they do
_SIMILAR_CITED = 0.55
_MOST_AT_ONCE = 4


class Judge(Protocol):
    """What is needed of a library."""

    @property
    def lexicon(self) -> Lexicon:
        """German and English word pairs."""

    def similar(self, claim: str, texts: Sequence[str]) -> Sequence[float]:
        """The cosine of a claim to each text."""


@dataclass(frozen=True, slots=True)
class Said:
    """A statement and which backend made it, with the sentences that it cites."""

    backend: str
    statement: Statement
    quotes: frozenset[tuple[str, str]] = frozenset()
    language: Language = "en"


@dataclass(frozen=True, slots=True)
class Group:
    """Statements that say the same, at most one of each backend."""

    said: tuple[Said, ...]

    @property
    def text(self) -> str:
        """The statement in the words of the first who made it; one that is borne out, if there is any."""
        standing = [each for each in self.said if each.statement.verdict == "supported"]
        return (standing or self.said)[0].statement.text

    @property
    def backends(self) -> tuple[str, ...]:
        """Who says so, in the order asked."""
        return tuple(dict.fromkeys(each.backend for each in self.said))

    def __str__(self) -> str:
        return f"{self.text} ({', '.join(self.backends)})"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answers in the order asked; what at least two of them say; what only one does."""

    answers: tuple[Answer, ...]
    agreed: tuple[Group, ...] = ()
    differing: tuple[Group, ...] = ()


def side_by_side(names: Sequence[str], write: Callable[[str], Answer], judge: Judge) -> Comparison:
    """Have each of them write, a few at once, and compare what they wrote."""
    with ThreadPoolExecutor(max_workers=_MOST_AT_ONCE, thread_name_prefix="compare") as pool:
        answers = merged(list(pool.map(write, names)))
    groups = group([each for answer in answers for each in told(answer)], judge)
    agreed = tuple(each for each in groups if len(each.backends) > 1)
    return Comparison(answers, agreed, tuple(each for each in groups if each not in agreed))


def merged(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """All answers, but quotes only once: several vendors that did not write are no several voices."""
    quoted = [each for each in answers if each.backend == extractive.NAME]
    if len(quoted) < 2:
        return tuple(answers)
    skipped = dict.fromkeys(skip for each in quoted for skip in each.skipped)
    attempts = tuple(attempt for each in quoted for attempt in each.attempts)  # each is a call of its own
    once = replace(quoted[0], skipped=tuple(skipped), attempts=attempts)
    return (*(each for each in answers if each.backend != extractive.NAME), once)


def told(answer: Answer) -> tuple[Said, ...]:
    """An answer's statements with who made them; assumptions are nobody's finding."""
    quotes = {each.n: (each.uri, each.quote) for each in answer.citations}
    return tuple(
        Said(answer.backend, each, frozenset(quotes[n] for n in each.citations), answer.language)
        for each in answer.statements
        if each.kind != "assumption"
    )


def group(said: Sequence[Said], judge: Judge) -> tuple[Group, ...]:
    """Statements that say the same together, in the order in which each was first made."""
    groups: list[list[_Read]] = []
    for each in (_read(one, judge) for one in said):
        home = next((found for found in groups if _joins(each, found, judge)), None)
        if home is None:
            groups.append([each])
        else:
            home.append(each)
    return tuple(Group(tuple(each.said for each in found)) for found in groups)


@dataclass(frozen=True, slots=True)
class _Read:
    """A statement with what can be compared in it."""

    said: Said
    facts: Facts
    evidence: Evidence  # the statement as something that another may be held against
    claim: coverage.Claim


def _read(said: Said, judge: Judge) -> _Read:
    text, language = said.statement.text, said.language
    found = facts.read(text, language, judge.lexicon)
    grounds = gather([(text, language)], judge.lexicon)
    return _Read(said, found, grounds, coverage.read(text, language, judge.lexicon))


def _joins(one: _Read, group: Sequence[_Read], judge: Judge) -> bool:
    """Whether a statement says what all of a group say; one backend's own statements differ by intent."""
    others = all(each.said.backend != one.said.backend for each in group)
    return others and all(_same(one, each, judge) for each in group)


def _same(one: _Read, other: _Read, judge: Judge) -> bool:
    if _contradict(one, other, judge.lexicon):
        return False
    cited = bool(one.said.quotes & other.said.quotes)
    if _alike(one, other) >= (_ALIKE_CITED if cited else _ALIKE):
        return True
    [cosine] = judge.similar(one.said.statement.text, [other.said.statement.text])
    return cosine >= (_SIMILAR_CITED if cited else _SIMILAR)


def _contradict(one: _Read, other: _Read, lexicon: Lexicon) -> bool:
    """Other figures, dates or names on both sides, or the opposite."""
    mine = {kind for kind, _ in facts.unfounded(one.facts, other.evidence, lexicon)}
    theirs = {kind for kind, _ in facts.unfounded(other.facts, one.evidence, lexicon)}
    return bool(mine & theirs) or _opposed(one, other)


def _opposed(one: _Read, other: _Read) -> bool:
    claim, sentences = one.claim, other.evidence.sentences
    languages = (one.said.language, other.said.language)
    return any(
        polarity.opposed(claim.words, each.words, languages, lambda a, b: coverage.same(claim, a, b))
        for each in sentences
    )


def _alike(one: _Read, other: _Read) -> float:
    mine, theirs = (set(words(each.said.statement.text)) for each in (one, other))
    return len(mine & theirs) / max(len(mine | theirs), 1)
