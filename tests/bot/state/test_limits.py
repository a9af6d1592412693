from datetime import UTC, date, datetime, timedelta

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_question_counts_once_per_key_user_and_day(state):
    assert state.count("U1", TODAY) == 0
    assert [state.counted("U1", TODAY, key) for key in ("e1", "e2", "e1")] == [1, 2, 2]
    assert state.counted("U2", TODAY, "e1") == 1
    assert state.counted("U1", TODAY + timedelta(days=1), "e1") == 1
    assert state.count("U1", TODAY) == 2


def test_another_bot_is_answered_once_in_ten_minutes(state):
    assert not state.bot_quiet("C1", "B1", NOON)
    state.posted_to_bot("C1", "B1", NOON)
    assert state.bot_quiet("C1", "B1", NOON + timedelta(minutes=9, seconds=59))
    assert not state.bot_quiet("C1", "B1", NOON + timedelta(minutes=10))
    assert not state.bot_quiet("C2", "B1", NOON)
    assert not state.bot_quiet("C1", "B2", NOON)
    state.posted_to_bot("C1", "B1", NOON + timedelta(minutes=10))
    assert state.bot_quiet("C1", "B1", NOON + timedelta(minutes=15))
