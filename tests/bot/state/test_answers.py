from datetime import UTC, datetime, timedelta

from bot.state import Kept

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def kept(number=1, **values):
    given = {
        "id": f"a{number}",
        "asked_at": NOON + timedelta(minutes=number),
        "question": f"Question {number}?",
        "status": "answered",
        "answer": {"headline": "Ja \0 \ud800", "statements": [{"text": "ä", "citations": [1]}]},
        "surface": "channel",
        "team": "T1",
        "channel": "C1",
        "thread": "1.0",
        "ts": f"{number}.0",
        "asker": "U1",
        "confidentiality": "internal",
        "audience": ("employees", "user:U1"),
    }
    return Kept(**given | values)


def test_an_answer_comes_back_as_it_was(state):
    state.record(kept())
    assert state.answer("a1") == kept()
    assert state.answer("a2") is None


def test_recorded_again_it_replaces_what_was_there(state):
    state.record(kept())
    state.record(kept(question="Edited?", status="unknown"))
    assert state.answer("a1").question == "Edited?"
    assert len(state.recent()) == 1


def test_the_newest_come_first_and_only_the_unanswered_where_asked(state):
    for number, status in enumerate(("answered", "unknown", "answered", "unknown")):
        state.record(kept(number, status=status))
    assert [each.id for each in state.recent(3)] == ["a3", "a2", "a1"]
    assert [each.id for each in state.unanswered()] == ["a3", "a1"]
    assert [each.id for each in state.unanswered(1)] == ["a3"]


def test_a_threads_questions_are_the_latest_oldest_first_without_private_ones(state):
    for number in range(5):
        state.record(kept(number, surface="ephemeral" if number == 3 else "channel"))
    state.record(kept(6, thread="2.0"))
    state.record(kept(7, channel="C2"))
    assert state.thread_questions("C1", "1.0") == tuple(f"Question {n}?" for n in (0, 1, 2, 4))
    assert state.thread_questions("C1", "1.0", limit=2) == ("Question 2?", "Question 4?")


def test_old_texts_are_forgotten_with_all_that_points_to_them(state):
    long_ago = datetime.now(UTC) - timedelta(days=400)
    state.record(kept(1, asked_at=long_ago, question="Betriebsgeheimnis?"))
    state.record(kept(2, asked_at=datetime.now(UTC)))
    state.feedback("a1", "U1", "helpful", "geheim", now=lambda: long_ago)
    state.counted("U1", long_ago.date(), "e1")
    state.bind("a1", "C1", "1.0", "1.1")
    assert state.forget(datetime.now(UTC) - timedelta(days=365)) == 1
    assert [each.id for each in state.recent()] == ["a2"]
    assert state.feedbacks("a1") == ()
    assert state.count("U1", long_ago.date()) == 0
    assert state.message_of("C1", "1.0") == "1.1"  # bound today
    assert state.forget(datetime.now(UTC) + timedelta(days=1)) == 1
    assert state.message_of("C1", "1.0") is None


def test_a_forgotten_text_is_in_no_file(local, path):
    local.record(kept(question="Betriebsgeheimnis?"))
    local.forget(NOON + timedelta(days=1))
    assert not any(b"Betriebsgeheimnis" in each.read_bytes() for each in path.parent.iterdir())
