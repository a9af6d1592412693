"""How much of a statement's content its passages hold, and which of their sentences holds most. Pure."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from bot.evidence import Evidence, Sentence, Word, is_content, tokenise
from retrieval.language import LANGUAGES, grams, stem, words
from retrieval.lexicon import Lexicon
from retrieval.types import Language

_COGNATE = 0.6  # share of a word's 4-grams in one word of the other language: Kapitalismus, capitalism
_TRANSLATIONS = 6


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement as it is held against evidence: its words, and what would count as finding each."""

    language: Language
    words: tuple[Word, ...]  # all, in order, with stems in its own language
    content: tuple[int, ...]  # which of them say something about the subject
    meanings: tuple[Mapping[Language, frozenset[str]], ...]  # for each word, the stems that mean it


@dataclass(frozen=True, slots=True)
class Cover:
    """Shares 0..1 of the content: in the best sentence, in the best two in a row, of neighbouring words."""

    best: float
    pair: float
    sequence: float
    sentence: Sentence | None
    word: float = 1.0  # what one word of the content weighs
    rivals: tuple[Sentence, ...] = ()  # all that hold as much as the best one, but for a word


def read(text: str, language: Language, lexicon: Lexicon) -> Claim:
    """A statement's words with their translations."""
    forms = tokenise(text)
    meanings = tuple(_meanings(form, language, lexicon) for form in forms)
    content = tuple(i for i, form in enumerate(forms) if is_content(form, language))
    own = tuple(Word(form, meaning[language]) for form, meaning in zip(forms, meanings, strict=True))
    return Claim(language, own, content, meanings)


def _meanings(form: str, language: Language, lexicon: Lexicon) -> Mapping[Language, frozenset[str]]:
    own = frozenset(lexicon.stems(form, language))
    other: Language = "de" if language == "en" else "en"
    parts = [part for each in lexicon.translations(form, language, _TRANSLATIONS) for part in words(each)]
    for piece in lexicon.parts(form) if language == "de" else ():
        parts += [part for each in lexicon.translations(piece, "de", _TRANSLATIONS) for part in words(each)]
    foreign = frozenset(stem(part, other) for part in parts if is_content(part, other))
    return {language: own, other: foreign or frozenset((stem(form, other),))}


def measure(claim: Claim, evidence: Evidence) -> Cover:
    """How far the evidence covers the statement."""
    found = [_found(claim, sentence) for sentence in evidence.sentences]
    total = len(claim.content)
    if not found or not total:
        return Cover(0.0, 0.0, 0.0, evidence.sentences[0] if found else None)
    sizes = [len(each) for each in found]
    best = max(range(len(found)), key=sizes.__getitem__)
    pairs = [len(a | b) for a, b in itertools.pairwise(found)]
    return Cover(
        best=sizes[best] / total,
        pair=max([sizes[best], *pairs]) / total,
        sequence=_sequence(claim, evidence, sizes[best] / total),
        sentence=evidence.sentences[best],
        word=1 / total,
        rivals=tuple(
            each
            for each, size in zip(evidence.sentences, sizes, strict=True)
            if size >= max(1, sizes[best] - 1)
        ),
    )


def _found(claim: Claim, sentence: Sentence) -> frozenset[int]:
    if sentence.language == claim.language:
        return frozenset(i for i in claim.content if claim.meanings[i][claim.language] & sentence.stems)
    cognates = _grams(sentence)
    return frozenset(
        i
        for i in claim.content
        if claim.meanings[i][sentence.language] & sentence.stems or _cognate(claim.words[i].text, cognates)
    )


def _grams(sentence: Sentence) -> frozenset[str]:
    return frozenset(gram for word in sentence.words for gram in grams(word.text))


def _cognate(form: str, known: frozenset[str]) -> bool:
    mine = grams(form)
    return len(form) > 3 and sum(gram in known for gram in mine) >= _COGNATE * len(mine)


def _sequence(claim: Claim, evidence: Evidence, alone: float) -> float:
    """The share of the statement's neighbouring content words that are neighbours in a source as well.

    A single word has no neighbours: `alone`, whether it stands there.
    """
    first = [min(claim.meanings[i][claim.language]) for i in claim.content]
    mine = set(itertools.pairwise(first))
    if not mine:
        return alone
    return len(mine & {pair for sentence in evidence.sentences for pair in _neighbours(sentence)}) / len(mine)


def _neighbours(sentence: Sentence) -> set[tuple[str, str]]:
    content = [min(w.stems) for w in sentence.words if is_content(w.text, sentence.language)]
    return set(itertools.pairwise(content))


def same(claim: Claim, word: Word, other: Word) -> bool:
    """Whether a word of the statement means a word of a source, in either language."""
    place = claim.words.index(word)
    return any(claim.meanings[place][language] & other.stems for language in LANGUAGES)
