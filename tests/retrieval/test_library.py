"""The library as a whole: what an audience sees, and what comes in and goes."""

import pytest
from fakes import FakeEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st
from shelves import ALL, ids, item, opened, titles, write

from retrieval.finder import Finder
from retrieval.library import Library
from retrieval.owner import Owner
from retrieval.visibility import Audience, normalise

DOCUMENTS = 6


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("shared")) as library:
        yield library


@pytest.fixture
def library(tmp_path):
    with opened(tmp_path / "home") as library:
        yield library


# Visibility


principals = st.sampled_from(["public", "employees", "admins", "group:a", "group:b", "user:U1", "channel:C1"])
visibilities = st.lists(principals, min_size=1, max_size=3).map(lambda each: normalise(",".join(each)))
readers = st.frozensets(principals, max_size=4)
audiences = st.builds(lambda each: Audience(tuple(each)), st.lists(readers, max_size=3)) | st.just(ALL)


def sees(audience, visibility):
    """The rule, said once more and in other words."""
    people = [set(reader) for reader in audience.readers]
    return audience.operator or (
        people != [] and not [each for each in people if each.isdisjoint(visibility.split(","))]
    )


# 40 libraries of 6 documents, 10 audiences each: 400 pairs.
@settings(max_examples=40, deadline=None)
@given(
    st.lists(visibilities, min_size=DOCUMENTS, max_size=DOCUMENTS),
    st.lists(audiences, min_size=10, max_size=10),
)
def test_an_audience_gets_all_that_it_may_see_and_nothing_else(shared, labels, people):
    every = {f"d{number}": label for number, label in enumerate(labels)}
    shared.put_many([item(name, label) for name, label in every.items()])
    for audience in people:
        allowed = {name for name, label in every.items() if sees(audience, label)}
        found = {hit.source.id for hit in shared.search("OpenAI money", audience, 50).hits}
        listed = {source.id for source in shared.sources(audience)}
        assert not found - allowed, "hidden passages are found"
        assert not listed - allowed, "hidden documents are listed"
        assert found == listed == allowed, "something allowed is missing"


@settings(max_examples=15, deadline=None)
@given(st.lists(visibilities, min_size=4, max_size=4), st.lists(audiences, min_size=6, max_size=6))
def test_chroma_shows_an_audience_no_more(tmp_path_factory, labels, people):
    every = {f"d{number}": label for number, label in enumerate(labels)}
    with opened(tmp_path_factory.mktemp("home"), exact_limit=0) as library:
        library.put_many([item(name, label) for name, label in every.items()])
        assert library.try_to_own()
        for audience in people:
            found = {hit.source.id for hit in library.search("OpenAI money", audience, 50).hits}
            assert found == {name for name, label in every.items() if sees(audience, label)}


def test_the_classes_of_an_audience_are_those_it_may_see(library):
    library.put_many([item("d0"), item("d1", "admins"), item("d2", "employees")])
    catalogue = library._catalogue
    assert catalogue.visibility_classes(Audience.of("employees")) == ("employees", "public")
    assert catalogue.visibility_classes(Audience.nobody()) == ()


def test_the_last_check_drops_hidden_passages_whoever_found_them(library):
    library.put_many([item("d0"), item("d1", "admins")])
    kept = library._catalogue.passages(["d0-0", "d1-0"], Audience.of("employees"))
    assert list(kept) == ["d0-0"]
    assert library._catalogue.passages(["d0-0", "d1-0"], Audience.nobody()) == {}


class Untouchable:
    """Stands where an index or an embedder would be, and says so if anybody uses it."""

    name = "untouchable"

    def __getattr__(self, name):
        raise AssertionError(f"{name} was used")


def test_for_nobody_no_index_is_read_and_nothing_is_embedded(library):
    library.put(*item("d0"))
    finder = Finder(library._catalogue, Untouchable(), Untouchable(), {})
    found = finder.find("OpenAI", Audience.nobody(), 10, owner=True)
    assert (found.hits, found.answerable, found.confidence) == ((), False, 0.0)
    with pytest.raises(AssertionError, match="was used"):
        finder.find("OpenAI", Audience.of("public"), 10, owner=True)


def test_covers_tells_nothing_of_documents(library):
    library.put(*item("d0", "admins"))
    assert library.search("OpenAI", Audience.of("public")).hits == ()


@pytest.mark.parametrize("question", ["", "   ", "???", "\0", "a" * 5000, "\ud800"])
def test_odd_questions_are_answered_within_the_audience(library, question):
    library.put_many([item("d0"), item("d1", "admins")])
    found = library.search(question, Audience.of("public"))
    assert set(ids(found)) <= {"d0-0"}


def test_the_k_best_are_k(library):
    library.put_many([item(f"d{number}", text=f"OpenAI lost {number} million.") for number in range(12)])
    assert [len(library.search("OpenAI", ALL, k).hits) for k in (1, 5, 12, 100)] == [1, 5, 12, 12]


# Taking in and out


def test_what_is_removed_is_gone_for_good(library):
    library.put_many([item("d0"), item("d1", text="OpenAI earned money.")])
    assert library.remove("d1")
    assert not library.remove("d1")
    assert ids(library.search("OpenAI", ALL)) == ["d0-0"]
    assert [each.id for each in library.sources(ALL, include_gone=True)] == ["d0"]


def test_many_documents_are_put_in_several_batches(library):
    library.put_many(item(f"d{number}", text=f"Note {number} on OpenAI.") for number in range(150))
    assert len(library.sources(ALL)) == 150
    assert titles(library.search("Note 140 on OpenAI", ALL, 1)) == ["d140"]


def test_a_document_put_again_is_replaced(library):
    library.put(*item("d0"))
    library.put(*item("d0", "admins", "OpenAI earned money."))
    assert library.search("OpenAI", Audience.of("public")).hits == ()
    assert [hit.passage.text for hit in library.search("OpenAI", ALL).hits] == ["OpenAI earned money."]


# Opening and letting go


def test_an_ingest_that_is_abandoned_lets_go(library, tmp_path):
    for name in ("a.md", "b.md"):
        write(tmp_path / "docs", name, f"About {name} of OpenAI.")
    results = library.ingest([str(tmp_path / "docs")])
    assert next(results).result == "new"
    results.close()
    with Owner(tmp_path / "home"):
        pass
    assert titles(library.search("OpenAI", ALL)) == ["a"]


def test_a_library_opens_by_path_alone(tmp_path):
    with Library.open(tmp_path / "new" / "home", FakeEmbedder()) as library:
        assert library.sources(ALL) == ()
        assert library.search("OpenAI", ALL).hits == ()
        assert library.catch_up()
