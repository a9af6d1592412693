from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sample_documents import ALL, DIMENSION, DOCUMENT, EMPLOYEE, document, embedded, passages, put

from retrieval.catalogue import Embedded, View
from retrieval.changes import fingerprint
from retrieval.visibility import Audience, may_see, visibility_class


def test_what_is_put_in_comes_out(catalogue):
    catalogue.replace(DOCUMENT, passages(), embedded(2))
    known = catalogue.known(DOCUMENT.uri)
    assert (known.id, known.fingerprint, known.digest) == ("d1", fingerprint(DOCUMENT), DOCUMENT.digest)
    assert (known.passages, known.state) == (2, "active")
    [source] = catalogue.sources(EMPLOYEE)
    for name in ("id", "uri", "title", "language", "visibility", "confidentiality", "source", "publisher"):
        assert getattr(source, name) == getattr(DOCUMENT, name)
    assert (source.published, source.review) == (date(2026, 2, 16), date(2026, 12, 1))
    assert (source.vendors, source.sample, source.passages) == (("openai", "microsoft"), True, 2)
    found = catalogue.passages(["d1-Three", "d1-One. "], EMPLOYEE)
    assert [found[each.id][0] for each in passages()] == passages()
    assert found["d1-Three"][1] == source


def test_an_unknown_uri_is_not_known(catalogue):
    assert catalogue.known("file:///nowhere") is None


def test_vectors_come_out_in_the_order_of_the_ids(catalogue):
    put(catalogue, "b")
    put(catalogue, "a", embedder="minilm")
    ids, matrix = catalogue.vectors("employees", "minilm")
    assert ids == ["a-One. ", "a-Three", "b-One. ", "b-Three"]
    assert matrix.dtype == np.float32
    assert (matrix == np.concatenate([embedded(2).passage_vectors] * 2)).all()
    empty, nothing = catalogue.vectors("employees", "other")
    assert (empty, nothing.shape) == ([], (0, 0))


def test_sentence_and_passage_vectors_come_by_id(catalogue):
    put(catalogue)
    found = catalogue.sentence_vectors(["d1-Three", "nobody"], "minilm")
    assert list(found) == ["d1-Three"]
    assert (found["d1-Three"] == embedded(2).sentence_vectors[1]).all()
    assert (catalogue.passage_vectors(["d1-Three"], "minilm")["d1-Three"] == [4, 5, 6, 7]).all()


def test_a_passage_without_sentences_has_no_sentence_vectors(catalogue):
    none = Embedded("minilm", np.ones((1, DIMENSION), np.float32), (np.zeros((0, DIMENSION), np.float32),))
    catalogue.replace(document(), passages(texts=["One."]), none)
    assert len(catalogue.sentence_vectors(["d1-One."], "minilm")["d1-One."]) == 0


def test_more_ids_than_one_list_holds(catalogue):
    texts = [f"{number:05d} text." for number in range(1200)]
    put(catalogue, texts=texts)
    ids = [f"d1-{text[:5]}" for text in texts]
    assert len(catalogue.passages(ids, ALL)) == len(catalogue.sentence_vectors(ids, "minilm")) == 1200
    assert [each.passage.id for each in catalogue.changed_passages(0)] == ids
    put(catalogue, texts=["One."])
    assert len(catalogue.tombstones(0)) == 1200


def test_a_document_needs_no_vectors_and_gets_them_later(catalogue):
    catalogue.replace(document(), passages())
    put(catalogue, "d2", visibility="public")
    assert [(p.id, s.title) for p, s in catalogue.without_embedding("minilm")] == [
        ("d1-One. ", "d1"),
        ("d1-Three", "d1"),
    ]
    before = catalogue.generation()
    for passage, _ in catalogue.without_embedding("minilm"):
        vector = np.ones(DIMENSION, np.float32)
        catalogue.store_embeddings("minilm", {passage.id: (vector, vector[np.newaxis])})
    assert list(catalogue.without_embedding("minilm")) == []
    assert {each.passage.id for each in catalogue.changed_passages(before)} == {"d1-One. ", "d1-Three"}


def test_two_embedders_live_side_by_side(catalogue):
    put(catalogue)
    vectors = embedded(2, "e5", start=100).by_id(["d1-One. ", "d1-Three"])
    catalogue.store_embeddings("e5", vectors)
    assert catalogue.vectors("employees", "e5")[1][0][0] == 100
    assert catalogue.vectors("employees", "minilm")[1][0][0] == 0


