from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search import (
    Candidate,
    Wish,
    diversify,
    freshen,
    fuse,
    normalise,
    prefer,
    ranked,
    recency,
    similarity,
)

TODAY = date(2026, 11, 22)
scores = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.floats(-1, 50), max_size=12)


@given(scores)
def test_normalised_scores_lie_between_0_and_1_and_keep_their_order(raw):
    shares = normalise(raw)
    assert all(0 <= each <= 1 for each in shares.values())
    ordered = sorted(raw, key=raw.__getitem__)
    assert all(shares[a] <= shares[b] for a, b in zip(ordered, ordered[1:], strict=False))


@given(scores, scores, st.floats(0, 1))
def test_fused_scores_hold_every_candidate_of_both_sides(dense, lexical, weight):
    fused = fuse(dense, lexical, weight)
    assert set(fused) == set(dense) | set(lexical)
    assert all(0 <= each <= 1 for each in fused.values())


def test_a_passage_both_sides_like_beats_one_that_one_side_likes():
    fused = fuse({"both": 0.8, "dense": 0.8}, {"both": 9.0, "words": 9.0}, 0.5)
    assert max(fused, key=fused.__getitem__) == "both"


def test_recency_halves_in_a_year_and_only_breaks_ties():
    assert recency(TODAY, TODAY) == 1
    assert recency(TODAY - timedelta(days=365), TODAY) == pytest.approx(0.5)
    assert recency(None, TODAY) == 0
    assert freshen(0.6, TODAY, TODAY) > freshen(0.6, None, TODAY)
    assert freshen(0.65, None, TODAY) > freshen(0.6, TODAY, TODAY)


def test_a_date_in_the_future_counts_as_today():
    assert recency(TODAY + timedelta(days=9), TODAY) == 1


def test_similarity_is_the_mean_of_passage_and_best_sentence():
    assert similarity(0.4, (0.1, 0.8)) == pytest.approx(0.6)
    assert similarity(0.4, ()) == 0.4


def test_a_second_document_comes_before_the_third_passage_of_the_first():
    same = [Candidate(f"a{i}", "a", 0.90 - i / 100) for i in range(3)]
    other = Candidate("b0", "b", 0.872)
    assert [each.id for each in diversify([*same, other], 4)] == ["a0", "b0", "a1", "a2"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 1)), max_size=15), st.integers(0, 20))
def test_diversity_loses_and_doubles_nothing(rows, k):
    candidates = [Candidate(str(i), document, score) for i, (document, score) in enumerate(rows)]
    chosen = diversify(candidates, k)
    assert len(chosen) == min(k, len(candidates))
    assert len({each.id for each in chosen}) == len(chosen)


def test_the_best_come_first_and_equals_by_name():
    assert ranked({"b": 1.0, "c": 2.0, "a": 1.0}) == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("wish", "share"),
    [
        (Wish(), 1.0),
        (Wish(["openai"]), 1.0),
        (Wish(["mistral"]), 0.0),
        (Wish(["mistral", "openai"], TODAY), 1.0),
        (Wish(["openai"], TODAY + timedelta(days=1)), 0.5),
        (Wish((), TODAY), 1.0),
    ],
)
def test_a_wish_is_met_by_vendor_and_by_date(wish, share):
    assert wish.share(["openai", "google"], TODAY) == share


def test_an_undated_document_meets_no_wish_for_a_period():
    assert Wish((), TODAY).share((), None) == 0.0


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_wish_orders_equals_and_leaves_nothing_out(score, share):
    assert 0 <= prefer(score, share) <= score
    assert prefer(score, 1.0) == score
    assert prefer(0.8, 1.0) > prefer(0.8, 0.5) > prefer(0.8, 0.0) > prefer(0.7, 1.0)
