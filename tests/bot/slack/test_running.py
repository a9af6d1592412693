import pytest

from bot.slack.place import Place
from bot.slack.running import Running

PLACE = Place("key", "T1", "C1", "1.0", "2.0", "U1")


@pytest.fixture
def running():
    return Running()


def test_what_was_deleted_before_it_began_ends_at_once(running):
    assert running.delete("C1", "2.0") == 0
    with running.entered(PLACE) as halt:
        assert halt.why == "deleted"
        assert halt.event.is_set()


def test_another_message_is_not_concerned(running):
    running.delete("C1", "2.1")
    running.delete("C2", "2.0")
    with running.entered(PLACE) as halt:
        assert not halt.why


def test_a_later_edit_wins_in_whatever_order_they_come(running):
    assert running.latest("C1", "2.0", "5.0")
    assert not running.latest("C1", "2.0", "4.0")
    assert running.latest("C1", "2.0", "5.0")  # the same once more, after a crash
    with running.entered(PLACE, "4.0") as halt:
        assert halt.why == "edited"
    assert running.withdrawn("C1", "2.0")
    with running.entered(PLACE, "5.0") as halt:
        assert not halt.why


def test_two_clicks_at_once_are_one_and_a_later_one_is_another(running):
    with running.once("compare") as first, running.once("compare") as second, running.once("share") as other:
        assert (first, second, other) == (True, False, True)
    with running.once("compare") as again:
        assert again


def test_memory_is_bounded(running):
    for number in range(3_000):
        running.delete("C1", str(number))
    with running.entered(Place("key", "T1", "C1", "1", "0", "U1")) as halt:
        assert not halt.why


def test_a_late_edit_does_not_end_the_answer_to_the_last_one(running):
    running.latest("C1", "2.0", "3.0")
    with running.entered(PLACE, "3.0") as halt:
        assert running.withdraw("C1", "2.0", "edited", before="2.5") == 0
        assert not halt.why
        assert running.withdraw("C1", "2.0", "edited", before="4.0") == 1
        assert halt.why == "edited"
