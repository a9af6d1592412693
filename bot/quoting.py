"""Which sentences of the passages answer a question: rated, chosen, put in order. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from bot.asked import Kind, Known, held
from bot.focus import NO_FOCUS, Focus, Translated, missing
from retrieval.language import words
from retrieval.types import Hit, Language

MOST = 6  # what can be read aloud in a meeting
_SAME = 0.6  # Jaccard over words from which two sentences say the same
_LANGUAGE_BONUS = 0.04  # a sentence in the question's language wins against an equal one in the other
_PASSAGE_COST = 0.02  # each further sentence from one passage must be that much better
_SOURCE_COST = 0.02  # and each further one from one document
_INDEPENDENT = 0.05  # for a publisher not heard yet: two of them are worth more than one said twice
_LONGEST = 350  # characters of one statement: two breaths, read aloud
_LONGEST_LIST = 600
_AS_GOOD = 0.8  # of a sentence's score: what follows it belongs to the same answer
_NEW_CONCEPTS = 0.4  # for concepts of the question that no chosen sentence has
_KIND = 0.15  # for a sentence that holds what is asked for: a date, a person
_FLOOR = 0.65  # of the best sentence's score: below it a sentence is about something else
_FACT_FLOOR = 0.75  # the same where one fact is asked for: the answer is one sentence, or a few
_SHORTEST = 4  # words: "See below." answers nothing
# Similarity and coverage together that the best sentence must have: one that holds what is asked for, or any
# for an open question. Of the XQuAD questions (a third, four directions) .7 loses 1 % of all, of SQuAD 2.0's
# unanswerable ones about a date, a sum or a number it declines a fifth.
_FACT_LEAST, _LEAST = 0.7, 0.5
# By how much the best sentence about another name may be closer. Measured on the golden questions and 70 like
# them: those with an answer stay below .18, "how many tickets does Tresor answer" (Greta does) has .70.
_OTHERS_AHEAD = 0.25
_FACTS: frozenset[Kind] = frozenset({"date", "money", "number"})  # how a person or a length is told varies
_ITEM = re.compile(r"\s*\n[ \t]*(?:[-*•+]|\d{1,3}[.)])[ \t]+")

Coverage = Callable[[str, Language], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a sentence is measured by: `covers` says how much of the question a text holds.

    `ordinary` knows the words that are no names. Not `strict`: the best is quoted, however weak.
    """

    covers: Coverage
    focus: Focus = NO_FOCUS
    kinds: frozenset[Kind] = frozenset()
    ordinary: Known = str.islower
    strict: bool = True
    strangers: frozenset[str] = frozenset()  # names that some passage must have
    translated: Translated = lambda _: ()


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence that may be quoted, or several in a row: its text as said and its place in its passage."""

    text: str
    hit: Hit
    first: int  # its sentences in the passage: the number of the first, and of the last
    last: int
    score: float
    joint: float  # similarity and coverage
    covered: tuple[float, ...]  # share of each of the question's concepts, as far as it is held
    about: bool = True  # whether it is about a name that the question has, if it has any
    held: frozenset[Kind] = frozenset()  # of the kinds of thing asked for, those that it holds

    @property
    def quote(self) -> str:
        """The literal text."""
        spans = self.hit.passage.sentences
        return self.hit.passage.text[spans[self.first][0] : spans[self.last][1]]


def rate(hit: Hit, wanted: Wanted) -> list[Extract]:
    """Every sentence of a passage, in order."""
    return [_rate(hit, number, wanted) for number in range(len(hit.passage.sentences))]


def _rate(hit: Hit, number: int, wanted: Wanted) -> Extract:
    passage = hit.passage
    start, end = passage.sentences[number]
    quote = passage.text[start:end]
    text = row(quote, passage.text) if passage.kind == "table" else quote
    covered = wanted.covers(" ".join([*passage.headings[1:], text]), passage.language)
    cosine = max(hit.sentence_scores[number], 0.0) if hit.sentence_scores else 0.0
    about = wanted.focus.on(text, hit.above)
    holds = held(wanted.kinds, text, passage.language, wanted.ordinary)
    worth = score(hit.score, cosine, sum(covered)) + _KIND * bool(holds)
    joint = cosine + sum(covered)
    return Extract(
        text, hit, number, number, worth * wanted.focus.weight(about), joint, covered, about, holds
    )


def score(passage: float, cosine: float, coverage: float) -> float:
    """How well a sentence answers: its own similarity and coverage, and its passage's rank (all 0..1)."""
    return 0.3 * passage + 0.3 * cosine + 0.4 * coverage


