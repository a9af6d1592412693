import numpy as np
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays

from retrieval.exact import top

# Small whole numbers: their products are exact in float32, and many of them tie.
numbers = some.integers(-3, 3).map(float)
matrices = some.integers(0, 12).flatmap(lambda n: arrays.arrays(np.float32, (n, 3), elements=numbers))


@given(matrices, arrays.arrays(np.float32, 3, elements=numbers), some.integers(-1, 15))
def test_equals_sorting_every_row_with_ties_in_order(matrix, query, k):
    ids = [f"p{row}" for row in range(len(matrix))]
    scores = [float(row @ query) for row in matrix]
    wanted = sorted(range(len(ids)), key=lambda row: (-scores[row], row))[: max(k, 0)]
    assert top(query, ids, matrix, k) == [(ids[row], scores[row]) for row in wanted]


def test_nothing_to_look_at_is_no_error():
    assert top(np.ones(3, dtype=np.float32), [], np.zeros((0, 0), dtype=np.float32), 5) == []


def test_scores_are_plain_numbers():
    [(_, score)] = top(np.ones(2, dtype=np.float32), ["a"], np.ones((1, 2), dtype=np.float32), 1)
    assert type(score) is float
