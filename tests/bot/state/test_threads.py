def test_a_thread_is_engaged_once_somebody_mentioned_the_bot_there(state):
    assert not state.engaged("C1", "1.0")
    state.engage("C1", "1.0")
    state.engage("C1", "1.0")
    assert state.engaged("C1", "1.0")
    assert not state.engaged("C1", "2.0")
    assert not state.engaged("C2", "1.0")


def test_question_and_answer_are_found_from_each_other(state):
    state.bind("a1", "C1", "1.0", "1.5")
    assert state.message_of("C1", "1.0") == "1.5"
    assert state.answer_of("C1", "1.5") == "a1"
    assert state.message_of("C2", "1.0") is None
    assert state.answer_of("C1", "1.0") is None


def test_a_question_that_is_answered_anew_has_one_message(state):
    state.bind("a1", "C1", "1.0", "1.5")
    state.bind("a2", "C1", "1.0", "1.7")
    assert state.message_of("C1", "1.0") == "1.7"
    assert state.answer_of("C1", "1.5") is None
