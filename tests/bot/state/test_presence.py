import sqlite3
import threading
from contextlib import closing

import pytest
from servers import new_database

from bot.errors import StateError
from bot.state.presence import enter


@pytest.fixture
def shared_url(request, tmp_path):
    return new_database(request.getfixturevalue("postgres"), f"p{abs(hash(tmp_path))}")


def test_on_a_file_one_works_alone_and_always_under_one_name(tmp_path):
    url = f"sqlite:///{tmp_path}/new/jobs.db"
    first = enter(url, "a", 20)
    assert first.others() is None
    with pytest.raises(StateError, match="another process owns it: process"):
        enter(url, "b", 20)
    first.alive()
    first.leave()
    second = enter(url, "b", 20)
    assert second.name == first.name
    second.leave()


def test_the_file_is_made_to_write_ahead(tmp_path):
    enter(f"sqlite:///{tmp_path}/jobs.db", "a", 20).leave()
    with closing(sqlite3.connect(tmp_path / "jobs.db")) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_on_a_server_replicas_see_each_other_until_they_leave(shared_url):
    first, second = enter(shared_url, "a", 20), enter(shared_url, "a", 20)
    assert first.name != second.name
    assert first.others() == second.others() == {first.name, second.name}
    second.leave()
    assert first.others() == {first.name}
    first.leave()


def test_one_that_was_silent_for_a_lease_is_missed_but_never_misses_itself(shared_url):
    first, second = enter(shared_url, "a", 0.2), enter(shared_url, "b", 0.2)
    threading.Event().wait(0.3)
    assert first.others() == {first.name}
    second.alive()
    assert second.name in first.others()
    for each in (first, second):
        each.leave()
