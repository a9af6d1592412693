"""Caches may be lost, damaged, too old or too new: what is found stays right, and is embedded once."""

import shutil
from dataclasses import replace

import pytest
from fakes import FakeEmbedder
from shelves import ALL, contents, ids, item, lexicon, opened, outcomes, titles, write

from retrieval.catalogue import View
from retrieval.errors import StoreDamaged
from retrieval.lexicon import Lexicon
from retrieval.visibility import Audience

QUESTIONS = ("OpenAI lost money", "note 7", "12 million", "contract")
PUBLIC = Audience.of("public")


class Counting(FakeEmbedder):
    """Counts the texts that it embeds; `name` as told."""

    def __init__(self, name="fake"):
        self.name = name
        self.texts = 0

    def passages(self, texts):
        self.texts += len(texts)
        return super().passages(texts)


def fill(library, start=0, count=30):
    library.put_many(
        item(f"d{n}", ("public", "admins")[n % 2], f"OpenAI lost {n} million; note {n} on the contract.")
        for n in range(start, start + count)
    )


def answers(library):
    """The score of each hit; not their order, for it is left to chance between equals."""
    return {
        (question, audience.operator, hit.passage.id): hit.score
        for question in QUESTIONS
        for audience in (ALL, PUBLIC)
        for hit in library.search(question, audience, 100).hits
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    home = tmp_path_factory.mktemp("built")
    with opened(home) as library:
        fill(library)
        wanted = answers(library)
    return home, wanted


@pytest.fixture
def home(built, tmp_path):
    return shutil.copytree(built[0], tmp_path / "home")


@pytest.fixture
def wanted(built):
    return built[1]


@pytest.fixture(params=["one by one", "by Chroma"])
def way(request):
    return {"exact_limit": 20_000 if request.param == "one by one" else 0}


def overwrite(folder, pattern):
    for path in folder.rglob(pattern):
        path.write_bytes(b"not what was written")


def keep_only_half(folder, pattern):
    for path in folder.rglob(pattern):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


HARM = {
    "lexical gone": lambda home: shutil.rmtree(home / "lexical"),
    "lexical emptied": lambda home: [path.unlink() for path in (home / "lexical").iterdir()],
    "lexical overwritten": lambda home: overwrite(home / "lexical", "*.idx"),
    "lexical positions gone": lambda home: [path.unlink() for path in (home / "lexical").glob("*.pos")],
    "lexical cut": lambda home: keep_only_half(home / "lexical", "*"),
    "lexical list gone": lambda home: (home / "lexical" / "meta.json").unlink(),
    "lexical note gone": lambda home: (home / "lexical" / "generation.json").unlink(),
    "vectors gone": lambda home: shutil.rmtree(home / "vectors"),
    "vectors overwritten": lambda home: overwrite(home / "vectors", "chroma.sqlite3"),
    "vectors cut": lambda home: keep_only_half(home / "vectors", "chroma.sqlite3"),
    "vectors stamp gone": lambda home: (home / "vectors" / "stamp.json").unlink(),
    "both gone": lambda home: [shutil.rmtree(home / each) for each in ("lexical", "vectors")],
}


@pytest.mark.parametrize("harm", HARM)
def test_what_is_found_stays_right_whatever_happens_to_a_cache(home, wanted, way, harm):
    HARM[harm](home)
    embedder = Counting()
    with opened(home, embedder, **way) as library:
        assert library.catch_up()
        assert library.try_to_own()
        assert answers(library) == pytest.approx(wanted, abs=1e-4)
        library.put(*item("d99", text="Mistral is French."))
        assert titles(library.search("Mistral", PUBLIC, 1)) == ["d99"]
    assert embedder.texts == 2  # the new passage and its sentence


@pytest.mark.parametrize("harm", HARM)
def test_a_reader_that_cannot_repair_it_still_answers(home, wanted, harm):
    HARM[harm](home)
    with opened(home) as owner, opened(home) as reader, owner.owning():
        reader.catch_up()
        found = [set(ids(reader.search(question, PUBLIC, 100))) for question in QUESTIONS[:2]]
    assert found == [{f"d{n}-0" for n in range(0, 30, 2)}] * 2


def test_both_ways_find_the_same(home, wanted):
    with opened(home, exact_limit=0) as library:
        assert library.try_to_own()
        assert answers(library) == pytest.approx(wanted, abs=1e-4)
        assert library.self_check() == 0


def test_a_store_that_is_read_and_closed_stays_sound(home):
    for _ in range(3):
        with opened(home, exact_limit=0) as library:
            assert library.try_to_own()
            answers(library)
    assert not list(home.glob("vectors.damaged*"))


def test_damage_under_an_open_store_is_answered_one_by_one_and_repaired(home, wanted):
    with opened(home, exact_limit=0) as library:
        with library.owning():
            (home / "vectors" / "chroma.sqlite3").write_bytes(b"no database")
            assert answers(library) == pytest.approx(wanted, abs=1e-4)
        assert library._indexes.behind()
        assert library.catch_up()
        assert library.try_to_own()
        assert library._indexes.vectors.count("public") == 15
        assert answers(library) == pytest.approx(wanted, abs=1e-4)


def test_folders_deleted_under_an_open_library_are_made_anew(home, wanted):
    with opened(home) as library:
        answers(library)
        shutil.rmtree(home / "lexical")
        assert library.catch_up()
        assert answers(library) == pytest.approx(wanted, abs=1e-4)


def test_rebuild_makes_both_anew_and_embeds_nothing(home, wanted):
    embedder = Counting()
    with opened(home, embedder) as library:
        library.rebuild()
        assert not library._indexes.behind()
        assert answers(library) == pytest.approx(wanted, abs=1e-4)
        assert library._indexes.lexical.count() == 30
    assert embedder.texts == 0
    assert not list(home.glob("vectors.damaged*"))


# Other embedders and lexicons


def test_another_embedder_embeds_what_it_has_not_and_finds_the_same(home, wanted, way):
    other = Counting("other")
    with opened(home, other, **way) as library:
        assert library.catch_up()
        assert other.texts == 60  # 30 passages and their 30 sentences
        assert library.try_to_own()
        assert answers(library) == pytest.approx(wanted, abs=1e-4)
    again = Counting("other")
    with opened(home, again, **way) as library:
        assert library.catch_up()
        assert answers(library) == pytest.approx(wanted, abs=1e-4)
    first = Counting()
    with opened(home, first, **way) as library:
        assert library.catch_up()
        assert answers(library) == pytest.approx(wanted, abs=1e-4)
    assert (again.texts, first.texts) == (0, 0)


def test_another_embedder_that_is_interrupted_goes_on_where_it_was(tmp_path):
    class Tiring(Counting):
        def passages(self, texts):
            if self.texts:
                raise KeyboardInterrupt
            return super().passages(texts)

    long, [passage] = item("long")
    texts = [f"OpenAI note {n}." for n in range(300)]
    passages = [
        replace(passage, id=f"p{n}", ordinal=n, text=text, sentences=((0, len(text)),))
        for n, text in enumerate(texts)
    ]
    with opened(tmp_path) as library:
        library.put(long, passages)
        wanted = answers(library)
    with opened(tmp_path, Tiring("other")) as library, pytest.raises(KeyboardInterrupt):
        library.catch_up()
    fresh = Counting("other")
    with opened(tmp_path, fresh) as library:
        assert library.unembedded() == 44
        assert library.catch_up()
        assert library.unembedded() == 0
        assert answers(library) == pytest.approx(wanted, abs=1e-4)
    assert fresh.texts == 88  # 256 of the 300 passages were kept


def test_what_another_embedder_took_in_before_it_was_killed_is_embedded_too(home):
    with opened(home, Counting("other")) as library:
        library._put([item("d99", text="Mistral is French.")])  # and killed before the caches followed
    embedder = Counting()
    with opened(home, embedder) as library:
        assert library.unembedded() == 1
        assert library.catch_up()
        assert (embedder.texts, library.unembedded()) == (2, 0)
        assert library._indexes.vectors.count("public") == 16


def test_until_its_vectors_are_there_another_embedder_finds_by_words(home):
    with opened(home) as owner, owner.owning(), opened(home, Counting("other")) as reader:
        assert not reader.catch_up()
        assert titles(reader.search("note 7", ALL, 1)) == ["d7"]


def test_another_lexicon_has_its_own_glosses_and_terms(home):
    words = Lexicon([("geld", "money"), ("vertrag", "contract")])
    embedder = Counting()
    with opened(home, embedder, words) as library:
        assert library.catch_up()
        assert embedder.texts == 60
        assert len(library.search("Vertrag", ALL, 100).hits) == 30
    with opened(home, embedder, lexicon()) as library:
        assert library.catch_up()
    assert embedder.texts == 60


# Other catalogues


def test_an_older_catalogue_put_back_makes_the_caches_new(tmp_path, way):
    home, backup = tmp_path / "home", tmp_path / "backup.db"
    with opened(home) as library:
        fill(library, count=10)
    shutil.copy(home / "catalogue.db", backup)
    with opened(home) as library:
        wanted = answers(library)
        fill(library, start=10)
        library.put(*item("d3", "public", "Mistral is French."))  # was for admins
    shutil.copy(backup, home / "catalogue.db")
    with opened(home, **way) as library:
        assert library.catch_up()
        assert library.try_to_own()
        assert answers(library) == pytest.approx(wanted, abs=1e-4)
        assert library._indexes.lexical.count() == 10
        assert library._indexes.vectors.count("public") == 5


def test_an_older_catalogue_that_goes_on_at_once_is_not_taken_for_the_newer(tmp_path, way):
    home, backup = tmp_path / "home", tmp_path / "backup.db"
    with opened(home) as library:
        fill(library, count=10)
    shutil.copy(home / "catalogue.db", backup)
    with opened(home) as library:
        fill(library, start=10, count=5)
    shutil.copy(backup, home / "catalogue.db")
    write(tmp_path / "docs", "new.md", "Mistral is French.")
    with opened(home, **way) as library:
        assert outcomes(library, tmp_path / "docs") == {"new.md": "new"}
        fill(library, start=40, count=10)  # further than the caches had come
        assert library.try_to_own()
        assert library._indexes.lexical.count() == 21
        assert sum(map(library._indexes.vectors.count, ("public", "admins"))) == 21
        assert len(library.search("OpenAI", ALL, 100).hits) == 21


def test_a_new_catalogue_forgets_the_caches_of_the_old(home):
    (home / "catalogue.db").unlink()
    with opened(home) as library:
        assert library.search("OpenAI", ALL).hits == ()
        assert library.catch_up()
        library.put(*item("d1"))
        assert library._indexes.lexical.count() == 1


# The parts


def test_the_nearest_are_of_the_classes_asked_for(home, way):
    with opened(home, **way) as library:
        library.try_to_own()
        vector = FakeEmbedder().query("OpenAI")
        for classes, numbers in ((["public"], range(0, 30, 2)), (["admins"], range(1, 30, 2)), ([], [])):
            view = View(library._catalogue.generation(), tuple(classes), 30)
            found = library._indexes.nearest(vector, view, 50, owner=True)
            assert {key for key, _ in found} == {f"d{n}-0" for n in numbers}
            assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


def test_the_nearest_of_many_classes_are_the_best_of_all(home):
    with opened(home) as library:
        vector = FakeEmbedder().query("OpenAI lost 17 million; note 17 on the contract.")
        view = library._catalogue.view(ALL)
        [(best, score), *_] = library._indexes.nearest(vector, view, 5, owner=False)
        assert best == "d17-0"
        assert score > 0.9


def test_a_change_by_another_process_is_seen_by_an_open_reader(home):
    with opened(home) as reader:
        answers(reader)
        with opened(home) as owner:
            owner.put(*item("d99", text="Mistral is French."))
        assert titles(reader.search("Mistral", PUBLIC, 1)) == ["d99"]
        before = contents(home)
    assert contents(home) == before


def test_damage_that_a_rebuild_cannot_mend_is_named(home):
    (home / "vectors" / "stamp.json").unlink()
    with opened(home) as library, pytest.raises(StoreDamaged, match="foreign"):
        library._indexes.vectors.count("public")
