from bot.models.breaker import Rest
from bot.state import State


def test_a_rest_is_known_to_the_next_start(state, state_url):
    state.rest("claude", Rest(1_795_000_000.25, 60.0, "timeout"))
    state.rest("gpt", Rest(1.0, 2.0, "quota"))
    other = State.open(state_url)
    assert other.rests() == {
        "claude": Rest(1_795_000_000.25, 60.0, "timeout"),
        "gpt": Rest(1.0, 2.0, "quota"),
    }
    other.close()


def test_a_rest_is_lengthened_and_ended(state):
    state.rest("claude", Rest(1.0, 60.0, "timeout"))
    state.rest("claude", Rest(2.0, 120.0, "server"))
    assert state.rests() == {"claude": Rest(2.0, 120.0, "server")}
    state.rest("claude", None)
    state.rest("claude", None)
    assert state.rests() == {}
