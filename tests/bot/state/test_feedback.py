from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_each_reader_has_one_opinion_and_the_latest_counts(state):
    state.feedback("a1", "U1", "helpful", now=lambda: NOON)
    state.feedback("a1", "U2", "not_helpful", now=lambda: NOON)
    state.feedback("a1", "U1", "not_helpful", "out of date", now=lambda: NOON + timedelta(seconds=1))
    state.feedback("a2", "U1", "helpful")
    found = [(each.user, each.verdict, each.reason, each.at) for each in state.feedbacks("a1")]
    assert found == [
        ("U2", "not_helpful", "", NOON),
        ("U1", "not_helpful", "out of date", NOON + timedelta(seconds=1)),
    ]
