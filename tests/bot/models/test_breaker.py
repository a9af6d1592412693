import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.models.breaker import FIRM, FIRM_REST, LONGEST, Breaker, Rest


class Hands:
    """A breaker and the clock in its hand."""

    def __init__(self):
        self.now = 0.0
        self.breaker = Breaker(lambda: self.now)

    def fail(self, kind="server", rest=0.0):
        return self.breaker.fail(self.breaker.enter(), kind, rest)

    def trip(self):
        self.fail()
        self.fail()

    @property
    def standing(self):
        return self.breaker.report().standing


@pytest.fixture
def hands():
    return Hands()


def test_one_fault_does_not_trip_and_two_do(hands):
    assert hands.fail() is False
    assert hands.standing == "ready"
    assert hands.fail() is True
    assert (hands.standing, hands.breaker.enter()) == ("resting", None)


def test_only_faults_in_succession_count(hands):
    hands.fail()
    hands.breaker.succeed(hands.breaker.enter())
    assert hands.fail() is False
    assert hands.standing == "ready"


def test_after_the_rest_one_call_may_find_out(hands):
    hands.trip()
    hands.now += 19.9
    assert hands.breaker.enter() is None
    hands.now += 0.1
    probe = hands.breaker.enter()
    assert probe.probe
    assert (hands.standing, hands.breaker.enter()) == ("probing", None)
    assert hands.breaker.succeed(probe) is True
    assert hands.standing == "ready"
    assert not hands.breaker.enter().probe


def test_a_failed_probe_doubles_the_rest_up_to_five_minutes(hands):
    hands.trip()
    lengths = []
    for _ in range(6):
        lengths.append(hands.breaker.report().seconds)
        hands.now += lengths[-1]
        assert hands.fail() is True
    assert lengths == [20, 40, 80, 160, 300, 300]


def test_a_probe_without_a_verdict_lets_the_next_one_try(hands):
    hands.trip()
    hands.now += 20
    probe = hands.breaker.enter()
    hands.breaker.leave(probe)
    assert hands.breaker.enter().probe


def test_leaving_twice_does_not_free_the_next_ones_probe(hands):
    hands.trip()
    hands.now += 20
    first = hands.breaker.enter()
    hands.breaker.fail(first, "server")
    hands.now += 40
    hands.breaker.enter()
    hands.breaker.leave(first)
    assert hands.standing == "probing"


@pytest.mark.parametrize("kind", sorted(FIRM))
def test_what_only_a_person_can_mend_rests_ten_minutes_at_once(hands, kind):
    assert hands.fail(kind, FIRM_REST) is True
    assert hands.breaker.report().seconds == FIRM_REST
    hands.now += FIRM_REST
    hands.fail(kind, FIRM_REST)
    assert hands.breaker.report().seconds == FIRM_REST


@pytest.mark.parametrize(("wait", "seconds"), [(60, 60), (20, 20), (86_400, LONGEST)])
def test_a_vendor_rests_as_long_as_it_asks_within_reason(hands, wait, seconds):
    assert hands.fail("rate_limit", wait) is True
    assert hands.breaker.report().seconds == seconds


def test_faults_of_calls_that_began_before_the_trip_change_nothing(hands):
    entries = [hands.breaker.enter() for _ in range(50)]
    changed = [hands.breaker.fail(each, "server") for each in entries]
    assert changed == [False, True] + [False] * 48
    assert hands.breaker.report().seconds == 20


def test_an_old_success_does_not_end_a_rest(hands):
    old = hands.breaker.enter()
    hands.trip()
    assert hands.breaker.succeed(old) is False
    assert hands.standing == "resting"


def test_fifty_askers_at_once_send_one_probe(hands):
    hands.trip()
    hands.now += 20
    gate = threading.Barrier(50)

    def ask(_):
        gate.wait(10)
        return hands.breaker.enter()

    with ThreadPoolExecutor(50) as pool:
        entries = [each for each in pool.map(ask, range(50)) if each]
    assert len(entries) == 1


