"""How a statement puts what its source says: more certain, wider, turned, or with two facts exchanged. Pure.

Every word of such a statement may stand in the source. It is held against the sentence that it rests on, and
against those that hold as much of it: where one of them says it so, nothing is wrong.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot import coverage, facts, polarity, rates, roles, strength
from bot.alignment import Alignment, Text, align
from bot.evidence import Evidence, Sentence, plain
from bot.problems import Problem
from retrieval.lexicon import Lexicon

_RULES: tuple[tuple[str, Callable[[Alignment], str]], ...] = (
    ("opposite", polarity.turned),
    ("certainty", strength.overstated),
    ("extent", strength.widened),
    ("only", strength.restricted),
)
# An inference goes beyond its passages in these; what it counts and names must stand there as it says.
FREE = frozenset(("certainty", "extent", "only"))


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement as it was read: its text, its words, its facts."""

    text: str
    words: coverage.Claim
    facts: facts.Facts


def problems(said: Stated, cover: coverage.Cover, evidence: Evidence, lexicon: Lexicon) -> Iterator[Problem]:
    """What is wrong with the way a statement is put."""
    if cover.sentence is None:
        return
    rivals = (each for each in cover.rivals if each is not cover.sentence)
    pairs = [align(said.text, said.words, each) for each in (cover.sentence, *rivals)]
    for rule, find in _RULES:
        found = [find(pair) for pair in pairs]
        if all(found):
            yield Problem(rule, found[0])
    everything = " ".join(each.text for each in evidence.sentences)
    periods = rates.exchanged(said.text, cover.sentence.text, everything)
    yield from (Problem("rate", text) for text in periods)
    yield from (
        Problem("role", " / ".join(each)) for each in _exchanged(pairs[0], said, cover.sentence, lexicon)
    )


def _exchanged(
    pair: Alignment, said: Stated, sentence: Sentence, lexicon: Lexicon
) -> Iterator[tuple[str, str]]:
    """Names, numbers, or dates, that stand in each other's place."""
    there = facts.read(sentence.text, sentence.language, lexicon)
    for read in (_names, _figures, _moments):
        yield from roles.exchanged(pair, read(pair.mine, said.facts), read(pair.theirs, there))


def _names(side: Text, found: facts.Facts) -> Sequence[roles.Mention]:
    """Names in one piece, Sam Altman; each of the parts stands for the whole."""
    pieces: list[roles.Piece] = []
    for each in found.names:
        key = frozenset((plain(each.text),))
        if pieces and each.span[0] - pieces[-1].span[1] == 1:
            last = pieces.pop()
            span = (last.span[0], each.span[1])
            pieces.append(roles.Piece(f"{last.text} {each.text}", span, last.keys | key))
        else:
            pieces.append(roles.Piece(each.text, each.span, key))
    return roles.locate(side, pieces)


def _figures(side: Text, found: facts.Facts) -> Sequence[roles.Mention]:
    keys = ((each, frozenset(str(value) for value, _ in each.readings)) for each in found.figures)
    return roles.locate(side, [roles.Piece(each.text, each.span, values) for each, values in keys])


def _moments(side: Text, found: facts.Facts) -> Sequence[roles.Mention]:
    dated = ((each, f"{each.year} {each.month} {each.day} {each.part}") for each in found.moments)
    return roles.locate(side, [roles.Piece(each.text, each.span, frozenset((key,))) for each, key in dated])
