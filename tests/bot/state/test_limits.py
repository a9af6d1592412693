from datetime import date, timedelta

TODAY = date(2026, 11, 22)


def test_a_question_counts_once_per_key_user_and_day(state):
    assert state.count("U1", TODAY) == 0
    assert [state.counted("U1", TODAY, key) for key in ("e1", "e2", "e1")] == [1, 2, 2]
    assert state.counted("U2", TODAY, "e1") == 1
    assert state.counted("U1", TODAY + timedelta(days=1), "e1") == 1
    assert state.count("U1", TODAY) == 2