def test_the_last_pass_may_try_a_resting_vendor_once(hands):
    hands.trip()
    met = hands.breaker.generation
    probe = hands.breaker.enter_anyway(met)
    assert probe.probe
    assert hands.breaker.enter_anyway(met) is None
    hands.breaker.fail(probe, "server")
    assert hands.breaker.enter_anyway(met) is None
    assert hands.breaker.enter_anyway(hands.breaker.generation).probe


def test_the_last_pass_of_a_dead_vendor_waits_some_seconds(hands):
    hands.trip()
    for _ in range(2):
        hands.breaker.fail(hands.breaker.enter_anyway(hands.breaker.generation), "server")
    assert hands.breaker.enter_anyway(hands.breaker.generation) is None
    hands.now += 5
    assert hands.breaker.enter_anyway(hands.breaker.generation).probe


def test_the_last_pass_of_a_vendor_that_is_well_again_is_no_probe(hands):
    assert not hands.breaker.enter_anyway(hands.breaker.generation).probe


@pytest.mark.parametrize("kind", sorted(FIRM))
def test_the_last_pass_leaves_alone_what_only_a_person_can_mend(hands, kind):
    hands.fail(kind, FIRM_REST)
    assert hands.breaker.enter_anyway(hands.breaker.generation) is None


def test_an_admin_may_call_a_resting_vendor_and_so_end_the_rest(hands):
    hands.trip()
    assert hands.breaker.succeed(hands.breaker.insist()) is True
    assert hands.standing == "ready"


def test_a_rest_is_remembered_and_taken_over(hands):
    hands.trip()
    hands.now += 5
    memory = hands.breaker.memory(1_000_000.0)
    assert memory == Rest(1_000_015.0, 20.0, "server")
    other = Hands()
    other.breaker.recall(memory, 1_000_010.0)
    assert (other.standing, other.breaker.report().seconds) == ("resting", 5)
    other.now += 5
    other.fail()
    assert other.breaker.report().seconds == 40


def test_no_rest_is_nothing_to_remember(hands):
    assert hands.breaker.memory(1_000_000.0) is None


@pytest.mark.parametrize(
    ("jump", "left"), [(-86_400, 20), (86_400, 0), (0, 20)], ids=["back a day", "on a day", "none"]
)
def test_a_jump_of_the_wall_clock_makes_no_rest_longer_than_it_was(hands, jump, left):
    hands.breaker.recall(Rest(1_000_020.0, 20.0, "server"), 1_000_000.0 + jump)
    assert hands.breaker.report().seconds == left


@pytest.mark.parametrize(("kind", "most"), [("server", LONGEST), ("auth", FIRM_REST)])
def test_a_rest_with_absurd_numbers_is_cut_to_size(hands, kind, most):
    hands.breaker.recall(Rest(9e9, 9e9, kind), 1_000_000.0)
    assert hands.breaker.report().seconds == most


def test_a_rest_is_taken_over_once(hands):
    rest = Rest(1_000_020.0, 20.0, "server")
    hands.breaker.recall(rest, 900_000.0)
    hands.now += 20
    hands.breaker.succeed(hands.breaker.enter())
    hands.breaker.recall(rest, 900_020.0)
    assert hands.standing == "ready"


def test_ones_own_rest_is_not_taken_over_again(hands):
    hands.trip()
    memory = hands.breaker.memory(1_000_000.0)
    hands.now += 20
    hands.breaker.succeed(hands.breaker.enter())
    hands.breaker.recall(memory, 1_000_000.0)
    assert hands.standing == "ready"


def test_a_flapping_vendor_is_used_whenever_it_is_up(hands):
    for _ in range(3):
        hands.trip()
        hands.now += hands.breaker.report().seconds
        assert hands.breaker.succeed(hands.breaker.enter())
        assert hands.breaker.enter() is not None


def test_a_rest_that_another_process_has_ended_is_over():
    breaker = Breaker(lambda: 0.0)
    entry = breaker.enter()
    breaker.fail(entry, "auth", 600.0)
    assert breaker.enter() is None
    breaker.forgive()
    assert (breaker.enter(), breaker.report().standing) != (None, "resting")
    assert breaker.succeed(entry) is False  # it is from before
