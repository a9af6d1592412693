import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.pooling import Parted, apart, joined, token_ranges, weights

OFFSETS = [(0, 0), (0, 3), (4, 7), (7, 8), (9, 12), (12, 13), (0, 0)]  # "One two. Six." and its two edges


def test_a_part_is_the_tokens_that_stand_in_it():
    assert token_ranges(OFFSETS, [(0, 8), (9, 13)], cut=False) == [(1, 4), (4, 6)]


def test_a_part_without_tokens_has_none():
    assert token_ranges(OFFSETS, [(8, 9), (13, 20)], cut=False) == [None, None]
    assert token_ranges([(0, 0), (0, 0)], [(0, 5)], cut=True) == [None]


def test_a_part_that_the_window_cuts_has_none():
    assert token_ranges(OFFSETS, [(0, 8), (9, 30)], cut=True) == [(1, 4), None]
    assert token_ranges(OFFSETS, [(0, 8), (9, 13)], cut=True) == [(1, 4), (4, 6)]


def test_weights_make_the_means_of_ranges_of_different_texts():
    states = np.arange(12, dtype=np.float32).reshape(2, 3, 2)
    means = weights([[(0, 3), (1, 2)], [(0, 1)]], 3) @ states
    np.testing.assert_allclose(means[0], [[2, 3], [2, 3]])
    np.testing.assert_allclose(means[1][0], [6, 7])
    np.testing.assert_allclose(means[1][1], [0, 0])


@given(st.text(max_size=10), st.lists(st.text(max_size=10), max_size=5))
def test_joined_parts_are_found_again_by_their_spans(lead, parts):
    made = joined(lead, parts)
    assert made.parts() == parts
    assert made.text.startswith(lead)


def test_apart_every_part_is_embedded_by_itself():
    def lengths(texts):
        return np.array([[len(each)] for each in texts], np.float32)

    first, second = apart(lengths, [Parted("a bcd", ((0, 1), (2, 5))), Parted("xy")])
    assert first.tolist() == [[5], [1], [3]]
    assert second.tolist() == [[2]]
    assert apart(lengths, []) == []
