import sqlite3
import threading
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sample_documents import ALL, EMPLOYEE, contents, document, embedded, passages, put

from retrieval import tables
from retrieval.catalogue import Catalogue
from retrieval.changes import fingerprint
from retrieval.errors import (
    NotFound,
    StoreError,
)
from retrieval.visibility import Audience, visibility_class


class Cache:
    """A cache by the book: drops what is buried, then takes up what changed."""

    def __init__(self):
        self.held, self.generation = {}, 0

    def follow(self, catalogue):
        now = catalogue.generation()
        for id, group in catalogue.tombstones(self.generation):
            if self.held.get(id) == group:
                del self.held[id]
        for each in catalogue.changed_passages(self.generation):
            self.held[each.passage.id] = each.visibility_class
        self.generation = now
        return set(self.held.items())


def test_an_unchanged_passage_keeps_its_place_in_the_caches(catalogue):
    put(catalogue)
    before = catalogue.generation()
    put(catalogue, texts=("One. Two.", "Four."))
    assert [each.passage.id for each in catalogue.changed_passages(before)] == ["d1-Four."]
    assert catalogue.tombstones(before) == (("d1-Three", "employees"),)
    assert catalogue.known(document().uri).passages == 2


def test_a_passage_with_an_old_id_and_a_new_text_is_a_change(catalogue):
    put(catalogue, texts=("Three.",))
    before = catalogue.generation()
    put(catalogue, texts=("Three more.",))
    assert [each.passage.text for each in catalogue.changed_passages(before)] == ["Three more."]
    assert catalogue.tombstones(before) == ()


def test_vectors_of_a_text_that_changed_are_gone_for_every_embedder(catalogue):
    put(catalogue, texts=("Three.",), embedder="e5")
    put(catalogue, texts=("Three more.",), embedder="minilm")
    assert catalogue.vectors("employees", "e5")[0] == []


def test_relabelling_keeps_ids_vectors_and_the_caches(catalogue):
    put(catalogue)
    before = catalogue.generation()
    catalogue.relabel(document(review=date(2027, 1, 1), confidentiality="secret"))
    [source] = catalogue.sources(ALL)
    assert (source.review, source.confidentiality, source.passages) == (date(2027, 1, 1), "secret", 2)
    assert list(catalogue.changed_passages(before)) == []
    assert catalogue.tombstones(before) == ()
    assert len(catalogue.vectors("employees", "minilm")[0]) == 2
    assert catalogue.known(document().uri).fingerprint == fingerprint(
        document(review=date(2027, 1, 1), confidentiality="secret")
    )


@pytest.mark.parametrize("labels", [{"title": "New"}, {"publisher": "New"}])
def test_labels_that_the_caches_hold_are_followed(catalogue, labels):
    put(catalogue)
    before = catalogue.generation()
    catalogue.relabel(document(**labels))
    assert len(list(catalogue.changed_passages(before))) == 2
    assert catalogue.tombstones(before) == ()


def test_another_visibility_moves_the_passages(catalogue):
    put(catalogue)
    before = catalogue.generation()
    catalogue.relabel(document(visibility="group:board"))
    group = visibility_class("group:board")
    assert set(catalogue.tombstones(before)) == {("d1-One. ", "employees"), ("d1-Three", "employees")}
    assert {each.visibility_class for each in catalogue.changed_passages(before)} == {group}
    assert catalogue.passages(["d1-Three"], EMPLOYEE) == {}
    assert catalogue.vectors("employees", "minilm")[0] == []
    assert len(catalogue.vectors(group, "minilm")[0]) == 2


def test_there_is_nothing_to_relabel_in_an_unknown_document(catalogue):
    with pytest.raises(NotFound):
        catalogue.relabel(document("nobody"))
    assert catalogue.generation() == 0


def test_a_gone_document_is_kept_but_not_found(catalogue):
    put(catalogue)
    before = catalogue.generation()
    catalogue.mark_gone(["d1", "nobody"])
    assert catalogue.known(document().uri).state == "gone"
    assert catalogue.sources(ALL) == () == catalogue.visibility_classes(ALL)
    assert [each.state for each in catalogue.sources(ALL, include_gone=True)] == ["gone"]
    assert catalogue.sources(Audience.of(), include_gone=True) == ()
    assert catalogue.passages(["d1-Three"], ALL) == {}
    assert catalogue.vectors("employees", "minilm")[0] == []
    assert catalogue.count(["employees"]) == catalogue.count(["employees"], "minilm") == 0
    assert list(catalogue.changed_passages(0)) == list(catalogue.without_embedding("e5")) == []
    assert len(catalogue.tombstones(before)) == 2


