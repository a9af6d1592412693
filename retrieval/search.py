"""From candidates to an order. Pure functions over scores.

Scores are fused, not ranks: reciprocal rank fusion drags German down to the weak side (facts: R@1 .74),
a convex combination of normalised scores keeps the best of both (.92). Bruch, Gai, Ingber 2023, "An
Analysis of Fusion Functions for Hybrid Retrieval", find the same in general.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

DENSE_WEIGHT = 0.6  # the embedder understands the question's language
GLOSS_WEIGHT = 0.5  # it reads a word-by-word gloss; both swept on XQuAD dev in steps of .1
RECENCY_WEIGHT = 0.02  # breaks ties between equals; never lifts a worse passage over a good one
RECENCY_HALF_LIFE = 365.0  # days
PREFERENCE_WEIGHT = 0.05  # for each wish of the asker that a document meets: a vendor, a period
REPEAT_PENALTY = 0.02  # for each passage of the same document already chosen; MultiHop-RAG: .04 loses .007


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
