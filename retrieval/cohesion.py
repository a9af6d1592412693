"""How reluctant a text is to be cut before each of its sentences. Pure; no embedder in it.

Lexical cohesion as in Hearst 1997, "TextTiling": text on one subject repeats its words, so two stretches
that share few words meet where the subject changes. The end of a paragraph says so more plainly.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from retrieval.language import fold, stop_words, words
from retrieval.types import Language

# What a cut costs, beside the square of the share by which a passage is too long or too short. Measured with
# lengths alone, with paragraphs, with shared words, with both. Chroma's chunking corpora, span recall@5 with
# our search .903, .910, .907, .902, and dense .777, .784, .783, .788. XQuAD's articles cut into passages,
# recall@1 in English .922, .947, .936, .945, in German .871, .919, .900, .917. With twice the weights no
# figure moves by more than .01.
WITHIN_PARAGRAPH = 0.1
SHARED_WORDS = 0.2  # for two sides that use the same words equally often
_SIDE = 300  # characters looked at on each side: two or three sentences
_ROOT = 6  # letters: enough for a word's forms to meet, and no change of a stemmer cuts all texts anew

Spans = Sequence[tuple[int, int]]


def reluctance(text: str, sentences: Spans, language: Language) -> list[float]:
    """What a cut before each sentence costs; the first is free."""
    bags = [Counter(_roots(text[start:end], language)) for start, end in sentences]
    lengths = [end - start for start, end in sentences]
    costs = [0.0] * len(bags)
    sides = zip(_before(bags, lengths), islice(_after(bags, lengths), 1, None), strict=False)
    for place, (before, after) in enumerate(sides, 1):
        together = "\n" not in text[sentences[place - 1][1] : sentences[place][0]]
        costs[place] = WITHIN_PARAGRAPH * together + SHARED_WORDS * likeness(before, after)
    return costs


def likeness(left: Counter[str], right: Counter[str]) -> float:
    """Cosine of two word counts, 0..1; 0 where one is empty."""
    norm = math.sqrt(sum(n * n for n in left.values()) * sum(n * n for n in right.values()))
    return sum(n * right[root] for root, n in left.items()) / norm if norm else 0.0


def _roots(sentence: str, language: Language) -> Iterable[str]:
    skipped = stop_words(language)
    return (fold(word)[:_ROOT] for word in words(sentence) if len(word) > 2 and word not in skipped)


# Both sides keep one count, to which sentences come and from which they go. Counted anew at each place, they
# took 22 of the 49 s for 50,000 lines of one letter: 300 characters are very many such lines.
def _before(bags: Sequence[Counter[str]], lengths: Sequence[int]) -> Iterable[Counter[str]]:
    """The words of the last sentences up to each, as few as make a side; one count, ever changed."""
    found: Counter[str] = Counter()
    size = first = 0
    for bag, length in zip(bags, lengths, strict=True):
        _add(found, bag)
        size += length
        while size - lengths[first] >= _SIDE:
            _remove(found, bags[first])
            size -= lengths[first]
            first += 1
        yield found


def _after(bags: Sequence[Counter[str]], lengths: Sequence[int]) -> Iterable[Counter[str]]:
    """The words of the next sentences from each on, as few as make a side; one count, ever changed."""
    found: Counter[str] = Counter()
    size = end = 0
    for bag, length in zip(bags, lengths, strict=True):
        while size < _SIDE and end < len(bags):
            _add(found, bags[end])
            size += lengths[end]
            end += 1
        yield found
        _remove(found, bag)
        size -= length


def _add(found: Counter[str], bag: Counter[str]) -> None:
    for root, times in bag.items():
        found[root] += times


def _remove(found: Counter[str], bag: Counter[str]) -> None:
    for root, times in bag.items():
        found[root] -= times
        if not found[root]:
            del found[root]
