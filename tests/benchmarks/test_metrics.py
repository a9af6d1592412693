import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import metrics

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6)


def covered(spans: list[tuple[int, int]]) -> set[int]:
    return {place for start, end in spans for place in range(start, end)}


def test_rank_counts_from_one_and_stops_at_the_depth():
    assert metrics.rank_of(["a", "b", "c"], frozenset({"b", "c"})) == 2
    assert metrics.rank_of(["a", "b", "c"], frozenset({"c"}), depth=2) is None


def test_ndcg_of_a_single_relevant_passage():
    assert metrics.ndcg(1) == 1.0
    assert metrics.ndcg(3) == 0.5
    assert metrics.ndcg(None) == 0.0


def test_recall_at_k_includes_rank_k():
    assert [metrics.within(4, k) for k in (1, 4, 10)] == [0.0, 1.0, 1.0]
    assert metrics.within(None, 10) == 0.0


def test_percentile_is_a_value_that_was_measured():
    assert metrics.percentile([5, 1, 4, 2, 3], 0.5) == 3
    assert metrics.percentile(list(range(1, 101)), 0.95) == 95
    assert metrics.percentile([7.0], 0.95) == 7.0


def test_evidence_ignores_white_space_as_upstream_does():
    facts = [metrics.squeeze("Apple\n sued Epic"), metrics.squeeze("In 2023")]
    texts = ("nothing", "then Apple  sued Epic.", "In 2023 Apple sued Epic")
    chunks = [metrics.squeeze(text) for text in texts]
    scored = metrics.evidence(facts, chunks)
    assert scored.recall(2) == 0.5
    assert scored.recall(3) == 1.0
    assert scored.hit(1) == 0.0
    assert scored.hit(2) == 1.0
    assert scored.reciprocal_rank() == 0.5
    assert scored.average_precision() == pytest.approx((1 / 2 + 1 / 3) / 2)


def test_average_precision_counts_a_fact_once():
    assert metrics.evidence(["x"], ["x", "x", "x"]).average_precision() == 1.0


def test_facts_beyond_the_depth_do_not_count():
    scored = metrics.evidence(["x"], [""] * 10 + ["x"])
    assert (scored.hit(10), scored.average_precision(), scored.reciprocal_rank()) == (0.0, 0.0, 0.0)


def test_span_score_of_a_chunk_that_holds_all_and_as_much_again():
    score = metrics.spans([(0, 20)], [(5, 15)])
    assert (score.recall, score.precision, score.iou) == (1.0, 0.5, 0.5)


def test_span_score_pays_for_chunks_of_other_corpora():
    score = metrics.spans([(0, 10)], [(0, 10)], elsewhere=30)
    assert (score.recall, score.precision, score.iou) == (1.0, 0.25, 0.25)


def test_span_score_of_nothing_retrieved():
    assert metrics.spans([], [(0, 10)]) == metrics.SpanScore(0.0, 0.0, 0.0)


@given(SPANS, SPANS)
def test_overlap_is_the_set_of_characters_in_both(some, others):
    shared = metrics.overlap(some, others)
    assert covered(list(shared)) == covered(some) & covered(others)
    assert metrics.length(shared) == len(covered(some) & covered(others))


@given(SPANS)
def test_merged_spans_are_sorted_and_apart(some):
    merged = metrics.merge(some)
    assert all(left[1] < right[0] for left, right in pairwise(merged))
    assert covered(list(merged)) == covered(some)


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=20), st.lists(st.integers(0, 5), min_size=1, max_size=20)
)
def test_auroc_is_the_chance_that_a_positive_wins(positives, negatives):
    wins = sum((p > n) + (p == n) / 2 for p in positives for n in negatives)
    assert metrics.auroc(positives, negatives) == pytest.approx(wins / len(positives) / len(negatives))


def test_auroc_needs_both_sides():
    assert math.isnan(metrics.auroc([], [1.0]))
    assert math.isnan(metrics.auroc([1.0], []))


def test_bootstrap_of_equal_scores_is_exactly_zero():
    assert metrics.paired_bootstrap([1.0, 0.0, 0.5], [1.0, 0.0, 0.5]) == metrics.Interval(0.0, 0.0, 0.0)


def test_bootstrap_interval_holds_the_mean_and_repeats():
    ours, theirs = [float(i % 3 > 0) for i in range(90)], [float(i % 5 == 0) for i in range(90)]
    first = metrics.paired_bootstrap(ours, theirs)
    assert first.low < first.mean < first.high
    assert first == metrics.paired_bootstrap(ours, theirs)
    assert first.low > 0


def test_bootstrap_refuses_unpaired_scores():
    with pytest.raises(ValueError, match="zip"):
        metrics.paired_bootstrap([1.0], [1.0, 0.0])


def test_mean_of_nothing_is_zero():
    assert metrics.mean([]) == 0.0
    assert math.isclose(metrics.mean([0.1] * 10), 0.1)