@pytest.mark.parametrize("how", [lambda c: c.relabel(document()), put])
def test_a_gone_document_comes_back(catalogue, how):
    put(catalogue)
    catalogue.mark_gone(["d1"])
    before = catalogue.generation()
    how(catalogue)
    assert catalogue.known(document().uri).state == "active"
    assert len(list(catalogue.changed_passages(before))) == 2
    assert len(catalogue.vectors("employees", "minilm")[0]) == 2


def test_every_version_stays_in_the_history(local, path):
    started = datetime.now(UTC) - timedelta(seconds=1)
    put(local)
    put(local, digest="1" * 64)
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "SELECT version, digest, ingested_at FROM versions ORDER BY version"
        ).fetchall()
    assert [(version, digest[0]) for version, digest, _ in rows] == [(1, "0"), (2, "1")]
    assert all(datetime.fromisoformat(moment).replace(tzinfo=UTC) >= started for *_, moment in rows)


def test_times_are_utc(catalogue):
    put(catalogue)
    with catalogue._database.reading() as connection:
        moment = connection.execute(sa.select(tables.documents.c.ingested_at)).scalar_one()
    assert moment.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - moment) < timedelta(minutes=1)


def test_removing_leaves_nothing(local, path):
    put(local, texts=("Zitronenfalter Geheimnis.", "Three."))
    put(local, "d2")
    assert local.remove("d1")
    assert not local.remove("d1")
    assert local.known(document().uri) is None
    assert (
        local.sentence_vectors(["d1-Three"], "minilm") == local.passage_vectors(["d1-Three"], "minilm") == {}
    )
    assert len(local.tombstones(0)) == 2
    assert [each.id for each in local.sources(ALL)] == ["d2"]
    for file in path.parent.iterdir():
        assert b"Zitronenfalter" not in file.read_bytes()


def test_removing_works_everywhere(catalogue):
    put(catalogue)
    assert catalogue.remove("d1")
    assert contents(catalogue) == set()


def test_a_replacement_that_fails_changes_nothing(catalogue):
    put(catalogue)
    put(catalogue, "d2")
    before = catalogue.generation()
    with pytest.raises(StoreError):  # the passages of d2 belong to d2
        catalogue.replace(document(title="New"), passages("d2"), embedded(2))
    assert catalogue.generation() == before
    assert [each.title for each in catalogue.sources(ALL)] == ["d1", "d2"]
    assert len(catalogue.passages(["d1-One. ", "d1-Three"], ALL)) == 2


actions = some.lists(
    some.tuples(
        some.sampled_from(["put", "relabel", "gone", "remove", "follow"]),
        some.sampled_from(["d1", "d2"]),
        some.sampled_from(["public", "employees", "group:board"]),
        some.sets(some.sampled_from(["One. Two.", "Three.", "Four."]), min_size=1),
    ),
    max_size=12,
)


@given(actions)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_cache_that_follows_now_and_then_holds_what_a_new_one_holds(tmp_path_factory, steps):
    catalogue = Catalogue(f"sqlite:///{tmp_path_factory.mktemp('steps')}/catalogue.db")
    catalogue.migrate()
    cache = Cache()
    for action, name, visibility, texts in steps:
        if action == "put":
            put(catalogue, name, tuple(sorted(texts)), visibility=visibility)
        elif action == "relabel" and catalogue.known(document(name).uri):
            catalogue.relabel(document(name, visibility=visibility))
        elif action == "gone":
            catalogue.mark_gone([name])
        elif action == "remove":
            catalogue.remove(name)
        else:
            cache.follow(catalogue)
    assert cache.follow(catalogue) == contents(catalogue)
    catalogue.close()


def test_generations_grow_with_every_change_and_survive(url):
    catalogue = Catalogue(url)
    catalogue.migrate()
    seen = [catalogue.generation()]
    for change in (
        put,
        lambda c: c.relabel(document(title="B")),
        lambda c: c.mark_gone(["d1"]),
        lambda c: c.remove("d1"),
    ):
        change(catalogue)
        seen.append(catalogue.generation())
    assert seen == [0, 1, 2, 3, 4]
    identity = catalogue.identity()
    catalogue.close()
    again = Catalogue(url)
    again.migrate()
    assert (again.generation(), again.identity()) == (4, identity)
    again.close()


def test_writers_wait_for_each_other(url):
    first, second = Catalogue(url), Catalogue(url)
    first.migrate()
    second.migrate()
    threads = [
        threading.Thread(target=lambda c=c, n=n: [put(c, f"{n}{i}") for i in range(10)])
        for n, c in (("a", first), ("b", second))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert first.generation() == 20
    assert len(first.sources(ALL)) == 20
    first.close()
    second.close()
