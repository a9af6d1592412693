"""Text to index terms, and a question to weighted terms for each language of the index. Pure.

A passage is indexed as character 4-grams and as stems (German compounds also as the stems of their
parts), in fields of its own language. A question asks the fields of its own language with its own
words, and those of the other language with its 4-grams (names and cognates look alike) and with the
stems of its words' translations.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from retrieval.language import LANGUAGES, asking_words, grams, sound, stem, stop_words, words
from retrieval.lexicon import Lexicon
from retrieval.types import Language

TRANSLATIONS = 3  # for each word; measured on XQuAD dev: 2, 3 and 5 differ by less than .003 nDCG@10


@dataclass(frozen=True, slots=True)
class Terms:
    """What the index holds of one text."""

    grams: tuple[str, ...]
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What is asked of one text: its stems, and its words in a row with their edges, "_open__ai_".

    A word's 4-gram stands in the row if and only if it is a gram of one of the words.
    """

    stems: frozenset[str]
    row: str


@dataclass(frozen=True, slots=True)
class Concept:
    """One content word of a question and the stems that would count as finding it, per language."""

    word: str
    stems: Mapping[Language, frozenset[str]]
    grams: frozenset[str]
    named: bool = False  # a number, or a word that no lexicon holds: a name, which no other word can replace


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the lexical side sees it."""

    language: Language
    grams: tuple[str, ...]
    stems: Mapping[Language, tuple[str, ...]]
    concepts: tuple[Concept, ...] = field(default=())


def analyse(text: str, language: Language, lexicon: Lexicon) -> Terms:
    """The index terms of a text, with repetitions."""
    tokens = words(text)
    return Terms(
        grams=tuple(gram for token in tokens for gram in grams(token)),
        stems=tuple(each for token in tokens for each in lexicon.stems(token, language)),
    )


def contents(text: str, language: Language, lexicon: Lexicon) -> Content:
    """What a text holds. A third of the time of `analyse`: no gram is cut out."""
    tokens = dict.fromkeys(words(text))
    stems = frozenset(each for token in tokens for each in lexicon.stems(token, language))
    return Content(stems, sound(f"_{'__'.join(tokens)}_"))


def ask(
    text: str, language: Language, lexicon: Lexicon, glossary: Mapping[str, tuple[str, ...]] | None = None
) -> Question:
    """A question's terms; terms of the company's glossary in it bring their other names along.

    Another name is one more way to find a concept, not one more concept that a text would have to hold.
    """
    known = glossary or {}
    own = tuple(dict.fromkeys(words(text)))
    unique = tuple(dict.fromkeys([*own, *words(" ".join(synonyms(text, known)))]))
    others = _other_names(text, known)
    concepts = tuple(
        _concept(word, language, lexicon, others.get(word, ())) for word in own if is_content(word, language)
    )
    stems = {each: _stems(unique, language, each, lexicon) for each in LANGUAGES}
    return Question(language, tuple(dict.fromkeys(g for w in unique for g in grams(w))), stems, concepts)


def is_content(word: str, language: Language) -> bool:
    """Whether a word can name what a question is about."""
    telling = word not in stop_words(language) and word not in asking_words(language)
    return telling and (len(word) > 1 or word.isdigit())


def synonyms(text: str, glossary: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Other names of the glossary terms that stand in the text as whole words."""
    return tuple(other for _, also in _standing(text, glossary) for other in also)


def _standing(text: str, glossary: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    padded = f" {' '.join(words(text))} "
    return ((term, also) for term, also in glossary.items() if f" {' '.join(words(term))} " in padded)


def _other_names(text: str, glossary: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """For each word of a term in the text, the term's other names of one word: longer ones hold too much.

    A name that does not mean the term in turn is no other name: Microsoft says nothing about Copilot.
    """
    found: dict[str, tuple[str, ...]] = {}
    for term, also in _standing(text, glossary):
        mutual = (words(each) for each in also if term in map(str.lower, glossary.get(each.lower(), ())))
        single = tuple(parts[0] for parts in mutual if len(parts) == 1)
        found.update((word, (*found.get(word, ()), *single)) for word in words(term))
    return found


def _stems(tokens: tuple[str, ...], asked: Language, target: Language, lexicon: Lexicon) -> tuple[str, ...]:
    found = [each for token in tokens for each in _stems_in(token, asked, target, lexicon)]
    return tuple(dict.fromkeys(found))


def _stems_in(word: str, asked: Language, target: Language, lexicon: Lexicon) -> tuple[str, ...]:
    if asked == target:
        return lexicon.stems(word, asked)
    translated = [part for each in lexicon.translations(word, asked, TRANSLATIONS) for part in words(each)]
    return tuple(stem(part, target) for part in translated) or (stem(word, target),)


def _concept(word: str, language: Language, lexicon: Lexicon, others: tuple[str, ...] = ()) -> Concept:
    stems = {
        each: frozenset(_stems_in(word, language, each, lexicon)).union(stem(o, each) for o in others)
        for each in LANGUAGES
    }
    named = any(map(str.isdigit, word)) or not lexicon.translations(word, language, 1)
    return Concept(word, stems, frozenset(grams(word)), named)
