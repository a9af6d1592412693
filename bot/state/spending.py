"""What calls of vendors' models have cost, by day."""

from datetime import date
from decimal import ROUND_CEILING, Context, Decimal

from sqlalchemy import func, insert, select

from bot.state.store import Room, storable
from bot.state.tables import spending
from bot.types import Attempt

# A price of $0.075 a million tokens is 75,000 of these a token: whole numbers add up exactly in any database.
_TRILLION = Decimal(10) ** 12
_EXACT = Context(prec=60)


class Spending(Room):
    """The ledger that the gateway asks before it calls a vendor, shared by all replicas."""

    def spent(self, day: date) -> Decimal:
        """Dollars of that day so far. Calls whose price nobody knows are not in it."""
        query = select(func.sum(spending.c.trillionths)).where(spending.c.day == day.isoformat())
        with self._store.reading() as connection:
            total = connection.execute(query).scalar()
        return _EXACT.divide(Decimal(int(total or 0)), _TRILLION)

    def spend(self, day: date, attempt: Attempt) -> None:
        """Enter one call, whatever became of it."""
        row = {
            "day": day.isoformat(),
            "vendor": storable(attempt.vendor),
            "model": storable(attempt.model),
            "outcome": attempt.outcome,
            "seconds": attempt.seconds,
            "tokens_in": attempt.tokens_in,
            "tokens_out": attempt.tokens_out,
            "trillionths": None if attempt.usd is None else _trillionths(attempt.usd),
        }
        with self._store.writing() as connection:
            connection.execute(insert(spending).values(**row))


def _trillionths(dollars: Decimal) -> int:
    # A finer fraction is rounded up: a budget may be reached too early, never too late.
    return int(_EXACT.multiply(dollars, _TRILLION).to_integral_value(ROUND_CEILING))
