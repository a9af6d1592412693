from datetime import date
from decimal import Decimal

import pytest

from bot.types import Attempt

TODAY, TOMORROW = date(2026, 11, 22), date(2026, 11, 23)


def attempt(usd, **values):
    return Attempt("claude", "claude-x", "complete", 1.5, usd=usd, **values)


def test_nothing_was_spent_at_first(state):
    assert state.spent(TODAY) == 0


def test_dollars_add_up_exactly_and_by_day(state):
    for usd in ("0.1", "0.2", "0.000000075", "12.345678"):
        state.spend(TODAY, attempt(Decimal(usd), tokens_in=10, tokens_out=2**40))
    state.spend(TOMORROW, attempt(Decimal("7")))
    assert state.spent(TODAY) == Decimal("12.645678075")
    assert state.spent(TOMORROW) == 7


def test_ten_thousand_small_sums_lose_nothing(local):
    with local._store.writing() as connection:
        from bot.state.spending import _trillionths
        from bot.state.tables import spending

        row = {"day": TODAY.isoformat(), "vendor": "v", "model": "m", "outcome": "complete", "seconds": 1.0}
        rows = [row | {"trillionths": _trillionths(Decimal("0.000150001"))}] * 10_000
        connection.execute(spending.insert(), rows)
    assert local.spent(TODAY) == Decimal("1.50001")


@pytest.mark.parametrize(("usd", "kept"), [("1E-13", "1E-12"), ("1E+3", "1000"), ("0", "0")])
def test_a_fraction_too_fine_to_keep_is_rounded_up(state, usd, kept):
    state.spend(TODAY, attempt(Decimal(usd)))
    assert state.spent(TODAY) == Decimal(kept)


def test_an_unknown_price_is_not_a_zero(state):
    state.spend(TODAY, attempt(None))
    state.spend(TODAY, attempt(Decimal("0.5")))
    assert state.spent(TODAY) == Decimal("0.5")
