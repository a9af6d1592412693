"""Whether a sentence is about what a question names: Mistral's contract is no answer about OpenAI's. Pure."""

import itertools
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from bot.asked import Known
from bot.subjects import BEFORE_NAME, TOKEN, Names
from retrieval.language import grams, sound, words
from retrieval.types import Language
from retrieval.vocabulary import Named

_BESIDE = 0.5  # what is left of a sentence's score when it is about none of the names


@dataclass(frozen=True, slots=True)
class Focus:
    """The vendors and systems that a question names, by their keys, and how to find them in a text."""

    names: Names
    asked: frozenset[str]

    @classmethod
    def of(cls, question: str, vendors: Collection[Named], systems: Collection[Named]) -> "Focus":
        """The focus of a question that stands alone."""
        names = Names.of(vendors, systems)
        return cls(names, frozenset(each.key for each in names.known(question)))

    def knows(self, word: str) -> bool:
        """Whether a word stands for a vendor or a system."""
        return bool(self.names.known(word))

    def on(self, text: str, above: str) -> bool:
        """Whether a sentence is about one of the asked names; always when none is asked about.

        A sentence that names no vendor is about the one that its title and headings name.
        """
        if not self.asked:
            return True
        mentions = self.names.known(text)
        about = {each.key for each in mentions}
        if not any(each.kind == "vendor" for each in mentions):
            about.update(each.key for each in self.names.known(above))
        return not self.asked.isdisjoint(about)

    def touches(self, text: str) -> bool:
        """Whether a text has one of the asked names; always when none is asked about."""
        return not self.asked or any(each.key in self.asked for each in self.names.known(text))

    def weight(self, on: bool) -> float:
        """What a sentence's score is multiplied by."""
        return 1.0 if on else _BESIDE


Translated = Callable[[str], Iterable[str]]

_YEAR = re.compile(r"(?:19|20)\d\d")
_ALIKE = 0.4  # of a name's 4-grams: "Mistrel" is Mistral


def strangers(question: str, language: Language, focus: Focus, ordinary: Known) -> frozenset[str]:
    """Names in a question that nobody listed, and years: "Cohere", "2031". Lower case.

    The first word is left out, as its capital says nothing. German writes every noun with one: there a name
    is a word that no lexicon has and that has no article ("mit Cohere", not "ins Straucheln").
    """
    tokens = TOKEN.findall(question)

    def names(before: str, word: str) -> bool:
        if not word[0].isupper() or len(word) < 3 or focus.knows(word):
            return False
        return language == "en" or (before.lower() in BEFORE_NAME and not ordinary(word.rpartition("-")[2]))

    found = (word for before, word in itertools.pairwise(tokens) if names(before, word))
    return frozenset(each.lower() for each in (*found, *filter(_YEAR.fullmatch, tokens)))


def missing(names: Iterable[str], texts: Iterable[str], translated: Translated) -> bool:
    """Whether one of these names stands in none of the texts: neither itself, nor in other words, nor alike.

    Of XQuAD's real questions, asked of all articles, that is so with 1 % (four directions, top 16).
    """
    rows = [sound(f"_{'__'.join(words(text))}_") for text in texts]
    ways = ((name, *translated(name)) for name in names)
    return any(not any(_stands(way, row) for way in each for row in rows) for each in ways)


def _stands(name: str, row: str) -> bool:
    mine = [gram for word in words(name) for gram in grams(word)]
    return sum(gram in row for gram in mine) >= _ALIKE * len(mine)


NO_FOCUS = Focus(Names(None, {}), frozenset())
