def test_a_channel_that_chose_nothing_has_the_default(state):
    assert state.follow_ups("C1") is None


def test_a_channel_may_choose_and_choose_again(state):
    state.set_follow_ups("C1", False)
    assert state.follow_ups("C1") is False
    state.set_follow_ups("C1", True)
    assert state.follow_ups("C1") is True
    assert state.follow_ups("C2") is None
