from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from bot.state import Drafting, State, Withdrawal


@pytest.fixture
def other(state_url):
    """Another replica's."""
    made = State.open(state_url)
    yield made
    made.close()


def test_what_one_replica_hears_another_sees(state, other):
    assert state.withdraw("C1", "1.0", "stopped", "2.0") == "2.0"
    state.withdraw("C1", "1.5", "deleted", "3.0")
    state.withdraw("C2", "1.0", "deleted", "3.0")
    seen = other.withdrawals({("C1", "1.0"), ("C1", "1.5"), ("C1", "9.0")})
    assert seen == {Withdrawal("C1", "1.0", "stopped", "2.0"), Withdrawal("C1", "1.5", "deleted", "3.0")}
    assert other.withdrawals(()) == frozenset()


def test_the_latest_edit_counts_in_whatever_order_they_come(state, other):
    assert state.withdraw("C1", "1.0", "edited", "5.0") == "5.0"
    assert other.withdraw("C1", "1.0", "edited", "4.0") == "5.0"
    assert other.withdraw("C1", "1.0", "edited", "6.0") == "6.0"
    assert state.withdrawals({("C1", "1.0")}) == {Withdrawal("C1", "1.0", "edited", "6.0")}


def test_edits_at_once_leave_the_latest(state, other):
    times = [f"{number}.0" for number in range(100, 140)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda at: (state, other)[int(at[2]) % 2].withdraw("C1", "1.0", "edited", at), times))
    assert state.withdrawals({("C1", "1.0")}) == {Withdrawal("C1", "1.0", "edited", "139.0")}


def test_an_edit_is_taken_back_unless_a_later_one_is_known(state):
    state.withdraw("C1", "1.0", "edited", "5.0")
    state.reinstate("C1", "1.0", "edited", "4.0")
    assert state.withdrawals({("C1", "1.0")})
    state.reinstate("C1", "1.0", "edited", "5.0")
    assert not state.withdrawals({("C1", "1.0")})


def test_who_writes_is_known_until_it_ends(state, other):
    state.draft_begins("C1", "1.0", "", "a")
    assert other.draft("C1", "1.0") == Drafting("", "a", withdrawn=False)
    state.draft_ends("C1", "1.0", "a", withdrawn=False)
    assert other.draft("C1", "1.0") is None


def test_one_that_is_withdrawn_is_known_until_its_successor_has_ended(state, other):
    state.draft_begins("C1", "1.0", "", "a")
    state.draft_ends("C1", "1.0", "a", withdrawn=True)
    assert other.draft("C1", "1.0") == Drafting("", "a", withdrawn=True)
    other.draft_begins("C1", "1.0", "5.0", "b")
    state.draft_ends("C1", "1.0", "a", withdrawn=False)  # it is not its own any more
    assert state.draft("C1", "1.0") == Drafting("5.0", "b", withdrawn=False)
    other.draft_ends("C1", "1.0", "b", withdrawn=False)
    assert state.draft("C1", "1.0") is None


def test_what_a_dead_replica_left_is_forgotten_after_a_while(state):
    state.draft_begins("C1", "1.0", "", "a")
    state.withdraw("C1", "1.0", "deleted", "2.0")
    state.forget_drafts(datetime.now(UTC) - timedelta(hours=1))
    assert state.draft("C1", "1.0")
    assert state.withdrawals({("C1", "1.0")})
    state.forget_drafts(datetime.now(UTC) + timedelta(seconds=1))
    assert not state.draft("C1", "1.0")
    assert not state.withdrawals({("C1", "1.0")})
