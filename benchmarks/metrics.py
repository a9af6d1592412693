"""Retrieval, span and decision metrics, and the bootstrap that says how far to trust them. Pure."""

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Span = tuple[int, int]  # half-open character range


def rank_of(hits: Sequence[str], gold: frozenset[str], depth: int = 10) -> int | None:
    """The rank (1-based) of the first gold id in the first `depth` hits, or None."""
    return next((rank for rank, hit in enumerate(hits[:depth], start=1) if hit in gold), None)


def ndcg(rank: int | None) -> float:
    """nDCG of one question with one relevant passage: 1 / log2(1 + rank) (Järvelin & Kekäläinen 2002)."""
    return 0.0 if rank is None else 1.0 / math.log2(1 + rank)


def reciprocal(rank: int | None) -> float:
    """Reciprocal rank of one question."""
    return 0.0 if rank is None else 1.0 / rank


def within(rank: int | None, depth: int) -> float:
    """1.0 when the passage is among the first `depth` hits (R@k with one relevant passage)."""
    return float(rank is not None and rank <= depth)


def mean(values: Iterable[float]) -> float:
    """The mean; 0.0 of nothing."""
    numbers = list(values)
    return math.fsum(numbers) / len(numbers) if numbers else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile, `share` in 0..1, of a non-empty sequence."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True, slots=True)
class Evidence:
    """How one multi-hop question fared: `found[i]` holds the facts inside the chunk at rank i + 1."""

    facts: int
    found: tuple[frozenset[int], ...]

    def recall(self, depth: int) -> float:
        """The share of the question's facts inside the first `depth` chunks."""
        return len(frozenset().union(*self.found[:depth])) / self.facts

    def hit(self, depth: int) -> float:
        """Upstream's Hits@k: any fact inside the first `depth` chunks."""
        return float(any(self.found[:depth]))

    def average_precision(self, depth: int = 10) -> float:
        """Upstream's AP: facts *new* at a rank over that rank, summed, over the number of facts."""
        seen: frozenset[int] = frozenset()
        total = 0.0
        for rank, facts in enumerate(self.found[:depth], start=1):
            total += len(facts - seen) / rank
            seen |= facts
        return total / min(self.facts, depth)

    def reciprocal_rank(self, depth: int = 10) -> float:
        """Reciprocal rank of the first chunk that holds a fact."""
        return reciprocal(next((r for r, facts in enumerate(self.found[:depth], start=1) if facts), None))


def squeeze(text: str) -> str:
    """Text without white space, as MultiHop-RAG compares facts with chunks."""
    return "".join(text.split())


def evidence(facts: Sequence[str], chunks: Sequence[str]) -> Evidence:
    """Which facts (squeezed) stand inside which of the ranked chunks (squeezed)."""
    found = (frozenset(i for i, fact in enumerate(facts) if fact in chunk) for chunk in chunks)
    return Evidence(len(facts), tuple(found))


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The union of half-open spans, sorted and disjoint."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def overlap(some: Iterable[Span], others: Iterable[Span]) -> tuple[Span, ...]:
    """The characters that lie in both sets of spans."""
    right = merge(others)
    return merge((max(a, c), min(b, d)) for a, b in merge(some) for c, d in right)


def length(spans: Iterable[Span]) -> int:
    """Characters covered, each span counted (merge first to count each character once)."""
    return sum(end - start for start, end in spans)


@dataclass(frozen=True, slots=True)
class SpanScore:
    """Recall, precision and intersection over union of retrieved characters against gold characters."""

    recall: float
    precision: float
    iou: float


def spans(retrieved: Sequence[Span], gold: Sequence[Span], elsewhere: int = 0) -> SpanScore:
    """Score as chunking_evaluation does: retrieved length counts doubles, `elsewhere` is other corpora's.

    Source: github.com/brandonstarxel/chunking_evaluation, base_evaluation.py (MIT).
    """
    shared = length(overlap(retrieved, gold))
    taken = length(retrieved) + elsewhere
    missed = length(merge(gold)) - shared
    union = taken + missed
    recall = shared / length(merge(gold))
    return SpanScore(recall, shared / taken if taken else 0.0, shared / union if union else 0.0)


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """The chance that a positive scores above a negative, ties count half (Mann-Whitney); nan of nothing."""
    if not positives or not negatives:
        return math.nan
    ranks = _mid_ranks([*positives, *negatives])
    count = len(positives)
    over = math.fsum(ranks[:count]) - count * (count + 1) / 2
    return over / (count * len(negatives))


def _mid_ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    first = 0
    while first < len(order):
        last = first
        while last + 1 < len(order) and values[order[last + 1]] == values[order[first]]:
            last += 1
        for place in order[first : last + 1]:
            ranks[place] = (first + last) / 2 + 1
        first = last + 1
    return ranks


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean difference with its 95 % interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"


def paired_bootstrap(
    ours: Sequence[float], theirs: Sequence[float], resamples: int = 2_000, seed: int = 20261122
) -> Interval:
    """95 % interval of the mean difference, resampling questions (Efron's percentile bootstrap)."""
    differences = [a - b for a, b in zip(ours, theirs, strict=True)]
    chance = random.Random(seed)
    means = sorted(mean(chance.choices(differences, k=len(differences))) for _ in range(resamples))
    return Interval(mean(differences), percentile(means, 0.025), percentile(means, 0.975))
