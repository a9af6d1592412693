"""Vectors in memory are those of the catalogue, whatever happened to it in between."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sample_documents import document, embedded, passages, put

from retrieval.catalogue import Embedded
from retrieval.matrices import Matrices
from retrieval.types import Passage

CLASSES = ("public", "employees", "admins")
names = some.sampled_from(["a", "b", "c"])
texts = some.lists(some.sampled_from(["One. Two.", "Three.", "Four."]), min_size=1, max_size=3, unique=True)
changes = some.one_of(
    some.tuples(some.just("put"), names, texts, some.sampled_from(CLASSES)),
    some.tuples(some.just("label"), names, texts, some.sampled_from(CLASSES)),
    some.tuples(some.just("gone"), names, texts, some.just("")),
    some.tuples(some.just("remove"), names, texts, some.just("")),
)


STARTS = {"One. Two.": 1.0, "Three.": 20.0, "Four.": 40.0}


def vectors(new):
    """What an embedder makes of texts: the same of the same text, wherever it stands."""
    each = [embedded(1, start=STARTS[text]) for text in new]
    return Embedded(
        "minilm",
        np.concatenate([one.passage_vectors for one in each]),
        tuple(one.sentence_vectors[0] for one in each),
    )


def change(catalogue, kind, name, new, group, number):
    if kind == "put":
        catalogue.replace(document(name, visibility=group), passages(name, new), vectors(new))
    elif kind == "label" and catalogue.known(document(name).uri):
        catalogue.relabel(document(name, visibility=group, title=f"{name}{number}"))
    elif kind == "gone":
        catalogue.mark_gone([name])
    elif kind == "remove":
        catalogue.remove(name)


def held(matrices, catalogue):
    now = catalogue.generation()
    found = {}
    for group in CLASSES:
        matrix = matrices.of(group, now)
        assert matrix.generation == now
        assert [matrix.rows[id] for id in matrix.ids] == list(range(len(matrix.vectors)))
        found |= {(group, id): tuple(matrix.vectors[row]) for id, row in matrix.rows.items()}
    return found


@given(some.lists(some.lists(changes, max_size=3), max_size=4))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_following_ends_where_reading_anew_does(local, history):
    following = Matrices(local, "minilm")
    number = 0
    for some_changes in history:
        for each in some_changes:
            number += 1
            change(local, *each, number)
        assert held(following, local) == held(Matrices(local, "minilm"), local)


class Counting:
    """A catalogue that counts how often everything is read."""

    def __init__(self, catalogue):
        self._catalogue, self.whole = catalogue, 0

    def vectors(self, *args):
        self.whole += 1
        return self._catalogue.vectors(*args)

    def __getattr__(self, name):
        return getattr(self._catalogue, name)


@pytest.mark.parametrize(("changed", "reads"), [(3, 1), (600, 2)])
def test_a_few_changes_are_put_in_place_and_many_read_anew(local, changed, reads):
    put(local, "a")
    counting = Counting(local)
    matrices = Matrices(counting, "minilm")
    matrices.of("employees", local.generation())
    new = [Passage(f"b-{n}", "b", n, "One.", ((0, 4),), "en") for n in range(changed)]
    local.replace(document("b"), new, embedded(changed))
    assert len(matrices.of("employees", local.generation()).ids) == 2 + changed
    assert counting.whole == reads


def test_nothing_is_read_when_nothing_changed(local):
    put(local)
    counting = Counting(local)
    matrices = Matrices(counting, "minilm")
    first = matrices.of("employees", local.generation())
    matrices.refresh(local.generation())
    assert matrices.of("employees", local.generation()) is first
    assert matrices.known("employees", local.generation()) is first
    assert matrices.known("public", 1) is matrices.known("employees", 99) is None
    assert counting.whole == 1


def test_an_older_catalogue_in_its_place_is_read_anew(local):
    put(local)
    matrices = Matrices(local, "minilm")
    matrices.of("employees", 7)
    assert matrices.of("employees", 1).generation == 1
    assert np.array_equal(matrices.of("employees", 1).vectors, local.vectors("employees", "minilm")[1])