def bear_out(rated: Sequence[Sequence[Extract]], wanted: Wanted) -> bool:
    """Whether some sentence can be an answer: on what is named, holding what is asked for, close enough.

    Another vendor's contract does not tell when this one's ends, least of all when no source names it.
    """
    hits = [passage[0].hit for passage in rated if passage]
    texts = [f"{hit.above} {hit.source.published} {hit.passage.text}" for hit in hits]
    if missing(wanted.strangers, texts, wanted.translated):
        return False
    fact = bool(wanted.kinds) and wanted.kinds <= _FACTS
    could = [x for passage in rated for x in passage if x.held or not fact]
    best = max((each.joint for each in could if each.about), default=0.0)
    others = max((each.joint for each in could if not each.about), default=0.0)
    return best >= max(_FACT_LEAST if fact else _LEAST, others - _OTHERS_AHEAD)


def choose(rated: Sequence[Sequence[Extract]], language: Language, kinds: frozenset[Kind]) -> list[Extract]:
    """The best sentences, no two alike, grouped by source in the order of each source's best.

    Each next sentence is worth more for what it adds to the concepts covered so far (submodular, Lin and
    Bilmes 2011): a question with two halves gets both of them answered.
    """
    every = [x for passage in rated for x in passage if x.about and len(words(x.text)) >= _SHORTEST]
    floor = (_FACT_FLOOR if kinds else _FLOOR) * max((each.score for each in every), default=0.0)
    rest = [each for each in every if each.score >= floor]
    passages = {passage[0].hit.passage.id: passage for passage in rated if passage}
    chosen: list[Extract] = []
    while rest and len(chosen) < MOST:
        best = max(rest, key=lambda each: _worth(each, chosen, language))
        rest.remove(best)
        if any(alike(best.text, other.text) for other in chosen):
            continue
        chosen.append(_with_more(best, passages[best.hit.passage.id], chosen, alone=bool(kinds)))
        rest = [each for each in rest if not overlap(each, chosen[-1])]
    return group(chosen, best_first=bool(kinds))


def _with_more(best: Extract, passage: Sequence[Extract], chosen: Sequence[Extract], alone: bool) -> Extract:
    """A sentence with its neighbours that belong to it and are not said already.

    `alone`: only those after it. Where one fact is asked for, it must not be buried behind what comes before.
    """
    if best.hit.passage.kind == "table":
        return best

    def free(each: Extract) -> bool:
        return not any(overlap(each, other) for other in chosen)

    after = list(takewhile(free, passage[best.last + 1 :]))
    if best.text.endswith(":"):
        return introduce(best, after)
    before = [] if alone else list(takewhile(free, passage[: best.first][::-1]))
    return extend(best, after, before)


def introduce(lead: Extract, items: Sequence[Extract]) -> Extract:
    """The lead of a list with its items, so that it is no bare "The following tools are approved:"."""
    whole = lead
    for each in items:
        longer = _joined(whole, each)
        if len(longer.quote) > _LONGEST_LIST or "\n\n" in _between(whole, each):
            break
        whole = longer
    return whole


def _between(left: Extract, right: Extract) -> str:
    passage = left.hit.passage
    return passage.text[passage.sentences[left.last][1] : passage.sentences[right.first][0]]


