"""From candidates to an order, and to a verdict whether the answer is here. Pure functions over scores.

Scores are fused, not ranks: reciprocal rank fusion drags German down to the weak side (facts: R@1 .74),
a convex combination of normalised scores keeps the best of both (.92). Bruch, Gai, Ingber 2023, "An
Analysis of Fusion Functions for Hybrid Retrieval", find the same in general.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.analysis import Concept, Content, Question
from retrieval.types import Language

DENSE_WEIGHT = 0.6  # the embedder understands the question's language
GLOSS_WEIGHT = 0.5  # it reads a word-by-word gloss; both swept on XQuAD dev in steps of .1
RECENCY_WEIGHT = 0.02  # breaks ties between equals; never lifts a worse passage over a good one
RECENCY_HALF_LIFE = 365.0  # days
PREFERENCE_WEIGHT = 0.05  # for each wish of the asker that a document meets: a vendor, a period
REPEAT_PENALTY = 0.04  # for each passage of the same document already chosen
_LONG = 5  # letters of a stem that may stand within a longer word: a compound, or a form of its own
_WITHIN = 0.8  # how far it counts as present there
_FEW_PASSAGES = 0.1  # a margin; on XQuAD real questions have .53, others .27


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of a passage before its text is read."""

    id: str
    document_id: str
    score: float


