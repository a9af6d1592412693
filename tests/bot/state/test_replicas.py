import threading


def test_a_replica_lives_while_it_says_so(state):
    state.alive("a")
    state.alive("b")
    state.alive("a")
    assert state.living(30) == {"a", "b"}
    state.left("a", 30)
    assert state.living(30) == {"b"}


def test_one_that_is_silent_for_a_lease_is_dead_until_it_speaks_again(state):
    state.alive("a")
    threading.Event().wait(0.06)
    assert state.living(0.05) == frozenset()
    state.alive("a")
    assert state.living(30) == {"a"}


def test_names_of_the_long_dead_are_dropped(state):
    state.alive("a")
    threading.Event().wait(0.02)
    state.left("b", 0.0001)
    assert state.living(30) == frozenset()
