from datetime import date
from decimal import Decimal

import pytest
from speakers import Desk, FakeClock, MemoryLedger, Model, fault

from bot.errors import StateError
from bot.models.breaker import Rest
from bot.models.ledger import Books, Unopened
from bot.state import State
from bot.types import Attempt

TODAY = date(2026, 11, 22)
ATTEMPT = Attempt("a", "a-model", "complete", 1.0, 10, 10, Decimal("0.25"))
REST = Rest(1_000.0, 20.0, "server")
BROKEN = StateError("state", "The disk is full")


@pytest.fixture
def ledger():
    return MemoryLedger()


def test_books_are_the_ledger_while_it_works(ledger):
    books = Books(ledger)
    books.spend(TODAY, ATTEMPT)
    books.rest("a", REST)
    assert (books.spent(TODAY), books.rests()) == (Decimal("0.25"), {"a": REST})
    assert ledger.all == [ATTEMPT]


def test_what_the_ledger_does_not_take_still_counts(ledger):
    books = Books(ledger)
    books.spend(TODAY, ATTEMPT)
    assert books.spent(TODAY) == Decimal("0.25")
    ledger.error = BROKEN
    books.spend(TODAY, ATTEMPT)
    assert books.spent(TODAY) == Decimal("0.50")
    ledger.error = None
    assert books.spent(TODAY) == Decimal("0.50")


def test_what_was_written_since_it_was_read_counts_when_it_cannot_be_read_again(ledger):
    books = Books(ledger)
    books.spent(TODAY)
    books.spend(TODAY, ATTEMPT)
    ledger.error = BROKEN
    assert books.spent(TODAY) == Decimal("0.25")


def test_another_day_begins_at_nothing(ledger):
    books = Books(ledger)
    books.spend(TODAY, ATTEMPT)
    ledger.error = BROKEN
    assert books.spent(date(2026, 11, 23)) == 0


def test_an_unknown_price_adds_nothing_and_breaks_nothing(ledger):
    books = Books(ledger)
    ledger.error = BROKEN
    books.spend(TODAY, Attempt("a", "a-model", "complete", 1.0))
    assert books.spent(TODAY) == 0


def test_rests_that_cannot_be_kept_cost_nobody_an_answer(ledger):
    books = Books(ledger)
    ledger.error = BROKEN
    books.rest("a", REST)
    assert books.rests() == {}


def test_the_bots_own_state_is_such_a_ledger(tmp_path):
    url = f"sqlite:///{tmp_path / 'state.db'}"
    clock = FakeClock()
    state = State.open(url)
    try:
        desk = Desk({"a": Model(fault("auth")), "b": Model()}, ledger=state, clock=clock)
        written = desk.write()
        assert state.spent(clock.clock().today()) == sum(each.usd for each in written.attempts)
        later = Desk({"a": Model(), "b": Model()}, ledger=state, clock=clock)
        assert later.write().vendor.name == "b"
        assert later.asked()["a"] == 0
        assert later.gateway.probe("a").outcome == "complete"
        assert state.rests() == {}
    finally:
        state.close()


def test_a_ledger_that_was_never_opened_is_one_that_fails():
    books = Books(Unopened(BROKEN))
    books.rest("a", REST)
    books.spend(TODAY, ATTEMPT)
    assert (books.spent(TODAY), books.rests()) == (Decimal("0.25"), {})
