from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from speakers import PROMPT, vendor

from bot.models import Prompt
from bot.models.budget import Budget, Usage, counted, expected, tokens

TODAY = date(2026, 11, 22)
CENT = Decimal("0.01")


def budget(limit, spent="0"):
    return Budget(None if limit is None else Decimal(limit), lambda day: Decimal(spent))


@pytest.mark.parametrize(("characters", "count"), [(0, 0), (1, 1), (3, 1), (4, 2), (300, 100)])
def test_tokens_are_estimated_rather_too_high(characters, count):
    assert tokens(characters) == count


def test_the_expected_cost_is_the_prompt_and_all_that_may_be_written():
    assert expected(vendor(), Prompt("", "x" * 3000, 1000)) == Decimal("0.010")


def test_a_vendors_own_limit_of_tokens_counts():
    assert expected(vendor(most_tokens=100), Prompt("", "x" * 3000, 1000)) == Decimal("0.0028")


def test_without_a_price_nobody_knows_the_cost():
    assert expected(vendor(price=None), PROMPT) is None
    assert counted(vendor(price=None), 10, 10, PROMPT, "text").usd is None


def test_what_the_vendor_counts_is_the_cost():
    assert counted(vendor(), 1000, 500, PROMPT, "text") == Usage(1000, 500, Decimal("0.006"))


@pytest.mark.parametrize(
    ("told", "known"), [((None, None), (11, 4)), ((7, None), (7, 4)), ((None, 9), (11, 9)), ((0, 0), (0, 0))]
)
def test_what_the_vendor_does_not_count_is_estimated_and_marked(told, known):
    usage = counted(vendor(), *told, PROMPT, "twelve chars")
    assert (usage.tokens_in, usage.tokens_out) == known
    assert usage.estimated is (None in told)


def test_without_a_limit_all_is_borne():
    assert budget(None, "1000000").reserve(vendor(), Decimal(99), TODAY) is None
    assert budget(None).reserve(vendor(price=None), None, TODAY) is None


def test_what_does_not_fit_is_refused_and_what_is_cheaper_is_not():
    day = budget("1.00", spent="0.95")
    assert day.reserve(vendor(), Decimal("0.06"), TODAY) == "budget"
    assert day.reserve(vendor(), Decimal("0.05"), TODAY) is None


def test_what_costs_nothing_is_within_every_budget():
    assert budget("1.00", spent="7.00").reserve(vendor(), Decimal(0), TODAY) is None
    assert budget("0").reserve(vendor(), Decimal(0), TODAY) is None
    assert budget("0").reserve(vendor(), CENT, TODAY) == "budget"


def test_an_unknown_price_is_not_taken_for_nothing():
    assert budget("1.00").reserve(vendor(price=None), None, TODAY) == "unpriced"


def test_what_runs_here_needs_no_price():
    day = budget("0")
    assert day.reserve(vendor(price=None, regions={"local"}), None, TODAY) is None
    day.release(None)


def test_calls_in_flight_count_until_they_end():
    day = budget("0.05")
    assert day.reserve(vendor(), 3 * CENT, TODAY) is None
    assert day.reserve(vendor(), 3 * CENT, TODAY) == "budget"
    day.release(3 * CENT)
    assert day.reserve(vendor(), 3 * CENT, TODAY) is None


def test_many_at_once_do_not_overdraw_it():
    day = budget("0.10")
    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(lambda _: day.reserve(vendor(), CENT, TODAY), range(50)))
    assert results.count(None) == 10


class Till:
    """What a day has cost, shared by several processes."""

    def __init__(self):
        self.sums = []

    def spent(self, day):
        return sum(self.sums, Decimal(0))

    def hold(self, day, vendor, cost):
        self.sums.append(cost)


def test_calls_in_flight_of_other_processes_count_too():
    till = Till()
    one, two = (Budget(5 * CENT, till.spent, till.hold) for _ in range(2))
    assert one.reserve(vendor(), 3 * CENT, TODAY) is None
    assert two.reserve(vendor(), 3 * CENT, TODAY) == "budget"
    assert till.spent(TODAY) == 3 * CENT
    one.release(3 * CENT)
    assert till.spent(TODAY) == 0
    assert two.reserve(vendor(), 3 * CENT, TODAY) is None


def test_many_processes_at_once_do_not_overdraw_it():
    till = Till()
    with ThreadPoolExecutor(20) as pool:
        made = [Budget(10 * CENT, till.spent, till.hold) for _ in range(50)]
        results = list(pool.map(lambda each: each.reserve(vendor(), CENT, TODAY), made))
    assert 0 < results.count(None) <= 10
    assert till.spent(TODAY) == results.count(None) * CENT
