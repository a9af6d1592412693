"""Which words of a statement mean which of a source's sentence, and what stands near them. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.coverage import Claim
from bot.dates import Span
from bot.evidence import Sentence, Word, is_content, words_of
from retrieval.types import Language

_BREAK = re.compile(r"[,;:()–—“”„\"]|\s-\s")


@dataclass(frozen=True, slots=True)
class Text:
    """One side: its words in order, where they stand in the text, and in which of its clauses."""

    text: str
    language: Language
    forms: tuple[str, ...]  # lower case
    spans: tuple[Span, ...]
    clauses: tuple[int, ...]

    def word(self, place: int) -> str:
        """A word as written."""
        start, end = self.spans[place]
        return self.text[start:end]

    def before(self, place: int) -> str:
        """The lower-case word before a place; "" at the beginning."""
        return self.forms[place - 1] if place else ""

    def after(self, place: int) -> str:
        """The lower-case word behind a place; "" at the end."""
        return self.forms[place + 1] if place + 1 < len(self.forms) else ""

    def says(self, place: int) -> bool:
        """Whether the word at a place says something about the subject."""
        return is_content(self.forms[place], self.language)


def read(text: str, language: Language, words: Sequence[Word]) -> Text:
    """A text with its words, which were read before, located in it."""
    spans = words_of(text)
    breaks = [match.start() for match in _BREAK.finditer(text)]
    clauses = tuple(sum(each < start for each in breaks) for start, _ in spans)
    return Text(text, language, tuple(word.text for word in words), spans, clauses)


@dataclass(frozen=True)
class Alignment:
    """A statement beside a sentence of its source; `there` has the places of each word's like."""

    mine: Text
    theirs: Text
    there: Mapping[int, frozenset[int]]

    @cached_property
    def back(self) -> Mapping[int, frozenset[int]]:
        """The places in the statement of each word of the source that has a like there."""
        found: dict[int, set[int]] = {}
        for here, places in self.there.items():
            for place in places:
                found.setdefault(place, set()).add(here)
        return {place: frozenset(each) for place, each in found.items()}


def align(text: str, claim: Claim, sentence: Sentence) -> Alignment:
    """The content words of both, put beside each other."""
    theirs = read(sentence.text, sentence.language, sentence.words)
    content = [(j, word.stems) for j, word in enumerate(sentence.words) if theirs.says(j)]
    likes = {
        i: frozenset(j for j, stems in content if claim.meanings[i][sentence.language] & stems)
        for i in claim.content
    }
    there = {i: places for i, places in likes.items() if places}
    return Alignment(read(text, claim.language, claim.words), theirs, there)


def following(side: Text, place: int, most: int = 3) -> list[int]:
    """The next content words of the same clause."""
    return _near(side, place, range(place + 1, len(side.forms)), most)


def preceding(side: Text, place: int, most: int = 3) -> list[int]:
    """The content words of the same clause before a place, the nearest first."""
    return _near(side, place, range(place - 1, -1, -1), most)


def _near(side: Text, place: int, places: range, most: int) -> list[int]:
    clause = side.clauses[place]
    return [each for each in places if side.clauses[each] == clause and side.says(each)][:most]


def beside(side: Text, place: int, reach: int) -> Iterator[int]:
    """The places within reach of one, in its own clause, and itself."""
    around = range(max(0, place - reach), min(len(side.forms), place + reach + 1))
    return (each for each in around if side.clauses[each] == side.clauses[place])


def within(places: Collection[int], reach: int, marks: Collection[int]) -> bool:
    """Whether one of the marks stands within reach of one of the places."""
    return any(abs(place - mark) <= reach for place in places for mark in marks)