def normalise(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores as shares of the best one; nothing below zero. The floor is the theoretical one, 0."""
    best = max(scores.values(), default=0.0)
    if best <= 0.0:
        return dict.fromkeys(scores, 0.0)
    return {key: max(score, 0.0) / best for key, score in scores.items()}


def similarity(passage: float, sentences: Sequence[float]) -> float:
    """Mean of the passage's and its best sentence's cosine: better than either (facts/retrieval)."""
    return (passage + max(sentences)) / 2 if len(sentences) else passage


def fuse(dense: Mapping[str, float], lexical: Mapping[str, float], weight: float) -> dict[str, float]:
    """Convex combination of both sides' normalised scores; a passage one side missed has 0 there."""
    left, right = normalise(dense), normalise(lexical)
    return {
        key: weight * left.get(key, 0.0) + (1 - weight) * right.get(key, 0.0)
        for key in dict.fromkeys([*dense, *lexical])
    }


def ranked(scores: Mapping[str, float]) -> list[str]:
    """The keys, the highest score first; equals in the order of their names."""
    return sorted(scores, key=lambda key: (-scores[key], key))


def recency(published: date | None, today: date) -> float:
    """1 for today, halved every year; 0 where no date is known."""
    if published is None:
        return 0.0
    return float(0.5 ** (max((today - published).days, 0) / RECENCY_HALF_LIFE))


def freshen(score: float, published: date | None, today: date) -> float:
    """A fused score with the small share that recency has in it; stays within 0..1."""
    return (1 - RECENCY_WEIGHT) * score + RECENCY_WEIGHT * recency(published, today)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a search would rather find: documents of these vendors, documents published since a day."""

    vendors: Collection[str] = ()
    since: date | None = None

    def share(self, vendors: Collection[str], published: date | None) -> float:
        """How much of the wish a document meets: 1 when there is none, or when it meets all of it."""
        met = [bool(set(self.vendors) & set(vendors))] if self.vendors else []
        met += [published is not None and published >= self.since] if self.since else []
        return sum(met) / len(met) if met else 1.0


NO_WISH = Wish()


def prefer(score: float, share: float) -> float:
    """A score less what a document lacks of the wish; a wish orders, it never leaves anything out."""
    return max(0.0, score - PREFERENCE_WEIGHT * (1.0 - share))


def diversify(candidates: Sequence[Candidate], k: int, penalty: float = REPEAT_PENALTY) -> list[Candidate]:
    """The k best in order, each paying for every passage of its document chosen before it."""
    rest = sorted(candidates, key=lambda each: (-each.score, each.id))
    taken: dict[str, int] = {}
    chosen: list[Candidate] = []
    while rest and len(chosen) < k:
        best = max(rest, key=lambda each: each.score - penalty * taken.get(each.document_id, 0))
        rest.remove(best)
        taken[best.document_id] = taken.get(best.document_id, 0) + 1
        chosen.append(best)
    return chosen


def rarity(frequency: int, total: int) -> float:
    """How much a concept tells: the logarithm of its inverse document frequency."""
    return math.log(1 + total / (frequency + 1))


def coverage(
    question: Question, rarities: Sequence[float], content: Content, language: Language
) -> tuple[float, ...]:
    """For each concept of the question its share of what is asked, as far as the text holds it.

    Rare concepts weigh more. The sum lies in 0..1: 1 when the text holds everything asked about.
    """
    return weighed(presences(question, content, language), rarities)


def presences(question: Question, content: Content, language: Language) -> tuple[float, ...]:
    """How far a text holds each concept of the question, 0..1."""
    return tuple(presence(concept, content, language) for concept in question.concepts)


def weighed(present: Sequence[float], rarities: Sequence[float]) -> tuple[float, ...]:
    """Each concept's share of what is asked, as far as it is present."""
    total = sum(rarities) or 1.0
    return tuple(weight * each / total for each, weight in zip(present, rarities, strict=True))


def names_found(question: Question, texts: Sequence[Sequence[float]]) -> float | None:
    """The mean presence of the question's names and numbers, each in the text that holds it best.

    None when it names nothing.
    """
    best = [max(each) for each in zip(*texts, strict=True)]
    named = [best[place] for place, concept in enumerate(question.concepts) if concept.named]
    return sum(named) / len(named) if named else None


def presence(concept: Concept, content: Content, language: Language) -> float:
    """1 if the concept or a translation stands there; less within a longer word, or for look-alikes."""
    if concept.stems[language] & content.stems:
        return 1.0
    share = sum(gram in content.row for gram in concept.grams) / len(concept.grams)
    within = any(len(stem) >= _LONG and stem in content.row for stem in concept.stems[language])
    return max(_WITHIN * within, (share - 0.4) / 0.6, 0.0)


def margin(scores: Sequence[float]) -> float:
    """How far the best score stands above the next five, as a share of itself: 0 where all are alike.

    A library of fewer passages gets a small margin: it must not lose answers for being small.
    """
    ranked = sorted(scores, reverse=True)[:6]
    if not ranked or ranked[0] <= 0:
        return 0.0
    if len(ranked) < 6:
        return _FEW_PASSAGES
    return (ranked[0] - sum(ranked[1:]) / 5) / ranked[0]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the best hit tells about the answer being here; shares and cosines, 0..1."""

    similar: float  # passage and best sentence
    sentence: float  # the best sentence of any hit
    covered: float  # of the question's concepts
    stands_out: float  # margin of the lexical scores
    across: bool  # the hit has another language than the question
    asked: int  # concepts of the question
    named: float | None = None  # of the names and numbers asked about; None when there are none


def confidence(evidence: Evidence) -> float:
    """Probability that the answer is here.

    Logistic regression over the XQuAD dev questions in six directions (against all articles, and against
    all but their own), real questions across languages weighing 2.2 times as much, and the golden
    questions, six times; weights rounded. Fitted on half of the articles and asked about the other half, four
    times, declined / wrongly declined: en-en 97 / 4, de-de 96 / 5, en-de 94 / 5, de-en 94 / 6, pooled
    95 / 2 and 94 / 3. Some articles left out share their subject with others (the Huguenots, the Scottish
    Parliament), so that 100 cannot be reached. Across languages the same evidence means more, as it costs
    similarity.
    """
    logit = (
        13.1 * evidence.similar
        + 5.1 * evidence.sentence
        + 7.2 * evidence.covered
        - 2.7 * evidence.similar * evidence.covered
        + 4.9 * evidence.stands_out
        + 1.15 * evidence.across
        - 0.3 * math.log(evidence.asked)
        + (evidence.named or 0.0)
        - 12.1
    )
    return 1 / (1 + math.exp(-logit))
