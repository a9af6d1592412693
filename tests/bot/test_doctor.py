import sqlite3
from contextlib import closing

import pytest

from bot.doctor import examine
from bot.settings import load


def findings(home, **settings):
    return {each.subject: each for each in examine(load(home=home, **settings))}


def test_a_whole_installation_is_good_throughout(corpus_home):
    found = findings(corpus_home)
    assert all(each.good for each in found.values()), found
    assert {"data folder", "packages", "embedding model", "library", "indexes"} <= set(found)


def test_an_empty_library_says_how_to_fill_it(own_desk):
    found = findings(own_desk.home)
    assert not found["library"].good
    assert "strategist ingest" in found["library"].step


def test_a_model_that_is_not_exported_says_what_to_run(tmp_path):
    found = findings(tmp_path)["embedding model"]
    assert not found.good
    assert "strategist setup" in found.step


def test_a_model_that_does_not_exist_is_named(tmp_path):
    found = findings(tmp_path, model=str(tmp_path / "nothing"))
    assert not found["embedding model"].good
    assert found["embedding model"].step


def test_a_folder_that_cannot_be_made_is_a_finding(tmp_path):
    (tmp_path / "file").write_text("x")
    found = findings(tmp_path / "file" / "home")
    assert not all(each.good for each in found.values())


def test_documents_that_only_admins_may_see_are_pointed_out(own_desk, tmp_path):
    (tmp_path / "plain.md").write_text("# Plain\n\nNothing is said of who may see this note.\n")
    assert own_desk.strategist("ingest", str(tmp_path / "plain.md")).code == 0
    found = findings(own_desk.home)["visibility"]
    assert "1 " in found.state
    assert "--visibility" in found.step


@pytest.mark.parametrize("subject", ["data folder", "packages"])
def test_each_finding_says_how_things_stand(corpus_home, subject):
    assert findings(corpus_home)[subject].state


@pytest.fixture
def stocked(own_desk, tmp_path):
    """A data folder with one document, and a way to change its catalogue."""
    (tmp_path / "note.md").write_text("---\nvisibility: public\n---\nThe kettle in Bremen is blue.\n")
    assert own_desk.strategist("ingest", str(tmp_path / "note.md"), "--quiet").code == 0
    return own_desk


def altered(desk, *statements):
    with closing(sqlite3.connect(desk.home / "catalogue.db")) as connection, connection:
        for each in statements:
            connection.execute(each)


def test_passages_that_another_model_embedded_are_counted_until_they_are_rebuilt(stocked):
    tables = ("embeddings", "sentence_embeddings")
    altered(stocked, *(f"UPDATE {table} SET embedder = 'older'" for table in tables))
    found = findings(stocked.home)["indexes"]
    assert (found.good, found.state[:35]) == (False, "1 passages have no vector of the cu")
    assert "strategist rebuild" in found.step
    assert "1 passages had no vector" in stocked.strategist("rebuild").out
    assert findings(stocked.home)["indexes"].good
    assert stocked.strategist("rebuild").out == "The indexes are new.\n"


def test_a_catalogue_that_is_missing_under_its_indexes_is_said_to_be(stocked):
    (stocked.home / "catalogue.db").unlink()
    for _ in range(2):  # looking must not begin a new one
        found = findings(stocked.home)["library"]
        assert (found.good, "catalogue.db is missing" in found.state) == (False, True)
    assert "backup" in found.step
    ran = stocked.strategist("sources")
    assert (ran.code, "catalogue.db is missing" in ran.err) == (0, True)


HARM = {
    "a huge number in a sentence's vector": (
        "UPDATE sentence_embeddings SET vectors = CAST(x'99BD617F' || substr(vectors, 5) AS BLOB)",
        "no embedder makes",
    ),
    "no number in a vector": (
        "UPDATE embeddings SET vector = CAST(x'0000C07F' || substr(vector, 5) AS BLOB)",
        "no embedder makes",
    ),
    "a date that is none": ("UPDATE documents SET published = 'x' || id", "cannot be read"),
}


@pytest.mark.parametrize("harm", HARM)
def test_a_damaged_catalogue_is_found_and_is_exit_code_3_for_a_question(stocked, harm):
    statement, said = HARM[harm]
    altered(stocked, statement)
    found = findings(stocked.home)["library"]
    assert (found.good, said in found.state) == (False, True), found
    assert "restore a backup" in found.step
    ran = stocked.strategist("ask", "What colour is the kettle in Bremen?")
    assert (ran.code, said in ran.err) == (3, True), ran


def test_damaged_pages_of_the_catalogue_are_found(stocked):
    file = stocked.home / "catalogue.db"
    with closing(sqlite3.connect(file)) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'passages_by_generation'"
        [[page]] = connection.execute(query).fetchall()
    data = bytearray(file.read_bytes())
    data[(page - 1) * 4096 : page * 4096] = bytes(4096)
    file.write_bytes(data)
    found = findings(stocked.home)["library"]
    assert (found.good, "damaged" in found.state, "restore a backup" in found.step) == (False, True, True)


def test_a_vector_that_is_too_long_is_found(stocked):
    altered(stocked, "UPDATE embeddings SET vector = CAST(x'0000803F' || substr(vector, 5) AS BLOB)")
    assert "not of length 1" in findings(stocked.home)["library"].state