def test_wrong_numbers_of_vectors_are_refused(catalogue):
    with pytest.raises(ValueError):
        catalogue.replace(document(), passages(), embedded(3))
    with pytest.raises(ValueError, match="not finite"):
        Embedded("minilm", np.full((1, 2), np.nan, np.float32), (np.ones((1, 2), np.float32),))
    assert catalogue.known(document().uri) is None


def test_twins_are_found_by_their_bytes(catalogue):
    put(catalogue, "a")
    put(catalogue, "b")
    put(catalogue, "c", digest="1" * 64)
    catalogue.mark_gone(["b"])
    assert [source.id for source in catalogue.same_content("0" * 64)] == ["a"]


def test_counts(catalogue):
    put(catalogue, "a", visibility="public")
    put(catalogue, "b")
    catalogue.replace(document("c"), passages("c"))
    assert catalogue.count(["public", "employees"]) == 6
    assert catalogue.count(["public", "employees"], "minilm") == 4
    assert catalogue.count(["public"]) == catalogue.count(["public"], "minilm") == 2
    assert catalogue.count([]) == catalogue.count(["admins"], "minilm") == 0


# Who may see


VISIBILITIES = ("public", "employees", "admins", "group:board", "group:board,user:U1", "channel:C1")
principals = some.sets(some.sampled_from(["employees", "admins", "group:board", "user:U1", "channel:C1"]))


def test_nobody_sees_nothing(catalogue):
    put(catalogue, visibility="public")
    assert catalogue.visibility_classes(Audience.nobody()) == () == catalogue.sources(Audience.nobody())
    assert catalogue.passages(["d1-Three"], Audience.nobody()) == {}


@given(readers=some.lists(principals, max_size=3))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_read_follows_the_one_rule(local, readers):
    if not local.sources(ALL):
        for number, visibility in enumerate(VISIBILITIES):
            put(local, f"d{number}", visibility=visibility)
    audience = Audience(tuple(frozenset({"public", *each}) for each in readers))
    wanted = {f"d{number}" for number, each in enumerate(VISIBILITIES) if may_see(each, audience)}
    classes = {visibility_class(each) for each in VISIBILITIES if may_see(each, audience)}
    assert {source.id for source in local.sources(audience)} == wanted
    assert set(local.visibility_classes(audience)) == classes
    assert local.view(audience).passages == 2 * len(wanted)
    ids = [f"d{number}-Three" for number in range(len(VISIBILITIES))]
    assert set(local.passages(ids, audience)) == {f"{each}-Three" for each in wanted}


def test_a_view_follows_every_change(catalogue):
    put(catalogue, "a", visibility="public")
    put(catalogue, "b")
    public = Audience.of()
    assert (catalogue.view(public).classes, catalogue.view(public).passages) == (("public",), 2)
    catalogue.relabel(document("a", visibility="admins"))
    assert catalogue.view(public) == View(catalogue.generation(), (), 0)
    catalogue.relabel(document("b", visibility="public"))
    assert catalogue.view(public).passages == 2
    catalogue.mark_gone(["b"])
    assert catalogue.view(public).classes == ()
    put(catalogue, "b", visibility="public")
    catalogue.remove("b")
    assert catalogue.view(ALL).classes == ("admins",)


def test_only_what_may_be_seen_can_be_chosen(catalogue):
    put(catalogue, "a", visibility="public")
    put(catalogue, "b", visibility="admins")
    offered = {}

    def choose(sources):
        offered.update(sources)
        return list(reversed(sources))

    chosen = catalogue.chosen(["a-One. ", "b-One. ", "a-Three", "none"], Audience.of(), choose)
    assert set(offered) == {"a-One. ", "a-Three"}
    assert list(chosen) == list(reversed(offered))
    assert {source.id for _, source in chosen.values()} == {"a"}


def test_regions_are_kept_and_are_only_a_label(catalogue):
    put(catalogue, regions=("eu", "local"))
    before = catalogue.generation()
    assert [each.regions for each in catalogue.sources(ALL)] == [("eu", "local")]
    catalogue.relabel(document())
    assert [each.regions for each in catalogue.sources(ALL)] == [()]
    assert list(catalogue.changed_passages(before)) == []
