import time
from dataclasses import replace

import pytest
from office import until
from servers import new_database

from bot.slack.place import Place
from bot.slack.running import Running
from bot.state import State

PLACE = Place("key", "T1", "C1", "1.0", "2.0", "U1")
GLANCE_S = 0.05


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.db"
    return new_database(request.getfixturevalue("postgres"), f"running{abs(hash(tmp_path))}")


@pytest.fixture
def replica(url):
    """Makes replicas on one database."""
    states = []

    def make(glance_s=GLANCE_S):
        states.append(State.open(url))
        return Running(states[-1], glance_s)

    yield make
    for each in states:
        each.close()


@pytest.fixture
def running(replica):
    return replica(60)  # so seldom that nothing here is owed to the look-out


@pytest.fixture
def other(replica):
    return replica()


def test_what_was_deleted_before_it_began_ends_at_once(running):
    assert running.delete("C1", "2.0", "3.0") == 0
    with running.entered(PLACE) as halt:
        assert halt.why == "deleted"
        assert halt.event.is_set()


def test_another_message_is_not_concerned(running):
    running.delete("C1", "2.1", "3.0")
    running.delete("C2", "2.0", "3.0")
    running.stop("C1", "1.1", "3.0")
    running.edited("C1", "2.1", "3.0")
    with running.entered(PLACE) as halt:
        assert not halt.why


def test_a_stop_is_for_what_was_asked_before_it(running):
    assert running.stop("C1", "1.0", "3.0") == 0
    with running.entered(PLACE) as halt:  # it had not begun yet, or begins again after a crash
        assert halt.why == "stopped"
    for later, edit in ((replace(PLACE, ts="4.0"), ""), (PLACE, "4.0")):
        with running.entered(later, edit) as halt:
            assert not halt.why


def test_a_stop_ends_all_that_is_written_in_its_thread_at_once(running):
    with running.entered(PLACE) as one, running.entered(replace(PLACE, ts="2.5")) as two:
        assert running.stop("C1", "1.0", "3.0") == 2
        assert (one.why, two.why) == ("stopped", "stopped")


def test_a_later_edit_wins_in_whatever_order_they_come(running):
    assert running.edited("C1", "2.0", "5.0")
    assert not running.edited("C1", "2.0", "4.0")
    assert running.edited("C1", "2.0", "5.0")  # the same once more, after a crash
    with running.entered(PLACE, "4.0") as halt:
        assert halt.why == "edited"
    assert running.earlier("C1", "2.0", "5.0", 0) == "withdrawn"
    with running.entered(PLACE, "5.0") as halt:
        assert not halt.why


def test_two_clicks_at_once_are_one_and_a_later_one_is_another(running):
    with running.once("compare") as first, running.once("compare") as second, running.once("share") as other:
        assert (first, second, other) == (True, False, True)
    with running.once("compare") as again:
        assert again


def test_a_late_edit_does_not_end_the_answer_to_the_last_one(running):
    running.edited("C1", "2.0", "3.0")
    with running.entered(PLACE, "3.0") as halt:
        assert not running.edited("C1", "2.0", "2.5")
        assert not halt.why
        assert running.edited("C1", "2.0", "4.0")
        assert halt.why == "edited"


# Another replica


@pytest.mark.parametrize(
    ("why", "hear"),
    [
        ("stopped", lambda deaf: deaf.stop("C1", "1.0", "3.0")),
        ("deleted", lambda deaf: deaf.delete("C1", "2.0", "3.0")),
        ("edited", lambda deaf: deaf.edited("C1", "2.0", "3.0")),
    ],
)
def test_what_another_replica_hears_ends_the_answer_here(running, other, why, hear):
    with other.entered(PLACE) as halt:
        hear(running)
        assert halt.event.wait(5)
        assert halt.why == why


def test_it_is_looked_for_once_more_before_the_answer_is_posted(running, other):
    with running.entered(PLACE) as halt:
        other.delete("C1", "2.0", "3.0")
        assert not halt.why
        running.look(halt)
        assert halt.why == "deleted"


def test_an_edit_waits_for_the_answer_of_another_replica_to_let_go(running, other):
    assert other.earlier("C1", "2.0", "3.0", 0) == ""
    with running.entered(PLACE):
        assert other.edited("C1", "2.0", "3.0")
        assert other.earlier("C1", "2.0", "3.0", 0) == "writing"
        assert running.look(*running._all()) is None
    assert other.earlier("C1", "2.0", "3.0", 0) == "withdrawn"
    with other.entered(PLACE, "3.0"):
        # After a crash the same edit does not wait for its own former self.
        assert running.earlier("C1", "2.0", "3.0", 0) == "withdrawn"
    assert other.earlier("C1", "2.0", "4.0", 0) == ""


def test_an_edit_to_which_there_is_nothing_leaves_a_later_answer_alone(running, other):
    assert other.edited("C1", "2.0", "3.0")
    assert other.forgotten("C1", "2.0", "3.0")
    with running.entered(PLACE) as halt:
        assert not halt.why
        assert other.edited("C1", "2.0", "3.0")
        assert not other.forgotten("C1", "2.0", "3.0")
        running.look(halt)
        assert halt.why == "edited"


def test_nothing_is_asked_while_nothing_is_written_and_little_while_it_is(other):
    asked = _queries(other)
    time.sleep(4 * GLANCE_S)
    assert not asked
    with other.entered(PLACE):
        until(lambda: len(asked) >= 6)
        begun = len(asked)
        with other.entered(replace(PLACE, ts="2.5")):  # several answers share the look-out
            time.sleep(10 * GLANCE_S)
        assert len(asked) - begun <= 13 + 3
    ended = len(asked)
    time.sleep(4 * GLANCE_S)
    assert len(asked) == ended


def _queries(running):
    """Each transaction of a replica, as it begins."""
    from sqlalchemy import event

    asked = []
    event.listen(running._state._store._database._engine, "begin", lambda connection: asked.append(1))
    return asked


def test_what_cannot_be_looked_for_costs_no_answer_and_is_told_once(running, caplog):
    with running.entered(PLACE) as halt:
        with running._state._store.writing() as connection:
            connection.exec_driver_sql("DROP TABLE withdrawals")
        running.look(halt)
        running.look(halt)
        assert not halt.why
    assert len([each for each in caplog.records if "cannot be seen" in each.getMessage()]) == 1