def extend(best: Extract, after: Sequence[Extract], before: Sequence[Extract] = ()) -> Extract:
    """A sentence with those around it in its paragraph, as long as they answer nearly as well."""
    whole = best
    for neighbours in (before, after):
        for each in neighbours:
            left, right = sorted((whole, each), key=lambda one: one.first)
            longer = _joined(left, right)
            apart = "\n" in _between(left, right)
            if apart or len(longer.quote) > _LONGEST or each.score < _AS_GOOD * best.score:
                break
            whole = longer
    return whole


def _joined(left: Extract, right: Extract) -> Extract:
    covered = tuple(map(max, left.covered, right.covered))
    longer = replace(left, last=right.last, covered=covered, held=left.held | right.held)
    return replace(longer, text=_aloud(longer.quote))


def _aloud(quote: str) -> str:
    """A quote without its list marks, as it is read: items follow each other after a comma."""
    first, *items = _ITEM.split(quote)
    for item in items:
        first += f"{'' if first[-1:] in '.:;,!?' else ','} {item}"
    return first


def _worth(extract: Extract, chosen: Sequence[Extract], language: Language) -> float:
    same_language = extract.hit.passage.language == language
    same_passage = sum(each.hit.passage.id == extract.hit.passage.id for each in chosen)
    same_source = sum(each.hit.source.id == extract.hit.source.id for each in chosen)
    publishers = {each.hit.source.publisher for each in chosen}
    return (
        extract.score
        + _INDEPENDENT * (bool(chosen) and extract.hit.source.publisher not in publishers)
        + _LANGUAGE_BONUS * same_language
        + _NEW_CONCEPTS * gain(extract.covered, [each.covered for each in chosen])
        + _KIND * bool(extract.held.difference(*(each.held for each in chosen)))
        - _PASSAGE_COST * same_passage
        - _SOURCE_COST * same_source
    )


def gain(covered: Sequence[float], before: Sequence[Sequence[float]]) -> float:
    """How much of the question a sentence covers beyond what the chosen ones do (0..1)."""
    best = [max(column) for column in zip(*before, strict=True)] or [0.0] * len(covered)
    return float(sum(max(0.0, mine - most) for mine, most in zip(covered, best, strict=True)))


def group(chosen: Sequence[Extract], best_first: bool = False) -> list[Extract]:
    """Sentences of one source together, the source with the best sentence first, and that sentence leading.

    The others of a source in reading order, as they explain each other; or, where a fact is asked for, the
    better first.
    """
    order = list(dict.fromkeys(each.hit.source.id for each in chosen))
    if best_first:
        return sorted(chosen, key=lambda each: order.index(each.hit.source.id))
    rest = sorted(
        chosen[1:], key=lambda each: (order.index(each.hit.source.id), each.hit.passage.ordinal, each.first)
    )
    return [*chosen[:1], *rest]


def alike(left: str, right: str) -> bool:
    """Whether two sentences say the same in nearly the same words."""
    a, b = set(words(left)), set(words(right))
    return len(a & b) / max(len(a | b), 1) >= _SAME


def overlap(left: Extract, right: Extract) -> bool:
    """Whether two extracts share a sentence."""
    same = left.hit.passage.id == right.hit.passage.id
    return same and left.first <= right.last and right.first <= left.last


def row(quote: str, table: str) -> str:
    """A table row as a sentence: "Greta: Criticality Tier 1, Data class Internal". Header rows: nothing."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    if len(lines) < 3 or quote.strip() in (lines[0].strip(), lines[1].strip()):
        return ""
    header, cells = _cells(lines[0]), _cells(quote)
    if len(cells) < 2 or len(header) != len(cells):
        return ""
    rest = ", ".join(
        f"{name} {cell}".strip() for name, cell in zip(header[1:], cells[1:], strict=True) if cell
    )
    return f"{cells[0]}: {rest}."


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
