"""The numbers, dates and names of a statement: which are unfounded, which were exchanged. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from bot import dates, figures, names
from bot.evidence import Evidence, Sentence, gather, plain
from retrieval.lexicon import Lexicon
from retrieval.types import Language

Kind = Literal["number", "date", "name"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text says that can be looked up word for word."""

    text: str
    language: Language
    moments: tuple[dates.Moment, ...]
    figures: tuple[figures.Figure, ...]
    names: tuple[names.Name, ...]


def read(text: str, language: Language, lexicon: Lexicon) -> Facts:
    """The facts of a statement; what is part of a date is no figure, what is a figure is no name."""
    moments = dates.find(text, language)
    spans = [each.span for each in moments]
    amounts = figures.find(text, language, spans)
    spans += [each.span for each in amounts]
    return Facts(text, language, moments, amounts, names.find(text, language, lexicon, spans))


def unfounded(facts: Facts, evidence: Evidence, lexicon: Lexicon) -> Iterator[tuple[Kind, str]]:
    """The facts that stand nowhere in the evidence, each with its kind."""
    yield from (("date", each.text) for each in facts.moments if not _dated(each, evidence))
    yield from (("number", each.text) for each in facts.figures if not _counted(each, evidence))
    absent = names.missing(facts.names, facts.language, evidence, lexicon)
    yield from (("name", each.text) for each in absent)


def unbounded(facts: Facts, evidence: Evidence) -> Iterator[tuple[str, str]]:
    """The figures and dates that stand there without the statement's bound, or with one it lacks, by rule."""
    yield from (("bound", f"{each.said} {each.text}") for each in facts.moments if _turned(each, evidence))
    for each in facts.figures:
        sources = [source for source in evidence.figures if figures.supports(source, each)]
        if sources and not any(figures.bounded(source, each) for source in sources):
            limits = each.limits if each.limits.word else sources[0].limits
            yield "bound" if each.limits.word else "other bound", limits.told(each.text)


def exchanged(
    facts: Facts, sentence: Sentence, evidence: Evidence, lexicon: Lexicon
) -> Iterator[tuple[Kind, str]]:
    """The facts for which the sentence that says all the rest has others of the same kind.

    Each may stand in another sentence: "Greta fails" and "Lotse works" are no ground for "Lotse fails".
    """
    mine = gather([(facts.text, facts.language)], lexicon)
    theirs = gather([(sentence.text, sentence.language)], lexicon)
    there = read(sentence.text, sentence.language, lexicon)
    fuller = _fuller_names(facts, evidence)
    left_out = {kind for kind, _ in unfounded(there, mine, lexicon)}
    for kind, text in unfounded(facts, theirs, lexicon):
        if kind in left_out and not (kind == "name" and text in fuller):
            yield kind, text


def _fuller_names(facts: Facts, evidence: Evidence) -> frozenset[str]:
    """Parts of names that stand somewhere in one piece: the sentence may have left the first name out."""
    pairs = [
        (one.text, other.text)
        for one, other in pairwise(facts.names)
        if other.span[0] - one.span[1] == 1 and plain(one.text) + plain(other.text) in evidence.joined
    ]
    return frozenset(text for pair in pairs for text in pair)


def _dated(moment: dates.Moment, evidence: Evidence) -> bool:
    if any(dates.supports(each, moment, evidence.years) for each in evidence.moments):
        return True
    bare = moment.year is not None and moment.month is None and not moment.part
    return bare and any(value == moment.year for each in evidence.figures for value, _ in each.readings)


def _turned(moment: dates.Moment, evidence: Evidence) -> bool:
    """Whether what ends on that day in the evidence begins on it here, or the other way round."""
    same = [each for each in evidence.moments if dates.supports(each, moment)]
    return bool(moment.bound and same) and all(each.bound not in ("", moment.bound) for each in same)


def _counted(figure: figures.Figure, evidence: Evidence) -> bool:
    if any(figures.supports(each, figure) for each in evidence.figures):
        return True
    return figure.bare and any(value in evidence.years for value, _ in figure.readings)
